"""The terms of a relationship with constant numbers, checked, and what they are worth; periods count from now (0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.equity.checks import HUGE, Floats, broadcast, numbers, one_of, wholes

TIMINGS = ("immediate", "next_period", "renewal")
"""When the first margin comes: now · after one period, surely · after one period, from those who renew."""

LIMITS = {
    "margin": (-HUGE, HUGE), "retention": (0.0, 1.0), "discount": (-1.0, HUGE), "growth": (-1.0, HUGE),
    "acquisition_cost": (0.0, HUGE), "retention_cost": (0.0, HUGE),
}
"""The numbers of a relationship and what is allowed; a discount is above its limit."""


@dataclass(frozen=True)
class RelationshipTerms:
    """Numbers that fit together; `periods` is infinite where there is no end."""

    timing: str
    margin: Floats
    retention: Floats
    discount: Floats
    growth: Floats
    periods: Floats
    acquisition_cost: Floats
    retention_cost: Floats

    @property
    def first(self) -> Floats:
        """Present value of 1 at the date of the first margin, times the chance that it is paid."""
        if self.timing == "immediate":
            return np.ones_like(self.discount)
        chance = self.retention if self.timing == "renewal" else 1.0
        return np.asarray(chance / (1.0 + self.discount))

    @property
    def first_spending(self) -> Floats:
        """Present value of 1 at the date of the first renewal that is not certain."""
        return np.asarray((1.0 + self.discount) ** (-2.0 if self.timing == "next_period" else -1.0))

    @property
    def renewals(self) -> Floats:
        """How many renewals there can be: one before every margin that is not certain."""
        return self.periods if self.timing == "renewal" else self.periods - 1.0

    @property
    def margin_excess(self) -> Floats:
        """q − 1, where q is the present value of one margin over that of the margin before."""
        return np.asarray((self.retention * (1.0 + self.growth) - (1.0 + self.discount)) / (1.0 + self.discount))

    @property
    def spending_excess(self) -> Floats:
        """q − 1 of what is spent on retention: it does not grow."""
        return np.asarray((self.retention - (1.0 + self.discount)) / (1.0 + self.discount))


def checked(timing: str, periods: Any = None, **given: Any) -> RelationshipTerms:
    """The arguments of a lifetime value as terms; what is not given is 0, and no `periods` are no end."""
    when = one_of("timing", timing, TIMINGS)
    amounts = {name: numbers(name, value, *LIMITS[name], open_ends="low" if name == "discount" else "")
               for name, value in {**dict.fromkeys(LIMITS, 0.0), **given}.items()}
    amounts["periods"] = counted(periods)
    broadcast(**amounts)
    found = RelationshipTerms(when, **amounts)
    if periods is None:
        refuse_endless(found)
    return found


def counted(periods: Any) -> Floats:
    """How many periods there can be at most: whole numbers of at least 1, infinite for None."""
    return np.array(np.inf) if periods is None else wholes("periods", periods, 1).astype(np.float64)


def refuse_endless(terms: RelationshipTerms) -> None:
    """Complain where margins, or what is spent on retention, add up without end."""
    r, i, g, spent = np.broadcast_arrays(terms.retention, terms.discount, terms.growth, terms.retention_cost)
    for bad, why, rule in (
        (r * (1.0 + g) >= 1.0 + i, "the value has no end", "retention × (1 + growth) must be below 1 + discount"),
        ((r >= 1.0 + i) & (spent > 0.0), "retention_cost has no end", "retention must be below 1 + discount"),
    ):
        if bad.any():
            at = int(np.argmax(bad))
            raise ValueError(f"retention: {r.flat[at]:.12g} with growth {g.flat[at]:.12g} and discount "
                             f"{i.flat[at]:.12g} is not allowed without periods: {why}; {rule}")


def present_value(terms: RelationshipTerms) -> Floats:
    """Expected margins less expected costs, discounted to now; refused where it is beyond what floats hold."""
    with np.errstate(over="ignore", invalid="ignore"):
        margins = times(terms.margin * terms.first, power_sum(terms.margin_excess, terms.periods))
        spent = times(terms.retention_cost * terms.first_spending, power_sum(terms.spending_excess, terms.renewals))
        found = np.asarray(margins - spent - terms.acquisition_cost)
    if not np.isfinite(found).all():
        raise ValueError("periods: so many, with this growth and discount, give a value beyond what numbers can hold; "
                         "fewer periods, less growth, or more discount")
    return found


def times(amount: Floats, number: Floats) -> Floats:
    """The product, where nothing times something without end is nothing."""
    with np.errstate(invalid="ignore", over="ignore"):
        return np.where(amount == 0.0, 0.0, amount * number)


def power_sum(excess: Any, terms: Any) -> Floats:
    """Σ q^k for k = 0, …, terms − 1, with q = 1 + excess of at least 0; infinite where it has no end.

    >>> float(power_sum(-0.5, 3)), float(power_sum(0.0, 7)), float(power_sum(-0.5, np.inf))
    (1.75, 7.0, 2.0)
    """
    x, n = _as_arrays(excess, terms)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        general = np.expm1(n * np.log1p(x)) / x
    return np.where(n == 0.0, 0.0, np.where(x == 0.0, n, general))


def power_slope(excess: Any, terms: Any) -> Floats:
    """Derivative of `power_sum` with respect to q: Σ k·q^(k−1).

    (n·q^(n−1) − Σ)/(q − 1); near q = 1, where that loses its digits, the binomial series of the same.

    >>> float(power_slope(-0.5, 3)), float(power_slope(0.0, 4)), float(power_slope(-0.5, np.inf))
    (2.0, 6.0, 4.0)
    """
    x, n = _as_arrays(excess, terms)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        last = np.where(np.isinf(n) & (x < 0.0), 0.0, n * np.exp((n - 1.0) * np.log1p(x)))
        general = (last - power_sum(x, n)) / x
        pairs = n * (n - 1.0)
        series = pairs / 2.0 + pairs * (n - 2.0) * x * (1.0 / 3.0 + (n - 3.0) * x * (0.125 + (n - 4.0) * x / 30.0))
        near = np.abs(n * x) < 1e-3
    return np.where(n <= 1.0, 0.0, np.where(near, series, general))


def _as_arrays(excess: Any, terms: Any) -> tuple[Floats, ...]:
    return np.broadcast_arrays(np.asarray(excess, dtype=np.float64), np.asarray(terms, dtype=np.float64))
