"""What money does: saturating, per head and year, the same whatever the length of a period."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.firms.curves import Curve, equal_marginal_return
from sim.firms.plans import Amounts, Plan, changed
from sim.firms.responses import (
    LeverCurves,
    PeriodRows,
    Situation,
    contacts_at_most,
    firm_rows,
    next_stock,
    notices_per_year,
    offer_rows,
    relation_effect,
)
from sim.scenario.calendar import PERIODS_PER_YEAR, Calendar
from sim.scenario.schema.firm import Levers
from sim.scenario.schema.market import Product
from sim.scenario.schema.psychology import Psychology

quick = settings(max_examples=40, deadline=None)


def world(period: str = "month", **settings: Any) -> LeverCurves:
    return LeverCurves(Product(), Psychology(), Calendar(PERIODS_PER_YEAR[period]), 100, **settings)


def rows(there: LeverCurves, plans: list[Plan], **facts: Any) -> PeriodRows:
    count = len(plans)
    standing = {
        "people": 2000, "active": [500] * count, "treated": [300] * count, "stock": [0.0] * count,
        "information": [0] * count, "personal": [0] * count, "carry": [0] * count, "outage": [0.0] * count,
        "paused": [False] * count, "cutting": [True] * count, "severity": [0.0] * count,
        "key": np.arange(count, dtype=np.uint64), **facts,
    }  # fmt: skip
    return firm_rows(there, plans, Situation(**standing))


def plan(spending: dict[str, int] | None = None, **levers: Any) -> Plan:
    return Plan(changed(Levers(), levers), Amounts(**(spending or {})))


def test_levers_reach_the_rows_as_written() -> None:
    firm = rows(world(), [plan(price=12.0, promise=0.8, quality=0.75, surprise=0.1), plan()]).firm
    np.testing.assert_allclose(firm.price, [1.2, 1.0])
    assert list(firm.promise) == [0.8, 0.7]
    np.testing.assert_allclose(firm.unit_cost, [1.0 * 0.05 + 0.4 * 0.1, 0.0])
    assert firm.information.dtype == firm.relation_cost.dtype == np.int64
    assert firm.key.dtype == np.uint64
    assert list(firm.failure) == [0.08, 0.08]
    benefits = offer_rows([plan(), plan(benefits={"esteem": 1.0})]).benefit
    assert benefits.shape == (2, 5)
    assert benefits[1, 3] == 1.0


@pytest.mark.parametrize("lever", ["advertising", "service", "people", "relations"])
def test_more_money_does_more_and_ever_less(lever: str) -> None:
    """cap x (1 - exp(-spend / half)): rising, concave, never above the cap."""
    step = 10_000 if lever == "relations" else 60_000
    spends = [0, step, 2 * step, 3 * step, 10**9]
    firms = [rows(world(advertising_stock=0.0), [plan({lever: spend})]).firm for spend in spends]
    value = {
        "advertising": [float(-np.log1p(-firm.reach[0])) for firm in firms],
        "service": [float(firm.quality[0]) for firm in firms],
        "people": [-float(firm.failure[0]) for firm in firms],
        "relations": [float(firm.effect[0]) for firm in firms],
    }[lever]
    caps = {"advertising": 7.2 / 12, "service": 0.82, "people": -0.08 * 0.2, "relations": 0.98}
    assert value[0] < value[1] < value[2] < value[3] < value[4]
    assert value[3] - value[2] < value[2] - value[1]
    assert value[4] == pytest.approx(caps[lever], abs=0.002)


def test_relations_work_from_the_first_euro() -> None:
    assert relation_effect(world(), 0.0) == 0.0
    assert relation_effect(world(), 0.072) == pytest.approx(1 - np.exp(-0.01))
    assert relation_effect(world(), 7.2) == pytest.approx(1 - np.exp(-1))


def test_advertising_is_as_present_as_its_notices_are_of_the_most_there_can_be() -> None:
    firm = rows(world(advertising_stock=0.0), [plan(), plan({"advertising": 120_000})]).firm
    notices = -np.log1p(-firm.reach[1]) * 12  # a year
    assert firm.salience[0] == 0.0
    assert firm.salience[1] == pytest.approx(notices / 7.2)


def test_half_the_period_leaves_yearly_rates() -> None:
    """A month's money in a month, a week's in a week: per year the same notices, contacts, quality, win-backs."""
    yearly = {"advertising": 480_000, "service": 120_000, "people": 120_000, "relations": 240_000}
    rates = []
    for period in ("month", "week"):
        per_year = float(PERIODS_PER_YEAR[period])
        there = world(period, advertising_stock=0.0)
        spending = {name: int(money / per_year) for name, money in yearly.items()}
        firm = rows(there, [plan(spending, win_back={"reach": 2.0})]).firm
        chances = np.array([firm.reach[0], firm.win_back[0]])
        states = [firm.quality[0], firm.failure[0], firm.effect[0]]
        rates.append([*(-np.log1p(-chances) * per_year), firm.treat[0] * per_year, *states])
    np.testing.assert_allclose(rates[0], rates[1], rtol=2e-4)  # money of a week is rounded to cents


def test_a_steady_stock_equals_the_spending_and_half_is_forgotten_in_a_half_life() -> None:
    there = world("week")
    stock = np.zeros(1)
    for _ in range(400):
        stock = next_stock(there, stock, np.array([3.0]))
    np.testing.assert_allclose(stock, 3.0)
    for _ in range(4):
        stock = next_stock(there, stock, np.zeros(1))
    np.testing.assert_allclose(stock, 1.5, rtol=2e-3)


def test_strength_0_of_the_stock_is_bit_equal_to_no_carry_over() -> None:
    there, spent = world(advertising_stock=0.0), [plan({"advertising": 12_345})]
    fresh, old = rows(there, spent), rows(there, spent, stock=np.array([50.0]))
    assert fresh.firm.reach[0] == old.firm.reach[0]
    assert rows(world(), spent, stock=np.array([50.0])).firm.reach[0] > fresh.firm.reach[0]


def test_rivals_drown_ones_voice() -> None:
    notices = [notices_per_year(world(), np.array(stock))[0] for stock in ([4.0], [4.0, 4.0], [4.0, 12.0])]
    assert notices[0] > notices[1] > notices[2]


@given(st.lists(st.integers(0, 200_000), min_size=1, max_size=30), st.integers(1, 5000))
@quick
def test_relation_money_is_spent_in_whole_cents_and_none_is_lost(money: list[int], treated: int) -> None:
    carry, booked, back = np.zeros(1, np.int64), 0, 0
    for amount in money:
        result = rows(world(), [plan({"relations": amount})], treated=np.array([treated]), carry=carry)
        booked, carry = booked + int(result.firm.relation_cost[0]) * treated, result.carry
        back += int(result.returned[0])
        capped = int(result.firm.relation_cost[0]) == world().most_per_customer
        assert carry[0] >= 0
        assert capped or carry[0] < treated
        assert result.firm.relation_cost[0] <= world().most_per_customer
    assert booked + back + int(carry[0]) == sum(money)


def test_nobody_spends_more_on_a_customer_than_has_an_effect() -> None:
    """500 euros for one customer: at most information cost + 4 x half a year is spent, the rest is kept for others."""
    result = rows(world(), [plan({"relations": 50_000})], treated=np.ones(1, np.int64))
    assert int(result.firm.relation_cost[0]) == world().most_per_customer < 50_000
    assert int(result.carry[0]) == 50_000 - world().most_per_customer
    assert float(result.firm.effect[0]) == pytest.approx(1.0 - np.exp(-4.0), abs=1e-3)


def test_nobody_known_nothing_spent() -> None:
    result = rows(world(), [plan({"relations": 9999})], treated=np.zeros(1, np.int64))
    assert (result.firm.relation_cost[0], result.firm.effect[0], result.firm.treat[0]) == (0, 0.0, 0.0)


def test_an_empty_account_pauses_everything_that_counts() -> None:
    generous = plan(
        quality=0.9, surprise=0.2, rewards=0.1, price_cut={"depth": 0.2}, recovery={"answered": 1.0},
        care={"proactive": 1.0}, win_back={"reach": 3.0, "by": "price"}, information="emotion",
    )  # fmt: skip
    paying = rows(world(), [generous]).firm
    paused = rows(world(), [generous], paused=np.ones(1, np.bool_)).firm
    for name in ("surprise", "rewards", "cut_everyone", "cut_lapsed", "answered", "proactive", "win_back", "unit_cost"):
        assert getattr(paying, name)[0] > 0, name
        assert getattr(paused, name)[0] == 0, name
    assert paused.quality[0] == 0.7


@pytest.mark.parametrize("to", ["everyone", "newcomers", "lapsed"])
def test_a_price_cut_reaches_whom_it_is_for_and_only_when_on(to: str) -> None:
    cut = [plan(price_cut={"depth": 0.2, "to": to})]
    on, off = rows(world(), cut).firm, rows(world(), cut, cutting=np.zeros(1, np.bool_)).firm
    given_to = {name for name in ("everyone", "newcomers", "lapsed") if getattr(on, f"cut_{name}")[0] == 0.2}
    assert given_to == {to}
    assert off.cut_everyone[0] == off.cut_newcomers[0] == off.cut_lapsed[0] == 0


def test_a_delay_at_the_half_life_halves_a_recovery() -> None:
    delays = [rows(world(), [plan(recovery={"delay_weeks": weeks})]).firm.delay[0] for weeks in (0.0, 3.0, 6.0)]
    np.testing.assert_allclose(delays, [1.0, 0.5, 0.25], rtol=1e-12)


def test_capacity_is_what_is_there_and_what_is_bought() -> None:
    plans = [plan(), plan({"capacity": 10_000}), plan({"capacity": 10_000}, capacity=50.0)]
    assert list(contacts_at_most(world(), plans)) == [np.inf, np.inf, 50.0 + 10_000 / 500]


def test_rows_do_not_depend_on_the_order_of_firms() -> None:
    two = [plan({"advertising": 10_000}), plan({"advertising": 30_000, "relations": 9_000})]
    there, back = rows(world(), two).firm, rows(world(), two[::-1]).firm
    for name in ("reach", "effect", "quality", "treat", "relation_cost"):
        assert list(getattr(there, name)) == list(getattr(back, name))[::-1], name


def total_worth(spend: Any, curves: list[Curve]) -> float:
    """What a split brings, in the curves' common unit."""
    return sum(one.worth * -np.expm1(-money / one.half) for money, one in zip(spend, curves, strict=True))


shapes_of_curves = st.tuples(st.floats(0.01, 100), st.floats(0.1, 1e4))


@given(st.floats(0.1, 1e6), st.lists(shapes_of_curves, min_size=1, max_size=4))
@quick
def test_no_shift_of_money_between_levers_does_better(money: float, shapes: list[tuple[float, float]]) -> None:
    curves = [Curve(*shape) for shape in shapes]
    best = equal_marginal_return(money, curves)
    assert sum(best) <= money * (1 + 1e-9)
    worth = total_worth(best, curves)
    for giver in range(len(curves)):
        for taker in range(len(curves)):
            for part in (0.01, 0.3, 1.0):
                moved = list(best)
                moved[giver] -= part * best[giver]
                moved[taker] += part * best[giver]
                assert total_worth(moved, curves) <= worth * (1 + 1e-9) + 1e-12
