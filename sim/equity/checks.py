"""Arguments of calculators, checked: what is wrong and what is allowed, in one sentence that names the argument.

What is not made of numbers is a TypeError; NaN, infinity, what lies outside its limits, and too few of them are
ValueErrors. Limits are inclusive unless `open_ends` is "low", "high" or "both".
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.text.words import joined, nearest

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HUGE = 1e15
"""Numbers beyond this are taken for a mistake (infinity included)."""


def number(name: str, value: Any, low: float = -HUGE, high: float = HUGE, *, open_ends: str = "") -> float:
    """One finite number within limits.

    >>> number("retention", 1.2, 0, 1)
    Traceback (most recent call last):
    ValueError: retention: 1.2 is not allowed; a number from 0 to 1
    """
    found = numbers(name, value, low, high, open_ends=open_ends, least=0)
    if found.ndim:
        raise TypeError(f"{name}: one number is expected, not {found.size} of them")
    return float(found)


def numbers(name: str, value: Any, low: float = -HUGE, high: float = HUGE, *, open_ends: str = "",
            least: int = 1) -> Floats:
    """Finite numbers within limits as an array of any shape, `least` values or more."""
    allowed = _allowed(low, high, open_ends)
    found = _as_floats(name, value, allowed)
    if found.size < least:
        raise ValueError(f"{name}: {found.size} values are not enough; at least {least}, each {allowed}")
    above = (found > low) if open_ends in ("low", "both") else (found >= low)
    below = (found < high) if open_ends in ("high", "both") else (found <= high)
    bad = ~(np.isfinite(found) & above & below)
    if bad.any():
        place = int(np.argmax(bad))
        where = f" (value {place + 1} of {found.size})" if found.size > 1 else ""
        raise ValueError(f"{name}: {found.flat[place]:.12g} is not allowed{where}; {allowed}")
    return found


def column(name: str, value: Any, low: float = -HUGE, high: float = HUGE, *, open_ends: str = "",
           least: int = 1) -> Floats:
    """The same in one dimension."""
    _refuse_dimensions(name, _as_floats(name, value, _allowed(low, high, open_ends)), 1)
    return numbers(name, value, low, high, open_ends=open_ends, least=least)


def whole(name: str, value: Any, low: int = 0, high: int = 10**15) -> int:
    """One whole number within limits (1.0 counts as whole).

    >>> whole("periods", 1.5, 1)
    Traceback (most recent call last):
    ValueError: periods: 1.5 is not allowed; a whole number of at least 1
    """
    found = wholes(name, value, low, high, least=0)
    if found.ndim:
        raise TypeError(f"{name}: one whole number is expected, not {found.size} of them")
    return int(found)


def wholes(name: str, value: Any, low: int = 0, high: int = 10**15, *, least: int = 1) -> Ints:
    """Whole numbers within limits as an array of any shape."""
    try:
        found = numbers(name, value, low, high, least=least)
    except ValueError as error:
        raise ValueError(str(error).replace("a number", "a whole number")) from None
    broken = found != np.floor(found)
    if broken.any():
        allowed = _allowed(low, high, "").replace("a number", "a whole number")
        raise ValueError(f"{name}: {found[broken].flat[0]:.12g} is not allowed; {allowed}")
    return found.astype(np.int64)


def whole_column(name: str, value: Any, low: int = 0, high: int = 10**15, *, least: int = 1) -> Ints:
    """The same in one dimension."""
    _refuse_dimensions(name, _as_floats(name, value, _allowed(low, high, "")), 1)
    return wholes(name, value, low, high, least=least)


def transition(name: str, value: Any) -> Floats:
    """A square matrix of probabilities whose rows sum to 1 (to 1e-9).

    >>> transition("matrix", [[0.7, 0.3], [0.5, 0.4]])
    Traceback (most recent call last):
    ValueError: matrix: row 2 sums to 0.9; every row must sum to 1
    """
    _refuse_dimensions(name, _as_floats(name, value, _allowed(0.0, 1.0, "")), 2)
    found = numbers(name, value, 0.0, 1.0)
    if found.shape[0] != found.shape[1]:
        rows, columns = found.shape
        raise ValueError(f"{name}: {rows} rows and {columns} columns; as many rows as columns expected")
    sums = found.sum(axis=1)
    off = np.abs(sums - 1.0) > 1e-9
    if off.any():
        row = int(np.argmax(off))
        raise ValueError(f"{name}: row {row + 1} sums to {sums[row]:.12g}; every row must sum to 1")
    return found


def one_of(name: str, value: Any, allowed: tuple[str, ...]) -> str:
    """A word out of a list, with the nearest one where it is not.

    >>> one_of("timing", "imediate", ("immediate", "renewal"))
    Traceback (most recent call last):
    ValueError: timing: 'imediate' is not allowed; immediate or renewal; did you mean immediate?
    """
    if not isinstance(value, str):
        raise TypeError(f"{name}: a word is expected, not {type(value).__name__}; {joined(allowed, 'or')}")
    if value not in allowed:
        near = nearest(value, allowed)
        hint = f"; did you mean {near}?" if near else ""
        raise ValueError(f"{name}: {value!r} is not allowed; {joined(allowed, 'or')}{hint}")
    return value


def same_length(**columns: NDArray[Any]) -> None:
    """Refuse columns of different lengths.

    >>> same_length(frequency=np.array([1, 2]), recency=np.array([3.0]))
    Traceback (most recent call last):
    ValueError: recency: 1 values, but frequency has 2; all columns must be equally long
    """
    (first, column), *rest = columns.items()
    for name, other in rest:
        if other.shape[0] != column.shape[0]:
            raise ValueError(f"{name}: {other.shape[0]} values, but {first} has {column.shape[0]}; "
                             "all columns must be equally long")


def broadcast(**arrays: NDArray[Any]) -> tuple[Floats, ...]:
    """Arrays and single numbers brought to one shape by NumPy's rules; what is returned must not be written to.

    >>> broadcast(margin=np.zeros(3), retention=np.zeros(2))
    Traceback (most recent call last):
    ValueError: margin has the shape (3), retention (2): these do not fit; one number each, or arrays of one shape
    """
    try:
        return tuple(np.broadcast_arrays(*arrays.values()))
    except ValueError:
        parts = [f"{name} ({', '.join(map(str, array.shape))})" for name, array in arrays.items() if array.ndim]
        words = ", ".join(parts).replace(" (", " has the shape (", 1)
        raise ValueError(f"{words}: these do not fit; one number each, or arrays of one shape") from None


def plain(value: Any) -> Any:
    """A result as a plain float where it is one number, else as the array it is."""
    return float(value) if np.ndim(value) == 0 else value


def _as_floats(name: str, value: Any, allowed: str) -> Floats:
    if value is None or isinstance(value, (str, bytes, bool, complex)):
        raise TypeError(f"{name}: {value!r} is not a number; {allowed}")
    try:
        found = np.asarray(value)
        if found.dtype.kind == "O":
            found = found.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{name}: not made of numbers; {allowed}") from None
    if found.dtype.kind not in "fiu":
        raise TypeError(f"{name}: not made of numbers but of {found.dtype.name}; {allowed}")
    return found.astype(np.float64)


def _refuse_dimensions(name: str, found: Floats, expected: int) -> None:
    if found.ndim != expected:
        raise ValueError(f"{name}: {found.ndim} dimensions are not allowed; {expected} expected")


def _allowed(low: float, high: float, open_ends: str) -> str:
    open_low, open_high = open_ends in ("low", "both"), open_ends in ("high", "both")
    no_low, no_high = low <= -HUGE, high >= HUGE
    if no_low and no_high:
        return "a number"
    if no_high:
        return f"a number {'above' if open_low else 'of at least'} {low:g}"
    if no_low:
        return f"a number {'below' if open_high else 'of at most'} {high:g}"
    start = f"above {low:g}" if open_low else f"from {low:g}"
    end = f"below {high:g}" if open_high else f"to {high:g}"
    joint = " and " if open_low and open_high else " "
    return f"a number {start}{joint}{end}"
