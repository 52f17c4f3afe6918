"""What a design asks: the market, or any function of factors. Points in, numbers per point and replicate out.

A design knows nothing of markets. It asks a model for answers at points (values by factor) over a range of replicates;
replicate k has the same seed at every point (common random numbers), so that differences between points are paired.
With a function in the market's place, designs can be tried on problems whose answer is known.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.runs.execution import Execution
from sim.runs.plan import AS_WRITTEN, FIRST_PROOF, Point, RunPlan
from sim.runs.results import Results
from sim.runs.runner import conduct
from sim.scenario.schema import Scenario
from sim.statistics.intervals import Floats
from sim.studies.question import Question, Side
from sim.text.console import Progress

Changes = Mapping[str, Any]
Function = Callable[[Mapping[str, float], int], float | Sequence[float]]
"""A function of factors and a seed: the difference b − a (or the level of the only option), one per question."""
FRESH = FIRST_PROOF
"""The first replicate of proofs: no search asks for so many, so proofs use seeds that chose nothing."""
MOST_NAMED, LONGEST_NAME = 4, 200


@dataclass(frozen=True)
class Answers:
    """Outcomes of A and B at points [P] over replicates [R]; NaN for a run that failed. `a` is 0 with one option."""

    a: Floats
    b: Floats

    @property
    def difference(self) -> Floats:
        """b − a [P, R]; with one option its level."""
        found: Floats = self.b - self.a
        return found

    @property
    def mean(self) -> Floats:
        """Mean difference of every point [P]; a run that failed does not count, NaN where all did."""
        known = np.isfinite(self.difference)
        total = np.where(known, self.difference, 0.0).sum(axis=1)
        count = known.sum(axis=1)
        found: Floats = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
        return found


class Model(ABC):
    """Anything that answers a design's questions. Nothing is run twice: what is known is kept by point and replicate.

    `runs`: how many were made so far.
    """

    def __init__(self, questions: Sequence[Question], seed: int) -> None:
        self.questions, self.seed, self.runs = tuple(questions), seed, 0
        self._known: dict[tuple[str, int], Floats] = {}
        self._variants = list(dict.fromkeys(side.what_if for question in questions for side in question.sides))
        self._planned = 0

    def plan(self, runs: int, afresh: bool = False) -> None:
        """Say how many points × replicates are still to come; options in different variants need a run each.

        The larger plan holds: the steps of a design do not lower what it announced as a whole. A design that knows
        better by now plans `afresh`.
        """
        self._planned = max(0 if afresh else self._planned, self.runs + runs * len(self._variants))

    def answers(self, points: Sequence[Changes], replicates: range) -> list[Answers]:
        """Outcomes at points for these replicates, one per question; replicate k has the seed `seed + k`.

        Raises:
            ScenarioError: a point is not a market that can be run.
            ValueError: every run failed.
            KeyboardInterrupt: Ctrl-C; what is done stays in the store, where there is one.
        """
        missing: dict[int, dict[str, Changes]] = {}
        keys = [_key(point) for point in points]
        for key, point in zip(keys, points, strict=True):
            first = next((k for k in replicates if (key, k) not in self._known), None)
            if first is not None:
                missing.setdefault(first, {})[key] = point
        for first, group in sorted(missing.items()):
            self._run(list(group.values()), range(first, replicates.stop))
        found = np.array([[self._known[(key, k)] for k in replicates] for key in keys])
        self._check(found, points, replicates)
        return [Answers(found[:, :, q, 0], found[:, :, q, 1]) for q in range(found.shape[2])]

    @property
    def without_number(self) -> int:
        """Of so many points × replicates the (first) question has no number: it was not known, or the run failed."""
        return sum(bool(np.isnan(found[0]).any()) for found in self._known.values())

    def _check(self, found: Floats, points: Sequence[Changes], replicates: range) -> None:
        """Refuse what no mean can be told of: infinite numbers, and several points of which none has a number."""
        endless = np.isinf(found).any(axis=(2, 3))
        if endless.any():
            place, k = (int(one[0]) for one in np.nonzero(endless))
            raise ValueError(f"{self.questions[0].words}: the number is infinite at {point_name(points[place])}, "
                             f"seed {self.seed + replicates[k]}; no mean can be told with it.")
        if len(points) > 1 and np.isnan(found[:, :, 0, :]).any(axis=2).all():
            runs = found.shape[0] * found.shape[1]
            raise ValueError(f"{self.questions[0].words}: none of {runs} runs gave a number.")

    @abstractmethod
    def _run(self, points: Sequence[Changes], replicates: range) -> None:
        """Run points, and keep what they gave [questions, (a, b)] in `_known`."""


class FunctionModel(Model):
    """A function of factors in the market's place; `base` holds what a point does not change."""

    def __init__(self, function: Function, questions: Sequence[Question], seed: int = 1) -> None:
        super().__init__(questions, seed)
        self.function = function
        self.base: Changes = {}

    def _run(self, points: Sequence[Changes], replicates: range) -> None:
        for point in points:
            for k in replicates:
                values = np.atleast_1d(self.function({**self.base, **point}, self.seed + k)).astype(np.float64)
                if values.size != len(self.questions):
                    raise ValueError(f"The function gave {values.size} numbers; {len(self.questions)} expected: one "
                                     "for each outcome.")
                self._known[(_key(point), k)] = np.stack([np.zeros_like(values), values], axis=1)
                self.runs += 1


