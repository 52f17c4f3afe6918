"""What many runs of a few variants gave: a plan, its results, and what the last complete replicate remembers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from sim.records.records import Records
from sim.runs.execution import Execution
from sim.runs.plan import FixedPoint, RunPlan
from sim.runs.results import ResultRow, Results
from sim.runs.runner import conduct
from sim.runs.summary import Summary, metric_units
from sim.runs.task import FAILED, PENDING, Observe, Task, WholeReading
from sim.scenario.schema import Scenario
from sim.statistics.intervals import Floats
from sim.studies.last_runs import LastRuns
from sim.studies.study_tables import CustomersChanged, customers_changed_in, over_time_table, runs_table
from sim.text.words import suggestion

if TYPE_CHECKING:
    import pandas as pd


def plan_of(
    variants: Mapping[str, Scenario], replications: int, seed: int, until: float | None = None,
    observe: Observe | None = None,
) -> RunPlan:
    """The plan of a study: a point for every variant, every metric an outcome at `until` (the end of the shortest).

    Of every run a summary is kept: at `until`, at the dates that expectations name, and over time; and what `observe`
    notes of it.

    Raises:
        ValueError: a number is out of range.
    """
    longest = min(variant.clock.years for variant in variants.values())
    if until is not None and not 0 < until <= longest:
        raise ValueError(f"`until` must be above 0 and at most {longest:g} years, not {until:g}.")
    end = float(longest if until is None else until)
    named = [claim.year for variant in variants.values() for claim in variant.expect if claim.year is not None]
    dates = tuple(sorted({end, *(float(year) for year in named if year <= end)}))
    points = tuple(FixedPoint(name, {}, variant.source.what_if, variant) for name, variant in variants.items())
    first = next(iter(variants.values()))
    return RunPlan(first, points, replications, seed, tuple(metric_units()), end, WholeReading(dates, observe))


class Study:
    """Variants run with common random numbers: `plan`, `results`, `variants` by name, and `last`, the last runs."""

    def __init__(self, plan: RunPlan, results: Results, last: LastRuns | None = None, note: str = "") -> None:
        self.plan, self.results = plan, results
        self.variants: dict[str, Scenario] = {point.name: plan.variants[point.name] for point in plan.points}
        self.note = note or results.note
        self.last = LastRuns(plan) if last is None else last
        self.last.complete = self.complete

    @classmethod
    def conducted(
        cls, plan: RunPlan, execution: Execution | None = None, enough: Callable[[Self], bool] | None = None
    ) -> Self:
        """Do the runs of a plan; `enough` is asked after every replicate and ends the study when it says so.

        Ctrl-C ends it with what is done, and `note` says so.

        Raises:
            ValueError: the store holds another study, or somebody is writing into it.
            OSError: the store cannot be written, or the scheduler cannot be reached.
            ImportError: workers are asked for and the extra `distributed` is not installed.
            Exception: the first failure, when not a single run went well.
        """
        last, errors = LastRuns(plan), []

        def observer(task: Task, found: Records | Exception) -> None:
            if isinstance(found, Exception):
                errors.append(found)
            else:
                last.keep(task, found)

        until = None if enough is None else lambda so_far: enough(cls(plan, so_far, LastRuns(plan)))
        results = conduct(plan, execution, until, observer)
        study = cls(plan, results, last)
        rows = study.rows
        if rows and all(row.status == FAILED for row in rows):
            raise errors[0] if errors else RuntimeError(f"no run went well; the first failed with {rows[0].reason}")
        return study

    @property
    def stopped(self) -> bool:
        """Whether Ctrl-C ended it."""
        return self.results.stopped

    @property
    def replications(self) -> int:
        """How many replicates were asked for (or, where it was open how many, were needed)."""
        return self.results.layout.replications

    @property
    def seed(self) -> int:
        """Seed of the first replicate."""
        return self.plan.seed

    @cached_property
    def rows(self) -> list[ResultRow]:
        """What became of every run that was done."""
        return [row for row in self.results.rows if row.status != PENDING]

    @cached_property
    def _kept(self) -> dict[tuple[str, int], Any]:
        return self.results.kept()

    @cached_property
    def summaries(self) -> dict[tuple[str, int], Summary]:
        """The summary of every run, by variant and replicate."""
        return {key: one.summary for key, one in self._kept.items()}

    @cached_property
    def observed(self) -> dict[tuple[str, int], Any]:
        """What was noted of every run, by variant and replicate."""
        return {key: one.noted for key, one in self._kept.items()}

    @property
    def worlds(self) -> dict[str, Scenario]:
        """The same as `variants`."""
        return self.variants

    @property
    def base(self) -> str:
        """The first variant: what the others are compared with."""
        return next(iter(self.variants))

    @property
    def scenario(self) -> Scenario:
        """The scenario of the first variant."""
        return self.variants[self.base]

    @property
    def firms(self) -> tuple[str, ...]:
        """Names of all firms of all variants, in order of appearance."""
        return tuple(dict.fromkeys(firm for variant in self.variants.values() for firm in variant.firms))

    @property
    def end(self) -> float:
        """The date at which the runs are compared: `until`, or the end of the shortest variant."""
        return self.plan.end

    @property
    def complete(self) -> list[int]:
        """Replicates that went well in every variant."""
        return self.results.complete

    @property
    def n(self) -> int:
        """How many replicates went well in every variant."""
        return len(self.complete)

    def values(self, world: str, metric: str, firm: str, year: float | None = None) -> Floats:
        """A metric of a firm in a variant at a date, one number per complete replicate.

        Raises:
            ValueError: there is no such metric, or its date was not asked for.
        """
        when = self.end if year is None else float(year)
        _check_kept(metric, when, self.dates)
        if when == self.end and metric in self.results.layout.outcomes:
            return self.results.values(world, metric, firm)
        return np.array([self._kept[(world, k)].summary.value(metric, firm, when) for k in self.complete])

    @cached_property
    def dates(self) -> tuple[float, ...]:
        """Dates at which summaries were taken: the end, and those named by expectations."""
        for one in self._kept.values():
            return tuple(sorted({year for year, _ in one.summary.values}))
        return (self.end,)

    @property
    def customers_changed(self) -> dict[str, CustomersChanged]:
        """By variant: who ended differently than in the first one, in the last complete replicate.

        Variants with other people are left out.
        """
        return customers_changed_in(self.last, self.base)

    @property
    def runs(self) -> pd.DataFrame:
        """One row per run and firm: world, replicate, seed, status, reason, firm, and every metric at the end."""
        return runs_table(self.rows, self.summaries, self.end)

    def over_time(self, metric: str, confidence: float = 0.95) -> pd.DataFrame:
        """A metric over time: world, firm, year, mean, low, high (t interval over runs), n. For pictures.

        Raises:
            ValueError: the metric is not kept over time.
        """
        found = {name: [self.summaries[(name, k)] for k in self.complete] for name in self.variants}
        return over_time_table(found, metric, self.end, confidence)


def _check_kept(metric: str, year: float, dates: tuple[float, ...]) -> None:
    if metric not in metric_units():
        raise ValueError(f"There is no metric {metric!r}; {suggestion(metric, list(metric_units()))}")
    if year not in dates:
        raise ValueError(f"Year {year:g} was not kept; kept are {', '.join(f'{date:g}' for date in dates)}.")
