"""All runs of a study in one SQLite file: planned, done, failed. A run that is in it is never done again.

Only the process that leads a study writes. Each portion of work is one transaction in write-ahead mode, so whatever
interrupts (Ctrl-C, SIGKILL, a power cut), the file holds whole runs and the same command goes on from there.
"""

from __future__ import annotations

import hashlib
import json
import math
import platform
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.runs import store_file
from sim.runs.identity import patch_between, rules_version, run_key
from sim.runs.outcomes import Outcomes
from sim.runs.serialization import text_of
from sim.runs.task import FAILED, Done, Job
from sim.scenario.effective import to_mapping

if TYPE_CHECKING:
    from sim.runs.plan import Experiment

PAGE = 500
IDENTITY = ("scenario_hash", "outcomes", "year", "reading", "rules")
"""What must be equal for two studies to be the same one."""
_HASHED = (
    f"SELECT name, value FROM study WHERE name = 'seed' OR name IN {IDENTITY} ORDER BY name",
    "SELECT name, what_if, changes, world_hash FROM points ORDER BY name",
    "SELECT key, point, replicate, seed, status, reason, outcomes FROM runs ORDER BY point, seed",
)
_KEPT = "SELECT key, content FROM kept ORDER BY key"
_PENDING = """
SELECT r.number, r.key, r.point, r.seed - :first, r.seed FROM runs r JOIN asked USING (point)
WHERE r.status = 'pending' AND r.seed < :end AND (r.seed, r.number) > (:seed, :number)
AND NOT EXISTS (
    SELECT 1 FROM runs twin JOIN asked USING (point)
    WHERE twin.key = r.key AND twin.number < r.number AND twin.status = 'pending'
    AND twin.seed >= :first AND twin.seed < :end
) ORDER BY r.seed, r.number LIMIT :page
"""


class RunStore:
    """The runs of one experiment, in a file or (without a path) in memory."""

    def __init__(self, connection: sqlite3.Connection, experiment: Experiment) -> None:
        self.connection = connection
        self.experiment = experiment
        self.year = experiment.end
        self.reading = None if experiment.reading is None else experiment.reading.name
        (first,) = connection.execute("SELECT value FROM study WHERE name = 'seed'").fetchone()
        self.first_of_study = int(first)
        self.factors = {name: json.dumps(facts.settings) for name, facts in experiment.facts.items()}
        connection.execute("CREATE TEMP TABLE asked (point TEXT PRIMARY KEY, place INTEGER NOT NULL)")
        names = ((point.name, place) for place, point in enumerate(experiment.points))
        connection.executemany("INSERT INTO asked VALUES (?, ?)", names)

    def plan(self, replicates: range) -> None:
        """Put the runs of these replicates down as pending where they are new; what is known already counts at once."""
        rows = (self._row(name, k) for k in replicates for name in self.experiment.facts)
        with store_file.transaction(self.connection):
            self.connection.executemany(
                "INSERT OR IGNORE INTO runs (key, point, replicate, seed, factors, status) "
                "VALUES (?, ?, ?, ?, ?, 'pending')", rows,
            )
            self.connection.execute(
                "UPDATE runs SET status = twin.status, reason = twin.reason, outcomes = twin.outcomes, "
                "seconds = twin.seconds FROM (SELECT key, status, reason, outcomes, seconds FROM runs "
                "WHERE status != 'pending') AS twin WHERE runs.status = 'pending' AND runs.key = twin.key"
            )

    def _row(self, name: str, replicate: int) -> tuple[str, str, int, int, str]:
        asked, facts = self.experiment, self.experiment.facts[name]
        luck = asked.seed + replicate
        people = luck if facts.people is None else facts.people
        key = run_key(facts.world_hash, (luck, people), asked.outcomes, self.year, self.reading)
        return key, name, luck - self.first_of_study, luck, self.factors[name]

    @property
    def seeds(self) -> tuple[int, int]:
        """The first seed that is asked for, and the first that is not any more."""
        return self.experiment.seed, self.experiment.seed + self.experiment.replications

    def pending(self, after: Job | None = None) -> list[Job]:
        """The next runs to be done, in replication-major order; of runs with the same key only the first."""
        first, end = self.seeds
        seed, number = (first, 0) if after is None else (after.seed, after.number)
        place = {"first": first, "end": end, "seed": seed, "number": number, "page": PAGE}
        return [Job(*row) for row in self.connection.execute(_PENDING, place)]

    def record(self, found: Sequence[Done]) -> int:
        """Write down what became of runs; gives the number of rows that are settled by it."""
        with store_file.transaction(self.connection):
            rows = self.connection.executemany(
                "UPDATE runs SET status = ?, reason = ?, outcomes = ?, seconds = ? "
                "WHERE key = ? AND status = 'pending'",
                [(one.status, one.reason, as_text(one.outcomes), one.seconds, one.job.key) for one in found],
            )
            self.connection.executemany(
                "INSERT OR REPLACE INTO kept VALUES (?, ?)",
                [(one.job.key, one.kept) for one in found if one.kept is not None],
            )
        return rows.rowcount

    def retry_failed(self) -> None:
        """Runs of this experiment that failed are to be done again."""
        with store_file.transaction(self.connection):
            self.connection.execute(
                "UPDATE runs SET status = 'pending', reason = '', outcomes = NULL, seconds = NULL "
                "WHERE key IN (SELECT key FROM runs JOIN asked USING (point) "
                "WHERE status = ? AND seed >= ? AND seed < ?)", (FAILED, *self.seeds),
            )

    def settled(self) -> int:
        """How many runs of this experiment are done or failed."""
        return self._settled(*self.seeds)

    def is_settled(self, replicate: int) -> bool:
        """Whether every run of a replicate is done or failed."""
        seed = self.experiment.seed + replicate
        return self._settled(seed, seed + 1) == len(self.experiment.points)

    def _settled(self, first: int, end: int) -> int:
        (count,) = self.connection.execute(
            "SELECT count(*) FROM runs JOIN asked USING (point) WHERE status != 'pending' AND seed >= ? AND seed < ?",
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
                "DELETE FROM runs WHERE seed > ? AND seed < ? AND point IN (SELECT point FROM asked) "
                "AND (status = 'pending' OR number > ?)", (self.experiment.seed + replicate, self.seeds[1], number),
            )
            self.connection.execute("DELETE FROM kept WHERE key NOT IN (SELECT key FROM runs)")


