"""What is kept of one run among many: every metric at the dates asked for, and a few lines over time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sim.metrics.money import whale_shares
from sim.metrics.registry import kept_over_time, period_metrics
from sim.metrics.strain import StrainTotals, strain_totals
from sim.metrics.survival import cohort_table
from sim.records.records import Floats, Records
from sim.valuation.outcomes import EQUITY, last_known, metric_units, period_at, value_at
from sim.valuation.person import Equity, customer_equity

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EQUITY", "Summary", "last_known", "metric_units", "period_at", "summarise"]

WHALE_SHARES = np.arange(101) / 100


@dataclass(frozen=True)
class Summary:
    """One run: `values[year, metric]` is a number per firm [F]; `series[metric]` is [T, F].

    At the end of the run: `equity` holds the parts of customer equity [F] (today, future, costs to come as negative
    numbers, total; future_net is net of winning customers, shared the rest of the costs), `cohorts` the retention of
    yearly cohorts (None without purchases), `whales` [101, F] the share of profit made by the best 0 %, 1 %, … 100 % of
    a firm's customers, `strain` where firms' money was short.
    """

    firms: tuple[str, ...]
    dates: Floats
    values: dict[tuple[float, str], Floats]
    series: dict[str, Floats]
    equity: dict[str, Floats] = field(default_factory=dict)
    cohorts: pd.DataFrame | None = None
    whales: Floats | None = None
    strain: StrainTotals | None = None

    def value(self, metric: str, firm: str, year: float) -> float:
        """A metric of a firm at a date; NaN where the firm is not in this market."""
        if firm not in self.firms:
            return float("nan")
        return float(self.values[(year, metric)][self.firms.index(firm)])


def summarise(records: Records, years: tuple[float, ...]) -> Summary:
    """Every metric at these dates (years from the end of the warm-up; the date is the end of a period).

    A survey metric takes the last survey up to the date. Customer equity is computed from what was known then.

    Raises:
        ValueError: a date is not inside the run.
    """
    metrics, values = period_metrics(), {}
    shape = (records.periods, len(records.firms))
    series = {name: np.broadcast_to(metrics[name](records), shape).copy() for name in kept_over_time()}
    at_end = customer_equity(records)
    for year in years:
        place = period_at(records, year)
        for name, one in metrics.items():
            values[(year, name)] = series[name][place].copy() if name in series else value_at(one, records, place)
        worth = at_end if place == records.periods - 1 else customer_equity(records.until(place + 1))
        values[(year, EQUITY)] = worth.customer_equity
    cohorts = None if records.transactions is None else cohort_table(records, records.year)
    whales = whale_shares(records, WHALE_SHARES)
    return Summary(records.firms, records.years, values, series, _equity_parts(at_end), cohorts, whales,
                   strain_totals(records))


def _equity_parts(worth: Equity) -> dict[str, Floats]:
    costs = -(worth.advertising + worth.shared_costs)
    return {"today": worth.today, "future": worth.future, "costs": costs, "total": worth.customer_equity,
            "future_net": worth.future - worth.advertising, "shared": -worth.shared_costs}
