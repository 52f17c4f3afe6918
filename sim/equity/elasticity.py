"""What one per cent of retention, margin, discount or costs is worth, and five points of retention."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.equity.checks import Floats, number, plain, whole
from sim.equity.terms import RelationshipTerms, checked, power_slope, power_sum, present_value, times

STEP = 0.01
POINTS = 0.05
DRIVERS = {"retention": 1.0, "margin": 1.0, "discount": -1.0, "acquisition_cost": -1.0, "retention_cost": -1.0}
"""The drivers, and whether more (1) or less (−1) of each is better."""


@dataclass(frozen=True)
class DriverEffect:
    """What making one driver 1 % better does: retention and margin rise by 1 %, discount and costs fall by 1 %.

    `value_percent`: change of the lifetime value in per cent, from `before` to `after`; `value_point`: the elasticity
    at the point, in per cent per per cent, its sign turned where better is less. `equity_percent`, `equity_point`: the
    same for the equity of a steady inflow (see `customer_equity`), where discount counts twice. NaN where a number does
    not exist: retention above 1, a value without end, an inflow without discount.
    """

    driver: str
    before: float
    after: float
    value_percent: float
    value_point: float
    equity_percent: float
    equity_point: float


Effect = DriverEffect
"""The public name."""


def elasticity(
    margin: float, retention: float, discount: float, *, timing: str, growth: float = 0.0, periods: int | None = None,
    acquisition_cost: float = 0.0, retention_cost: float = 0.0,
) -> dict[str, DriverEffect]:
    """Effect of 1 % of each driver (retention, margin, discount, acquisition_cost, retention_cost), by its name.

    V is `sim.equity.clv.lifetime_value` of the same arguments; E = n·V·(1+i)/i is the equity of n new customers every
    period for ever, the first now. Elasticity of x: (x/V)·∂V/∂x, from the closed form, and the finite change
    (V(x·1.01) − V(x))/V(x). For V = m·r/(1+i−r) that of retention is (1+i)/(1+i−r).

    Raises:
        TypeError, ValueError: as `lifetime_value`; or the value is not above 0, so that per cent of it say nothing.

    Source: Gupta, Lehmann and Stuart (2004), "Valuing customers", Journal of Marketing Research 41(1): 1 % of
    retention moves customer equity by 3 to 7 %, of margin by about 1 %, of acquisition cost by 0.02 to 0.3 %.

    >>> round(elasticity(100, 0.8, 0.12, timing="renewal")["retention"].value_point, 4)
    3.5
    """
    terms = _single(timing, periods, margin=margin, retention=retention, discount=discount, growth=growth,
                    acquisition_cost=acquisition_cost, retention_cost=retention_cost)
    value = float(present_value(terms))
    if value <= 0.0:
        raise ValueError(f"margin: the lifetime value is {value:.12g}, and per cent of it say nothing; "
                         "a margin that pays for acquisition_cost and retention_cost is expected")
    i, slopes = float(terms.discount), _slopes(terms)
    found = {}
    for driver, sign in DRIVERS.items():
        before = float(getattr(terms, driver))
        after = before * (1.0 + sign * STEP)
        change = _value_at(terms, driver, after) / value - 1.0
        point = sign * float(times(np.asarray(before), slopes[driver])) / value + 0.0  # no "-0.0"
        equity, at_point = change, point
        if i <= 0.0:
            equity = at_point = nan
        elif driver == "discount":
            equity = (1.0 + change) * _inflow(after) / _inflow(i) - 1.0
            at_point = point + 1.0 / (1.0 + i)
        found[driver] = DriverEffect(driver, before, after, 100.0 * change, point, 100.0 * equity, at_point)
    return found


@dataclass(frozen=True)
class FivePoints:
    """Lifetime values before and after five points more of retention, and the change in per cent.

    NaN where retention would be above 1, the raised value has no end, or the value before is not above 0 (`percent`).
    """

    retention: Any
    raised: Any
    value: Any
    raised_value: Any
    percent: Any


def five_points(
    margin: Any, retention: Any, discount: Any, *, timing: str, growth: Any = 0.0, periods: Any = None,
    acquisition_cost: Any = 0.0, retention_cost: Any = 0.0,
) -> FivePoints:
    """The table "five points more of retention": lifetime value at r and at r + 0.05; arrays give a table.

    Raises:
        TypeError, ValueError: as `lifetime_value`, whose arguments these are.

    Source: the question is that of Reichheld and Sasser (1990), Harvard Business Review 68(5), who cut defections by
    five points in case studies; the answer here is that of the formula.

    >>> five_points(100, [0.6, 0.8, 0.9], 0.12, timing="immediate").percent.round(1).tolist()
    [10.6, 18.5, 29.4]
    """
    terms = checked(timing, periods, margin=margin, retention=retention, discount=discount, growth=growth,
                    acquisition_cost=acquisition_cost, retention_cost=retention_cost)
    value = present_value(terms)
    raised = terms.retention + POINTS
    possible = (raised <= 1.0 + 1e-12) & _has_end(replace(terms, retention=raised))
    safe = replace(terms, retention=np.where(possible, np.minimum(raised, 1.0), terms.retention))
    after = np.where(possible, present_value(safe), nan)
    percent = np.where(value > 0.0, 100.0 * (after - value) / np.where(value > 0.0, value, 1.0), nan)
    return FivePoints(*(plain(np.asarray(one)) for one in (terms.retention, raised, value, after, percent)))


@dataclass(frozen=True)
class CustomerEquity:
    """What the customers of a steady market are worth, when the older ones have renewed and nobody has paid yet.

    Money of now. `per_customer`: lifetime value of a new customer, net of acquisition. `paying`: customers who pay in a
    period. `today`: value of those won earlier, their acquisition long paid; `future`: of those won now and later, net
    of acquisition. Nobody counts twice.
    """

    per_customer: float
    paying: float
    today: float
    future: float

    @property
    def total(self) -> float:
        """Today's and future customers together."""
        return self.today + self.future


