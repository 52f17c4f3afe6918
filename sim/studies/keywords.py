"""What a caller gives: misspelt keywords and names are refused with the nearest right word, and numbers too small."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sim.text.words import suggestion


def check_keywords(given: Iterable[str], allowed: type, own: Iterable[str] = ()) -> None:
    """Make sure that every keyword is one of a `TypedDict`; `own` are others that the function has, for advice only.

    Raises:
        TypeError: there is no such keyword.

    >>> from sim.runs.execution import ExecutionOptions
    >>> check_keywords(["stroe"], ExecutionOptions)
    Traceback (most recent call last):
    ...
    TypeError: There is no keyword 'stroe'; did you mean store?
    """
    known = tuple(allowed.__annotations__)
    for name in given:
        if name not in known:
            raise TypeError(f"There is no keyword {name!r}; {suggestion(name, (*known, *own))}")


def check_name(what: str, name: str | None, allowed: Iterable[str]) -> None:
    """Make sure that a name is one of those allowed; None is no name.

    Raises:
        ValueError: it is none of them.
    """
    if name is not None and name not in allowed:
        raise ValueError(f"There is no {what} {name!r}; {suggestion(name, allowed)}")


def checked_count(value: Any, least: int, words: str) -> int:
    """A whole number of at least `least`; `words` say what it counts: "A proof needs at least {} fresh runs".

    Raises:
        ValueError: it is none.

    >>> checked_count(2.5, 8, "A search needs at least {} trials")
    Traceback (most recent call last):
    ...
    ValueError: A search needs at least 8 trials, not 2.5.
    """
    number = isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer()
    if not number or value < least:
        raise ValueError(f"{words.format(least)}, not {value!r}.")
    return int(value)
