"""Rows of tables: paired runs of two options, their difference, its interval and a verdict in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.metrics.headlines import shown_metrics
from sim.runs.results import Results
from sim.runs.summary import metric_units
from sim.scenario.schema import Scenario
from sim.statistics.intervals import Floats, Interval, PairedDifference, mean_interval, paired_difference
from sim.text.findings import HIGHER, IDENTICAL, LOWER, ONE_RUN, TOO_CLOSE, UNKNOWN
from sim.text.language import tr
from sim.text.words import counted

if TYPE_CHECKING:
    import pandas as pd

BASE = "compared with"
"""The verdict of the point that all others are compared with."""
_POINT_CELLS = {
    **{name: name for name in ("difference", "low", "high", "bootstrap_low", "bootstrap_high")}, "pairs": "n",
    "variance_ratio": "variance_ratio", "correlation": "correlation", "won": "won_by_b", "probability": "probability_b",
    "probability_low": "probability_b_low", "probability_high": "probability_b_high", "verdict": "verdict",
}
"""Columns of a point table, with their names among the cells of a difference."""


def chosen_metrics(metrics: Iterable[str] | str | None, scenario: Scenario) -> tuple[str, ...]:
    """Names of metrics: the scenario's headline and the standard ones for None, all for "all", else as given."""
    if metrics is None:
        return shown_metrics(scenario)
    if metrics == "all":
        return tuple(metric_units())
    named = (metrics,) if isinstance(metrics, str) or hasattr(metrics, "formula") else metrics
    return tuple(str(getattr(one, "name", one)) for one in named)


MANY_RUNS = 20
"""From so many runs on one lies beyond a quantile of 5 %; of fewer, the ends are the lowest and the highest run."""
QUANTILES = {"lowest": 0.05, "lower": 0.25, "middle": 0.5, "upper": 0.75, "highest": 0.95}


def means(every: Floats) -> dict[str, Any]:
    """Mean over runs (the first axis) with Student's t interval, NaN left out; no interval for a single run.

    >>> found = means(np.array([[1.0], [2.0], [3.0]]))
    >>> found["mean"].tolist(), found["low"].round(3).tolist(), found["n"]
    ([2.0], [-0.484], 3)
    """
    from scipy.special import stdtrit

    known = np.isfinite(every)
    n = known.sum(axis=0)
    total = np.where(known, every, 0.0).sum(axis=0)
    mean = np.divide(total, n, out=np.full(n.shape, np.nan), where=n > 0)
    found: dict[str, Any] = {"mean": mean}
    if every.shape[0] > 1:
        off = np.where(known, every - mean, 0.0)
        freedom = np.maximum(n - 1, 1)
        half = stdtrit(freedom, 0.975) * np.sqrt((off * off).sum(axis=0) / freedom / np.maximum(n, 1))
        half = np.where(n > 1, half, np.nan)
        found |= {"low": mean - half, "high": mean + half}
    return {**found, "n": every.shape[0]}


def quantiles_over_runs(every: Floats) -> dict[str, Any]:
    """Quantiles over runs (the first axis), NaN left out; NaN where no run has a number.

    Of fewer than twenty runs `lowest` and `highest` are the lowest and the highest run.
    """
    known = np.isfinite(every).any(axis=0)
    found: dict[str, Any] = {}
    ends = {} if len(every) >= MANY_RUNS else {"lowest": 0.0, "highest": 1.0}
    for name, share in {**QUANTILES, **ends}.items() if len(every) > 1 else [("middle", 0.5)]:
        found[name] = np.full(known.shape, np.nan)
        found[name][known] = np.nanquantile(every[:, known], share, axis=0)
    return {**found, "n": len(every)}


def finite(values: Floats, what: str, seeds: Iterable[int]) -> Floats:
    """The numbers themselves, one for each seed; NaN is no number and may be there.

    Raises:
        ValueError: one of them is infinite.
    """
    for seed, value in zip(seeds, values, strict=True):
        if np.isinf(value):
            raise ValueError(f"{what} is infinite with seed {seed}; no mean can be told with it.")
    return values


