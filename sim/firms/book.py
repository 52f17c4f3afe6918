"""The books of all firms: accounts, advertising stocks, strategies, and what each firm has seen.

Every period the market makes one value out of the other:

    opening = book.open(period, people)              # events strike, strategies plan; people = those in the market now
    ledger_row += opening.lumps                      # advertising, service, people, capacity: booked at once
    rows = book.rows(opening, treated)               # one number per firm
    ... the phases run on rows.firm, rows.offer, rows.capacity, opening.market ...
    book.close(rows, ledger_row, counts_row)         # int64[len(ACCOUNTS), F], int64[len(COUNTS), F]: the whole period

A book is plain data: it pickles, and the state of a firm is never changed, only replaced.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.engine.state import ACCOUNTS, FirmRow, Offer, Strain
from sim.firms.events import Effect, in_force
from sim.firms.information import LEVELS, LeverNeed, StandingCosts
from sim.firms.offer_costs import usual_when_paused
from sim.firms.one_firm import Account, FirmState, OneFirm, PublicFacts, checked, feasible
from sim.firms.past import CommonPast
from sim.firms.plans import MarketFacts, Plan, Seen
from sim.firms.responses import Floats, LeverColumns, LeverCurves, Situation, Whole, contacts_at_most, firm_rows
from sim.firms.strain import strain_of, whole_grant
from sim.firms.strategies import Strategy, build, planned
from sim.numerics.draws import balanced
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

    Before the warm-up ends every firm does as the scenario's `past` says, on the common budget; then accounts start
    afresh. `seed` draws in which order firms cut their prices; `folder` is where strategies in files of the user are
    looked for.

    Raises:
        ValueError: a strategy, its settings or an event are not as they should be.
    """

    def __init__(
        self, scenario: Scenario, seed: int, advertising_stock: float = 1.0, folder: Path | None = None
    ) -> None:
        self.scenario = scenario
        self.folder = folder
        self.names = tuple(scenario.firms)
        turns = balanced(seed, "price_cut_order", "price_cut_start", self.names)
        self.firms = tuple([OneFirm.of(scenario, name, turn) for name, turn in zip(self.names, turns, strict=True)])
        self.past = CommonPast.of(scenario, turns)
        self.curves = LeverCurves.of(scenario, advertising_stock)
        self.minor_units = self.curves.minor_units
        self.standing = StandingCosts.of(scenario)
        self.name_keys = tuple(firm.key for firm in self.firms)
        self.strategies = tuple(
            _built(name, section.strategy, section.settings, folder) for name, section in scenario.firms.items()
        )
        self.states = tuple(FirmState(Account(), firm.written) for firm in self.past.firms or self.firms)
        self.opening: Opening | None = None  # between periods there is none
        self.last: Opening | None = None  # the period before: what every firm planned, and on what
        self._columns: LeverColumns | None = None
        self._told: frozenset[tuple[str, str]] = frozenset()  # firm and lever of every notice given

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
        firms, deciding, states = self.firms, self.strategies, self.states
        if period < self.past.ends:
            firms, deciding = self.past.firms, self.past.strategies
        elif period == self.past.ends:
            states = tuple([state.afresh(firm.grant) for state, firm in zip(states, firms, strict=True)])
        strategies = tuple([
            _built(firm.name, effect.strategy, effect.settings, self.folder) if effect.strategy else own
            for firm, effect, own in zip(firms, effects, deciding, strict=True)
        ])
        market = MarketFacts(audience(self.scenario, people), self.scenario.product)
        facts = PublicFacts.of(period, self.calendar, people, market, dict(zip(self.names, states, strict=True)))
        opened, seen, plans, notes = [], [], [], []
        for firm, before, effect, strategy in zip(firms, states, effects, strategies, strict=True):
            state = before._replace(account=before.account.opened(firm.grant))
            view = firm.seen(state, before.account, facts, effect.levers)
            seen.append(view)
            plan, missing = feasible(checked(planned(strategy, view), view, strategy.name, effect.levers))
            plans.append(plan)
            notes += self._notes(firm.name, plan, missing)
            granted = max(0, state.account.granted - before.account.granted - view.due)
            opened.append(state._replace(wanted=whole_grant(plan, view, granted, before.wanted)))
        lumps = _booked_at_once(self.standing, plans, people)
        who = tuple([strategy.name for strategy in strategies])
        self.opening = Opening(
            period, people, tuple(plans), tuple(seen), who, lumps, tuple(opened), effects, news.market,
            (*news.records, *notes),
        )
        return self.opening

    def rows(self, opening: Opening, treated: Sequence[int]) -> Rows:
        """Turn the plans into what the phases read.

        `treated[f]` is how many customers firm f means to treat; for each of them the engine books
        `firm.relation_cost[f]`. A firm that records only sales treats nobody.
        """
        plans, states = opening.plans, opening.states
        situation = Situation(
            people=audience(self.scenario, opening.people),
            active=[state.active(opening.people // len(states)) for state in states],
            treated=[count if LEVELS[plan.levers.information].knowledge else 0
                     for plan, count in zip(plans, treated, strict=True)],
            stock=[state.stock for state in states],
            carry=[state.carry for state in states],
            paused=opening.paused,
            cutting=[firm.cuts_price(plan.levers, opening.period)
                     for firm, plan in zip(self.firms, plans, strict=True)],
            outage=[effect.struck for effect in opening.effects],
            severity=[effect.severity for effect in opening.effects],
            information=[self.standing.knowing_one(plan.levers.information, opening.period) for plan in plans],
            personal=[self.standing.personalising_one(plan.levers.care, opening.period) for plan in plans],
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
        benefits = usual_when_paused(self.curves.product, self._columns.benefits, opening.paused)
        row = partial(self._columns.row, self.curves.product, cutting=tuple(situation.cutting))
        nobody = (False,) * len(self.names)
        pausing = None if opening.paused == nobody else (row(opening.paused), row(nobody))
        strain = strain_of(opening.paused, pausing, [state.wanted for state in states], plans)
        return Rows(response.firm, Offer(benefits), contacts_at_most(self.curves, plans), opening, states, strain)

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

    def fork(self) -> FirmBook:
        """The same books, to be continued on their own: nothing in them is ever changed, only replaced."""
        self.snapshot()
        return copy.copy(self)

    def _notes(self, firm: str, plan: Plan, missing: tuple[LeverNeed, ...]) -> list[dict[str, Any]]:
        """What the run remembers, once, of a lever that needs more than the firm records."""
        new = [need for need in missing if (firm, need.lever) not in self._told]
        self._told = self._told.union((firm, need.lever) for need in new) if new else self._told
        return [{"kind": "information", "firm": firm, "what": need.notice(firm, plan.levers.information)}
                for need in new]


def audience(scenario: Scenario, people: int) -> int:
    """People whom advertising is meant for: everybody who may ever buy while a market grows, else those present."""
    return scenario.market.customers if scenario.market.growth.kind == "bass" else max(1, people)


def _built(firm: str, name: str, settings: Mapping[str, Any], folder: Path | None) -> Strategy:
    try:
        return build(name, settings, folder)
    except ValueError as error:
        raise ValueError(f"firms.{firm}.strategy: {error}") from None


def _booked_at_once(standing: StandingCosts, plans: Sequence[Plan], people: int) -> Whole:
    """What is booked in one sum when the period opens, [len(ACCOUNTS), F]."""
    lumps = np.zeros((len(ACCOUNTS), len(plans)), dtype=np.int64)
    lumps[_PLACES] = [[getattr(plan.spending, account) for plan in plans] for account in LUMPS]
    lumps[_SYSTEM] = [standing.system_of(plan.levers.information, people) for plan in plans]
    lumps[_FIXED] = standing.fixed_for(people)
    return lumps
