"""Cells of a user's table: each distinct text once, and customers; what cannot be read is named with its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.equity.checks import Ints

NOTHING = frozenset({"", "-", "--", "nan", "nat", "none", "null", "(null)", "[null]", "<null>", "na", "n/a", "#n/a",
                     "<na>", "nil", "undefined", "\\n"})
"""What databases and spreadsheets write for no value; letter case does not matter."""
_WHOLE = re.compile(r"([1-9]\d{0,17}|0)(?:\.0+)?")


class RowLabels(NamedTuple):
    """How to call a row in a message: "line" or "row", and the number of each."""

    word: str
    numbers: np.ndarray

    def of(self, place: int) -> str:
        """The place in words: line 3."""
        return f"{self.word} {int(self.numbers[place])}"


class Cells(NamedTuple):
    """A column: its distinct values (texts, stripped, or numbers), and which of them stands in each row."""

    distinct: np.ndarray
    codes: Ints

    def kept(self, rows: np.ndarray) -> Cells:
        """Only some rows, and the values that still stand in one of them."""
        used, codes = np.unique(self.codes[rows], return_inverse=True)
        return Cells(self.distinct[used], codes)

    def place(self, value: int) -> int:
        """The first row with the distinct value of this number."""
        return int(np.argmax(self.codes == value))

    @property
    def is_text(self) -> bool:
        """Texts, not numbers."""
        return self.distinct.dtype.kind == "O"

    def each(self, name: str, where: RowLabels, read: Callable[[str], Any]) -> list[Any]:
        """Read every distinct text; a refusal of `read` is completed with column, row and text."""
        found = []
        for value, text in enumerate(self.distinct):
            try:
                found.append(read(text))
            except ValueError as error:
                raise ValueError(f"{name}, {where.of(self.place(value))}: {text[:40]!r} {error}") from None
        return found

    def refuse_empty(self, name: str, where: RowLabels, remedy: str = "") -> None:
        """Refuse a column with an empty cell."""
        empty = self.empty()
        if empty.any():
            raise ValueError(f"{name}, {where.of(int(np.argmax(empty)))}: the cell is empty{remedy}")

    def empty(self, words: frozenset[str] = frozenset({""})) -> np.ndarray:
        """Rows without a number, or with one of these words."""
        if self.is_text:
            return np.array([text.casefold() in words for text in self.distinct], dtype=bool)[self.codes]
        return np.isnan(self.distinct.astype(np.float64))[self.codes]


def cells_of(column: pd.Series[Any]) -> Cells:
    """A column of a table: numbers as they are, all else as texts; what pandas calls missing is the empty text.

    >>> cells_of(pd.Series([" b", "a", None, "b"]))
    Cells(distinct=array(['b', 'a', ''], dtype=object), codes=array([0, 1, 2, 0]))
    """
    if column.dtype.kind in "iuf":
        codes, values = pd.factorize(column.to_numpy(), use_na_sentinel=False)
        return Cells(np.asarray(values), codes)
    codes, others = pd.factorize(column.astype(object), use_na_sentinel=False)
    texts = ["" if pd.isna(value) else str(value).strip() for value in others]
    again, distinct = pd.factorize(pd.Series(texts, dtype=object))
    return Cells(np.asarray(distinct, dtype=object), again[codes])


def rows_of(table: pd.DataFrame | pd.Series[Any]) -> RowLabels:
    """Rows counted from 1."""
    return RowLabels("row", np.arange(1, len(table) + 1))


def customers_of(cells: Cells) -> np.ndarray:
    """Customers as they are; whole numbers as numbers, 17850.0 as 17850.

    >>> customers_of(cells_of(pd.Series(["17850", "17850.0"]))).tolist()
    [17850, 17850]
    """
    if not cells.is_text:
        values = cells.distinct
        whole = values.dtype.kind in "iu" or bool((np.abs(values) < 2**53).all() and (values == np.floor(values)).all())
        return np.asarray((values.astype(np.int64) if whole else values)[cells.codes])
    found = [_WHOLE.fullmatch(text) for text in cells.distinct]
    names = [match[1] if match else text for match, text in zip(found, cells.distinct, strict=True)]
    return np.array(names, dtype=np.int64 if all(found) else object)[cells.codes]
