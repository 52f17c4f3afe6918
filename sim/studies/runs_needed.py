"""How many runs are enough: for an interval of a wanted width, and to see a difference if there is one."""

from __future__ import annotations

import math


def runs_for_width(variation: float, half_width: float, confidence: float = 0.95) -> int:
    """Runs after which the interval of a mean reaches at most so far to each side: (z · variation / half_width)².

    `variation` and `half_width` in the same unit (both as shares of the mean, or both in money). Normal quantile z: for
    a plan made beforehand, not for the interval itself, which takes Student's. Rounded up, at least 2.

    Raises:
        ValueError: a number is not above 0, or the confidence is not between 0 and 1.

    Source: Law 2015, Simulation Modeling and Analysis, ch. 9.

    >>> runs_for_width(0.3, 0.05), runs_for_width(0.3, 0.02)
    (139, 865)
    """
    from scipy.special import ndtri

    _above_zero(variation=variation, half_width=half_width)
    _inside(confidence=confidence)
    z = float(ndtri(0.5 + confidence / 2.0))
    return max(2, math.ceil((z * variation / half_width) ** 2))


def runs_for_power(groups: int, effect: float, significance: float = 0.01, power: float = 0.95) -> float:
    """Runs *per group* with which an analysis of variance sees an effect of this size: not rounded.

    One-way layout with equal groups and independent runs; `effect` is Cohen's f, the standard deviation of the group
    means over that within groups. Solves P(F' > critical) = power with the non-central F, non-centrality n·groups·f².
    Paired runs need far fewer: divide the variance within by what pairing saves (`variance_ratio`).

    Raises:
        ValueError: fewer than two groups, an effect that is not above 0, shares outside 0..1.

    Source: Secchi and Seri 2017, Computational and Mathematical Organization Theory 23 (sample size of agent-based
    models); Cohen 1988, ch. 8.

    >>> round(runs_for_power(2, 0.4), 1)
    57.4
    """
    from scipy.optimize import brentq
    from scipy.special import fdtri, ncfdtr

    if groups < 2:
        raise ValueError(f"groups: {groups} is not allowed; a whole number of at least 2")
    _above_zero(effect=effect)
    _inside(significance=significance, power=power)

    def missed(n: float) -> float:
        within = groups * (n - 1.0)
        critical = fdtri(groups - 1.0, within, 1.0 - significance)
        return float(ncfdtr(groups - 1.0, within, n * groups * effect * effect, critical)) - (1.0 - power)

    if missed(2.0) <= 0.0:  # two runs per group are the least that have a variance
        return 2.0
    high = 4.0
    while missed(high) > 0.0:
        high *= 2.0
    return float(brentq(missed, 2.0, high, xtol=1e-6))


def _above_zero(**numbers: float) -> None:
    for name, value in numbers.items():
        if not 0.0 < value < math.inf:
            raise ValueError(f"{name}: {value:g} is not allowed; a number above 0")


def _inside(**shares: float) -> None:
    for name, value in shares.items():
        if not 0.0 < value < 1.0:
            raise ValueError(f"{name}: {value:g} is not allowed; a number above 0 and below 1")
