"""One firm of the books: its fair budget, its state between two periods, and what follows from both.

What counts against the budget is cash spent *and* revenue given away on all units: price cuts, rewards and the cost of
quality, benefits and failures better than usual count like advertising. What is not used stays on the account; what
customers cost beyond it is an overdraft, and a firm that overspent pauses everything that counts until its account is
above zero again. So over any horizon spent + given away <= granted + what one period overdrew, whatever the strategy;
only what is owed goes on meanwhile: what it costs to know customers, and what newcomers get for being bound.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from operator import add, itemgetter
from typing import Any, NamedTuple

from sim.engine.state import ACCOUNTS, COSTS, COUNTS
from sim.firms.information import LEVELS, NEEDS, LeverNeed, StandingCosts, lacking, permitted, reference_revenue
from sim.firms.plans import Amounts, MarketFacts, NamedValues, Plan, Seen, Sighting, VisibleLevers, changed, recorded
from sim.numerics.draws import name_key
from sim.scenario.calendar import Calendar, exactly
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import Levers

COUNTED = (
    "advertising", "service", "people", "capacity", "relations", "information", "system", "care", "recovery",
    "win_back", "rewards", "quality", "price_cuts",
)  # fmt: skip
"""Accounts that count against the budget. `quality` is the cost above what is usual; below it is a saving."""

ACTIVE, KNOWN = COUNTS.index("active_customers"), COUNTS.index("known_customers")
REVENUE, GOODS, ADVERTISING = (ACCOUNTS.index(name) for name in ("revenue", "goods", "advertising"))
_counted = itemgetter(*(ACCOUNTS.index(name) for name in COUNTED))
_costs = itemgetter(*(ACCOUNTS.index(name) for name in COSTS))


@dataclass(frozen=True)
class Grant:
    """How much a firm is granted, as an exact rule: no cent is lost to rounding over a year.

    Mode `amount`: after n periods the total is floor(n x per_period).
    Modes `share_of_revenue` and `share_of_gross_margin`: launch + floor(share x all revenue or gross margin so far).
    """

    mode: str
    per_period: Fraction  # minor units, mode amount
    share: Fraction  # the other modes
    launch: int  # minor units granted before anything was sold, the other modes
    cash_limit: int | None  # minor units

    @classmethod
    def of(cls, scenario: Scenario, firm: str) -> Grant:
        """The rule of a scenario for one of its firms."""
        budget, periods = scenario.budget, Calendar.of(scenario.clock).periods_per_year
        factor, cents = exactly(scenario.firms[firm].budget_factor), scenario.money.minor_units
        yearly = exactly(budget.per_person_per_year) * scenario.market.customers * factor * cents
        share = exactly(budget.share) * factor
        base = _revenue_at_launch(scenario)
        if budget.mode == "share_of_gross_margin":
            base = int(base * exactly(scenario.product.margin))
        limit = None if budget.cash_limit is None else int(exactly(budget.cash_limit) * cents)
        return cls(budget.mode, yearly / periods, share, int(share * base / periods), limit)

    def total(self, periods: int, base: int) -> int:
        """Everything granted in so many periods, with this much revenue or gross margin behind the firm."""
        if self.mode == "amount":
            return self.per_period.numerator * periods // self.per_period.denominator
        return (self.launch if periods else 0) + int(self.share * base)

    def earned(self, ledger: Sequence[int]) -> int:
        """What a period with these books, in the order of ACCOUNTS, adds to the base of a share; never below 0."""
        goods = ledger[GOODS] if self.mode == "share_of_gross_margin" else 0
        return max(0, ledger[REVENUE] - goods)


def _revenue_at_launch(scenario: Scenario) -> int:
    """What an equal part of demand would bring in a year: the base of a share before anything was sold."""
    growth = scenario.market.growth
    start = growth.start_share if growth.kind == "bass" else 1.0
    return int(exactly(start) * scenario.market.customers / len(scenario.firms) * reference_revenue(scenario))


class Account(NamedTuple):
    """The running account of one firm, whole minor units."""

    periods: int = 0
    granted: int = 0
    counted: int = 0
    base: int = 0  # revenue or gross margin so far
    cash: int = 0  # profit since the account was opened

    @property
    def balance(self) -> int:
        """Granted less what counted."""
        return self.granted - self.counted

    def opened(self, grant: Grant) -> Account:
        """The account after this period's grant."""
        return self._replace(periods=self.periods + 1, granted=grant.total(self.periods + 1, self.base))

    def available(self, grant: Grant) -> int:
        """What may be spent this period: the balance, never below 0; nothing while cash is below its limit."""
        if grant.cash_limit is not None and self.cash < -grant.cash_limit:
            return 0
        return max(0, self.balance)

    def afresh(self, grant: Grant, ledger: Sequence[int]) -> Account:
        """A new account for a firm that is there already, its last books at hand: nothing inherited, nothing owed, and
        the grant of the coming period is as large as ever."""
        granted = grant.total(self.periods, self.base - grant.earned(ledger))
        return Account(self.periods, granted, granted, self.base)

    def closed(self, grant: Grant, ledger: Sequence[int]) -> Account:
        """The account after a period with these books, in the order of ACCOUNTS."""
        counted, profit = sum(_counted(ledger)), ledger[REVENUE] - sum(_costs(ledger))
        base = self.base + grant.earned(ledger)
        return Account(self.periods, self.granted, self.counted + counted, base, self.cash + profit)


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
    wanted: Amounts | None = None  # the plan for a whole grant, by the split it last had; None: never had money

    def afresh(self, grant: Grant) -> FirmState:
        """The state at the end of the warm-up: a new account, no relation money kept; the advertising stock stays."""
        return self._replace(account=self.account.afresh(grant, self.ledger), carry=0, returned=0)

    def active(self, equal_part: int) -> int:
        """Active customers of last period; before anybody bought, an equal part of the people stands for them."""
        return self.counts[ACTIVE] or max(1, equal_part)


