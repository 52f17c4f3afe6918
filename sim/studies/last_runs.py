"""What the runs of a study's last complete replicate remember: kept where they were done here, else done again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sim.records.records import Records
from sim.runs.outcomes import whole_run
from sim.runs.task import Job

if TYPE_CHECKING:
    from sim.studies.study import Study


class LastRuns(Mapping[str, Records]):
    """Records by world. A run that other processes did, or that came out of a store, is done again when asked for."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._at_hand: dict[tuple[str, int], Records] = {}
        self._newest = -1

    def look(self, job: Job, found: Records | Exception) -> None:
        """Keep what a run remembers; forget replicates before the one before it."""
        if isinstance(found, Exception):
            return
        if job.replicate > self._newest:
            self._at_hand = {key: one for key, one in self._at_hand.items() if key[1] == self._newest}
            self._newest = job.replicate
        self._at_hand[(job.point, job.replicate)] = found

    def __getitem__(self, world: str) -> Records:
        """What the last run of a world remembers."""
        if world not in self:
            raise KeyError(world)
        study, last = self._study, self._study.complete[-1]
        self._at_hand = {key: one for key, one in self._at_hand.items() if key[1] == last}
        if (world, last) not in self._at_hand:
            same = [one for (other, _), one in self._at_hand.items() if study.worlds[other] == study.worlds[world]]
            again = same[0] if same else whole_run(study.worlds[world], study.design.seed + last)
            self._at_hand[(world, last)] = again
        return self._at_hand[(world, last)]

    def __contains__(self, world: object) -> bool:
        """Whether there is such a world, and a complete replicate."""
        return world in self._study.worlds and bool(self._study.complete)

    def __iter__(self) -> Iterator[str]:
        """The worlds, where a replicate is complete."""
        return iter(self._study.worlds if self._study.complete else ())

    def __len__(self) -> int:
        """How many worlds there are, where a replicate is complete."""
        return len(self._study.worlds) if self._study.complete else 0
