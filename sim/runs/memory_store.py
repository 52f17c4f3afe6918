"""The runs of one plan in memory: results are handed over as they are, nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.runs.outcomes import Outcomes
from sim.runs.plan import RunPlan
from sim.runs.results import ResultRow
from sim.runs.task import DONE, FAILED, PENDING, Task, TaskResult


class MemoryStore:
    """Tasks and results of a plan. Points that are the same market are run once for all of them."""

    def __init__(self, plan: RunPlan) -> None:
        self.plan = plan
        self._tasks: list[Task] = []
        self._results: dict[str, TaskResult] = {}
        self._by_key: dict[str, int] = {}
        self._settled: dict[int, int] = {}

    def prepare(self, replicates: range) -> None:
        """Put the runs of these replicates down as pending."""
        for replicate in replicates:
            for point in self.plan.facts:
                key, seed = self.plan.key(point, replicate), self.plan.seed + replicate
                self._tasks.append(Task(len(self._tasks) + 1, key, point, replicate, seed))
                self._by_key[key] = self._by_key.get(key, 0) + 1

    def pending(self, after: Task | None = None) -> list[Task]:
        """The runs that are still to be done, in replication-major order; of runs with the same key only the first."""
        found: dict[str, Task] = {}
        for task in self._tasks[0 if after is None else after.number:]:
            if task.key not in self._results:
                found.setdefault(task.key, task)
        return list(found.values())

    def record(self, found: Sequence[TaskResult]) -> int:
        """Take in what became of runs; gives the number of rows that are settled by it."""
        self._results.update({one.task.key: one for one in found})
        return sum(self._by_key[one.task.key] for one in found)

    def retry_failed(self) -> None:
        """Runs that failed are to be done again."""
        self._results = {key: one for key, one in self._results.items() if one.status != FAILED}

    def settled(self) -> int:
        """How many runs are done or failed."""
        return sum(task.key in self._results for task in self._tasks)

    def is_settled(self, replicate: int) -> bool:
        """Whether every run of a replicate is done or failed."""
        count = len(self.plan.points)
        tasks = self._tasks[replicate * count : (replicate + 1) * count]
        return len(tasks) == count and all(task.key in self._results for task in tasks)

    def last_number(self) -> int:
        """The highest number of a row so far."""
        return len(self._tasks)

    def forget_after(self, replicate: int, number: int) -> None:  # noqa: ARG002 - the rows were all made by this plan
        """Take out what lies behind a replicate."""
        self._tasks = [task for task in self._tasks if task.replicate <= replicate]

    def rows(self, points: tuple[str, ...], seeds: tuple[int, int]) -> list[ResultRow]:
        """All runs of these points, by seed and then in the order of the points."""
        chosen = set(points)
        return [self._row(task) for task in self._tasks if task.point in chosen and seeds[0] <= task.seed < seeds[1]]

    def _row(self, task: Task) -> ResultRow:
        found = self._results.get(task.key)
        status, reason, seconds = (PENDING, "", 0.0) if found is None else (found.status, found.reason, found.seconds)
        return ResultRow(task.point, task.replicate, task.seed, status, reason, seconds, task.number)

    def outcomes(self, point: str, seeds: tuple[int, int]) -> dict[int, Outcomes]:
        """The outcomes of the runs of a point that are done, by seed."""
        return {task.seed: one.outcomes or {} for task, one in self._done(seeds) if task.point == point}

    def kept(self, points: tuple[str, ...], seeds: tuple[int, int]) -> Mapping[tuple[str, int], Any]:
        """What else was kept of the runs that are done, by point and seed."""
        return {(task.point, task.seed): one.kept for task, one in self._done(seeds)
                if task.point in points and one.kept is not None}

    def _done(self, seeds: tuple[int, int]) -> list[tuple[Task, TaskResult]]:
        found = [(task, self._results[task.key]) for task in self._tasks
                 if seeds[0] <= task.seed < seeds[1] and task.key in self._results]
        return [(task, one) for task, one in found if one.status == DONE]

    def proofs(self) -> int:
        """None: only files distinguish proofs."""
        return 0
