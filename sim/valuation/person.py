"""Customer equity per person and firm, in a first form: what the run has shown, continued.

Three values, never mixed. *Value to date*: contributions so far, discounted to the end of the warm-up. *Residual*: what
today's customers will still bring, in money of the valuation date. *Total*: value to date plus the residual discounted
to the end of the warm-up.

Valuation date: the end of the record. Contribution of a person to a firm: payments less all costs of this person.
With Y periods in a year, horizon H years, d = (1 + rate)^(−1/Y) and the timing of `money.first_margin` (the j-th coming
period counts d^(j−1) at start, d^j one period later):

    today   = Σ over customers of c · Σ_j ρ^j · d^...          c: contribution per period over the last year
    future  = i · Σ_j (1 + ρ + ... + ρ^(j−1)) · d^...          people who are not customers today, lapsed or new
    customer equity = today + future − advertising continued − shared costs continued

ρ is the firm's observed retention of spending per period, at most 1: of what customers of a year ago spent in the year
before, they spent the share x in the year since, and Σ_j ρ^j = Y·x, j = 1..Y. (Heads would count the light buyers, who
leave, like the heavy ones, who stay, and put value too low: F07.) i is the contribution that newly won customers add
per period, from what people who were not customers a year ago brought since: C_new = i · Σ_j (1 + ... + ρ^(j−1)),
j = 1..Y. Shared costs are service, people and capacity and all else that is not booked on a customer. A person is
either a customer today or belongs to the future: nobody counts twice. In a steady market the sum is the yearly profit
times the annuity. If the record is shorter than two years, half of it stands for the year. What this form cannot see:
that the market grows or shrinks, and that plans change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.metrics.arithmetic import money, ratio
from sim.metrics.money import ACQUIRE, profit
from sim.metrics.registry import Reading, metric
from sim.records.history import Flags, active_at, once
from sim.records.records import Floats, Ints, Records

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Continuation:
    """What is continued: the periods looked back on, who is and was active, and two retentions [F].

    `heads`: of customers over the span; `retention`: of spending per period.
    """

    span: int
    now: Flags
    before: Flags
    heads: Floats
    retention: Floats


@dataclass(frozen=True)
class Equity:
    """Customer equity by firm [F], in units of the currency at the valuation date."""

    today: Floats
    future: Floats
    advertising: Floats
    shared_costs: Floats
    customers: Ints
    kept_per_year: Floats
    residual: Floats  # [F, N]
    is_customer: Flags  # [F, N]

    @property
    def customer_equity(self) -> Floats:
        """Today's plus future customers, less what it costs to win and serve them all."""
        return self.today + self.future - self.advertising - self.shared_costs


def customer_equity(records: Records, horizon_years: float | None = None) -> Equity:
    """Customer equity at the end of the record. All NaN when the run kept no purchases or is one period long.

    The horizon is the scenario's (`money.equity_horizon_years`) unless given; 0: nothing is still to come.
    """
    firms, people = len(records.firms), records.people_count
    if records.transactions is None or records.periods < 2:
        nothing = np.full(firms, np.nan)
        none = np.zeros(firms, dtype=np.int64)
        return Equity(nothing, nothing, nothing, nothing, none, nothing, np.full((firms, people), np.nan),
                      np.zeros((firms, people), dtype=np.bool_))
    seen, weight = look_back(records), discount_ahead(records, horizon_years)
    recent = recent_contributions(records, seen.span)
    staying = seen.retention[:, None] ** np.arange(1, weight.size + 1)
    multiple = np.where(seen.now.any(axis=1), (staying * weight).sum(axis=1), 0.0)
    per_period = money(records, np.where(seen.now, recent, 0)) / seen.span
    residual = np.where(seen.now, per_period * multiple[:, None], 0.0)
    today = money(records, np.where(seen.now, recent, 0).sum(axis=1)) / seen.span * multiple
    newly = money(records, np.where(seen.before, 0, recent).sum(axis=1))
    advertising, shared = running_costs(records, seen.span, recent.sum(axis=1))
    return Equity(
        today, _future(newly, seen, weight), advertising * weight.sum(), shared * weight.sum(),
        np.count_nonzero(seen.now, axis=1).astype(np.int64), seen.heads ** (records.year / seen.span), residual,
        seen.now,
    )


def _equity_at(records: Records, period: int) -> Floats:
    """Customer equity at the end of a period [F], from what was known then."""
    known = records if period == records.periods - 1 else records.until(period + 1)
    return customer_equity(known).customer_equity


@metric("money", "today's customers + customers still to be won − advertising − shared costs, discounted",
        "the form is told in sim.valuation.person; F07", "valuation", Reading("lately", _equity_at),
        better="higher")
def customer_equity_money(records: Records) -> Floats:
    """Customer equity at the end of each period, from what was known then. NaN without purchases."""
    return np.array([_equity_at(records, period) for period in range(records.periods)])


def equity_table(records: Records) -> pd.DataFrame:
    """Customer equity by firm: one row each, with its parts, in money of the valuation date (the end of the record).

    Columns: firm, year, customers_people, kept_per_year_share, today_customers_money, future_customers_money,
    advertising_money, shared_costs_money (both continued, to be taken off), customer_equity_money, horizon_years.
    """
    import pandas as pd

    equity = customer_equity(records)
    return pd.DataFrame({
        "firm": records.firms, "year": records.years[-1] if records.periods else np.nan,
        "customers_people": equity.customers, "kept_per_year_share": equity.kept_per_year,
        "today_customers_money": equity.today, "future_customers_money": equity.future,
        "advertising_money": equity.advertising, "shared_costs_money": equity.shared_costs,
        "customer_equity_money": equity.customer_equity,
        "horizon_years": records.scenario.money.equity_horizon_years,
    })


