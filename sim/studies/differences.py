"""One line of a comparison: two columns of paired runs, their difference, its interval and a verdict in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from sim.metrics.registry import headlines
from sim.runs.summary import EQUITY, metric_units
from sim.statistics.intervals import Floats, Interval, mean_interval, paired_difference
from sim.text.findings import HIGHER, IDENTICAL, LOWER, ONE_RUN, TOO_CLOSE, UNKNOWN

KEY_METRICS = (
    EQUITY, "cumulative_discounted_profit_money", "kept_one_year_share", "truly_loyal_survey_share",
    "new_customers_last_year_people", "active_customers_people",
)
"""The headlines that a first page has room for."""


def chosen_metrics(metrics: Iterable[str] | str | None) -> tuple[str, ...]:
    """Names of metrics: the headlines for None, all for "all", else as given.

    >>> chosen_metrics("market_share")
    ('market_share',)
    """
    if metrics is None:
        return headlines()
    if metrics == "all":
        return tuple(metric_units())
    return (metrics,) if isinstance(metrics, str) else tuple(metrics)


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
    """Quantiles over runs (the first axis), NaN left out; NaN where no run has a number."""
    known = np.isfinite(every).any(axis=0)
    found: dict[str, Any] = {}
    for name, share in QUANTILES.items() if len(every) > 1 else [("middle", 0.5)]:
        found[name] = np.full(known.shape, np.nan)
        found[name][known] = np.nanquantile(every[:, known], share, axis=0)
    return {**found, "n": len(every)}


def difference_cells(a: Floats, b: Floats) -> dict[str, Any]:
    """Mean difference b − a of paired runs: everything that a reader needs to judge it, and a verdict.

    `low` and `high` are its 95 % t interval, `bootstrap_low` and `bootstrap_high` that of a percentile bootstrap;
    `probability_b` is the share of runs in which b is larger (ties count half) with Wilson's interval; `variance_ratio`
    and `correlation` say what pairing gained. A run in which either is NaN does not count. Verdict: higher or lower
    where the t interval excludes 0, else "too close to call"; identical values in every run are said to be so.

    >>> cells = difference_cells(np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.5, 4.0]))
    >>> round(cells["difference"], 3), cells["won_by_b"], cells["verdict"]
    (1.167, 3, 'higher')
    """
    both = np.isfinite(a) & np.isfinite(b)
    first, second = a[both], b[both]
    found = paired_difference(first, second)
    difference = found.mean
    return {
        "mean_a": mean_interval(first).value, "mean_b": mean_interval(second).value,
        "difference": difference.value, "low": difference.low, "high": difference.high, "n": difference.n,
        "bootstrap_low": found.bootstrap.low, "bootstrap_high": found.bootstrap.high,
        "variance_ratio": found.variance_ratio, "correlation": found.correlation,
        "won_by_b": int((second > first).sum()), "probability_b": found.ahead.value,
        "probability_b_low": found.ahead.low, "probability_b_high": found.ahead.high,
        "verdict": verdict_of(second - first, difference),
    }


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
