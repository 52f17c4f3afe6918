"""All runs of a plan: planned, done, failed; in memory, or in one SQLite file in which a run is never done again.

Only the process that leads a study writes. Each portion of work is one transaction in write-ahead mode, so whatever
interrupts (Ctrl-C, SIGKILL, a power cut), the file holds whole runs and the same command goes on from there.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sim.runs import checksums, store_file
from sim.runs.checksums import Damage
from sim.runs.outcomes import as_text, from_text
from sim.runs.plan import RunPlan
from sim.runs.results import Content, ResultRow, RunSource, RunWithContent
from sim.runs.serialization import packed, text_of, unpacked
from sim.runs.task import DONE, FAILED, PENDING, Task, TaskResult

PAGE = 500
_CONTENT: dict[Content, tuple[str, Callable[[Any], Any]]] = {
    None: ("NULL", str), "outcomes": ("r.outcomes", from_text), "kept": ("k.content", unpacked),
}
"""Column of what is asked for of every run, and how it is read."""
IDENTITY = ("scenario_hash", "outcomes", "year", "reading", "rules")
"""What must be equal for two studies to be the same one."""
_HASHED = (
    f"SELECT name, value FROM study WHERE name = 'seed' OR name IN {IDENTITY} ORDER BY name",
    "SELECT name, what_if, changes, variant_hash FROM points ORDER BY name",
    "SELECT key, point, replicate, seed, status, reason, outcomes FROM runs ORDER BY point, seed",
)
_PENDING = """
SELECT r.number, r.key, r.point, r.seed - :first, r.seed FROM runs r JOIN chosen USING (point)
WHERE r.status = 'pending' AND r.seed < :end AND (r.seed, r.number) > (:seed, :number)
AND NOT EXISTS (
    SELECT 1 FROM runs other JOIN chosen USING (point)
    WHERE other.key = r.key AND other.number < r.number AND other.status = 'pending'
    AND other.seed >= :first AND other.seed < :end
) ORDER BY r.seed, r.number LIMIT :page
"""


class MemoryStore:
    """The runs of one plan in memory, handed over as they are: what `FileStore` does, without a file.

    Points that are the same market are run once for all of them.
    """

    def __init__(self, plan: RunPlan) -> None:
        self.plan, self.taken_out = plan, Damage()
        self._tasks: list[Task] = []
        self._results: dict[str, TaskResult] = {}
        self._rows_by_key: Counter[str] = Counter()

    def reader(self) -> RunSource:
        """Reads the runs once the study has ended."""
        return self

    def prepare(self, replicates: range) -> None:
        """Put the runs of these replicates down as pending."""
        for replicate in replicates:
            for point in self.plan.facts:
                key, seed = self.plan.key(point, replicate), self.plan.seed + replicate
                self._tasks.append(Task(len(self._tasks) + 1, key, point, replicate, seed))
                self._rows_by_key[key] += 1

    def pending(self, after: Task | None = None) -> list[Task]:
        """The runs that are still to be done, in replication-major order; of runs with the same key only the first."""
        first: dict[str, Task] = {}
        for task in self._tasks[0 if after is None else after.number:]:
            if task.key not in self._results:
                first.setdefault(task.key, task)
        return list(first.values())

    def record(self, results: Sequence[TaskResult]) -> int:
        """Take in what became of runs; gives the number of rows that are settled by it."""
        self._results.update({one.task.key: one for one in results})
        return sum(self._rows_by_key[one.task.key] for one in results)

    def settled(self, replicates: range | None = None) -> int:
        """How many runs (of these replicates) are done or failed."""
        some, count = replicates or range(self.plan.replications), len(self.plan.points)
        tasks = self._tasks[some.start * count : some.stop * count]
        return sum(task.key in self._results for task in tasks)

    def forget_after(self, replicate: int) -> None:
        """Take out what lies behind a replicate."""
        self._tasks = [task for task in self._tasks if task.replicate <= replicate]

    def runs(self, points: tuple[str, ...], seeds: tuple[int, int], content: Content = None) -> list[RunWithContent]:
        """All runs of these points, by seed and then in the order of the points (see `RunSource`)."""
        chosen = set(points)
        runs = []
        for task in self._tasks:
            if task.point in chosen and seeds[0] <= task.seed < seeds[1]:
                found = self._results.get(task.key, TaskResult(task, PENDING, "", None, 0.0))
                row = ResultRow(task.point, task.replicate, task.seed, found.status, found.reason, found.seconds,
                                task.number)
                runs.append((row, getattr(found, content) if content and found.status == DONE else None))
        return runs


class FileReader:
    """Reads the runs of a file, which is opened anew each time, but for those that are damaged."""

    def __init__(self, path: Path, damaged: Collection[int] = ()) -> None:
        self.path, self.damaged = path, damaged

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        return store_file.reading(self.path, self.damaged)

    def runs(self, points: tuple[str, ...], seeds: tuple[int, int], content: Content = None) -> list[RunWithContent]:
        """All runs of these points, by seed and then in the order of the points (see `RunSource`)."""
        column, read = _CONTENT[content]
        query = (f"SELECT {column}, r.point, r.seed - :first, r.seed, r.status, r.reason, coalesce(r.seconds, 0.0), "
                 "r.number FROM json_each(:points) p JOIN runs r ON r.point = p.value "
                 "LEFT JOIN kept k ON k.key = r.key WHERE r.seed >= :first AND r.seed < :end ORDER BY r.seed, p.key")
        bounds = {"points": json.dumps(points), "first": seeds[0], "end": seeds[1]}
        with self._open() as connection:
            rows = connection.execute(query, bounds).fetchall()
        return [(ResultRow(*row), None if text is None else read(text)) for text, *row in rows]


class FileStore(FileReader):
    """The runs of one plan in a file, over the connection of the one process that writes."""

    def __init__(self, path: Path, connection: sqlite3.Connection, plan: RunPlan) -> None:
        super().__init__(path)
        self.connection = connection
        self.plan, self.taken_out = plan, Damage()
        self.seeds = plan.layout.seeds
        (first,) = connection.execute("SELECT value FROM study WHERE name = 'seed'").fetchone()
        (self.before,) = connection.execute("SELECT coalesce(max(number), 0) FROM runs").fetchone()
        self.first_of_study = int(first)
        self.factors = {name: json.dumps(facts.settings) for name, facts in plan.facts.items()}
        connection.execute("CREATE TEMP TABLE chosen (point TEXT PRIMARY KEY)")
        connection.executemany("INSERT INTO chosen VALUES (?)", [(name,) for name in plan.facts])

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        return nullcontext(self.connection)

    def reader(self) -> RunSource:
        """Reads the runs once the study has ended and the file is closed."""
        return FileReader(self.path)

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

    def pending(self, after: Task | None = None) -> list[Task]:
        """The next runs to be done, in replication-major order; of runs with the same key only the first."""
        first, end = self.seeds
        seed, number = (first, 0) if after is None else (after.seed, after.number)
        place = {"first": first, "end": end, "seed": seed, "number": number, "page": PAGE}
        return [Task(*row) for row in self.connection.execute(_PENDING, place)]

    def record(self, results: Sequence[TaskResult]) -> int:
        """Write down what became of runs; gives the number of rows that are settled by it."""
        with store_file.transaction(self.connection):
            self.connection.executemany(
                "INSERT OR REPLACE INTO kept (key, content) VALUES (?, ?)",
                [(one.task.key, packed(one.kept)) for one in results if one.kept is not None],
            )
            rows = self.connection.executemany(
                "UPDATE runs SET status = ?, reason = ?, outcomes = ?, seconds = ? "
                "WHERE key = ? AND status = 'pending'",
                [(one.status, one.reason, as_text(one.outcomes), one.seconds, one.task.key) for one in results],
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

    def settled(self, replicates: range | None = None) -> int:
        """How many runs of this plan (or of these replicates of it) are done or failed."""
        some, first = replicates or range(self.plan.replications), self.plan.seed
        query = ("SELECT count(*) FROM runs JOIN chosen USING (point) "
                 "WHERE status != 'pending' AND seed >= ? AND seed < ?")
        return int(self.connection.execute(query, (first + some.start, first + some.stop)).fetchone()[0])

    def forget_after(self, replicate: int) -> None:
        """Take out what lies behind a replicate: pending runs, and all rows that were not there before."""
        with store_file.transaction(self.connection):
            self.connection.execute(
                "DELETE FROM runs WHERE seed > ? AND seed < ? AND point IN (SELECT point FROM chosen) "
                "AND (status = 'pending' OR number > ?)", (self.plan.seed + replicate, self.seeds[1], self.before),
            )
            self.connection.execute("DELETE FROM kept WHERE key NOT IN (SELECT key FROM runs)")


@contextmanager
def whole(path: Path) -> Iterator[tuple[sqlite3.Connection, Damage]]:
    """A connection for reading that sees only rows that are as they were written, and which ones are not.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a store of runs, or too damaged to be read.
    """
    with store_file.reading(path) as connection:
        found = examined(connection, path)
        checksums.hide(connection, found.runs)
        yield connection, found


def examined(connection: sqlite3.Connection, path: Path) -> Damage:
    """Look at every page and row of a store; gives the runs that are damaged.

    Raises:
        ValueError: what all runs have in common is damaged.
    """
    store_file.check_pages(connection, path)
    found = checksums.damage(connection)
    for table in ("study", "points"):
        if table in found.others:
            query = f"SELECT CAST(name AS BLOB) FROM {table} WHERE rowid = ?"
            name = checksums.in_letters(connection.execute(query, found.others[table][:1]).fetchone()[0])
            raise ValueError(store_file.damaged(path, f"row {name} of its table {table} is not as it was written"))
    return found


def content_hash(path: Path | str) -> str:
    """Sixteen hexadecimal digits over what a store says: study, points and runs; not when, in which order, how long.

    Two stores of the same study are equal exactly where every run ended alike, bit for bit.
    """
    content = hashlib.sha256()
    with whole(Path(path)) as (connection, _):
        for query in _HASHED:
            for row in connection.execute(query):
                content.update(json.dumps(row, ensure_ascii=True).encode() + b"\n")
        for key, kept in connection.execute("SELECT key, content FROM kept WHERE key IN (SELECT key FROM runs) "
                                            "ORDER BY key"):
            content.update(f"{key} ".encode() + text_of(kept) + b"\n")
    return content.hexdigest()[:16]
