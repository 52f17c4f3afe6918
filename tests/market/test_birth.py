"""How people come into being: the right distributions, growth, segments, and keys that belong to person and firm."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from markets import small_market, walked
from scipy import stats

from sim.engine.world import World

SIZE = 20_000
NO_FRIENDS = {"market.friends.graph": "none"}


def born(overrides: dict[str, Any] | None = None, firms: dict[str, Any] | None = None, customers: int = SIZE) -> World:
    return walked(small_market({**NO_FRIENDS, **(overrides or {})}, firms, customers), 0).world


def test_purchases_a_year_are_gamma() -> None:
    rate = born().me.rate.astype(float) * 12.0
    assert stats.kstest(rate, stats.gamma(0.8, scale=9.6 / 0.8).cdf).pvalue > 0.001
    assert rate.mean() == pytest.approx(9.6, rel=0.03)


@pytest.mark.parametrize("period", ["week", "month", "quarter"])
def test_the_yearly_rate_does_not_depend_on_the_length_of_a_period(period: str) -> None:
    per_year = {"week": 365.25 / 7, "month": 12.0, "quarter": 4.0}[period]
    yearly = born({"clock.period": period}).me.rate.astype(float) * per_year
    assert np.allclose(yearly, born().me.rate.astype(float) * 12.0, rtol=1e-6)


def test_traits_have_the_means_and_spreads_that_were_asked_for() -> None:
    me = born({"people.basket.variation": 0.7, "people.price_sensitivity.variation": 0.0}).me
    assert me.basket.mean() == pytest.approx(1.0, rel=0.03)
    assert np.log(me.basket).std() == pytest.approx(0.7, rel=0.03)
    assert (me.price_sensitivity == 1.0).all()
    assert stats.kstest(me.proneness.astype(float), stats.beta(2.0, 2.0).cdf).pvalue > 0.001
    assert stats.kstest(me.expressiveness.astype(float), stats.beta(2.0, 3.0).cdf).pvalue > 0.001
    assert stats.kstest(me.values.astype(float), "uniform").pvalue > 0.001


def test_weights_of_needs_sum_to_one_and_have_the_dirichlet_means() -> None:
    weights = born().need.own_weight.astype(float)
    assert np.allclose(weights.sum(axis=0), 1.0, atol=1e-6)
    assert weights.mean(axis=1) == pytest.approx(np.array([3.0, 2.0, 1.5, 1.5, 1.0]) / 9.0, abs=0.005)


def test_standing_taste_makes_the_shares_that_were_asked_for() -> None:
    """exp(taste) normalised is Dirichlet: means are the firms' shares, and the spread follows from S."""
    firms = {name: {"share": share} for name, share in (("Big", 6.0), ("Middle", 3.0), ("Small", 1.0))}
    tie = born({"people.taste_price_link": 0.0, "people.taste.strength": 2.0}, firms).tie
    liking = np.exp(tie.taste.astype(float))
    liking /= liking.sum(axis=0)
    assert liking.mean(axis=1) == pytest.approx([0.6, 0.3, 0.1], abs=0.01)
    assert liking.var(axis=1) == pytest.approx([0.24 / 3.0, 0.21 / 3.0, 0.09 / 3.0], rel=0.05)


def test_match_is_standard_normal_and_belongs_to_person_and_firm() -> None:
    match = born().tie.match.astype(float)
    assert stats.kstest(match[0], "norm").pvalue > 0.001
    assert abs(np.corrcoef(match)[0, 1]) < 0.03


def test_segments_have_their_shares_and_traits() -> None:
    segments = {"people.segments": {"many": {"share": 0.3, "purchases": 3.0}, "few": {"share": 0.7}}}
    me = born(segments).me
    assert (me.segment == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert me.rate[me.segment == 0].mean() / me.rate[me.segment == 1].mean() == pytest.approx(3.0, rel=0.08)


def test_who_knows_a_firm_at_the_start() -> None:
    firms: dict[str, Any] = {"Known": {}, "Half": {"aware_at_start": 0.5}, "New": {"aware_at_start": 0.0}}
    tie = born(firms=firms).tie
    assert tie.aware.mean(axis=1) == pytest.approx([1.0, 0.5, 0.0], abs=0.01)
    assert np.allclose(tie.expectation[2], 0.55)
    assert np.allclose(tie.expectation[0], 0.7 * 0.7 + 0.3 * 0.55)


def test_everybody_is_there_from_the_start_without_growth() -> None:
    me = born({"market.leave_per_year": 0.0}).me
    assert (me.enters == 0).all()
    assert (me.leaves > 1000).all()


@pytest.mark.parametrize(("period", "leaving"), [("month", 0.3), ("quarter", 3.0), ("week", 1.0)])
def test_in_a_stationary_market_as_many_come_as_go(period: str, leaving: float) -> None:
    course = walked(small_market({
        **NO_FRIENDS, "market.growth.kind": "stationary", "market.leave_per_year": leaving, "clock.period": period,
    }, customers=SIZE), 0)
    me = course.world.me
    here = np.array([((me.enters <= t) & (t < me.leaves)).sum() for t in range(course.periods)])
    assert np.abs(here / here.mean() - 1.0).max() < 4.5 / np.sqrt(here.mean())


def test_a_growing_market_follows_the_formula_of_bass() -> None:
    course = walked(small_market({
        **NO_FRIENDS, "market.growth.kind": "bass", "market.leave_per_year": 0.0, "market.growth.start_share": 0.05,
        "market.growth.innovation_per_year": 0.05, "market.growth.imitation_per_year": 1.0,
    }, customers=SIZE), 0)
    enters = course.world.me.enters
    for year in (0.0, 1.0, 2.0, 4.0):
        fall = np.exp(-1.05 * year)
        share = 0.05 + 0.95 * (1.0 - fall) / (1.0 + 20.0 * fall)
        assert (enters <= round(year * 12)).mean() == pytest.approx(share, abs=0.012)


def test_the_same_world_seed_makes_the_same_people_whatever_the_luck() -> None:
    scenario = small_market()
    one, other = walked(scenario, 0, seed=1), walked(scenario, 0, seed=2)
    for name, column in one.world.columns().items():
        assert np.array_equal(column, other.world.columns()[name]), name
    assert not np.array_equal(one.world.me.rate, walked(scenario, 0, world_seed=9).world.me.rate)


def test_a_firm_brings_its_own_tastes_wherever_it_stands_in_the_file() -> None:
    """Taste, match and first knowledge belong to the firm's name."""
    one = born(firms={"Rush": {}, "Root": {"aware_at_start": 0.5}}, customers=500).tie
    other = born(firms={"Root": {"aware_at_start": 0.5}, "Rush": {}}, customers=500).tie
    for column in ("taste", "match", "aware"):
        assert np.array_equal(getattr(one, column), getattr(other, column)[::-1]), column


def test_what_a_firm_does_touches_nobody_at_birth() -> None:
    plain = born(firms={"Rush": {}, "Root": {}}, customers=500)
    busy = born(firms={"Rush": {}, "Root": {"quality": 0.9, "price": 5.0, "lock": 3.0}}, customers=500)
    for name, column in plain.columns().items():
        assert np.array_equal(column, busy.columns()[name]), name
