"""What work needs before it is begun: an estimate of its time, measured on a short trial, and of its memory.

Who is asked then is said by `asked_before`: the command line asks a person; a program that calls a study is not asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from sim.engine.engine import THREADS_PAY
from sim.market.compiling import is_ready
from sim.market.need import GB, WORTH_A_LOOK, check_memory, free_memory, memory_of, periods_of
from sim.market.simulation import Options, Simulation
from sim.numerics.elementary import HAS_NUMBA
from sim.records.recorder import KEEP_UP_TO
from sim.runs.task import TaskBatch, WatchedReading, run_batch
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.text.console import duration
from sim.text.words import counted

COMPILED, PLAIN, COMPILING = 1.2e-6, 8e-6, 45.0
"""Seconds of a customer-period, compiled and in NumPy, and of a first compile: what is assumed before a trial."""
WORTH_A_TRIAL, WORTH_TELLING, WORTH_ASKING = 8.0, 15.0, 120.0
"""Seconds from which a trial, a word beforehand, and a question are worth while."""
WHOLE = 400_000
"""Customer-periods up to which a trial is a whole run; of a larger one some steps of as many people at most as here:"""
SAMPLE = THREADS_PAY
STEPS, TRIAL_SECONDS, READING = 12, 1.0, 1.25
"""Steps of a trial, seconds it takes at most, and what reading the purchases of a run adds, where they are kept."""


@dataclass(frozen=True)
class Work:
    """Runs to be done: how many, customer-periods of all of them, how many at a time, or only if all are needed."""

    runs: int
    size: float
    at_once: int = 1
    at_most: bool = False


@dataclass(frozen=True)
class Estimate:
    """What some work needs: seconds, and bytes of memory of those that are free."""

    work: Work
    seconds: float
    memory: float
    free: float

    def times(self, more: float) -> Estimate:
        """The same, so many times as long."""
        return replace(self, seconds=more * self.seconds, work=replace(self.work, runs=round(more * self.work.runs)))

    @property
    def is_large(self) -> bool:
        """Whether a person should be asked: more than two minutes, or than half of the free memory."""
        return self.seconds > WORTH_ASKING or self.memory > 0.5 * self.free

    @property
    def words(self) -> str:
        """The estimate in words: "about 14 min for 1,200 runs, and 0.3 of 19.6 GB of free memory"."""
        most = "at most " if self.work.at_most else ""
        words = f"{most}{duration(self.seconds)} for {counted(self.work.runs, 'run')}"
        gigabytes = f"{self.memory / GB:.1f} of {self.free / GB:.1f} GB of free memory"
        return f"{words}, and {gigabytes}" if self.memory > WORTH_A_LOOK else words


Question = Callable[[Estimate], None]
_QUESTION: ContextVar[Question | None] = ContextVar("question", default=None)


@contextmanager
def asked_before(question: Question) -> Iterator[None]:
    """Inside of this, `question` is told what is needed before work of more than a few seconds; it may raise."""
    before = _QUESTION.set(question)
    try:
        yield
    finally:
        _QUESTION.reset(before)


def look_ahead(scenario: Scenario, work: Work, trial: Callable[[], float]) -> None:
    """Refuse what does not fit into memory; tell whoever wants to be asked what the work needs.

    `trial` gives seconds of a customer-period, with as many runs at a time as there will be; it is asked where the
    work is long, and the engine compiled (before a first compile, what is usual is assumed).

    Raises:
        NotEnoughMemoryError: a single run needs more memory than is free.
    """
    check_memory(scenario)
    question = _QUESTION.get()
    if question is None:
        return
    memory, free = work.at_once * memory_of(scenario), free_memory()
    compiled, plain = work.size * COMPILED / work.at_once, work.size * PLAIN / work.at_once
    ready = is_ready()
    seconds = plain if not HAS_NUMBA else compiled if ready else min(plain, compiled + COMPILING)
    if seconds < WORTH_A_TRIAL and memory < 0.5 * free:
        return
    if ready:
        seconds = work.size * trial()
    question(Estimate(work, seconds, memory, free))


def tried(batch: TaskBatch, at_once: int) -> float:
    """Seconds that a customer-period takes: the first run of a batch, or steps of it, done twice, the second time
    measured; several at a time where that is how they will be done."""
    scenario = batch.variants[batch.tasks[0].point]
    size = scenario.market.customers * periods_of(scenario)
    if size <= WHOLE or isinstance(batch.settings.reading, WatchedReading):
        return _measured(lambda: _seconds_of(lambda: run_batch(replace(batch, observer=None))) / size, at_once)
    return stepped(scenario, batch.tasks[0].seed, Options("auto", batch.settings.threads), at_once)


def stepped(scenario: Scenario, seed: int, options: Options, at_once: int = 1) -> float:
    """Seconds of a customer-period in some steps of a market: of fewer people where they are very many."""
    people, periods = min(scenario.market.customers, SAMPLE), periods_of(scenario)
    market = load(scenario, {"market.customers": people})
    read = READING if scenario.market.customers * periods <= KEEP_UP_TO else 1.0

    def steps() -> float:
        began = time.perf_counter()
        course = Simulation(market, seed, seed, replace(options, records="totals", shares_people=True))
        born = time.perf_counter() - began
        took: list[float] = []
        while not course.done and len(took) < STEPS and sum(took) < TRIAL_SECONDS:
            took.append(_seconds_of(course.step))
        return (born / periods + read * sum(took) / len(took)) / people

    return _measured(steps, at_once)


def _measured(trial: Callable[[], float], at_once: int) -> float:
    """A trial made again once the engine is loaded, unless it was long: then loading does not count."""
    began, first = time.perf_counter(), trial()
    if time.perf_counter() - began > 2 * TRIAL_SECONDS:
        return first / at_once
    if at_once == 1:
        return trial()
    with ThreadPoolExecutor(at_once) as pool:
        each = list(pool.map(lambda _: trial(), range(at_once)))
    return sum(each) / at_once**2


def _seconds_of(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