def customer_equity(
    newcomers: float, margin: float, retention: float, discount: float, *, timing: str, acquisition_cost: float = 0.0,
    retention_cost: float = 0.0,
) -> CustomerEquity:
    """Customer equity of a firm that wins the same number of customers every period, for ever, the first now.

    future = n·V·(1+i)/i with V the lifetime value of one. Who pays in a period: n/(1−r) with "immediate" and
    "next_period", n·r/(1−r) with "renewal". Those among them who were won earlier are each worth m·(1+i)/(1+i−r) less
    what will be spent to keep them: their margin of now is still to come, what was spent on their renewal of now is
    past. Without retention costs, total = (1+i)/i times the profit of a period.

    `newcomers` n: per period, at least 0; the other arguments are those of `lifetime_value`, with retention below 1 and
    discount above 0.

    Raises:
        TypeError, ValueError: an argument is not a number of its range.

    Source: Gupta, Lehmann and Stuart (2004), Journal of Marketing Research 41(1), here with a steady inflow.

    >>> round(customer_equity(1000, 100, 0.8, 0.12, timing="immediate", acquisition_cost=60).future, 2)
    2706666.67
    """
    n = number("newcomers", newcomers, 0.0)
    number("retention", retention, 0.0, 1.0, open_ends="high")
    number("discount", discount, 0.0, open_ends="low")
    terms = _single(timing, None, margin=margin, retention=retention, discount=discount,
                    acquisition_cost=acquisition_cost, retention_cost=retention_cost)
    r, i = float(terms.retention), float(terms.discount)
    value = float(present_value(terms))
    older = replace(terms, timing="immediate", acquisition_cost=np.zeros(()))
    paying = n / (1.0 - r) * (r if timing == "renewal" else 1.0)
    earlier = paying - n if timing == "immediate" else paying
    return CustomerEquity(value, paying, earlier * float(present_value(older)), n * value * _inflow(i))


def _single(timing: str, periods: Any, **given: Any) -> RelationshipTerms:
    for name, value in given.items():
        number(name, value)
    return checked(timing, None if periods is None else whole("periods", periods, 1), **given)


def _inflow(discount: float) -> float:
    """Present value of 1 at the start of every period, for ever."""
    return (1.0 + discount) / discount


def _has_end(terms: RelationshipTerms) -> NDArray[np.bool_]:
    ends = (terms.margin_excess < 0.0) & ((terms.spending_excess < 0.0) | (terms.retention_cost == 0.0))
    return np.asarray(ends | np.isfinite(terms.periods))


def _value_at(terms: RelationshipTerms, driver: str, value: float) -> float:
    """Lifetime value with another value of a driver; NaN where there is none."""
    changed: dict[str, Any] = {driver: np.asarray(value)}
    other = replace(terms, **changed)
    if (driver == "retention" and value > 1.0) or not _has_end(other):
        return nan
    return float(present_value(other))


def _slopes(terms: RelationshipTerms) -> dict[str, Floats]:
    """∂V/∂x for every driver, from the closed form."""
    r, v, growing = terms.retention, 1.0 / (1.0 + terms.discount), 1.0 + terms.growth
    margins, margins_slope = (of(terms.margin_excess, terms.periods) for of in (power_sum, power_slope))
    spent, spent_slope = (of(terms.spending_excess, terms.renewals) for of in (power_sum, power_slope))
    first, first_spent, m, cost = terms.first, terms.first_spending, terms.margin, terms.retention_cost
    first_by_r: Any = v if terms.timing == "renewal" else 0.0
    first_by_v: Any = {"immediate": 0.0, "next_period": 1.0, "renewal": r}[terms.timing]
    spent_by_v: Any = 2.0 * v if terms.timing == "next_period" else 1.0
    by_v = m * (first_by_v * margins + first * margins_slope * r * growing) - times(
        cost, spent_by_v * spent + first_spent * spent_slope * r)
    return {
        "retention": m * (first_by_r * margins + first * margins_slope * growing * v)
        - times(cost, first_spent * spent_slope * v),
        "margin": first * margins, "discount": -v * v * by_v, "acquisition_cost": np.array(-1.0),
        "retention_cost": -first_spent * spent,
    }


