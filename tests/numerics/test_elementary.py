"""Our own arithmetic: right to the last places, and the same bits on one number and on an array."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.numerics import elementary as numerics
from sim.numerics.draws import key, luck_of, name_key, uniform, uniform_of_occasion, uniforms

ANY = np.random.default_rng(7)


def _off(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Largest difference in units of the last place."""
    return float(np.max(np.abs(ours - theirs) / np.spacing(np.abs(theirs))))


def test_ln_is_right_within_three_units_in_the_last_place() -> None:
    x = np.concatenate([10.0 ** ANY.uniform(-300, 300, 200_000), ANY.uniform(1e-9, 3.0, 200_000)])
    away = x[np.abs(np.log(x)) > 1e-3]  # near 1 the logarithm itself is nearly 0
    assert _off(numerics.ln(away), np.log(away)) <= 3.0
    assert np.max(np.abs(numerics.ln(x) - np.log(x)) / np.maximum(np.abs(np.log(x)), 1e-3)) < 1e-15


def test_exp_is_right_within_three_units_in_the_last_place() -> None:
    x = np.concatenate([ANY.uniform(-699, 699, 300_000), ANY.uniform(-1, 1, 100_000)])
    assert _off(numerics.exp(x), np.exp(x)) <= 3.0


def test_normal_is_right_to_nine_digits() -> None:
    u = np.concatenate([ANY.random(200_000), 10.0 ** ANY.uniform(-15, -2, 50_000), [0.02425, 0.97575, 0.5]])
    assert np.max(np.abs(numerics.normal(u) - stats.norm.ppf(u)) / np.maximum(np.abs(stats.norm.ppf(u)), 1e-6)) < 2e-9


def test_power_and_logistic() -> None:
    x, e = ANY.random(10_000), ANY.uniform(0.5, 6.0, 10_000)
    assert np.allclose(numerics.power(x, e), x**e, rtol=1e-14, atol=1e-290)
    assert numerics.power(0.0, 2.0) == 0.0
    assert numerics.power(1.0, 3.0) == 1.0
    z = ANY.uniform(-39, 39, 10_000)
    assert np.allclose(numerics.logistic(z), 1.0 / (1.0 + np.exp(-z)), rtol=1e-14)
    assert 0.0 < numerics.logistic(-1000.0) < 1e-17
    assert numerics.logistic(1000.0) == 1.0


@given(st.floats(1e-300, 1e300))
def test_ln_of_a_number_and_of_an_array_are_the_same_bits(x: float) -> None:
    assert float(numerics.ln(x)).hex() == float(numerics.ln(np.array([x]))[0]).hex()


@given(st.floats(-699.0, 699.0))
def test_exp_of_a_number_and_of_an_array_are_the_same_bits(x: float) -> None:
    assert float(numerics.exp(x)).hex() == float(numerics.exp(np.array([x]))[0]).hex()


@given(st.floats(1e-16, 1.0, exclude_max=True))
def test_normal_of_a_number_and_of_an_array_are_the_same_bits(u: float) -> None:
    assert float(numerics.normal(u)).hex() == float(numerics.normal(np.array([u]))[0]).hex()


@given(st.floats(-650, 650), st.floats(-650, 650))
def test_exp_never_falls(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert numerics.exp(low) <= numerics.exp(high) * (1.0 + 1e-15)


@given(st.floats(allow_nan=False), st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_clip_minimum_and_maximum(x: float, a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert numerics.clip(x, low, high) == min(max(x, low), high)
    assert numerics.minimum(a, b) == min(a, b)
    assert numerics.maximum(a, b) == max(a, b)


def test_uniforms_are_uniform_and_open() -> None:
    u = uniforms(3, "birth_rate", np.arange(200_000, dtype=np.uint64))
    assert u.min() > 0.0
    assert u.max() < 1.0
    assert stats.kstest(u, "uniform").pvalue > 0.001


def test_the_extreme_bits_stay_inside_the_unit_interval() -> None:
    for z in (0, 2**64 - 1):
        u = float(numerics.unit(np.uint64(z)))
        assert 0.0 < u < 1.0
        assert math.isfinite(float(numerics.ln(u)))
        assert float(-numerics.ln(u)) > 0.0
        assert math.isfinite(float(numerics.normal(u)))


def test_draws_of_different_purposes_people_periods_and_firms_do_not_move_together() -> None:
    """Every pair of draws that a rule might compare is uncorrelated, within 4.5 standard errors."""
    people = np.arange(100_000, dtype=np.uint64)
    with np.errstate(over="ignore"):
        one = uniform(key(1, 3, "taste", name_key("Root")), people)
        others = {
            "another firm": uniform(key(1, 3, "taste", name_key("Rush")), people),
            "another period": uniform(key(1, 4, "taste", name_key("Root")), people),
            "another purpose": uniform(key(1, 3, "notice", name_key("Root")), people),
            "another seed": uniform(key(2, 3, "taste", name_key("Root")), people),
            "another occasion": uniform_of_occasion(key(1, 3, "taste", name_key("Root")), people, np.uint64(1)),
            "the second attempt": uniform_of_occasion(key(1, 3, "taste", name_key("Root")), people, np.uint64(64)),
            "the next person": np.roll(one, 1),
        }
    for what, other in others.items():
        assert abs(np.corrcoef(one, other)[0, 1]) < 4.5 / math.sqrt(len(people)), what


def test_the_first_occasion_is_the_draw_of_the_period() -> None:
    people = np.arange(10, dtype=np.uint64)
    k = key(1, 1, "failure")
    with np.errstate(over="ignore"):
        assert np.array_equal(uniform(k, people), uniform_of_occasion(k, people, np.uint64(0)))


def test_luck_belongs_to_the_name_of_a_firm_and_not_to_its_place() -> None:
    names = ["Rush", "Root", "Reed"]
    forwards = luck_of(9, 4, tuple(name_key(name) for name in names))
    backwards = luck_of(9, 4, tuple(name_key(name) for name in reversed(names)))
    for one, other in zip(forwards, backwards, strict=True):
        assert np.array_equal(one, other[::-1])


def test_an_unknown_purpose_is_an_error() -> None:
    with pytest.raises(KeyError):
        key(1, 1, "mood")
