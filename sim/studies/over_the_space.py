"""Morris walks and Sobol's shares of variance over the whole space of factors: rows of `Sensitivity.table()`."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.statistics.intervals import Floats, Interval
from sim.statistics.sobol import Indices, morris_indices, morris_points, sobol_indices, sobol_points
from sim.studies.asking import Order, changed
from sim.studies.factors import Factor
from sim.studies.one_at_a_time import facts

WIDE = 0.4
"""Width of the interval of a share from which it says little (assumption)."""
ALL_ALONE = 0.9
"""The factors act alone, as good as, where one by one they account for at least this share (assumption)."""
STEADY, UNSTEADY = 0.5, 1.0
"""σ over μ* up to which an effect goes one way throughout, and from which it depends strongly on where things stand
(Garcia Sanchez et al. 2014, Energy and Buildings 68)."""
EVERYWHERE, SOMEWHAT, STRONGLY = "much the same everywhere", "depends on the rest", "depends strongly on the rest"


def morris_rows(asked: Order, factors: tuple[Factor, ...], walks: int) -> list[dict[str, Any]]:
    """The size of each factor's effect and how much it depends on where it and the others stand, the largest first."""
    places = morris_points(len(factors), walks, asked.model.seed)
    found = morris_indices(places, _means(asked, factors, places), asked.model.seed)
    rows = []
    for k, factor in enumerate(factors):
        size, half = float(found.values["mean_absolute"][k]), float(found.halves["mean_absolute"][k])
        spread = float(found.values["spread"][k])
        steady = spread <= STEADY * size
        rows.append({
            **facts(factor), "mean_absolute": size, "mean_absolute_low": max(0.0, size - half),
            "mean_absolute_high": size + half, "mean": float(found.values["mean"][k]), "spread": spread,
            "depends": EVERYWHERE if steady else SOMEWHAT if spread <= UNSTEADY * size else STRONGLY, "n": walks,
        })
    return sorted(rows, key=lambda row: -row["mean_absolute"])


def sobol_rows(asked: Order, factors: tuple[Factor, ...], samples: int) -> tuple[list[dict[str, Any]], Interval | None]:
    """Each factor's share of the variance, the largest first, and what they account for one by one, as estimated.

    A share lies between 0 and 1, and alone it is at most what it is in all: estimates and intervals are held to that
    (`shares_of`). The sum is not held: where it lies outside, that tells how little is known. None: nothing varies.
    """
    places = sobol_points(len(factors), samples, asked.model.seed)
    found = sobol_indices(len(factors), _means(asked, factors, places), asked.model.seed)
    first, total = shares_of(found)
    rows = []
    for k, factor in enumerate(factors):
        row = facts(factor)
        for name, shares in (("first", first), ("total", total)):
            row |= {name: shares[k].value, f"{name}_low": shares[k].low, f"{name}_high": shares[k].high}
        rows.append({**row, "n": samples})
    return sorted(rows, key=lambda row: -row["total"]), found.alone


def shares_of(found: Indices) -> tuple[list[Interval], list[Interval]]:
    """First-order and total shares with their intervals, possible ones.

    Where luck made a factor's share alone larger than its share in all, both become their mean, weighted by precision:
    the least-squares estimates under what must hold (isotonic; Barlow et al. 1972). All are held inside 0 to 1.
    """
    first: list[Interval] = []
    total: list[Interval] = []
    for k in range(len(found.values["first"])):
        values = [float(found.values[name][k]) for name in ("first", "total")]
        halves = [float(found.halves[name][k]) for name in ("first", "total")]
        shown = list(values)
        if values[0] > values[1]:
            weights = np.array([1.0 / max(half, 1e-12) ** 2 for half in halves])
            shown = [float(weights @ np.array(values) / weights.sum())] * 2
        for into, value, estimate, half in zip((first, total), shown, values, halves, strict=True):
            middle, low, high = (min(1.0, max(0.0, end)) for end in (
                value, min(value, estimate - half), max(value, estimate + half)))
            into.append(Interval(middle, low, high, 0))
    return first, total


def tells_alone(alone: Interval | None) -> bool:
    """Whether the sum of the first-order shares is known well enough to tell alone from together.

    It is where its interval is narrow (`WIDE`) and either leaves out 1 (the rest is interaction) or holds 1 and little
    below it (hardly any interaction). It is not where all of the interval is impossible.

    >>> tells_alone(Interval(0.7, 0.6, 0.8, 32)), tells_alone(Interval(0.9, 0.6, 1.2, 32))
    (True, False)
    >>> tells_alone(Interval(1.0, 0.95, 1.05, 32)), tells_alone(Interval(1.4, 1.3, 1.5, 32))
    (True, False)
    """
    if alone is None or alone.high < 0 or alone.low > 1 or not alone.high - alone.low <= WIDE:
        return False
    return alone.low >= ALL_ALONE or alone.high < 1


def _means(asked: Order, factors: tuple[Factor, ...], places: Floats) -> Floats:
    points = [changed(factors, row) for row in places]
    asked.model.plan(len(points) * asked.replications)
    means = asked.answers(points).mean
    if not np.isfinite(means).all():
        raise ValueError("Some points gave no number, so that no index can be told: choose narrower ranges.")
    return means
