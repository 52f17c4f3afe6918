"""What the runs of an experiment gave, run by run: read from its store, in memory or on disk."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.runs import store_file
from sim.runs.identity import patched
from sim.runs.outcomes import Outcomes
from sim.runs.seeds import FIRST_FRESH
from sim.runs.task import DONE, FAILED, PENDING
from sim.scenario.dotted import value_at
from sim.scenario.short_names import full_name
from sim.statistics.intervals import Floats
from sim.text.words import suggestion

if TYPE_CHECKING:
    import pandas as pd

    from sim.runs.plan import Experiment

Open = Callable[[], AbstractContextManager[sqlite3.Connection]]


@dataclass(frozen=True)
class Row:
    """What became of one run: done, failed (and why), or pending. `number` is its row in the store."""

    point: str
    replicate: int
    seed: int
    status: str
    reason: str
    seconds: float
    number: int = 0

    @property
    def world(self) -> str:
        """What a point is called in comparisons and replications."""
        return self.point


@dataclass(frozen=True)
class Layout:
    """What an experiment asks for, in words: its points in order, its outcomes, its firms, what its points change.

    `settings` holds for each point the value of every factor; `replications` is how many were asked for, `seeds` the
    first seed of them and the first beyond them.
    """

    points: tuple[str, ...]
    outcomes: tuple[str, ...]
    firms: tuple[str, ...]
    factors: tuple[str, ...]
    settings: Mapping[str, Mapping[str, Any]]
    replications: int
    seeds: tuple[int, int]

    def first(self, replications: int) -> Layout:
        """The same, of the first so many replicates."""
        return replace(self, replications=replications, seeds=(self.seeds[0], self.seeds[0] + replications))


class Results:
    """The runs of an experiment: rows, numbers, and how many replicates are done in every point."""

    def __init__(self, layout: Layout, source: Open, experiment: Callable[[], Experiment]) -> None:
        self.layout = layout
        self.note = ""
        self.stopped = False
        self.found_done: int | None = None
        """Runs that were in the store already, where these results come of doing the rest."""
        self._open = source
        self._made = experiment
        self._columns: dict[str, Floats] = {}
        self._places: dict[str, dict[int, int]] = {}

    def __repr__(self) -> str:
        """A few words about the results."""
        points, asked = len(self.layout.points), self.layout.replications
        return f"<Results of {points} point{'' if points == 1 else 's'}: {self.n} of {asked} replicates complete>"

    @cached_property
    def experiment(self) -> Experiment:
        """The experiment behind the results."""
        return self._made()

    @property
    def base(self) -> str:
        """The first point: what the others are compared with."""
        return self.layout.points[0]

    @property
    def firms(self) -> tuple[str, ...]:
        """Names of all firms of all points."""
        return self.layout.firms

    @property
    def rows(self) -> list[Row]:
        """All runs asked for, in replication-major order."""
        return self._rows_that_are(DONE, FAILED, PENDING)

    @property
    def failed(self) -> list[Row]:
        """The runs that failed."""
        return self._rows_that_are(FAILED)

    @property
    def pending(self) -> list[Row]:
        """The runs that are still to be done."""
        return self._rows_that_are(PENDING)

    def _rows_that_are(self, *statuses: str) -> list[Row]:
        names = "r.point, r.seed - :first, r.seed, r.status, r.reason, coalesce(r.seconds, 0.0), r.number"
        return [Row(*row) for row in self._rows(names) if row[3] in statuses]

    def only(self, points: Iterable[str]) -> Results:
        """The same runs, of these points alone."""
        chosen = tuple(points)
        layout = replace(self.layout, points=chosen, settings={name: self.layout.settings[name] for name in chosen})
        return Results(layout, self._open, self._made)

    @property
    def done_by_point(self) -> dict[str, int]:
        """How many runs of each point are done."""
        query = (
            "SELECT p.value, count(r.number) FROM json_each(:points) p LEFT JOIN runs r ON r.point = p.value "
            "AND r.seed >= :first AND r.seed < :end AND r.status = :done GROUP BY p.key ORDER BY p.key"
        )
        with self._open() as connection:
            return dict(connection.execute(query, self._asked).fetchall())

    @property
    def counts(self) -> dict[str, int]:
        """How many runs are done, failed and pending."""
        query = (
            "SELECT r.status, count(*) FROM json_each(:points) p JOIN runs r ON r.point = p.value "
            "WHERE r.seed >= :first AND r.seed < :end GROUP BY r.status"
        )
        with self._open() as connection:
            found = dict(connection.execute(query, self._asked).fetchall())
        return {status: int(found.get(status, 0)) for status in (DONE, FAILED, PENDING)}

    @cached_property
    def complete(self) -> list[int]:
        """Replicates that are done in every point."""
        query = (
            "SELECT r.seed - :first FROM json_each(:points) p JOIN runs r ON r.point = p.value WHERE r.seed >= :first "
            "AND r.seed < :end AND r.status = :done GROUP BY r.seed HAVING count(*) = :count ORDER BY r.seed"
        )
        with self._open() as connection:
            return [replicate for (replicate,) in connection.execute(query, self._asked)]

    @property
    def _asked(self) -> dict[str, Any]:
        layout = self.layout
        first, end = layout.seeds
        return {"points": json.dumps(layout.points), "count": len(layout.points), "first": first, "end": end,
                "done": DONE}

    @property
    def proofs(self) -> int:
        """How many runs on fresh seeds the store holds beside these."""
        with self._open() as connection:
            query = "SELECT count(*) FROM runs WHERE replicate >= ?"
            return int(connection.execute(query, (FIRST_FRESH,)).fetchone()[0])

    @property
    def n(self) -> int:
        """How many replicates are done in every point."""
        return len(self.complete)

    def values(self, point: str, outcome: str, firm: str) -> Floats:
        """An outcome of a firm in a point: one number per replicate that is done in every point, in their order.

        NaN where the firm is not in that point.

        Raises:
            ValueError: there is no such point, outcome or firm.
        """
        return self._values(point, outcome, firm, self.complete)

    def own_values(self, point: str, outcome: str, firm: str) -> Floats:
        """The same, one number per replicate that is done in this point, whatever became of it in others.

        Raises:
            ValueError: there is no such point, outcome or firm.
        """
        return self._values(point, outcome, firm, list(self._done(point)))

    def pairs(self, a: str, b: str, outcome: str, firm: str) -> tuple[Floats, Floats]:
        """An outcome of a firm in two points, one number per replicate that is done in both of them.

        Raises:
            ValueError: there is no such point, outcome or firm.
        """
        both = [replicate for replicate in self._done(a) if replicate in self._done(b)]
        return self._values(a, outcome, firm, both), self._values(b, outcome, firm, both)

    def _values(self, point: str, outcome: str, firm: str, replicates: list[int]) -> Floats:
        layout = self.layout
        for what, name, there in (("outcome", outcome, layout.outcomes), ("firm", firm, layout.firms)):
            if name not in there:
                raise ValueError(f"There is no {what} {name!r} in this experiment; {suggestion(name, there)}")
        places = self._done(point)
        column = self._columns[point][layout.firms.index(firm), layout.outcomes.index(outcome)]
        found: Floats = column[[places[replicate] for replicate in replicates]]
        return found

    def _done(self, point: str) -> dict[int, int]:
        """The replicates of a point that are done, each with its place in `_columns`; all its numbers are read once.

        Raises:
            ValueError: there is no such point.
        """
        if point not in self._places:
            layout = self.layout
            if point not in layout.points:
                raise ValueError(f"There is no point {point!r} in this experiment; {suggestion(point, layout.points)}")
            found = self._numbers(point)
            missing = dict.fromkeys(layout.outcomes, float("nan"))
            numbers = [
                [[values.get(firm, missing)[outcome] for values in found.values()] for outcome in layout.outcomes]
                for firm in layout.firms
            ]
            self._columns[point] = np.array(numbers, dtype=np.float64)
            self._places[point] = {replicate: place for place, replicate in enumerate(found)}
        return self._places[point]

    def _numbers(self, point: str) -> dict[int, Outcomes]:
        from sim.runs.store import from_text

        query = (
            "SELECT seed - :first, outcomes FROM runs WHERE point = :point AND status = :done AND seed >= :first "
            "AND seed < :end ORDER BY seed"
        )
        with self._open() as connection:
            rows = connection.execute(query, {**self._asked, "point": point}).fetchall()
        return {replicate: from_text(text) for replicate, text in rows}

    def kept(self, replicate: int | None = None) -> dict[tuple[str, int], Any]:
        """What else was kept of the runs that are done, by point and replicate (of one replicate, where it is named).

        Empty where the experiment has no `reading`.
        """
        from sim.runs.serialization import unpacked

        query = (
            "SELECT r.point, r.seed - :first, k.content FROM json_each(:points) p JOIN runs r ON r.point = p.value "
            "JOIN kept k ON k.key = r.key WHERE r.seed >= :first AND r.seed < :end AND r.status = :done "
            "AND (:one IS NULL OR r.seed = :one) ORDER BY r.seed, p.key"
        )
        one = None if replicate is None else self.layout.seeds[0] + replicate
        with self._open() as connection:
            if not store_file.keeps_more(connection):
                return {}
            rows = connection.execute(query, {**self._asked, "one": one})
            return {(point, k): unpacked(content) for point, k, content in rows}

    def table(self) -> pd.DataFrame:
        """One row per run and firm: point, replicate, seed, status, reason, seconds, firm, factors, outcomes.

        Every factor path is a column with the value in that point's scenario; a run without numbers has one row
        with no firm.
        """
        import pandas as pd

        layout = self.layout
        names = ["point", "replicate", "seed", "status", "reason", "seconds", "firm", *layout.factors, *layout.outcomes]
        return pd.DataFrame(list(self._cells()), columns=names)

    def _cells(self) -> Iterator[tuple[Any, ...]]:
        from sim.runs.store import from_text

        layout = self.layout
        names = "r.point, r.seed - :first, r.seed, r.status, r.reason, r.seconds, r.outcomes"
        for point, replicate, seed, status, reason, seconds, text in self._rows(names):
            settings = layout.settings[point]
            factors = [settings.get(path) for path in layout.factors]
            for firm, values in from_text(text).items() or [(None, {})]:
                numbers = [values.get(name, float("nan")) for name in layout.outcomes]
                yield (point, replicate, seed, status, reason, seconds, firm, *factors, *numbers)

    def _rows(self, names: str) -> Iterator[tuple[Any, ...]]:
        query = (
            f"SELECT {names} FROM json_each(:points) p JOIN runs r ON r.point = p.value WHERE r.seed >= :first "
            "AND r.seed < :end ORDER BY r.seed, p.key"
        )
        with self._open() as connection:
            yield from connection.execute(query, self._asked)


def read_results(path: Path | str, proofs: bool = False) -> Results:
    """The runs of a store, done, failed and still pending; with `proofs` also those on fresh seeds (see `FIRST_FRESH`).

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a store of runs.

    `experiment` is made anew from the store when asked for (see `stored_experiment`).
    """
    place = Path(path)
    with store_file.reading(place) as connection:
        layout = layout_of(connection, proofs)
    return Results(layout, lambda: store_file.reading(place), lambda: stored_experiment(place))


def layout_of(connection: sqlite3.Connection, proofs: bool = False) -> Layout:
    """What a store holds: every point, firm and factor, all seeds but those of proofs, unless they are asked for."""
    study = {name: json.loads(value) for name, value in connection.execute("SELECT name, value FROM study")}
    points = connection.execute("SELECT name, changes, patch FROM points ORDER BY number").fetchall()
    factors = tuple(dict.fromkeys(path for _, changes, _ in points for path in json.loads(changes)))
    worlds = {name: patched(study["scenario"], json.loads(patch)) for name, _, patch in points}
    query = (
        "SELECT count(DISTINCT seed), coalesce(min(seed), 0), coalesce(max(seed), -1) + 1 FROM runs "
        "WHERE :proofs OR replicate < :fresh"
    )
    replications, *seeds = connection.execute(query, {"proofs": proofs, "fresh": FIRST_FRESH}).fetchone()
    return Layout(
        points=tuple(worlds), outcomes=tuple(study["outcomes"]),
        firms=tuple(dict.fromkeys(firm for world in worlds.values() for firm in world["firms"])), factors=factors,
        settings={
            name: {path: value_at(world, full_name(path)) for path in factors} for name, world in worlds.items()
        },
        replications=int(replications), seeds=(int(seeds[0]), int(seeds[1])),
    )



def stored_experiment(path: Path | str) -> Experiment:
    """The experiment that a store holds, made anew from it: every point as it was when its runs were made.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a store of runs.
        ScenarioError: the stored scenario no longer fits this version.
    """
    from sim.runs.plan import Experiment
    from sim.runs.stored_plan import StoredPoint, base_scenario

    with store_file.reading(Path(path)) as connection:
        study = {name: json.loads(value) for name, value in connection.execute("SELECT name, value FROM study")}
        rows = connection.execute("SELECT name, changes, what_if, patch FROM points ORDER BY number").fetchall()
        seeds = layout_of(connection).seeds
    points = tuple(StoredPoint(name, json.loads(changes), what_if, json.loads(patch)) for name, changes, what_if, patch
                   in rows)
    return Experiment(base_scenario(study), points, max(1, seeds[1] - seeds[0]), seeds[0], tuple(study["outcomes"]),
                      study["year"])
