"""Three components of lifetime value: win customers sooner and cheaper, earn more a year from each, keep them longer.

What a firm earns is written as an identity of a few numbers, each read off the record, so that a difference between two
variants can be decomposed into these components (see `sim.equity.decomposition`): the parts add up to it.

Discounted profit since the end of the warm-up, with d(t) the worth of money of period t (`Records.discount`), Y periods
in a year, and over all people who were customers of the firm at any time in it (bought within the active window):

    profit = won · ((available − waited) · active · yield − cost to win) − shared costs

    won         people who were customers at any time
    available   Σ d(t)/Y over the periods in the market, per customer won
    waited      Σ d(t)/Y of these before the first period as a customer, per customer won (how long winning takes)
    active      share of the rest in which they were customers (length: how much of their time they stay)
    yield       discounted contributions / discounted customer-years
    cost        discounted advertising / won

Customer equity at the end (`sim.valuation.person`, first form), with the multiples M and K of retention ρ:

    equity = customers · contribution · M(ρ) + newcomers · contribution of newcomers · K(ρ) − advertising − shared costs

Acquisition: won, available (who was won), waited, cost to win; customers, newcomers, advertising. Way 2, yield:
contributions per customer. Way 3, length: active, ρ. Shared costs (service, people, capacity) stand beside the three.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

import numpy as np

from sim.equity.decomposition import Groups, owen_values
from sim.metrics.arithmetic import money, ratio
from sim.metrics.money import ACQUIRE, profit
from sim.records.history import active_customers
from sim.records.records import Records
from sim.valuation.person import discount_ahead, future_stock, look_back, recent_contributions, running_costs

Measure = Literal["discounted_profit", "customer_equity"]
Factors = dict[str, Any]
"""Factors by name: numbers, but for `weights` (periods looked back on, then the worth of each coming period)."""

ACQUISITION, YIELD, LENGTH, SHARED, TERMS = "acquisition", "yield", "length", "shared costs", "terms of valuation"
GROUPS: Mapping[Measure, Groups] = {
    "discounted_profit": {
        ACQUISITION: ("customers_won", "years_available", "years_waited", "cost_to_win"),
        YIELD: ("contribution_per_year",), LENGTH: ("active_share",), SHARED: ("shared_costs",),
    },
    "customer_equity": {
        ACQUISITION: ("customers", "newcomers", "advertising"),
        YIELD: ("contribution_per_period", "newcomer_contribution"), LENGTH: ("retention",), SHARED: ("shared_costs",),
        TERMS: ("weights",),
    },
}
_PER_CUSTOMER = ("years_available", "years_waited", "cost_to_win", "contribution_per_year", "active_share",
                 "contribution_per_period", "newcomer_contribution", "retention")
"""Factors without a meaning where there is no customer: the other variant's then stands for them."""


@dataclass(frozen=True)
class ValueFactors:
    """The factors of one run by measure and firm, and what they make together (money of the currency)."""

    firms: tuple[str, ...]
    factors: Mapping[Measure, tuple[Factors, ...]]


def value_factors(records: Records) -> ValueFactors | None:
    """The factors of a run; None when it kept no purchases."""
    if records.transactions is None:
        return None
    return ValueFactors(records.firms, {"discounted_profit": _profit_factors(records),
                                "customer_equity": _equity_factors(records)})


def value_of(measure: Measure, factors: Mapping[str, Any]) -> float:
    """What the factors make together: the identity at the top of this file, in money of the currency."""
    return (_profit_of if measure == "discounted_profit" else _equity_of)(factors)


def is_known(measure: Measure, factors: Mapping[str, Any]) -> bool:
    """Whether the identity can be computed: retention is not known where nobody was a customer a year ago."""
    if measure == "discounted_profit":
        return True
    alone = not (factors["customers"] or factors["newcomers"])
    return alone or isfinite(factors.get("retention", float("nan")))


def decompose(measure: Measure, a: Factors, b: Factors) -> dict[str, float]:
    """The part of every factor in the difference b − a; the parts add up to it.

    Components are players, the factors of a component a group (`owen_values`). Where a variant has no customer, what
    is per customer is taken to be as in the other variant, and the cost to win is taken as a total. NaN where a factor
    is not known.
    """
    first, second = dict(a), dict(b)
    for factor in _PER_CUSTOMER:
        for one, other in ((first, second), (second, first)):
            if factor in one and not isfinite(one[factor]):
                one[factor] = other[factor]
    value = _profit_of if measure == "discounted_profit" else _equity_of
    if measure == "discounted_profit" and 0 in (a["customers_won"], b["customers_won"]):
        first["cost_to_win"], second["cost_to_win"] = a["cost_in_all"], b["cost_in_all"]
        value = _profit_of_total_cost
    names = [name for members in GROUPS[measure].values() for name in members]
    before, after = ({name: one[name] for name in names} for one in (first, second))
    return {name: float(part) for name, part in owen_values(value, before, after, GROUPS[measure]).items()}


