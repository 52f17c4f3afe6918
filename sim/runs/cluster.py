"""Runs on several processes or machines, through Dask distributed: one path for both.

A task is a batch of runs that takes at least 0.2 s. A worker that dies is replaced and its batch is done again, by
others, a few times at most. Results do not depend on who did what: every run has its own seeds.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from math import ceil
from multiprocessing import resource_tracker
from queue import Empty, SimpleQueue
from typing import Any

from sim.runs.task import FAILED, BatchMaker, OtherRulesError, Pool, Task, TaskBatch, TaskResult, run_batch

MISSING = 'Workers need the package distributed: pip install "clientele-lab[distributed]".'
TASK_SECONDS, LEAST_SECONDS = 0.5, 0.2
"""What a task should take, and at least, towards the end; sending it costs about 0.005 s of processor time."""
MOST_IN_A_BATCH = 500
AHEAD = 2
"""Tasks sent for each worker: one that it does, one that waits beside it."""
DEATHS = 3
"""So often may workers die on a batch before its runs are done one by one, and on a run that is done alone before it
has failed: what else a worker had waiting is charged with its death too, and no run is condemned for its company.
"""
WAIT = 60.0
"""Seconds to wait for a scheduler's first worker."""
LOOK_AGAIN = 2.0
"""Seconds after which the number of workers is asked for again."""


@contextmanager
def dask_pool(workers: int | None, scheduler: str | None) -> Iterator[Pool]:
    """Workers on this machine, or those of a scheduler, for as long as they are needed.

    Raises:
        ImportError: distributed is not installed.
        OSError: the scheduler cannot be reached, or has no worker.
    """
    try:
        import distributed
    except ImportError:
        raise ImportError(MISSING) from None
    with ExitStack() as kept:
        kept.enter_context(_dask_logs_silenced())
        if scheduler is None:
            cluster = kept.enter_context(_local_cluster(workers or 1))
            client = kept.enter_context(distributed.Client(cluster, set_as_default=False))
        else:
            client = kept.enter_context(_client_of(scheduler))
        yield lambda tasks, batch_of, most: _Sending(client, batch_of, most).results(tasks)


@contextmanager
def _dask_logs_silenced() -> Iterator[None]:
    """Dask logs lost connections at length; the errors raised here say what matters in a sentence."""
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in ("distributed", "tornado")]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


@contextmanager
def _local_cluster(workers: int) -> Iterator[Any]:
    """Processes of one thread each; no profiler, and no worker that starts processes of its own."""
    import dask
    from distributed import LocalCluster

    settings = {
        "distributed.worker.profile.enabled": False, "distributed.scheduler.allowed-failures": DEATHS,
        "distributed.admin.tick.interval": "500 ms", "distributed.admin.tick.limit": "60 s",
        "distributed.admin.system-monitor.interval": "5 s", "distributed.worker.memory.monitor-interval": "1 s",
        "distributed.nanny.pre-spawn-environ": {
            "CLIENTELE_BACKGROUND": "0", "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1", "MALLOC_TRIM_THRESHOLD_": str(32 * 2**20),
        },
    }
    with dask.config.set(settings):
        with _ctrl_c_blocked():
            cluster = LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1",
                silence_logs=logging.CRITICAL, dashboard_address=None,
                scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # any free port
            )
        with cluster:
            yield cluster


@contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    """Threads and processes started inside ignore Ctrl-C: only the leading process takes it, and then stops them.

    A terminal sends it to all of them, and each would print its own traceback.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # started inside, it would unblock the signal in its thread
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _client_of(address: str) -> Iterator[Any]:
    """A client of a scheduler that is running somewhere.

    Raises:
        OSError: it cannot be reached, or has no worker.
    """
    from distributed import Client

    try:
        client = Client(address, timeout=WAIT / 4, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise OSError(f"There is no Dask scheduler at {address} ({error}).") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WAIT)
        except TimeoutError:
            text = f"The scheduler at {address} has no worker after {WAIT:g} s: start one with `dask worker {address}`."
            raise OSError(text) from None
        yield client


def at_work(batch: TaskBatch) -> list[TaskResult]:
    """What a worker does: the runs of a batch, and no processes of its own to compile the engine aside."""
    os.environ["CLIENTELE_BACKGROUND"] = "0"
    return run_batch(batch)


class _Sending:
    """Batches on their way: as many as keep every worker busy, and no more."""

    def __init__(self, client: Any, batch_of: BatchMaker, most: int) -> None:
        self.client, self.batch_of, self.left = client, batch_of, most
        self.on_the_way: dict[Any, TaskBatch] = {}
        self.suspects: list[Task] = []  # workers died on them, while other runs were there too
        self.alone = False
        self.arrived: SimpleQueue[Any] = SimpleQueue()
        self.seconds = 0.0  # of a run, on average; 0 while nobody knows
        self.workers, self.asked_at = 1, float("-inf")
        self.alone_since: float | None = None

    def results(self, tasks: Iterator[Task]) -> Generator[list[TaskResult], None, None]:
        """Send, collect, send again."""
        try:
            self._send_more(tasks)
            while self.on_the_way or self.suspects:
                if not self.on_the_way:
                    self.alone = True
                    self._send(self.batch_of([self.suspects.pop(0)]))
                found = self._collected(self._next())
                if found:
                    yield found
                if not self.on_the_way:
                    self.alone = False
                if not self.alone:
                    self._send_more(tasks)
        finally:
            self.client.cancel(list(self.on_the_way), force=True)
            self.on_the_way.clear()

    def _next(self) -> Any:
        """The next task that is done.

        Raises:
            OSError: there has been no worker for a while, and nobody came to replace them.
        """
        while True:
            try:
                return self.arrived.get(timeout=LOOK_AGAIN)
            except Empty:
                self._count_workers()

    def _count_workers(self) -> None:
        now = time.monotonic()
        if now - self.asked_at < LOOK_AGAIN:
            return
        self.workers, self.asked_at = sum(self.client.nthreads().values()), now
        if self.workers:
            self.alone_since = None
        elif self.alone_since is None:
            self.alone_since = now
        elif now - self.alone_since > WAIT:
            raise OSError(f"The scheduler has had no worker for {WAIT:g} s; what came back before is kept.")

    def _send_more(self, tasks: Iterator[Task]) -> None:
        self._count_workers()
        while len(self.on_the_way) < AHEAD * max(1, self.workers):
            some = list(islice(tasks, self._size()))
            if not some:
                return
            self.left -= len(some)
            self._send(self.batch_of(some))

    def _size(self) -> int:
        """Runs in a batch: one until somebody knows how long a run takes, then so many that a task is long enough.

        Towards the end batches are smaller, so that no worker waits long for the last one.
        """
        if self.seconds <= 0:
            return 1
        usual, least = TASK_SECONDS / self.seconds, LEAST_SECONDS / self.seconds
        share = self.left / (2 * AHEAD * max(1, self.workers))
        return max(1, min(MOST_IN_A_BATCH, ceil(max(least, min(usual, share)))))

    def _send(self, batch: TaskBatch) -> None:
        future = self.client.submit(at_work, batch, pure=False, retries=DEATHS)
        self.on_the_way[future] = batch
        future.add_done_callback(self.arrived.put)

    def _collected(self, future: Any) -> list[TaskResult]:
        """What a task brought; a batch on which workers died is sent again, run by run, and at last each run alone.

        Raises:
            OSError: the scheduler is gone, or a worker cannot do the work at all.
        """
        from distributed import KilledWorker

        if future.status in ("lost", "pending"):  # its worker died between the end of the task and this moment
            future.add_done_callback(self.arrived.put)
            return []
        batch = self.on_the_way.pop(future)
        if future.status == "finished":
            done: list[TaskResult] = future.result()
            self._learn(done)
            return done
        error = future.exception() if future.status == "error" else None
        if not isinstance(error, KilledWorker):
            raise OSError(_why_not(error)) from error
        if len(batch.tasks) == 1 and not self.alone:
            self.suspects += batch.tasks
            return []
        if len(batch.tasks) == 1:
            reason = f"its worker died {DEATHS + 1} times (perhaps out of memory)"
            return [TaskResult(batch.tasks[0], FAILED, reason, None, 0.0)]
        for task in batch.tasks:
            self._send(self.batch_of([task]))
        return []

    def _learn(self, done: list[TaskResult]) -> None:
        mean = sum(one.seconds for one in done) / len(done)
        self.seconds = mean if self.seconds <= 0 else 0.7 * self.seconds + 0.3 * mean


def _why_not(error: BaseException | None) -> str:
    if error is None:
        return "The scheduler is gone, and with it the work that was sent; what came back before is kept."
    if isinstance(error, OtherRulesError):
        return f"A worker has another version of Clientele: {error}. Install the same one there."
    if isinstance(error, ImportError):
        return f"A worker cannot load Clientele ({error}). Install the same version there."
    return f"A worker could not do its work ({type(error).__name__}: {error})."
