"""Who speaks, and what a friend's word does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules.voice import readiness, swayed, telling_of_joy, telling_of_loss

share = st.floats(0.0, 1.0)


def test_by_hand() -> None:
    assert readiness(-2.0, 0.75, 0.4, 1.0, 0.0) == pytest.approx(1 / (1 + np.exp(-0.15)))
    assert telling_of_joy(0.25, 0.125, 0.1, 0.5, 0.4) == pytest.approx((0.125 + 0.05) * 0.9)
    assert telling_of_loss(0.5, 0.25, 0.4) == pytest.approx(0.225)
    assert swayed(0.6, 0.5, 5, 0.15, 0.08) == pytest.approx(0.6 + 0.5 * 0.15 * 0.4 / 2.5)
    assert swayed(0.6, -0.5, 0, 0.15, 0.08) == pytest.approx(0.6 - 0.5 * 0.08 * 0.6)


@given(st.floats(-8, 3), st.floats(0, 5), st.floats(-3, 5), st.floats(0, 6), st.floats(-3, 6))
def test_readiness_is_a_probability_and_effort_silences(
    base: float, aroused: float, trusting: float, severe: float, effort: float
) -> None:
    chance = readiness(base, aroused, trusting, severe, effort)
    assert 0.0 < chance <= 1.0
    assert readiness(base, aroused, trusting, severe, effort + 1.0) <= chance


@given(st.floats(0.5, 1.0), share)
def test_bad_news_travels_more_than_good_news_of_the_same_size(size: float, expressive: float) -> None:
    """At the defaults: 0.50 against 0.25 at most (TARP)."""
    loss, joy = telling_of_loss(0.50, size, expressive), telling_of_joy(0.25, size, 0.0, 0.0, expressive)
    assert loss == pytest.approx(2.0 * joy)


@given(share, st.floats(-1, 1), st.integers(0, 30_000), share, share)
def test_a_word_keeps_expectation_in_bounds_and_moves_it_the_way_of_its_tone(
    expectation: float, tone: float, experiences: int, joy: float, loss: float
) -> None:
    after = swayed(expectation, tone, experiences, joy, loss)
    assert 0.0 <= after <= 1.0 + 1e-15
    assert (after - expectation) * tone >= 0.0


@given(share, st.floats(-1, 1), st.integers(0, 100))
def test_who_knows_by_experience_listens_less(expectation: float, tone: float, experiences: int) -> None:
    naive, knowing = (swayed(expectation, tone, n, 0.15, 0.08) for n in (experiences, experiences + 10))
    assert abs(knowing - expectation) <= abs(naive - expectation) + 1e-15


def test_at_the_edges() -> None:
    """Who tells, and who is swayed, at most wholly."""
    assert [telling_of_joy(0.5, feeling, 0.0, 1.0, 0.5) for feeling in (0.125, 0.25, 0.5)] == [0.25, 0.5, 0.5]
    assert [telling_of_loss(0.5, loss, 0.5) for loss in (0.25, 0.5, 0.75)] == [0.25, 0.5, 0.5]
    assert (swayed(0.5, 1.0, 0, 1.0, 0.0), swayed(0.5, 1.0, 0, 3.0, 0.0)) == (1.0, 1.0)
    assert (swayed(0.5, -1.0, 0, 0.0, 1.0), swayed(0.5, -1.0, 0, 0.0, 3.0)) == (0.0, 0.0)
    assert swayed(0.5, 1.0, 10, 0.5, 0.0) == 0.5625
