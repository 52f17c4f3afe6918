"""Intervals against hand-worked numbers and SciPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.statistics.intervals import bootstrap_interval, mean_interval, pairing, wilson_interval

numbers = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30)


@given(numbers, st.sampled_from([0.8, 0.95, 0.99]))
def test_mean_interval_is_that_of_scipy(values, confidence):
    found = mean_interval(values, confidence)
    error = stats.sem(values)
    low, high = (found.value, found.value) if error == 0 else stats.t.interval(
        confidence, len(values) - 1, loc=np.mean(values), scale=error)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9, abs=1e-6)


def test_mean_interval_by_hand():
    # differences 1, 2, 3: mean 2, s = 1, t(.975, 2) = 4.302653, half-width 4.302653/sqrt(3)
    found = mean_interval([1.0, 2.0, 3.0])
    assert (found.value, found.low, found.high) == pytest.approx((2.0, 2 - 2.484138, 2 + 2.484138), abs=1e-6)
    assert not found.excludes_zero
    assert mean_interval([5.0, 6.0, 7.0]).excludes_zero


def test_too_few_runs_have_no_interval():
    assert np.isnan(mean_interval([]).value)
    one = mean_interval([3.0, float("nan")])
    assert (one.value, one.n) == (3.0, 1)
    assert np.isnan(one.low)
    assert not one.excludes_zero


@given(st.integers(0, 50), st.integers(0, 50))
def test_wilson_is_that_of_scipy(successes, failures):
    trials = successes + failures
    if not trials:
        assert np.isnan(wilson_interval(0, 0).value)
        return
    theirs = stats.binomtest(successes, trials).proportion_ci(method="wilson")
    ours = wilson_interval(successes, trials)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_bootstrap_is_keyed_and_near_the_truth():
    values = np.random.default_rng(2).normal(10, 2, 200)
    first, again = (bootstrap_interval(values, np.mean, seed=4) for _ in range(2))
    assert first == again
    assert bootstrap_interval(values, np.mean, seed=5) != first
    theory = mean_interval(values)
    assert (first.low, first.high) == pytest.approx((theory.low, theory.high), abs=0.1)
    assert np.isnan(bootstrap_interval([]).value)


def test_pairing_by_hand():
    found = pairing([1.0, 2.0, 3.0], [2.0, 3.0, 5.0])
    # var a = 1, var b = 7/3, var(a - b) = 1/3
    assert found.variance_ratio == pytest.approx(10.0)
    assert found.correlation == pytest.approx(1.5 / np.sqrt(7 / 3))
    assert pairing([1.0, 2.0], [2.0, 3.0]).variance_ratio == np.inf
    assert np.isnan(pairing([1.0], [2.0]).variance_ratio)
    assert np.isnan(pairing([1.0, 1.0], [2.0, 2.0]).correlation)


def test_pairing_of_independent_runs_gains_nothing():
    random = np.random.default_rng(8)
    assert pairing(random.normal(size=4000), random.normal(size=4000)).variance_ratio == pytest.approx(1.0, abs=0.08)