def _profit_of(f: Mapping[str, Any]) -> float:
    if f["customers_won"] == 0:
        return float(-f["cost_in_all"] - f["shared_costs"])
    return float(f["customers_won"] * (_lifetime(f) - f["cost_to_win"]) - f["shared_costs"])


def _profit_of_total_cost(f: Mapping[str, Any]) -> float:
    won = f["customers_won"]
    return float((won * _lifetime(f) if won else 0.0) - f["cost_to_win"] - f["shared_costs"])


def _lifetime(f: Mapping[str, Any]) -> float:
    """Contribution of a customer won, over all years in which they were one."""
    years = f["years_available"] - f["years_waited"]
    return float(years * f["active_share"] * f["contribution_per_year"])


def _equity_of(f: Mapping[str, Any]) -> float:
    weights, retention = np.asarray(f["weights"]), float(f["retention"])
    ahead, span = weights[1:], int(weights[0])
    today = newly = 0.0
    if f["customers"]:
        kept = retention ** np.arange(1, ahead.size + 1)
        today = float(f["customers"] * f["contribution_per_period"]) * float((kept * ahead).sum())
    if f["newcomers"]:
        stock = future_stock(np.array([retention]), span, ahead.size)[0]
        brought = float(f["newcomers"] * f["newcomer_contribution"])
        newly = brought / float(stock[:span].sum()) * float((stock[: ahead.size] * ahead).sum())
    return today + newly - float(f["advertising"] + f["shared_costs"]) * float(ahead.sum())


def _profit_factors(records: Records) -> tuple[Factors, ...]:
    worth = np.nan_to_num(records.discount())
    year = worth / records.periods_per_year
    shape = (len(records.firms), records.people_count)
    active, since = np.zeros(shape), np.zeros(shape)
    won: np.ndarray = np.zeros(shape, dtype=np.bool_)
    there = np.zeros(records.people_count)
    enters, leaves = records.people["enters"], records.people["leaves"]
    for period, now in active_customers(records):
        if period < records.warm_up:
            continue
        present = (enters <= period) & (period < leaves)
        won |= now
        for years, flags in ((there, present), (active, now), (since, won & present)):
            years += flags * year[period]
    heads = np.count_nonzero(won, axis=1)
    available, customer_years, since_won = (
        np.array([years[mine].sum() for years, mine in zip(column, won, strict=True)])
        for column in (np.broadcast_to(there, shape), active, since))
    brought, spent = contributions(records), records.costs(*ACQUIRE)
    contribution, advertising, shared = (
        np.cumsum(worth[:, None] * amounts / records.minor_units, axis=0)[-1]  # in the order of time
        for amounts in (brought, spent, brought - spent - profit(records)))
    return _by_firm({
        "customers_won": heads, "years_available": ratio(available, heads),
        "years_waited": ratio(available - since_won, heads), "active_share": ratio(customer_years, since_won),
        "contribution_per_year": ratio(contribution, customer_years), "cost_to_win": ratio(advertising, heads),
        "cost_in_all": advertising, "shared_costs": shared,
    })


def _equity_factors(records: Records) -> tuple[Factors, ...]:
    if records.periods < 2:
        return tuple(dict.fromkeys(GROUPS["customer_equity"][ACQUISITION], float("nan")) for _ in records.firms)
    seen = look_back(records)
    recent = recent_contributions(records, seen.span)
    newly = ~seen.before & (recent != 0)
    customers, newcomers = np.count_nonzero(seen.now, axis=1), np.count_nonzero(newly, axis=1)
    of_customers, of_newcomers = (money(records, np.where(who, recent, 0).sum(axis=1)) for who in (seen.now, newly))
    advertising, shared = running_costs(records, seen.span, recent.sum(axis=1))
    factors = _by_firm({
        "customers": customers, "newcomers": newcomers,
        "contribution_per_period": ratio(of_customers / seen.span, customers),
        "newcomer_contribution": ratio(of_newcomers, newcomers),
        "retention": seen.retention, "advertising": advertising, "shared_costs": shared,
    })
    weights = np.r_[float(seen.span), discount_ahead(records)]
    return tuple({**one, "weights": weights} for one in factors)


def _by_firm(columns: Mapping[str, np.ndarray]) -> tuple[Factors, ...]:
    """The factors of each firm, from columns [F]."""
    return tuple(dict(zip(columns, row, strict=True))
                 for row in zip(*(column.tolist() for column in columns.values()), strict=True))


def contributions(records: Records) -> np.ndarray:
    """Contributions of all customers after every cost booked on them [T, F], minor units."""
    total = np.zeros((records.periods, len(records.firms)), dtype=np.int64)
    if records.transactions is not None:
        rows = records.transactions
        np.add.at(total, (rows.period, rows.firm), rows.margin)
    return total
