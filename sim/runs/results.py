"""What the runs of a plan gave, run by run: read from where they are kept, in memory or in a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from sim.runs.checksums import Damage
from sim.runs.outcomes import Outcomes
from sim.runs.plan import Layout, RunPlan
from sim.runs.task import DONE, FAILED, PENDING
from sim.statistics.intervals import Floats
from sim.text.words import suggestion

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ResultRow:
    """What became of one run: done, failed (and why), or pending. `number` is its row in the store."""

    point: str
    replicate: int
    seed: int
    status: str
    reason: str
    seconds: float
    number: int = 0


Content = Literal["outcomes", "kept"] | None
RunWithContent = tuple[ResultRow, Any]


class RunSource(Protocol):
    """Where runs are kept."""

    def runs(self, points: tuple[str, ...], seeds: tuple[int, int], content: Content = None) -> list[RunWithContent]:
        """All runs of these points, by seed and then in the order of the points.

        For seeds from the first to the one beyond the last. Beside the row of a run stand its outcomes, or what else
        was kept of it, as asked for; None where it is not done.
        """


class Results:
    """The runs of a plan: rows, numbers, and how many replicates are done in every point.

    `note` says what went wrong, `stopped` whether Ctrl-C came, `found_done` how many runs were in the store already
    (where these results come of doing the rest), `proofs` how many runs on new seeds it holds beside these, `damage`
    which of its rows were not as they had been written, and were not used.
    """

    def __init__(self, layout: Layout, source: RunSource, plan: Callable[[], RunPlan]) -> None:
        self.layout = layout
        self.note, self.stopped = "", False
        self.found_done: int | None = None
        self.proofs = 0
        self.damage = Damage()
        self._source, self._make_plan = source, plan
        self._columns: dict[str, tuple[dict[int, int], Floats]] = {}

    def __repr__(self) -> str:
        points, asked = len(self.layout.points), self.layout.replications
        return f"<Results of {points} point{'' if points == 1 else 's'}: {self.n} of {asked} replicates complete>"

    @cached_property
    def plan(self) -> RunPlan:
        """The plan behind the results."""
        return self._make_plan()

    @property
    def base(self) -> str:
        """The first point: what the others are compared with."""
        return self.layout.points[0]

    @property
    def firms(self) -> tuple[str, ...]:
        """Names of all firms of all points."""
        return self.layout.firms

    @property
    def rows(self) -> list[ResultRow]:
        """All runs asked for, in replication-major order."""
        return [row for row, _ in self._source.runs(self.layout.points, self.layout.seeds)]

    @property
    def failed(self) -> list[ResultRow]:
        """The runs that failed."""
        return [row for row in self.rows if row.status == FAILED]

    @property
    def pending(self) -> list[ResultRow]:
        """The runs that are still to be done."""
        return [row for row in self.rows if row.status == PENDING]

    @property
    def counts(self) -> dict[str, int]:
        """How many runs are done, failed and pending."""
        count = Counter(row.status for row in self.rows)
        return {status: count[status] for status in (DONE, FAILED, PENDING)}

    @property
    def done_by_point(self) -> dict[str, int]:
        """How many runs of each point are done."""
        count = Counter(row.point for row in self.rows if row.status == DONE)
        return {point: count[point] for point in self.layout.points}

    @cached_property
    def complete(self) -> list[int]:
        """Replicates that are done in every point."""
        count = Counter(row.replicate for row in self.rows if row.status == DONE)
        return sorted(replicate for replicate, done in count.items() if done == len(self.layout.points))

    @property
    def n(self) -> int:
        """How many replicates are done in every point."""
        return len(self.complete)

    def only(self, points: Iterable[str]) -> Results:
        """The same runs, of these points alone."""
        chosen = tuple(points)
        layout = replace(self.layout, points=chosen, settings={name: self.layout.settings[name] for name in chosen})
        return Results(layout, self._source, self._make_plan)

    def values(self, point: str, outcome: str, firm: str) -> Floats:
        """An outcome of a firm in a point (NaN where it is not there), one number per replicate done in every point.

        Raises:
            ValueError: there is no such point, outcome or firm.
        """
        return self.column(point, outcome, firm, self.complete)

    def own_values(self, point: str, outcome: str, firm: str) -> Floats:
        """Like `values`, one number per replicate that is done in this point, whatever became of it in others."""
        return self.column(point, outcome, firm, self._done(point)[0])

    def pairs(self, a: str, b: str, outcome: str, firm: str) -> tuple[Floats, Floats]:
        """Like `values` in two points, one number per replicate that is done in both of them."""
        both = [replicate for replicate in self._done(a)[0] if replicate in self._done(b)[0]]
        return self.column(a, outcome, firm, both), self.column(b, outcome, firm, both)

    def column(self, point: str, outcome: str, firm: str, replicates: Iterable[int]) -> Floats:
        """Like `values`, one number for each of these replicates; NaN where the run is not done."""
        layout = self.layout
        for what, name, there in (("outcome", outcome, layout.outcomes), ("firm", firm, layout.firms)):
            if name not in there:
                raise ValueError(f"There is no {what} {name!r} in this study; {suggestion(name, there)}")
        places, numbers = self._done(point)
        column = np.append(numbers[layout.firms.index(firm), layout.outcomes.index(outcome)], np.nan)
        values: Floats = column[[places.get(replicate, -1) for replicate in replicates]]
        return values

    def _done(self, point: str) -> tuple[dict[int, int], Floats]:
        """Where each replicate that is done stands, and all numbers of the point [F, outcomes, done]."""
        if point not in self._columns:
            layout = self.layout
            if point not in layout.points:
                raise ValueError(f"There is no point {point!r} in this study; {suggestion(point, layout.points)}")
            runs = self._source.runs((point,), layout.seeds, "outcomes")
            done: dict[int, Outcomes] = {row.replicate: outcomes for row, outcomes in runs if row.status == DONE}
            missing = dict.fromkeys(layout.outcomes, float("nan"))
            numbers = [[[values.get(firm, missing)[outcome] for values in done.values()] for outcome in layout.outcomes]
                       for firm in layout.firms]
            places = {replicate: place for place, replicate in enumerate(done)}
            self._columns[point] = places, np.array(numbers, dtype=np.float64)
        return self._columns[point]

    def kept(self, replicate: int | None = None) -> dict[tuple[str, int], Any]:
        """What the `reading` of the plan kept of the runs that are done (of one replicate, where it is named)."""
        first, end = self.layout.seeds
        seeds = (first, end) if replicate is None else (first + replicate, first + replicate + 1)
        runs = self._source.runs(self.layout.points, seeds, "kept")
        return {(row.point, row.seed - first): content for row, content in runs if content is not None}

    def table(self) -> pd.DataFrame:
        """One row per run and firm: point, replicate, seed, status, reason, firm, factors, outcomes.

        Every factor path is a column with the value in that point's scenario; a run without numbers has one row
        with no firm. How long a run took is no column (see `rows`): the same seeds give the same table.
        """
        import pandas as pd

        layout, cells = self.layout, []
        for row, numbers in self._source.runs(layout.points, layout.seeds, "outcomes"):
            factors = [layout.settings[row.point].get(path) for path in layout.factors]
            about = (row.point, row.replicate, row.seed, row.status, row.reason)
            for firm, values in (numbers or {None: {}}).items():
                outcomes = [values.get(name, float("nan")) for name in layout.outcomes]
                cells.append((*about, firm, *factors, *outcomes))
        names = ["point", "replicate", "seed", "status", "reason", "firm", *layout.factors, *layout.outcomes]
        return pd.DataFrame(cells, columns=names)
