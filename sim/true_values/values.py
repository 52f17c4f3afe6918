"""True values: what every person will still bring to every firm, known from many futures of the same market."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sim.metrics.arithmetic import money
from sim.records.records import Floats, Records
from sim.true_values.futures import Futures, exact_sum
from sim.true_values.horizon import Checkpoint, Horizon

if TYPE_CHECKING:
    import pandas as pd



@dataclass(frozen=True)
class TrueValues:
    """What every person will truly still bring to every firm, at a date of a run, and how surely that is known."""

    market: Checkpoint = field(repr=False)
    found: Futures = field(repr=False)

    @property
    def records(self) -> Records:
        """The run whose people are valued."""
        return self.market.records

    @property
    def ahead(self) -> Horizon:
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
        records = self.records
        return (f"<{type(self).__name__} of {records.scenario.source.name}: {records.people_count:,} people at year "
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


def _error(values: Floats) -> float:
    """Standard error of the mean over futures."""
    return float(values.std(ddof=1) / np.sqrt(values.size))
