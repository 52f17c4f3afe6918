"""Tabulated quantiles against SciPy's exact ones."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.numerics import quantiles

U = np.concatenate([np.linspace(0.001, 0.999, 2001), [1e-9, 1e-6, 1 - 1e-6, 1 - 1e-9]])


@pytest.mark.parametrize("shape", [0.05, 0.3, 0.78, 1.0, 3.0, 50.0, 900.0])
def test_gamma(shape: float) -> None:
    exact = stats.gamma.ppf(U, shape)
    usable = exact > 1e-250
    assert np.allclose(np.exp(quantiles.log_gamma(U, shape))[usable], exact[usable], rtol=2e-4)
    assert np.allclose(quantiles.gamma(U, 9.6, shape)[usable], exact[usable] * 9.6 / shape, rtol=2e-4)


@pytest.mark.parametrize(("mean", "strength"), [(0.5, 2.0), (0.5, 4.0), (0.4, 5.0), (0.05, 1.0), (0.9, 80.0)])
def test_beta(mean: float, strength: float) -> None:
    exact = stats.beta.ppf(U, mean * strength, (1.0 - mean) * strength)
    assert np.allclose(quantiles.beta(U, mean, strength), exact, rtol=5e-4, atol=1e-9)


@pytest.mark.parametrize("variation", [0.0, 0.5, 1.2])
def test_lognormal_has_the_mean_that_was_asked_for(variation: float) -> None:
    u = (np.arange(200_000) + 0.5) / 200_000
    drawn = quantiles.lognormal(u, 3.0, variation)
    assert drawn.mean() == pytest.approx(3.0, rel=2e-3)
    assert np.log(drawn).std() == pytest.approx(variation, abs=2e-3)


@pytest.mark.parametrize("shape", [0.05, 0.78, 3.0])
def test_gamma_has_the_mean_and_spread_that_were_asked_for(shape: float) -> None:
    u = (np.arange(400_000) + 0.5) / 400_000
    drawn = quantiles.gamma(u, 2.0, shape)
    assert drawn.mean() == pytest.approx(2.0, rel=3e-3)
    assert drawn.var() == pytest.approx(4.0 / shape, rel=2e-2)


def test_no_spread_means_the_mean() -> None:
    assert (quantiles.gamma(U, 4.0, 1000.0) == 4.0).all()
    assert (quantiles.beta(U, 0.3, 1000.0) == 0.3).all()


@pytest.mark.parametrize("quantile", [
    lambda u: quantiles.log_gamma(u, 0.3), lambda u: quantiles.beta(u, 0.4, 5.0), lambda u: quantiles.lognormal(u, 1, 1)
])
def test_a_larger_uniform_never_gives_a_smaller_value(quantile) -> None:
    values = quantile(np.sort(np.random.default_rng(1).random(50_000)))
    assert (np.diff(values) >= 0.0).all()


def test_knots_are_rounded_so_that_no_build_of_scipy_changes_them() -> None:
    table = quantiles._log_gamma_table(0.78)
    assert all(float(f"{value:.9e}") == value for value in table[::97])
    assert (np.diff(table) >= 0.0).all()
