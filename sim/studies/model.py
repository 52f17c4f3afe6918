"""What a design asks: the market, or any function of factors. Points in, numbers per point and replicate out.

A design knows nothing of markets. It asks a model for answers at points (values by factor) over a range of replicates;
replicate k has the same seed at every point (common random numbers), so that differences between points are paired.
With a function in the market's place, designs can be tried on problems whose answer is known.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

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
_Key = tuple[tuple[str, str], ...]
_SHORT, _LONGEST = 4, 200


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


class Model(Protocol):
    """Anything that answers a design's questions."""

    questions: tuple[Question, ...]
    seed: int
    runs: int

    def answers(self, points: Sequence[Changes], replicates: range) -> list[Answers]:
        """Outcomes at points for these replicates, one per question; nothing is computed twice."""
        ...

    def plan(self, runs: int, afresh: bool = False) -> None:
        """Say how many points × replicates are still to come, for the bar; `afresh`: forget earlier plans."""
        ...


@dataclass
class _Memory:
    """Answers [questions, (a, b)] by point and replicate."""

    known: dict[tuple[_Key, int], Floats] = field(default_factory=dict)

    @staticmethod
    def key(point: Changes) -> _Key:
        return tuple(sorted((path, json.dumps(value, sort_keys=True)) for path, value in point.items()))

    def missing(self, points: Sequence[Changes], replicates: range) -> dict[int, list[Changes]]:
        """Points that are not known for all replicates, each once, by the first replicate that is missing."""
        wanted: dict[int, dict[_Key, Changes]] = {}
        for point in points:
            key = self.key(point)
            first = next((k for k in replicates if (key, k) not in self.known), None)
            if first is not None:
                wanted.setdefault(first, {})[key] = point
        return {first: list(group.values()) for first, group in sorted(wanted.items())}

    def answers(self, points: Sequence[Changes], replicates: range) -> list[Answers]:
        """What is known, in the order asked."""
        found = np.array([[self.known[(self.key(point), k)] for k in replicates] for point in points])
        return [Answers(found[:, :, q, 0], found[:, :, q, 1]) for q in range(found.shape[2])]


class FunctionModel:
    """A function of factors in the market's place; `base` holds what a point does not change."""

    def __init__(self, function: Function, questions: Sequence[Question], seed: int = 1) -> None:
        self.function, self.questions, self.seed, self.runs = function, tuple(questions), seed, 0
        self.base: Changes = {}
        self._memory = _Memory()

    def plan(self, runs: int, afresh: bool = False) -> None:
        """Nothing: functions are quick."""

    def answers(self, points: Sequence[Changes], replicates: range) -> list[Answers]:
        """The function's values; replicate k has the seed `seed + k`."""
        for first, group in self._memory.missing(points, replicates).items():
            for point in group:
                for k in range(first, replicates.stop):
                    values = np.atleast_1d(self.function({**self.base, **point}, self.seed + k)).astype(np.float64)
                    self._memory.known[(_Memory.key(point), k)] = np.stack([np.zeros_like(values), values], axis=1)
                    self.runs += 1
        return self._memory.answers(points, replicates)


def function_questions(function: Function, outcomes: Sequence[str]) -> tuple[Question, ...]:
    """Questions for a function: what it gives, of the options A and B."""
    names = outcomes or [getattr(function, "__name__", "outcome")]
    return tuple(Question(name, Side("A"), Side("B")) for name in names)


class MarketModel:
    """The market: a point is a scenario with changed numbers, a replicate is a seed."""

    def __init__(
        self, scenario: Scenario, questions: Sequence[Question], seed: int, execution: Execution | None = None
    ) -> None:
        self.scenario, self.questions, self.seed = scenario, tuple(questions), seed
        self.execution = execution or Execution()
        self.runs = 0
        self.failed: list[str] = []
        self._planned = 0
        self._memory = _Memory()

    def plan(self, runs: int, afresh: bool = False) -> None:
        """Say how many points × replicates are still to come; options in different variants need a run each.

        The larger plan holds: the steps of a design do not lower what it announced as a whole. A design that knows
        better by now plans `afresh`.
        """
        self._planned = max(0 if afresh else self._planned, self.runs + runs * len(self._variants))

    @property
    def _variants(self) -> list[str | None]:
        return list(dict.fromkeys(side.what_if for question in self.questions for side in question.sides))

    def answers(self, points: Sequence[Changes], replicates: range) -> list[Answers]:
        """Run what is not known yet, all points of a replicate before the next one.

        Raises:
            ScenarioError: a point is not a market that can be run.
            ValueError: every run failed.
            KeyboardInterrupt: Ctrl-C; what is done stays in the store, where there is one.
        """
        for first, group in self._memory.missing(points, replicates).items():
            self._run(group, range(first, replicates.stop))
        return self._memory.answers(points, replicates)

    def _run(self, points: Sequence[Changes], replicates: range) -> None:
        before = self._before(replicates)
        asked = tuple(
            Point(point_name(point, variant), dict(point), variant) for point in points for variant in self._variants
        )
        outcomes = tuple(dict.fromkeys(question.outcome for question in self.questions))
        plan = RunPlan(self.scenario, asked, replicates.stop - before, self.seed + before, outcomes,
                       self.questions[0].year)
        results = conduct(plan, replace(self.execution, progress=self._progress()))
        total = len(asked) * len(replicates)
        self.runs += total
        unfinished = sum(row.status not in ("done", "failed") for row in results.rows)
        if unfinished:
            kept = "; the runs that are done stay in the store" if self.execution.store is not None else ""
            raise KeyboardInterrupt(f"{unfinished} runs of this step were still to do{kept}.")
        failed = [row for row in results.failed if before + row.replicate in replicates]
        self.failed += [f"{row.point}, seed {row.seed}: {row.reason}" for row in failed]
        if len(failed) == total:
            raise ValueError(f"Every run failed. The first: {self.failed[-total]}")
        self._remember(results, points, before, replicates)

    def _before(self, replicates: range) -> int:
        """The replicate that an experiment begins with: what is in the store already need not be left out."""
        return 0 if self.execution.store is not None and replicates.start < FRESH else replicates.start

    def _remember(self, results: Results, points: Sequence[Changes], before: int, replicates: range) -> None:
        asked = [k - before for k in replicates]
        for point in points:
            both = np.zeros((len(replicates), len(self.questions), 2))
            for place, question in enumerate(self.questions):
                for side, column in zip(question.sides[::-1], (1, 0), strict=False):
                    name = point_name(point, side.what_if)
                    both[:, place, column] = results.column(name, question.outcome, side.firm, asked)
            for k, found in zip(replicates, both, strict=True):
                self._memory.known[(_Memory.key(point), k)] = found

    def _progress(self) -> Progress | None:
        report, before = self.execution.progress, self.runs
        if report is None:
            return None
        return lambda done, total, what: report(before + done, max(self._planned, before + total), what)


def point_name(point: Changes, variant: str | None = None) -> str:
    """A point's name: what it changes, or a hash of it where that would be long; the same changes, the same name.

    >>> point_name({"product.margin": 0.4}), point_name({}, "price_20")
    ('product.margin=0.4', 'price_20')
    """
    if not point:
        return variant or AS_WRITTEN
    name = ", ".join(f"{path}={value:.12g}" if isinstance(value, float) else f"{path}={value}"
                     for path, value in point.items())
    if len(point) > _SHORT or len(name) > _LONGEST:
        text = json.dumps(_Memory.key(point))
        name = f"point {hashlib.sha256(text.encode()).hexdigest()[:10]}"
    return name if variant is None else f"{variant}: {name}"
