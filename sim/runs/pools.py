"""Who does the runs: threads of this process, or workers through Dask (see `sim.runs.cluster`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar

from sim.runs.execution import Execution
from sim.runs.task import BatchMaker, Pool, Task, TaskResult, run_batch

_KEPT: ContextVar[tuple[int | None, str | None, Pool] | None] = ContextVar("kept", default=None)


@contextmanager
def pool(execution: Execution, threads: int) -> Iterator[Pool]:
    """The pool that does the runs, for as long as it is needed: the one that is kept already, where it is the same.

    Raises:
        ImportError: workers are asked for and the extra `distributed` is not installed.
        OSError: the scheduler cannot be reached, or has no worker.
    """
    kept, wanted = _KEPT.get(), (execution.workers, execution.scheduler)
    if not execution.is_distributed:
        yield one_by_one if threads == 1 else (
            lambda tasks, batch_of, most: in_threads(tasks, batch_of, min(threads, most)))
    elif kept is not None and kept[:2] == wanted:
        yield kept[2]
    else:
        from sim.runs.cluster import dask_pool

        with dask_pool(*wanted) as workers:
            yield workers


@contextmanager
def keep_pool(workers: int | None, scheduler: str | None = None) -> Iterator[None]:
    """Start the workers once for many studies: inside of this, studies with the same arguments use them.

    Raises:
        ImportError: workers are asked for and the extra `distributed` is not installed.
        OSError: the scheduler cannot be reached, or has no worker.
    """
    with pool(Execution(workers=workers, scheduler=scheduler), 1) as workers_of:
        before = _KEPT.set((workers, scheduler, workers_of))
        try:
            yield
        finally:
            _KEPT.reset(before)


def one_by_one(tasks: Iterator[Task], batch_of: BatchMaker, most: int) -> Generator[list[TaskResult], None, None]:  # noqa: ARG001
    """One run after the other."""
    for task in tasks:
        yield run_batch(batch_of([task]))


def in_threads(tasks: Iterator[Task], batch_of: BatchMaker, threads: int) -> Generator[list[TaskResult], None, None]:
    """As many runs at a time as there are threads; results come in the order of the tasks.

    The compiled passes of a period run outside of Python's lock, so threads share the cores.
    """
    waiting: deque[Future[list[TaskResult]]] = deque()
    executor = ThreadPoolExecutor(threads, thread_name_prefix="run")
    try:
        for task in tasks:
            waiting.append(executor.submit(run_batch, batch_of([task])))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
