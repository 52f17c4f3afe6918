"""Intervals for a few runs (the run is the unit): paired t, keyed bootstrap, Wilson, pairing, and who surely wins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.text.language import tr, trn
from sim.text.numbers import written

Floats = NDArray[np.float64]

SURE = 0.95
"""Share of pairs in which an option must be ahead to win surely."""
SPREADS = 2.0
"""Mean over standard deviation from which an option surely wins: at a normal spread 97.7 % of pairs, a margin above
`SURE`, because the spread is known from a few runs only."""
SURE_RUNS, ADVICE_RUNS = 8, 20
"""Paired runs that a sure win is read from, and those that tell who is ahead as written: at least, in every design."""


@dataclass(frozen=True)
class Interval:
    """A mean (or share) with its interval and the number of runs behind it. NaN where there are too few."""

    value: float
    low: float = float("nan")
    high: float = float("nan")
    n: int = 0

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of 0."""
        return bool(self.low > 0 or self.high < 0)


def known(values: Sequence[float] | Floats) -> Floats:
    """The values that are numbers."""
    array = np.asarray(values, dtype=np.float64)
    return array[np.isfinite(array)]


def mean_interval(values: Sequence[float] | Floats, confidence: float = 0.95) -> Interval:
    """Mean with Student's t interval: mean ± t·s/√n, of differences the paired one; NaN values are left out.

    >>> mean_interval([1.0, 2.0, 3.0])
    Interval(value=2.0, low=-0.484..., high=4.484..., n=3)
    """
    found = known(values)
    if found.size == 0:
        return Interval(float("nan"))
    mean = float(found.mean())
    if found.size < 2:
        return Interval(mean, n=1)
    half = student(confidence, found.size - 1) * float(found.std(ddof=1)) / float(np.sqrt(found.size))
    return Interval(mean, mean - half, mean + half, int(found.size))


def student(confidence: float, freedom: int) -> float:
    """Two-sided quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + confidence / 2))


def wilson_interval(successes: float, trials: int, confidence: float = 0.95) -> Interval:
    """Share with Wilson's score interval (Wilson 1927), good for few trials and shares near 0 or 1.

    >>> wilson_interval(8, 10)
    Interval(value=0.8, low=0.490..., high=0.943..., n=10)
    """
    from scipy.special import ndtri

    if trials == 0:
        return Interval(float("nan"))
    z2 = float(ndtri(0.5 + confidence / 2)) ** 2
    share = successes / trials
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = float(np.sqrt(z2 * (share * (1 - share) / trials + z2 / (4 * trials**2)))) / (1 + z2 / trials)
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half), trials)


def bootstrap_interval(
    values: Sequence[float] | Floats, statistic: Callable[..., Any] = np.median, *,
    confidence: float = 0.95, seed: int = 0, draws: int = 2000,
) -> Interval:
    """Percentile bootstrap of a statistic (Efron 1979) with keyed draws: the same seed, the same interval.

    `statistic` takes an array and an axis, as `numpy.mean` and `numpy.median` do.
    """
    from sim.numerics.draws import uniforms  # loads numba

    found = known(values)
    if found.size == 0:
        return Interval(float("nan"))
    numbers = np.arange(draws * found.size, dtype=np.uint64)
    places = (uniforms(seed, "bootstrap", numbers) * found.size).astype(np.int64).reshape(draws, found.size)
    again = np.sort(statistic(found[places], axis=1))
    low, high = np.quantile(again, [0.5 - confidence / 2, 0.5 + confidence / 2])
    return Interval(float(statistic(found)), float(low), float(high), int(found.size))


@dataclass(frozen=True)
class Pairing:
    """What pairing gained: variance of an independent difference over that of the paired one, and correlation."""

    variance_ratio: float
    correlation: float


def pairing(a: Sequence[float] | Floats, b: Sequence[float] | Floats) -> Pairing:
    """Var(A) + Var(B) over Var(A − B), and the correlation of A and B over runs.

    Infinite when every difference is the same but the runs differ; NaN for fewer than two pairs or without any spread.
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


