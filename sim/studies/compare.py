"""Paired comparison: the same people and common random numbers in every variant, so differences vary little."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from sim.metrics.registry import metric_in_words
from sim.runs.execute import ScenarioLike, prepared
from sim.runs.execution import Execution, ExecutionOptions
from sim.runs.plan import AS_WRITTEN
from sim.runs.summary import EQUITY, metric_units
from sim.scenario.load import with_what_ifs
from sim.scenario.schema import Scenario
from sim.studies.answer_table import OF_ROW, Field
from sim.studies.differences import chosen_metrics, told_without_number
from sim.studies.expectations import Verdict, check_expectations
from sim.studies.keywords import check_keywords
from sim.studies.precision import Precision
from sim.studies.study import StudyAnswer, plan_of
from sim.text.language import marked, tr
from sim.text.words import counted, name_or_words, suggestion
from sim.valuation.decomposition import Measure, value_factors

if TYPE_CHECKING:
    import pandas as pd


class Comparison(StudyAnswer):
    """Variants compared run by run. `table()` for numbers, `explain()` for words, `plot()`; `runs` for every run."""

    kind = "comparison"
    incomplete = marked("no replicate is complete in two variants")
    columns = (
        Field("metric", form="metric"), Field("firm"), Field("world_b", "variant"),
        Field("mean_b", "mean", "amount", OF_ROW),
        *StudyAnswer.shown_difference,
    )

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.variants)}: {self.n} of {self.replications} replicates>"

    def table(self, metrics: Iterable[str] | str | None = None, year: float | None = None) -> pd.DataFrame:
        """Every variant against the first, per metric and firm; one row each.

        Columns: metric, unit, firm, world_a, world_b, mean_a, mean_b, difference (b − a), low, high (95 % t interval of
        the paired difference), n (runs), without_number (runs that gave none), bootstrap_low, bootstrap_high,
        variance_ratio (independent over paired), correlation, won_by_b (runs in which b is larger), probability_b (that
        it is larger; ties count half), probability_b_low, probability_b_high (Wilson), verdict. Each interval stands
        for itself: of many comparisons (`attrs["comparisons"]`), one in twenty misses. `metrics`: names or metrics,
        "all", or left out for the headline and the standard ones.

        Raises:
            ValueError: there is no such metric, or its date was not kept.
        """
        import pandas as pd

        rows, chosen = [], chosen_metrics(metrics, self.scenario)
        for metric, firm, variant in product(chosen, self.firms, tuple(self.variants)[1:]):
            cells = self.difference(metric, (self.base, firm), (variant, firm), year)
            rows.append({"metric": metric, "unit": metric_units()[metric], "firm": firm, "world_a": self.base,
                         "world_b": variant, **cells})
        table = pd.DataFrame(rows)
        table.attrs |= {"currency": self.scenario.money.currency, "comparisons": len(table)}
        return table

    def forest(
        self, metrics: Iterable[str] | str | None = None, firm: str | None = None, world: str | None = None
    ) -> pd.DataFrame:
        """The table of the picture: the headline metrics (or others) of one firm in one variant, against the first.

        Firm and variant are those in which customer equity changes most, unless named.

        Raises:
            ValueError: there is no such metric, firm or world.
        """
        for what, name, there in (("firm", firm, self.firms), ("world", world, tuple(self.variants)[1:])):
            if name is not None and name not in there:
                raise ValueError(f"There is no {what} {name!r} to compare; {suggestion(name, there)}")
        table = self.table(metrics)
        if not self.n:
            return table.iloc[:0]
        if firm is None or world is None:
            row = self._largest(EQUITY, firm, world) or table.iloc[0].to_dict()
            firm, world = str(row["firm"]), str(row["world_b"])
        chosen = table[(table["firm"] == firm) & (table["world_b"] == world)]
        return chosen.reset_index(drop=True)

    def _largest(self, metric: str, firm: str | None = None, world: str | None = None) -> dict[str, Any] | None:
        """The row of a metric with the largest change, of a firm and a variant where they are named."""
        rows: list[dict[str, Any]] = [
            row for row in self.table([metric]).to_dict("records") if row["n"]  # type: ignore[misc]
            and firm in (None, row["firm"]) and world in (None, row["world_b"])
        ] if self.n else []
        return max(rows, key=lambda one: abs(one["difference"]), default=None)

    @property
    def verdicts(self) -> list[Verdict]:
        """What became of the expectations that were written into the scenario."""
        return check_expectations(self)

    def break_even(
        self, firm: str | None = None, world_a: str | None = None, world_b: str | None = None,
        discount_rates: Iterable[float] | None = None,
    ) -> pd.DataFrame:
        """From when on `world_b` is ahead of `world_a` in discounted profit to date, for good, by discount rate.

        All firms unless one is named; `world_a` is the first variant and `world_b` the one after it unless named. See
        `sim.studies.decomposition.break_even_table` for the rule and the columns.

        Raises:
            ValueError: there is no such firm or world, a rate is out of range, or the variants run for different times.
        """
        from sim.studies.decomposition import break_even_table

        firms = self.firms if firm is None else (firm,)
        return break_even_table(self, firms, self._pair(world_a, world_b), discount_rates)

    def three_ways(
        self, firm: str | None = None, world_a: str | None = None, world_b: str | None = None,
        measure: Measure = "customer_equity",
    ) -> pd.DataFrame:
        """A difference taken apart: won sooner and cheaper (acquisition), worth more a year (yield), kept longer.

        The difference of `measure` (customer_equity at the end, or discounted_profit since the warm-up) between
        `world_b` and `world_a` (the second and the first variant unless named), for all firms unless one is named. See
        `sim.studies.decomposition.three_ways_table` for the columns.

        Raises:
            ValueError: there is no such firm, world or measure, or the runs kept no purchases.
        """
        from sim.studies.decomposition import three_ways_table

        firms = self.firms if firm is None else (firm,)
        return three_ways_table(self, firms, self._pair(world_a, world_b), measure)

    def _pair(self, world_a: str | None, world_b: str | None) -> tuple[str, str]:
        first = self.base if world_a is None else world_a
        others = [name for name in self.variants if name != first]
        return first, others[0] if world_b is None else world_b

    def explain(self, metric: str = EQUITY) -> str:
        """Two plain sentences: where the what-if changes the metric most, and how sure one can be."""
        row = self._largest(metric)
        if row is None:
            return (tr("Nothing can be said of {metric}: no run gives a number.", metric=metric_in_words(metric))
                    if self.n else tr("Nothing can be said: {why}.", why=tr(self.incomplete)))
        before, after, change = self.difference_in_words(row)
        changed = self.customers_changed.get(row["world_b"])
        count = len(self.firms) * (len(self.variants) - 1)
        return " ".join([
            tr("With {variant!r} the {metric} of {firm} is {after} instead of {before} ({change}, {runs}). Verdict: "
               "{verdict}.", variant=name_or_words(row["world_b"]), metric=metric_in_words(metric), firm=row["firm"],
               after=after, before=before, change=change, runs=counted(row["n"], "paired run"),
               verdict=tr(row["verdict"])) + told_without_number(row),
            *([] if changed is None else [tr("{changed} in the last run.", changed=changed)]),
            *([tr("It is the largest of {count} changes, each with an interval of its own.", count=count)]
              if count > 1 else [])])


def compare(
    scenario: ScenarioLike | Sequence[ScenarioLike],
    replications: int | None = None,
    *,
    seed: int | None = None,
    what_if: str | Iterable[str] | None = None,
    overrides: Mapping[str, Any] | None = None,
    until: float | None = None,
    precision: Precision | float | None = None,
    **execution: Unpack[ExecutionOptions],
) -> Comparison:
    """Compare a scenario with its what-ifs, or several scenarios, in paired runs.

    Replicate k has the same seed in every variant: common random numbers and (unless `runs.world_seed` is given) the
    same newly drawn people. `replications` (20 unless given) counts replicates; `what_if` names the overlays wanted
    (all unless given); `until` is the year of the comparison (the end unless given). With a `precision` (a share, 0.01
    for 1 %, or a `Precision`) replicates follow until every interval is that narrow, at most as many as it allows;
    `replications` is then the number before the first look, at least 10. `execution` (see
    `ExecutionOptions`): `store`, `workers`, `scheduler`, `progress`; the numbers are the same bits whatever is chosen.

    Raises:
        ScenarioError: a scenario or a what-if is wrong.
        ValueError: there is nothing to compare, a number is out of range, or the store holds another study.
        OSError: the store cannot be written, or the scheduler cannot be reached.
        ImportError: workers are asked for and the extra `distributed` is not installed.
    """
    check_keywords(execution, ExecutionOptions, ("replications", "seed", "what_if", "overrides", "until", "precision"))
    many = not isinstance(scenario, str | Path | Mapping | Scenario)
    given: list[Any] = list(scenario) if many else [scenario]  # type: ignore[arg-type]
    loaded = [prepared(one, overrides) for one in given]
    variants = _several(loaded) if many else _with_overlays(loaded[0], what_if)
    if len(variants) < 2:
        raise ValueError("There is nothing to compare: the scenario has no what_if. Add one, or give two scenarios.")
    first = next(iter(variants.values())).runs.seed if seed is None else seed
    goal = precision if precision is None or isinstance(precision, Precision) else Precision(float(precision))
    if goal is not None and replications is not None:
        goal = replace(goal, least=max(replications, goal.least))
    number = goal.most if goal is not None else 20 if replications is None else replications
    plan = plan_of(variants, number, first, until, value_factors)
    study = Comparison.conducted(plan, Execution.of(execution), None if goal is None else goal.reached)
    if goal is not None and not study.stopped:
        study.note = " ".join(filter(None, (study.note, goal.sentence(study))))
    return study


def _with_overlays(scenario: Scenario, what_if: str | Iterable[str] | None) -> dict[str, Scenario]:
    names = scenario.what_if if what_if is None else [what_if] if isinstance(what_if, str) else what_if
    return {AS_WRITTEN: scenario, **with_what_ifs(scenario, names)}


def _several(scenarios: Sequence[Scenario]) -> dict[str, Scenario]:
    """Scenarios by name; a second one of the same name gets a number."""
    variants: dict[str, Scenario] = {}
    for scenario in scenarios:
        name = scenario.source.name or scenario.title or "scenario"
        again = sum(other == name or other.startswith(f"{name} (") for other in variants)
        variants[f"{name} ({again + 1})" if again else name] = scenario
    return variants
