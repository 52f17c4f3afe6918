"""Value and choice: get minus give, the race of bells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules.choice import (
    above_usual,
    asked,
    benefit_expected,
    in_mind,
    mean_wait,
    money_felt,
    personal,
    reward_felt,
    risk_felt,
    shared,
    waiting_time,
)

share = st.floats(0.0, 1.0)


def test_by_hand() -> None:
    assert benefit_expected(9.0, 0.7, 0.6, 1.1) == pytest.approx(4.158)
    assert asked(0.8, 0.35) == pytest.approx(0.52)
    assert money_felt(6.0, 1.5, 0.8, -0.4, 0.5) == pytest.approx(6.0 * 1.5 * 0.8 * 1.2)
    assert above_usual(6.0, 1.0, 0.7, 0.8, 3) == 0.0
    assert above_usual(6.0, 1.0, 1.0, 0.8, 0) == 0.0
    assert above_usual(6.0, 1.0, 1.0, 0.8, 1) == pytest.approx(1.2)
    assert risk_felt(1.0, 2.0, 0.4, 0.5) == pytest.approx(0.6)
    assert personal(0.8, 0.5, 0.5, 0.24, 0.25) == pytest.approx(-0.1)
    assert shared(1.0, 0.7, 0.2) == shared(1.0, 0.2, 0.7) == pytest.approx(0.5)
    assert reward_felt(6.0, 0.1, 4, 0.5, 0.25) == pytest.approx(0.3)


def test_who_is_in_mind() -> None:
    """Aware, and either the warmest tie or not crowded out by it."""
    assert not in_mind(False, True, 0.99, 0.0)
    assert in_mind(True, True, 0.0, 1.0)
    assert in_mind(True, False, 0.5, 0.5)
    assert not in_mind(True, False, 0.49, 0.5)


@given(share, share, share, st.floats(-1.0, 1.0))
def test_money_weighs_more_the_higher_the_price_and_never_pays_the_customer(
    low: float, high: float, commitment: float, relief: float
) -> None:
    low, high = sorted((low, high))
    cheap, dear = (money_felt(6.0, 1.0, price, relief, commitment) for price in (low, high))
    assert 0.0 <= cheap <= dear


@given(st.floats(-59.0, 59.0), st.floats(0.01, 20.0))
def test_the_more_it_is_worth_the_sooner_it_rings(utility: float, more: float) -> None:
    assert mean_wait(utility + more, 1.0) <= mean_wait(utility, 1.0)
    assert waiting_time(mean_wait(utility, 1.0), 0.3) > 0.0


@given(st.floats(-1e6, 1e6), st.floats(0.01, 5.0))
def test_patience_is_finite_in_single_precision_whatever_the_utility(utility: float, noise: float) -> None:
    stored = np.float32(mean_wait(utility, noise))
    assert np.isfinite(stored)
    assert stored > 0.0


def test_an_option_that_is_not_thought_of_never_rings() -> None:
    assert waiting_time(float("inf"), 0.999999999) == float("inf")


def test_the_race_of_bells_is_the_logit() -> None:
    """P(first) = exp(U) / sum of exp(U), within 3 standard errors of 300,000 races."""
    utilities, luck = np.array([0.3, -0.5, 1.1, 0.0]), np.random.default_rng(2)
    bells = np.stack([waiting_time(mean_wait(u, 1.0), luck.random(300_000)) for u in utilities])
    wins = np.bincount(bells.argmin(axis=0), minlength=4) / 300_000
    theory = np.exp(utilities) / np.exp(utilities).sum()
    assert (np.abs(wins - theory) < 3.0 * np.sqrt(theory * (1.0 - theory) / 300_000)).all()


def test_noise_scales_utility() -> None:
    assert mean_wait(1.0, 0.5) == mean_wait(2.0, 1.0)


def test_at_the_edges() -> None:
    assert personal(0.8, 0.5, 0.5, 0.25, 0.25) == pytest.approx(0.2)  # just trusted enough
    assert money_felt(6.0, 1.0, 1.0, 2.0, 1.0) == 0.0  # no relief makes a price pleasant
    assert mean_wait(60.0, 1.0) == mean_wait(100.0, 1.0) == pytest.approx(np.exp(-60.0), rel=1e-12, abs=0.0)
    assert mean_wait(-60.0, 1.0) == mean_wait(-100.0, 1.0) == pytest.approx(np.exp(60.0))
    assert mean_wait(59.5, 1.0) == pytest.approx(np.exp(-59.5), rel=1e-12, abs=0.0)
    assert mean_wait(-59.5, 1.0) == pytest.approx(np.exp(59.5))
    assert (above_usual(4.0, 0.5, 1.0, 0.5, 1), risk_felt(4.0, 0.5, 0.5, 0.5)) == (1.0, 0.5)
    assert (reward_felt(4.0, 0.5, 0, 1.0, 0.25), reward_felt(4.0, 0.5, 1, 1.0, 0.25)) == (0.5, 2.0)
