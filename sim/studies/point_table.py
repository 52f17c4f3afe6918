"""The points of a study side by side: the mean of every outcome with its interval, and the paired difference."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.runs.results import Results
from sim.runs.summary import metric_units
from sim.statistics.intervals import mean_interval
from sim.studies.differences import difference_cells

if TYPE_CHECKING:
    import pandas as pd

BASE = "compared with"
"""The verdict of the point that all others are compared with."""
_SPANS = ("difference", "low", "high", "bootstrap_low", "bootstrap_high")
_MORE = ("variance_ratio", "correlation", "won", "probability", "probability_low", "probability_high", "verdict")
_NOTHING = {**dict.fromkeys(_SPANS, np.nan), "pairs": 0, **dict.fromkeys(_MORE, np.nan), "won": 0, "verdict": BASE}


def point_table(results: Results, outcomes: Iterable[str] | None = None, base: str | None = None) -> pd.DataFrame:
    """One row per outcome, firm and point: its mean, and how it differs from the base, replicate by replicate.

    Columns: metric, unit, firm, point, one per factor, mean, mean_low, mean_high (95 % t interval over its own runs), n
    (runs), difference (point − base), low, high (95 % t interval of the paired difference), bootstrap_low,
    bootstrap_high, pairs, variance_ratio (independent over paired), correlation, won (pairs in which the point is
    larger), probability (that it is larger; ties count half), probability_low, probability_high (Wilson), verdict. Each
    interval stands for itself: of many comparisons, one in twenty misses. Base: the first point unless named.

    Raises:
        ValueError: there is no such outcome or point.
    """
    import pandas as pd

    layout = results.layout
    first = layout.points[0] if base is None else base
    chosen = layout.outcomes if outcomes is None else tuple(outcomes)
    rows = []
    for outcome in chosen:
        for firm in layout.firms:
            for point in layout.points:
                names = {"metric": outcome, "unit": metric_units().get(outcome, ""), "firm": firm, "point": point}
                cells = _cells(results, (first, point), outcome, firm)
                rows.append({**names, **layout.settings[point], **cells})
    return pd.DataFrame(rows)


def _cells(results: Results, pair: tuple[str, str], outcome: str, firm: str) -> dict[str, Any]:
    own = mean_interval(results.own_values(pair[1], outcome, firm))
    mean = {"mean": own.value, "mean_low": own.low, "mean_high": own.high, "n": own.n}
    if pair[0] == pair[1]:
        return {**mean, **_NOTHING}
    a, b = results.pairs(*pair, outcome, firm)
    found = difference_cells(a, b)
    found |= {name: found[name.replace("probability", "probability_b")] for name in _MORE if "probability" in name}
    found["won"] = found["won_by_b"]
    return {**mean, **{name: found[name] for name in _SPANS}, "pairs": found["n"],
            **{name: found[name] for name in _MORE}}
