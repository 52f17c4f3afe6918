"""What money does: every lever's effect is cap x (1 - exp(-spend / half)) on a named base.

The bases are people, active customers or treated customers *per year*, so that the length of a period changes nothing.
Arrays run over firms; one call per period turns all plans into the rows that the phases read (`sim.engine.state.Firm`).
Only the project's own exponential is used, so plans give the same bits on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.calendar import Calendar
from sim.engine.numerics import clip, exp
from sim.engine.state import Firm, Offer
from sim.plans import Plan
from sim.scenario.schema.firm import Levers
from sim.scenario.schema.market import Product
from sim.scenario.schema.psychology import Psychology
from sim.scenario.schema.root import Scenario

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

LN2 = 0.6931471805599453


@dataclass(frozen=True)
class World:
    """What the curves are made of: the product class, the psychology of attention and contact, the clock."""

    product: Product
    psychology: Psychology
    calendar: Calendar
    minor_units: int
    advertising_stock: float = 1.0  # strength of the mechanism

    @classmethod
    def of(cls, scenario: Scenario, minor: int, advertising_stock: float = 1.0) -> World:
        """The world of a scenario."""
        calendar = Calendar.of(scenario.clock)
        return cls(scenario.product, scenario.psychology, calendar, minor, advertising_stock)

    def per_year(self, money: Any, heads: Any) -> Any:
        """Minor units of one period as money per head and year; nobody there: 0."""
        safe = np.maximum(heads, 1)
        yearly = np.asarray(money, dtype=np.float64) * float(self.calendar.periods_per_year) / self.minor_units
        return np.where(np.asarray(heads) > 0, yearly / safe, 0.0)


@dataclass(frozen=True)
class Standing:
    """Where the firms stand when the period begins: one number or array over firms each."""

    people: int  # people whom advertising is meant for
    active: Whole  # active customers
    treated: Whole  # customers who receive relation effort this period
    treat_above: Whole  # minor units: running contribution from which a customer is treated
    stock: Floats  # advertising stock, money per person and year
    carry: Whole  # minor units of relation money that rounding kept back
    paused: NDArray[np.bool_]  # account empty: everything that counts against the budget pauses
    cutting: NDArray[np.bool_]  # the price cut is on this period
    outage: Floats
    severity: Floats
    key: NDArray[np.uint64]


class Response(NamedTuple):
    """The rows of a period, and what carries over to the next."""

    firm: Firm
    stock: Floats
    carry: Whole


def saturating(spend: Any, half: Any) -> Any:
    """Share of the full effect: 1 - exp(-spend / half).

    >>> [round(float(saturating(spend, 5.0)), 3) for spend in (0.0, 5.0, 50.0)]
    [0.0, 0.632, 1.0]
    """
    return 1.0 - exp(-clip(np.asarray(spend, dtype=np.float64) / half, 0.0, 600.0))


def chance(per_year: Any, periods_per_year: float) -> Any:
    """Chance in one period of something that happens at a rate per year: 1 - exp(-rate x period).

    >>> abs(float(1 - (1 - chance(2.0, 12)) ** 12 - chance(2.0, 1))) < 1e-12
    True
    """
    return saturating(per_year, float(periods_per_year))


def next_stock(world: World, stock: Floats, spend: Floats) -> Floats:
    """Advertising stock after a period: kept x stock + (1 - kept) x spend, kept = 0.5 ** (period / half-life).

    Constant spending leads to a stock equal to the spending, whatever the half-life (money per person and year).
    """
    weeks = float(world.calendar.weeks_per_period)
    kept = float(exp(-LN2 * weeks / world.psychology.attention.advertising_half_life_weeks))
    return kept * stock + (1.0 - kept) * spend


def notices_per_year(world: World, stock: Floats) -> Floats:
    """Notices per person and year: cap x (1 - exp(-stock / h)), h = half x (1 + share_of_voice x rivals' share).

    Rivals' share is their part of all advertising in the market: 0 for a monopolist, 1 - 1/K among K equals.
    """
    total = _sum(stock)
    rivals = np.where(total > 0.0, 1.0 - stock / (total if total > 0.0 else 1.0), 0.0)
    product = world.product
    half = product.advertising_half * (1.0 + world.psychology.attention.share_of_voice * rivals)
    return np.asarray(product.advertising_cap * saturating(stock, half))


def relation_effect(world: World, spend: Any) -> Any:
    """Relation effort of a treated customer: 1 - exp(-max(0, spend - information_cost) / relation_half).

    The fixed cost of knowing somebody makes the border below which relations cannot pay (M42).
    """
    above = np.maximum(np.asarray(spend, dtype=np.float64) - world.product.information_cost, 0.0)
    return saturating(above, world.product.relation_half)


def firm_rows(world: World, plans: Sequence[Plan], standing: Standing) -> Response:
    """All plans of a period as rows for the phases, with the next advertising stock and relation carry."""
    of = _columns(plans)
    spent = np.array([plan.spending for plan in plans], dtype=np.int64).T
    advertising, service, people, _, relations = spent
    on = 1.0 - standing.paused
    yearly = next_stock(world, standing.stock, world.per_year(advertising, standing.people))
    strength = world.advertising_stock
    used = (1.0 - strength) * world.per_year(advertising, standing.people) + strength * yearly
    cost, carry = _whole_cents(relations, standing)
    effect = relation_effect(world, world.per_year(relations, standing.treated))
    periods, knowing, product = float(world.calendar.periods_per_year), world.psychology.knowing, world.product
    base = product.base_quality
    offered = of(lambda lever: lever.quality)
    quality = np.where(standing.paused, np.minimum(offered, base), offered)
    surprise = on * of(lambda lever: lever.surprise)
    prevented = product.people_cap * saturating(world.per_year(people, standing.active), product.people_half)
    added = product.service_cap * saturating(world.per_year(service, standing.active), product.service_half)
    cut = on * standing.cutting * of(lambda lever: lever.price_cut.depth)
    count = len(plans)
    firm = Firm(
        number=np.arange(count, dtype=np.int64),
        price=of(lambda lever: product.price if lever.price is None else lever.price) / product.price,
        quality=clip(quality + added, 0.0, 1.0),
        promise=of(lambda lever: lever.promise),
        failure=of(lambda lever: lever.failure_rate) * (1.0 - prevented),
        effort=of(lambda lever: lever.effort),
        values=of(lambda lever: lever.values),
        surprise=surprise,
        lock=of(lambda lever: lever.lock),
        rewards=on * of(lambda lever: lever.rewards),
        cut_everyone=cut * of(lambda lever: lever.price_cut.to == "everyone"),
        cut_newcomers=cut * of(lambda lever: lever.price_cut.to == "newcomers"),
        cut_lapsed=np.maximum(
            cut * of(lambda lever: lever.price_cut.to == "lapsed"),
            on * of(lambda lever: lever.win_back.depth if lever.win_back.by == "price" else 0.0),
        ),
        reach=chance(notices_per_year(world, used), periods),
        treat=chance(knowing.touches_per_year * of(lambda lever: lever.care.contact) * effect, periods),
        effect=effect,
        relation_cost=cost,
        treat_above=standing.treat_above,
        personalisation=of(lambda lever: lever.care.personalisation),
        proactive=on * of(lambda lever: lever.care.proactive),
        answered=on * of(lambda lever: lever.recovery.answered),
        generosity=of(lambda lever: lever.recovery.generosity),
        delay=exp(-LN2 * of(lambda lever: lever.recovery.delay_weeks) / world.psychology.mending.delay_half_life_weeks),
        win_back=on * chance(of(lambda lever: lever.win_back.reach), periods),
        win_back_reason=of(lambda lever: lever.win_back.by == "reason"),
        unit_cost=product.quality_cost * (quality - base) + product.surprise_cost * surprise,
        outage=standing.outage,
        outage_severity=standing.severity,
        rating=np.full(count, 0.5),
        rated=np.zeros(count),
        lost=np.zeros(count),
        key=standing.key,
    )
    return Response(firm, yearly, carry)


def offer_rows(plans: Sequence[Plan]) -> Offer:
    """Benefit of every firm for every need: [F, 5]."""
    return Offer(np.array([list(plan.levers.benefits.model_dump().values()) for plan in plans], dtype=np.float64))


def contacts_at_most(world: World, plans: Sequence[Plan]) -> Floats:
    """Contacts per period that get through: the capacity that is there plus what was bought; no limit is infinity."""
    price_of_one = world.product.capacity_cost * world.product.price * world.minor_units
    room = []
    for plan in plans:
        free = plan.levers.capacity
        bought = plan.spending.capacity
        unlimited = free is None or (bought > 0 and price_of_one == 0.0)
        room.append(np.inf if unlimited or free is None else free + (bought / price_of_one if bought else 0.0))
    return np.array(room, dtype=np.float64)


def _columns(plans: Sequence[Plan]) -> Callable[[Callable[[Levers], Any]], Floats]:
    def column(value: Callable[[Levers], Any]) -> Floats:
        return np.array([value(plan.levers) for plan in plans], dtype=np.float64)

    return column


def _whole_cents(relations: Whole, standing: Standing) -> tuple[Whole, Whole]:
    """Whole minor units per treated customer; what rounding keeps back is spent in a later period."""
    someone = standing.treated > 0
    heads = np.maximum(standing.treated, 1)
    money = relations + standing.carry
    cost = np.where(someone, money // heads, 0)
    return cost, np.where(someone, money - cost * heads, 0)


def _sum(values: Floats) -> float:
    total = 0.0
    for value in values.tolist():
        total += value
    return total
