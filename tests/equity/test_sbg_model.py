"""The shifted-beta-geometric model: published fits, closed forms against sums, limits, and what it refuses to claim."""

from __future__ import annotations

import numpy as np
import pytest

from sim.equity.sbg import SBG, fit_sbg

REGULAR = [100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3]
HIGH_END = [100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4]
"""Fader and Hardie (2007), table 1: percent surviving after 0, 1, …, 12 years."""
OF_1000 = 10.0


def test_regular_customers() -> None:
    """Fader and Hardie (2007): alpha .704, beta 1.182, log-likelihood −1680.3 on seven years of 1,000 customers."""
    fit = fit_sbg(OF_1000 * np.array(REGULAR[:8]))
    assert (fit.alpha, fit.beta) == pytest.approx((0.7041, 1.182), abs=1e-4)
    assert fit.log_likelihood == pytest.approx(-1680.2652, abs=1e-3)
    assert 100 * fit.survival(np.arange(13)) == pytest.approx(
        [100.0, 62.6706, 47.3819, 38.7974, 33.2068, 29.2347, 26.2456, 23.9024, 22.0085, 20.4411, 19.119, 17.9865,
         17.0037], abs=1e-3)
    assert fit.retention([1, 2, 3, 4, 5]) == pytest.approx([0.6267, 0.756, 0.8188, 0.8559, 0.8804], abs=5e-5)
    off = np.abs(100 * fit.survival(np.arange(8, 13)) / np.array(REGULAR[8:]) - 1)
    assert 100 * off.mean() == pytest.approx(1.4864, abs=1e-3)


def test_high_end_customers() -> None:
    """Fader and Hardie (2007): alpha .668, beta 3.806, log-likelihood −1611.2."""
    fit = fit_sbg(OF_1000 * np.array(HIGH_END[:8]))
    assert (round(fit.alpha, 3), round(fit.beta, 3)) == (0.668, 3.806)
    assert round(fit.log_likelihood, 1) == -1611.2


@pytest.mark.parametrize(("parameters", "lifetime", "residual"), [
    ((0.668, 3.806), 5.9226, [5.4149, 5.9018, 6.2943, 6.6203, 6.8971]),
    ((0.704, 1.182), 3.6951, [2.9647, 4.1035, 4.8701, 5.4424, 5.8944]),
    ((0.067, 0.267), 7.9735, [7.6708, 9.4553, 9.8508, 10.0562, 10.1886]),
    ((3.8, 15.2), 4.0089, [3.3098, 3.451, 3.5865, 3.7168, 3.8421]),
])
def test_discounted_lifetimes(parameters: tuple[float, float], lifetime: float, residual: list[float]) -> None:
    """Fader and Hardie (2010), Marketing Science 29(1), 85-93, at a discount of 10 %."""
    model = SBG(*parameters)
    assert model.discounted_expected_lifetime(0.1) == pytest.approx(lifetime, abs=1e-4)
    assert model.discounted_expected_residual_lifetime(0.1, [1, 2, 3, 4, 5]) == pytest.approx(residual, abs=1e-4)


@pytest.mark.parametrize("discount", [0.004, 0.1, 1.0])
def test_discounted_lifetimes_are_the_hypergeometric_function_and_the_plain_sum(discount: float) -> None:
    from scipy.special import hyp2f1

    model, n = SBG(0.7, 1.2), np.arange(1, 6)
    v = 1 / (1 + discount)
    assert model.discounted_expected_lifetime(discount) == pytest.approx(hyp2f1(1, 1.2, 1.9, v), rel=1e-9)
    closed = (1.2 + n - 1) / (1.9 + n - 1) * hyp2f1(1, 1.2 + n, 1.9 + n, v)
    assert model.discounted_expected_residual_lifetime(discount, n) == pytest.approx(closed, rel=1e-9)
    t = np.arange(20_000)
    summed = (model.survival(t) * v**t).sum()
    assert model.discounted_expected_lifetime(discount) == pytest.approx(summed, rel=1e-9)


def test_equal_customers_are_the_limit_of_constant_retention() -> None:
    alike = SBG(2e5, 8e5)
    assert alike.survival(5) == pytest.approx(0.8**5, rel=1e-4)
    assert alike.discounted_expected_lifetime(0.1) == pytest.approx(1.1 / 0.3, rel=1e-4)


def test_constant_retention_value_is_too_low() -> None:
    """Fader and Hardie (2010): a constant rate understates the value of those who stayed."""
    model = SBG(0.704, 1.182)
    constant = model.retention(1)
    naive = constant * 1.1 / (1.1 - constant)
    residual = model.discounted_expected_residual_lifetime(0.1, np.arange(1, 8))
    assert (np.diff(residual) > 0).all()
    assert residual[0] > naive


def test_simulated_cohorts_follow_the_survival_function() -> None:
    model = SBG(0.7, 1.2)
    survivors = model.simulate(200_000, 10, np.random.default_rng(4))
    share = model.survival(np.arange(11))
    spread = np.sqrt(share * (1 - share) / 200_000)
    assert survivors[0] == 200_000
    assert (np.abs(survivors / 200_000 - share)[1:] < 4.5 * spread[1:]).all()


@pytest.mark.parametrize(("survivors", "words"), [
    ([10, 10, 10], "Nobody left"), ([10, 0, 0], "Everybody left at the first renewal"),
    ([10, 5], "One renewal tells one number"), ([1000, 800, 640, 512], "use one constant retention"),
    ([1000, 900, 500, 100], "Retention falls with tenure"), ([1000, 800, 630, 500, 390], "use one constant retention"),
])
def test_what_the_data_do_not_tell_is_said(survivors: list[int], words: str) -> None:
    fit = fit_sbg(survivors)
    assert not fit.converged
    assert words in fit.advice
    assert np.isfinite([fit.survival(5), fit.retention(5), fit.discounted_expected_lifetime(0.1)]).all()


def test_errors_grow_with_the_root_of_the_cohort() -> None:
    small, large = (fit_sbg(size * np.array(REGULAR[:8])) for size in (1.0, 100.0))
    assert small.alpha == pytest.approx(large.alpha, rel=1e-6)
    for name in ("alpha", "beta"):
        assert small.standard_errors[name] == pytest.approx(10 * large.standard_errors[name], rel=1e-4)
