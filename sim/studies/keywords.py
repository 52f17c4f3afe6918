"""Keywords that a function takes beside its own: a misspelt one is refused, with the nearest right word."""

from __future__ import annotations

from collections.abc import Iterable

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
