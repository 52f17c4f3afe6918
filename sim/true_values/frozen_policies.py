"""Policies that stand still: every firm goes on as it did in its last period, whatever its strategy would decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from sim.firms.book import FirmBook
from sim.firms.events import Happening
from sim.firms.plans import NOTHING, Amounts, Plan, Seen

if TYPE_CHECKING:
    from sim.firms.strategies import Strategy
    from sim.scenario.schema import Event


@dataclass(frozen=True)
class FrozenStrategy:
    """Keep these levers, and split the money as it was split when there was some.

    Where the last plan spent the written shares of its allowance, the written shares go on, to the cent. Else every
    account gets the same part of this period's allowance as of the allowance then (of the budget, where there was no
    allowance), rounded down; all are cut alike where that is more than the budget.
    """

    levers: Any
    spending: Amounts = NOTHING
    base: int = 0  # minor units: the allowance (or the budget) that was split
    as_written: bool = True
    name: str = "unchanged"

    @classmethod
    def of(cls, plan: Plan, seen: Seen) -> FrozenStrategy:
        """What goes on after a plan."""
        as_written = Plan.from_shares(plan.levers, seen.allowance).spending == plan.spending
        return cls(plan.levers, plan.spending, seen.allowance or seen.budget, as_written)

    def plan(self, seen: Seen) -> Plan:
        """The same levers and the same split as before."""
        if self.as_written or self.base == 0:
            return Plan.from_shares(self.levers, seen.allowance)
        wanted = [seen.allowance * part // self.base for part in self.spending]
        total = sum(wanted)
        if total > seen.budget:
            wanted = [seen.budget * part // total for part in wanted]
        return Plan(self.levers, Amounts(*wanted))


class FrozenPolicies:
    """What every firm did when it last had money to spend. Look at the books after every period."""

    def __init__(self) -> None:
        self._split: dict[int, FrozenStrategy] = {}

    def look(self, book: FirmBook) -> None:
        """Remember how the period that just ended was planned; a firm whose account is empty shows no split."""
        if book.last is not None:
            for place, (plan, seen) in enumerate(zip(book.last.plans, book.last.seen, strict=True)):
                if seen.budget > 0:
                    self._split[place] = FrozenStrategy.of(plan, seen)

    def frozen(self, book: FirmBook) -> FirmBook:
        """The books with all policies standing still: levers in force last period, money split as it last was. Before
        the warm-up ends, the past goes on.

        Events that would change a firm's levers or strategy, and outages that have not begun yet, do not happen. What
        strikes the whole market does (a recession, freed hostages by law), and an outage that has begun goes on to its
        end.

        Raises:
            ValueError: no period has been walked, so there is nothing to go on with.
        """
        if book.last is None:
            raise ValueError("Policies can be frozen once a period has been walked: before it no firm has a plan.")
        fork, plans = book.fork(), book.last.plans
        going_on = (replace(self._split.get(f, FrozenStrategy(None)), levers=plan.levers)
                    for f, plan in enumerate(plans))
        fork.strategies = cast("tuple[Strategy, ...]", tuple(going_on))
        fork.firms = book.past.firms if book.last.period < book.past.ends else book.firms
        fork.past = replace(book.past, ends=0)
        now = book.last.period + 1
        events = [event for event in book.scenario.events if _goes_on(event, now, book)]
        fork.scenario = book.scenario.model_copy(update={"events": events})
        return fork


def _goes_on(event: Event, now: int, book: FirmBook) -> bool:
    """Whether an event still counts when policies stand still from period `now` on."""
    if not isinstance(event, Happening) or not event.strikes_firms:
        return isinstance(event, Happening)
    effect = event.effect(1.0)
    return not effect.levers and not effect.strategy and book.calendar.period_of(event.year) < now
