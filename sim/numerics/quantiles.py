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


def _logit(u: Floats) -> Floats:
    result: Floats = ln(u) - ln(1.0 - u)
    return result


def _rounded(values: Floats) -> Floats:
    return np.array([float(f"{value:.9e}") for value in values])


def _interpolated(table: Floats, u: Floats) -> Floats:
    place = (np.clip(_logit(u), -WIDTH, WIDTH) + WIDTH) / STEP
    below = np.minimum(place.astype(np.int64), KNOTS - 2)
    result: Floats = table[below] + (place - below) * (table[below + 1] - table[below])
    return result


@lru_cache(maxsize=128)
def _log_gamma_table(shape: float) -> Floats:
    from scipy.special import gammainccinv, gammaincinv, gammaln

    z = np.linspace(-WIDTH, WIDTH, KNOTS)
    p, q = 1.0 / (1.0 + np.exp(-z)), 1.0 / (1.0 + np.exp(z))
    with np.errstate(all="ignore"):
        value = np.where(z < 0, gammaincinv(shape, p), gammainccinv(shape, q))
        series = (np.log(p) + gammaln(shape + 1.0)) / shape  # the lower tail, where the quantile underflows
        table = np.where(value > 1e-290, np.log(np.maximum(value, 1e-300)), series)
    return _rounded(np.maximum.accumulate(table))


@lru_cache(maxsize=64)
def _logit_beta_table(a: float, b: float) -> Floats:
    from scipy.special import betaincinv

    z = np.linspace(-WIDTH, WIDTH, KNOTS)
    p, q = 1.0 / (1.0 + np.exp(-z)), 1.0 / (1.0 + np.exp(z))
    with np.errstate(all="ignore"):
        x, y = betaincinv(a, b, p), betaincinv(b, a, q)
        table = np.log(np.maximum(x, 1e-300)) - np.log(np.maximum(y, 1e-300))
    return _rounded(np.maximum.accumulate(table))


def log_gamma(u: Floats, shape: float) -> Floats:
    """Logarithm of the gamma quantile (scale 1) of a uniform.

    >>> round(float(np.exp(log_gamma(np.array([0.5]), 1.0))[0]), 4)  # exponential: ln 2
    0.6931
    """
    return _interpolated(_log_gamma_table(float(shape)), u)


def gamma(u: Floats, mean: float, shape: float) -> Floats:
    """Gamma variate with this mean; shape 1000 or more counts as no spread at all.

    >>> gamma(np.array([0.1, 0.9]), 3.0, 1000.0)
    array([3., 3.])
    """
    if shape >= 1000.0:
        return np.full(u.shape, float(mean))
    result: Floats = exp(np.maximum(log_gamma(u, shape), -600.0)) * (mean / shape)
    return result


def beta(u: Floats, mean: float, strength: float) -> Floats:
    """Beta variate with this mean and a + b = strength; strength 1000 or more counts as no spread.

    >>> round(float(beta(np.array([0.3]), 0.5, 2.0)[0]), 4)  # uniform
    0.3
    """
    if strength >= 1000.0:
        return np.full(u.shape, float(mean))
    result: Floats = logistic(_interpolated(_logit_beta_table(mean * strength, (1.0 - mean) * strength), u))
    return result


def lognormal(u: Floats, mean: float, variation: float) -> Floats:
    """Lognormal variate with this mean and log standard deviation.

    >>> lognormal(np.array([0.2, 0.8]), 2.0, 0.0)
    array([2., 2.])
    """
    result: Floats = mean * exp(variation * normal(u) - 0.5 * variation * variation)
    return result
