"""Lifetime value in closed form: published numbers, the three timings, horizons, and sums added up one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.equity.clv import (
    TIMINGS,
    berger_nasr_value,
    lifetime_value,
    margin_multiple,
    mean_lifetime,
    median_lifetime,
    survival_share,
)

RETENTIONS = st.floats(0.0, 1.0)
DISCOUNTS = st.floats(0.005, 1.0)
GROWTHS = st.floats(-0.3, 0.2)
HORIZONS = st.integers(1, 60)


def added_up(terms: dict[str, Any], timing: str, periods: int) -> float:
    """The value of one customer as a tree of dates: who is there, what they pay, what is spent on them."""
    m, r, i, g = (terms[name] for name in ("margin", "retention", "discount", "growth"))
    value, there = -terms["acquisition_cost"], 1.0
    for place in range(periods):
        date = place if timing == "immediate" else place + 1
        if place or timing == "renewal":
            value -= there * terms["retention_cost"] / (1 + i) ** date
            there *= r
        value += there * m * (1 + g) ** place / (1 + i) ** date
    return value


@pytest.mark.parametrize(("discount", "multiples"), [
    (0.10, [1.2, 1.75, 2.6667, 4.5]), (0.12, [1.1538, 1.6667, 2.5, 4.0909]),
    (0.14, [1.1111, 1.5909, 2.3529, 3.75]), (0.16, [1.0714, 1.5217, 2.2222, 3.4615]),
])
def test_published_margin_multiples(discount: float, multiples: list[float]) -> None:
    """Gupta and Lehmann (2003), table of r/(1+i-r), rounded there."""
    assert margin_multiple([0.6, 0.7, 0.8, 0.9], discount).tolist() == pytest.approx(multiples, abs=1e-3)


def test_margin_multiples_with_growth_by_hand() -> None:
    assert margin_multiple(0.8, 0.12, 0.05) == pytest.approx(0.8 / 0.28)
    assert margin_multiple(0.8, 0.12, -1.0) == pytest.approx(0.8 / 1.12)  # one margin, and then nothing


def test_three_timings_of_the_same_customer() -> None:
    """Margin 100, retention .8, discount .12 (algebra)."""
    values = {timing: lifetime_value(100, 0.8, 0.12, timing=timing) for timing in TIMINGS}
    assert values == pytest.approx({"immediate": 350.0, "next_period": 312.5, "renewal": 250.0}, rel=1e-9)


def test_berger_and_nasr_case_1() -> None:
    """Berger and Nasr (1998), case 1: GC 260, M 50, r .75, d .2, n 10 gives 568.78."""
    assert berger_nasr_value(260, 50, 0.75, 0.2, 10) == pytest.approx(568.78, abs=0.005)


def test_geometric_lifetime() -> None:
    """Retention .8: 5 periods on average, .32768 left after 5, half after 3.106284 (algebra)."""
    assert mean_lifetime(0.8) == pytest.approx(5.0, abs=1e-9)
    assert survival_share(0.8, 5) == pytest.approx(0.32768, abs=1e-9)
    assert median_lifetime(0.8) == pytest.approx(3.10628372, abs=1e-9)
    assert median_lifetime(0.0) == 0.0
    assert mean_lifetime(0.0) == 1.0


@given(RETENTIONS, DISCOUNTS, GROWTHS, HORIZONS, st.sampled_from(TIMINGS), st.floats(0, 30), st.floats(0, 50))
def test_a_finite_value_is_the_sum_of_its_dates(
    r: float, i: float, g: float, periods: int, timing: str, spent: float, acquired: float
) -> None:
    terms = {"margin": 100.0, "retention": r, "discount": i, "growth": g, "acquisition_cost": acquired,
             "retention_cost": spent}
    found = lifetime_value(**terms, timing=timing, periods=periods)
    assert found == pytest.approx(added_up(terms, timing, periods), rel=1e-10, abs=1e-8)


@given(st.floats(0.0, 0.95), DISCOUNTS, st.floats(-0.5, 0.0), st.sampled_from(TIMINGS), st.floats(0, 30))
def test_without_an_end_it_is_the_limit_of_longer_horizons(
    r: float, i: float, g: float, timing: str, spent: float
) -> None:
    for_ever = lifetime_value(100, r, i, timing=timing, growth=g, retention_cost=spent)
    assert lifetime_value(100, r, i, timing=timing, growth=g, retention_cost=spent, periods=5000) == pytest.approx(
        for_ever, rel=1e-9, abs=1e-9)


@given(RETENTIONS, st.floats(-0.5, 1.0), GROWTHS, HORIZONS, st.floats(0, 30))
def test_timings_differ_by_one_discount_or_one_renewal(
    r: float, i: float, g: float, periods: int, spent: float
) -> None:
    immediate, next_period, renewal = (
        lifetime_value(100, r, i, timing=timing, growth=g, retention_cost=spent, periods=periods) for timing in TIMINGS)
    assert immediate == pytest.approx((1 + i) * next_period, rel=1e-9, abs=1e-9)
    assert renewal == pytest.approx(r * next_period - spent / (1 + i), rel=1e-9, abs=1e-9)


def test_renewal_pays_for_the_first_renewal_and_the_others_do_not() -> None:
    renewal = lifetime_value(100, 0.8, 0.25, timing="renewal", periods=1, retention_cost=10)
    assert renewal == pytest.approx((0.8 * 100 - 10) / 1.25)
    assert lifetime_value(100, 0.8, 0.25, timing="immediate", periods=1, retention_cost=10) == pytest.approx(100)
    two = lifetime_value(100, 0.8, 0.25, timing="next_period", periods=2, retention_cost=10)
    assert two == pytest.approx(100 / 1.25 + (0.8 * 100 - 10) / 1.25**2)


@given(st.floats(0.0, 1.0), st.floats(0.01, 0.5), st.integers(1, 40), st.floats(0, 40))
def test_berger_and_nasr_is_the_sum_of_its_dates_and_a_lifetime_value(
    r: float, d: float, n: int, promotion: float
) -> None:
    found = berger_nasr_value(260, promotion, r, d, n)
    margins = sum(260 * r**t / (1 + d) ** t for t in range(n + 1))
    spent = sum(promotion * r ** (t - 1) / (1 + d) ** (t - 0.5) for t in range(1, n + 1))
    assert found == pytest.approx(margins - spent, rel=1e-10, abs=1e-9)
    same = lifetime_value(260, r, d, timing="immediate", periods=n + 1, retention_cost=promotion * np.sqrt(1 + d))
    assert found == pytest.approx(same, rel=1e-12, abs=1e-9)


def test_berger_and_nasr_without_an_end() -> None:
    wanted = 260 * 1.2 / 0.45 - 50 * np.sqrt(1.2) / 0.45
    assert berger_nasr_value(260, 50, 0.75, 0.2) == pytest.approx(wanted)
    assert berger_nasr_value(260, 50, 0.75, 0.2, 400) == pytest.approx(wanted)


@given(st.lists(st.tuples(st.floats(-50, 200), st.floats(0, 0.99), DISCOUNTS), min_size=1, max_size=6),
       st.sampled_from(TIMINGS), st.one_of(st.none(), HORIZONS))
def test_arrays_give_what_numbers_give(
    customers: list[tuple[float, float, float]], timing: str, periods: int | None
) -> None:
    margin, retention, discount = (np.array(column) for column in zip(*customers, strict=True))
    together = lifetime_value(margin, retention, discount, timing=timing, periods=periods)
    one_by_one = [lifetime_value(m, r, i, timing=timing, periods=periods) for m, r, i in customers]
    assert together.tolist() == one_by_one
    assert margin_multiple(retention, discount).tolist() == [margin_multiple(r, i) for _, r, i in customers]


def test_arguments_are_broadcast() -> None:
    table = lifetime_value([[100], [200]], [0.5, 0.8, 0.9], 0.1, timing="immediate", periods=[1, 5, 10])
    assert table.shape == (2, 3)
    assert table[1] == pytest.approx(2 * table[0])
    assert table[:, 0].tolist() == [100, 200]
    assert isinstance(lifetime_value(100, 0.8, 0.1, timing="immediate"), float)


@given(st.floats(0, 0.9), DISCOUNTS, st.floats(0.001, 0.09))
def test_more_retention_is_worth_more_and_more_discount_less(r: float, i: float, more: float) -> None:
    assert margin_multiple(r + more, i) > margin_multiple(r, i)
    assert margin_multiple(r + more, i + more) < margin_multiple(r + more, i)


def test_near_the_edge_digits_are_kept() -> None:
    """Nearly nobody leaves: nearly a sum of equal margins, where (1 - q^n)/(1 - q) loses digits."""
    value = lifetime_value(1.0, 1.0 - 2.0**-43, 0.0, timing="immediate", periods=1000)
    assert value == pytest.approx(1000 - 2.0**-43 * 999 * 1000 / 2, rel=1e-14)
    assert lifetime_value(1.0, 1.0, 0.0, timing="immediate", periods=1000) == 1000.0
    assert lifetime_value(7.0, 0.0, 0.1, timing="immediate") == 7.0


@pytest.mark.parametrize(("r", "i", "g"), [(1.0, 0.0, 0.0), (0.9, 0.1, 0.3), (0.8, -0.3, 0.0), (1.0, 0.05, 0.05)])
def test_a_value_without_end_names_what_makes_it_so(r: float, i: float, g: float) -> None:
    for call in (
        lambda: margin_multiple(r, i, g), lambda: lifetime_value(100, r, i, timing="immediate", growth=g),
        lambda: lifetime_value(100, [0.1, r], [0.2, i], timing="renewal", growth=g),
    ):
        with pytest.raises(ValueError, match=r"^retention: .* growth .* discount .* no end"):
            call()
    assert np.isfinite(lifetime_value(100, r, i, timing="immediate", growth=g, periods=50))


def test_costs_without_end_are_refused_too() -> None:
    assert lifetime_value(100, 1.0, 0.0, timing="immediate", growth=-0.1) == pytest.approx(1000)
    with pytest.raises(ValueError, match=r"retention: 1 .*retention_cost has no end"):
        lifetime_value(100, 1.0, 0.0, timing="immediate", growth=-0.1, retention_cost=1)
    with pytest.raises(ValueError, match=r"retention: 1 .*no end"):
        berger_nasr_value(100, 5, 1.0, 0.0)


def test_numbers_too_large_to_hold_are_refused() -> None:
    with pytest.raises(ValueError, match=r"periods: .*beyond"):
        lifetime_value(100, 1.0, 0.0, timing="immediate", growth=1.0, periods=2000)


def test_a_misspelt_timing_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean next_period"):
        lifetime_value(100, 0.8, 0.1, timing="next period")


@given(st.floats(0, 0.99), st.integers(0, 30))
def test_survival_falls_by_retention_and_sums_to_the_mean_lifetime(r: float, t: int) -> None:
    assert survival_share(r, t + 1) == pytest.approx(r * survival_share(r, t), abs=1e-15)
    assume(r < 0.9)
    assert survival_share(r, np.arange(2000)).sum() == pytest.approx(mean_lifetime(r))
    assert survival_share(r, median_lifetime(r)) == pytest.approx(0.5 if r > 0 else 1.0)
