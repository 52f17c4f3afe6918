"""What many runs of a few variants gave: a plan, its results, and what the last complete replicate remembers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from sim.metrics.registry import kept_over_time
from sim.records.records import Records
from sim.runs.execution import Execution
from sim.runs.manifest import rules_version
from sim.runs.plan import FixedPoint, RunPlan
from sim.runs.results import ResultRow, Results
from sim.runs.runner import conduct
from sim.runs.summary import Summary, metric_units
from sim.runs.task import FAILED, PENDING, Observe, Task, WholeReading
from sim.scenario.effective import scenario_hash
from sim.scenario.schema import Scenario
from sim.statistics.intervals import Floats, mean_interval
from sim.studies.answer import Answer
from sim.studies.answer_table import OF_ROW, VERDICT, Field
from sim.studies.differences import difference_cells, finite
from sim.studies.last_runs import CustomersChanged, LastRuns, customers_changed_in
from sim.text.language import marked, tr
from sim.text.numbers import amount, signed
from sim.text.words import suggestion

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Side = tuple[str, str]
"""A variant and a firm."""


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
    """Variants run with common random numbers: `plan`, `results`, and what a reader should know of them (`note`).

    `variants` (or `worlds`): the scenarios by name. The first is the `base`, with which the others are compared, and
    its scenario is `scenario`. `firms`: names of all firms of all variants, in order of appearance. `seed`: of the
    first replicate. `end`: the date at which runs are compared. `replications`: how many replicates were asked for (or
    needed); `complete`: those that went well in every variant; `n`: how many these are; `stopped`: whether Ctrl-C ended
    the study. `last`: the records of the last complete replicate, by variant.
    """

    def __init__(self, plan: RunPlan, results: Results, last: LastRuns | None = None, note: str = "") -> None:
        self.plan, self.results, self.note = plan, results, note or results.note
        self.variants: dict[str, Scenario] = {point.name: plan.variants[point.name] for point in plan.points}
        self.worlds = self.variants
        self.base, self.scenario = next(iter(self.variants.items()))
        self.firms = tuple(dict.fromkeys(firm for variant in self.variants.values() for firm in variant.firms))
        self.seed, self.end, self.replications = plan.seed, plan.end, results.layout.replications
        self.complete, self.stopped = results.complete, results.stopped
        self.n = len(self.complete)
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
        study = cls(plan, conduct(plan, execution, until, observer), last)
        rows = study.rows
        if rows and all(row.status == FAILED for row in rows):
            raise errors[0] if errors else RuntimeError(f"no run went well; the first failed with {rows[0].reason}")
        return study

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

    @cached_property
    def dates(self) -> tuple[float, ...]:
        """Dates at which summaries were taken: the end, and those named by expectations."""
        any_of_them = next(iter(self.summaries.values()), None)
        return (self.end,) if any_of_them is None else tuple(sorted({year for year, _ in any_of_them.values}))

    def values(self, world: str, metric: str, firm: str, year: float | None = None) -> Floats:
        """A metric of a firm in a variant at a date, one number per complete replicate.

        Raises:
            ValueError: there is no such metric, or its date was not asked for.
        """
        when = self.end if year is None else float(year)
        if metric not in metric_units():
            raise ValueError(f"There is no metric {metric!r}; {suggestion(metric, list(metric_units()))}")
        if when not in self.dates:
            raise ValueError(f"Year {when:g} was not kept; kept are {', '.join(f'{date:g}' for date in self.dates)}.")
        if when == self.end and metric in self.results.layout.outcomes:
            return self.results.values(world, metric, firm)
        return np.array([self.summaries[(world, k)].value(metric, firm, when) for k in self.complete])

    def check_names(self, firms: Iterable[str] = (), worlds: Iterable[str] = ()) -> None:
        """Refuse firms and variants that there are not.

        Raises:
            ValueError: there is no such firm or variant.
        """
        for what, names, there in (("firm", firms, self.firms), ("world", worlds, self.worlds)):
            for name in names:
                if name not in there:
                    raise ValueError(f"There is no {what} {name!r}; the {what}s are {', '.join(there)}.")

    @property
    def customers_changed(self) -> dict[str, CustomersChanged]:
        """By variant with the same people: who ended differently than in the first, in the last complete replicate."""
        return customers_changed_in(self.last, self.base)

    @property
    def runs(self) -> pd.DataFrame:
        """One row per run and firm: world, replicate, seed, status, reason, firm, and every metric at the end."""
        import pandas as pd

        cells: list[dict[str, Any]] = []
        for row in self.rows:
            about = {"world": row.point, "replicate": row.replicate, "seed": row.seed, "status": row.status,
                     "reason": row.reason}
            summary = self.summaries.get((row.point, row.replicate))
            if summary is None:
                cells.append({**about, "firm": None})
                continue
            cells += [{**about, "firm": firm, **{metric: summary.value(metric, firm, self.end)
                                                 for metric in metric_units()}} for firm in summary.firms]
        return pd.DataFrame(cells)

    def over_time(self, metric: str, confidence: float = 0.95) -> pd.DataFrame:
        """A metric over time: world, firm, year, mean, low, high (t interval over runs), n. For pictures.

        Raises:
            ValueError: the metric is not kept over time.
        """
        import pandas as pd

        if metric not in kept_over_time():
            raise ValueError(f"{metric!r} is not kept over time; kept are {', '.join(kept_over_time())}.")
        parts = []
        for world, variant in self.variants.items() if self.n else ():
            for firm in variant.firms:
                dates, runs = self.series(world, metric, firm)
                cells = pd.DataFrame([vars(mean_interval(column, confidence)) for column in runs.T])
                parts.append(pd.DataFrame({
                    "world": world, "firm": firm, "year": dates, "mean": cells["value"], "low": cells["low"],
                    "high": cells["high"], "n": self.n}))
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    def series(self, world: str, metric: str, firm: str) -> tuple[Floats, Floats]:
        """A metric of a firm in a variant over time up to the end: dates [T], and every complete replicate [R, T]."""
        found = [self.summaries[(world, k)] for k in self.complete]
        dates = found[0].dates
        counted = dates <= self.end + 1e-9
        return dates[counted], np.stack([one.series[metric][counted, one.firms.index(firm)] for one in found])


class StudyAnswer(Study, Answer):
    """A study with `table`, `plot`, `save` and `explain`."""

    picture = "difference_forest"
    shown_difference = (Field("difference", "difference (95 % interval)", "interval", OF_ROW), VERDICT)
    """The last columns on a terminal."""
    incomplete = marked("no run is complete")

    @cached_property
    def _differences(self) -> dict[tuple[str, Side, Side, float], dict[str, Any]]:
        return {}

    def difference(self, metric: str, a: Side, b: Side, year: float | None = None) -> dict[str, Any]:
        """The paired difference b − a of two sides (variant, firm): see `difference_cells`; computed once.

        Raises:
            ValueError: there is no such metric, variant or firm, its date was not kept, or a number is infinite.
        """
        key = (metric, a, b, self.end if year is None else float(year))
        if key not in self._differences:
            seeds = [self.seed + k for k in self.complete]
            self._differences[key] = difference_cells(*(
                finite(self.values(variant, metric, firm, year), f"{metric} of {firm} in {variant!r}", seeds)
                for variant, firm in (a, b)))
        return dict(self._differences[key])

    def difference_in_words(self, row: Mapping[Any, Any]) -> tuple[str, str, str]:
        """Of a row of the table: both means, and the change between them with its interval."""
        unit = str(row["unit"])
        a, b = (amount(row[key], unit, self.scenario.money.currency) for key in ("mean_a", "mean_b"))
        change, low, high = (signed(row[key], unit) for key in ("difference", "low", "high"))
        return a, b, tr("{change}; 95 % interval {low} to {high}", change=change, low=low, high=high) \
            if row["n"] > 1 else change

    @abstractmethod
    def table(self, metrics: Iterable[str] | str | None = None) -> pd.DataFrame:
        """One row per metric and comparison; the headline metrics unless others are named, or "all"."""

    @abstractmethod
    def forest(self, metrics: Iterable[str] | str | None = None) -> pd.DataFrame:
        """Paired differences with their intervals, as the picture `difference_forest` draws them."""

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file: every metric, and every run."""
        return {self.kind: self.table("all"), "runs": self.runs}

    def picture_table(self, **chosen: Any) -> pd.DataFrame:
        """The table of the picture; what is `chosen` as in `forest`."""
        return self.forest(**chosen)

    def plot(self, ax: Axes | None = None, **chosen: Any) -> Axes:
        """Draw differences with their intervals, of what is `chosen` as in `forest` (`metrics=`, …).

        Raises:
            ValueError: there is nothing of that name, or nothing to draw.
        """
        from sim import figures

        table = self.picture_table(**chosen)
        if table.empty:
            raise ValueError(f"There is nothing to draw: {self.incomplete}.")
        table.attrs["changed"] = self.changed
        return figures.find(self.picture)(table, ax)

    def times(self) -> dict[str, Any]:
        """The seconds that every run took, by variant and seed: they differ from one time to the next."""
        seconds: dict[str, dict[str, float]] = {}
        for row in self.rows:
            seconds.setdefault(row.point, {})[str(row.seed)] = round(row.seconds, 3)
        return {"seconds_of_runs": seconds}

    def settings(self) -> dict[str, Any]:
        """How it was found: enough to do it again."""
        return {
            "design": self.kind, "scenario": self.scenario.source.name, "replications": self.n,
            "asked_replications": self.replications, "seed": self.seed, "year": self.end,
            "worlds": {
                name: {"scenario": variant.source.name, "what_if": variant.source.what_if,
                       "overrides": dict(variant.source.overrides), "scenario_hash": scenario_hash(variant)}
                for name, variant in self.variants.items()
            },
            "rules": rules_version(), "runs": len(self.rows), "note": self.note,
        }