def function_questions(function: Function, outcomes: Sequence[str]) -> tuple[Question, ...]:
    """Questions for a function: what it gives, of the options A and B."""
    names = outcomes or [getattr(function, "__name__", "outcome")]
    return tuple(Question(name, Side("A"), Side("B")) for name in names)


class MarketModel(Model):
    """The market: a point is a scenario with changed numbers, a replicate is a seed."""

    def __init__(
        self, scenario: Scenario, questions: Sequence[Question], seed: int, execution: Execution | None = None
    ) -> None:
        super().__init__(questions, seed)
        self.scenario, self.execution = scenario, execution or Execution()
        self.failed: list[str] = []

    def _run(self, points: Sequence[Changes], replicates: range) -> None:
        """All points of a replicate before the next one; where there is a store, together with what it holds."""
        stored = self.execution.store is not None
        before = 0 if stored and replicates.start < FRESH else replicates.start
        runs = tuple(
            Point(point_name(point, variant), dict(point), variant) for point in points for variant in self._variants
        )
        outcomes = tuple(dict.fromkeys(question.outcome for question in self.questions))
        plan = RunPlan(self.scenario, runs, replicates.stop - before, self.seed + before, outcomes,
                       self.questions[0].year)
        total = len(runs) * len(replicates)
        planned = 0 if self.runs else max(self._planned, total)
        results = conduct(plan, replace(self.execution, progress=self._progress(), planned=planned))
        self.runs += total
        unfinished = sum(row.status not in ("done", "failed") for row in results.rows)
        if unfinished:
            kept = "; the runs that are done stay in the store" if stored else ""
            raise KeyboardInterrupt(f"{unfinished} runs of this step were still to do{kept}.")
        failed = [row for row in results.failed if before + row.replicate in replicates]
        self.failed += [f"{row.point}, seed {row.seed}: {row.reason}" for row in failed]
        if len(failed) == total:
            raise ValueError(f"Every run failed. The first: {self.failed[-total]}")
        self._keep(results, points, before, replicates)

    def _keep(self, results: Results, points: Sequence[Changes], before: int, replicates: range) -> None:
        numbers = [k - before for k in replicates]
        for point in points:
            both = np.zeros((len(replicates), len(self.questions), 2))
            for place, question in enumerate(self.questions):
                for side, column in zip(question.sides[::-1], (1, 0), strict=False):
                    name = point_name(point, side.what_if)
                    both[:, place, column] = results.column(name, question.outcome, side.firm, numbers)
            self._known.update({(_key(point), k): found for k, found in zip(replicates, both, strict=True)})

    def _progress(self) -> Progress | None:
        report, before = self.execution.progress, self.runs
        if report is None:
            return None
        return lambda done, total, what: report(before + done, max(self._planned, before + total), what)


def _key(point: Changes) -> str:
    return json.dumps(sorted((path, json.dumps(value, sort_keys=True)) for path, value in point.items()))


def point_name(point: Changes, variant: str | None = None) -> str:
    """A point's name: what it changes, or a hash of it where that would be long; the same changes, the same name."""
    if not point:
        return variant or AS_WRITTEN
    name = ", ".join(f"{path}={value:.12g}" if isinstance(value, float) else f"{path}={value}"
                     for path, value in point.items())
    if len(point) > MOST_NAMED or len(name) > LONGEST_NAME:
        name = f"point {hashlib.sha256(_key(point).encode()).hexdigest()[:10]}"
    return name if variant is None else f"{variant}: {name}"
