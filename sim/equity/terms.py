"""The terms of a relationship with constant numbers, checked, and what they are worth.

One way to reckon for `sim.equity.clv` and `sim.equity.elasticity`; dates are counted in periods from now (0).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.equity.checks import HUGE, Floats, broadcast, numbers, one_of, wholes
from sim.equity.powers import power_sum

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
    """The arguments of a lifetime value as terms; what is not given is 0, and no `periods` are no end.

    Raises:
        TypeError: something is not a number, or the timing not a word.
        ValueError: something is outside its range, the arrays do not fit, or the value has no end.
    """
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
    """Complain where margins, or what is spent on retention, add up without end.

    Raises:
        ValueError: retention × (1 + growth) is not below 1 + discount, or retention is not.
    """
    r, i, g, spent = np.broadcast_arrays(terms.retention, terms.discount, terms.growth, terms.retention_cost)
    for bad, why, rule in (
        (r * (1.0 + g) >= 1.0 + i, "the value has no end", "retention × (1 + growth) must be below 1 + discount"),
        ((r >= 1.0 + i) & (spent > 0.0), "retention_cost has no end", "retention must be below 1 + discount"),
    ):
        if bad.any():
            at = int(np.argmax(bad))
            raise ValueError(f"retention: {r.flat[at]:.12g} with growth {g.flat[at]:.12g} and discount "
                             f"{i.flat[at]:.12g} is not allowed without periods: {why}; {rule}")


def worth(terms: RelationshipTerms) -> Floats:
    """Expected margins less expected costs, discounted to now.

    Raises:
        ValueError: the value is beyond what floats hold.
    """
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
