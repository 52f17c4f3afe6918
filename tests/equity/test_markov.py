"""Markov chains of customers: published values, the best place to stop against all plans, brand switching."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.equity.clv import lifetime_value
from sim.equity.markov import markov_value, optimal_stopping, return_on_marketing, stationary_shares, switching_value

RECENCY = np.array([
    [0.30, 0.70, 0.00, 0.00, 0.00], [0.20, 0.00, 0.80, 0.00, 0.00], [0.15, 0.00, 0.00, 0.85, 0.00],
    [0.05, 0.00, 0.00, 0.00, 0.95], [0.00, 0.00, 0.00, 0.00, 1.00],
])
REWARD = np.array([36.0, -4.0, -4.0, -4.0, 0.0])
"""Pfeifer and Carraway (2000): net contribution 40 and marketing 4; who has not bought for four periods is let go."""


@st.composite
def chains(draw: st.DrawFn) -> np.ndarray:
    size = draw(st.integers(1, 5))
    weights = draw(st.lists(st.lists(st.integers(0, 9), min_size=size, max_size=size), min_size=size, max_size=size))
    table = np.array(weights, dtype=float) + np.eye(size) * 0.5
    return table / table.sum(axis=1, keepdims=True)


def test_published_values_by_recency() -> None:
    """Pfeifer and Carraway (2000), Journal of Interactive Marketing 14(2), discount .2."""
    assert markov_value(RECENCY, REWARD, 0.2, horizon=4).tolist() == pytest.approx(
        [50.115, 4.2199, 0.5921, -1.9801, 0.0], abs=1e-3)
    assert markov_value(RECENCY, REWARD, 0.2).tolist() == pytest.approx(
        [52.3196, 5.5538, 1.2508, -1.82, 0.0], abs=1e-3)


def test_two_states_are_the_closed_lifetime_value() -> None:
    chain = [[0.8, 0.2], [0.0, 1.0]]
    assert markov_value(chain, [100, 0], 0.12)[0] == pytest.approx(lifetime_value(100, 0.8, 0.12, timing="immediate"))
    for horizon in (0, 1, 2, 7, 100):
        wanted = lifetime_value(100, 0.8, 0.12, timing="immediate", periods=horizon + 1)
        assert markov_value(chain, [100, 0], 0.12, horizon)[0] == pytest.approx(wanted)


@given(chains(), st.floats(-0.3, 0.5), st.integers(0, 40), st.integers(0, 2**31))
def test_a_horizon_is_the_sum_of_its_dates(chain: np.ndarray, discount: float, horizon: int, seed: int) -> None:
    reward = np.random.default_rng(seed).normal(size=len(chain))
    there, wanted = np.eye(len(chain)), np.zeros(len(chain))
    for date in range(horizon + 1):
        wanted += there @ reward / (1 + discount) ** date
        there = there @ chain
    assert markov_value(chain, reward, discount, horizon) == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@given(chains(), st.floats(0.05, 1.0))
def test_without_a_horizon_it_is_the_limit_and_solves_its_equation(chain: np.ndarray, discount: float) -> None:
    reward = np.linspace(-5, 20, len(chain))
    value = markov_value(chain, reward, discount)
    assert value == pytest.approx(reward + chain @ value / (1 + discount), abs=1e-8)
    assert value == pytest.approx(markov_value(chain, reward, discount, horizon=3000), abs=1e-7)


def brute_force(chain: np.ndarray, reward: np.ndarray, discount: float, stopped: np.ndarray) -> np.ndarray:
    """The best value of every state over all plans, each valued by walking a long way."""
    best = np.full(len(chain), -np.inf)
    for plan in product([False, True], repeat=len(chain)):
        goes_on = np.array(plan)
        value = np.zeros(len(chain))
        for _ in range(400):
            value = np.where(goes_on, reward + chain @ value / (1 + discount), stopped)
        best = np.maximum(best, value)
    return best


@given(chains(), st.floats(0.1, 1.0), st.integers(0, 2**31), st.booleans())
@settings(max_examples=40, deadline=None)
def test_the_best_plan_is_the_best_of_all_plans(chain: np.ndarray, discount: float, seed: int, something: bool) -> None:
    generator = np.random.default_rng(seed)
    reward = generator.normal(0.0, 5.0, len(chain))
    stopped = generator.normal(0.0, 5.0, len(chain)) if something else np.zeros(len(chain))
    plan = optimal_stopping(chain, reward, discount, stopped)
    assert plan.value == pytest.approx(brute_force(chain, reward, discount, stopped), abs=1e-7)
    assert (plan.value >= stopped - 1e-9).all()
    assert (plan.gain >= -1e-9).all()
    assert plan.plans <= 2 ** len(chain) + 1


def test_spending_stops_at_the_recency_whose_value_is_negative() -> None:
    """Recency 4 is worth -1.82 with spending: to stop there is worth something in every state before it."""
    plan = optimal_stopping(RECENCY, REWARD, 0.2)
    assert plan.goes_on.tolist() == [True, True, True, False, False]
    assert plan.always == pytest.approx(markov_value(RECENCY, REWARD, 0.2))
    assert (plan.gain[:4] > 0).all()
    assert plan.gain[3] == pytest.approx(1.82, abs=1e-3)


def test_spending_that_always_pays_never_stops_and_that_never_pays_always_does() -> None:
    assert optimal_stopping([[0.9, 0.1], [0.5, 0.5]], [10, 1], 0.1).goes_on.tolist() == [True, True]
    never = optimal_stopping([[0.9, 0.1], [0.5, 0.5]], [-10, -1], 0.1)
    assert never.goes_on.tolist() == [False, False]
    assert never.value.tolist() == [0.0, 0.0]
    assert optimal_stopping([[1.0]], [0.0], 0.1).goes_on.tolist() == [False]  # a tie is a stop


def test_switching_of_rust_lemon_and_zeithaml() -> None:
    """Formula of Rust, Lemon and Zeithaml (2004), numbers constructed: 4 purchases a year, 3 years, 10 %."""
    chain = [[0.7, 0.3], [0.5, 0.5]]
    value = switching_value(chain, 4, 3, 0.1, 10)
    assert value[:, 0].tolist() == pytest.approx([75.3665, 62.9397], abs=1e-4)
    assert switching_value(chain, 4, None, 0.1, 10)[:, 0].tolist() == pytest.approx([270.0989, 257.6721], abs=1e-4)
    assert stationary_shares(chain)[0] == pytest.approx(0.625, abs=1e-9)


@given(chains(), st.floats(0.5, 12), st.integers(0, 5), st.floats(-0.2, 0.5))
def test_all_brands_together_are_worth_every_purchase(
    chain: np.ndarray, often: float, years: int, discount: float
) -> None:
    value = switching_value(chain, often, years, discount, 10)
    dates = np.arange(int(np.floor(often * years + 1e-9)) + 1) / often
    assert value.sum(axis=1) == pytest.approx(np.full(len(chain), (10 * (1 + discount) ** -dates).sum()))
    assert (value >= 0).all()


def test_contribution_may_differ_by_brand_and_a_horizon_of_nothing_is_the_purchase_just_made() -> None:
    chain = [[0.7, 0.3], [0.5, 0.5]]
    assert switching_value(chain, 4, 0, 0.1, [10, 20]).tolist() == [[10.0, 0.0], [0.0, 20.0]]
    plain, richer = switching_value(chain, 4, 3, 0.1, 10), switching_value(chain, 4, 3, 0.1, [10, 20])
    assert richer[:, 0] == pytest.approx(plain[:, 0])
    assert richer[:, 1] == pytest.approx(2 * plain[:, 1])


@given(chains())
def test_stationary_shares_stay_as_they_are(chain: np.ndarray) -> None:
    mixed = 0.9 * chain + 0.1 / len(chain)
    shares = stationary_shares(mixed)
    assert shares @ mixed == pytest.approx(shares, abs=1e-12)
    assert shares.sum() == pytest.approx(1.0)
    assert shares == pytest.approx(np.linalg.matrix_power(mixed, 300)[0], abs=1e-9)


def test_brands_left_for_good_have_no_share_and_two_closed_groups_are_refused() -> None:
    assert stationary_shares([[0.5, 0.5, 0], [0, 0.2, 0.8], [0, 0.4, 0.6]]).tolist() == pytest.approx([0, 1 / 3, 2 / 3])
    assert stationary_shares([[0.0, 1.0], [1.0, 0.0]]).tolist() == pytest.approx([0.5, 0.5])  # a cycle has shares too
    assert stationary_shares([[1.0]]).tolist() == [1.0]
    with pytest.raises(ValueError, match="matrix: 2 groups"):
        stationary_shares([[1.0, 0.0], [0.0, 1.0]])


def test_return_on_marketing() -> None:
    """Rust, Lemon and Zeithaml (2004): 70 million at a return of 44.7 %, which is a gain of 101.3 million."""
    assert return_on_marketing(0.0, 101.3, 70.0) == pytest.approx(0.447, abs=5e-4)
    assert return_on_marketing(50.0, 50.0, 10.0) == -1.0
    assert return_on_marketing(0.0, 300.0, [100, 110], 0.1) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="spending: 0 in all"):
        return_on_marketing(0.0, 1.0, [0.0, 0.0])


def test_rewards_and_states_must_agree() -> None:
    with pytest.raises(ValueError, match="reward: 3 values, but transition has 2 states"):
        markov_value([[0.5, 0.5], [0, 1]], [1, 2, 3], 0.1)
    with pytest.raises(ValueError, match="stopped: 3 values"):
        optimal_stopping([[0.5, 0.5], [0, 1]], [1, 2], 0.1, [1, 2, 3])
    with pytest.raises(ValueError, match="discount: 0 is not allowed"):
        markov_value([[0.5, 0.5], [0, 1]], [1, 2], 0.0)
    with pytest.raises(ValueError, match=r"discount: .*beyond"):
        markov_value([[1.0]], [1.0], -0.9, horizon=1000)
