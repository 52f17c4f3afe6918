"""Discounted sums over time and means over a Beta distribution: few nodes, accurate to about twelve digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.polynomial import chebyshev
from scipy.fft import dct
from scipy.linalg import eigh_tridiagonal
from scipy.special import betaln, polygamma

from sim.equity.checks import Floats, number

EXACT_TERMS, NODES = 16, 16
CURVE = 48  # time scales beyond this number are read off a polynomial with as many coefficients
ENOUGH = 40.0  # sums end where the discount factor falls below exp(-40)
DEGREE, HIGH_DEGREE, HIGH_POWER = 64, 160, 20.0  # of polynomials, and for powers R above 20, which bend more sharply
COUNTS = 64  # worked on at once


class Steps(NamedTuple):
    """Points in time and weights: the sum over j of weight[j]·f(time[j]) stands for a discounted sum over whole k."""

    time: Floats
    weight: Floats


def gram_nodes(terms: int, nodes: int) -> Steps:
    """Gauss quadrature of a plain sum over k = 0, …, terms − 1: exact for polynomials of degree 2·nodes − 1.

    The orthogonal polynomials are those of Gram (discrete Chebyshev), with recurrence k²(N² − k²)/(4(4k² − 1)).
    """
    if terms <= nodes:
        return Steps(np.arange(terms, dtype=np.float64), np.ones(terms))
    size = float(terms)
    k = np.arange(1, nodes, dtype=np.float64)
    beside = np.sqrt(k * k / (4 * (4 * k * k - 1)) * (size - k) * (size + k))
    times, axes = eigh_tridiagonal(np.full(nodes, (size - 1) / 2), beside)
    return Steps(times, size * axes[0] ** 2)


def discounted_steps(discount: float, horizon: float | None) -> Steps:
    """Nodes for Σ f(k)/(1 + discount)^k over k = 1, …, horizon (endless where None), f smooth on the scale of k.

    The first terms are taken one by one; blocks of growing length follow.
    """
    rate = float(np.log1p(discount))
    last = np.inf if horizon is None else horizon
    if rate > 0:
        last = min(last, np.ceil(ENOUGH / rate))
    longest = max(EXACT_TERMS, int(8 / rate)) if rate > 0 else 2**62
    times, weights, done = [np.empty(0)], [np.empty(0)], 0
    while done < last:
        length = int(min(last - done, longest, max(EXACT_TERMS, done)))
        rule = gram_nodes(length, NODES)
        times.append(rule.time + done + 1)
        weights.append(rule.weight)
        done += length
    time = np.concatenate(times)
    return Steps(time, np.concatenate(weights) * np.exp(-rate * time))


def discounted_increments(total: Callable[[Floats], Floats], discount: float, horizon: float | None) -> Floats:
    """Σ (total(k) − total(k − 1))/(1 + discount)^k over k = 1, …, horizon, from the running total (0 at 0).

    Summed by parts, so that nothing cancels: d/(1 + d)·Σ total(k)/(1 + d)^k, and what is reached at the horizon.
    A horizon between two whole numbers counts its last part of a unit at the horizon itself. `total` takes a column of
    times [times, 1] and gives [times, rows].
    """
    whole = None if horizon is None else float(np.floor(horizon))
    steps = discounted_steps(discount, whole)
    times, weights = steps.time, discount / (1.0 + discount) * steps.weight
    if horizon is not None and whole is not None:
        times, weights = np.r_[times, whole], np.r_[weights, (1.0 + discount) ** -(whole + 1.0)]
        if horizon > whole:
            times = np.r_[times, whole, horizon]
            weights = np.r_[weights, np.array([-1.0, 1.0]) * (1.0 + discount) ** -horizon]
    return np.asarray(np.einsum("i,i...->...", weights, total(times[:, None])))


def over_scales(function: Callable[[Floats], Floats], scales: Floats) -> Floats:
    """A smooth function of a time scale at many of them: where they are many, from a polynomial in their logarithm."""
    if scales.size <= CURVE or scales.min() == scales.max():
        return function(scales)
    logs = np.log(scales)
    low, high = float(logs.min()), float(logs.max())
    curve = chebyshev_fit(function(np.exp(low + 0.5 * (high - low) * (1.0 + chebyshev_points(CURVE)))))
    at = np.clip(2.0 * (logs - low) / (high - low) - 1.0, -1.0, 1.0)
    return np.asarray(chebyshev.chebval(at, curve), dtype=np.float64)


def chebyshev_points(count: int) -> Floats:
    """The zeros of Chebyshev's polynomial of that degree, in −1..1."""
    return np.cos(np.pi * (np.arange(count) + 0.5) / count)


def chebyshev_fit(values: Floats) -> Floats:
    """Coefficients of the polynomial through values at the points of `chebyshev_points` (along the first axis)."""
    found: Floats = dct(values, type=2, axis=0) / values.shape[0]
    found[0] *= 0.5
    return found


