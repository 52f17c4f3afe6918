"""What money does: every lever's effect is cap x (1 - exp(-spend / half)) on a named base.

The bases are people, active customers or treated customers *per year*, so that the length of a period changes nothing.
One call per period turns all plans into the rows that the phases read (`sim.engine.state.Firm`).
Only the project's own exponential is used, so plans give the same bits on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import FirmRow, Offer
from sim.firms.plans import Amounts, Plan
from sim.numerics.elementary import clip, exp
from sim.scenario.calendar import Calendar
from sim.scenario.schema.firm import Levers
from sim.scenario.schema.market import Product
from sim.scenario.schema.psychology import Psychology
from sim.scenario.schema.root import Scenario

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

LN2 = 0.6931471805599453


@dataclass(frozen=True)
class LeverCurves:
    """What the curves are made of: the product class, the psychology of attention and contact, the clock."""

    product: Product
    psychology: Psychology
    calendar: Calendar
    minor_units: int
    advertising_stock: float = 1.0  # strength of the mechanism

    @classmethod
    def of(cls, scenario: Scenario, minor: int, advertising_stock: float = 1.0) -> LeverCurves:
        """The curves of a scenario."""
        calendar = Calendar.of(scenario.clock)
        return cls(scenario.product, scenario.psychology, calendar, minor, advertising_stock)

    @cached_property
    def periods(self) -> float:
        """Periods in a year."""
        return float(self.calendar.periods_per_year)

    @cached_property
    def most_per_customer(self) -> int:
        """Relation money per treated customer and period beyond which more has no effect, minor units.

        Information cost plus four times `relation_half` a year brings 98 % of the effect; nobody pays for the rest.
        """
        yearly = self.product.information_cost + 4.0 * self.product.relation_half
        return max(1, int(yearly * self.minor_units / self.periods))

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
    treat_above: Sequence[int]  # minor units: running contribution from which a customer is treated
    stock: Sequence[float]  # advertising stock, money per person and year
    carry: Sequence[int]  # minor units of relation money kept back: by rounding, or as more would have had no effect
    paused: Sequence[bool]  # account empty: everything that counts against the budget pauses
    cutting: Sequence[bool]  # the price cut is on this period
    outage: Sequence[float]
    severity: Sequence[float]
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


def chance(per_year: Any, periods_per_year: float) -> Any:
    """Chance in one period of something that happens at a rate per year: 1 - exp(-rate x period).

    >>> abs(float(1 - (1 - chance(2.0, 12)) ** 12 - chance(2.0, 1))) < 1e-12
    True
    """
    return saturating(per_year, float(periods_per_year))


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
    found = []
    for stock in stocks:
        rivals = 1.0 - stock / total if total > 0.0 else 0.0
        half = product.advertising_half * (1.0 + attention.share_of_voice * rivals)
        found.append(product.advertising_cap * _share(stock, half))
    return found


def relation_effect(curves: LeverCurves, spend: float) -> float:
    """Relation effort of a treated customer: 1 - exp(-max(0, spend - information_cost) / relation_half).

    The fixed cost of knowing somebody makes the border below which relations cannot pay (M42).
    """
    return _share(spend - curves.product.information_cost, curves.product.relation_half)


@dataclass(frozen=True)
class Written:
    """The part of the rows that only the levers decide: made once for as long as the levers stay the same."""

    levers: tuple[Levers, ...]
    columns: dict[str, Floats]
    touches: tuple[float, ...]  # planned contacts per treated customer and year at full effort
    offer: Offer
    faces: dict[tuple[Sequence[bool], Sequence[bool]], FirmRow] = field(default_factory=dict)

    def still(self, plans: Sequence[Plan]) -> bool:
        """Whether these plans have the very same levers."""
        return all(plan.levers is mine for plan, mine in zip(plans, self.levers, strict=True))


def written(curves: LeverCurves, plans: Sequence[Plan]) -> Written:
    """The columns that only the levers decide, each [F]."""
    product, psychology = curves.product, curves.psychology
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
        "personalisation": lambda lever: lever.care.personalisation, "proactive": lambda lever: lever.care.proactive,
        "answered": lambda lever: lever.recovery.answered, "generosity": lambda lever: lever.recovery.generosity,
        "wait": lambda lever: lever.recovery.delay_weeks, "back_reach": lambda lever: lever.win_back.reach,
        "reason": lambda lever: lever.win_back.by == "reason",
    }
    columns = {
        name: np.array([value(plan.levers) for plan in plans], dtype=np.float64) for name, value in values.items()
    }
    columns["delay"] = exp(-LN2 * columns["wait"] / psychology.mending.delay_half_life_weeks)
    columns["win_back"] = chance(columns["back_reach"], float(curves.calendar.periods_per_year))
    yearly = psychology.knowing.touches_per_year
    touches = tuple(yearly * plan.levers.care.contact for plan in plans)
    return Written(tuple(plan.levers for plan in plans), columns, touches, offer_rows(plans))


class _Effects(NamedTuple):
    """What the money of a period does: one number for a firm, or [F]."""

    stock: Any
    reach: Any
    treat: Any
    effect: Any
    prevented: Any
    added: Any


def _effects(curves: LeverCurves, plans: Sequence[Plan], standing: Situation, touches: Sequence[float]) -> _Effects:
    """Firm by firm in plain numbers: with a handful of firms that is quicker than arrays."""
    spent, blend = [plan.spending for plan in plans], curves.advertising_stock
    fresh = [curves.per_year(money.advertising, standing.people) for money in spent]
    stocks = [next_stock(curves, old, new) for old, new in zip(standing.stock, fresh, strict=True)]
    used = [(1.0 - blend) * new + blend * stock for new, stock in zip(fresh, stocks, strict=True)]
    attention = zip(stocks, notices_per_year(curves, used), touches, strict=True)
    rows = [_effects_of(curves, spent[f], standing, f, each) for f, each in enumerate(attention)]
    return _Effects(*np.array(rows, dtype=np.float64).T)


def _effects_of(
    curves: LeverCurves, money: Amounts, standing: Situation, f: int, attention: tuple[float, float, float]
) -> _Effects:
    """The effects of one firm's money; `attention` is its advertising stock, its notices and its contacts a year."""
    product, active, treated = curves.product, standing.active[f], standing.treated[f]
    stock, notices, touches = attention
    effect = relation_effect(curves, curves.per_year(min(money.relations, curves.most_per_customer * treated), treated))
    treat = min(touches * effect / curves.periods, 1.0)  # contacts are planned, not met by chance
    prevented = product.people_cap * _share(curves.per_year(money.people, active), product.people_half)
    added = product.service_cap * _share(curves.per_year(money.service, active), product.service_half)
    return _Effects(stock, _share(notices, curves.periods), treat, effect, prevented, added)


