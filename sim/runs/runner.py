"""The one runner: takes the pending runs of an experiment out of its store, has them done, and writes them down."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from sim.market.compiling import ready_executor
from sim.runs import store_file
from sim.runs.identity import rules_version
from sim.runs.plan import Experiment
from sim.runs.pools import crew
from sim.runs.results import Results
from sim.runs.store import RunStore, opened
from sim.runs.task import FAILED, Batch, Job, Order, Witness
from sim.scenario.calendar import PERIODS_PER_YEAR
from sim.scenario.schema import Scenario
from sim.scenario.source import Source
from sim.studies.study import Progress

Until = Callable[[Results], bool]


@dataclass(frozen=True)
class How:
    """Where runs are kept, who does them, and who looks at them if that is here; none of it changes a number."""

    store: Path | None = None
    workers: int | None = None
    scheduler: str | None = None
    retry_failed: bool = False
    witness: Witness | None = None

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise ValueError(f"At least one worker is needed, not {self.workers}.")
        if self.workers is not None and self.scheduler is not None:
            raise ValueError("Give either workers on this machine or the address of a scheduler, not both.")

    @property
    def apart(self) -> bool:
        """Whether other processes do the runs."""
        return self.workers is not None or self.scheduler is not None


def do_all(experiment: Experiment, how: How, progress: Progress | None, until: Until | None) -> Results:
    """Do what is pending, in replication-major order (see `sim.runs.plan.conduct`)."""
    note = ""
    with opened(how.store, experiment) as store:
        work = _Work(store, how, progress, until)
        try:
            work.go()
        except KeyboardInterrupt:
            note = f"Stopped after {store.settled()} of {work.total} runs; "
        results = _results(store, how.store, work.replications)
        results.found_done = work.found_done
    if note:
        results.stopped = True
        results.note = f"{note}{results.n} replicate{'s are' if results.n != 1 else ' is'} complete."
    elif failed := results.counts[FAILED]:
        results.note = f"{failed} of {sum(results.counts.values())} runs failed."
    return results


def _results(store: RunStore, path: Path | None, replications: int) -> Results:
    """Results that read the file anew each time, or hold the store in memory as long as they live."""
    layout = store.experiment.layout.first(replications)
    if path is not None:
        return Results(layout, lambda: store_file.reading(path), lambda: store.experiment)
    connection: sqlite3.Connection = store.connection
    results = Results(layout, lambda: nullcontext(connection), lambda: store.experiment)
    weakref.finalize(results, connection.close)
    return results


class _Work:
    """One way through an experiment: plan, do, write down, until all is done or enough is known."""

    def __init__(self, store: RunStore, how: How, progress: Progress | None, until: Until | None) -> None:
        self.store, self.how, self.progress, self.until = store, how, progress, until
        self.experiment = store.experiment
        self.replications = self.experiment.replications
        self.total = self.replications * len(self.experiment.points)
        self.before = store.last_number()
        self.planned = self.looked_at = self.found_done = 0

    def go(self) -> None:
        """Do what is to be done."""
        if self.how.retry_failed:
            self.store.retry_failed()
        if self.until is None:
            self._plan(self.replications)
        settled = self.found_done = self.store.settled()
        if not self._enough():
            jobs = self._jobs()
            first = next(jobs, None)
            if first is not None:
                self._tell(settled, self._words(first))
                self._do(chain([first], jobs), settled)
        self._tell(self.total, "done")

    def _do(self, jobs: Iterator[Job], settled: int) -> None:
        order, witness = self._order(), None if self.how.apart else self.how.witness

        def pack(some: Sequence[Job]) -> Batch:
            worlds = {job.point: self.experiment.worlds[job.point] for job in some}
            if self.how.apart:
                worlds = {name: _slim(world) for name, world in worlds.items()}
            return Batch(tuple(some), worlds, order, rules_version(), witness)

        most = self.total - settled
        with crew(self.how.workers, self.how.scheduler) as hands, closing(hands(jobs, pack, most)) as arriving:
            for done in arriving:
                settled += self.store.record(done)
                self._tell(settled, self._words(done[-1].job))
                if self._enough():
                    return

    def _words(self, job: Job) -> str:
        return f"{job.point}, run {job.replicate + 1} of {self.experiment.replications}"

    def _plan(self, replications: int) -> None:
        self.store.plan(range(self.planned, replications))
        self.planned = replications

    def _jobs(self) -> Iterator[Job]:
        """Pending runs in order; where it is open how many are needed, one replicate after the other is planned."""
        last = None
        while True:
            page = self.store.pending(last)
            if page:
                last = page[-1]
                yield from page
            elif self.planned < self.experiment.replications:
                self._plan(self.planned + 1)
            else:
                return

    def _enough(self) -> bool:
        """Whether `until` is content with the replicates up to some one; asked for each in order, so that it does not
        matter who was how fast. What was done beyond that one is forgotten."""
        while self.until is not None and self.store.is_settled(self.looked_at):
            self.looked_at += 1
            layout = self.experiment.layout.first(self.looked_at)
            so_far = Results(layout, lambda: nullcontext(self.store.connection), lambda: self.experiment)
            if self.until(so_far):
                self.replications = self.looked_at
                self.store.forget_after(self.looked_at - 1, self.before)
                return True
            if self.looked_at >= self.experiment.replications:
                return False
        return False

    def _order(self) -> Order:
        """How the runs are done: compiled where that pays for all of them together; one thread for a worker."""
        market, clock = self.experiment.scenario.market, self.experiment.scenario.clock
        periods = (clock.years + clock.warm_up_years) * float(PERIODS_PER_YEAR[clock.period])
        left = self.total - self.store.settled()
        executor = ready_executor(left * market.customers * periods, background=not self.how.apart)
        threads = 1 if self.how.apart else None
        return Order(executor, threads, self.experiment.outcomes, self.experiment.end, self.experiment.reading)

    def _tell(self, settled: int, what: str) -> None:
        if self.progress is not None:
            self.progress(min(settled, self.total), self.total, what)


def _slim(world: Scenario) -> Scenario:
    """The scenario without the memory of its files: half as much to send."""
    source = world.source
    return world.from_source(Source(name=source.name, folder=source.folder, what_if=source.what_if))
