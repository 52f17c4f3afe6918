"""One scenario over many runs: its firms side by side, who is ahead, and from when on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Unpack

from sim.metrics.registry import metric_in_words
from sim.runs.execute import ScenarioLike, prepared
from sim.runs.execution import Execution, ExecutionOptions
from sim.runs.plan import AS_WRITTEN, RunPlan
from sim.runs.results import Results
from sim.runs.summary import EQUITY, metric_units
from sim.statistics.intervals import mean_interval
from sim.statistics.overtaking import Overtaking, overtaking_date
from sim.studies.answer_table import OF_ROW, Field
from sim.studies.best_other import best_others
from sim.studies.differences import chosen_metrics, means, told_without_number
from sim.studies.expectations import Verdict, check_expectations
from sim.studies.keywords import check_keywords
from sim.studies.last_runs import LastRuns
from sim.studies.study import StudyAnswer, plan_of
from sim.text.language import tr
from sim.text.numbers import amount, written
from sim.text.words import counted

if TYPE_CHECKING:
    import pandas as pd

    from sim.runs.run import Run

LEAD = "cumulative_discounted_profit_money"
Pair = tuple[str, str]


class Replication(StudyAnswer):
    """The runs of one scenario. `table()` sets two firms side by side, `overtaking()` says from when on."""

    kind = "replication"
    columns = (
        Field("metric", form="metric"), Field("mean_a", "{firm_a}", "amount", OF_ROW),
        Field("mean_b", "{firm_b}", "amount", OF_ROW), *StudyAnswer.shown_difference,
    )

    def __init__(self, plan: RunPlan, results: Results, last: LastRuns | None = None, note: str = "") -> None:
        super().__init__(plan, results, last, note)
        if len(self.firms) < 2:
            self.picture = "customers_over_time"

    def __repr__(self) -> str:
        return f"<Replication of {self.scenario.source.name}: {self.n} of {self.replications} runs>"

    @property
    def last_run(self) -> Run | None:
        """The last run that went well, with everything it remembers."""
        from sim.runs.run import Run

        if self.base not in self.last:
            return None
        run, seconds = self.last[self.base], self.times()["seconds_of_runs"].get(self.base, {})
        return Run(run, seconds=seconds.get(str(run.seed), 0.0))

    def table(
        self, metrics: Iterable[str] | str | None = None, firms: Pair | None = None, year: float | None = None
    ) -> pd.DataFrame:
        """One row per metric: the mean of every firm over runs, and the difference between two of them.

        Columns: metric, unit, one per firm (mean over runs); with two firms or more, for the pair `firms` (the first
        two unless given): firm_a, firm_b, and those of `Comparison.table` from mean_a on (b − a).

        Raises:
            ValueError: there is no such metric or firm, or the date was not kept.
        """
        import pandas as pd

        pair = self.pair(firms)
        rows = []
        for metric in chosen_metrics(metrics, self.scenario):
            means = {firm: mean_interval(self.values(self.base, metric, firm, year)).value for firm in self.firms}
            row: dict[str, Any] = {"metric": metric, "unit": metric_units()[metric], **means}
            if pair is not None:
                a, b = ((self.base, firm) for firm in pair)
                row |= {"firm_a": pair[0], "firm_b": pair[1], **self.difference(metric, a, b, year)}
            rows.append(row)
        table = pd.DataFrame(rows)
        table.attrs |= {"currency": self.scenario.money.currency, "comparisons": len(table), "firms": list(self.firms)}
        if pair is not None:
            table.attrs |= {"firm_a": pair[0], "firm_b": pair[1]}
        return table

    def forest(self, metrics: Iterable[str] | str | None = None, firms: Pair | None = None) -> pd.DataFrame:
        """The table of the picture: headline metrics (or others) of two firms (the first two), second minus first.

        Empty where there is only one firm.

        Raises:
            ValueError: there is no such metric or firm.
        """
        table = self.table(metrics, firms)
        return table if self.n and "n" in table.columns else table.iloc[:0]

    def picture_table(self, **chosen: Any) -> pd.DataFrame:
        """The table of the picture: how two firms differ (see `forest`), or the customers of one firm over time."""
        if len(self.firms) > 1 or not self.n:
            return self.forest(**chosen)
        table = self.over_time("active_customers_people")
        table.attrs["currency"] = self.scenario.money.currency
        return table

    def explain(self, metric: str = EQUITY) -> str:
        """Two plain sentences: who is ahead at the end by how much and how surely, and from when on in profit to date.

        Of three firms and more it sets the best one beside the next best.

        Raises:
            ValueError: there is no such metric.
        """
        if not self.n:
            return tr("Nothing can be said: {why}.", why=tr(self.incomplete))
        best = best_others(self, metric)[:1] if len(self.firms) > 2 else []
        pair = (best[0]["rival"], best[0]["firm"]) if best else self.pair()
        row = self.table([metric], pair).to_dict("records")[0]
        about = {"metric": metric_in_words(metric), "year": written(f"{self.end:g}"), "runs": counted(self.n, "run")}
        if pair is None:
            firm, unit = self.firms[0], str(row["unit"])
            found = mean_interval(self.values(self.base, metric, firm))
            mean = amount(found.value, unit, self.scenario.money.currency)
            low, high = (amount(end, unit) for end in (found.low, found.high))
            if found.n < 2:
                return tr("The {metric} of {firm} in year {year} is {mean} ({runs}).", firm=firm, mean=mean, **about)
            return tr("The {metric} of {firm} in year {year} is {mean} (95 % interval {low} to {high}, {runs}).",
                      firm=firm, mean=mean, low=low, high=high, **about)
        if not row["n"]:
            return tr("Nothing can be said of {metric}: no run gives a number.", **about)
        a, b, change = self.difference_in_words(row)
        both = self.overtaking(pair), self.overtaking((pair[1], pair[0]))
        leads = max(both, key=lambda one: (one.overtook + one.always_ahead, one.overtook)).sentence
        told = tr("In year {year} the {metric} of {firm} is {b}, that of {other} {a} ({change}, {runs}). Verdict: "
                  "{verdict}.", firm=pair[1], other=pair[0], a=a, b=b, change=change, verdict=tr(row["verdict"]),
                  **about)
        return f"{told}{told_without_number(row)} {tr('In profit to date: {finding}', finding=leads)}"

    def overtaking(self, firms: Pair | None = None) -> Overtaking:
        """From when on the second firm stays ahead of the first in cumulative discounted profit, up to the end.

        Raises:
            ValueError: there is no such firm, or only one.
        """
        pair = self.pair(firms)
        if pair is None:
            raise ValueError("Overtaking needs two firms.")
        if not self.n:
            return Overtaking.of(pair, [])
        (dates, behind), (_, ahead) = (self.series(self.base, LEAD, firm) for firm in pair)
        return Overtaking.of(pair, [overtaking_date(dates, lead) for lead in ahead - behind])

    def lead(self, firms: Pair) -> dict[str, Any]:
        """What the second firm has more than the first in discounted profit to date, run by run, since the warm-up.

        firm, other, year, mean, low, high (lists over time: pictures keep them beside a table), ahead (runs in which it
        is ahead at the end), n.

        Raises:
            ValueError: there is no such firm.
        """
        self.check_names(firms)
        (dates, behind), (_, ahead) = (self.series(self.base, LEAD, firm) for firm in firms)
        more = (ahead - behind)[:, dates > 1e-9]
        found = {name: cell.tolist() for name, cell in means(more).items() if name != "n"}
        return {"firm": firms[1], "other": firms[0], "year": dates[dates > 1e-9].tolist(), **found,
                "ahead": int((more[:, -1] > 0).sum()), "n": len(more)}

    @property
    def verdicts(self) -> list[Verdict]:
        """What became of the expectations that were written into the scenario."""
        return check_expectations(self)

    def pair(self, firms: Pair | None = None) -> Pair | None:
        """The two firms set side by side: those named, else the first two; None with one firm.

        Raises:
            ValueError: there is no such firm.
        """
        self.check_names(firms or ())
        return firms or ((self.firms[0], self.firms[1]) if len(self.firms) > 1 else None)


def replicate(
    scenario: ScenarioLike,
    replications: int | None = None,
    *,
    seed: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    customers: int | None = None,
    until: float | None = None,
    **execution: Unpack[ExecutionOptions],
) -> Replication:
    """Run a scenario many times, each run with a new seed (and new people, unless `runs.world_seed` is given).

    `replications` and `seed` come from the scenario unless given; run k has the seed `seed + k`. `execution` (see
    `ExecutionOptions`): `store`, `workers`, `scheduler`, `progress`; the numbers are the same bits whatever is chosen.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: a number is out of range, or the store holds another study.
        OSError: the store cannot be written, or the scheduler cannot be reached.
        ImportError: workers are asked for and the extra `distributed` is not installed.
    """
    check_keywords(execution, ExecutionOptions, ("replications", "seed", "overrides", "customers", "until"))
    chosen = prepared(scenario, overrides, customers)
    number = chosen.runs.replications if replications is None else replications
    plan = plan_of({AS_WRITTEN: chosen}, number, chosen.runs.seed if seed is None else seed, until)
    return Replication.conducted(plan, Execution.of(execution))