def firm_rows(
    curves: LeverCurves, plans: Sequence[Plan], standing: Situation, fixed: Written | None = None
) -> PeriodRows:
    """All plans of a period as rows for the phases, with the next advertising stock and relation carry."""
    fixed = fixed or written(curves, plans)
    done = _effects(curves, plans, standing, fixed.touches)
    cost, carry, returned = _whole_cents(curves, plans, standing)
    firm = _face(curves, fixed, tuple(standing.paused), tuple(standing.cutting))
    firm = firm._replace(
        quality=clip(firm.quality + done.added, 0.0, 1.0), failure=firm.failure * (1.0 - done.prevented),
        reach=done.reach, treat=done.treat, effect=done.effect, relation_cost=cost,
        treat_above=np.array(standing.treat_above, dtype=np.int64),
        outage=np.array(standing.outage), outage_severity=np.array(standing.severity), key=standing.key,
    )
    return PeriodRows(firm, done.stock.tolist(), carry, returned)


def _face(curves: LeverCurves, fixed: Written, paused: tuple[bool, ...], cutting: tuple[bool, ...]) -> FirmRow:
    """The rows as far as levers, pauses and the rhythm of price cuts decide them; kept until the levers change."""
    if (paused, cutting) not in fixed.faces:
        of, count, product = fixed.columns, len(paused), curves.product
        on, nothing = 1.0 - np.array(paused, dtype=np.bool_), np.zeros(count)
        quality = np.where(paused, np.minimum(of["quality"], product.base_quality), of["quality"])
        surprise, cut = on * of["surprise"], on * np.array(cutting) * of["depth"]
        fixed.faces[paused, cutting] = FirmRow(
            number=np.arange(count, dtype=np.int64), price=of["price"], quality=quality, promise=of["promise"],
            failure=of["failure"], effort=of["effort"], values=of["values"], surprise=surprise, lock=of["lock"],
            rewards=on * of["rewards"], cut_everyone=cut * of["everyone"], cut_newcomers=cut * of["newcomers"],
            cut_lapsed=np.maximum(cut * of["lapsed"], on * of["back_depth"]),
            reach=nothing, treat=nothing, effect=nothing, relation_cost=nothing, treat_above=nothing,
            personalisation=of["personalisation"], proactive=on * of["proactive"], answered=on * of["answered"],
            generosity=of["generosity"], delay=of["delay"], win_back=on * of["win_back"], win_back_reason=of["reason"],
            unit_cost=product.quality_cost * (quality - product.base_quality) + product.surprise_cost * surprise,
            outage=nothing, outage_severity=nothing, rating=np.full(count, 0.5), rated=nothing, lost=nothing,
            key=nothing,
        )
    return fixed.faces[paused, cutting]


def offer_rows(plans: Sequence[Plan]) -> Offer:
    """Benefit of every firm for every need: [F, 5]."""
    return Offer(np.array([list(plan.levers.benefits.model_dump().values()) for plan in plans], dtype=np.float64))


def contacts_at_most(curves: LeverCurves, plans: Sequence[Plan]) -> Floats:
    """Contacts per period that get through: the capacity that is there plus what was bought; no limit is infinity."""
    price_of_one = curves.product.capacity_cost * curves.product.price * curves.minor_units
    room = []
    for plan in plans:
        free = plan.levers.capacity
        bought = plan.spending.capacity
        unlimited = free is None or (bought > 0 and price_of_one == 0.0)
        room.append(np.inf if unlimited or free is None else free + (bought / price_of_one if bought else 0.0))
    return np.array(room, dtype=np.float64)


def _whole_cents(curves: LeverCurves, plans: Sequence[Plan], standing: Situation) -> tuple[Whole, list[int], list[int]]:
    """Whole minor units per treated customer; what is kept for them; and what comes back as nobody is known at all."""
    costs, carry, returned = [], [], []
    for plan, kept, heads in zip(plans, standing.carry, standing.treated, strict=True):
        money = plan.spending.relations + kept
        cost = min(money // heads, curves.most_per_customer) if heads > 0 else 0
        costs.append(cost)
        carry.append(money - cost * heads if heads > 0 else 0)
        returned.append(0 if heads > 0 else money)
    return np.array(costs, dtype=np.int64), carry, returned
