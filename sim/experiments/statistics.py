"""Intervals for a few runs: paired t, keyed bootstrap, Wilson, and how much pairing gained. The run is the unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A mean (or share) with its interval and the number of runs behind it. NaN where there are too few."""

    value: float
    low: float
    high: float
    n: int

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of 0."""
        return bool(self.low > 0 or self.high < 0)


def known(values: Sequence[float] | Floats) -> Floats:
    """The values that are numbers."""
    array = np.asarray(values, dtype=np.float64)
    return array[np.isfinite(array)]


def mean_interval(values: Sequence[float] | Floats, confidence: float = 0.95) -> Interval:
    """Mean with Student's t interval: mean ± t·s/√n. Differences given, it is the paired interval.

    NaN values are left out; the interval is NaN for fewer than two.

    >>> mean_interval([1.0, 2.0, 3.0])
    Interval(value=2.0, low=-0.484..., high=4.484..., n=3)
    """
    found = known(values)
    if found.size == 0:
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    mean = float(found.mean())
    if found.size < 2:
        return Interval(mean, float("nan"), float("nan"), 1)
    half = student(confidence, found.size - 1) * float(found.std(ddof=1)) / float(np.sqrt(found.size))
    return Interval(mean, mean - half, mean + half, int(found.size))


def student(confidence: float, freedom: int) -> float:
    """Two-sided quantile of Student's t.

    >>> round(student(0.95, 2), 3)
    4.303
    """
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + confidence / 2))


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval:
    """Share with Wilson's score interval (Wilson 1927), good for few trials and shares near 0 or 1.

    >>> wilson_interval(8, 10)
    Interval(value=0.8, low=0.490..., high=0.943..., n=10)
    """
    from scipy.special import ndtri

    if trials == 0:
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    z2 = float(ndtri(0.5 + confidence / 2)) ** 2
    share = successes / trials
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = float(np.sqrt(z2 * (share * (1 - share) / trials + z2 / (4 * trials**2)))) / (1 + z2 / trials)
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half), trials)


def bootstrap_interval(
    values: Sequence[float] | Floats, statistic: Callable[[Floats], float] = np.median, *,
    confidence: float = 0.95, seed: int = 0, draws: int = 2000,
) -> Interval:
    """Percentile bootstrap of a statistic (Efron 1979) with keyed draws: the same seed, the same interval.

    >>> bootstrap_interval([3.0, 3.0, 3.0])
    Interval(value=3.0, low=3.0, high=3.0, n=3)
    """
    from sim.engine.draws import uniforms

    found = known(values)
    if found.size == 0:
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    numbers = np.arange(draws * found.size, dtype=np.uint64)
    places = (uniforms(seed, "bootstrap", numbers) * found.size).astype(np.int64).reshape(draws, found.size)
    again = np.sort([float(statistic(found[row])) for row in places])
    low, high = np.quantile(again, [0.5 - confidence / 2, 0.5 + confidence / 2])
    return Interval(float(statistic(found)), float(low), float(high), int(found.size))


@dataclass(frozen=True)
class Pairing:
    """What pairing gained: variance of an independent difference over that of the paired one, and correlation."""

    variance_ratio: float
    correlation: float


def pairing(a: Sequence[float] | Floats, b: Sequence[float] | Floats) -> Pairing:
    """Var(A) + Var(B) over Var(A − B), and the correlation of A and B over runs.

    Infinite when every difference is the same but the runs differ; NaN for fewer than two pairs or without any
    spread.

    >>> pairing([1.0, 2.0, 3.0], [2.0, 3.0, 5.0])
    Pairing(variance_ratio=10.0, correlation=0.98...)
    """
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    both = np.isfinite(first) & np.isfinite(second)
    first, second = first[both], second[both]
    if first.size < 2:
        return Pairing(float("nan"), float("nan"))
    apart, together = first.var(ddof=1) + second.var(ddof=1), (first - second).var(ddof=1)
    spread = float(np.sqrt(first.var(ddof=1) * second.var(ddof=1)))
    covariance = float(((first - first.mean()) * (second - second.mean())).sum() / (first.size - 1))
    gained = float("nan") if apart == 0 else float("inf") if together == 0 else float(apart / together)
    return Pairing(gained, covariance / spread if spread > 0 else float("nan"))
