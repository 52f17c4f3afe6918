"""Recency, frequency, monetary value: from a transaction log to one row per customer, and the unit of time of a log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.equity.amounts import amounts_of
from sim.equity.checks import Floats, Ints, column, number, one_of, whole
from sim.equity.dates import DateForm, Times, times_of
from sim.equity.logs import Log, read_log

__all__ = ["Log", "TimeUnit", "holdout", "read_log", "rfm_score", "rfm_table"]

YEAR_DAYS = 365.2425
UNITS = {"D": ("day", 1.0), "W": ("week", 7.0), "M": ("month", YEAR_DAYS / 12)}
"""The units of time of dates, with their names and mean lengths in days."""
MONDAY = 4
"""Days from 1970-01-01, a Thursday, to a Monday: weeks begin on Mondays."""
FEW = 8
"""Where there are at most so many possible keys per row, keys are counted instead of sorted, which is faster."""


def rfm_table(
    log: pd.DataFrame, *, customer: str = "customer_id", date: str = "date", amount: str | None = "amount",
    end: Any = None, unit: str | float | None = None, time_scaler: float = 1.0,
) -> pd.DataFrame:
    """One row per customer: customer_id, frequency, recency, T, monetary_value.

    Several purchases of a customer within one period are one. `frequency`: periods with a purchase after the first
    one. `recency`: time from the first to the last of them. `T`: time from the first to the end of the data.
    `monetary_value`: mean amount per period with a purchase, the first left out; 0 without a repeat purchase.

    `unit` is the length of a period: "D", "W" (Monday to Sunday), "M" (calendar month) for dates, a number for numeric
    times (its default is 1; for dates "W"). Without a unit, numbers that are dates, such as 202412, are read as dates.
    `time_scaler` divides recency and T afterwards: unit="D" with time_scaler=7 counts days with a purchase and tells
    time in weeks. `end` is the last date looked at (the last in the log unless given): later rows are left out. With
    `amount=None` there is no monetary_value.

    Raises:
        TypeError, ValueError: no DataFrame, no such column, a cell that cannot be read, nothing bought by `end`.

    Source: the columns and conventions of Fader and Hardie's CDNOW summary, of lifetimes and of pymc-marketing.

    >>> log = pd.DataFrame({"customer_id": ["a", "a", "a", "b"], "date": [0, 3, 3, 5], "amount": [9., 4., 6., 7.]})
    >>> rfm_table(log, end=8)
      customer_id  frequency  recency    T  monetary_value
    0           a          1      3.0  8.0            10.0
    1           b          0      0.0  3.0             0.0
    """
    scale = number("time_scaler", time_scaler, 0.0, open_ends="low")
    bought, last, _ = _purchases(log, (customer, date, amount), unit, end)
    return _summary(bought, last, scale)


def holdout(
    log: pd.DataFrame, split: Any, *, customer: str = "customer_id", date: str = "date", amount: str | None = "amount",
    end: Any = None, unit: str | float | None = None, time_scaler: float = 1.0,
) -> pd.DataFrame:
    """RFM of everybody seen up to `split`, and what they did after it; the arguments are those of `rfm_table`.

    The columns of `rfm_table` tell the time up to and including the period of `split`. Beside them stand, for the time
    after it up to `end`: `frequency_holdout` (periods with a purchase), `duration_holdout` (its length in the units of
    T) and, with amounts, `spend_holdout` (in all). Customers whose first purchase came later are left out.

    Raises:
        TypeError, ValueError: as `rfm_table`; nobody had bought by `split`, or no time is left after it.

    Source: the calibration and hold-out of Fader, Hardie and Lee (2005), Marketing Science 24(2): CDNOW, 39 weeks each.

    >>> log = pd.DataFrame({"customer_id": ["a", "a", "a", "b"], "date": [0, 3, 6, 7], "amount": [9., 4., 6., 7.]})
    >>> holdout(log, 4)[["frequency", "T", "frequency_holdout", "spend_holdout", "duration_holdout"]].values.tolist()
    [[1.0, 4.0, 1.0, 6.0, 3.0]]
    """
    scale = number("time_scaler", time_scaler, 0.0, open_ends="low")
    bought, last, form = _purchases(log, (customer, date, amount), unit, end)
    cut = _period("split", split, form, unit)
    if not bought.period.min() <= cut < last:
        first, until = log[date].min(), log[date].max() if end is None else end
        raise ValueError(f"split: {_written(split)} is not allowed; purchases before it and time after it are needed: "
                         f"from {_written(first)} to before {_written(until)}")
    table = _summary(bought, cut, scale)
    known = np.unique(bought.place[bought.period <= cut])
    later = (bought.period > cut) & np.isin(bought.place, known)
    where = np.searchsorted(known, bought.place[later])
    table["frequency_holdout"] = np.bincount(where, minlength=known.size)
    if bought.amount is not None:
        table["spend_holdout"] = np.bincount(where, bought.amount[later], minlength=known.size)
    table["duration_holdout"] = (last - cut) / scale
    return table


def rfm_score(table: pd.DataFrame, classes: int = 5) -> pd.DataFrame:
    """Classes of equal size by recency, frequency and monetary value: 1 (worst) to `classes` (best).

    Adds to `customer_id` the columns `recency_score` (the shorter the time since the last purchase, the better),
    `frequency_score`, `monetary_score` (where there is a monetary_value), `rfm_cell` ("5-4-4") and `rfm_score` (the
    sum). A class is 1 + floor(classes·(rank − ½)/n) with ties on their mean rank: equal customers always share a
    class, so that classes differ in size, or stay empty, where many are equal.

    Raises:
        TypeError, ValueError: no DataFrame, a column is missing, no rows, or fewer than 2 classes.

    Source: Hughes (1994), Strategic Database Marketing (quintiles by recency, frequency, monetary value).

    >>> table = pd.DataFrame({"customer_id": [1, 2], "frequency": [0, 5], "recency": [0., 9.], "T": [9., 9.]})
    >>> rfm_score(table, 2)["rfm_cell"].tolist()
    ['1-1', '2-2']
    """
    count = whole("classes", classes, 2, 100)
    _present("table", table, {f"table, {name}": name for name in ("customer_id", "frequency", "recency", "T")})
    read = {name: column(f"table, {name}", table[name]) for name in ("frequency", "recency", "T", "monetary_value")
            if name in table}
    parts = {"recency_score": read["recency"] - read["T"], "frequency_score": read["frequency"]}
    if "monetary_value" in read:
        parts["monetary_score"] = read["monetary_value"]
    share = (pd.DataFrame(parts).rank() - 0.5) / len(table)
    scores = ((count * share + 1e-12) // 1 + 1).clip(upper=count).astype(np.int64)
    cells = scores.astype(str).agg("-".join, axis=1)
    scores.insert(0, "customer_id", table["customer_id"].to_numpy())
    return scores.assign(rfm_cell=cells, rfm_score=scores[list(parts)].sum(axis=1))


@dataclass(frozen=True)
class TimeUnit:
    """The unit of time of a log: what `rfm_table` is called with, its name, and units per year (None: not known)."""

    unit: str | float
    scale: float
    word: str
    per_year: float | None

    @classmethod
    def of(cls, times: pd.Series[Any], unit: str | None) -> TimeUnit:
        """Of dates, days with a purchase are told in days, weeks (the default) or months; numbers are periods."""
        if times.dtype.kind in "fiu":
            if unit is not None:
                raise ValueError(f"unit: {unit!r} is not allowed; the times of this log are numbers, taken as periods")
            return cls(1.0, 1.0, "period", None)
        word, days = UNITS[one_of("unit", "W" if unit is None else unit, tuple(UNITS))]
        return cls("D", days, word, YEAR_DAYS / days)

    @property
    def options(self) -> dict[str, Any]:
        """For `rfm_table` and `holdout`: purchases of one day, or of one period, are one."""
        return {"unit": self.unit, "time_scaler": self.scale}

    @property
    def bought(self) -> str:
        """What one purchase is: all of one day, or of one period."""
        return "periods with a purchase" if self.per_year is None else "days with a purchase"

    def told(self, length: float) -> str:
        """A length of time in words: 1 week, 12.5 periods."""
        text = f"{length:,.1f}".removesuffix(".0")
        return f"{text} {self.word}{'' if text == '1' else 's'}"

    def split(self, span: tuple[Any, Any], split: Any, form: DateForm) -> Any:
        """The last time before a hold-out: a share of the time becomes a date or a period; None for no hold-out.

        `span` is the first and the last time, `form` how the times of the log are written.
        """
        if split is None or split == 0:
            return None
        if isinstance(split, str):
            try:
                value: Any = float(split.removesuffix("%")) / (100 if split.endswith("%") else 1)
            except ValueError:
                value = split
            if not (isinstance(value, float) and value < 1):
                return form.one("split", split)
            split = value
        if self.per_year is None and split >= 1:
            return number("split", split)
        share = number("split", split, 0.0, 0.95)
        if share == 0:
            return None
        at = span[0] + (span[1] - span[0]) * (1.0 - share)
        return float(np.floor(at)) if self.per_year is None else at.floor("D")

    def discount(self, discount: float | None) -> float:
        """A yearly discount (default 0.10) per unit of time; as it is (default 0) where a year has no length."""
        default = 0.0 if self.per_year is None else 0.10
        rate = number("discount", default if discount is None else discount, 0.0, 100.0)
        return rate if self.per_year is None else round(float(np.expm1(np.log1p(rate) / self.per_year)), 15)


class PurchasePeriods(NamedTuple):
    """A log as sorted columns: customers, each once, and rows of place among them, period with a purchase, sum."""

    customer: np.ndarray
    place: Ints
    period: Floats
    amount: Floats | None


def _present(what: str, table: Any, names: Mapping[str, Any]) -> None:
    """Refuse anything but a DataFrame with rows and with the columns, given by what they are for."""
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"{what}: a pandas DataFrame is expected, not {type(table).__name__}")
    for role, name in names.items():
        if not isinstance(name, str):
            raise TypeError(f"{role}: the name of a column is expected, not {name!r}")
        if name not in table.columns:
            raise ValueError(f"{role}: there is no column {name!r}; {what} has {', '.join(map(str, table.columns))}")
    if not len(table):
        raise ValueError(f"{what}: no rows; at least one is needed")


def _purchases(
    log: pd.DataFrame, names: tuple[str, str, str | None], unit: str | float | None, end: Any
) -> tuple[PurchasePeriods, float, DateForm]:
    """Distinct customers and periods with a purchase up to the end, the period of the end, and the form of times."""
    customer, date, amount = names
    _present("log", log, {"customer": customer, "date": date, **({} if amount is None else {"amount": amount})})
    times = _times(date, log[date], unit)
    period = _periods(times, unit)
    if log[customer].isna().any():
        raise ValueError(f"{customer}: row {int(np.argmax(log[customer].isna())) + 1} names no customer")
    last = float(period.max()) if end is None else _period("end", end, times.form, unit)
    kept = period <= last
    if not kept.any():
        raise ValueError(f"end: {end!r} is not allowed; nothing was bought by then (the first purchase: "
                         f"{log[date].min()})")
    place, who = pd.factorize(log[customer][kept], sort=True)
    periods, when = _distinct(period[kept])
    keys, rows = _distinct(place * periods.size + when)
    sums = None
    if amount is not None:
        sums = np.bincount(rows, amounts_of(amount, log[amount])[kept]).astype(np.float64)
    return PurchasePeriods(np.asarray(who), keys // periods.size, periods[keys % periods.size], sums), last, times.form


def _distinct(keys: np.ndarray) -> tuple[np.ndarray, Ints]:
    """The distinct keys (whole numbers) in order, and which of them each is."""
    low = keys.min()
    if not keys.max() - low < FEW * keys.size:
        return np.unique(keys, return_inverse=True)
    places = (keys - low).astype(np.int64)
    there = np.zeros(int(places.max()) + 1, dtype=bool)
    there[places] = True
    return np.flatnonzero(there) + low, (np.cumsum(there) - 1)[places]


def _written(time: Any) -> str:
    """A time as people write it."""
    return f"{time:%Y-%m-%d}" if isinstance(time, pd.Timestamp) else repr(time) if isinstance(time, str) else str(time)


def _times(name: str, times: pd.Series[Any], unit: str | float | None) -> Times:
    """Times by their looks; numbers with a number for the length of a period are periods."""
    if times.dtype.kind in "fiu" and unit is not None and not isinstance(unit, str):
        return Times(column(name, times.to_numpy(), least=0), DateForm(numbers=True))
    return times_of(name, times)


def _periods(times: Times, unit: str | float | None) -> Floats:
    """The number of the period in which each time lies: since 0, or of dates since 1970."""
    if times.form.numbers:
        return np.asarray(np.floor(times.values / _width(unit) + 1e-9))
    if unit is not None and not isinstance(unit, str):
        raise TypeError(f"unit: {unit!r} is not allowed; the times of this log are dates, so a period is D, W or M")
    word = one_of("unit", "W" if unit is None else unit, tuple(UNITS))
    count = times.values.astype("datetime64[M]" if word == "M" else "datetime64[D]").astype(np.int64)
    return ((count - MONDAY) // 7 if word == "W" else count).astype(np.float64)


def _period(name: str, time: Any, form: DateForm, unit: str | float | None) -> float:
    """The number of the period of one time, read as the column was read."""
    one = form.one(name, time)
    return float(_periods(Times(np.array([one], dtype=None if form.numbers else "datetime64[D]"), form), unit)[0])


def _width(unit: str | float | None) -> float:
    if isinstance(unit, str):
        raise ValueError(f"unit: {unit!r} is not allowed; the times of this log are numbers, so a period is a number "
                         "above 0 (1 unless given)")
    return 1.0 if unit is None else number("unit", unit, 0.0, open_ends="low")


def _summary(bought: PurchasePeriods, last: float, scale: float) -> pd.DataFrame:
    """One row per customer who bought up to the period `last`."""
    rows = bought.period <= last
    place, period = bought.place[rows], bought.period[rows]
    known, starts = np.unique(place, return_index=True)
    ends = np.append(starts[1:], place.size) - 1
    first, repeats = period[starts], ends - starts
    columns: dict[str, Any] = {
        "customer_id": bought.customer[known], "frequency": repeats, "recency": (period[ends] - first) / scale,
        "T": (last - first) / scale,
    }
    if bought.amount is not None:
        amount = bought.amount[rows]
        later = np.bincount(place, amount)[known] - amount[starts]
        columns["monetary_value"] = np.where(repeats > 0, later / np.maximum(repeats, 1), 0.0)
    return pd.DataFrame(columns)
