"""Times of a log as numbered periods: days, weeks, months of dates, or steps of numeric times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.equity.checks import Floats, column, number, one_of

if TYPE_CHECKING:
    import pandas as pd

UNITS = ("D", "W", "M")
DAYS = {"D": 1.0, "W": 7.0, "M": 365.2425 / 12}
"""Mean length of each unit in days."""
_MONDAY = 4
"""Days from 1970-01-01, a Thursday, to a Monday: weeks begin on Mondays."""


def is_numeric(times: pd.Series[Any]) -> bool:
    """Whether times are plain numbers rather than dates.

    >>> import pandas as pd
    >>> is_numeric(pd.Series([1, 2])), is_numeric(pd.Series(["2024-01-01"]))
    (True, False)
    """
    return times.dtype.kind in "fiu"


def periods_of(name: str, times: pd.Series[Any], unit: str | float | None) -> Floats:
    """The number of the period in which each time lies.

    Numeric times: floor(time/unit), unit 1 unless given. Dates (or texts that are dates): days, weeks from Monday, or
    calendar months since 1970; weeks unless given.

    Raises:
        TypeError: a unit of the wrong kind.
        ValueError: a time that cannot be read, or a unit that does not fit to the times.

    >>> import pandas as pd
    >>> float(np.diff(periods_of("date", pd.Series(["2024-01-07", "2024-01-08"]), "W"))[0])
    1.0
    """
    if is_numeric(times):
        width = _width(unit)
        return np.floor(column(name, times.to_numpy(), least=0) / width + 1e-9)
    word = _unit(unit)
    from sim.equity.cells import dates_of

    days = dates_of(name, times).astype("datetime64[D]")
    if word == "M":
        return days.astype("datetime64[M]").astype(np.int64).astype(np.float64)
    count = days.astype(np.int64)
    return (count if word == "D" else (count - _MONDAY) // 7).astype(np.float64)


def period_of(name: str, time: Any, like: pd.Series[Any], unit: str | float | None) -> float:
    """The number of the period of one time, read as the column `like` is read.

    Raises:
        TypeError, ValueError: the time is not of the kind of the column.
    """
    import pandas as pd

    if is_numeric(like):
        return float(np.floor(number(name, time) / _width(unit) + 1e-9))
    if isinstance(time, bool | int | float | complex) or time is None:
        raise TypeError(f"{name}: {time!r} is not a date; the log has dates, so give one like 2024-12-31")
    try:
        return float(periods_of(name, pd.Series([time]), unit)[0])
    except ValueError as error:
        raise ValueError(str(error).replace(f"{name}, row 1: ", f"{name}: ", 1)) from None


def _width(unit: str | float | None) -> float:
    if isinstance(unit, str):
        raise ValueError(f"unit: {unit!r} is not allowed; the times of this log are numbers, so a period is a number "
                         "above 0 (1 unless given)")
    return 1.0 if unit is None else number("unit", unit, 0.0, open_ends="low")


def _unit(unit: str | float | None) -> str:
    if unit is not None and not isinstance(unit, str):
        raise TypeError(f"unit: {unit!r} is not allowed; the times of this log are dates, so a period is D, W or M")
    return "W" if unit is None else one_of("unit", unit, UNITS)
