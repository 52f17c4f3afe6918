"""All runs of a study in one SQLite file: planned, done, failed. A run that is in it is never done again.

Only the process that leads a study writes. Each portion of work is one transaction in write-ahead mode, so whatever
interrupts (Ctrl-C, SIGKILL, a power cut), the file holds whole runs and the same command goes on from there.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.runs import store_file
from sim.runs.identity import patch_between
from sim.runs.outcomes import Outcomes, as_text, from_text
from sim.runs.plan import RunPlan
from sim.runs.results import ResultRow
from sim.runs.seeds import FIRST_FRESH
from sim.runs.serialization import packed, text_of, unpacked
from sim.runs.store_checks import IDENTITY, check_same_points, check_same_study, identity_of
from sim.runs.task import FAILED, Task, TaskResult
from sim.scenario.effective import to_mapping

PAGE = 500
_HASHED = (
    f"SELECT name, value FROM study WHERE name = 'seed' OR name IN {IDENTITY} ORDER BY name",
    "SELECT name, what_if, changes, variant_hash FROM points ORDER BY name",
    "SELECT key, point, replicate, seed, status, reason, outcomes FROM runs ORDER BY point, seed",
)
_KEPT = "SELECT key, content FROM kept ORDER BY key"
_PENDING = """
SELECT r.number, r.key, r.point, r.seed - :first, r.seed FROM runs r JOIN chosen USING (point)
WHERE r.status = 'pending' AND r.seed < :end AND (r.seed, r.number) > (:seed, :number)
AND NOT EXISTS (
    SELECT 1 FROM runs other JOIN chosen USING (point)
    WHERE other.key = r.key AND other.number < r.number AND other.status = 'pending'
    AND other.seed >= :first AND other.seed < :end
) ORDER BY r.seed, r.number LIMIT :page
"""


class FileStore:
    """The runs of one plan in a file."""

    def __init__(self, connection: sqlite3.Connection, plan: RunPlan) -> None:
        self.connection = connection
        self.plan = plan
        (first,) = connection.execute("SELECT value FROM study WHERE name = 'seed'").fetchone()
        self.first_of_study = int(first)
        self.factors = {name: json.dumps(facts.settings) for name, facts in plan.facts.items()}
        connection.execute("CREATE TEMP TABLE chosen (point TEXT PRIMARY KEY, place INTEGER NOT NULL)")
        names = ((point.name, place) for place, point in enumerate(plan.points))
        connection.executemany("INSERT INTO chosen VALUES (?, ?)", names)

    def prepare(self, replicates: range) -> None:
        """Put the runs of these replicates down as pending where they are new; what is known already counts at once."""
        rows = (self._row(name, k) for k in replicates for name in self.plan.facts)
        with store_file.transaction(self.connection):
            self.connection.executemany(
                "INSERT OR IGNORE INTO runs (key, point, replicate, seed, factors, status) "
                "VALUES (?, ?, ?, ?, ?, 'pending')", rows,
            )
            self.connection.execute(
                "UPDATE runs SET status = other.status, reason = other.reason, outcomes = other.outcomes, "
                "seconds = other.seconds FROM (SELECT key, status, reason, outcomes, seconds FROM runs "
                "WHERE status != 'pending') AS other WHERE runs.status = 'pending' AND runs.key = other.key"
            )

    def _row(self, name: str, replicate: int) -> tuple[str, str, int, int, str]:
        seed = self.plan.seed + replicate
        return self.plan.key(name, replicate), name, seed - self.first_of_study, seed, self.factors[name]

    @property
    def seeds(self) -> tuple[int, int]:
        """The first seed that is asked for, and the first that is not any more."""
        return self.plan.seed, self.plan.seed + self.plan.replications

    def pending(self, after: Task | None = None) -> list[Task]:
        """The next runs to be done, in replication-major order; of runs with the same key only the first."""
        first, end = self.seeds
        seed, number = (first, 0) if after is None else (after.seed, after.number)
        place = {"first": first, "end": end, "seed": seed, "number": number, "page": PAGE}
        return [Task(*row) for row in self.connection.execute(_PENDING, place)]

    def record(self, found: Sequence[TaskResult]) -> int:
        """Write down what became of runs; gives the number of rows that are settled by it."""
        with store_file.transaction(self.connection):
            rows = self.connection.executemany(
                "UPDATE runs SET status = ?, reason = ?, outcomes = ?, seconds = ? "
                "WHERE key = ? AND status = 'pending'",
                [(one.status, one.reason, as_text(one.outcomes), one.seconds, one.task.key) for one in found],
            )
            self.connection.executemany(
                "INSERT OR REPLACE INTO kept VALUES (?, ?)",
                [(one.task.key, packed(one.kept)) for one in found if one.kept is not None],
            )
        return rows.rowcount

    def retry_failed(self) -> None:
        """Runs of this plan that failed are to be done again."""
        with store_file.transaction(self.connection):
            self.connection.execute(
                "UPDATE runs SET status = 'pending', reason = '', outcomes = NULL, seconds = NULL "
                "WHERE key IN (SELECT key FROM runs JOIN chosen USING (point) "
                "WHERE status = ? AND seed >= ? AND seed < ?)", (FAILED, *self.seeds),
            )

    def settled(self) -> int:
        """How many runs of this plan are done or failed."""
        return self._settled(*self.seeds)

    def is_settled(self, replicate: int) -> bool:
        """Whether every run of a replicate is done or failed."""
        seed = self.plan.seed + replicate
        return self._settled(seed, seed + 1) == len(self.plan.points)

    def _settled(self, first: int, end: int) -> int:
        (count,) = self.connection.execute(
            "SELECT count(*) FROM runs JOIN chosen USING (point) WHERE status != 'pending' AND seed >= ? AND seed < ?",
            (first, end),
        ).fetchone()
        return int(count)

    def last_number(self) -> int:
        """The highest number of a row so far."""
        (number,) = self.connection.execute("SELECT coalesce(max(number), 0) FROM runs").fetchone()
        return int(number)

    def forget_after(self, replicate: int, number: int) -> None:
        """Take out what lies behind a replicate: pending runs, and all rows with a higher number than this."""
        with store_file.transaction(self.connection):
            self.connection.execute(
                "DELETE FROM runs WHERE seed > ? AND seed < ? AND point IN (SELECT point FROM chosen) "
                "AND (status = 'pending' OR number > ?)", (self.plan.seed + replicate, self.seeds[1], number),
            )
            self.connection.execute("DELETE FROM kept WHERE key NOT IN (SELECT key FROM runs)")


class FileReader:
    """Reads the runs of a file anew each time, or over the connection of whoever is writing."""

    def __init__(self, path: Path | None, connection: sqlite3.Connection | None = None) -> None:
        self._path, self._connection = path, connection

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        if self._connection is not None:
            return nullcontext(self._connection)
        assert self._path is not None
        return store_file.reading(self._path)

    def _all(self, query: str, points: tuple[str, ...], seeds: tuple[int, int]) -> list[tuple[Any, ...]]:
        bounds = {"points": json.dumps(points), "first": seeds[0], "end": seeds[1]}
        text = ("FROM json_each(:points) p JOIN runs r ON r.point = p.value {join} "
                "WHERE r.seed >= :first AND r.seed < :end {where} ORDER BY r.seed, p.key")
        names, join, where = (*query.split(" | "), "", "")[:3]
        with self._open() as connection:
            return connection.execute(f"SELECT {names} {text.format(join=join, where=where)}", bounds).fetchall()

    def rows(self, points: tuple[str, ...], seeds: tuple[int, int]) -> list[ResultRow]:
        """All runs of these points, by seed and then in the order of the points."""
        names = "r.point, r.seed - :first, r.seed, r.status, r.reason, coalesce(r.seconds, 0.0), r.number"
        return [ResultRow(*row) for row in self._all(names, points, seeds)]

    def outcomes(self, point: str, seeds: tuple[int, int]) -> dict[int, Outcomes]:
        """The outcomes of the runs of a point that are done, by seed."""
        found = self._all("r.seed, r.outcomes |  | AND r.status = 'done'", (point,), seeds)
        return {seed: from_text(text) for seed, text in found}

    def kept(self, points: tuple[str, ...], seeds: tuple[int, int]) -> Mapping[tuple[str, int], Any]:
        """What else was kept of the runs that are done, by point and seed."""
        query = "r.point, r.seed, k.content | JOIN kept k ON k.key = r.key | AND r.status = 'done'"
        return {(point, seed): unpacked(content) for point, seed, content in self._all(query, points, seeds)}

    def proofs(self) -> int:
        """How many runs on the new seeds of proofs there are."""
        with self._open() as connection:
            query = "SELECT count(*) FROM runs WHERE replicate >= ?"
            return int(connection.execute(query, (FIRST_FRESH,)).fetchone()[0])


@contextmanager
def opened(path: Path, plan: RunPlan) -> Iterator[FileStore]:
    """The store of a plan, for the one process that writes: made where there is none, else checked.

    Raises:
        ValueError: the file holds another study, or something else, or somebody is writing into it.
        OSError: it cannot be opened or written.
    """
    with store_file.only_writer(path), closing(store_file.connect(path)) as connection:
        try:
            with store_file.transaction(connection):
                _introduce(connection, plan, path)
            yield FileStore(connection, plan)
        except sqlite3.Error as error:
            raise OSError(f"{path} cannot be written ({error}).") from error


def _introduce(connection: sqlite3.Connection, plan: RunPlan, path: Path) -> None:
    """Create the tables or check that the study is the same; add new points, the design and the manifest."""
    mine = identity_of(plan)
    if store_file.is_empty(connection):
        store_file.create_tables(connection)
        source = plan.scenario.source
        more = {"seed": plan.seed, "name": source.name, "what_if": source.what_if, "folder": source.folder,
                "scenario": to_mapping(plan.scenario)}
        connection.executemany(
            "INSERT INTO study VALUES (?, ?)", [(name, json.dumps(value)) for name, value in (mine | more).items()]
        )
    else:
        check_same_study(connection, plan, path)
        check_same_points(connection, plan, path)
    base = to_mapping(plan.scenario)
    known = {name for (name,) in connection.execute("SELECT name FROM points")}
    connection.executemany(
        "INSERT INTO points (name, what_if, changes, variant_hash, patch) VALUES (?, ?, ?, ?, ?)",
        [(point.name, point.what_if, json.dumps(dict(point.changes)), plan.facts[point.name].variant_hash,
          json.dumps(patch_between(base, to_mapping(plan.variants[point.name]))))
         for point in plan.points if point.name not in known],
    )
    names = json.dumps([point.name for point in plan.points])
    connection.execute(
        "INSERT OR IGNORE INTO designs (points, replications, seed) VALUES (?, ?, ?)",
        (names, plan.replications, plan.seed),
    )
    _show_as_columns(connection, plan.outcomes)
    _note_session(connection)


def _show_as_columns(connection: sqlite3.Connection, outcomes: tuple[str, ...]) -> None:
    """The view `results`: one row per run and firm, every factor and every outcome a column."""
    paths: dict[str, None] = {}
    for (changes,) in connection.execute("SELECT changes FROM points ORDER BY number"):
        paths |= dict.fromkeys(json.loads(changes))
    columns = [f"json_extract(r.factors, {_text(_step(path))}) AS {_name(path)}" for path in paths]
    columns += ["f.key AS firm", *(f"json_extract(f.value, {_text(_step(one))}) AS {_name(one)}" for one in outcomes)]
    connection.execute("DROP VIEW IF EXISTS results")
    connection.execute(
        "CREATE VIEW results AS SELECT r.number, r.point, r.replicate, r.seed, r.status, r.reason, r.seconds, "
        f"{', '.join(columns)} FROM runs r LEFT JOIN json_each(r.outcomes) f"
    )


def _step(key: str) -> str:
    return f'$."{key}"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _note_session(connection: sqlite3.Connection) -> None:
    """What made the runs from here on; a new entry only where something changed since the last one."""
    from sim.runs.manifest import git_commit, rules_hash, versions

    now = {"versions": versions(), "rules_hash": rules_hash(), "git_commit": git_commit(),
           "platform": platform.platform()}
    texts = {name: json.dumps(value, sort_keys=True) for name, value in now.items()}
    (session,) = connection.execute("SELECT coalesce(max(session), 0) FROM manifest").fetchone()
    last = dict(connection.execute("SELECT name, value FROM manifest WHERE session = ?", (session,)).fetchall())
    if {name: last.get(name) for name in texts} != texts:
        texts["started"] = json.dumps(datetime.now(UTC).isoformat(timespec="seconds"))
        rows = [(session + 1, name, value) for name, value in texts.items()]
        connection.executemany("INSERT INTO manifest VALUES (?, ?, ?)", rows)


def content_hash(path: Path | str) -> str:
    """Sixteen hexadecimal digits over what a store says: study, points and runs; not when, in which order, how long.

    Two stores of the same study are equal exactly where every run ended alike, bit for bit.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a store of runs.
    """
    found = hashlib.sha256()
    with store_file.reading(Path(path)) as connection:
        for query in _HASHED:
            for row in connection.execute(query):
                found.update(json.dumps(row, ensure_ascii=True).encode() + b"\n")
        for key, content in connection.execute(_KEPT):
            found.update(f"{key} ".encode() + text_of(content) + b"\n")
    return found.hexdigest()[:16]
