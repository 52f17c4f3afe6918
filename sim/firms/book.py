"""The books of all firms: accounts, advertising stocks, strategies, and what each firm has seen.

Every period the market makes one value out of the other:

    opening = book.open(period, people)              # events strike, strategies plan; people = those in the market now
    ledger_row += opening.lumps                      # advertising, service, people, capacity: booked at once
    rows = book.rows(opening, treat_above, treated)  # one number per firm each
    ... the phases run on rows.firm, rows.offer, rows.capacity, opening.market ...
    book.close(rows, ledger_row, counts_row)         # int64[len(ACCOUNTS), F], int64[len(COUNTS), F]: the whole period

A book is plain data: it pickles, and the state of a firm is never changed, only replaced.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.engine.state import ACCOUNTS, FirmRow, Offer, Strain
from sim.firms.events import Effect, in_force
from sim.firms.information import StandingCosts
from sim.firms.one_firm import Account, FirmState, OneFirm, PublicFacts, checked
from sim.firms.plans import MarketFacts, NamedValues, Plan, Seen
from sim.firms.responses import Floats, LeverColumns, LeverCurves, Situation, Whole, contacts_at_most, firm_rows
from sim.firms.strain import strain_of, whole_grant
from sim.firms.strategies import Strategy, build
from sim.scenario.calendar import Calendar
from sim.scenario.schema import Scenario

LUMPS = ("advertising", "service", "people", "capacity")
"""Accounts that are booked in one sum; relations are booked customer by customer."""
_PLACES = [ACCOUNTS.index(account) for account in LUMPS]
_SYSTEM, _FIXED = ACCOUNTS.index("system"), ACCOUNTS.index("fixed")


class Opening(NamedTuple):
    """How a period begins."""

    period: int
    people: int  # in the market
    plans: tuple[Plan, ...]
    seen: tuple[Seen, ...]  # what each strategy was shown
    strategies: tuple[str, ...]  # who decides for each firm this period
    lumps: Whole  # [len(ACCOUNTS), F], minor units
    states: tuple[FirmState, ...]  # with this period's grant
    effects: tuple[Effect, ...]  # of the events, on each firm
    market: Mapping[str, float]  # changed values of the market: switching_cost, demand
    records: tuple[dict[str, Any], ...]  # events that begin or end

    @property
    def paused(self) -> tuple[bool, ...]:
        """Whose account is empty: everything of theirs that counts against the budget pauses."""
        return tuple([view.budget == 0 for view in self.seen])


class Rows(NamedTuple):
    """What the phases read."""

    firm: FirmRow
    offer: Offer
    capacity: Floats  # contacts that get through, infinity: no limit
    opening: Opening
    states: tuple[FirmState, ...]  # with this period's advertising stock and relation money
    strain: Strain  # whose money was short, and what was left undone for it


class FirmBook:
    """All firms of a market. See the top of this file for the order of calls.

    `folder` is where strategies in files of the user are looked for.

    Raises:
        ValueError: a strategy, its settings or an event are not as they should be.
    """

    def __init__(self, scenario: Scenario, advertising_stock: float = 1.0, folder: Path | None = None) -> None:
        self.scenario = scenario
        self.folder = folder
        self.names = tuple(scenario.firms)
        self.firms = tuple(OneFirm.of(scenario, name) for name in self.names)
        self.curves = LeverCurves.of(scenario, advertising_stock)
        self.minor_units = self.curves.minor_units
        self.standing = StandingCosts.of(scenario)
        self.name_keys = tuple(firm.key for firm in self.firms)
        self.strategies = tuple(
            self._build(name, section.strategy, section.settings) for name, section in scenario.firms.items()
        )
        self.states = tuple(FirmState(Account(), firm.written) for firm in self.firms)
        self.opening: Opening | None = None  # between periods there is none
        self.last: Opening | None = None  # the period before: what every firm planned, and on what
        self._columns: LeverColumns | None = None

    @property
    def calendar(self) -> Calendar:
        """The clock."""
        return self.curves.calendar

    def open(self, period: int, people: int) -> Opening:
        """Grant the budgets, let the events strike, ask every strategy for its plan.

        `people` are those in the market now. Everybody plans on last period's facts.
        """
        news = in_force(self.scenario.events, period, self.calendar, self.names)
        effects = tuple(news.firms.values())
        strategies = tuple([
            self._build(firm.name, effect.strategy, effect.settings) if effect.strategy else own
            for firm, effect, own in zip(self.firms, effects, self.strategies, strict=True)
        ])
        facts = PublicFacts(
            period, self.calendar.year_of(period), people, MarketFacts(self._audience(people), self.scenario.product),
            NamedValues(self.names, tuple([state.seen_by_all for state in self.states])),
        )
        states, seen, plans = [], [], []
        for firm, before, effect, strategy in zip(self.firms, self.states, effects, strategies, strict=True):
            state = before._replace(account=before.account.opened(firm.grant))
            view = firm.seen(state, before.account, facts, effect.levers)
            seen.append(view)
            plans.append(checked(strategy.plan(view), view, strategy.name, effect.levers))
            granted = state.account.granted - before.account.granted
            states.append(state._replace(wanted=whole_grant(plans[-1], view, granted, before.wanted)))
        lumps = np.zeros((len(ACCOUNTS), len(plans)), dtype=np.int64)
        lumps[_PLACES] = [[getattr(plan.spending, account) for plan in plans] for account in LUMPS]
        lumps[_SYSTEM] = [self.standing.system_of(plan.levers.information, people) for plan in plans]
        lumps[_FIXED] = self.standing.fixed_for(people)
        who = tuple([strategy.name for strategy in strategies])
        self.opening = Opening(
            period, people, tuple(plans), tuple(seen), who, lumps, tuple(states), effects, news.market, news.records,
        )
        return self.opening

    def rows(self, opening: Opening, treat_above: Sequence[int], treated: Sequence[int]) -> Rows:
        """Turn the plans into what the phases read.

        `treat_above[f]` is the running contribution (minor units) from which a known customer of firm f is treated,
        `treated[f]` how many customers that makes; for each of them the engine books `firm.relation_cost[f]`. A firm
        that records only sales has nobody to treat: its relation money comes back unspent.
        """
        plans, states = opening.plans, opening.states
        by_firm = list(zip(self.firms, plans, treated, strict=True))
        situation = Situation(
            people=self._audience(opening.people),
            active=[state.active(opening.people // len(states)) for state in states],
            treated=[int(count) if plan.levers.information != "sales" else 0 for _, plan, count in by_firm],
            treat_above=treat_above,
            stock=[state.stock for state in states],
            carry=[state.carry for state in states],
            paused=opening.paused,
            cutting=[firm.cuts_price(plan.levers, opening.period) for firm, plan, _ in by_firm],
            outage=[effect.struck for effect in opening.effects],
            severity=[effect.severity for effect in opening.effects],
            information=[self.standing.knowing_one(plan.levers.information, opening.period) for plan in plans],
            key=np.array(self.name_keys, dtype=np.uint64),
        )
        if self._columns is None or not self._columns.still(plans):
            self._columns = LeverColumns.of(self.curves, plans)
        response = firm_rows(self.curves, plans, situation, self._columns)
        after = zip(states, response.stock, response.carry, response.returned, opening.paused, strict=True)
        states = tuple([
            state._replace(stock=stock, carry=carry, returned=returned, paused=paused)
            for state, stock, carry, returned, paused in after
        ])
        nobody, product = (False,) * len(self.names), self.curves.product
        pausing = None if opening.paused == nobody else (
            self._columns.row(product, opening.paused, tuple(situation.cutting)),
            self._columns.row(product, nobody, tuple(situation.cutting)))
        strain = strain_of(opening.paused, pausing, [state.wanted for state in states], plans)
        return Rows(response.firm, self._columns.offer, contacts_at_most(self.curves, plans), opening, states, strain)

    def close(self, rows: Rows, ledger_row: Whole, counts_row: Whole) -> None:
        """Close the period with its books and counts; everybody's visible levers become known."""
        opening = rows.opening
        books = zip(np.asarray(ledger_row).T.tolist(), np.asarray(counts_row).T.tolist(), strict=True)
        self.states = tuple([
            firm.closed(state, plan.levers, book, opening.period)
            for firm, state, plan, book in zip(self.firms, rows.states, opening.plans, books, strict=True)
        ])
        self.opening, self.last = None, opening

    def snapshot(self) -> tuple[FirmState, ...]:
        """The state of all firms between two periods.

        Raises:
            RuntimeError: a period has begun and not ended yet.
        """
        if self.opening is not None:
            raise RuntimeError("A snapshot is taken between two periods: close this one first.")
        return self.states

    def restore(self, states: tuple[FirmState, ...]) -> None:
        """Go back to a snapshot."""
        self.states, self.opening = states, None

    def fork(self) -> FirmBook:
        """The same books, to be continued on their own: nothing in them is ever changed, only replaced."""
        self.snapshot()
        return copy.copy(self)

    def _audience(self, people: int) -> int:
        """People whom advertising is meant for: everybody who may ever buy while a market grows, else those present."""
        return self.scenario.market.customers if self.scenario.market.growth.kind == "bass" else max(1, people)

    def _build(self, firm: str, name: str, settings: Mapping[str, Any]) -> Strategy:
        try:
            return build(name, settings, self.folder)
        except ValueError as error:
            raise ValueError(f"firms.{firm}.strategy: {error}") from None
