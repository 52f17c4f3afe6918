"""The rows of a sensitivity analysis: one factor at a time, Morris walks, Sobol's shares of variance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.statistics.intervals import ADVICE_RUNS, SURE_RUNS, Floats, Interval, mean_interval, surely_ahead
from sim.statistics.sobol import Indices, morris_indices, morris_points, sobol_indices, sobol_points
from sim.studies.answer_table import Field
from sim.studies.asking import Order, changed
from sim.studies.differences import interval_cells
from sim.studies.factors import Factor
from sim.studies.model import Answers, Changes
from sim.text.language import marked

MOST_CHECKED = 12
"""Ends that are planned to be run again because another option is ahead there (assumption; all such ends are)."""
WIDE = 0.4
"""Width of the interval of a share from which it says little (assumption)."""
ALL_ALONE = 0.9
"""The factors act alone, as good as, where one by one they account for at least this share (assumption)."""
STEADY, UNSTEADY = 0.5, 1.0
"""σ over μ* up to which an effect goes one way throughout, and from which it depends strongly on where things stand
(Garcia Sanchez et al. 2014, Energy and Buildings 68)."""
EVERYWHERE, SOMEWHAT, STRONGLY = (
    marked("much the same everywhere"), marked("depends on the rest"), marked("depends strongly on the rest"))

COLUMNS = (
    Field("factor"), Field("value"), Field("low"), Field("high"), Field("at_low", form="signed"),
    Field("at_high", form="signed"), Field("reverses"), Field("mean_absolute", "effect", "gap"),
    Field("spread", form="gap"), Field("first", "alone", "share", when="tells_alone"),
    Field("total", "in all", "share"), Field("total_low", "from", "share"), Field("total_high", "to", "share"),
)
"""What a terminal shows, of every method what it has."""


def facts(factor: Factor) -> dict[str, Any]:
    """What a table says of a factor itself."""
    return {
        "factor": factor.path, "label": factor.words, "unit": factor.unit, "source": factor.source,
        "is_guess": factor.is_guess, "value": factor.value, "low": factor.low, "high": factor.high,
    }


def ends_of(asked: Order, factors: tuple[Factor, ...]) -> tuple[Answers, Answers, Answers]:
    """Answers at the base [1], and with one factor at a time at its low end [k] and at its high end [k]."""
    points: list[Changes] = [{}, *({factor.path: factor.low} for factor in factors),
                             *({factor.path: factor.high} for factor in factors)]
    asked.model.plan(len(points) * asked.replications)
    found, k = asked.answers(points), len(factors)
    base, low, high = (Answers(found.a[part], found.b[part]) for part in (
        slice(0, 1), slice(1, 1 + k), slice(1 + k, 1 + 2 * k)))
    return base, low, high


def widest(asked: Order, factors: tuple[Factor, ...], count: int) -> tuple[Factor, ...]:
    """The factors that move the answer farthest, in two runs at each end."""
    base, low, high = (one.mean for one in ends_of(Order(asked.model, asked.scenario, 2), factors))
    reach = {factor.path: _reach([low[k], high[k], base[0]]) for k, factor in enumerate(factors)}
    return tuple(sorted(factors, key=lambda factor: -reach[factor.path])[:count])


def tornado_rows(asked: Order, factors: tuple[Factor, ...]) -> list[dict[str, Any]]:
    """Rows of a tornado, the widest bar first; those of which an end has no number last.

    What an end of a range makes of the answer is the answer as written, from as many runs as every study reads the
    advice from, and the paired change.

    Raises:
        ValueError: there is no number as written.
    """
    base_runs = asked.replications if asked.question.a is None else max(ADVICE_RUNS, asked.replications)
    checks = min(MOST_CHECKED, 2 * len(factors)) * max(0, SURE_RUNS - asked.replications)
    asked.model.plan(2 * len(factors) * asked.replications + base_runs + checks)
    start, low, high = (one.difference for one in ends_of(asked, factors))
    base = mean_interval(asked.answers([{}], range(base_runs)).difference[0])
    if not np.isfinite(base.value):
        raise ValueError(f"There is no number for {asked.question.words} as written: every run of it gave none.")
    winners = {end: _winners(asked, base, factors, (end, values)) for end, values in (("low", low), ("high", high))}
    rows = []
    for place, factor in enumerate(factors):
        row: dict[str, Any] = {**facts(factor), **interval_cells("base", base), "base_n": base.n}
        changes = [mean_interval(end - start[0]) for end in (low[place], high[place])]
        for name, change in zip(("at_low", "at_high"), changes, strict=True):
            row |= {name: base.value + change.value, f"{name}_from": base.value + change.low,
                    f"{name}_to": base.value + change.high}
        swing = mean_interval(high[place] - low[place])
        farther = max(changes, key=lambda change: abs(change.value) if change.n else 0.0)
        turned = {end: names[place] for end, names in winners.items()}
        rows.append({
            **row, "clear": bool(swing.n) and (farther.excludes_zero or swing.excludes_zero),
            **interval_cells("swing", swing), "n": swing.n, **{f"winner_{end}": name for end, name in turned.items()},
            "reverses": " and ".join(end for end, name in turned.items() if name),
        })
    return sorted(rows, key=lambda row: (not row["n"], -_reach([row["at_low"], row["at_high"], row["base"]])))


def _reach(values: Sequence[float]) -> float:
    """How far the bar of a factor goes: both ends may lie on the same side of the base."""
    known = [value for value in values if np.isfinite(value)]
    return max(known) - min(known) if known else 0.0


def _winners(asked: Order, base: Interval, factors: tuple[Factor, ...], ends: tuple[str, Floats]) -> list[str]:
    """For each factor, the option that surely wins at this end and does not as written; "" where there is none.

    Where another option is ahead in the mean of a few runs, `SURE_RUNS` tell whether it surely wins.
    """
    found = [""] * len(factors)
    if asked.question.a is None:
        return found
    name, values = ends
    signs = (1.0, -1.0) if not base.excludes_zero else (-1.0,) if base.value > 0 else (1.0,)
    seem = [(k, sign) for k in range(len(factors)) for sign in signs if mean_interval(sign * values[k]).value > 0]
    points: list[Changes] = [{factors[k].path: getattr(factors[k], name)} for k, _ in seem]
    if not points:
        return found
    again = asked.answers(points, range(max(SURE_RUNS, asked.replications))).difference
    for (k, sign), differences in zip(seem, again, strict=True):
        if surely_ahead(sign * differences):
            found[k] = asked.question.winner(sign)
    return found


def morris_rows(asked: Order, factors: tuple[Factor, ...], walks: int) -> list[dict[str, Any]]:
    """The size of each factor's effect and how much it depends on where it and the others stand, the largest first."""
    places = morris_points(len(factors), walks, asked.model.seed)
    found = morris_indices(places, _means(asked, factors, places), asked.model.seed)
    rows = []
    for k, factor in enumerate(factors):
        size, mean, spread = (float(found.values[name][k]) for name in ("mean_absolute", "mean", "spread"))
        half = float(found.halves["mean_absolute"][k])
        depends = EVERYWHERE if spread <= STEADY * size else SOMEWHAT if spread <= UNSTEADY * size else STRONGLY
        rows.append({
            **facts(factor), **interval_cells("mean_absolute", Interval(size, max(0.0, size - half), size + half, 0)),
            "mean": mean, "spread": spread, "depends": depends, "n": walks,
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
    rows = [{**facts(factor), **interval_cells("first", first[k]), **interval_cells("total", total[k]), "n": samples}
            for k, factor in enumerate(factors)]
    return sorted(rows, key=lambda row: -row["total"]), found.alone


def shares_of(found: Indices) -> tuple[list[Interval], list[Interval]]:
    """First-order and total shares with their intervals, possible ones.

    Where chance made a factor's share alone larger than its share in all, both become their mean, weighted by
    precision: the least-squares estimates under what must hold (isotonic; Barlow et al. 1972). All are held inside 0 to
    1.
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
