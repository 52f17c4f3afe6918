"""Times of a log as numbered periods, its unit of time, how long a year is in it, and where a hold-out begins."""

from __future__ import annotations

from dataclasses import dataclass
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


UNIT_WORDS = {"D": "day", "W": "week", "M": "month"}
YEAR_DAYS = 365.2425


@dataclass(frozen=True)
class TimeUnit:
    """The unit of time of a log: what `rfm_table` is called with, its name, and units per year (None: not known)."""

    unit: str | float
    scale: float
    word: str
    per_year: float | None

    @property
    def options(self) -> dict[str, Any]:
        """For `rfm_table` and `holdout`: purchases of one day, or of one period, are one."""
        return {"unit": self.unit, "time_scaler": self.scale}

    @property
    def bought(self) -> str:
        """What one purchase is: all of one day, or of one period."""
        return "periods with a purchase" if self.per_year is None else "days with a purchase"

    def told(self, length: float) -> str:
        """A length of time in words.

        >>> TimeUnit("D", 7.0, "week", 52.1775).told(1.0), TimeUnit(1.0, 1.0, "period", None).told(12.5)
        ('1 week', '12.5 periods')
        """
        text = f"{length:,.1f}".removesuffix(".0")
        return f"{text} {self.word}{'' if text == '1' else 's'}"


def clock_of(frame: pd.DataFrame, unit: str | None) -> TimeUnit:
    """The unit of time: of dates, days with a purchase are told in days, weeks or months; numbers are periods.

    Raises:
        ValueError: no such unit, or a unit for a log of plain numbers.
    """
    if is_numeric(frame["date"]):
        if unit is not None:
            raise ValueError(f"unit: {unit!r} is not allowed; the times of this log are numbers, taken as periods")
        return TimeUnit(1.0, 1.0, "period", None)
    word = one_of("unit", "W" if unit is None else unit, UNITS)
    return TimeUnit("D", DAYS[word], UNIT_WORDS[word], YEAR_DAYS / DAYS[word])


def split_of(frame: pd.DataFrame, split: Any, clock: TimeUnit) -> Any:
    """The last time before a hold-out: a share of the time becomes a date or a period; None for no hold-out.

    Raises:
        ValueError: a share outside 0..0.95, or neither a share nor a time.
    """
    if split is None or split == 0:
        return None
    first, last = frame["date"].min(), frame["date"].max()
    if isinstance(split, str):
        share = _as_share(split)
        if share is None:
            return split if clock.per_year else number("split", _as_number(split))
        split = share
    if clock.per_year is None and split >= 1:
        return number("split", split)
    share = number("split", split, 0.0, 0.95)
    if share == 0:
        return None
    at = first + (last - first) * (1.0 - share)
    return float(np.floor(at)) if clock.per_year is None else at.floor("D")


def _as_share(text: str) -> float | None:
    value = _as_number(text)
    return value if isinstance(value, float) and value < 1 else None


def _as_number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def per_unit(discount: float | None, clock: TimeUnit) -> float:
    """A yearly discount per unit of time; as it is where a year has no length. Default: 0.10 a year, or 0.

    Raises:
        TypeError, ValueError: not a number of at least 0.

    >>> per_unit(0.21, TimeUnit("D", 7.0, "half-year", 2.0)), per_unit(None, TimeUnit(1.0, 1.0, "period", None))
    (0.1, 0.0)
    """
    if clock.per_year is None:
        return number("discount", 0.0 if discount is None else discount, 0.0, 100.0)
    yearly = number("discount", 0.10 if discount is None else discount, 0.0, 100.0)
    return round(float(np.expm1(np.log1p(yearly) / clock.per_year)), 15)
