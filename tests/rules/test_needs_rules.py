"""Needs: they empty, press, gate each other, and are filled; Poisson counts by inversion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.numerics.elementary import exp
from sim.rules.needs import emptied, filled, gate_above, next_term, one_more, pressing, urgent

share = st.floats(0.0, 1.0)


def test_by_hand() -> None:
    assert emptied(0.8, 0.5, 0.5) == pytest.approx(0.6)
    assert pressing(0.5, 0.2, 0.8, 0.05, 1.0) == pytest.approx(0.5 * 0.85 * 0.8)
    assert gate_above(0.6, 0.55, 0.35, 0.1, 1.0) == pytest.approx(0.6 / (1 + np.exp(-2.0)))
    assert urgent(0.9, 0.5, 1.0) == pytest.approx(1.2)
    assert filled(0.2, 0.7, 0.9, 0.35, 1.0) == pytest.approx(0.2 + 0.35 * 0.63 * 0.8)


@given(share, share, share, share, share)
def test_levels_weights_and_gates_stay_in_bounds(level: float, kept: float, gate: float, a: float, b: float) -> None:
    assert 0.0 <= emptied(level, kept, a) <= level
    assert level <= filled(level, a, b, kept, gate) <= 1.0 + 1e-15
    assert 0.0 <= gate_above(gate, level, a, 0.08, b) <= gate
    assert 0.0 <= pressing(a, level, gate, 0.05, b) <= 1.05


@given(share, share, share)
def test_the_emptier_a_need_the_more_it_presses(low: float, high: float, strength: float) -> None:
    low, high = sorted((low, high))
    assert pressing(0.4, low, 1.0, 0.05, strength) >= pressing(0.4, high, 1.0, 0.05, strength)


@given(share, share, share)
def test_strength_zero_changes_nothing(level: float, gate: float, other: float) -> None:
    assert emptied(level, other, 0.0) == level
    assert filled(level, gate, other, 0.35, 0.0) == level
    assert gate_above(gate, level, other, 0.1, 0.0) == gate
    assert urgent(other, 0.7, 0.0) == 1.0
    assert pressing(level, other, 1.0, 0.05, 0.0) == level


@pytest.mark.parametrize("mean", [0.01, 0.8, 3.0, 7.5])
def test_poisson_by_inversion_is_the_poisson_quantile(mean: float) -> None:
    """One uniform, one count, as many steps as the cap: the same as SciPy's quantile, cut at the cap."""
    u = np.random.default_rng(3).random(20_000)
    wanted, term = np.zeros(len(u), np.int64), exp(np.full(len(u), -mean))
    cumulative = term
    for occasion in range(30):
        wanted = one_more(wanted, u, cumulative)
        term = next_term(term, mean, occasion + 1.0)
        cumulative = cumulative + term
    assert np.array_equal(wanted, stats.poisson.ppf(u, mean).astype(int))


def test_at_the_edges() -> None:
    """Twice the strength of a mechanism stops at the end of the range."""
    assert (emptied(0.75, 0.25, 2.0), emptied(0.75, 0.5, 2.0), emptied(0.75, 0.75, 2.0)) == (0.0, 0.0, 0.375)
    assert pressing(0.5, 1.0, 0.5, 0.125, 2.0) == 0.03125
    assert gate_above(0.5, 0.0, 0.35, 0.1, 2.0) == 0.0
    assert gate_above(0.5, 0.35, 0.35, 0.1, 2.0) == 0.0
    assert (urgent(0.0, 2.0, 2.0), urgent(0.25, 2.0, 2.0), urgent(0.75, 2.0, 2.0)) == (0.0, 0.0, 2.0)
    assert (filled(0.5, 1.0, 1.0, 0.75, 2.0), filled(0.5, 0.5, 1.0, 0.5, 2.0)) == (1.0, 0.75)
    assert (one_more(2, 0.6, 0.6), one_more(2, 0.61, 0.6)) == (2, 3)
    assert next_term(0.5, 3.0, 2.0) == 0.75
