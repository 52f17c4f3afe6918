"""Many points: what few runs at each say about chance, a border between two kinds, what goes with an outcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

import numpy as np

from sim.statistics.intervals import Floats, Interval

Name = TypeVar("Name")


class Chance(NamedTuple):
    """What is known of the variance at a point before its own runs: `freedom` runs' worth of knowing, and its size."""

    freedom: float
    variance: float


def chance_of(variances: Floats, freedom: int) -> Chance:
    """The distribution of variances over points, out of those measured with so many degrees of freedom each.

    An inverse χ² by the moments of ln s² (Smyth 2004): mean and variance of ln s² − ψ(d/2) + ln(d/2) over points give
    ln s0² + ln(d0/2) − ψ(d0/2) and ψ'(d0/2) above ψ'(d/2). Where points differ no more than by chance, d0 is infinite.
    Points without any variance (identical runs) say nothing of chance.

    >>> chance_of(np.array([2.0, 2.0, 2.0]), 4)
    Chance(freedom=inf, variance=2.620...)
    """
    from scipy.optimize import brentq
    from scipy.special import polygamma, psi

    measured = variances[np.isfinite(variances) & (variances > 0)]
    if not measured.size:
        return Chance(np.inf, 0.0)
    logs = np.log(measured) - psi(freedom / 2) + np.log(freedom / 2)
    spread = float(logs.var(ddof=1)) - float(polygamma(1, freedom / 2)) if measured.size > 1 else 0.0
    if spread <= float(polygamma(1, 5e5)):
        return Chance(np.inf, float(np.exp(logs.mean())))
    half = float(brentq(lambda x: float(polygamma(1, x)) - spread, 1e-3, 1e6)) if spread < 1e5 else 1e-3
    return Chance(2 * half, float(np.exp(logs.mean() + psi(half) - np.log(half))))


def beyond_chance(differences: Floats, confidence: float = 0.95) -> np.ndarray:
    """Whether the mean of each row of paired differences [points, runs] is beyond sampling error.

    Student's t with a variance that leans on all rows, (d0 s0² + d s²) / (d0 + d), and d0 + d degrees of freedom (see
    `chance_of`): two runs alone say next to nothing of their own spread. Rows should be in units in which chance is
    about alike.
    """
    from scipy.special import stdtrit

    runs = differences.shape[1]
    own, chance = differences.var(axis=1, ddof=1), chance_of(differences.var(axis=1, ddof=1), runs - 1)
    if np.isinf(chance.freedom):
        variance, freedom = np.full(len(own), chance.variance), 1e9
    else:
        freedom = chance.freedom + runs - 1
        variance = (chance.freedom * chance.variance + (runs - 1) * own) / freedom
    limit = stdtrit(freedom, 0.5 + confidence / 2) * np.sqrt(variance / runs)
    means = differences.mean(axis=1)
    found: np.ndarray = (np.abs(means) > limit) & (means != 0)
    return found


def logistic(columns: Floats, won: Floats, ridge: float = 1e-3) -> Floats:
    """Constant and slopes of a logistic regression: ln(p / (1 − p)) = b0 + b · columns, by Newton's method.

    A small ridge keeps slopes finite where a line parts the points completely.

    >>> x = np.linspace(-3, 3, 2001)[:, None]
    >>> p = 1 / (1 + np.exp(-(0.5 + 2 * x[:, 0])))
    >>> logistic(x, p).round(2).tolist()
    [0.5, 2.0]
    """
    design = np.column_stack([np.ones(len(columns)), columns])
    found = np.zeros(design.shape[1])
    penalty = ridge * np.diag([0.0, *np.ones(columns.shape[1])])
    for _ in range(100):
        p = 1.0 / (1.0 + np.exp(-np.clip(design @ found, -30, 30)))
        slope = design.T @ (won - p) - penalty @ found
        bend = (design * (p * (1 - p))[:, None]).T @ design + penalty + 1e-9 * np.eye(len(found))
        step = np.linalg.solve(bend, slope)
        found = found + step * min(1.0, 5.0 / max(1e-12, float(np.abs(step).max())))
        if np.abs(step).max() < 1e-10:
            break
    return found


def rank_correlations(columns: Mapping[Name, Floats], outcome: Floats) -> dict[Name, Interval]:
    """Spearman's rank correlation of every column with an outcome; points without an outcome do not count.

    Intervals by Fisher's z with the variance 1.06/(n − 3) of Fieller, Hartley & Pearson 1957, so wide that those of all
    columns hold together at 95 % (Bonferroni): the strongest of many is looked for. NaN where nothing varies.

    >>> found = rank_correlations({"same": np.arange(9.0), "turned": -np.arange(9.0) ** 3}, np.arange(9.0))
    >>> found["same"].value, found["turned"].value
    (1.0, -1.0)
    """
    from scipy.special import ndtri
    from scipy.stats import rankdata

    kept = np.isfinite(outcome)
    ranks, n = rankdata(outcome[kept]), int(kept.sum())
    reach = float(ndtri(1 - 0.025 / len(columns)) * np.sqrt(1.06 / (n - 3))) if n > 3 else np.inf
    found = {}
    for name, column in columns.items():
        both = bool(n and np.ptp(ranks) and np.ptp(column[kept]))
        value = float(np.corrcoef(rankdata(column[kept]), ranks)[0, 1]) if both else float("nan")
        middle = np.arctanh(np.clip(value, -1 + 1e-12, 1 - 1e-12))
        found[name] = Interval(value, float(np.tanh(middle - reach)), float(np.tanh(middle + reach)), n)
    return found
