"""Whale curve, share of the top and Gini: by hand, against slow definitions, and what stays the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.equity.concentration import gini, top_share, whale_curve

PROFITS = st.lists(st.integers(-50, 100), min_size=1, max_size=30)
AMOUNTS = st.lists(st.integers(0, 100), min_size=1, max_size=30)


def test_a_whale_curve_by_hand() -> None:
    curve = whale_curve([10.0, -40.0, 80.0, 50.0])
    assert curve.customers.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert curve.cumulative.tolist() == [80.0, 130.0, 140.0, 100.0]
    assert curve.share.tolist() == [0.8, 1.3, 1.4, 1.0]
    assert curve.peak == 1.4
    assert curve.at([0.0, 0.125, 0.5, 1.0]).tolist() == pytest.approx([0.0, 0.4, 1.3, 1.0])


def test_shares_of_a_loss_are_unknown() -> None:
    curve = whale_curve([5.0, -20.0])
    assert curve.cumulative.tolist() == [5.0, -15.0]
    assert np.isnan(curve.share).all()
    assert np.isnan(top_share([5.0, -20.0]))
    assert np.isnan(gini([0.0, 0.0]))


@given(PROFITS)
def test_a_whale_curve_rises_to_its_peak_and_ends_with_everybody(profit: list[int]) -> None:
    curve = whale_curve(profit)
    assert curve.cumulative[-1] == sum(profit)
    gains = sum(one for one in profit if one > 0)
    assert curve.cumulative.max() == (gains if gains else max(profit))
    assert (np.diff(curve.cumulative, n=2) <= 0).all(), "each customer adds no more than the one before"
    if sum(profit) > 0:
        assert curve.share[-1] == 1.0
        assert curve.peak >= 1.0


@given(PROFITS, st.permutations(range(30)))
def test_the_order_of_customers_does_not_matter(profit: list[int], order: list[int]) -> None:
    mixed = [profit[place] for place in order if place < len(profit)]
    assert whale_curve(mixed).cumulative.tolist() == whale_curve(profit).cumulative.tolist()
    assert top_share(mixed) == pytest.approx(top_share(profit), nan_ok=True)


@given(AMOUNTS)
def test_gini_is_half_the_mean_difference_over_the_mean(values: list[int]) -> None:
    found = np.array(values, dtype=float)
    if found.sum() == 0:
        assert np.isnan(gini(values))
        return
    apart = np.abs(found[:, None] - found[None, :]).mean()
    assert gini(values) == pytest.approx(apart / 2 / found.mean(), abs=1e-12)
    assert -1e-12 <= gini(values) <= 1 - 1 / len(values) + 1e-12
    assert gini(found * 7.5) == pytest.approx(gini(values), abs=1e-12)
    assert gini(np.r_[found, found]) == pytest.approx(gini(values), abs=1e-12), "twins change nothing"


def test_gini_is_the_area_between_the_lorenz_curve_and_equality() -> None:
    luck = np.random.default_rng(3).gamma(0.7, size=5000)
    lorenz = np.r_[0.0, np.cumsum(np.sort(luck)) / luck.sum()]
    area = np.trapezoid(lorenz, dx=1 / luck.size) if hasattr(np, "trapezoid") else np.trapz(lorenz, dx=1 / luck.size)
    assert gini(luck) == pytest.approx(1 - 2 * area, abs=1e-9)


def test_gini_of_exponential_incomes_is_a_half() -> None:
    places = (np.arange(200_000) + 0.5) / 200_000
    assert gini(-np.log1p(-places)) == pytest.approx(0.5, abs=1e-4)


@given(AMOUNTS.filter(any), st.floats(0, 1))
def test_the_top_is_never_poorer_than_its_number(values: list[int], top: float) -> None:
    assert top_share(values, top) >= top - 1e-9
    assert top_share(values, 0.0) == 0.0
    assert top_share(values, 1.0) == pytest.approx(1.0)


def test_top_fifth_by_hand() -> None:
    assert top_share([10, 1, 1, 1, 1]) == pytest.approx(10 / 14)
    assert top_share([1] * 10) == pytest.approx(0.2)
    assert top_share([4, 2]) == pytest.approx(0.4 * 4 / 6)  # four tenths of the richer one
    assert top_share([10, -5], 0.5) == pytest.approx(2.0)  # the other one loses half of it
