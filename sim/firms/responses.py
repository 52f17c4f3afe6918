"""What money does: every lever's effect is cap x (1 - exp(-spend / half)) on a named base.

The bases are people, active customers or treated customers *per year*, so that the length of a period changes nothing.
Only the project's own exponential is used, so plans give the same bits on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import FirmRow, Offer
from sim.firms.information import LEVELS
from sim.firms.offer_costs import concession, delivered
from sim.firms.plans import Plan
from sim.numerics.elementary import clip, exp
from sim.scenario.calendar import Calendar
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import Levers
from sim.scenario.schema.market import Product
from sim.scenario.schema.psychology import Psychology

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

LN2 = 0.6931471805599453

_PLAIN = {
    "quality": "quality", "promise": "promise", "failure": "failure_rate", "effort": "effort", "values": "values",
    "surprise": "surprise", "lock": "lock", "rewards": "rewards", "personalisation": "care.personalisation",
    "answered": "recovery.answered", "generosity": "recovery.generosity",
}  # fmt: skip
"""Columns of the rows that are a lever as it stands, and its name."""


@dataclass(frozen=True)
class LeverCurves:
    """What the curves are made of: the product class, the psychology of attention and contact, the clock."""

    product: Product
    psychology: Psychology
    calendar: Calendar
    minor_units: int
    advertising_stock: float = 1.0  # strength of the mechanism
    survey_response: float = 0.6  # share who answer

    @classmethod
    def of(cls, scenario: Scenario, advertising_stock: float = 1.0) -> LeverCurves:
        """The curves of a scenario."""
        calendar, cents = Calendar.of(scenario.clock), scenario.money.minor_units
        return cls(scenario.product, scenario.psychology, calendar, cents, advertising_stock, scenario.survey.response)

    @cached_property
    def periods(self) -> float:
        """Periods in a year."""
        return float(self.calendar.periods_per_year)

    @cached_property
    def most_per_customer(self) -> int:
        """Relation money per treated customer and period beyond which more has no effect, minor units.

        Four times `relation_half` a year brings 98 % of the effect; nobody pays for the rest.
        """
        return max(1, int(4.0 * self.product.relation_half * self.minor_units / self.periods))

    @cached_property
    def stock_kept(self) -> float:
        """Share of the advertising stock that is left after a period."""
        half_life = self.psychology.attention.advertising_half_life_weeks
        return float(exp(-LN2 * float(self.calendar.weeks_per_period) / half_life))

    def per_year(self, money: int, heads: int) -> float:
        """Minor units of one period as money per head and year; nobody there: 0."""
        return money * self.periods / self.minor_units / heads if heads > 0 else 0.0


@dataclass(frozen=True)
class Situation:
    """Where the firms stand when the period begins: one number each, in the order of the firms."""

    people: int  # people whom advertising is meant for
    active: Sequence[int]  # active customers
    treated: Sequence[int]  # customers who receive relation effort this period
    stock: Sequence[float]  # advertising stock, money per person and year
    carry: Sequence[int]  # minor units of relation money kept back: by rounding, or as more would have had no effect
    paused: Sequence[bool]  # account empty: everything that counts against the budget pauses
    cutting: Sequence[bool]  # the price cut is on this period
    outage: Sequence[float]
    severity: Sequence[float]
    information: Sequence[int]  # minor units per known customer
    personal: Sequence[int]  # minor units per treated customer
    key: NDArray[np.uint64]


class PeriodRows(NamedTuple):
    """The rows of a period, and what carries over to the next."""

    firm: FirmRow
    stock: list[float]
    carry: list[int]
    returned: list[int]


def saturating(spend: Any, half: Any) -> Any:
    """Share of the full effect: 1 - exp(-spend / half).

    >>> [round(float(saturating(spend, 5.0)), 3) for spend in (0.0, 5.0, 50.0)]
    [0.0, 0.632, 1.0]
    """
    return 1.0 - exp(-clip(spend / half, 0.0, 600.0))


def _share(spend: float, half: float) -> float:
    """`saturating` of one number; of 0 it is exactly 0, without computing."""
    return float(saturating(spend, half)) if spend > 0.0 else 0.0


def next_stock(curves: LeverCurves, stock: Any, spend: Any) -> Any:
    """Advertising stock after a period: kept x stock + (1 - kept) x spend, kept = 0.5 ** (period / half-life).

    Constant spending leads to a stock equal to the spending, whatever the half-life (money per person and year).
    """
    return curves.stock_kept * stock + (1.0 - curves.stock_kept) * spend


def notices_per_year(curves: LeverCurves, stocks: Sequence[float]) -> list[float]:
    """Notices per person and year by firm: cap x (1 - exp(-stock / h)), h = half x (1 + share_of_voice x rivals).

    `rivals` is their part of all advertising in the market: 0 for a monopolist, 1 - 1/K among K equals.
    """
    total = 0.0
    for stock in stocks:
        total += stock
    attention, product = curves.psychology.attention, curves.product
    notices = []
    for stock in stocks:
        rivals = 1.0 - stock / total if total > 0.0 else 0.0
        half = product.advertising_half * (1.0 + attention.share_of_voice * rivals)
        notices.append(product.advertising_cap * _share(stock, half))
    return notices


def advertised(curves: LeverCurves, before: Sequence[float], spent: Sequence[float]) -> tuple[list[float], list[float]]:
    """Stocks after a period, and notices per person and year, of what firms spent (money per person and year)."""
    stocks = [next_stock(curves, old, new) for old, new in zip(before, spent, strict=True)]
    blend = curves.advertising_stock
    felt = [max(0.0, (1.0 - blend) * new + blend * stock) for new, stock in zip(spent, stocks, strict=True)]
    return stocks, notices_per_year(curves, felt)


def relation_effect(curves: LeverCurves, spend: float) -> float:
    """Relation effort of a treated customer: 1 - exp(-spend / relation_half), money per treated customer and year.

    What it costs to know somebody is paid beside it (`sim.firms.information`): below that border relations cannot pay
    (M42).
    """
    return _share(spend, curves.product.relation_half)


@dataclass(frozen=True)
class LeverColumns:
    """The part of the rows that only the levers decide: made once for as long as the levers stay the same."""

    levers: tuple[Levers, ...]
    firm: FirmRow  # nobody pauses, every price cut is on
    back_depth: Floats  # price cut for the lapsed who are won back
    touches: tuple[float, ...]  # planned contacts per treated customer and year at full effort
    benefits: Floats  # [F, 5]
    rows: dict[tuple[Sequence[bool], Sequence[bool]], FirmRow] = field(default_factory=dict)

    @classmethod
    def of(cls, curves: LeverCurves, plans: Sequence[Plan]) -> LeverColumns:
        """The columns of these plans, each [F]."""
        levers, product, psychology = tuple(plan.levers for plan in plans), curves.product, curves.psychology

        def column(value: Callable[[Levers], Any]) -> Floats:
            return np.array([value(lever) for lever in levers], dtype=np.float64)

        depth = column(attrgetter("price_cut.depth"))
        firm = FirmRow(**dict.fromkeys(FirmRow._fields, np.zeros(len(levers))))._replace(
            number=np.arange(len(levers), dtype=np.int64),
            price=column(lambda lever: (product.price if lever.price is None else lever.price) / product.price),
            cut_everyone=depth * column(lambda lever: lever.price_cut.to == "everyone"),
            cut_newcomers=depth * column(lambda lever: lever.price_cut.to == "newcomers"),
            cut_lapsed=depth * column(lambda lever: lever.price_cut.to == "lapsed"),
            delay=exp(-LN2 * column(attrgetter("recovery.delay_weeks")) / psychology.mending.delay_half_life_weeks),
            proactive=column(lambda lever: lever.care.proactive
                             * LEVELS[lever.information].heard(curves.survey_response)),
            knowing=column(lambda lever: LEVELS[lever.information].knowledge),
            heeds=column(lambda lever: LEVELS[lever.information].refusals),
            senses=column(lambda lever: LEVELS[lever.information].signals),
            win_back=saturating(column(attrgetter("win_back.reach")), curves.periods),
            win_back_reason=column(lambda lever: lever.win_back.by == "reason"),
            rating=np.full(len(levers), 0.5),
            serving_share=1.0 - product.effort_saving * saturating(column(attrgetter("effort")), product.effort_half),
            concession=concession(product, psychology.choice.price, column(attrgetter("lock")), curves.minor_units),
            **{name: column(attrgetter(lever)) for name, lever in _PLAIN.items()},
        )
        back_depth = column(lambda lever: lever.win_back.depth if lever.win_back.by == "price" else 0.0)
        touches = tuple(psychology.knowing.touches_per_year * lever.care.contact for lever in levers)
        return cls(levers, firm, back_depth, touches, np.asarray(offer_rows(plans).benefit))

    def still(self, plans: Sequence[Plan]) -> bool:
        """Whether these plans have the very same levers."""
        return all(plan.levers is mine for plan, mine in zip(plans, self.levers, strict=True))

    def row(self, product: Product, paused: tuple[bool, ...], cutting: tuple[bool, ...]) -> FirmRow:
        """The rows as far as levers, pauses and the rhythm of price cuts decide them; kept until the levers change."""
        if (paused, cutting) not in self.rows:
            firm = self.firm
            on: Floats = 1.0 - np.array(paused, dtype=np.float64)
            cut, surprise = on * np.array(cutting), on * firm.surprise
            offer = delivered(product, firm, self.benefits, on)
            self.rows[paused, cutting] = firm._replace(
                quality=offer.quality, failure=offer.failure, surprise=surprise, unit_cost=offer.unit_cost,
                rewards=on * firm.rewards, proactive=on * firm.proactive,
                answered=on * firm.answered, win_back=on * firm.win_back,
                cut_everyone=cut * firm.cut_everyone, cut_newcomers=cut * firm.cut_newcomers,
                cut_lapsed=np.maximum(cut * firm.cut_lapsed, on * self.back_depth),
            )
        return self.rows[paused, cutting]


def _effects(curves: LeverCurves, plans: Sequence[Plan], situation: Situation, touches: Sequence[float]) -> Floats:
    """What the money of a period does, [7, F]: stock, reach, salience, treat, effect, failures prevented, quality
    added.

    Firm by firm in plain numbers: with a handful of firms that is quicker than arrays.
    """
    product, per_year = curves.product, curves.per_year
    spending = [plan.spending for plan in plans]
    spent = [per_year(money.advertising, situation.people) for money in spending]
    stocks, notices = advertised(curves, situation.stock, spent)
    rows = []
    firms = zip(spending, situation.active, situation.treated, stocks, notices, touches, strict=True)
    for money, active, treated, stock, noticed, contacts in firms:
        used = min(money.relations, curves.most_per_customer * treated)
        effect = relation_effect(curves, per_year(used, treated))
        treat = min(contacts * effect / curves.periods, 1.0)  # contacts are planned, not met by chance
        prevented = product.people_cap * _share(per_year(money.people, active), product.people_half)
        added = product.service_cap * _share(per_year(money.service, active), product.service_half)
        present = noticed / product.advertising_cap if noticed > 0.0 else 0.0
        rows.append((stock, _share(noticed, curves.periods), present, treat, effect, prevented, added))
    return np.array(rows, dtype=np.float64).T


def firm_rows(
    curves: LeverCurves, plans: Sequence[Plan], situation: Situation, columns: LeverColumns | None = None
) -> PeriodRows:
    """All plans of a period as rows for the phases, with the next advertising stock and relation carry."""
    columns = columns or LeverColumns.of(curves, plans)
    stock, reach, salience, treat, effect, prevented, added = _effects(curves, plans, situation, columns.touches)
    cost, carry, returned = _whole_cents(curves, plans, situation)
    firm = columns.row(curves.product, tuple(situation.paused), tuple(situation.cutting))
    firm = firm._replace(
        quality=clip(firm.quality + added, 0.0, 1.0), failure=firm.failure * (1.0 - prevented),
        reach=reach, salience=salience, treat=treat, effect=effect, relation_cost=cost,
        information=np.array(situation.information, dtype=np.int64),
        personal_cost=np.array(situation.personal, dtype=np.int64),
        outage=np.array(situation.outage), outage_severity=np.array(situation.severity), key=situation.key,
    )
    return PeriodRows(firm, stock.tolist(), carry, returned)


def offer_rows(plans: Sequence[Plan]) -> Offer:
    """Benefit of every firm for every need: [F, 5]."""
    return Offer(np.array([list(plan.levers.benefits.model_dump().values()) for plan in plans], dtype=np.float64))


def contacts_at_most(curves: LeverCurves, plans: Sequence[Plan]) -> Floats:
    """Contacts per period that get through: the capacity that is there plus what was bought; no limit is infinity."""
    price_of_one = curves.product.capacity_cost * curves.product.price * curves.minor_units
    room = []
    for plan in plans:
        free, bought = plan.levers.capacity, plan.spending.capacity
        if free is None or (bought > 0 and price_of_one == 0.0):
            room.append(np.inf)
        else:
            room.append(free + (bought / price_of_one if bought else 0.0))
    return np.array(room, dtype=np.float64)


def _whole_cents(
    curves: LeverCurves, plans: Sequence[Plan], situation: Situation
) -> tuple[Whole, list[int], list[int]]:
    """Whole minor units per treated customer; what is kept for them; and what comes back as nobody is known at all."""
    costs, carry, returned = [], [], []
    for plan, kept, heads in zip(plans, situation.carry, situation.treated, strict=True):
        money = plan.spending.relations + kept
        cost = min(money // heads, curves.most_per_customer) if heads > 0 else 0
        costs.append(cost)
        carry.append(money - cost * heads if heads > 0 else 0)
        returned.append(0 if heads > 0 else money)
    return np.array(costs, dtype=np.int64), carry, returned
