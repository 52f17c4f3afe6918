"""Whom each firm treats this period: it ranks the customers it knows and leaves out the worst (`care.selective`)."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import NEVER
from sim.engine.world import World
from sim.firms.forecasts import FORECASTS, Book, Floats, Lengths
from sim.firms.information import LEVELS
from sim.firms.plans import Plan
from sim.firms.treatment import KnownCustomers, Whole, left_out
from sim.scenario.calendar import Calendar
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import Care, Estimate

Flags = NDArray[np.bool_]
LOOKS_BACK = ("last_year", "sbg")
"""Estimates for which a firm keeps everybody's contribution for a year."""


class Selection:
    """The firms' choice of whom to treat. What it keeps of the past is replaced, never changed."""

    def __init__(self, scenario: Scenario, constants: Any) -> None:
        self.price, self.constants = scenario.product.price, constants
        year = float(Calendar.of(scenario.clock).periods_per_year)
        window = int(constants.active_window)
        self.lengths = Lengths(window, max(window, int(constants.contract)), round(year),
                           round(scenario.money.equity_horizon_years * year))
        self.as_written = [firm.care for firm in scenario.firms.values()]
        self.past: dict[tuple[int, int], Whole] = {}  # everybody's contribution by firm and period
        self.models: dict[tuple[int, str], tuple[int, Any]] = {}  # by firm and estimate: fitted when, and what
        self.first: Any = None  # period of everybody's first purchase by firm, NEVER: none
        self.begun: Any = None  # purchases in it

    def mark(self, world: World, now: int, plans: Sequence[Plan]) -> list[int]:
        """Mark whom each firm leaves out (`tie.left_out`); how many known customers it treats."""
        me, tie, treated = world.me, world.tie, []
        self._write_down(tie, now, plans)
        known = (me.enters <= now) & (now < me.leaves) & (tie.idle < self.constants.active_window)
        for f, plan in enumerate(plans):
            care, out, number = plan.levers.care, tie.left_out[f], int(np.count_nonzero(known[f]))
            if out.any():
                out[:] = False
            if _looks_back(care) or _looks_back(self.as_written[f]):
                self._remember(tie, (f, now))
            if care.selective > 0.0:
                out[known[f]] = left_out(self._known(world, (f, now), known[f], plan), care.selective, care.by)
                number -= int(np.count_nonzero(out))
            treated.append(number)
        return treated

    def fork(self) -> Selection:
        """The same, to be continued on its own."""
        return copy.copy(self)

    def _write_down(self, tie: Any, now: int, plans: Sequence[Plan]) -> None:
        """The book of every firm that knows who buys: whose first purchase on record was last period, and how often."""
        if self.first is None:
            self.first, self.begun = np.full_like(tie.idle, NEVER), np.zeros_like(tie.experiences)
        records = np.array([LEVELS[plan.levers.information].knowledge > 0.0 for plan in plans])
        new = (tie.idle == 0) & (self.first == NEVER) & records[:, None]
        if new.any():
            self.first = np.where(new, tie.idle.dtype.type(now - 1), self.first)
            self.begun = np.where(new, tie.experiences, self.begun)

    def _remember(self, tie: Any, place: tuple[int, int]) -> None:
        """Keep everybody's contribution for a year."""
        since = place[1] - self.lengths.year
        self.past = {**{key: values for key, values in self.past.items() if key[1] >= since},
                     place: _contribution(tie, place[0])}

    def _known(self, world: World, place: tuple[int, int], known: Flags, plan: Plan) -> KnownCustomers:
        """What a firm has in its records of its known customers, and what only the model knows of them."""
        f, tie, p, by = place[0], world.tie, self.constants, plan.levers.care.by
        contribution = _contribution(tie, f)
        before = self.past.get((f, place[1] - self.lengths.year), np.zeros_like(contribution))
        price = (plan.levers.price or self.price) / self.price
        rate, basket, serving = (np.float64(getattr(world.me, name)[known]) for name in ("rate", "basket", "serving"))
        margin = (price - p.goods) * basket - p.serving_cost * serving - p.order_cost
        return KnownCustomers(
            contribution[known], before[known], tie.idle[f][known].astype(np.int64),
            tie.experiences[f][known].astype(np.int64), tie.paid[f][known],
            self._ahead(tie, place, known, by) if by in FORECASTS else None, rate * margin,
        )

    def _ahead(self, tie: Any, place: tuple[int, int], known: Flags, by: Estimate) -> Floats | None:
        """What a firm's model says of its known customers: fitted to a book of a year or more, and anew every year."""
        f, now = place
        written = self.first[f] < NEVER
        last = now - 1 - np.asarray(tie.idle[f], dtype=np.int64)
        repeats = np.where(written, tie.experiences[f] - self.begun[f], 0)
        book = Book(np.where(written, self.first[f], last), last, repeats, now)  # not in it yet: as if new
        forecast = FORECASTS[by]
        fitted, model = self.models.get((f, by), (-self.lengths.year, None))
        if now - max(fitted, int(self.first[f].min())) >= self.lengths.year:
            model = forecast.fit(book.of(written), self.lengths)
            self.models = {**self.models, (f, by): (now, model)}
        return None if model is None else forecast.ahead(model, book.of(known), self.lengths)


def _contribution(tie: Any, f: int) -> Whole:
    """What everybody has brought a firm so far, minor units."""
    contribution: Whole = tie.paid[f] - tie.served[f] - tie.relation[f]
    return contribution


def _looks_back(care: Care) -> bool:
    """Whether contributions of a year ago are asked for."""
    return care.selective > 0.0 and care.by in LOOKS_BACK
