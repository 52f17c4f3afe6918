"""Sums of powers, 1 + q + q² + …, exact also near q = 1: what every lifetime value of constant terms is made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_NEAR = 1e-3


def power_sum(excess: Any, terms: Any) -> Floats:
    """Σ q^k for k = 0, …, terms − 1, with q = 1 + excess; `terms` may be infinite (then 1/(1 − q) for q below 1).

    Takes numbers or arrays that fit together, q of at least 0, terms of at least 0. The sum is infinite where it has
    no end or is beyond what floats hold.

    >>> float(power_sum(-0.5, 3)), float(power_sum(0.0, 7)), float(power_sum(-0.5, np.inf))
    (1.75, 7.0, 2.0)
    """
    x, n = np.broadcast_arrays(np.asarray(excess, dtype=np.float64), np.asarray(terms, dtype=np.float64))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        general = np.expm1(n * np.log1p(x)) / x
    found: Floats = np.where(n == 0.0, 0.0, np.where(x == 0.0, n, general))
    return found


def power_slope(excess: Any, terms: Any) -> Floats:
    """Derivative of `power_sum` with respect to q: Σ k·q^(k−1).

    (n·q^(n−1) − Σ)/(q − 1); near q = 1, where that loses its digits, the binomial series of the same.

    >>> float(power_slope(-0.5, 3)), float(power_slope(0.0, 4)), float(power_slope(-0.5, np.inf))
    (2.0, 6.0, 4.0)
    """
    x, n = np.broadcast_arrays(np.asarray(excess, dtype=np.float64), np.asarray(terms, dtype=np.float64))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        last = np.where(np.isinf(n) & (x < 0.0), 0.0, n * np.exp((n - 1.0) * np.log1p(x)))
        general = (last - power_sum(x, n)) / x
        pairs = n * (n - 1.0)
        series = pairs / 2.0 + pairs * (n - 2.0) * x * (1.0 / 3.0 + (n - 3.0) * x * (0.125 + (n - 4.0) * x / 30.0))
        near = np.abs(n * x) < _NEAR
    found: Floats = np.where(n <= 1.0, 0.0, np.where(near, series, general))
    return found