@contextmanager
def opened(path: Path | None, experiment: Experiment) -> Iterator[RunStore]:
    """The store of an experiment, for the one process that writes: made where there is none, else checked.

    A store in memory stays open for whoever reads it; all goes well, its connection is theirs to close.

    Raises:
        ValueError: the file holds another study, or something else, or somebody is writing into it.
        OSError: it cannot be opened or written.
    """
    with store_file.only_writer(path):
        connection = store_file.connect(path)
        try:
            with store_file.transaction(connection):
                _introduce(connection, experiment, path)
            yield RunStore(connection, experiment)
        except sqlite3.Error as error:
            connection.close()
            raise OSError(f"{path or 'The store in memory'} cannot be written ({error}).") from error
        except BaseException:
            connection.close()
            raise
        if path is not None:
            connection.close()


def _introduce(connection: sqlite3.Connection, experiment: Experiment, path: Path | None) -> None:
    """Create the tables or check that the study is the same; add new points, the design and the manifest."""
    from sim.runs.store_checks import check_same_points, check_same_study

    mine = identity_of(experiment)
    if store_file.is_empty(connection):
        store_file.create_tables(connection)
        source = experiment.scenario.source
        more = {"seed": experiment.seed, "name": source.name, "what_if": source.what_if, "folder": source.folder,
                "scenario": to_mapping(experiment.scenario)}
        connection.executemany(
            "INSERT INTO study VALUES (?, ?)", [(name, json.dumps(value)) for name, value in (mine | more).items()]
        )
    else:
        check_same_study(connection, experiment, path)
        check_same_points(connection, experiment, path)
        store_file.complete_tables(connection)
    base = to_mapping(experiment.scenario)
    known = {name for (name,) in connection.execute("SELECT name FROM points")}
    connection.executemany(
        "INSERT INTO points (name, what_if, changes, world_hash, patch) VALUES (?, ?, ?, ?, ?)",
        [(point.name, point.what_if, json.dumps(dict(point.changes)), experiment.facts[point.name].world_hash,
          json.dumps(patch_between(base, to_mapping(experiment.worlds[point.name]))))
         for point in experiment.points if point.name not in known],
    )
    names = json.dumps([point.name for point in experiment.points])
    connection.execute(
        "INSERT OR IGNORE INTO designs (points, replications, seed) VALUES (?, ?, ?)",
        (names, experiment.replications, experiment.seed),
    )
    _show_as_columns(connection, experiment.outcomes)
    if path is not None:
        _note_session(connection)


def identity_of(experiment: Experiment) -> dict[str, Any]:
    """What must be equal for two studies to be the same one."""
    reading = None if experiment.reading is None else experiment.reading.name
    values = (experiment.base_hash, list(experiment.outcomes), experiment.end, reading, rules_version())
    return dict(zip(IDENTITY, values, strict=True))


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


def as_text(outcomes: Outcomes | None) -> str | None:
    """Outcomes as JSON: every digit kept, NaN as null, the infinities as words.

    >>> as_text({"Root": {"market_share": 0.1, "trust_0_1": float("nan")}})
    '{"Root": {"market_share": 0.1, "trust_0_1": null}}'
    """
    if outcomes is None:
        return None

    def plain(value: float) -> float | str | None:
        return value if math.isfinite(value) else None if math.isnan(value) else str(value)

    return json.dumps({firm: {name: plain(value) for name, value in found.items()} for firm, found in outcomes.items()})


def from_text(text: str | None) -> Outcomes:
    """Outcomes from JSON, as `as_text` writes them.

    >>> from_text('{"Root": {"market_share": 0.1, "trust_0_1": null}}')
    {'Root': {'market_share': 0.1, 'trust_0_1': nan}}
    """
    if text is None:
        return {}
    return {
        firm: {name: float("nan") if value is None else float(value) for name, value in found.items()}
        for firm, found in json.loads(text).items()
    }


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
        for key, content in connection.execute(_KEPT) if store_file.keeps_more(connection) else ():
            found.update(f"{key} ".encode() + text_of(content) + b"\n")
    return found.hexdigest()[:16]
