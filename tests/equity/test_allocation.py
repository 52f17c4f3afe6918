"""The best spending on winning and keeping: the published case, equal marginal costs, and nothing better nearby."""

from __future__ import annotations

from math import inf, isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.equity.allocation import Allocation, Response, optimal_spending
from sim.equity.clv import lifetime_value

CURVES = st.builds(Response, st.floats(0.05, 1.0), st.floats(0.001, 2.0))
WINNING, KEEPING = Response(0.4, 0.094000726), Response(0.7, 0.084729786)


def test_published_case() -> None:
    """Blattberg and Deighton (1996): 15 % won at 5, ceiling 40 %; 40 % kept at 10, ceiling 70 %; margin 50, 10 %."""
    best = optimal_spending(50.0, 0.1, WINNING, KEEPING)
    found = (best.acquisition_spending, best.acquisition_rate, best.retention_spending, best.retention_rate)
    assert found == pytest.approx((9.86053, 0.24169, 16.31867, 0.52437), abs=1e-3)
    assert (best.lifetime_value, best.equity) == pytest.approx((67.19777, 6.38037), abs=1e-3)
    costs = (best.marginal_acquisition_cost, best.marginal_retention_cost)
    assert costs == pytest.approx((67.19777, 67.19777), abs=1e-3)
    averages = (best.average_acquisition_cost, best.average_retention_cost)
    assert averages == pytest.approx((40.79858, 31.12077), abs=1e-3)
    assert best.balanced


def test_a_curve_goes_through_what_is_known() -> None:
    assert Response.through(0.4, 5, 0.15).slope == pytest.approx(WINNING.slope, abs=1e-9)
    assert Response.through(0.7, 10, 0.4).slope == pytest.approx(KEEPING.slope, abs=1e-9)


@given(st.floats(0.05, 1.0), st.floats(0.01, 100.0), st.floats(0.01, 0.99))
def test_calibration_gives_back_the_rate(ceiling: float, spending: float, part: float) -> None:
    assert Response.through(ceiling, spending, part * ceiling).rate(spending) == pytest.approx(part * ceiling)


def test_a_curve_starts_at_nothing_and_never_passes_its_ceiling() -> None:
    assert WINNING.rate(0.0) == 0.0
    assert WINNING.rate(1e6) == pytest.approx(0.4)
    assert WINNING.marginal_cost(0.0) == pytest.approx(1 / (0.4 * WINNING.slope))
    assert WINNING.marginal_cost(1e6) == inf
    step = (WINNING.rate(5.0 + 1e-6) - WINNING.rate(5.0 - 1e-6)) / 2e-6
    assert WINNING.marginal_cost(5.0) == pytest.approx(1 / step, rel=1e-6)


@given(st.floats(0.0, 500.0), st.floats(0.02, 0.5), CURVES, CURVES)
def test_no_other_spending_brings_more(margin: float, discount: float, winning: Response, keeping: Response) -> None:
    best = optimal_spending(margin, discount, winning, keeping)
    for spent in np.r_[0.0, best.retention_spending * np.array([0.5, 0.9, 0.999, 1.001, 1.1, 2.0]), 1.0, 10.0, 100.0]:
        kept = keeping.rate(float(spent))
        value = margin + (margin * kept - spent) / (1 + discount - kept)
        assert value <= best.lifetime_value * (1 + 1e-12) + 1e-12
    for spent in np.r_[0.0, best.acquisition_spending * np.array([0.5, 0.9, 1.1, 2.0]), 1.0, 10.0]:
        assert winning.rate(float(spent)) * best.lifetime_value - spent <= best.equity + 1e-9


@given(st.floats(1.0, 500.0), st.floats(0.02, 0.5), CURVES, CURVES)
def test_where_money_is_spent_the_marginal_cost_is_the_value_and_else_above(
    margin: float, discount: float, winning: Response, keeping: Response
) -> None:
    best = optimal_spending(margin, discount, winning, keeping)
    for spent, cost in (
        (best.acquisition_spending, best.marginal_acquisition_cost),
        (best.retention_spending, best.marginal_retention_cost),
    ):
        if spent > 0.0:
            assert cost == pytest.approx(best.lifetime_value, rel=1e-6)
        else:
            assert cost >= best.lifetime_value * (1 - 1e-9)
    assert best.balanced == (best.acquisition_spending > 0 and best.retention_spending > 0) or on_the_edge(best)


def on_the_edge(best: Allocation) -> bool:
    """Nothing is spent, and the first customer would cost just what one is worth."""
    return min(best.acquisition_spending, best.retention_spending) < 1e-3


@given(st.floats(1.0, 500.0), st.floats(0.02, 0.5), CURVES, CURVES)
def test_the_value_is_the_lifetime_value_of_the_same_customer(
    margin: float, discount: float, winning: Response, keeping: Response
) -> None:
    best = optimal_spending(margin, discount, winning, keeping)
    same = lifetime_value(margin, best.retention_rate, discount, timing="immediate",
                          retention_cost=best.retention_spending)
    assert best.lifetime_value == pytest.approx(same)
    assert best.equity == pytest.approx(best.acquisition_rate * best.lifetime_value - best.acquisition_spending)


def test_where_nothing_pays_nothing_is_spent() -> None:
    poor = optimal_spending(1.0, 0.1, WINNING, KEEPING)
    assert (poor.acquisition_spending, poor.retention_spending, poor.equity) == (0.0, 0.0, 0.0)
    assert isnan(poor.average_acquisition_cost)
    assert isnan(poor.average_retention_cost)
    assert not poor.balanced
    assert poor.lifetime_value == 1.0  # the margin of now, and nobody is kept


def test_a_ceiling_that_lets_value_grow_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="discount: 0 is not allowed with a retention ceiling of 1"):
        optimal_spending(50.0, 0.0, WINNING, Response(1.0, 0.1))
    with pytest.raises(TypeError, match="retention: a Response is expected, not float"):
        optimal_spending(50.0, 0.1, WINNING, 0.7)  # type: ignore[arg-type]
