"""What goes with an outcome over many points: rank correlations of many columns, judged together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from sim.statistics.intervals import Floats, Interval

Name = TypeVar("Name")


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
