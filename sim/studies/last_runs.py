"""Records of the last complete replication of a study, and which customers a variant changed in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from sim.metrics.frames import customers_changed
from sim.records.records import Records
from sim.runs.execute import whole_run
from sim.runs.plan import RunPlan
from sim.runs.task import Task
from sim.text.language import tr
from sim.text.words import number_in_words


@dataclass(frozen=True)
class CustomersChanged:
    """How many people ended differently in a variant than in the first one, and who (their numbers)."""

    world: str
    count: int
    people: int
    numbers: np.ndarray = field(repr=False)

    def __str__(self) -> str:
        return tr("{count} of {people} customers ended differently", count=number_in_words(self.count),
                  people=number_in_words(self.people))


def customers_changed_in(runs: Mapping[str, Records], base: str) -> dict[str, CustomersChanged]:
    """By variant: who ended differently in its run than in that of `base`; runs with other people are left out."""
    found = {}
    for name, records in runs.items():
        if name != base and base in runs:
            try:
                numbers = customers_changed(runs[base], records)
            except ValueError:
                continue
            found[name] = CustomersChanged(name, int(numbers.size), records.people_count, numbers)
    return found


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
