"""One per cent of each driver, five points of retention, and a firm with a steady inflow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.equity.clv import TIMINGS, lifetime_value
from sim.equity.elasticity import DRIVERS, customer_equity, elasticity, five_points
from sim.equity.terms import power_slope, power_sum

STEADY = {"margin": 100.0, "retention": 0.8, "discount": 0.12, "timing": "immediate", "acquisition_cost": 60.0}


def test_elasticity_of_the_margin_multiple() -> None:
    """(1+i)/(1+i-r) and the change for 1 % (algebra); inside the 3 to 7 of Gupta, Lehmann and Stuart (2004)."""
    found = [elasticity(1.0, r, 0.12, timing="renewal")["retention"] for r in (0.6, 0.7, 0.8, 0.9)]
    assert [one.value_point for one in found] == pytest.approx([2.1538, 2.6667, 3.5, 5.0909], abs=1e-4)
    assert [one.value_percent for one in found] == pytest.approx([2.179, 2.7119, 3.5897, 5.3081], abs=1e-4)


def test_customer_equity_of_a_steady_inflow() -> None:
    """1000 new customers a period, margin 100, r .8, i .12, 60 to win one (constructed; twice derived)."""
    found = customer_equity(1000, **STEADY)
    assert found.per_customer == pytest.approx(290.0, abs=1e-4)
    assert found.future == pytest.approx(2706666.66667, rel=1e-9)
    assert found.paying == pytest.approx(5000.0, abs=1e-4)


def test_one_per_cent_of_a_steady_inflow() -> None:
    """Ordering as in Gupta, Lehmann and Stuart (2004): retention, then margin and discount, then acquisition cost."""
    percent = {name: effect.equity_percent for name, effect in elasticity(**STEADY).items()}
    assert percent["retention"] == pytest.approx(3.09461, abs=1e-4)
    assert percent["margin"] == pytest.approx(1.2069, abs=1e-4)
    assert percent["acquisition_cost"] == pytest.approx(0.2069, abs=1e-4)
    assert percent["discount"] == pytest.approx(1.2293, abs=1e-4)


def test_effects_on_equity_are_those_of_equity_reckoned_anew() -> None:
    before = customer_equity(1000, **STEADY, retention_cost=5.0).future
    for name, effect in elasticity(**STEADY, retention_cost=5.0).items():
        after = customer_equity(1000, **{**STEADY, "retention_cost": 5.0, name: effect.after}).future
        assert effect.equity_percent == pytest.approx(100 * (after / before - 1), abs=1e-9), name


@given(
    st.floats(0.05, 0.98), st.floats(0.02, 0.5), st.floats(-0.1, 0.02), st.one_of(st.none(), st.integers(1, 200)),
    st.sampled_from(TIMINGS), st.floats(0, 3),
)
def test_the_elasticity_at_a_point_is_the_limit_of_small_steps(
    r: float, i: float, g: float, periods: int | None, timing: str, spent: float
) -> None:
    assume(r * (1 + g) < 0.99 * (1 + i))
    terms: dict[str, Any] = {"margin": 100.0, "retention": r, "discount": i, "timing": timing, "growth": g,
                             "periods": periods, "acquisition_cost": 1.0, "retention_cost": spent}
    assume(lifetime_value(**terms) > 1.0)
    found = elasticity(**terms)
    for name in DRIVERS:
        step = 1e-5
        up, down = (lifetime_value(**{**terms, name: terms[name] * (1 + sign * step)}) for sign in (1, -1))
        slope = (up - down) / (2 * step) / lifetime_value(**terms)
        sign = 1 if name in ("retention", "margin") else -1
        assert sign * found[name].value_point == pytest.approx(slope, rel=2e-5, abs=1e-6), name


@given(st.floats(0.05, 0.9), st.floats(0.02, 0.5))
def test_discount_counts_twice_in_equity(r: float, i: float) -> None:
    found = elasticity(100.0, r, i, timing="immediate")["discount"]
    small = 1e-6
    change = customer_equity(1, 100.0, r, i * (1 - small), timing="immediate").future / customer_equity(
        1, 100.0, r, i, timing="immediate").future - 1
    assert found.equity_point == pytest.approx(change / small, rel=1e-4)
    assert found.equity_percent > found.value_percent


def test_what_cannot_be_is_nan_and_not_a_number_made_up() -> None:
    found = elasticity(100.0, 0.995, 0.12, timing="immediate")["retention"]
    assert np.isnan(found.value_percent)  # retention of 1.00495
    assert found.value_point == pytest.approx(0.995 / (1.12 - 0.995))
    no_discount = elasticity(100.0, 0.8, 0.0, timing="immediate")["retention"]
    assert np.isnan(no_discount.equity_percent)
    assert np.isfinite(no_discount.value_percent)
    endless = elasticity(100.0, 0.99, 0.0, timing="immediate", growth=0.005)
    assert np.isnan(endless["retention"].value_percent)
    with pytest.raises(ValueError, match="margin: the lifetime value is -10"):
        elasticity(100.0, 0.0, 0.1, timing="immediate", acquisition_cost=110)


def test_five_points_by_hand() -> None:
    table = five_points(100, [0.6, 0.8, 0.96], 0.12, timing="immediate")
    assert table.raised.tolist() == pytest.approx([0.65, 0.85, 1.01])
    assert table.value.tolist() == pytest.approx([112 / 0.52, 350.0, 700.0])
    assert table.raised_value.tolist()[:2] == pytest.approx([112 / 0.47, 112 / 0.27])
    assert table.percent.tolist()[:2] == pytest.approx([100 * 0.05 / 0.47, 100 * 0.05 / 0.27])
    assert np.isnan(table.raised_value[2])
    assert np.isnan(table.percent[2])


def test_five_points_to_full_retention_and_without_end() -> None:
    full = five_points(100, 0.95, 0.12, timing="immediate")
    assert full.raised_value == pytest.approx(112 / 0.12)
    assert np.isnan(five_points(100, 0.95, 0.0, timing="immediate").raised_value)
    assert five_points(100, 0.95, 0.0, timing="immediate", periods=10).raised_value == pytest.approx(1000)
    poor = five_points(100, 0.5, 0.1, timing="immediate", acquisition_cost=1000)
    assert np.isnan(poor.percent)
    assert poor.raised_value > poor.value


@pytest.mark.parametrize("timing", TIMINGS)
def test_equity_is_the_profit_of_a_period_for_ever(timing: str) -> None:
    """Cohorts one by one: whoever comes later is future, whoever came earlier is today; together every payment once."""
    n, m, r, i, won, kept = 100.0, 50.0, 0.7, 0.1, 20.0, 4.0
    found = customer_equity(n, m, r, i, timing=timing, acquisition_cost=won, retention_cost=kept)
    # customers who may renew at a date of the steady state, and whose margin hangs on it
    asked = n / (1 - r)
    profit = found.paying * m - n * won - asked * kept
    earlier_asked = asked  # what is spent now on those won earlier is past
    assert found.total == pytest.approx(profit * (1 + i) / i + earlier_asked * kept)


@pytest.mark.parametrize(("timing", "paying", "earlier"), [
    ("immediate", 1000 / 0.3, 700 / 0.3), ("next_period", 1000 / 0.3, 1000 / 0.3), ("renewal", 700 / 0.3, 700 / 0.3),
])
def test_who_pays_in_a_steady_period(timing: str, paying: float, earlier: float) -> None:
    found = customer_equity(1000, 50, 0.7, 0.1, timing=timing)
    assert found.paying == pytest.approx(paying)
    assert found.today == pytest.approx(earlier * 50 * 1.1 / 0.4)
    assert found.future == pytest.approx(1000 * lifetime_value(50, 0.7, 0.1, timing=timing) * 11)


@given(st.floats(-0.9, 0.05), st.integers(1, 300))
def test_sums_of_powers_and_their_slopes(excess: float, terms: int) -> None:
    powers = (1 + excess) ** np.arange(terms)
    assert float(power_sum(excess, terms)) == pytest.approx(powers.sum(), rel=1e-9)
    slope = (np.arange(1, terms) * powers[: terms - 1]).sum()
    assert float(power_slope(excess, terms)) == pytest.approx(slope, rel=1e-8, abs=1e-12)


@pytest.mark.parametrize("excess", [0.0, 1e-300, 1e-16, -1e-12, 3e-6, -9e-6, 1.1e-5, -2e-5, 1e-4])
def test_slopes_near_one_keep_their_digits(excess: float) -> None:
    from math import fsum

    powers = [float(np.exp(k * np.log1p(excess))) for k in range(100)]
    wanted = fsum(k * powers[k - 1] for k in range(1, 100))
    assert float(power_slope(excess, 100)) == pytest.approx(wanted, rel=1e-11)
