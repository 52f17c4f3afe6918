"""Numbers in a column of times: dates written as numbers, seconds since 1970, or plain periods, and always said."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple

import numpy as np

PERIODS = "periods"
"""The form that says: these numbers are periods, whatever they look like."""
LONGEST = 10_000
"""Period numbers from here on look like days counted from somewhere, and are asked about."""
SECONDS = (1e8, 2.2e9)
"""Seconds since 1970 of the years 1973 to 2039."""
_FORMS = ("%Y%m", "%y%m%d", "%d%m%y", "%m%d%y")


class NumbersRead(NamedTuple):
    """Dates (datetime64[D]), or None where the numbers are periods; and how they were understood, in a sentence."""

    days: np.ndarray | None
    note: str


def since(form: str) -> Callable[[float], date] | None:
    """What reads "days since 1970-01-01", "seconds since 1970-01-01"; None for another form.

    Raises:
        ValueError: the date in it is none.

    >>> since("days since 1899-12-30")(45292.4)
    datetime.date(2024, 1, 1)
    """
    found = re.fullmatch(r"(days|seconds) since (\d{4}-\d{2}-\d{2})", form)
    if found is None:
        return None
    try:
        start = datetime.fromisoformat(found[2])
    except ValueError as error:
        raise ValueError(f"date_format: {form!r} is not allowed: {error}") from None
    return lambda value: (start + timedelta(**{found[1]: value})).date()


def numbers_as_dates(name: str, values: np.ndarray) -> NumbersRead:
    """What the distinct numbers of a column of times are.

    Dates are 202412 (months), 241231, and seconds, milli-, micro- or nanoseconds since 1970. Numbers below 10,000 are
    periods. All others are refused. (20241231 has been read before.)

    Raises:
        ValueError: numbers that may be dates of several kinds.

    >>> numbers_as_dates("when", np.array([202412.0, 202501.0])).days.astype(str).tolist()
    ['2024-12-01', '2025-01-01']
    """
    low, high = float(values.min()), float(values.max())
    span = f"{name}: the numbers {low:.15g} to {high:.15g}"
    if low < LONGEST:
        years = " (they look like years)" if low >= 1900 and high <= 2100 and low < high else ""
        return NumbersRead(None, f"{span} are taken as periods{years}.")
    whole = bool((values == np.floor(values)).all())
    found = {form: days for form in _FORMS if whole and (days := _in_form(values, form, high)) is not None}
    if "%Y%m" in found:
        return NumbersRead(found["%Y%m"], f"{span} are read as months, each as its first day.")
    if len(found) == 1:
        (form, days), = found.items()
        return NumbersRead(days, f"{span} are read as dates ({form}), {days.min()} to {days.max()}.")
    if found:
        which = " or ".join(f"date_format={form!r} ({days.min()} to {days.max()})" for form, days in found.items())
        raise ValueError(f"{span} may be dates of several forms; say which: {which}")
    for unit, per_second in (("seconds", 1.0), ("milliseconds", 1e3), ("microseconds", 1e6), ("nanoseconds", 1e9)):
        if SECONDS[0] * per_second <= low and high < SECONDS[1] * per_second:
            days = np.floor(values / per_second / 86400).astype(np.int64).astype("datetime64[D]")
            return NumbersRead(days, f"{span} are read as {unit} since 1970, {days.min()} to {days.max()} (UTC).")
    raise ValueError(f"{span} may be days counted from somewhere; say how to read them: {_guesses(low)}"
                     f"or date_format={PERIODS!r} (for rfm_table: unit=1)")


def _guesses(low: float) -> str:
    """Days since the beginnings that programs use, where they give a year that may be meant."""
    found = []
    for start, who in (("1899-12-30", "spreadsheets"), ("1970-01-01", "R, Unix"), ("1960-01-01", "SAS, Stata")):
        days = np.datetime64(start) + int(low) if low < 100_000 else np.datetime64("2200-01-01")
        if np.datetime64("1990-01-01") <= days <= np.datetime64("2050-01-01"):
            found.append(f"date_format='days since {start}' ({who}; the first is then {days}), ")
    return "".join(found)


def _in_form(values: np.ndarray, form: str, high: float) -> np.ndarray | None:
    """All values in one form of digits, or nothing."""
    width = len(datetime(2000, 1, 1).strftime(form))
    if high >= 10**width or high < 10 ** (width - 2):
        return None
    found = []
    for value in values.astype(np.int64):
        text = f"{value:0{width}d}"
        try:
            day = datetime.strptime(text, form).date()
        except ValueError:
            return None
        if not 1900 <= day.year < 2100 or day.strftime(form) != text:
            return None
        found.append(day)
    return np.array(found, dtype="datetime64[D]")
