"""The terms of a relationship with constant numbers, checked, and what they are worth.

One way to reckon for `sim.equity.clv` and `sim.equity.elasticity`; dates are counted in periods from now (0).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.equity.checks import Floats, numbers, one_of, wholes
from sim.equity.powers import power_sum
from sim.equity.shapes import together

TIMINGS = ("immediate", "next_period", "renewal")
"""When the first margin comes: now · after one period, surely · after one period, from those who renew."""


@dataclass(frozen=True)
class Terms:
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


def checked(
    margin: Any, retention: Any, discount: Any, *, timing: str, growth: Any = 0.0, periods: Any = None,
    acquisition_cost: Any = 0.0, retention_cost: Any = 0.0,
) -> Terms:
    """The arguments of a lifetime value as terms.

    Raises:
        TypeError: something is not a number, or the timing not a word.
        ValueError: something is outside its range, the arrays do not fit, or the value has no end.
    """
    found = Terms(
        one_of("timing", timing, TIMINGS), numbers("margin", margin, least=1),
        numbers("retention", retention, 0.0, 1.0, least=1), numbers("discount", discount, -1.0, open_low=True, least=1),
        numbers("growth", growth, -1.0, least=1),
        np.array(np.inf) if periods is None else wholes("periods", periods, 1, least=1).astype(np.float64),
        numbers("acquisition_cost", acquisition_cost, 0.0, least=1),
        numbers("retention_cost", retention_cost, 0.0, least=1),
    )
    together(margin=found.margin, retention=found.retention, discount=found.discount, growth=found.growth,
             periods=found.periods, acquisition_cost=found.acquisition_cost, retention_cost=found.retention_cost)
    if periods is None:
        refuse_endless(found)
    return found


def refuse_endless(terms: Terms) -> None:
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


def worth(terms: Terms) -> Floats:
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
