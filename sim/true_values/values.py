"""True values: what every person will still bring to every firm, known from many futures of the same market."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import fsum
from typing import TYPE_CHECKING

import numpy as np

from sim.metrics.arithmetic import money
from sim.records.records import Floats, Ints, Records
from sim.statistics.intervals import mean_interval
from sim.text.console import Progress
from sim.true_values.horizon import Checkpoint, Horizon

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Futures:
    """What the futures brought. F firms, N people, R futures, B: periods since the last purchase, 0 .. start − 1.

    Money in minor units of the valuation date. `residual` is the mean over futures, `error` its Monte Carlo standard
    error s/√R (s with R − 1), `returns` the share of futures in which the person buys from the firm again (or for the
    first time). `realised` is the run's own future, None where the run ends before the horizon does.
    `returned_by_idle` and `value_by_idle` [R, F, B] count the people who bought before, by how long ago that was: how
    many of them came back, and what they brought.
    """

    residual: Floats
    error: Floats
    returns: Floats
    realised: Floats | None
    returned_by_idle: Ints
    value_by_idle: Floats
    totals: Floats  # [R, F] what all people brought, exactly rounded sums


def exact_sum(values: Floats) -> float:
    """The sum of all numbers, rounded once: no order of adding matters (Shewchuk 1997).

    >>> exact_sum(np.array([1e16, 1.0, -1e16]))
    1.0
    """
    return fsum(values.ravel().tolist())


def standard_error(values: Floats) -> float:
    """Standard error of the mean over futures."""
    return float(values.std(ddof=1) / np.sqrt(values.size))


def futures(market: Checkpoint, progress: Progress | None = None) -> Futures:
    """Run all futures one after the other, and the run's own one as far as the run goes.

    Mean and sum of squares about it run along (Welford 1962): the same bits in the same order.
    """
    ahead, tie = market.ahead, market.course.world.tie
    shape, number = tie.margin.shape, ahead.replications
    mean, squares, back = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=np.int64)
    returned = np.zeros((number, shape[0], ahead.start), dtype=np.int64)
    values, totals = np.zeros(returned.shape), np.zeros((number, shape[0]))
    known = [np.flatnonzero(bought > 0) for bought in tie.experiences]
    report = progress or (lambda _done, _total, _what: None)
    for k in range(number):
        report(k, number + 1, f"future {k + 1} of {number}")
        future = market.future(k)
        off = future.value - mean
        mean += off / (k + 1)
        squares += off * (future.value - mean)
        back += future.bought
        for f, rows in enumerate(known):
            idle = tie.idle[f, rows]
            returned[k, f] = np.bincount(idle[future.bought[f, rows]], minlength=ahead.start)
            values[k, f] = np.bincount(idle, weights=future.value[f, rows], minlength=ahead.start)
            totals[k, f] = exact_sum(future.value[f])
    report(number, number + 1, "as it happened")
    own = market.as_it_happened().value
    report(number + 1, number + 1, "done")
    realised = own if ahead.end <= market.records.periods else None
    error = np.sqrt(squares / (number - 1) / number)
    return Futures(mean, error, back / number, realised, returned, values, totals)


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
    def notes(self) -> tuple[str, ...]:
        """What to know before believing the values."""
        return self.market.notes

    @property
    def at(self) -> float:
        """The valuation date, in years from the end of the warm-up."""
        return (self.ahead.start - self.records.warm_up) / self.records.periods_per_year

    @property
    def horizon(self) -> float:
        """How far ahead, in years."""
        return self.ahead.periods / self.records.periods_per_year

    @property
    def in_market(self) -> np.ndarray:
        """Who is in the market in the last period before the valuation date [N]."""
        me = self.market.course.world.me
        flags: np.ndarray = (me.enters < self.ahead.start) & (self.ahead.start <= me.leaves)
        return flags

    def __repr__(self) -> str:
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
        flat = {
            "in_market": np.broadcast_to(self.in_market, tie.margin.shape),
            "is_customer": ever & (tie.idle < records.active_window) & self.in_market,
            "purchases_units": tie.experiences, "idle_periods": np.where(ever, tie.idle, -1),
            "value_to_date_money": to_date, "residual_money": residual,
            "residual_error_money": money(records, self.found.error), "total_money": to_date + residual * back,
            "realised_residual_money": np.full(residual.shape, np.nan) if own is None else money(records, own),
            "buys_again_probability": self.found.returns,
        }
        return pd.DataFrame({
            "customer_id": np.tile(records.people["number"], firms),
            "firm": np.repeat(np.array(records.firms, dtype=object), people),
            **{name: np.asarray(column).reshape(-1) for name, column in flat.items()},
        })

    def totals(self) -> pd.DataFrame:
        """One row per firm: what all people will still bring, with its Monte Carlo error over futures.

        Columns: firm, value_to_date_money, residual_money, residual_error_money, low, high (95 %, Student's t over
        futures), n (futures), realised_residual_money.
        """
        import pandas as pd

        own, unit, rows = self.found.realised, self.records.minor_units, []
        for place, firm in enumerate(self.records.firms):
            totals = self.found.totals[:, place]
            over = mean_interval(money(self.records, totals))
            rows.append({
                "firm": firm, "value_to_date_money": exact_sum(self.market.value_to_date[place]) / unit,
                "residual_money": over.value, "residual_error_money": standard_error(totals) / unit,
                "low": over.low, "high": over.high, "n": over.n,
                "realised_residual_money": float("nan") if own is None else exact_sum(own[place]) / unit,
            })
        return pd.DataFrame(rows)
