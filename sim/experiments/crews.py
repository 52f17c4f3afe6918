"""Who does the runs: this process, one after the other, or workers through Dask (see `sim.experiments.cluster`)."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager

from sim.experiments.work import Batch, Done, Job, run_batch

Pack = Callable[[Sequence[Job]], Batch]
Crew = Callable[[Iterator[Job], Pack], Generator[list[Done], None, None]]
"""Takes jobs, and a way to pack some of them with all they need; gives back what was done, in any order."""


@contextmanager
def crew(workers: int | None, scheduler: str | None) -> Iterator[Crew]:
    """Those who do the runs, for as long as they are needed.

    Raises:
        ImportError: workers are asked for and the extra `distributed` is not installed.
        OSError: the scheduler cannot be reached, or has no worker.
    """
    if workers is None and scheduler is None:
        yield here
        return
    from sim.experiments.cluster import team

    with team(workers, scheduler) as hands:
        yield hands


def here(jobs: Iterator[Job], pack: Pack) -> Generator[list[Done], None, None]:
    """One run after the other, in this process."""
    for job in jobs:
        yield run_batch(pack([job]))
