"""The SQLite file behind a study: its tables, how it is opened, and who may write into it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

MARK, FORMAT = 0x436C6E74, 2
"""Application id of our files ("Clnt"), and the version of their tables."""

TABLES = """
CREATE TABLE kept (key TEXT PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE study (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE points (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, what_if TEXT, changes TEXT NOT NULL,
    variant_hash TEXT NOT NULL, patch TEXT NOT NULL
);
CREATE TABLE runs (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL, point TEXT NOT NULL, replicate INTEGER NOT NULL,
    seed INTEGER NOT NULL, factors TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '',
    outcomes TEXT, seconds REAL, UNIQUE (point, seed)
);
CREATE INDEX runs_by_key ON runs (key);
CREATE INDEX runs_by_status ON runs (status, seed, number);
CREATE TABLE designs (
    number INTEGER PRIMARY KEY, points TEXT NOT NULL, replications INTEGER NOT NULL, seed INTEGER NOT NULL,
    UNIQUE (points, replications, seed)
);
CREATE TABLE manifest (session INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (session, name));
"""


def connect(path: Path) -> sqlite3.Connection:
    """A connection for writing: every statement stands for itself, WAL, no mixing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = sqlite3.connect(path, isolation_level=None, timeout=30.0)
    except sqlite3.Error as error:
        raise OSError(_cannot_write(path)) from error
    try:
        _check_kind(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
    except (sqlite3.DatabaseError, ValueError) as error:
        connection.close()
        if isinstance(error, ValueError):
            raise
        raise ValueError(f"{path} is not a store of runs ({error}).") from None
    return connection


def _cannot_write(path: Path) -> str:
    return f"{path}: a store of runs cannot be written there; choose another place"


def _number(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])


def _check_kind(connection: sqlite3.Connection, path: Path) -> None:
    mark, version = _number(connection, "PRAGMA application_id"), _number(connection, "PRAGMA user_version")
    if is_empty(connection) and mark in (0, MARK):
        return
    if mark != MARK:
        raise ValueError(f"{path} is not a store of runs: it is a database of something else.")
    if version > FORMAT:
        raise ValueError(f"{path} was written by a newer version of Clientele: update this one.")
    if version < FORMAT:
        raise ValueError(f"{path} was written by an earlier version of Clientele: run the study into a new file.")


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether a store has no tables yet."""
    return _number(connection, "SELECT count(*) FROM sqlite_master") == 0


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables, all or none (inside the transaction that is open)."""
    for statement in (*TABLES.split(";\n"), f"PRAGMA application_id = {MARK}", f"PRAGMA user_version = {FORMAT}"):
        connection.execute(statement)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing, whatever interrupts."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Be the only one who adds runs to a file; the claim ends with the process, however it ends."""
    real = path.resolve()  # one store has one claim, whichever links lead to it
    claim = real.with_name(f"{real.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = sqlite3.connect(claim, isolation_level=None, timeout=0.0)
    except (OSError, sqlite3.OperationalError):
        raise OSError(_cannot_write(path)) from None
    try:
        held.execute("PRAGMA journal_mode = OFF")  # nothing is ever written into it
        held.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        held.close()
        if "locked" not in str(error):
            raise OSError(_cannot_write(path)) from None
        text = f"Another study is being written into {path} right now: wait for it, or choose another file."
        raise ValueError(text) from None
    try:
        yield
    finally:
        with suppress(OSError):  # where an open file cannot be taken away, it stays; it says nothing
            claim.unlink()
        held.close()


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for reading, also while somebody writes.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a store of runs.
    """
    if not path.is_file():
        raise FileNotFoundError(f"There is no store of runs {path}.")
    address = quote(str(path.resolve()))
    connection = _connected(f"file:{address}?mode=rw") or _connected(f"file:{address}?mode=ro&immutable=1")
    if connection is None:
        raise ValueError(f"{path} is not a store of runs.")
    try:
        _check_kind(connection, path)
        if is_empty(connection):
            raise ValueError(f"{path} is empty: no study has been written into it.")
        yield connection
    finally:
        connection.close()


def _connected(address: str) -> sqlite3.Connection | None:
    connection = None
    try:
        connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=30.0)
        is_empty(connection)
    except sqlite3.Error:
        if connection is not None:
            connection.close()
        return None
    return connection


def is_store(path: Path) -> bool:
    """Whether a file is a store of runs."""
    try:
        with reading(path):
            return True
    except (OSError, ValueError):
        return False