class PublicFacts(NamedTuple):
    """What every firm sees alike in a period."""

    period: int
    year: float
    people: int  # in the market now
    market: MarketFacts
    public: NamedValues[tuple[Sighting, ...]]
    advertising: NamedValues[int]  # of last period

    @classmethod
    def of(
        cls, period: int, calendar: Calendar, people: int, market: MarketFacts, firms: Mapping[str, FirmState]
    ) -> PublicFacts:
        """The facts of a period, out of the state of every firm before it."""
        names, states = tuple(firms), firms.values()
        return cls(period, calendar.year_of(period), people, market,
                   NamedValues(names, tuple([state.seen_by_all for state in states])),
                   NamedValues(names, tuple([state.ledger[ADVERTISING] for state in states])))


@dataclass(frozen=True)
class OneFirm:
    """What is fixed about a firm for the whole run."""

    name: str
    key: int  # of its draws
    written: Levers
    grant: Grant
    standing: StandingCosts
    calendar: Calendar
    minor_units: int
    reference_price: float
    turn: Fraction  # of the rhythm of its price cuts: when the first comes, where its levers do not say

    @classmethod
    def of(cls, scenario: Scenario, name: str, turn: Fraction) -> OneFirm:
        """The firm of this name in a scenario."""
        section = scenario.firms[name]
        levers = Levers(**{lever: getattr(section, lever) for lever in Levers.model_fields})
        calendar, cents = Calendar.of(scenario.clock), scenario.money.minor_units
        grant, standing, price = Grant.of(scenario, name), StandingCosts.of(scenario), scenario.product.price
        return cls(name, name_key(name), levers, grant, standing, calendar, cents, price, turn)

    def seen(self, state: FirmState, before: Account, facts: PublicFacts, forced: Mapping[str, Any]) -> Seen:
        """What its strategy is shown: `before` is the account before this period's grant.

        What it costs to know last period's customers is paid first: it is not there to be planned.
        """
        written = changed(self.written, forced)
        standing = self.standing.knowing_one(written.information, facts.period) * state.counts[KNOWN]
        standing += self.standing.system_of(written.information, facts.people)
        spendable = state.account.available(self.grant) - state.carry - standing
        return Seen(
            firm=self.name, period=facts.period, year=facts.year, calendar=self.calendar,
            levers=state.levers,
            written=written,
            budget=max(0, spendable),
            allowance=max(0, min(spendable, state.account.granted - before.granted - standing + state.returned)),
            minor_units=self.minor_units,
            market=facts.market,
            ledger=NamedValues(ACCOUNTS, state.ledger),
            counts=recorded(state.levers.information, state.counts),
            cumulative=NamedValues(ACCOUNTS, state.cumulative),
            public=facts.public, advertising=facts.advertising, due=standing,
        )

    def cuts_price(self, levers: Levers, period: int) -> bool:
        """Whether the price cut is on: one period in every so many weeks.

        Dates of cuts are phase + k x every_weeks, counted from the end of the warm-up; the period in which such a date
        lies is a cut. The phase is the lever, and then no k is below 0; else it is the firm's turn x every_weeks.
        """
        cut, now = levers.price_cut, period - self.calendar.warm_up
        if cut.every_weeks == 0.0 and cut.phase_weeks is None:
            return True
        length, rhythm, phase = _rhythm(cut.every_weeks, cut.phase_weeks, self.turn, self.calendar.weeks_per_period)
        if cut.phase_weeks is not None and now >= 0 and (now + 1) * length <= phase:
            return False
        return length >= rhythm or (phase - now * length) % rhythm < length

    def closed(self, state: FirmState, levers: Levers, books: tuple[list[int], list[int]], period: int) -> FirmState:
        """The state after a period with these levers, ledger and counts."""
        ledger, counts, known = tuple(books[0]), tuple(books[1]), state.seen_by_all
        if not known or levers is not state.levers:
            visible = VisibleLevers.of(levers, self.reference_price)
            if not known or known[-1].levers != visible:
                known = (*known, Sighting(period, visible))
        return state._replace(
            account=state.account.closed(self.grant, ledger), levers=levers, ledger=ledger, counts=counts,
            cumulative=tuple(map(add, state.cumulative, ledger)), seen_by_all=known,
        )


