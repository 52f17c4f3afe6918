"""Cells as times: dates by their looks or in a given form, numbers that are dates, and plain period numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.equity.cells import Cells, RowLabels, cells_of, rows_of
from sim.equity.checks import number
from sim.equity.date_numbers import PERIODS, numbers_as_dates, since

_PARTS = re.compile(
    r"(?P<day>\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}([-/.])\d{1,2}\2(?:\d{4}|\d{2})|(?:19|20)\d{6})"
    r"(?P<time>(?:T|,?\s+)\d{1,2}(?::\d{2}){1,2}(?:[.,]\d+)?(?:\s*[AaPp]\.?[Mm]\.?)?)?"
    r"(?P<zone>\s*(?:[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?|[A-Z]{3,4}))?(?:\[[\w/+-]+\])?")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4}|\d{2})")
_MONTH = re.compile(r"((?:19|20)\d{2})-(0[1-9]|1[0-2])")
_COMPACT = re.compile(r"(?:19|20)\d{6}(?:[0-2]\d[0-5]\d[0-5]\d)?")
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
LARGEST = 1e19
"""Above nanoseconds since 1970."""


@dataclass(frozen=True)
class DateForm:
    """How the times of a column were read, so that one more can be read alike.

    `given` is the form that was asked for, `day_first` what the column shows, `numbers` whether the times are period
    numbers, `note` what a reader should know.
    """

    given: str | None = None
    day_first: bool = True
    numbers: bool = False
    note: str = field(default="", compare=False)

    def one(self, name: str, time: Any) -> Any:
        """One time, written as the column is or as 2024-12-31: a Timestamp, or a number where times are periods.

        Raises:
            TypeError, ValueError: not a time of this kind; the message says `name`.

        >>> DateForm(given="%d/%m/%y").one("end", "05/06/23"), DateForm(day_first=False).one("end", "05/06/2023")
        (Timestamp('2023-06-05 00:00:00'), Timestamp('2023-05-06 00:00:00'))
        """
        if self.numbers:
            return number(name, float(time) if isinstance(time, str) and _NUMBER.fullmatch(time.strip()) else time)
        if isinstance(time, bool | complex) or time is None:
            raise TypeError(f"{name}: {time!r} is not a date; the log has dates, so give one like 2024-12-31")
        cells = cells_of(pd.Series([time], dtype=object))
        text = str(cells.distinct[0])
        given = None if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else self.given
        try:
            found = read_times(name, cells, _ONE, given, self.day_first)
        except ValueError as error:
            raise ValueError(str(error).replace(f"{name}, row 1: ", f"{name}: ", 1)) from None
        if found.form.numbers:
            raise TypeError(f"{name}: {time!r} is not a date; the log has dates, so give one like 2024-12-31")
        return pd.Timestamp(found.values[0])


class Times(NamedTuple):
    """Dates (datetime64[D]) or period numbers (floats), and how they were read."""

    values: np.ndarray
    form: DateForm


_ONE = RowLabels("row", np.ones(1, dtype=np.int64))


def times_of(name: str, column: pd.Series[Any], where: RowLabels | None = None) -> Times:
    """The times of a column of a table, by their looks.

    >>> times_of("date", pd.Series(["31.12.2024", "1.2.2025 14:30"])).values.astype(str).tolist()
    ['2024-12-31', '2025-02-01']
    """
    where = where or rows_of(column)
    if column.dtype.kind != "M":
        return read_times(name, cells_of(column), where)
    missing = column.isna().to_numpy()
    if missing.any():
        raise ValueError(f"{name}, {where.of(int(np.argmax(missing)))}: the cell is empty")
    return Times(np.asarray(column.dt.tz_localize(None).to_numpy().astype("datetime64[D]")), DateForm())


def read_times(
    name: str, cells: Cells, where: RowLabels, date_format: str | None = None, day_first: bool | None = None
) -> Times:
    """Cells as times, in a given form (as for strptime, "periods", or "days since 1970-01-01") or by their looks.

    `day_first` says whether 5/6/2024 is the fifth of June; else the column itself must show it.

    Raises:
        ValueError: a cell that is empty, no time, or may be several; the message has its line and what to do.
    """
    cells.refuse_empty(name, where)
    if date_format is not None:
        return Times(_in_form(name, cells, where, date_format)[cells.codes],
                     DateForm(date_format, numbers=date_format == PERIODS))
    cells = _written_together(cells)
    if not cells.is_text or (all(map(_NUMBER.fullmatch, cells.distinct)) and not _is_compact(cells.distinct)):
        values = cells.distinct.astype(np.float64)
        if not (np.abs(values) < LARGEST).all():
            value = int(np.argmax(~(np.abs(values) < LARGEST)))
            raise ValueError(f"{name}, {where.of(cells.place(value))}: {float(values[value])!r} is no time")
        read = numbers_as_dates(name, values)
        if read.days is not None:
            return Times(read.days[cells.codes], DateForm(note=read.note))
        return Times(values[cells.codes], DateForm(numbers=True, note=read.note))
    if all(map(_MONTH.fullmatch, cells.distinct)):
        days = np.array(list(cells.distinct), dtype="datetime64[M]").astype("datetime64[D]")
        return Times(days[cells.codes], DateForm(note=f"{name}: months, each taken as its first day."))
    parts = cells.each(name, where, _parts)
    if day_first is None:
        day_first = _day_first(name, [day for day, _, _ in parts], cells, where)
    return _by_looks(name, cells, where, (parts, day_first))


def _written_together(cells: Cells) -> Cells:
    """20241231, with or without 235959 behind it, as the text 20241231; other cells as they are."""
    values = cells.distinct
    if not cells.is_text and not ((values >= 19000101) & (values < 10**14) & (values == np.floor(values))).all():
        return cells
    texts = [str(value) if cells.is_text else str(int(value)) for value in values]
    if not _is_compact(texts):
        return cells
    return Cells(np.array([text[:8] for text in texts], dtype=object), cells.codes)


def _is_compact(texts: Iterable[str]) -> bool:
    return all(map(_COMPACT.fullmatch, texts))


def _in_form(name: str, cells: Cells, where: RowLabels, date_format: str) -> np.ndarray:
    """Distinct times in the form that was asked for."""
    texts = cells
    if not cells.is_text:
        texts = Cells(np.array([f"{value:.15g}" for value in cells.distinct], dtype=object), cells.codes)
    counted = since(date_format)

    def read(one: str) -> Any:
        try:
            if date_format == PERIODS or counted is not None:
                value = float(one)
                return value if counted is None else counted(value)
            return datetime.strptime(one, date_format).date()
        except (ValueError, OverflowError):
            raise ValueError(f"is no date of the form {date_format!r} (date_format)") from None

    found = texts.each(name, where, read)
    return np.array(found, dtype=np.float64 if date_format == PERIODS else "datetime64[D]")


Parts = tuple[str, str, str]
"""Day, time and zone of a text."""


def _parts(text: str) -> Parts:
    found = _PARTS.fullmatch(text)
    if found is None:
        start = _PARTS.match(text)
        if start is not None:
            rest = text[start.end():].strip()[:30]
            raise ValueError(f"has {rest!r} behind the date; only a time and a zone may follow it")
        raise ValueError("is no date that is understood; allowed are 2024-12-31, 20241231, 31.12.2024 or 31/12/2024, "
                         "or say the form (date_format)")
    zone = (found["zone"] or "").strip().upper()
    return found["day"], found["time"] or "", "+00:00" if zone in ("Z", "UTC", "GMT") else zone


def _by_looks(name: str, cells: Cells, where: RowLabels, read: tuple[list[Parts], bool]) -> Times:
    """Days as they are written; where zones differ, the days of UTC."""
    parts, day_first = read
    known: dict[str, date] = {}
    rest = iter(parts)

    def day_of(_: str) -> date:
        day = next(rest)[0]
        if day not in known:
            known[day] = _date(day, day_first)
        return known[day]

    days = cells.each(name, where, day_of)
    zones = {zone for _, time, zone in parts if time}
    note = ""
    if len(zones) > 1:
        named = next((value for value, (_, _, zone) in enumerate(parts) if zone.isalpha()), None)
        if named is not None:
            raise ValueError(f"{name}, {where.of(cells.place(named))}: {cells.distinct[named]!r}: times in several "
                             "zones, and how far this one is from UTC is not known; write offsets like +01:00")
        days = [_utc(day, time, zone) for day, (_, time, zone) in zip(days, parts, strict=True)]
        note = f"{name}: times in {len(zones)} zones, told in UTC."
    values = np.array(days, dtype="datetime64[D]")[cells.codes]
    return Times(values, DateForm(day_first=day_first, note=note))


def _utc(day: date, time: str, zone: str) -> date:
    """The day of UTC on which an instant lies; without a zone it is told in UTC already."""
    if not time or not zone:
        return day
    hour, minute = (int(one) for one in re.findall(r"\d+", time)[:2])
    half = re.search(r"[AaPp]\.?[Mm]", time)
    hour = hour if half is None else hour % 12 + (12 if half[0][0] in "pP" else 0)
    ahead = int(zone[1:3]) * 60 + int(zone[-2:] if len(zone) > 3 else 0)
    minutes = 60 * hour + minute - (ahead if zone[0] == "+" else -ahead)
    return day + timedelta(days=minutes // (24 * 60))


def _date(text: str, day_first: bool) -> date:
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    else:
        found = _YEAR_LAST.fullmatch(text)
        assert found is not None
        day, month, year = int(found[1]), int(found[3]), int(found[4])
        year += (1900 if year >= 69 else 2000) if year < 100 else 0
        if not day_first:
            day, month = month, day
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(f"is no date: {error}") from None


def _day_first(name: str, days: list[str], cells: Cells, where: RowLabels) -> bool:
    """Whether day or month comes first, which must show somewhere in the column."""
    found = [(value, match) for value, day in enumerate(days) if (match := _YEAR_LAST.fullmatch(day))]
    if not found or any(match[2] == "." for _, match in found):
        return True
    day, month = any(int(match[1]) > 12 for _, match in found), any(int(match[3]) > 12 for _, match in found)
    if day == month:
        why = "some can only be day/month, some only month/day" if day else "day and month cannot be told apart"
        value, text = found[0][0], cells.distinct[found[0][0]]
        first, second = (_form_of(text, found[0][1], order) for order in ("dm", "md"))
        raise ValueError(f"{name}, {where.of(cells.place(value))}: {text!r}: {why}; say the form, "
                         f"date_format={first!r} or date_format={second!r}")
    return day


def _form_of(text: str, found: re.Match[str], order: str) -> str:
    """The form of a date whose year comes last, with what stands behind it."""
    sign, year = found[2], "%Y" if len(found[4]) == 4 else "%y"
    time = text[len(found[0]):]
    half = bool(re.search(r"[AaPp][Mm]", time))
    for place, letter in enumerate(("%I" if half else "%H", "%M", "%S")):
        time = re.sub(r"(?<![%\d.])\d+", letter, time, count=1) if place < 3 else time
    time = re.sub(r"[AaPp][Mm]", "%p", re.sub(r"\.\d+", ".%f", time))
    time = re.sub(r"[+-]\d{2}:?\d{2}$|Z$", "%z", time)
    return sign.join(f"%{letter}" for letter in order) + sign + year + time
