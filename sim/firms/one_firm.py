"""One firm of the books: what is fixed about it, its state between two periods, and what follows from both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from operator import add
from typing import Any, NamedTuple

from sim.engine.state import ACCOUNTS, COUNTS
from sim.firms.budget import Account, Grant, Launch
from sim.firms.plans import Amounts, MarketFacts, NamedValues, Plan, Seen, Sighting, VisibleLevers, changed, recorded
from sim.numerics.draws import name_key
from sim.scenario.calendar import Calendar, exactly
from sim.scenario.schema.firm import FirmSection, Levers
from sim.scenario.schema.root import Scenario

ACTIVE = COUNTS.index("active_customers")


class FirmState(NamedTuple):
    """One firm between two periods."""

    account: Account
    levers: Levers  # in force last period
    ledger: tuple[int, ...] = (0,) * len(ACCOUNTS)
    counts: tuple[int, ...] = (0,) * len(COUNTS)
    cumulative: tuple[int, ...] = (0,) * len(ACCOUNTS)
    stock: float = 0.0  # advertising, money per person and year
    carry: int = 0  # relation money kept for later customers, minor units
    returned: int = 0  # relation money of last period that came back, as nobody was known
    paused: bool = False  # everything that counts against the budget paused last period
    seen_by_all: tuple[Sighting, ...] = ()

    def active(self, equal_part: int) -> int:
        """Active customers of last period; before anybody bought, an equal part of the people stands for them."""
        return self.counts[ACTIVE] or max(1, equal_part)


class PublicFacts(NamedTuple):
    """What every firm sees alike in a period."""

    period: int
    year: float
    market: MarketFacts
    public: NamedValues[tuple[Sighting, ...]]


@dataclass(frozen=True)
class OneFirm:
    """What is fixed about a firm for the whole run."""

    name: str
    key: int  # of its draws
    written: Levers
    grant: Grant
    calendar: Calendar
    minor_units: int
    reference_price: float

    @classmethod
    def of(cls, scenario: Scenario, name: str, calendar: Calendar, minor_units: int) -> OneFirm:
        """The firm of this name in a scenario."""
        section, launch = scenario.firms[name], launch_of(scenario, calendar, minor_units)
        grant = Grant.of(scenario.budget, section.budget_factor, scenario.market.customers, launch)
        return cls(name, name_key(name), own_levers(section), grant, calendar, minor_units, scenario.product.price)

    def seen(self, state: FirmState, before: Account, facts: PublicFacts, forced: Mapping[str, Any]) -> Seen:
        """What its strategy is shown: `before` is the account before this period's grant."""
        spendable = state.account.available(self.grant) - state.carry
        return Seen(
            firm=self.name,
            period=facts.period,
            year=facts.year,
            calendar=self.calendar,
            levers=state.levers,
            written=changed(self.written, forced),
            budget=max(0, spendable),
            allowance=max(0, min(spendable, state.account.granted - before.granted + state.returned)),
            minor_units=self.minor_units,
            market=facts.market,
            ledger=NamedValues(ACCOUNTS, state.ledger),
            counts=recorded(state.levers.information, state.counts),
            cumulative=NamedValues(ACCOUNTS, state.cumulative),
            public=facts.public,
        )

    def cuts_price(self, levers: Levers, period: int) -> bool:
        """Whether the price cut is on: one period in every so many weeks, each firm in its own rhythm."""
        every_weeks = levers.price_cut.every_weeks
        if every_weeks == 0.0:
            return True
        length, rhythm = _rhythm(every_weeks, self.calendar.weeks_per_period)
        if length >= rhythm:
            return True
        now = period * length * 997 + self.key % 997 * rhythm
        return (now + length * 997) // (rhythm * 997) > now // (rhythm * 997)

    def closed(self, state: FirmState, levers: Levers, books: tuple[list[int], list[int]], period: int) -> FirmState:
        """The state after a period with these levers, ledger and counts."""
        ledger, counts, known = tuple(books[0]), tuple(books[1]), state.seen_by_all
        if not known or levers is not state.levers:
            shown = VisibleLevers.of(levers, self.reference_price)
            if not known or known[-1].levers != shown:
                known = (*known, Sighting(period, shown))
        return state._replace(
            account=state.account.closed_with(self.grant, ledger), levers=levers, ledger=ledger, counts=counts,
            cumulative=tuple(map(add, state.cumulative, ledger)), seen_by_all=known,
        )


@lru_cache(maxsize=64)
def _rhythm(every_weeks: float, weeks: Fraction) -> tuple[int, int]:
    """A period and the time from one price cut to the next, both as whole numbers of one common part."""
    ratio = weeks / exactly(every_weeks)
    return ratio.numerator, ratio.denominator


def launch_of(scenario: Scenario, calendar: Calendar, minor_units: int) -> Launch:
    """A share of nothing is nothing, so a launch takes an equal part of demand."""
    product, growth = scenario.product, scenario.market.growth
    start = growth.start_share if growth.kind == "bass" else 1.0
    people = exactly(start) * scenario.market.customers / len(scenario.firms)
    demand = people * exactly(scenario.people.purchases_per_year.mean) * exactly(scenario.people.basket.mean)
    revenue = int(demand * exactly(product.price) * minor_units)
    return Launch(calendar.periods_per_year, minor_units, revenue, int(revenue * exactly(product.margin)))


def own_levers(section: FirmSection) -> Levers:
    """The levers of a firm's section, without its strategy and its place in the market."""
    return Levers(**{name: getattr(section, name) for name in Levers.model_fields})


def checked(plan: Plan, seen: Seen, strategy: str, forced: Mapping[str, Any]) -> Plan:
    """The plan, if it keeps the budget; levers that an event forces hold whatever the strategy says.

    Raises:
        ValueError: not a plan, amounts that are not whole or below 0, or more than the budget.
    """
    if not isinstance(plan, Plan):
        raise ValueError(f"The strategy '{strategy}' of {seen.firm} must return a Plan, not {type(plan).__name__}.")
    spending = plan.spending
    for account, amount in zip(Amounts._fields, spending, strict=True):
        if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
            raise ValueError(
                f"The strategy '{strategy}' of {seen.firm} plans {amount!r} for {account}; "
                "allowed: whole minor units from 0."
            )
    if spending.total > seen.budget:
        raise ValueError(
            f"The strategy '{strategy}' of {seen.firm} plans to spend {spending.total} minor units, "
            f"but its budget is {seen.budget}."
        )
    return replace(plan, levers=changed(plan.levers, forced)) if forced else plan
