"""Records of the last complete replication of a study: kept where the runs were done here, else run again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from threading import Lock

from sim.records.records import Records
from sim.runs.execute import whole_run
from sim.runs.plan import RunPlan
from sim.runs.task import Task


class LastRuns(Mapping[str, Records]):
    """Records by variant, where a replication is complete in all.

    A run that other processes did, or that came out of a store, is run again on demand.
    """

    def __init__(self, plan: RunPlan) -> None:
        self.plan = plan
        self.complete: list[int] = []
        """Replications that are done in every variant."""
        self._at_hand: dict[tuple[str, int], Records] = {}
        self._newest = -1
        self._lock = Lock()

    def keep(self, task: Task, records: Records) -> None:
        """Keep the records of a run; only the two newest replications are kept."""
        with self._lock:
            if task.replicate > self._newest:
                self._newest = task.replicate
                self._at_hand = {key: one for key, one in self._at_hand.items() if key[1] >= self._newest - 1}
            self._at_hand[(task.point, task.replicate)] = records

    def __getitem__(self, name: str) -> Records:
        if name not in self:
            raise KeyError(name)
        last, variants = self.complete[-1], self.plan.variants
        self._at_hand = {key: one for key, one in self._at_hand.items() if key[1] == last}
        if (name, last) not in self._at_hand:
            same = [one for (other, _), one in self._at_hand.items() if variants[other] == variants[name]]
            again = same[0] if same else whole_run(variants[name], self.plan.seed + last)
            self._at_hand[(name, last)] = again
        return self._at_hand[(name, last)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.plan.variants if self.complete else ())

    def __len__(self) -> int:
        return len(self.plan.variants) if self.complete else 0

    def __contains__(self, name: object) -> bool:
        return name in self.plan.variants and bool(self.complete)
