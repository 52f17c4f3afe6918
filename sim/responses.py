"""What money does: every lever's effect is cap x (1 - exp(-spend / half)) on a named base.

The bases are people, active customers or treated customers *per year*, so that the length of a period changes nothing.
Arrays run over firms; one call per period turns all plans into the rows that the phases read (`sim.engine.state.Firm`).
Only the project's own exponential is used, so plans give the same bits on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
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
    carry: Whole  # minor units of relation money kept back: by rounding, or as more would have had no effect
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
    returned: Whole


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
    kept = _kept(float(world.calendar.weeks_per_period), world.psychology.attention.advertising_half_life_weeks)
    return kept * stock + (1.0 - kept) * spend


@lru_cache(maxsize=64)
def _kept(weeks: float, half_life: float) -> float:
    return float(exp(-LN2 * weeks / half_life))


def notices_per_year(world: World, stock: Floats) -> Floats:
    """Notices per person and year: cap x (1 - exp(-stock / h)), h = half x (1 + share_of_voice x rivals' share).

    Rivals' share is their part of all advertising in the market: 0 for a monopolist, 1 - 1/K among K equals.
    """
    return np.asarray(world.product.advertising_cap * saturating(stock, _noticing_half(world, stock)))


def _noticing_half(world: World, stock: Floats) -> Floats:
    total = _sum(stock)
    rivals = np.where(total > 0.0, 1.0 - stock / (total if total > 0.0 else 1.0), 0.0)
    half: Floats = world.product.advertising_half * (1.0 + world.psychology.attention.share_of_voice * rivals)
    return half


def relation_effect(world: World, spend: Any) -> Any:
    """Relation effort of a treated customer: 1 - exp(-max(0, spend - information_cost) / relation_half).

    The fixed cost of knowing somebody makes the border below which relations cannot pay (M42).
    """
    above = np.maximum(np.asarray(spend, dtype=np.float64) - world.product.information_cost, 0.0)
    return saturating(above, world.product.relation_half)


@dataclass(frozen=True)
class Written:
    """The part of the rows that only the levers decide: made once for as long as the levers stay the same."""

    levers: tuple[Levers, ...]
    columns: dict[str, Floats]
    offer: Offer

    def still(self, plans: Sequence[Plan]) -> bool:
        """Whether these plans have the very same levers."""
        return all(plan.levers is mine for plan, mine in zip(plans, self.levers, strict=True))


def written(world: World, plans: Sequence[Plan]) -> Written:
    """The columns that only the levers decide, each [F]."""
    product, psychology = world.product, world.psychology
    values: dict[str, Callable[[Levers], Any]] = {
        "price": lambda lever: (product.price if lever.price is None else lever.price) / product.price,
        "quality": lambda lever: lever.quality, "promise": lambda lever: lever.promise,
        "failure": lambda lever: lever.failure_rate, "effort": lambda lever: lever.effort,
        "values": lambda lever: lever.values, "surprise": lambda lever: lever.surprise,
        "lock": lambda lever: lever.lock, "rewards": lambda lever: lever.rewards,
        "depth": lambda lever: lever.price_cut.depth, "everyone": lambda lever: lever.price_cut.to == "everyone",
        "newcomers": lambda lever: lever.price_cut.to == "newcomers",
        "lapsed": lambda lever: lever.price_cut.to == "lapsed",
        "back_depth": lambda lever: lever.win_back.depth if lever.win_back.by == "price" else 0.0,
        "touches": lambda lever: psychology.knowing.touches_per_year * lever.care.contact,
        "personalisation": lambda lever: lever.care.personalisation, "proactive": lambda lever: lever.care.proactive,
        "answered": lambda lever: lever.recovery.answered, "generosity": lambda lever: lever.recovery.generosity,
        "wait": lambda lever: lever.recovery.delay_weeks, "back_reach": lambda lever: lever.win_back.reach,
        "reason": lambda lever: lever.win_back.by == "reason",
    }
    columns = {
        name: np.array([value(plan.levers) for plan in plans], dtype=np.float64) for name, value in values.items()
    }
    columns["delay"] = exp(-LN2 * columns["wait"] / psychology.mending.delay_half_life_weeks)
    columns["win_back"] = chance(columns["back_reach"], float(world.calendar.periods_per_year))
    return Written(tuple(plan.levers for plan in plans), columns, offer_rows(plans))


class _Effects(NamedTuple):
    """What the money of a period does, each [F]."""

    stock: Floats
    reach: Floats
    treat: Floats
    effect: Floats
    prevented: Floats
    added: Floats


def _effects(world: World, spent: Whole, standing: Standing, touches: Floats) -> _Effects:
    advertising, service, people, _, relations = spent
    product, periods = world.product, float(world.calendar.periods_per_year)
    fresh = world.per_year(advertising, standing.people)
    stock = next_stock(world, standing.stock, fresh)
    used = (1.0 - world.advertising_stock) * fresh + world.advertising_stock * stock
    spendable = np.minimum(relations, most_per_customer(world) * standing.treated)
    above = np.maximum(world.per_year(spendable, standing.treated) - product.information_cost, 0.0)
    shares = saturating(
        np.stack([used / _noticing_half(world, used), above / product.relation_half,
                  world.per_year(people, standing.active) / product.people_half,
                  world.per_year(service, standing.active) / product.service_half]), 1.0,
    )
    effect = shares[1]
    reach = chance(product.advertising_cap * shares[0], periods)
    treat = np.minimum(touches * effect / periods, 1.0)  # contacts are planned, not met by chance
    return _Effects(stock, reach, treat, effect, product.people_cap * shares[2], product.service_cap * shares[3])


def firm_rows(world: World, plans: Sequence[Plan], standing: Standing, fixed: Written | None = None) -> Response:
    """All plans of a period as rows for the phases, with the next advertising stock and relation carry."""
    of = (fixed or written(world, plans)).columns
    spent = np.array([plan.spending for plan in plans], dtype=np.int64).T
    on, product = 1.0 - standing.paused, world.product
    done = _effects(world, spent, standing, of["touches"])
    cost, carry, returned = _whole_cents(world, spent[4], standing)
    quality = np.where(standing.paused, np.minimum(of["quality"], product.base_quality), of["quality"])
    surprise, cut, count = on * of["surprise"], on * standing.cutting * of["depth"], len(plans)
    firm = Firm(
        number=np.arange(count, dtype=np.int64), price=of["price"], quality=clip(quality + done.added, 0.0, 1.0),
        promise=of["promise"], failure=of["failure"] * (1.0 - done.prevented), effort=of["effort"],
        values=of["values"], surprise=surprise, lock=of["lock"], rewards=on * of["rewards"],
        cut_everyone=cut * of["everyone"], cut_newcomers=cut * of["newcomers"],
        cut_lapsed=np.maximum(cut * of["lapsed"], on * of["back_depth"]),
        reach=done.reach, treat=done.treat, effect=done.effect, relation_cost=cost,
        treat_above=standing.treat_above, personalisation=of["personalisation"], proactive=on * of["proactive"],
        answered=on * of["answered"], generosity=of["generosity"], delay=of["delay"], win_back=on * of["win_back"],
        win_back_reason=of["reason"],
        unit_cost=product.quality_cost * (quality - product.base_quality) + product.surprise_cost * surprise,
        outage=standing.outage, outage_severity=standing.severity, rating=np.full(count, 0.5),
        rated=np.zeros(count), lost=np.zeros(count), key=standing.key,
    )
    return Response(firm, done.stock, carry, returned)


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


def most_per_customer(world: World) -> int:
    """Relation money per treated customer and period beyond which more has no effect, minor units.

    Information cost plus four times `relation_half` a year brings 98 % of the effect; nobody pays for the rest.
    """
    yearly = world.product.information_cost + 4.0 * world.product.relation_half
    return max(1, int(yearly * world.minor_units / float(world.calendar.periods_per_year)))


def _whole_cents(world: World, relations: Whole, standing: Standing) -> tuple[Whole, Whole, Whole]:
    """Whole minor units per treated customer; what is kept for them; and what comes back as nobody is known at all."""
    someone = standing.treated > 0
    heads = np.maximum(standing.treated, 1)
    money = relations + standing.carry
    wished = np.where(someone, money // heads, 0)
    cost = np.minimum(wished, most_per_customer(world))
    return cost, np.where(someone, money - cost * heads, 0), np.where(someone, 0, money)


def _sum(values: Floats) -> float:
    total = 0.0
    for value in values.tolist():
        total += value
    return total