@lru_cache(maxsize=256)
def _rhythm(every_weeks: float, phase_weeks: float | None, turn: Fraction, weeks: Fraction) -> tuple[int, int, int]:
    """A period, the time from one price cut to the next and that before the first, as whole numbers of one part."""
    every = exactly(every_weeks)
    times = (weeks, every, turn * every if phase_weeks is None else exactly(phase_weeks))
    part = math.lcm(*(time.denominator for time in times))
    length, rhythm, phase = (int(time * part) for time in times)
    return length, rhythm, phase


def checked(plan: Plan, seen: Seen, strategy: str, forced: Mapping[str, Any]) -> Plan:
    """The plan, if it keeps the budget; levers that an event forces hold whatever the strategy says.

    Raises:
        ValueError: not a plan, amounts that are not whole or below 0, or more than the budget.
    """
    who = f"The strategy '{strategy}' of {seen.firm}"
    if not isinstance(plan, Plan):
        raise ValueError(f"{who} must return a Plan, not {type(plan).__name__}.")
    for account, amount in zip(Amounts._fields, plan.spending, strict=True):
        if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
            raise ValueError(f"{who} plans {amount!r} for {account}; allowed: whole minor units from 0.")
    if plan.spending.total > seen.budget:
        raise ValueError(f"{who} plans to spend {plan.spending.total} minor units, but its budget is {seen.budget}.")
    return replace(plan, levers=changed(plan.levers, forced)) if forced else plan


def feasible(plan: Plan) -> tuple[Plan, tuple[LeverNeed, ...]]:
    """The plan as far as the firm's information level carries it, and what it has to do without.

    Relation money of a firm that knows nobody stays on its account.
    """
    missing, spending = lacking(plan.levers), plan.spending
    if spending.relations and not LEVELS[plan.levers.information].knowledge:
        spending = spending._replace(relations=0)
        missing = missing if NEEDS[0] in missing else (NEEDS[0], *missing)
    return (Plan(permitted(plan.levers), spending), missing) if missing else (plan, ())
