"""Cells of a user's table as customers, dates and amounts: what cannot be read is named with its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.equity.checks import Floats

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?![\d])")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?![\d])")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})$")
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?$")
_AMOUNT_NOISE = re.compile(r"[\s\u00a0\u202f'’$€£¥₽₴₸₹]|^(?:EUR|USD|GBP|RUB|CHF)|(?:EUR|USD|GBP|RUB|CHF|руб\.?|р\.)$")


class RowLabels(NamedTuple):
    """How to call a row in a message: "line" or "row", and the number of each."""

    word: str
    numbers: np.ndarray

    def of(self, place: int) -> str:
        """The place in words: line 3."""
        return f"{self.word} {int(self.numbers[place])}"

    def refuse_empty(self, name: str, empty: np.ndarray) -> None:
        """Refuse a column with an empty cell."""
        if empty.any():
            raise ValueError(f"{name}, {self.of(int(np.argmax(empty)))}: the cell is empty")


def rows_of(table: pd.DataFrame | pd.Series[Any]) -> RowLabels:
    """Rows counted from 1."""
    return RowLabels("row", np.arange(1, len(table) + 1))


def customers_of(name: str, column: pd.Series[Any], where: RowLabels) -> Any:
    """Customers as they are; texts stripped, whole numbers as numbers."""
    if column.dtype.kind in "iu":
        return column.to_numpy()
    text = _texts(name, column, where)
    return text.astype(np.int64) if all(re.fullmatch(r"[1-9]\d{0,17}|0", one) for one in text) else text


def times_of(name: str, column: pd.Series[Any], date_format: str | None, where: RowLabels) -> np.ndarray:
    """Dates as datetime64[D], or plain numbers (periods) as floats."""
    if column.dtype.kind in "fiu" and date_format is None:
        numbers = column.to_numpy(dtype=np.float64)
        where.refuse_empty(name, ~np.isfinite(numbers))
        compact = (numbers >= 19000101) & (numbers <= 20991231) & (numbers == np.floor(numbers))
        return dates_of(name, column.astype(np.int64).astype(str), None, where) if compact.all() else numbers
    if column.dtype.kind != "M" and date_format is None:
        text = _texts(name, column, where)
        if all(_NUMBER.fullmatch(one) for one in text) and not all(_COMPACT.fullmatch(one) for one in text):
            return text.astype(np.float64)
    return dates_of(name, column, date_format, where)


def dates_of(
    name: str, column: pd.Series[Any], date_format: str | None = None, where: RowLabels | None = None
) -> np.ndarray:
    """Dates, or texts that are dates (in a given form, or by their looks), as datetime64[D].

    >>> dates_of("date", pd.Series(["31.12.2024", "1.2.2025"])).astype(str).tolist()
    ['2024-12-31', '2025-02-01']
    """
    where = where or rows_of(column)
    if column.dtype.kind == "M":
        where.refuse_empty(name, column.isna().to_numpy())
        return np.asarray(column.dt.tz_localize(None).to_numpy().astype("datetime64[D]"))
    text = _texts(name, column, where)
    day_first = date_format is None and _day_first(name, text, where)

    def read(one: str) -> date:
        if date_format is None:
            return _date(one, day_first)
        try:
            return datetime.strptime(one, date_format).date()
        except ValueError:
            raise ValueError(f"is no date of the form {date_format!r} (date_format)") from None

    return np.array(_each(name, text, where, read), dtype="datetime64[D]")


def amounts_of(name: str, column: pd.Series[Any], where: RowLabels | None = None) -> Floats:
    """Amounts as numbers: 1234.5, 1,234.50, 1 234,50, with or without a sign of currency.

    >>> amounts_of("total", pd.Series(["€ 1.234,50", "12"])).tolist()
    [1234.5, 12.0]
    """
    where = where or rows_of(column)
    if column.dtype.kind in "fiu":
        found = column.to_numpy(dtype=np.float64)
        bad = ~(np.abs(found) < 1e15)
        if bad.any():
            place = int(np.argmax(bad))
            raise ValueError(f"{name}, {where.of(place)}: {found[place]!r} is no amount")
        return found
    text = _texts(name, column, where)
    clean = {one: _AMOUNT_NOISE.sub("", one) for one in dict.fromkeys(text)}
    decimal = _decimal_sign(name, text, clean, where)

    def read(one: str) -> float:
        number = clean[one].replace("." if decimal == "," else ",", "").replace(decimal, ".")
        if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", number) or not abs(float(number)) < 1e15:
            raise ValueError("is no amount; allowed are 1234.5, 1,234.50 or 1 234,50")
        return float(number)

    return np.array(_each(name, text, where, read), dtype=np.float64)


def _texts(name: str, column: pd.Series[Any], where: RowLabels) -> np.ndarray:
    """Cells as stripped texts, none of them empty."""
    text = column.astype(str).str.strip().to_numpy(dtype=object)
    where.refuse_empty(name, column.isna().to_numpy() | (text == ""))
    return text


def _each(name: str, text: np.ndarray, where: RowLabels, read: Callable[[str], Any]) -> list[Any]:
    """Read every text, each distinct one once; a refusal of `read` is completed with column, row and text."""
    known: dict[str, Any] = {}
    for place, one in enumerate(text):
        if one not in known:
            try:
                known[one] = read(one)
            except ValueError as error:
                raise ValueError(f"{name}, {where.of(place)}: {one[:40]!r} {error}") from None
    return [known[one] for one in text]


def _date(text: str, day_first: bool) -> date:
    if found := _YEAR_FIRST.match(text) or _COMPACT.match(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := _YEAR_LAST.match(text):
        day, month, year = int(found[1]), int(found[3]), int(found[4])
        year += (1900 if year >= 69 else 2000) if year < 100 else 0
        if not day_first:
            day, month = month, day
    else:
        raise ValueError("is no date that is understood; allowed are 2024-12-31, 20241231, 31.12.2024 or 31/12/2024, "
                         "or say the form (date_format)")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(f"is no date: {error}") from None


def _day_first(name: str, text: np.ndarray, where: RowLabels) -> bool:
    """Whether day or month comes first, which must show somewhere in the column."""
    found = [match for one in dict.fromkeys(text) if (match := _YEAR_LAST.match(one))]
    if not found or any(match[2] == "." for match in found):
        return True
    day, month = any(int(match[1]) > 12 for match in found), any(int(match[3]) > 12 for match in found)
    if day == month:
        why = "some can only be day/month, some only month/day" if day else "day and month cannot be told apart"
        place = text.tolist().index(found[0].string)
        raise ValueError(f"{name}, {where.of(place)}: {text[place]!r}: {why}; say the form, e.g. "
                         "date_format='%d/%m/%Y' or '%m/%d/%Y'")
    return day


def _decimal_sign(name: str, text: np.ndarray, clean: dict[str, str], where: RowLabels) -> str:
    """Comma or point, by what the column itself shows."""
    signs = {one: _sign_of(cleaned) for one, cleaned in clean.items()}
    first: dict[str, int] = {}
    for place, one in enumerate(text):
        first.setdefault(signs[one], place)
    if "," in first and "." in first:
        place = max(first[","], first["."])
        raise ValueError(f"{name}, {where.of(place)}: {text[place]!r}: elsewhere in the column the decimal sign is "
                         "another one; use one of them throughout")
    if "?" in first and "," not in first and "." not in first:
        raise ValueError(f"{name}, {where.of(first['?'])}: {text[first['?']]!r} may be thousands or decimals, and no "
                         "other amount tells; write amounts without signs between thousands")
    return "," if "," in first else "."


def _sign_of(text: str) -> str:
    """The decimal sign that a text shows: nothing where it shows none, ? where a comma may also mark thousands."""
    comma, point = text.count(","), text.count(".")
    if comma and point:
        return "," if text.rfind(",") > text.rfind(".") else "."
    if comma > 1 or point > 1:
        return "." if comma else ","
    if re.search(r"^[-+]?\d{1,3}[.,]\d{3}$", text):
        return "?" if comma else ""
    return "," if comma else "." if point else ""
