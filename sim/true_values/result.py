"""True values: what every person will still bring to every firm, known from many futures of the same market."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.market.simulation import Options
from sim.metrics.arithmetic import money
from sim.records.records import Floats, Records
from sim.true_values.ahead import Ahead, Policies, Progress, Standing, standing
from sim.true_values.futures import Futures, exact_sum, futures

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.true_values.scores import Own


@dataclass(frozen=True)
class Truth:
    """True values of a run at a date: `table()` per person and firm, `totals()` per firm.

    `seen()` holds what a firm sees against what is true, `brought_by()` tells what people bring by word of mouth,
    `estimates()` and `scores()` hold estimators against the truth.

    Three words, as in `sim.valuation.person`: *value to date* is in money of the end of the warm-up, *residual* in
    money of the valuation date, *total* is value to date plus the residual brought back to the end of the warm-up.
    The residual of a person at a firm is the mean over futures of Σ_j contribution_j × worth_j over the coming periods
    j of the horizon. Futures have the same people and new luck. When somebody leaves the market was drawn at birth: it
    belongs to the person, not to luck, so the truth knows it and no firm can.
    """

    market: Standing = field(repr=False)
    found: Futures = field(repr=False)

    @property
    def records(self) -> Records:
        """The run whose people are valued."""
        return self.market.records

    @property
    def ahead(self) -> Ahead:
        """Dates, number of futures, policies."""
        return self.market.ahead

    @property
    def at(self) -> float:
        """The valuation date, in years from the end of the warm-up."""
        return (self.ahead.start - self.records.warm_up) / self.records.periods_per_year

    @property
    def horizon(self) -> float:
        """How far ahead, in years."""
        return self.ahead.periods / self.records.periods_per_year

    def __repr__(self) -> str:
        """A few words about the values."""
        return (f"<Truth of {self.records.scenario.source.name}: {self.records.people_count:,} people at year "
                f"{self.at:g}, {self.horizon:g} years ahead, {self.ahead.replications} futures>")

    def table(self) -> pd.DataFrame:
        """One row per firm and person, every person for every firm.

        Columns: customer_id, firm, in_market, is_customer (bought within the active window), purchases_units (so far),
        idle_periods (since the last purchase, −1: none yet), value_to_date_money, residual_money,
        residual_error_money (Monte Carlo standard error), total_money, realised_residual_money (what the run itself
        went on to bring; NaN where it ends before the horizon), buys_again_probability.
        """
        import pandas as pd

        records, tie = self.records, self.market.course.world.tie
        firms, people = tie.margin.shape
        ever = tie.experiences > 0
        back = (1.0 + records.scenario.money.discount_rate) ** -max(0.0, self.at)
        to_date, residual = money(records, self.market.value_to_date), money(records, self.found.residual)
        own = self.found.realised
        realised = np.full(residual.shape, np.nan) if own is None else money(records, own)
        flat = {
            "in_market": np.broadcast_to(self.in_market, tie.margin.shape),
            "is_customer": ever & (tie.idle < records.active_window) & self.in_market,
            "purchases_units": tie.experiences, "idle_periods": np.where(ever, tie.idle, -1),
            "value_to_date_money": to_date, "residual_money": residual,
            "residual_error_money": money(records, self.found.error), "total_money": to_date + residual * back,
            "realised_residual_money": realised, "buys_again_probability": self.found.returns,
        }
        return pd.DataFrame({
            "customer_id": np.tile(records.people["number"], firms),
            "firm": np.repeat(np.array(records.firms, dtype=object), people),
            **{name: np.asarray(column).reshape(-1) for name, column in flat.items()},
        })

    @property
    def in_market(self) -> np.ndarray:
        """Who is in the market in the last period before the valuation date [N]."""
        me = self.market.course.world.me
        flags: np.ndarray = (me.enters < self.ahead.start) & (self.ahead.start <= me.leaves)
        return flags

    def totals(self) -> pd.DataFrame:
        """One row per firm: what all people will still bring, with its Monte Carlo error over futures.

        Columns: firm, value_to_date_money, residual_money, residual_error_money, low, high (95 %, Student's t over
        futures), n (futures), realised_residual_money.
        """
        import pandas as pd

        from sim.statistics.intervals import mean_interval

        own, rows = self.found.realised, []
        for place, firm in enumerate(self.records.firms):
            over = mean_interval(money(self.records, self.found.totals[:, place]))
            to_date = exact_sum(self.market.value_to_date[place])
            rows.append({
                "firm": firm, "value_to_date_money": to_date / self.records.minor_units, "residual_money": over.value,
                "residual_error_money": _error(self.found.totals[:, place]) / self.records.minor_units,
                "low": over.low, "high": over.high, "n": over.n,
                "realised_residual_money":
                    float("nan") if own is None else exact_sum(own[place]) / self.records.minor_units,
            })
        return pd.DataFrame(rows)

    def seen(self, windows_weeks: Sequence[float] | None = None) -> pd.DataFrame:
        """What a firm can see (who bought of late) against what is true (who will buy again): see `seen_table`."""
        from sim.true_values.seen import seen_table

        return seen_table(self, windows_weeks)

    def brought_by(
        self, customers: Sequence[int], *, replications: int | None = None, progress: Progress | None = None
    ) -> pd.DataFrame:
        """What each of these people brings by word of mouth, beside their own value: see `brought_by_each`."""
        from sim.true_values.brought import brought_by_each

        return brought_by_each(self, customers, replications, progress)

    def brought_by_groups(
        self, firm: str, groups: int = 5, *, replications: int | None = None, progress: Progress | None = None
    ) -> pd.DataFrame:
        """What groups of a firm's customers bring, from the most valuable to the least: see `brought_by_groups`."""
        from sim.true_values.brought import brought_by_groups

        return brought_by_groups(self, (firm, groups), replications, progress)

    def estimates(self, firm: str | None = None, own: Own | None = None) -> pd.DataFrame:
        """What every estimator says of every customer, beside the true value: see `estimates_table`.

        `own` are estimators of your own by title: functions of a `sim.valuation.log.Log`.
        """
        from sim.true_values.scores import estimates_table

        return estimates_table(self, firm, own)

    def scores(self, firm: str | None = None, own: Own | None = None) -> pd.DataFrame:
        """How well every estimator does against the truth: see `scores_table`."""
        from sim.true_values.scores import scores_table

        return scores_table(self, firm, own)

    def draw(self, firm: str, ax: Axes | None = None, own: Own | None = None) -> Axes:
        """Draw what estimators say of a firm's customers against the truth (the picture `true_against_estimated`).

        Raises:
            ValueError: no such firm, or nothing could be estimated.
        """
        from sim import figures
        from sim.true_values.scores import picture_table

        return figures.find("true_against_estimated")(picture_table(self, firm, own), ax)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What to know before believing the values."""
        from sim.true_values.notes import notes

        return notes(self)


def _error(values: Floats) -> float:
    """Standard error of the mean over futures."""
    return float(values.std(ddof=1) / np.sqrt(values.size))


def true_values(
    records: Records, at: float, horizon: float | None = None, *, replications: int = 20,
    policies: Policies = "frozen", progress: Progress | None = None, options: Options | None = None,
) -> Truth:
    """True residual values of every person for every firm: see `sim.Run.true_values`."""
    ahead = Ahead.of(records, at, horizon, replications, policies)
    market = standing(records, ahead, options)
    return Truth(market, futures(market, progress))
