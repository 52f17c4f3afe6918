"""What can still be read of a damaged store, written into a new one: every whole row, one by one."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.runs import checksums, store_file
from sim.runs.checksums import COLUMNS
from sim.runs.execute import checked_seed
from sim.runs.outcomes import from_text
from sim.runs.serialization import unpacked
from sim.runs.stored_plan import NEEDED
from sim.runs.task import DONE, FAILED, PENDING
from sim.text.files import write_file
from sim.text.words import counted

Row = dict[str, Any]
_HEADER = {0: b"SQLite format 3\0\x10\x00\x02\x02\x00\x40\x20\x20", 44: b"\0\0\0\x04", 56: b"\0\0\0\x01"}
"""Bytes at the beginning of every store: kind of file, size of a page, format, UTF-8."""
MOST_ROWS = 10_000_000
"""Numbers of rows beyond it are no numbers of ours."""


@dataclass(frozen=True)
class Rescue:
    """What became of a damaged store: the new file, how many rows of runs it has, how many were lost, in words."""

    path: Path
    saved: int
    lost: int
    sentence: str


def rescue(path: Path | str) -> Rescue:
    """Write every whole row of a store into a new file beside it, `NAME.rescued.sqlite`; the old one is only read.

    A row is whole where its checksum fits; in a store of an earlier version, where it can be read. The study that made
    the store goes on from the new file and runs again what was lost.

    Raises:
        FileNotFoundError: there is no such file.
        FileExistsError: the new file is there already.
        ValueError: nothing of it can be used; the sentence says what is missing.
    """
    place = Path(path)
    new = place.with_name(f"{place.stem}.rescued.sqlite")
    if not place.is_file():
        raise FileNotFoundError(f"There is no store of runs {place}.")
    if new.exists():
        raise FileExistsError(f"{new} is there already: move it away first.")
    found: list[Rescue] = []
    write_file(new, lambda aside: found.append(_rescued(place, aside, new)))
    return found[0]


def _rescued(path: Path, aside: Path, new: Path) -> Rescue:
    """Fill the new file aside from a copy of the old one, its log included."""
    copy = aside.with_name("copy")
    shutil.copyfile(path, copy)
    with suppress(FileNotFoundError):
        shutil.copyfile(f"{path}-wal", f"{copy}-wal")
    _mend_header(copy)
    try:
        with closing(sqlite3.connect(copy, isolation_level=None)) as old:
            old.execute("PRAGMA writable_schema = ON")  # so that a file that ends too early can be read
            tables = {table: _rows(old, table) for table in COLUMNS}
    except store_file.UNREADABLE as error:
        raise ValueError(f"Nothing of {path} can be saved ({error}): run its study into a new file.") from None
    with closing(sqlite3.connect(aside, isolation_level=None)) as connection, store_file.transaction(connection):
        _fill(connection, {table: rows for table, (rows, _) in tables.items()}, path)
        saved, *others = (connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                          for table in ("runs", "study", "points"))
    there, *before = (len(tables[table][0]) + tables[table][1] for table in ("runs", "study", "points"))
    gone = f", and {counted(sum(before) - sum(others), 'row')} of what was studied" if before > others else ""
    lost = there - saved
    text = (f"Saved: {new}, {counted(saved, 'row')} of runs. Lost: {counted(lost, 'row')} of those that {path} still "
            f"names{gone}. The command that made the store goes on with --store {new}.")
    return Rescue(new, saved, lost, text)


def _mend_header(copy: Path) -> None:
    """Put right what is the same at the beginning of every store, where SQLite does not know the file."""
    with suppress(*store_file.UNREADABLE), closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA user_version").fetchone()
        return
    with copy.open("r+b") as file:
        for offset, content in _HEADER.items():
            file.seek(offset)
            file.write(content)


def _rows(old: sqlite3.Connection, table: str) -> tuple[list[Row], int]:
    """The rows of a table that can be read, and how many more it or its indexes name."""
    numbers: set[int] = set()
    indexes: list[str] = []
    with suppress(*store_file.UNREADABLE):
        indexes = [name for _, name, *_ in old.execute(f"PRAGMA index_list({table})")]
    ways = [f"SELECT rowid FROM {table} ORDER BY rowid", f"SELECT rowid FROM {table} ORDER BY rowid DESC"]
    for way in [*ways, *(f'SELECT rowid FROM {table} INDEXED BY "{name}"' for name in indexes)]:
        with suppress(*store_file.UNREADABLE):
            numbers.update(number for (number,) in old.execute(way) if 0 < number < MOST_ROWS)
    names = {name for _, name, *_ in old.execute(f"PRAGMA table_info({table})")}
    (version,) = old.execute("PRAGMA user_version").fetchone()
    columns = [*COLUMNS[table], *(["checksum"] if "checksum" in names or version >= store_file.FORMAT else [])]
    query = f"SELECT {', '.join(columns)} FROM {table} WHERE rowid = ?"
    numbers.update(range(1, min(max(numbers, default=0) + 3, MOST_ROWS)))  # no scan comes between damaged pages
    rows, lost = [], 0
    for number in sorted(numbers):
        try:
            found = old.execute(query, (number,)).fetchone()
        except (*store_file.UNREADABLE, OverflowError, MemoryError):
            lost += 1
        else:
            rows += [dict(zip(columns, found, strict=True))] if found is not None else []
    return rows, lost


def _fill(connection: sqlite3.Connection, tables: dict[str, list[Row]], path: Path) -> None:
    """Write rows into a new store, and take out again those whose checksum is not the one that they had.

    Raises:
        ValueError: what all runs have in common is not whole.
    """
    store_file.create_tables(connection)
    checksums.know(connection)
    checksums.seal(connection)
    for table in COLUMNS:
        for row in tables[table]:
            _put(connection, table, row)
    study = {name for (name,) in connection.execute("SELECT name FROM study")}
    missing = [f"row {name} of its table study" for name in NEEDED if name not in study]
    if not connection.execute("SELECT count(*) FROM points").fetchone()[0]:
        missing.append("its table points")
    if missing:
        raise ValueError(f"Nothing of {path} can be saved, for {missing[0]} is damaged, without which no run can be "
                         "read: run its study into a new file.")
    if connection.execute("SELECT count(*) FROM kept").fetchone()[0]:
        connection.execute("DELETE FROM runs WHERE status = 'done' AND key NOT IN (SELECT key FROM kept)")
    checksums.take_out(connection, checksums.damage(connection))
    connection.execute("DELETE FROM kept WHERE key NOT IN (SELECT key FROM runs)")
    (outcomes,) = connection.execute("SELECT value FROM study WHERE name = 'outcomes'").fetchone()
    store_file.show_as_columns(connection, tuple(json.loads(outcomes)))


def _put(connection: sqlite3.Connection, table: str, row: Row) -> None:
    """Write one row, where it is whole: with the checksum that it had, or, where it had none, legible."""
    if "checksum" not in row and not _is_legible(row):
        return
    columns = COLUMNS[table]
    places = ", ".join("?" for _ in columns)
    with suppress(sqlite3.IntegrityError, OverflowError):
        done = connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})",
                                  [row[column] for column in columns])
        if "checksum" in row:
            connection.execute(f"DELETE FROM {table} WHERE rowid = ? AND checksum IS NOT ?",
                               (done.lastrowid, row["checksum"]))


def _is_legible(row: Row) -> bool:
    """Whether a row without a checksum has only what a row of a store can have."""
    try:
        for column, value in row.items():
            if column in _READ:
                _READ[column](value)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return False
    return True


def _mapping(text: str) -> None:
    dict(json.loads(text).items())


def _status(text: str) -> None:
    (DONE, FAILED, PENDING).index(text)


_READ: dict[str, Callable[[Any], Any]] = {
    "value": json.loads, "changes": _mapping, "patch": _mapping, "factors": _mapping, "outcomes": from_text,
    "points": json.loads, "content": unpacked, "status": _status, "seed": checked_seed, "replicate": checked_seed,
}
"""How what stands in a column is read, where not every text may stand there."""