def difference_cells(a: Floats, b: Floats) -> dict[str, Any]:
    """Mean difference b − a of paired runs: everything that a reader needs to judge it, and a verdict.

    `low` and `high` are its 95 % t interval, `bootstrap_low` and `bootstrap_high` that of a percentile bootstrap;
    `probability_b` is the share of runs in which b is larger (ties count half) with Wilson's interval; `variance_ratio`
    and `correlation` say what pairing gained. A run in which either is NaN does not count (`without_number` says how
    many those are). Verdict: higher or lower where the t interval excludes 0, else "too close to call"; identical
    values in every run, and no number in any, are said to be so.

    >>> cells = difference_cells(np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.5, 4.0]))
    >>> round(cells["difference"], 3), cells["won_by_b"], cells["verdict"]
    (1.167, 3, 'higher')
    """
    both = np.isfinite(a) & np.isfinite(b)
    first, second = a[both], b[both]
    found = paired_difference(first, second)
    return {
        "mean_a": mean_interval(first).value, "mean_b": mean_interval(second).value,
        "difference": found.mean.value, "low": found.mean.low, "high": found.mean.high, "n": found.n,
        "without_number": len(both) - found.n,
        "bootstrap_low": found.bootstrap.low, "bootstrap_high": found.bootstrap.high,
        "variance_ratio": found.variance_ratio, "correlation": found.correlation,
        "won_by_b": int((second > first).sum()), **interval_cells("probability_b", found.ahead),
        "verdict": verdict_of(second - first, found.mean),
    }


def mean_cells(mean: Interval, ahead: Interval) -> dict[str, Any]:
    """A mean difference as most studies show it, beside the share of pairs in which b is ahead."""
    return {"difference": mean.value, "low": mean.low, "high": mean.high, "n": mean.n, "share_b": ahead.value,
            "share_low": ahead.low, "share_high": ahead.high}


def judged_cells(found: PairedDifference) -> dict[str, Any]:
    """The same of paired runs, and the verdict."""
    return {**mean_cells(found.mean, found.ahead), "verdict": verdict_of(found.differences, found.mean)}


def told_without_number(row: Mapping[Any, Any]) -> str:
    """In how many runs of a row of a table there was no number, in a sentence after a blank; "" where in none.

    >>> told_without_number({"n": 6, "without_number": 2}), told_without_number({"n": 0, "without_number": 3})
    (' In 2 of 8 runs there is no number.', ' In none of 3 runs there is a number.')
    """
    missing, every = int(row.get("without_number", 0)), int(row.get("n", 0) + row.get("without_number", 0))
    if not missing:
        return ""
    return " " + (tr("In none of {count} runs there is a number.", count=every) if missing == every else
                  tr("In {missing} of {runs} there is no number.", missing=missing, runs=counted(every, "run")))


def interval_cells(name: str, interval: Interval) -> dict[str, float]:
    """A number with its interval, in three columns."""
    return {name: interval.value, f"{name}_low": interval.low, f"{name}_high": interval.high}


def verdict_of(differences: Floats, interval: Interval) -> str:
    """What the differences say, in words."""
    if interval.n == 0:
        return UNKNOWN
    if not differences.any():
        return IDENTICAL
    if interval.n == 1:
        return ONE_RUN
    if not interval.excludes_zero:
        return TOO_CLOSE
    return HIGHER if interval.value > 0 else LOWER


def point_table(results: Results, outcomes: Iterable[str] | None = None) -> pd.DataFrame:
    """One row per outcome, firm and point: its mean, and how it differs from the first point, replicate by replicate.

    Columns: metric, unit, firm, point, one per factor, mean, mean_low, mean_high (95 % t interval over its own runs), n
    (runs), difference (point − first), low, high (95 % t interval of the paired difference), bootstrap_low,
    bootstrap_high, pairs, variance_ratio (independent over paired), correlation, won (pairs in which the point is
    larger), probability (that it is larger; ties count half), probability_low, probability_high (Wilson), verdict. Each
    interval stands for itself: of many comparisons, one in twenty misses.

    Raises:
        ValueError: there is no such outcome.
    """
    import pandas as pd

    layout = results.layout
    first, rows = layout.points[0], []
    chosen = layout.outcomes if outcomes is None else tuple(outcomes)
    for outcome, firm, point in product(chosen, layout.firms, layout.points):
        own = mean_interval(results.own_values(point, outcome, firm))
        cells: dict[str, Any] = {**dict.fromkeys(_POINT_CELLS, np.nan), "pairs": 0, "won": 0, "verdict": BASE}
        if point != first:
            found = difference_cells(*results.pairs(first, point, outcome, firm))
            cells = {name: found[source] for name, source in _POINT_CELLS.items()}
        rows.append({"metric": outcome, "unit": metric_units().get(outcome, ""), "firm": firm, "point": point,
                     **layout.settings[point], **interval_cells("mean", own), "n": own.n, **cells})
    return pd.DataFrame(rows)
