"""Who does the runs: this process, one after the other, or workers through Dask (see `sim.runs.cluster`)."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from sim.runs.task import Batch, Done, Job, run_batch

Pack = Callable[[Sequence[Job]], Batch]
Crew = Callable[[Iterator[Job], Pack, int], Generator[list[Done], None, None]]
"""Takes jobs, a way to pack some of them with all they need, and how many there are at most; gives back what was done,
in any order."""


_KEPT: ContextVar[tuple[int | None, str | None, Crew] | None] = ContextVar("kept", default=None)


@contextmanager
def crew(workers: int | None, scheduler: str | None) -> Iterator[Crew]:
    """Those who do the runs, for as long as they are needed: those who are kept already, where they are the same.

    Raises:
        ImportError: workers are asked for and the extra `distributed` is not installed.
        OSError: the scheduler cannot be reached, or has no worker.
    """
    kept = _KEPT.get()
    if workers is None and scheduler is None:
        yield here
    elif kept is not None and kept[:2] == (workers, scheduler):
        yield kept[2]
    else:
        from sim.runs.cluster import team

        with team(workers, scheduler) as hands:
            yield hands


@contextmanager
def keep_crew(workers: int | None, scheduler: str | None) -> Iterator[None]:
    """Start the workers once for many experiments: inside of this, `conduct` with the same words uses these.

    Raises:
        ImportError: workers are asked for and the extra `distributed` is not installed.
        OSError: the scheduler cannot be reached, or has no worker.
    """
    with crew(workers, scheduler) as hands:
        before = _KEPT.set((workers, scheduler, hands))
        try:
            yield
        finally:
            _KEPT.reset(before)


def here(jobs: Iterator[Job], pack: Pack, most: int) -> Generator[list[Done], None, None]:  # noqa: ARG001
    """One run after the other, in this process."""
    for job in jobs:
        yield run_batch(pack([job]))
