"""Text files and workbooks as columns: which line names the columns, what separates them, and every row in its line."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.equity.cells import Cells, RowLabels, cells_of, rows_of
from sim.equity.log_files import TextFile, text_file, workbook

SEPARATORS = (",", ";", "\t", "|")
HEAD = 30
"""In so many lines the names of the columns are sought."""
BLOCK = 250
"""Rows read at a time: so few stay near the processor, which halves the time."""
Needed = Callable[[list[str]], set[str]]
"""Which of the columns with these names are needed; a ValueError where they are not the names of a log."""


class RawLog(NamedTuple):
    """Columns by name, where each row stands in the file, how many repeat another row, and notes."""

    columns: dict[str, Any]
    where: RowLabels
    copies: int
    notes: tuple[str, ...]

    def kept(self, rows: np.ndarray) -> RawLog:
        """Only some rows."""
        columns = {name: column.kept(rows) if isinstance(column, Cells) else column[rows]
                   for name, column in self.columns.items()}
        return self._replace(columns=columns, where=RowLabels(self.where.word, self.where.numbers[rows]))

    def cells(self, name: str) -> Cells:
        """A column as cells."""
        column = self.columns[name]
        return column if isinstance(column, Cells) else cells_of(column)


class TableLayout(NamedTuple):
    """How a text file holds its table: separator, line of names, names, and what stands above."""

    separator: str
    heading: int
    names: list[str]
    note: str = ""

    def reader(self, lines: Iterator[str], **how: Any) -> Any:
        """A reader of rows; between blanks any number of them is one."""
        if self.separator != " ":
            return csv.reader(lines, delimiter=self.separator, **how)
        stripped = (line.rstrip() + "\n" for line in lines)
        return csv.reader(stripped, delimiter=" ", skipinitialspace=True, **how)


def read_table(source: Path | pd.DataFrame, encoding: str | None, needed: Needed) -> RawLog:
    """The needed columns of a file or a DataFrame.

    Raises:
        OSError, ValueError: what cannot be opened or read, with the line.
    """
    if isinstance(source, pd.DataFrame):
        return _of_frame(source, needed, rows_of(source), ())
    sheet = workbook(source)
    if sheet is not None:
        rows = [["" if pd.isna(cell) else str(cell) for cell in row] for row in sheet.head(HEAD).to_numpy()]
        heading = _heading(rows, needed)
        body = sheet.iloc[heading + 1:].dropna(how="all")
        if not len(body):
            raise ValueError(f"{source.name}: no rows below the names")
        body.columns = pd.Index([one.strip() for one in rows[heading]])
        return _of_frame(body, needed, RowLabels("row", body.index.to_numpy() + 1), ("The first sheet is read.",))
    text = text_file(source, encoding)
    layout = _layout(text, needed)
    return _rows(text, layout, needed(_named(text.name, layout.names)))


def _of_frame(frame: pd.DataFrame, needed: Needed, where: RowLabels, notes: tuple[str, ...]) -> RawLog:
    names = [str(name) for name in frame.columns]
    wanted = needed(_named("source", names))
    columns = {name: frame.iloc[:, place].reset_index(drop=True) for place, name in enumerate(names) if name in wanted}
    try:
        copies = int(frame.duplicated().sum())
    except TypeError:  # cells that cannot be compared
        copies = 0
    return RawLog(columns, where, copies, notes)


def _named(source: str, names: list[str]) -> list[str]:
    """The names there are, none of them twice."""
    found = [name for name in names if name]
    for name in found:
        if found.count(name) > 1:
            raise ValueError(f"{source}: two columns have the name {name!r}; give each a name of its own")
    return found


def _heading(rows: list[list[str]], needed: Needed) -> int:
    """The place of the line of names: the first that can be one, else the first with the most in it."""
    for place, row in enumerate(rows):
        try:
            needed([cell.strip() for cell in row if cell.strip()])
        except ValueError:
            continue
        return place
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    return filled.index(max(filled))


def _layout(text: TextFile, needed: Needed) -> TableLayout:
    """What separates cells, and which line has the names."""
    head = list(islice(text.lines(), HEAD))
    if not any(line.strip() for line in head):
        raise ValueError(f"{text.name}: the file begins with {len(head)} empty lines; a line of names is expected")
    said = re.fullmatch(r"\ufeff?\"?sep=(.)\"?\s*", head[0], re.IGNORECASE)
    if said:
        return _of_separator(said[1], head, needed, 1)
    first = next(line for line in head if line.strip())
    marks = [mark for mark in SEPARATORS if any(mark in line for line in head)] or [" "]
    options = [_of_separator(mark, head, needed, 0) for mark in marks]
    best = [one for one in options if _are_names(one.names, needed)]
    found = max(best or options, key=lambda one: len(one.names) if best else first.count(one.separator))
    if len(found.names) < 2:
        raise ValueError(f"{text.name}: one column only; a CSV file with a line of names and columns separated by "
                         "comma, semicolon, tab, | or blanks is expected")
    data = [name for name in found.names if re.fullmatch(r"[-+\d./:]*\d[-+\d./:]*", name)]
    if not best and 2 * len(data) >= len(found.names):
        raise ValueError(f"{text.name}: the first line ({', '.join(found.names)[:60]}) looks like data; put a line of "
                         "names above it, such as customer,date,amount")
    return found


def _are_names(names: list[str], needed: Needed) -> bool:
    try:
        needed(names)
    except ValueError:
        return False
    return True


def _of_separator(mark: str, head: list[str], needed: Needed, above: int) -> TableLayout:
    """The layout of a file whose cells are separated by this mark; so many lines above are known to be no names."""
    rows, ends = [], []
    reader = TableLayout(mark, 0, []).reader(iter(head))
    try:
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error:
        pass  # an open quotation mark further down; it is told when rows are read
    if above:
        rows[0] = []
    place = _heading(rows, needed) if rows else 0
    names = [cell.strip().removeprefix("\ufeff") for cell in rows[place]] if rows else []
    left = [" ".join(cell.strip() for cell in row if cell.strip()) for row in rows[:place]]
    titles = [repr(one[:40]) for one in left if one]
    note = f"Above the names of the columns, left out: {', '.join(titles)}." if titles else ""
    return TableLayout(mark, ends[place] if rows else 0, names, note)


class _Codes(dict[str, int]):
    """A number for every distinct text, in the order of their coming."""

    def __missing__(self, text: str) -> int:
        self[text] = found = len(self)
        return found


def _rows(text: TextFile, layout: TableLayout, wanted: set[str]) -> RawLog:
    """All rows below the names: the wanted columns as cells, the line in which each row begins, and copies."""
    places = {name: layout.names.index(name) for name in layout.names if name in wanted}
    codes = {name: _Codes() for name in places}
    found: dict[str, list[np.ndarray]] = {name: [] for name in places}
    lines: list[np.ndarray] = []
    hashes: list[np.ndarray] = []
    for body, begins in _blocks(text, layout):
        columns = list(zip(*body, strict=True))
        for name, place in places.items():
            found[name].append(np.fromiter(map(codes[name].__getitem__, columns[place]), np.int32, len(body)))
        lines.append(begins)
        hashes.append(np.fromiter(map(hash, map(tuple, body)), np.int64, len(body)))
    if not lines:
        raise ValueError(f"{text.name}: no rows below the line of names")
    rows = np.sort(np.concatenate(hashes))
    copies = int(np.count_nonzero(rows[1:] == rows[:-1]))
    cells = {name: _stripped(codes.pop(name), np.concatenate(found.pop(name))) for name in places}
    notes = tuple(note for note in (text.note, layout.note) if note)
    return RawLog(dict(cells), RowLabels("line", np.concatenate(lines)), copies, notes)


def _stripped(codes: _Codes, numbers: np.ndarray) -> Cells:
    """Texts without blanks around them, each once."""
    texts = [text.strip() for text in codes]
    if texts == list(codes):
        return Cells(np.array(texts, dtype=object), numbers)
    again, distinct = pd.factorize(np.array(texts, dtype=object))
    return Cells(np.asarray(distinct), again[numbers])


def _blocks(text: TextFile, layout: TableLayout) -> Iterator[tuple[list[list[str]], np.ndarray]]:
    """Rows and the lines in which they begin, some at a time; empty rows are passed over, others must be whole."""
    width, begins, several = len(layout.names), layout.heading + 1, False
    reader = layout.reader(islice(text.lines(), layout.heading, None))
    while True:
        try:
            body = list(islice(reader, BLOCK))
        except csv.Error:
            _refuse_open_quotes(text, layout)
            raise ValueError(f"{text.name}, below line {begins}: a cell is longer than 131,072 letters") from None
        if not body:
            break
        lines = layout.heading + reader.line_num + 1 - begins
        if lines == len(body) and set(map(len, body)) == {width} and all(map(str.strip, (row[0] for row in body))):
            yield body, np.arange(begins, begins + lines)
        else:
            several = several or any("\n" in cell or "\r" in cell for row in body for cell in row)
            whole = _whole_rows(text, layout, body, begins)
            if whole[0]:
                yield whole
        begins += lines
    if several:
        _refuse_open_quotes(text, layout)


def _whole_rows(
    text: TextFile, layout: TableLayout, body: list[list[str]], begins: int
) -> tuple[list[list[str]], np.ndarray]:
    """The rows that are not empty, and where they begin, row by row; each must have a cell for every column."""
    rows, lines = [], []
    for row in body:
        if any(cell.strip() for cell in row):
            if len(row) != len(layout.names):
                _refuse_open_quotes(text, layout)
                raise ValueError(f"{text.name}, line {begins}: {len(row)} cells, but the line of names "
                                 f"has {len(layout.names)}")
            rows.append(row)
            lines.append(begins)
        begins += 1 + sum(len(re.findall(r"\r\n|\r|\n", cell)) for cell in row)
    return rows, np.array(lines, dtype=np.int64)


def _refuse_open_quotes(text: TextFile, layout: TableLayout) -> None:
    """Refuse a file in which a quotation mark that nothing closes has swallowed lines; says where it stands."""
    reader, before = layout.reader(text.lines(), strict=True), 0
    while True:
        try:
            if next(reader, None) is None:
                return
        except csv.Error:
            if reader.line_num - before > 1:
                record = "".join(islice(text.lines(), before, reader.line_num))
                place = before + 1 + record[: _opening(record, layout.separator)].count("\n")
                raise ValueError(f"{text.name}, line {place}: a quotation mark opens a cell, and none closes it; "
                                 "take it out, or write it twice inside quotation marks") from None
        before = reader.line_num


def _opening(record: str, separator: str) -> int:
    """Where the last cell in quotation marks begins that can be read as one."""
    found, place = 0, 0
    cell = re.compile(rf'"((?:[^"]|"")*)"(?=[{re.escape(separator)}\r\n]|$)|[^"{re.escape(separator)}\n]'
                      rf'[^{re.escape(separator)}\n]*|(?=[{re.escape(separator)}\n])')
    while place < len(record) and (match := cell.match(record, place)):
        place = match.end() + 1
        found = place
    return found
