"""One run of a study: what is sent to a worker, what is read off the run, and what comes back.

Nothing here knows who does the work (see `sim.runs.pools`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.market.simulation import Options
from sim.numerics.elementary import HAS_NUMBA
from sim.records.records import Records
from sim.runs.execute import whole_run
from sim.runs.manifest import rules_version
from sim.runs.outcomes import Outcomes, outcomes_of
from sim.runs.own_code import unpacked
from sim.runs.summary import Summary, summarise
from sim.scenario.schema import Scenario
from sim.text.foreign_code import in_words
from sim.valuation.outcomes import purchases_needed_from

DONE, FAILED, PENDING = "done", "failed", "pending"

Observe = Callable[[Records], Any]
"""Notes something of a run: a function of a module, or a frozen dataclass, so that it can travel and be named."""


@dataclass(frozen=True)
class Kept:
    """What is kept of a run in a comparison or replication: its summary, and what was noted beside it."""

    summary: Summary
    noted: Any = None


@dataclass(frozen=True)
class NotedReading:
    """Reads the outcomes off a run, and what `observe` notes: that alone is kept."""

    observe: Observe

    def __call__(self, records: Records, outcomes: tuple[str, ...], year: float) -> tuple[Outcomes, Any]:
        """The outcomes by firm, and what was noted."""
        return outcomes_of(records, outcomes, year), self.observe(records)

    @property
    def name(self) -> str:
        """Says what is kept; readings of the same name keep the same."""
        return _name_of(self.observe)


@dataclass(frozen=True)
class WholeReading:
    """Reads off a run every metric at these dates, the lines over time, and what `observe` notes."""

    dates: tuple[float, ...]
    observe: Observe | None = None

    def __call__(self, records: Records, outcomes: tuple[str, ...], year: float) -> tuple[Outcomes, Kept]:
        """The outcomes by firm, out of the summary (`year` must be one of the dates), and what is kept."""
        summary = summarise(records, self.dates)
        found = {firm: {name: summary.value(name, firm, year) for name in outcomes} for firm in records.firms}
        return found, Kept(summary, None if self.observe is None else self.observe(records))

    @property
    def name(self) -> str:
        """Says what is kept; readings of the same name keep the same."""
        noted = "nothing else" if self.observe is None else _name_of(self.observe)
        return f"summary in years {', '.join(f'{date:g}' for date in self.dates)}; {noted}"


Watch = Callable[[str, Scenario, int, Options], Any]
"""Does what a point asks for with a scenario and a seed: a function of a module, as it may travel."""


@dataclass(frozen=True)
class WatchedReading:
    """Has `watch` do the run of a point itself, step by step or in several worlds; what it notes alone is kept.

    `version` names the text of what it measures: other measures, another reading.
    """

    watch: Watch
    version: str = ""

    @property
    def name(self) -> str:
        """Says what is kept; readings of the same name keep the same."""
        return f"{_name_of(self.watch)} {self.version}"


def _name_of(observe: Observe | Watch) -> str:
    return getattr(observe, "__qualname__", None) or repr(observe)


RunReading = WholeReading | NotedReading | WatchedReading


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
    reading: RunReading | None = None


Observer = Callable[[Task, Records | Exception], None]
"""Looks at what became of every run that is done in this process: all it remembers, or why it failed."""


@dataclass(frozen=True)
class TaskBatch:
    """Some runs that travel together, with the scenarios they need; who looks at them does not travel.

    `own`: classes and metrics that other processes cannot import (`sim.runs.own_code.packed`).
    """

    tasks: tuple[Task, ...]
    variants: Mapping[str, Scenario]
    settings: TaskSettings
    rules: str
    observer: Observer | None = None
    own: bytes = b""


@dataclass(frozen=True)
class TaskResult:
    """What became of a run: its numbers, or why it failed; `kept` is what else was kept of it beside them."""

    task: Task
    status: str
    reason: str
    outcomes: Outcomes | None
    seconds: float
    kept: Any = None


BatchMaker = Callable[[Sequence[Task]], TaskBatch]
"""Puts some tasks together with the scenarios and settings they need."""
Pool = Callable[[Iterator[Task], BatchMaker, int], Generator[list[TaskResult], None, None]]
"""Takes tasks, what makes batches of them, and how many tasks there are at most; gives back results, in any order."""


class OtherRulesError(Exception):
    """A worker has other rules than the one who sends the work."""


def run_batch(batch: TaskBatch) -> list[TaskResult]:
    """Do the runs of a batch one after the other; one that fails does not stop the others."""
    if batch.rules != rules_version():
        raise OtherRulesError(f"its rules are {rules_version()}, those of this process are {batch.rules}")
    known = unpacked(batch.own)
    try:
        return [_run_task(task, batch) for task in batch.tasks]
    finally:
        del known


def _run_task(task: Task, batch: TaskBatch) -> TaskResult:
    began, reading = time.perf_counter(), batch.settings.reading
    try:
        if isinstance(reading, WatchedReading):
            kept = reading.watch(task.point, batch.variants[task.point], task.seed, _options(batch.settings))
            return TaskResult(task, DONE, "", {}, time.perf_counter() - began, kept)
        records, outcomes, kept = read_run(batch.variants[task.point], task.seed, batch.settings)
    except (Exception, SystemExit) as error:  # one failing run must not lose the rest
        if batch.observer is not None and isinstance(error, Exception):
            batch.observer(task, error)
        return TaskResult(task, FAILED, in_words(error), None, time.perf_counter() - began)
    if batch.observer is not None:
        batch.observer(task, records)
    return TaskResult(task, DONE, "", outcomes, time.perf_counter() - began, kept)


def read_run(variant: Scenario, seed: int, settings: TaskSettings) -> tuple[Records, Outcomes, Any]:
    """Do a run and read off what is asked for: its records, its outcomes, and what else is kept of it.

    People that several runs have in common are drawn once, and purchases nobody reads are not kept: neither changes a
    number.
    """
    reading = settings.reading
    needed = 0 if reading is not None else purchases_needed_from(variant, settings.outcomes, settings.year)
    records = whole_run(variant, seed, _options(settings, needed))
    if reading is None or isinstance(reading, WatchedReading):
        return records, outcomes_of(records, settings.outcomes, settings.year), None
    return records, *reading(records, settings.outcomes, settings.year)


def _options(settings: TaskSettings, keeps_from: int = 0) -> Options:
    executor = settings.executor if HAS_NUMBA or settings.executor != "numba" else "auto"
    return Options(executor=executor, threads=settings.threads, shares_people=True,  # type: ignore[arg-type]
                   keeps_from=keeps_from)
