"""The books of all firms: accounts, advertising stocks, strategies, and what each firm has seen.

The market calls, every period and in this order:

    opening = book.begin(period, people)             # events strike, strategies plan; people = those in the market now
    ledger_row += opening.lumps                      # advertising, service, people, capacity: booked at once
    rows = book.rows(treat_above, treated)           # one number per firm each; see below
    ... the phases run on rows.firm, rows.offer, rows.capacity, opening.market ...
    book.end(ledger_row, counts_row)                 # int64[len(ACCOUNTS), F], int64[len(COUNTS), F]: the whole period

`treat_above[f]` is the running contribution (minor units) from which a known customer of firm f is treated, given the
`opening.plans[f].levers.care.selective` share left out; `treated[f]` is how many customers that makes. The engine books
`rows.firm.relation_cost[f]` minor units in the account `relations` for each of them.

A book is plain data: it pickles, and `snapshot()` costs nothing because the state of a firm is never changed, only
replaced. `restore(snapshot)` goes back.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from operator import add
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.engine.state import ACCOUNTS, COUNTS, Firm, Offer
from sim.firms.budget import Account, Grant, Launch
from sim.firms.events import Circumstances, in_force
from sim.firms.plans import Amounts, MarketFacts, Plan, Row, Seen, Sighting, VisibleLevers, changed, recorded
from sim.firms.responses import Floats, Standing, Whole, World, Written, contacts_at_most, firm_rows, written
from sim.firms.strategies import Strategy, build
from sim.numerics.draws import name_key
from sim.scenario.calendar import Calendar, exactly
from sim.scenario.currency import minor_units
from sim.scenario.schema.firm import FirmSection, Levers
from sim.scenario.schema.root import Scenario

LUMPS = ("advertising", "service", "people", "capacity")
"""Accounts that are booked in one sum; relations are booked customer by customer."""


class FirmState(NamedTuple):
    """One firm between two periods."""

    account: Account
    levers: Levers  # in force last period
    ledger: tuple[int, ...]
    counts: tuple[int, ...]
    cumulative: tuple[int, ...]
    stock: float = 0.0  # advertising, money per person and year
    carry: int = 0  # relation money kept for later customers, minor units
    returned: int = 0  # relation money of last period that came back, as nobody was known
    paused: bool = False  # everything that counts against the budget paused last period
    seen_by_all: tuple[Sighting, ...] = ()


class Opening(NamedTuple):
    """How a period begins."""

    period: int
    plans: tuple[Plan, ...]
    seen: tuple[Seen, ...]  # what each strategy was shown
    strategies: tuple[str, ...]  # who decides for each firm this period
    paused: tuple[bool, ...]
    lumps: Whole  # [len(ACCOUNTS), F], minor units
    market: Mapping[str, float]  # changed values of the market: switching_cost, demand
    records: tuple[dict[str, Any], ...]  # events that begin or end


class Common(NamedTuple):
    """What every firm sees alike in a period."""

    period: int
    year: float
    market: MarketFacts
    public: Row[tuple[Sighting, ...]]


class Rows(NamedTuple):
    """What the phases read."""

    firm: Firm
    offer: Offer
    capacity: Floats  # contacts that get through, infinity: no limit


class FirmBook:
    """All firms of a market. See the top of this file for the order of calls."""

    def __init__(self, scenario: Scenario, advertising_stock: float = 1.0, folder: Path | None = None) -> None:
        """Open the books. `folder` is where strategies in files of the user are looked for.

        Raises:
            ValueError: a strategy, its settings or an event are not as they should be.
        """
        self.scenario = scenario
        self.names = tuple(scenario.firms)
        self.minor_units = minor_units(scenario.money.currency)
        self.world = World.of(scenario, self.minor_units, advertising_stock)
        self.folder = folder
        self.name_keys = tuple(name_key(name) for name in self.names)
        self.keys = np.array(self.name_keys, dtype=np.uint64)
        self._shifts = tuple(key % 997 for key in self.name_keys)  # each firm has its own rhythm
        self.written = tuple(own_levers(section) for section in scenario.firms.values())
        self.grants = tuple(self._grant(section) for section in scenario.firms.values())
        self.strategies = tuple(self._build(f, each.strategy, each.settings) for f, each in enumerate(self.sections))
        nothing, nobody = (0,) * len(ACCOUNTS), (0,) * len(COUNTS)
        self.states = tuple(FirmState(Account(), levers, nothing, nobody, nothing) for levers in self.written)
        self.opening: Opening | None = None
        self.last: Opening | None = None  # the period before: what every firm planned, and on what
        self._rows_done = False
        self._written: Written | None = None
        self._people = 0

    @property
    def sections(self) -> tuple[FirmSection, ...]:
        """The firms of the scenario, in the file's order."""
        return tuple(self.scenario.firms.values())

    @property
    def calendar(self) -> Calendar:
        """The clock."""
        return self.world.calendar

    def begin(self, period: int, people: int) -> Opening:
        """Open the accounts, let the events strike, ask every strategy for its plan.

        `people` are those in the market now. Everybody plans on last period's facts.
        """
        if self.opening is not None:
            raise RuntimeError(f"Period {self.opening.period} has not been ended: call end() before begin().")
        self._people = people
        news = in_force(self.scenario.events, period, self.calendar, self.names)
        opened = tuple(
            state._replace(account=state.account.opened(grant))
            for state, grant in zip(self.states, self.grants, strict=True)
        )
        pairs = zip(opened, self.states, strict=True)
        grown = [after.account.granted - before.account.granted for after, before in pairs]
        self.states = opened
        strategies = self._in_charge(news)
        common = Common(
            period, self.calendar.year_of(period), MarketFacts(max(1, self.audience()), self.scenario.product),
            Row(self.names, tuple([each.seen_by_all for each in self.states])),
        )
        seen = tuple([self._seen(f, common, news, grown[f]) for f in range(len(self.names))])
        plans = tuple(
            checked(strategy.plan(view), view, strategy.name, news.firms[view.firm].levers)
            for strategy, view in zip(strategies, seen, strict=True)
        )
        paused = tuple([view.budget == 0 for view in seen])
        lumps = np.zeros((len(ACCOUNTS), len(plans)), dtype=np.int64)
        for account in LUMPS:
            lumps[ACCOUNTS.index(account)] = [getattr(plan.spending, account) for plan in plans]
        who = tuple(strategy.name for strategy in strategies)
        self.opening = Opening(period, plans, seen, who, paused, lumps, dict(news.market), news.records)
        self._struck = tuple(news.firms[name] for name in self.names)
        self._rows_done = False
        return self.opening

    def rows(self, treat_above: Sequence[int], treated: Sequence[int]) -> Rows:
        """Turn the plans into what the phases read."""
        opening = self._open()
        if self._rows_done:
            raise RuntimeError("The rows of this period were made already.")
        states = self.states
        standing = Standing(
            people=self.audience(),
            active=[self._active(state) for state in states],
            treated=[
                int(heads) if plan.levers.information != "sales" else 0
                for heads, plan in zip(treated, opening.plans, strict=True)
            ],  # a firm that records only sales has nobody to treat: relation money comes back unspent
            treat_above=treat_above,
            stock=[state.stock for state in states],
            carry=[state.carry for state in states],
            paused=opening.paused,
            cutting=[self._cutting(f, opening) for f in range(len(states))],
            outage=[each.outage for each in self._struck],
            severity=[each.severity for each in self._struck],
            key=self.keys,
        )
        if self._written is None or not self._written.still(opening.plans):
            self._written = written(self.world, opening.plans)
        response = firm_rows(self.world, opening.plans, standing, self._written)
        self.states = tuple(
            state._replace(stock=stock, carry=carry, returned=returned)
            for state, stock, carry, returned in zip(
                states, response.stock, response.carry, response.returned, strict=True
            )
        )
        self._rows_done = True
        return Rows(response.firm, self._written.offer, contacts_at_most(self.world, opening.plans))

    def end(self, ledger_row: Whole, counts_row: Whole) -> None:
        """Close the period with its books and counts; everybody's visible levers become known."""
        opening = self._open()
        if not self._rows_done:
            raise RuntimeError("Call rows() before end().")
        ledger, counts = np.asarray(ledger_row).T.tolist(), np.asarray(counts_row).T.tolist()
        self.states = tuple(
            self._closed(f, tuple(ledger[f]), tuple(counts[f]), opening) for f in range(len(self.names))
        )
        self.opening, self.last = None, opening

    def audience(self) -> int:
        """People whom advertising is meant for: everybody who may ever buy while a market grows, else those present."""
        if self.scenario.market.growth.kind == "bass":
            return self.scenario.market.customers
        return max(1, self._people)

    def snapshot(self) -> tuple[FirmState, ...]:
        """The state of all firms between two periods."""
        if self.opening is not None:
            raise RuntimeError("A snapshot is taken between two periods: call end() first.")
        return self.states

    def restore(self, states: tuple[FirmState, ...]) -> None:
        """Go back to a snapshot."""
        self.states, self.opening = states, None

    def fork(self) -> FirmBook:
        """The same books, to be continued on their own: nothing in them is ever changed, only replaced."""
        self.snapshot()
        return copy.copy(self)

    def _open(self) -> Opening:
        if self.opening is None:
            raise RuntimeError("No period has begun: call begin() first.")
        return self.opening

    def _build(self, place: int, name: str, settings: Mapping[str, Any]) -> Strategy:
        try:
            return build(name, settings, self.folder)
        except ValueError as error:
            raise ValueError(f"firms.{self.names[place]}.strategy: {error}") from None

    def _grant(self, section: FirmSection) -> Grant:
        """The rule of a firm's budget. A share of nothing is nothing, so a launch takes an equal part of demand."""
        scenario, product = self.scenario, self.scenario.product
        start = scenario.market.growth.start_share if scenario.market.growth.kind == "bass" else 1.0
        people = exactly(start) * scenario.market.customers / len(self.names)
        demand = people * exactly(scenario.people.purchases_per_year.mean) * exactly(scenario.people.basket.mean)
        revenue = int(demand * exactly(product.price) * self.minor_units)
        launch = Launch(
            self.calendar.periods_per_year, self.minor_units, revenue, int(revenue * exactly(product.margin))
        )
        return Grant.of(scenario.budget, section.budget_factor, scenario.market.customers, launch)

    def _in_charge(self, news: Circumstances) -> tuple[Strategy, ...]:
        struck = [news.firms[name] for name in self.names]
        return tuple(
            self._build(f, each.strategy, each.settings) if each.strategy else self.strategies[f]
            for f, each in enumerate(struck)
        )

    def _seen(self, place: int, common: Common, news: Circumstances, grown: int) -> Seen:
        state, name = self.states[place], self.names[place]
        available = state.account.available(self.grants[place])
        written = changed(self.written[place], news.firms[name].levers)
        return Seen(
            firm=name,
            period=common.period,
            year=common.year,
            calendar=self.calendar,
            levers=state.levers,
            written=written,
            budget=max(0, available - state.carry),
            allowance=max(0, min(available - state.carry, grown + state.returned)),
            minor_units=self.minor_units,
            market=common.market,
            ledger=Row(ACCOUNTS, state.ledger),
            counts=recorded(state.levers.information, state.counts),
            cumulative=Row(ACCOUNTS, state.cumulative),
            public=common.public,
        )

    def _active(self, state: FirmState) -> int:
        """Active customers of last period; before anybody bought, an equal part of the people stands for them."""
        active = state.counts[COUNTS.index("active_customers")]
        return active if active > 0 else max(1, self._people // len(self.names))

    def _cutting(self, place: int, opening: Opening) -> bool:
        """Whether the price cut is on: one period in every so many weeks, each firm in its own rhythm."""
        every_weeks = opening.plans[place].levers.price_cut.every_weeks
        if every_weeks == 0.0:
            return True
        length, rhythm = _rhythm(every_weeks, self.calendar.weeks_per_period)
        if length >= rhythm:
            return True
        now = opening.period * length * 997 + self._shifts[place] * rhythm
        return (now + length * 997) // (rhythm * 997) > now // (rhythm * 997)

    def _closed(self, place: int, ledger: tuple[int, ...], counts: tuple[int, ...], opening: Opening) -> FirmState:
        state, plan = self.states[place], opening.plans[place]
        known = state.seen_by_all
        if not known or plan.levers is not state.levers:
            shown = VisibleLevers.of(plan.levers, self.scenario.product.price)
            if not known or known[-1].levers != shown:
                known = (*known, Sighting(opening.period, shown))
        return state._replace(
            account=state.account.closed_with(self.grants[place], ledger),
            levers=plan.levers,
            ledger=ledger,
            counts=counts,
            cumulative=tuple(map(add, state.cumulative, ledger)),
            paused=opening.paused[place],
            seen_by_all=known,
        )


@lru_cache(maxsize=64)
def _rhythm(every_weeks: float, weeks: Fraction) -> tuple[int, int]:
    """A period and the time from one price cut to the next, both as whole numbers of one common part."""
    ratio = weeks / exactly(every_weeks)
    return ratio.numerator, ratio.denominator


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