@dataclass(frozen=True)
class PairedDifference:
    """What paired runs say about B against A: everything that a reader needs to judge, and no bare p-value.

    `mean`: mean of b − a with Student's t interval; `bootstrap`: the same mean with a percentile bootstrap interval;
    `ahead`: the probability that B beats A, see `share_ahead`; `correlation`, `variance_ratio`: what pairing achieved;
    `comparisons`: how many intervals are read together, each widened so that all hold at `confidence`; `differences`:
    the pairs' own.
    """

    mean: Interval
    bootstrap: Interval
    ahead: Interval
    correlation: float
    variance_ratio: float
    confidence: float
    comparisons: int = 1
    differences: Floats = field(default_factory=lambda: np.empty(0), repr=False, compare=False)

    @property
    def n(self) -> int:
        """How many pairs there are."""
        return self.mean.n

    @property
    def method(self) -> str:
        """How the intervals are made, in words."""
        plain = f"{100 * self.confidence:g} % Student t interval of paired differences"
        together = f", {self.comparisons} comparisons held together (Bonferroni)" if self.comparisons > 1 else ""
        return plain + together


def paired_difference(
    a: Sequence[float] | Floats, b: Sequence[float] | Floats, *, confidence: float = 0.95, comparisons: int = 1,
    seed: int = 0,
) -> PairedDifference:
    """B against A over paired runs; pairs in which either is NaN do not count.

    With m comparisons the level of each single interval is 1 − (1 − confidence)/m (Bonferroni 1936; Dunn 1961): then
    the chance that all of them hold is at least `confidence`, whatever depends on what.

    Raises:
        ValueError: confidence is not inside 0..1, there is no comparison, or the lengths differ.

    >>> found = paired_difference([1.0, 2.0, 3.0, 4.0], [2.0, 3.5, 4.0, 4.5])
    >>> found.mean.value, found.ahead.value, found.n
    (1.0, 1.0, 4)
    """
    if not 0 < confidence < 1:
        raise ValueError(f"A confidence lies between 0 and 1, not {confidence:g}.")
    if comparisons < 1:
        raise ValueError(f"There is at least one comparison, not {comparisons}.")
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.shape != second.shape:
        raise ValueError(f"Pairs need as many numbers of A as of B, not {first.size} and {second.size}.")
    single = 1.0 - (1.0 - confidence) / comparisons
    differences = known(second - first)
    gained = pairing(first, second)
    again = bootstrap_interval(differences, np.mean, confidence=single, seed=seed)
    return PairedDifference(
        mean_interval(differences, single), again, share_ahead(differences, single),
        gained.correlation, gained.variance_ratio, confidence, comparisons, differences,
    )


def share_ahead(differences: Sequence[float] | Floats, confidence: float = 0.95) -> Interval:
    """Share of differences above 0, a difference of exactly 0 counting half, with Wilson's interval."""
    found = known(differences)
    wins = float((found > 0).sum() + 0.5 * (found == 0).sum())
    return wilson_interval(wins, int(found.size), confidence)


def surely_ahead(differences: Sequence[float] | Floats, spreads: float = SPREADS) -> bool:
    """Whether paired differences surely point upwards: the one meaning of "surely wins", in every design.

    All three must hold: at least 95 % of the differences lie above 0; their mean lies more than `spreads` of their
    standard deviations above 0, so that new runs will agree; and the 95 % t interval of the mean lies above 0, which
    says more than the other two only for three runs and fewer (one run is never sure). A mean alone can be beyond luck
    while every third run goes the other way: that is "ahead", not "surely ahead".

    >>> surely_ahead([3.0, 2.0, 2.5]), surely_ahead([3.0, -2.0, 2.5]), surely_ahead([0.1, 2.0, 4.0, 0.2])
    (True, False, False)
    """
    found = known(differences)
    if not found.size or float((found > 0).mean()) < SURE:
        return False
    interval = mean_interval(found)
    spread = float(found.std(ddof=1)) if found.size > 1 else 0.0
    return bool(interval.value > spreads * spread and interval.low > 0)


def by_chance(comparisons: int) -> str:
    """What a reader of many intervals side by side must know; nothing to say of one.

    >>> by_chance(62)
    'Each interval stands for itself: of 62, about 3 miss by chance.'
    """
    if comparisons < 2:
        return ""
    missing = round(0.05 * comparisons)
    if comparisons < 20:
        return tr("Each interval stands for itself: one in twenty misses by chance.")
    return trn("Each interval stands for itself: of {of}, about {number} misses by chance.",
               "Each interval stands for itself: of {of}, about {number} miss by chance.", missing,
               of=written(f"{comparisons:,}"), number=written(f"{missing:,}"))
