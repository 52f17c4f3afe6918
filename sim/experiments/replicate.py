"""One scenario over many runs: its firms side by side, who is ahead, and from when on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sim.experiments.differences import chosen_metrics, difference_cells
from sim.experiments.engine import ScenarioLike, prepared
from sim.experiments.expectations import Verdict, check_expectations
from sim.experiments.overtaking import Overtaking, overtaking_date
from sim.experiments.statistics import mean_interval
from sim.experiments.study import AS_WRITTEN, Design, Progress, Study, conduct
from sim.experiments.summary import metric_units

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.run import Run

LEAD = "cumulative_discounted_profit_money"
Pair = tuple[str, str]


class Replication(Study):
    """The runs of one scenario. `table()` sets two firms side by side, `overtaking()` says from when on."""

    def __repr__(self) -> str:
        """A few words about the runs."""
        return f"<Replication of {self.scenario.source.name}: {self.n} of {self.design.replications} runs>"

    @property
    def last_run(self) -> Run | None:
        """The last run that went well, with everything it remembers."""
        from sim.experiments.run import Run

        return Run(self.last[self.base]) if self.base in self.last else None

    def table(
        self, metrics: Iterable[str] | str | None = None, firms: Pair | None = None, year: float | None = None
    ) -> pd.DataFrame:
        """One row per metric: the mean of every firm over runs, and the difference between two of them.

        Columns: metric, unit, one per firm (mean over runs); with two firms or more, for the pair `firms` (the first
        two unless given): firm_a, firm_b, mean_a, mean_b, difference (b − a), low, high, n, variance_ratio,
        correlation, won_by_b, verdict.

        Raises:
            ValueError: there is no such metric or firm, or the date was not kept.
        """
        import pandas as pd

        pair = self.pair(firms)
        rows = []
        for metric in chosen_metrics(metrics):
            values = {firm: self.values(self.base, metric, firm, year) for firm in self.firms}
            row: dict[str, Any] = {"metric": metric, "unit": metric_units()[metric]}
            row |= {firm: mean_interval(found).value for firm, found in values.items()}
            if pair is not None:
                row |= {"firm_a": pair[0], "firm_b": pair[1], **difference_cells(values[pair[0]], values[pair[1]])}
            rows.append(row)
        return pd.DataFrame(rows)

    def overtaking(self, firms: Pair | None = None) -> Overtaking:
        """From when on the second firm stays ahead of the first in cumulative discounted profit, up to the end.

        Raises:
            ValueError: there is no such firm, or only one.
        """
        pair = self.pair(firms)
        if pair is None:
            raise ValueError("Overtaking needs two firms.")
        dates = []
        for k in self.complete:
            one = self.summaries[(self.base, k)]
            inside = one.dates <= self.end + 1e-9
            profit = {firm: one.series[LEAD][inside, one.firms.index(firm)] for firm in pair}
            dates.append(overtaking_date(one.dates[inside], profit[pair[1]] - profit[pair[0]]))
        return Overtaking.of(pair, dates)

    @property
    def verdicts(self) -> list[Verdict]:
        """What became of the expectations that were written into the scenario."""
        return check_expectations(self)

    def pair(self, firms: Pair | None = None) -> Pair | None:
        """The two firms set side by side: those named, else the first two; None with one firm.

        Raises:
            ValueError: there is no such firm.
        """
        for firm in firms or ():
            if firm not in self.firms:
                raise ValueError(f"There is no firm {firm!r}; the firms are {', '.join(self.firms)}.")
        return firms or ((self.firms[0], self.firms[1]) if len(self.firms) > 1 else None)


def replicate(
    scenario: ScenarioLike,
    replications: int | None = None,
    *,
    seed: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    customers: int | None = None,
    progress: Progress | None = None,
    until: float | None = None,
) -> Replication:
    """Run a scenario many times with new luck (and new people, unless `runs.world_seed` is given).

    `replications` and `seed` come from the scenario unless given; run k has the seed `seed + k`.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: a number is out of range.
    """
    chosen = prepared(scenario, overrides, customers)
    number = chosen.runs.replications if replications is None else replications
    design = Design(number, chosen.runs.seed if seed is None else seed, until, progress)
    study = Replication({AS_WRITTEN: chosen}, design)
    conduct(study)
    return study