def checked_discount(discount: Any, horizon: Any) -> tuple[float, float | None]:
    """A discount per unit of time and a horizon (None: endless); an endless sum needs a discount above 0."""
    if horizon is None:
        return number("discount", discount, 0.0, 1e6, open_ends="low"), None
    return number("discount", discount, 0.0, 1e6), number("horizon", horizon, 0.0, 1e9)


def furthest_time(discount: float, horizon: float | None) -> float:
    """The latest time that a discounted sum looks at."""
    last = float("inf") if discount == 0 else ENOUGH / float(np.log1p(discount)) + 2.0
    return last if horizon is None else min(last, horizon)


def beta_nodes(a: float, b: Floats, flat: float) -> tuple[Floats, Floats]:
    """Nodes p and weights [rows, nodes], whose sum is 1, for the mean of g(p) over p ~ Beta(a, b[row]).

    The trapezoid rule on the logit of p: both the density and g are smooth there, so its error falls exponentially.
    `flat` is the logit below which g is constant to rounding (−30 for g that varies on the scale of p = 1); tails
    beyond the nodes are geometric series, put on the outermost nodes. Error below 1e-12 for a, b up to 1e5.
    """
    step = min(0.3, 0.5 * float(np.sqrt(polygamma(1, a) + polygamma(1, b.max()))))
    low, high = max(flat, _edge(a, float(b.max()))), min(32.0, -_edge(float(b.min()), a))
    logit = np.arange(low, max(high, low + 2 * step) + step, step)
    log_q = -np.logaddexp(0.0, logit)  # ln(1 − p)
    density = a * (logit + log_q)[None, :] + b[:, None] * log_q[None, :] - betaln(a, b)[:, None]
    weight = step * np.exp(density)
    weight[:, 0] *= 1.0 + 1.0 / np.expm1(min(a * step, 700.0))
    weight[:, -1] *= 1.0 + 1.0 / np.expm1(np.minimum(b * step, 700.0))
    return np.exp(logit + log_q), weight / weight.sum(axis=1, keepdims=True)


def _edge(a: float, b: float) -> float:
    """The logit below which less than exp(-40) of Beta(a, b) lies, roughly and safely."""
    centre = float(np.log(a / b))
    return centre - 45.0 / a - 10.0 / float(np.sqrt(min(a, b))) - 2.0


@dataclass(frozen=True)
class Residual:
    """Curves over w = ln(1 + t/A), one per count: the mean over p ~ Beta(a, b) of (1 − (1 + p·t/A)^−R)/p.

    Divided by w they are smooth, so that a polynomial of Chebyshev (coefficients by count) holds them to about twelve
    digits.
    """

    curves: tuple[Floats, ...]
    longest: float

    @classmethod
    def of(cls, a: float, b: Floats, power: Floats, furthest: float) -> Residual:
        """Curves for t/A from 0 to `furthest`; `b` and `power` (R) by count, in rising order."""
        longest = float(np.log1p(furthest)) or 1.0
        curves: list[Floats] = []
        split = int(np.searchsorted(power, HIGH_POWER))
        for part, degree in ((slice(0, split), DEGREE), (slice(split, None), HIGH_DEGREE)):
            curves += _curves(a, (b[part], power[part]), longest, degree)
        return cls(tuple(curves), longest)

    def __call__(self, place: int, w: Floats) -> Floats:
        """The curve of the count at `place`, at w of any shape."""
        at = np.clip(2.0 * np.asarray(w) / self.longest - 1.0, -1.0, 1.0)
        return np.asarray(chebyshev.chebval(at, self.curves[place]) * w)

    def each(self, place: np.ndarray, w: Floats) -> Floats:
        """The curves of several counts, `place` and `w` of one shape."""
        flat, found = w.ravel(), np.empty(w.size)
        order = np.argsort(place.ravel(), kind="stable")
        ends = np.searchsorted(place.ravel()[order], np.arange(len(self.curves) + 1))
        for count in range(len(self.curves)):
            rows = order[ends[count]: ends[count + 1]]
            found[rows] = self(count, flat[rows])
        return found.reshape(w.shape)


def _curves(a: float, by_count: tuple[Floats, Floats], longest: float, degree: int) -> list[Floats]:
    b, power = by_count
    w = 0.5 * longest * (1.0 + chebyshev_points(degree + 1))
    time = np.expm1(w)
    values = np.empty((w.size, b.size))
    for block in range(0, b.size, COUNTS):
        part = slice(block, block + COUNTS)
        flat = -32.0 - float(np.log1p((power[part].max() + 1.0) * time.max()))
        p, weight = beta_nodes(a, b[part], flat)
        for place, late in enumerate(time):
            grown = np.log1p(p * late)[None, :]
            values[place, part] = (weight * -np.expm1(-power[part, None] * grown) / p).sum(axis=1)
    return list(chebyshev_fit(values / w[:, None]).T) if b.size else []
