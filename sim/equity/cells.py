"""Cells of a user's table as customers, dates and amounts: what cannot be read is named with its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.equity.checks import Floats

if TYPE_CHECKING:
    import pandas as pd

EXAMPLES = "2024-12-31, 20241231, 31.12.2024 or 31/12/2024"
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
        """The place in words.

        >>> RowLabels("line", np.array([2, 3])).of(1)
        'line 3'
        """
        return f"{self.word} {int(self.numbers[place])}"


class UnreadableError(ValueError):
    """A text that cannot be read; the message says what was expected."""


def rows_of(column: pd.Series[Any]) -> RowLabels:
    """Rows counted from 1."""
    return RowLabels("row", np.arange(1, len(column) + 1))


def texts_of(name: str, column: pd.Series[Any], where: RowLabels) -> np.ndarray:
    """Cells as stripped texts, none of them empty.

    Raises:
        ValueError: an empty cell; names column and line.
    """
    missing = column.isna().to_numpy()
    text = column.astype(str).str.strip().to_numpy(dtype=object)
    empty = missing | (text == "")
    if empty.any():
        raise ValueError(f"{name}, {where.of(int(np.flatnonzero(empty)[0]))}: the cell is empty")
    return text


def customers_of(name: str, column: pd.Series[Any], where: RowLabels) -> Any:
    """Customers as they are; texts stripped, whole numbers as numbers.

    Raises:
        ValueError: an empty cell.
    """
    if column.dtype.kind in "iu":
        return column.to_numpy()
    text = texts_of(name, column, where)
    if all(re.fullmatch(r"[1-9]\d{0,17}|0", one) for one in text):
        return text.astype(np.int64)
    return text


def times_of(name: str, column: pd.Series[Any], date_format: str | None, where: RowLabels) -> np.ndarray:
    """Dates as datetime64[D], or plain numbers (periods) as floats.

    Raises:
        ValueError: a cell that is neither, or a column that does not tell day from month.
    """
    if column.dtype.kind in "fiu" and date_format is None:
        numbers = column.to_numpy(dtype=np.float64)
        bad = ~np.isfinite(numbers)
        if bad.any():
            raise ValueError(f"{name}, {where.of(int(np.flatnonzero(bad)[0]))}: the cell is empty")
        compact = (numbers >= 19000101) & (numbers <= 20991231) & (numbers == np.floor(numbers))
        return _dates(name, column.astype(np.int64).astype(str), None, where) if compact.all() else numbers
    if column.dtype.kind != "M" and date_format is None:
        text = texts_of(name, column, where)
        plain = all(_NUMBER.fullmatch(one) for one in text)
        if plain and not all(_COMPACT.fullmatch(one) for one in text):
            return text.astype(np.float64)
    return _dates(name, column, date_format, where)


def dates_of(name: str, column: pd.Series[Any]) -> np.ndarray:
    """Dates or texts that are dates as datetime64[D]; the time of day is dropped.

    Raises:
        ValueError: a cell that is no date; names column and row.

    >>> import pandas as pd
    >>> dates_of("date", pd.Series(["31.12.2024", "1.2.2025"])).astype(str).tolist()
    ['2024-12-31', '2025-02-01']
    """
    return _dates(name, column, None, rows_of(column))


def _dates(name: str, column: pd.Series[Any], date_format: str | None, where: RowLabels) -> np.ndarray:
    if column.dtype.kind == "M":
        if column.isna().any():
            raise ValueError(f"{name}, {where.of(int(np.flatnonzero(column.isna())[0]))}: the cell is empty")
        naive = column.dt.tz_localize(None)
        days: np.ndarray = naive.to_numpy().astype("datetime64[D]")
        return days
    text = texts_of(name, column, where)
    read = _by_format(date_format) if date_format is not None else _by_form(name, text, where)
    return np.array(_each(name, text, where, read), dtype="datetime64[D]")


def _each(name: str, text: np.ndarray, where: RowLabels, read: Callable[[str], Any]) -> list[Any]:
    """Read every text, each distinct one once."""
    known: dict[str, Any] = {}
    for place, one in enumerate(text):
        if one not in known:
            try:
                known[one] = read(one)
            except UnreadableError as error:
                raise ValueError(f"{name}, {where.of(place)}: {one[:40]!r} {error}") from None
    return [known[one] for one in text]


def _by_format(date_format: str) -> Callable[[str], str]:
    from datetime import datetime

    def read(text: str) -> str:
        try:
            return datetime.strptime(text, date_format).date().isoformat()
        except ValueError:
            raise UnreadableError(f"is no date of the form {date_format!r} (date_format)") from None

    return read


def _by_form(name: str, text: np.ndarray, where: RowLabels) -> Callable[[str], str]:
    """Read dates by their looks; whether day or month comes first must show somewhere in the column."""
    day_first = _day_first(name, text, where)

    def read(one: str) -> str:
        if found := _YEAR_FIRST.match(one) or _COMPACT.match(one):
            return _day(int(found[1]), int(found[2]), int(found[3]))
        if found := _YEAR_LAST.match(one):
            first, second, year = int(found[1]), int(found[3]), int(found[4])
            year += (1900 if year >= 69 else 2000) if year < 100 else 0
            return _day(year, second, first) if day_first else _day(year, first, second)
        raise UnreadableError(f"is no date that is understood; allowed are {EXAMPLES}, or say the form (date_format)")

    return read


def _day_first(name: str, text: np.ndarray, where: RowLabels) -> bool:
    found = [match for one in dict.fromkeys(text) if (match := _YEAR_LAST.match(one))]
    if not found or any(match[2] == "." for match in found):
        return True
    day, month = any(int(match[1]) > 12 for match in found), any(int(match[3]) > 12 for match in found)
    if day == month:
        why = "some can only be day/month, some only month/day" if day else "day and month cannot be told apart"
        place = next(place for place, one in enumerate(text) if _YEAR_LAST.match(one))
        raise ValueError(f"{name}, {where.of(place)}: {text[place]!r}: {why}; say the form, e.g. "
                         "date_format='%d/%m/%Y' or '%m/%d/%Y'")
    return day


def _day(year: int, month: int, day: int) -> str:
    from datetime import date

    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise UnreadableError(f"is no date: {error}") from None


def amounts_of(name: str, column: pd.Series[Any], where: RowLabels | None = None) -> Floats:
    """Amounts as numbers: 1234.5, 1,234.50, 1 234,50, with or without a sign of currency.

    Raises:
        ValueError: a cell that is no amount, or a column that does not tell the decimal sign; names column and line.

    >>> import pandas as pd
    >>> amounts_of("total", pd.Series(["€ 1.234,50", "12"])).tolist()
    [1234.5, 12.0]
    """
    where = rows_of(column) if where is None else where
    if column.dtype.kind in "fiu":
        found = column.to_numpy(dtype=np.float64)
        bad = ~(np.abs(found) < 1e15)
        if bad.any():
            place = int(np.flatnonzero(bad)[0])
            raise ValueError(f"{name}, {where.of(place)}: {found[place]!r} is no amount")
        return found
    text = texts_of(name, column, where)
    clean = {one: _AMOUNT_NOISE.sub("", one) for one in dict.fromkeys(text)}
    decimal = _decimal_sign(name, text, clean, where)

    def read(one: str) -> float:
        number = clean[one].replace("." if decimal == "," else ",", "").replace(decimal, ".")
        if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", number) or not abs(float(number)) < 1e15:
            raise UnreadableError("is no amount; allowed are 1234.5, 1,234.50 or 1 234,50")
        return float(number)

    return np.array(_each(name, text, where, read), dtype=np.float64)


def _decimal_sign(name: str, text: np.ndarray, clean: dict[str, str], where: RowLabels) -> str:
    """Comma or point, by what the column itself shows."""
    shown: dict[str, str] = {}
    unclear = ""
    for one in dict.fromkeys(text):
        sign, sure = _sign_of(clean[one])
        if sure:
            shown.setdefault(sign, one)
        elif sign == ",":
            unclear = unclear or one
    if len(shown) == 2:
        place = int(np.flatnonzero(text == max(shown.values(), key=lambda one: list(text).index(one)))[0])
        raise ValueError(f"{name}, {where.of(place)}: {text[place]!r}: elsewhere in the column the decimal sign is "
                         "another one; use one of them throughout")
    if not shown and unclear:
        place = int(np.flatnonzero(text == unclear)[0])
        raise ValueError(f"{name}, {where.of(place)}: {unclear!r} may be thousands or decimals, and no other amount "
                         "tells; write amounts without signs between thousands")
    return next(iter(shown), ".")


def _sign_of(text: str) -> tuple[str, bool]:
    """The decimal sign that a text shows, and whether it shows it for sure."""
    comma, point = text.count(","), text.count(".")
    if comma and point:
        return ("," if text.rfind(",") > text.rfind(".") else "."), True
    if comma > 1:
        return ".", True
    if point > 1:
        return ",", True
    if comma or point:
        sign = "," if comma else "."
        return sign, not re.search(r"^[-+]?\d{1,3}[.,]\d{3}$", text)
    return ".", False
