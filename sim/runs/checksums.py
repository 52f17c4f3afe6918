"""A checksum for every row of a store, so that what was damaged or edited since is told from what was written.

SQLite computes them with a function of ours: triggers that live as long as a connection seal every row that it writes.
The checksum of a run holds that of what was kept of it beside its numbers.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, field

COLUMNS = {
    "kept": ("key", "content"),
    "study": ("name", "value"),
    "points": ("number", "name", "what_if", "changes", "variant_hash", "patch"),
    "runs": ("number", "key", "point", "replicate", "seed", "factors", "status", "reason", "outcomes", "seconds"),
    "designs": ("number", "points", "replications", "seed"),
    "manifest": ("session", "name", "value"),
}
"""The tables of a store and the columns that a checksum is over: all but itself."""
DIGITS = 16
MOST_NAMED = 3


@dataclass(frozen=True)
class Damage:
    """Rows that are not as they were written: `runs` by their number, in `words`; those of other tables by rowid.

    A run is among them where what was kept of it is damaged, and where nothing is known of its point.
    """

    runs: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    others: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """How many runs are damaged, and which; empty where none is."""
        count = len(self.runs)
        more = [f"{count - MOST_NAMED} more"] if count > MOST_NAMED else []
        named = ", ".join([*self.words[:MOST_NAMED], *more])
        return f"{'1 row is' if count == 1 else f'{count} rows are'} damaged and not used: {named}." if count else ""


def checksum_of(*values: str | bytes | None) -> str:
    """Sixteen hexadecimal digits over texts and bytes, each with its length.

    >>> checksum_of("a", b"bc", None) == checksum_of("ab", b"c", None)
    False
    """
    content = hashlib.sha256()
    for value in values:
        part = b"" if value is None else value.encode() if isinstance(value, str) else value
        content.update(len(part).to_bytes(8, "big") + part)
    return content.hexdigest()[:DIGITS]


def computed(table: str, row: str = "") -> str:
    """The checksum of a row in SQL; `row` is the name of the row and a point, where it needs one.

    Seconds count in millionths: how many digits SQLite writes of them differs between its versions.
    """
    parts = []
    for column in COLUMNS[table]:
        value = f"CAST({row}seconds * 1000000 AS INTEGER)" if column == "seconds" else f"{row}{column}"
        parts.append(f"typeof({row}{column}), CAST({value} AS BLOB)")
    if table == "runs":
        parts.append(f"CAST((SELECT checksum FROM kept WHERE kept.key = {row or 'runs.'}key) AS BLOB)")
    return f"checksum_of({', '.join(parts)})"


def know(connection: sqlite3.Connection) -> None:
    """Let a connection compute checksums."""
    connection.create_function("checksum_of", -1, checksum_of, deterministic=True)


def seal(connection: sqlite3.Connection) -> None:
    """From now on every row that this connection writes gets its checksum."""
    for table, columns in COLUMNS.items():
        for name, event in (("insert", "INSERT"), ("update", f"UPDATE OF {', '.join(columns)}")):
            connection.execute(
                f"CREATE TEMP TRIGGER sealed_{table}_{name} AFTER {event} ON main.{table} BEGIN "
                f"UPDATE {table} SET checksum = {computed(table, 'NEW.')} WHERE rowid = NEW.rowid; END")


def damage(connection: sqlite3.Connection) -> Damage:
    """The rows whose checksum does not fit."""
    wrong = {table: f"checksum IS NOT {computed(table)}" for table in COLUMNS}
    lost = (f"{wrong['runs']} OR point NOT IN (SELECT name FROM points WHERE name IS NOT NULL) "
            f"OR key IN (SELECT key FROM kept WHERE {wrong['kept']})")
    rows = connection.execute("SELECT number, CAST(point AS BLOB), CAST(seed AS BLOB) FROM runs "
                              f"WHERE {lost} ORDER BY number").fetchall()
    words = tuple(f"row {number} ({in_letters(point)}, seed {in_letters(seed)})" for number, point, seed in rows)
    others = {table: tuple(number for (number,) in connection.execute(f"SELECT rowid FROM {table} WHERE {one}"))
              for table, one in wrong.items() if table != "runs"}
    return Damage(tuple(row[0] for row in rows), words, {table: found for table, found in others.items() if found})


def in_letters(value: bytes | None) -> str:
    """A text of a store that may not be one any more."""
    return (value or b"nothing")[:60].decode(errors="replace")


def hide(connection: sqlite3.Connection, runs: Collection[int]) -> None:
    """Let a connection see all runs but these."""
    if runs:
        connection.execute("CREATE TEMP VIEW runs AS SELECT * FROM main.runs WHERE number NOT IN "
                           f"({', '.join(str(int(number)) for number in runs)})")


def take_out(connection: sqlite3.Connection, found: Damage) -> None:
    """Take damaged rows out of a store, inside the transaction that is open; its study runs them again."""
    for table, numbers in {**found.others, "runs": found.runs}.items():
        column = "number" if table == "runs" else "rowid"
        connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(number,) for number in numbers])
