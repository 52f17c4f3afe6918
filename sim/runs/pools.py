"""Who does the runs: threads of this process, or Dask's workers, on this machine or on several.

A task of a worker is a batch of runs that takes at least 0.2 s. A worker that dies is replaced and its batch is done
again, by others, a few times at most. Results do not depend on who did what: every run has its own seeds.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from itertools import islice
from math import ceil
from multiprocessing import resource_tracker
from queue import Empty, SimpleQueue
from typing import Any

from sim.runs.execution import Execution
from sim.runs.task import FAILED, BatchMaker, OtherRulesError, Pool, Task, TaskBatch, TaskResult, run_batch

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
_KEPT: ContextVar[tuple[int | None, str | None, Pool] | None] = ContextVar("kept", default=None)


@contextmanager
def pool(execution: Execution, threads: int) -> Iterator[Pool]:
    """The pool that does the runs, for as long as it is needed: the one that is kept already, where it is the same."""
    kept, wanted = _KEPT.get(), (execution.workers, execution.scheduler)
    if not execution.is_distributed:
        yield lambda tasks, batch_of, most: in_threads(tasks, batch_of, min(threads, most))
    elif kept is not None and kept[:2] == wanted:
        yield kept[2]
    else:
        with _dask_pool(*wanted) as workers:
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


def in_threads(tasks: Iterator[Task], batch_of: BatchMaker, threads: int) -> Generator[list[TaskResult], None, None]:
    """As many runs at a time as there are threads; results come in the order of the tasks.

    The compiled passes of a period run outside of Python's lock, so threads share the cores.
    """
    if threads <= 1:
        for task in tasks:
            yield run_batch(batch_of([task]))
        return
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


@contextmanager
def _dask_pool(workers: int | None, scheduler: str | None) -> Iterator[Pool]:
    """Workers on this machine, or those of a scheduler."""
    try:
        import distributed
    except ImportError:
        text = 'Workers need the package distributed: pip install "clientele-lab[distributed]".'
        raise ImportError(text) from None
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
    """A client of a scheduler that is running somewhere."""
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
                try:
                    future = self.arrived.get(timeout=LOOK_AGAIN)
                except Empty:
                    self._count_workers()
                    continue
                if found := self._collected(future):
                    yield found
                self.alone = self.alone and bool(self.on_the_way)
                if not self.alone:
                    self._send_more(tasks)
        finally:
            self.client.cancel(list(self.on_the_way), force=True)
            self.on_the_way.clear()

    def _count_workers(self) -> None:
        """Ask for their number now and then; an error where there has been none for a while."""
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
        """What a task brought; a batch on which workers died is sent again, run by run, and at last each run alone."""
        from distributed import KilledWorker

        if future.status in ("lost", "pending"):  # its worker died between the end of the task and this moment
            future.add_done_callback(self.arrived.put)
            return []
        batch = self.on_the_way.pop(future)
        if future.status == "finished":
            done: list[TaskResult] = future.result()
            mean = sum(one.seconds for one in done) / len(done)
            self.seconds = mean if self.seconds <= 0 else 0.7 * self.seconds + 0.3 * mean
            return done
        error = future.exception() if future.status == "error" else None
        if not isinstance(error, KilledWorker):
            raise OSError(_why_not(error)) from error
        if len(batch.tasks) > 1:
            for task in batch.tasks:
                self._send(self.batch_of([task]))
            return []
        if not self.alone:
            self.suspects += batch.tasks
            return []
        reason = f"its worker died {DEATHS + 1} times (perhaps out of memory)"
        return [TaskResult(batch.tasks[0], FAILED, reason, None, 0.0)]


def _why_not(error: BaseException | None) -> str:
    if error is None:
        return "The scheduler is gone, and with it the work that was sent; what came back before is kept."
    if isinstance(error, OtherRulesError):
        return f"A worker has another version of Clientele: {error}. Install the same one there."
    if isinstance(error, ImportError):
        return f"A worker cannot load Clientele ({error}). Install the same version there."
    return f"A worker could not do its work ({type(error).__name__}: {error})."
