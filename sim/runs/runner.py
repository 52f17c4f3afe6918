"""The one runner: takes the pending runs of a plan out of its store, has them done, and writes them down."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from itertools import chain

from sim.market.compiling import ready_executor, will_compile
from sim.market.need import fitting
from sim.numerics.elementary import HAS_NUMBA
from sim.runs.ahead import Work, look_ahead, tried
from sim.runs.execution import Execution
from sim.runs.manifest import rules_version, words_of
from sim.runs.own_code import packed
from sim.runs.plan import RunPlan
from sim.runs.pools import pool
from sim.runs.results import Results
from sim.runs.store import FileStore, MemoryStore
from sim.runs.stored_plan import opened
from sim.runs.task import FAILED, Observer, Task, TaskBatch, TaskSettings
from sim.scenario.schema import Scenario, Source

Until = Callable[[Results], bool]
Store = MemoryStore | FileStore


def conduct(
    plan: RunPlan, execution: Execution | None = None, until: Until | None = None, observer: Observer | None = None
) -> Results:
    """Do the runs of a plan in replication-major order. A run that fails is a row with its reason; the others go on.

    Runs that are in the store of the `execution` are never done again (failed ones only with `retry_failed`), so the
    same call goes on where it was stopped. The numbers are the same bits whoever does the runs. `until` is asked after
    every replicate with the results up to it, and ends the study when it says so. `observer` is shown what every run
    remembers, where it is done in this process. Ctrl-C gives what is done. Rows of the store that are damaged are named
    in a warning, and run again.

    Raises:
        ValueError: the store holds another study, or something else, or somebody is writing into it.
        OSError: the store cannot be written, or the scheduler cannot be reached.
        ImportError: workers are asked for and the extra `distributed` is not installed.
    """
    how, note = execution or Execution(), ""
    with _store_of(plan, how) as store:
        if store.taken_out.runs:
            warnings.warn(f"{how.store}: {store.taken_out.sentence} What this study needs of them is run again.",
                          stacklevel=2)
        work = _Work(store, how, until, observer)
        try:
            work.go()
        except KeyboardInterrupt:
            note = f"Stopped after {store.settled()} of {work.total} runs; "
    results = Results(plan.layout.first(work.replications), store.reader(), lambda: plan)
    results.found_done, results.damage = work.found_done, store.taken_out
    if note:
        results.stopped = True
        results.note = f"{note}{results.n} replicate{'s are' if results.n != 1 else ' is'} complete."
    elif failed := results.counts[FAILED]:
        reason = results.failed[0].reason.rstrip(".")
        results.note = f"{failed} of {sum(results.counts.values())} runs failed; the first: {reason}."
    return results


def _store_of(plan: RunPlan, execution: Execution) -> AbstractContextManager[Store]:
    if execution.store is None:
        return nullcontext(MemoryStore(plan))
    return opened(execution.store, plan, execution.retry_failed)


class _Work:
    """One way through a plan: prepare, do, write down, until all is done or enough is known."""

    def __init__(self, store: Store, execution: Execution, until: Until | None, observer: Observer | None) -> None:
        self.store, self.execution, self.until, self.observer = store, execution, until, observer
        self.plan = store.plan
        self.replications = self.plan.replications
        self.total = self.replications * len(self.plan.points)
        self.planned = self.looked_at = self.found_done = 0

    def go(self) -> None:
        """Do what is to be done."""
        if self.until is None:
            self._prepare(self.replications)
        settled = self.found_done = self.store.settled()
        if not self._enough():
            tasks = self._tasks()
            first = next(tasks, None)
            if first is not None:
                self._report(settled, first)
                self._look_ahead(settled, first)
                self._do(chain([first], tasks), settled)
        self._report(self.total)

    def _look_ahead(self, settled: int, first: Task) -> None:
        """Say what the runs need before they are begun; those of a study, where these are a step of it."""
        planned = self.execution.planned
        if planned == 0:
            return
        runs = (self.total if planned is None else planned) - settled
        at_once = min(runs, fitting(self.plan.scenario, self.execution.at_once))
        work = Work(runs, runs * self._size(), at_once, self.until is not None)

        def trial() -> float:
            here = 1 if self.execution.is_distributed else at_once
            return tried(self._batch([first], self._settings(settled)), here) * here / at_once

        look_ahead(self.plan.variants[first.point], work, trial)

    def _batch(self, some: Sequence[Task], settings: TaskSettings) -> TaskBatch:
        variants = {task.point: self.plan.variants[task.point] for task in some}
        if not self.execution.is_distributed:
            return TaskBatch(tuple(some), variants, settings, rules_version(), self.observer)
        own = packed(lambda: set().union(*map(words_of, variants.values())))
        variants = {name: _without_files(variant) for name, variant in variants.items()}
        return TaskBatch(tuple(some), variants, settings, rules_version(), own=own)

    def _do(self, tasks: Iterator[Task], settled: int) -> None:
        if self.execution.progress is not None and will_compile(self._work(settled)):
            self.execution.progress(settled, self.total, "compiling the rules, once: half a minute")
        settings = self._settings(settled)
        compiled = settings.executor == "numba" and HAS_NUMBA
        threads = fitting(self.plan.scenario, self.execution.threads) if compiled else 1
        with pool(self.execution, threads) as workers, closing(
                workers(tasks, lambda some: self._batch(some, settings), self.total - settled)) as arriving:
            for results in arriving:
                settled += self.store.record(results)
                self._report(settled, results[-1].task)
                if self._enough():
                    return

    def _prepare(self, replications: int) -> None:
        self.store.prepare(range(self.planned, replications))
        self.planned = replications

    def _tasks(self) -> Iterator[Task]:
        """Pending runs in order; where it is open how many are needed, one replicate after the other is prepared."""
        last = None
        while True:
            page = self.store.pending(last)
            if page:
                last = page[-1]
                yield from page
            elif self.planned < self.plan.replications:
                self._prepare(self.planned + 1)
            else:
                return

    def _enough(self) -> bool:
        """Whether `until` is content with the replicates up to some one; asked for each in order, so that it does not
        matter who was how fast. What was done beyond that one is forgotten."""
        while self.until is not None and self.looked_at < self.plan.replications:
            if self.store.settled(range(self.looked_at, self.looked_at + 1)) < len(self.plan.points):
                return False
            self.looked_at += 1
            if self.until(Results(self.plan.layout.first(self.looked_at), self.store, lambda: self.plan)):
                self.replications = self.looked_at
                self.store.forget_after(self.looked_at - 1)
                return True
        return False

    def _settings(self, settled: int) -> TaskSettings:
        """How the runs are done: compiled where that pays for all of them together, and those that are planned."""
        left = self.total - settled
        executor = ready_executor(self._work(settled), background=not self.execution.is_distributed)
        one_each = self.execution.is_distributed or (executor == "numba" and self.execution.threads > 1 and left > 1)
        return TaskSettings(executor, 1 if one_each else None, self.plan.outcomes, self.plan.end, self.plan.reading)

    def _work(self, settled: int) -> float:
        """Customer-periods that are to be done, or planned."""
        return max(self.total - settled, self.execution.planned or 0) * self._size()

    def _size(self) -> float:
        """Customer-periods of a run, on average over the points."""
        return sum(facts.size for facts in self.plan.facts.values()) / len(self.plan.facts)

    def _report(self, settled: int, task: Task | None = None) -> None:
        if self.execution.progress is not None:
            what = "done" if task is None else f"{task.point}, run {task.replicate + 1} of {self.plan.replications}"
            self.execution.progress(min(settled, self.total), self.total, what)


def _without_files(variant: Scenario) -> Scenario:
    """The scenario without the memory of its files: half as much to send."""
    source = variant.source
    return variant.from_source(Source(name=source.name, folder=source.folder, what_if=source.what_if))
