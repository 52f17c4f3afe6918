"""Quantiles by table: gamma, beta and lognormal variates from one uniform, with the same bits everywhere.

A table holds the quantile function at declared knots, rounded to ten significant digits so that no build of SciPy
changes them; between the knots it is interpolated. The knots lie evenly on the logit scale, where the logarithm of
a gamma quantile and the logit of a beta quantile are nearly straight, so the tails are as good as the middle.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.numerics.elementary import exp, ln, logistic, normal

Floats = NDArray[np.float64]
WIDTH = 36.0
KNOTS = 4097
STEP = 2.0 * WIDTH / (KNOTS - 1)


def _knots() -> tuple[Floats, Floats, Floats]:
    """The knots as logits, as chances, and the chances that remain."""
    z = np.linspace(-WIDTH, WIDTH, KNOTS)
    return z, 1.0 / (1.0 + np.exp(-z)), 1.0 / (1.0 + np.exp(z))


def _rounded(values: Floats) -> Floats:
    return np.array([float(f"{value:.9e}") for value in np.maximum.accumulate(values)])


def _interpolated(table: Floats, u: Floats) -> Floats:
    logit = ln(u) - ln(1.0 - u)
    place = (np.clip(logit, -WIDTH, WIDTH) + WIDTH) / STEP
    below = np.minimum(place.astype(np.int64), KNOTS - 2)
    return np.asarray(table[below] + (place - below) * (table[below + 1] - table[below]))


@lru_cache(maxsize=128)
def _log_gamma_table(shape: float) -> Floats:
    from scipy.special import gammainccinv, gammaincinv, gammaln

    z, p, q = _knots()
    with np.errstate(all="ignore"):
        value = np.where(z < 0, gammaincinv(shape, p), gammainccinv(shape, q))
        series = (np.log(p) + gammaln(shape + 1.0)) / shape  # the lower tail, where the quantile underflows
        return _rounded(np.where(value > 1e-290, np.log(np.maximum(value, 1e-300)), series))


@lru_cache(maxsize=64)
def _logit_beta_table(a: float, b: float) -> Floats:
    from scipy.special import betaincinv

    _, p, q = _knots()
    with np.errstate(all="ignore"):
        x, y = betaincinv(a, b, p), betaincinv(b, a, q)
        return _rounded(np.log(np.maximum(x, 1e-300)) - np.log(np.maximum(y, 1e-300)))


def log_gamma(u: Floats, shape: float) -> Floats:
    """Logarithm of the gamma quantile (scale 1) of a uniform.

    >>> round(float(np.exp(log_gamma(np.array([0.5]), 1.0))[0]), 4)  # exponential: ln 2
    0.6931
    """
    return _interpolated(_log_gamma_table(float(shape)), u)


def gamma(u: Floats, mean: float, shape: float) -> Floats:
    """Gamma variate with this mean; shape 1000 or more counts as no spread at all."""
    if shape >= 1000.0:
        return np.full(u.shape, float(mean))
    return np.asarray(exp(np.maximum(log_gamma(u, shape), -600.0)) * (mean / shape))


def beta(u: Floats, mean: float, strength: float) -> Floats:
    """Beta variate with this mean and a + b = strength; strength 1000 or more counts as no spread."""
    if strength >= 1000.0:
        return np.full(u.shape, float(mean))
    return np.asarray(logistic(_interpolated(_logit_beta_table(mean * strength, (1.0 - mean) * strength), u)))


def lognormal(u: Floats, mean: float, variation: float) -> Floats:
    """Lognormal variate with this mean and log standard deviation."""
    return np.asarray(mean * exp(variation * normal(u) - 0.5 * variation * variation))
