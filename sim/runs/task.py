"""The work of a study in portions: what is sent to a worker, and what comes back. Nothing here knows who does it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.market.simulation import Options
from sim.numerics.elementary import HAS_NUMBA
from sim.records.records import Records
from sim.runs.execute import whole_run
from sim.runs.identity import rules_version
from sim.runs.outcomes import Outcomes, outcomes_of
from sim.runs.readings import Reading
from sim.scenario.schema import Scenario
from sim.valuation.outcomes import purchases_needed_from

DONE, FAILED, PENDING = "done", "failed", "pending"


@dataclass(frozen=True)
class Task:
    """One run to be done."""

    number: int
    key: str
    point: str
    replicate: int
    seed: int


@dataclass(frozen=True)
class TaskSettings:
    """How the runs of a study are done and what is read off; none of the first two changes a number."""

    executor: str
    threads: int | None
    outcomes: tuple[str, ...]
    year: float
    reading: Reading | None = None


Observer = Callable[[Task, Records | Exception], None]
"""Looks at what became of every run that is done in this process: all it remembers, or why it failed."""


@dataclass(frozen=True)
class TaskBatch:
    """Some runs that travel together, with the scenarios they need; who looks at them does not travel."""

    tasks: tuple[Task, ...]
    variants: Mapping[str, Scenario]
    settings: TaskSettings
    rules: str
    observer: Observer | None = None


@dataclass(frozen=True)
class TaskResult:
    """What became of a run: its numbers, or why it failed; `kept` is what else was kept of it beside them."""

    task: Task
    status: str
    reason: str
    outcomes: Outcomes | None
    seconds: float
    kept: Any = None


class OtherRulesError(Exception):
    """A worker has other rules than the one who sends the work."""


def run_batch(batch: TaskBatch) -> list[TaskResult]:
    """Do the runs of a batch one after the other; one that fails does not stop the others.

    Raises:
        OtherRulesError: this process has other rules than the sender.
    """
    if batch.rules != rules_version():
        raise OtherRulesError(f"its rules are {rules_version()}, those of this process are {batch.rules}")
    return [run_task(task, batch.variants[task.point], batch.settings, batch.observer) for task in batch.tasks]


def run_task(task: Task, variant: Scenario, settings: TaskSettings, observer: Observer | None = None) -> TaskResult:
    """Do one run."""
    began = time.perf_counter()
    try:
        records, found, kept = read_run(variant, task.seed, settings)
    except (Exception, SystemExit) as error:  # one failing run must not lose the rest
        if observer is not None and isinstance(error, Exception):
            observer(task, error)
        return TaskResult(task, FAILED, f"{type(error).__name__}: {error}", None, time.perf_counter() - began)
    if observer is not None:
        observer(task, records)
    return TaskResult(task, DONE, "", found, time.perf_counter() - began, kept)


def read_run(variant: Scenario, seed: int, settings: TaskSettings) -> tuple[Records, Outcomes, Any]:
    """Do a run and read off what is asked for: its records, its outcomes, and what else is kept of it.

    Raises:
        ValueError: the seed is out of range, or the date is not inside the run.
    """
    records = whole_run(variant, seed, _options(variant, settings))
    if settings.reading is None:
        return records, outcomes_of(records, settings.outcomes, settings.year), None
    found, kept = settings.reading(records, settings.outcomes, settings.year)
    return records, found, kept


def _options(variant: Scenario, settings: TaskSettings) -> Options:
    """How the run is done: people that several runs have in common are drawn once, purchases nobody reads are not kept.

    Neither changes a number.
    """
    executor = settings.executor if HAS_NUMBA or settings.executor != "numba" else "auto"
    needed = 0 if settings.reading is not None else purchases_needed_from(variant, settings.outcomes, settings.year)
    return Options(executor=executor, threads=settings.threads, shares_people=True,  # type: ignore[arg-type]
                   keeps_from=needed)


BatchMaker = Callable[[Sequence[Task]], TaskBatch]
"""Puts some tasks together with the scenarios and settings they need."""
Pool = Callable[[Iterator[Task], BatchMaker, int], Generator[list[TaskResult], None, None]]
"""Takes tasks, what makes batches of them, and how many tasks there are at most; gives back results, in any order."""