def person_equity(records: Records) -> pd.DataFrame:
    """Value per person and firm: one row for each pair that ever traded or cost something.

    Columns: customer_id, firm, is_customer, contribution_money (all realised, not discounted), value_to_date_money
    (realised since the warm-up, discounted to its end), residual_money (money of the valuation date),
    total_money (value to date + residual discounted to the end of the warm-up). Empty without purchases.
    """
    import pandas as pd

    if records.transactions is None:
        return pd.DataFrame({name: [] for name in (
            "customer_id", "firm", "is_customer", "contribution_money", "value_to_date_money", "residual_money",
            "total_money")})
    rows, people, equity = records.transactions, records.people_count, customer_equity(records)
    ties, size = rows.tie(people), len(records.firms) * people
    there = np.flatnonzero(np.bincount(ties, minlength=size))
    firm, customer = np.divmod(there, max(1, people))
    factor = np.nan_to_num(records.discount())
    discounted = np.bincount(ties, weights=rows.margin * factor[rows.period], minlength=size)
    value, residual = money(records, discounted[there]), equity.residual.ravel()[there]
    back = (1.0 + records.scenario.money.discount_rate) ** -max(0.0, float(records.years[-1]))
    return pd.DataFrame({
        "customer_id": records.people["number"][customer], "firm": np.asarray(records.firms, dtype=object)[firm],
        "is_customer": equity.is_customer.ravel()[there],
        "contribution_money": money(records, rows.total(rows.margin, (len(records.firms), people)).ravel()[there]),
        "value_to_date_money": value, "residual_money": residual, "total_money": value + residual * back,
    })


@once
def look_back(records: Records) -> Continuation:
    """Who is a customer now, who was one a year ago, and retention [F]; NaN with nobody a year ago."""
    span = min(records.year, records.periods // 2)
    now, before = active_at(records, records.periods - 1), active_at(records, records.periods - 1 - span)
    heads = ratio(np.count_nonzero(now & before, axis=1), np.count_nonzero(before, axis=1))
    return Continuation(span, now, before, heads, _retention_of_spending(records, span, before))


def _retention_of_spending(records: Records, span: int, before: Flags) -> Floats:
    """Retention of spending per period [F] of the customers of `span` periods ago; NaN where they had spent nothing."""
    spent = []
    for end in (records.periods - span, records.periods):
        rows = records.transactions_between(end - span, end)
        total = rows.total(np.where(rows.units > 0, rows.amount, 0), before.shape)
        spent.append(np.where(before, total, 0).sum(axis=1))
    return steady_retention(ratio(spent[1], spent[0]), span)


def steady_retention(share: Floats, periods: int) -> Floats:
    """The retention per period that leaves this share of spending over so many periods: mean of ρ, ρ², ... = share.

    At most 1; by bisection to the last bit.

    >>> steady_retention(np.array([(0.9 + 0.81) / 2, 1.3, 0.0]), 2).round(6).tolist()
    [0.9, 1.0, 0.0]
    """
    low, high = np.zeros(share.shape), np.ones(share.shape)
    ahead = np.arange(1, periods + 1).astype(np.float64)
    for _ in range(60):
        middle = (low + high) / 2
        enough = np.add.reduce(middle[:, None] ** ahead, axis=1) / periods < share
        np.copyto(low, middle, where=enough)
        np.copyto(high, middle, where=~enough)
    return np.where(np.isnan(share), np.nan, np.where(share >= 1.0, 1.0, high))


def discount_ahead(records: Records, horizon_years: float | None = None) -> Floats:
    """Worth today of money of the coming periods, one number per period up to the horizon (the scenario's: at least 1).

    Its sum is the annuity of one unit of money a period.
    """
    terms = records.scenario.money
    periods = max(1, round(terms.equity_horizon_years * records.periods_per_year))
    coming = np.arange(periods if horizon_years is None else round(horizon_years * records.periods_per_year))
    later = terms.margin_delay
    weight: Floats = (1.0 + terms.discount_rate) ** (-(coming + later) / records.periods_per_year)
    return weight


def future_stock(retention: Floats, span: int, ahead: int) -> Floats:
    """How many periods' newcomers are still there after 1, 2, ... periods of a steady inflow [F, periods].

    1 + ρ + ... + ρ^(j−1), for the longer of `span` and `ahead` periods.

    >>> future_stock(np.array([0.5]), 1, 3).tolist()
    [[1.0, 1.5, 1.75]]
    """
    stock: Floats = np.cumsum(retention[:, None] ** np.arange(max(span, ahead)), axis=1)
    return stock


def _future(newly: Floats, seen: Continuation, weight: Floats) -> Floats:
    """Worth of customers still to be won [F]: the observed inflow, continued and kept at the observed retention."""
    stock = future_stock(seen.retention, seen.span, weight.size)
    inflow = newly / stock[:, : seen.span].sum(axis=1)
    future: Floats = inflow * (stock[:, : weight.size] * weight).sum(axis=1)
    return np.where(newly == 0, 0.0, future)


def recent_contributions(records: Records, span: int) -> Ints:
    """What each person brought each firm in the last `span` periods [F, N], minor units."""
    rows = records.transactions_between(records.periods - span, records.periods)
    return rows.total(rows.margin, (len(records.firms), records.people_count))


def running_costs(records: Records, span: int, contribution: Ints) -> tuple[Floats, Floats]:
    """Advertising, and all costs that are booked neither on a customer nor as advertising, per period [F].

    `contribution`: of all customers in the last `span` periods [F], minor units.
    """
    advertising, earned = (each[-span:].sum(axis=0) for each in (records.costs(*ACQUIRE), profit(records)))
    return money(records, advertising) / span, money(records, contribution - advertising - earned) / span
