"""The SQLite file behind a study: its tables, how it is opened, who may write into it, and whether it is whole."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from sim.runs import checksums
from sim.scenario.calling import quoted

MARK, FORMAT = 0x436C6E74, 3
"""Application id of our files ("Clnt"), and the version of their tables."""

TABLES = """
CREATE TABLE kept (key TEXT PRIMARY KEY, content BLOB NOT NULL, checksum TEXT);
CREATE TABLE study (name TEXT PRIMARY KEY, value TEXT NOT NULL, checksum TEXT);
CREATE TABLE points (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, what_if TEXT, changes TEXT NOT NULL,
    variant_hash TEXT NOT NULL, patch TEXT NOT NULL, checksum TEXT
);
CREATE TABLE runs (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL, point TEXT NOT NULL, replicate INTEGER NOT NULL,
    seed INTEGER NOT NULL, factors TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '',
    outcomes TEXT, seconds REAL, checksum TEXT, UNIQUE (point, seed)
);
CREATE INDEX runs_by_key ON runs (key);
CREATE INDEX runs_by_status ON runs (status, seed, number);
CREATE TABLE designs (
    number INTEGER PRIMARY KEY, points TEXT NOT NULL, replications INTEGER NOT NULL, seed INTEGER NOT NULL,
    checksum TEXT, UNIQUE (points, replications, seed)
);
CREATE TABLE manifest (
    session INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, checksum TEXT, PRIMARY KEY (session, name)
);
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
        checksums.know(connection)
    except (*UNREADABLE, ValueError) as error:
        connection.close()
        raise in_a_sentence(path, error) from None
    return connection


def _cannot_write(path: Path) -> str:
    return f"{path}: a store of runs cannot be written there; choose another place"


UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
"""What reading a damaged store may raise: what SQLite says of it may be damaged, too."""
_IN_USE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_OF_THE_DISK = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN,
                sqlite3.SQLITE_PERM)


def in_a_sentence(path: Path, error: Exception) -> Exception:
    """What went wrong with a store: it is in use, cannot be read or written, is something else, or is damaged."""
    if not isinstance(error, UNREADABLE):
        return error
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _IN_USE:
        return OSError(f"{path} is in use by another program: try again when that has ended")
    if code in _OF_THE_DISK:
        return OSError(f"{path} cannot be written or read ({error})")
    if code == sqlite3.SQLITE_NOTADB:
        return ValueError(f"{path} is not a store of runs, or its beginning is damaged ({error}): {_rescue(path)}.")
    return ValueError(damaged(path, str(error)))


def damaged(path: Path, why: str) -> str:
    """That a store cannot be used as it is, why, and what to do."""
    return f"{path} is damaged ({' '.join(why.split())}): {_rescue(path)}."


def _rescue(path: Path) -> str:
    return (f"`{quoted(['sim', 'results', str(path), '--rescue'])}` writes what can still be read into a new file, "
            "and leaves this one as it is")


def check_pages(connection: sqlite3.Connection, path: Path) -> None:
    """Make sure that SQLite can read every page of a store, and that its indexes fit its tables.

    Raises:
        ValueError: it cannot, or they do not.
    """
    found = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if found != "ok":
        raise ValueError(damaged(path, found.replace("*** in database main ***", "")))


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
        raise ValueError(f"{path} was written by an earlier version of Clientele, whose rows have no checksums: "
                         f"{_rescue(path)}.")


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether a store has no tables yet."""
    return _number(connection, "SELECT count(*) FROM sqlite_master") == 0


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables, all or none (inside the transaction that is open)."""
    for statement in (*TABLES.split(";\n"), f"PRAGMA application_id = {MARK}", f"PRAGMA user_version = {FORMAT}"):
        connection.execute(statement)


def show_as_columns(connection: sqlite3.Connection, outcomes: tuple[str, ...]) -> None:
    """The view `results`: one row per run and firm, every factor and every outcome a column."""
    changes = connection.execute("SELECT changes FROM points ORDER BY number").fetchall()
    paths = dict.fromkeys(path for (text,) in changes for path in json.loads(text))
    columns = [_extracted("r.factors", path) for path in paths]
    columns += ["f.key AS firm", *(_extracted("f.value", name) for name in outcomes)]
    connection.execute("DROP VIEW IF EXISTS results")
    connection.execute(
        "CREATE VIEW results AS SELECT r.number, r.point, r.replicate, r.seed, r.status, r.reason, r.seconds, "
        f"{', '.join(columns)} FROM runs r LEFT JOIN json_each(r.outcomes) f"
    )


def _extracted(column: str, key: str) -> str:
    """The value under a key of a column of JSON, as a column of this name."""
    step, name = f'$."{key}"'.replace("'", "''"), key.replace('"', '""')
    return f"json_extract({column}, '{step}') AS \"{name}\""


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
def reading(path: Path, without: Collection[int] = ()) -> Iterator[sqlite3.Connection]:
    """A connection for reading, also while somebody writes; it does not see the runs `without` which it is to be.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a store of runs, or is damaged.
        OSError: it cannot be read.
    """
    if not path.is_file():
        raise FileNotFoundError(f"There is no store of runs {path}.")
    connection = None
    try:
        connection = _connected(path)
        _check_kind(connection, path)
        if is_empty(connection):
            raise ValueError(f"{path} is empty: no study has been written into it.")
        checksums.know(connection)
        checksums.hide(connection, without)
        yield connection
    except UNREADABLE as error:
        raise in_a_sentence(path, error) from error
    finally:
        if connection is not None:
            connection.close()


def _connected(path: Path) -> sqlite3.Connection:
    """A connection that may write, so that a log left behind is read; where it may not, only for reading."""
    address = quote(str(path.resolve()))
    try:
        return _connection(f"file:{address}?mode=rw")
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF not in _OF_THE_DISK:
            raise
        return _connection(f"file:{address}?mode=ro&immutable=1")


def _connection(address: str) -> sqlite3.Connection:
    """A connection over which something has been read."""
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=30.0)
    try:
        is_empty(connection)
    except UNREADABLE:
        connection.close()
        raise
    return connection


def is_store(path: Path) -> bool:
    """Whether a file is a store of runs."""
    try:
        with reading(path):
            return True
    except (OSError, ValueError):
        return False
