"""Numbers of runs and trials that a user gives."""

from __future__ import annotations

from typing import Any


def checked_count(value: Any, least: int, words: str) -> int:
    """A whole number of at least `least`; `words` say what it counts: "A proof needs at least {} fresh runs".

    Raises:
        ValueError: it is none.

    >>> checked_count(20, 8, "A search needs at least {} trials")
    20
    >>> checked_count(2.5, 8, "A search needs at least {} trials")
    Traceback (most recent call last):
    ...
    ValueError: A search needs at least 8 trials, not 2.5.
    """
    number = isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer()
    if not number or value < least:
        raise ValueError(f"{words.format(least)}, not {value!r}.")
    return int(value)
