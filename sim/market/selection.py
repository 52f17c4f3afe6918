"""Whom each firm treats this period: it ranks the customers it knows and leaves out the worst (`care.selective`)."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.world import World
from sim.firms.plans import Plan
from sim.firms.treatment import KnownCustomers, Whole, left_out
from sim.scenario.calendar import Calendar
from sim.scenario.schema import Scenario

Flags = NDArray[np.bool_]


class Selection:
    """The firms' choice of whom to treat. What it keeps of the past is replaced, never changed."""

    def __init__(self, scenario: Scenario, constants: Any) -> None:
        self.price, self.constants = scenario.product.price, constants
        self.periods_per_year = round(Calendar.of(scenario.clock).periods_per_year)
        self.past: dict[tuple[int, int], Whole] = {}  # everybody's contribution by firm and period

    def mark(self, world: World, now: int, plans: Sequence[Plan]) -> list[int]:
        """Mark whom each firm leaves out (`tie.left_out`); how many known customers it treats."""
        me, tie, treated = world.me, world.tie, []
        known = (me.enters <= now) & (now < me.leaves) & (tie.idle < self.constants.active_window)
        for f, plan in enumerate(plans):
            care, out, number = plan.levers.care, tie.left_out[f], int(np.count_nonzero(known[f]))
            if out.any():
                out[:] = False
            if care.selective > 0.0:
                out[known[f]] = left_out(self._known(world, (f, now), known[f], plan), care.selective, care.by)
                number -= int(np.count_nonzero(out))
            treated.append(number)
        return treated

    def fork(self) -> Selection:
        """The same, to be continued on its own."""
        return copy.copy(self)

    def _known(self, world: World, place: tuple[int, int], known: Flags, plan: Plan) -> KnownCustomers:
        """What a firm has in its records of its known customers, and what only the model knows of them."""
        f, tie, p = place[0], world.tie, self.constants
        contribution = tie.paid[f] - tie.served[f] - tie.relation[f]
        before = np.zeros_like(contribution)
        if plan.levers.care.by == "last_year":
            before = self._a_year_ago(place, contribution)
        price = (plan.levers.price or self.price) / self.price
        rate, basket, serving = (np.float64(getattr(world.me, name)[known]) for name in ("rate", "basket", "serving"))
        margin = (price - p.goods) * basket - p.serving_cost * serving - p.order_cost
        return KnownCustomers(
            contribution[known], before[known], tie.idle[f][known].astype(np.int64),
            tie.experiences[f][known].astype(np.int64), tie.paid[f][known], rate * margin,
        )

    def _a_year_ago(self, place: tuple[int, int], contribution: Whole) -> Whole:
        """Everybody's contribution a year ago; kept only while a firm asks for it, 0 before it first did."""
        f, now = place
        first = now - self.periods_per_year
        kept = {key: values for key, values in self.past.items() if key[1] >= first}
        self.past = {**kept, (f, now): contribution}
        return kept.get((f, first), np.zeros_like(contribution))
