"""One factor at a time at either end of its range: what becomes of the answer, and who then surely wins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.statistics.intervals import ADVICE_RUNS, SURE_RUNS, Floats, Interval, mean_interval, surely_ahead
from sim.studies.asking import Order
from sim.studies.factors import Factor
from sim.studies.model import Answers, Changes

MOST_CHECKED = 12
"""Ends that are planned to be run again because another option is ahead there (assumption; all such ends are)."""


def facts(factor: Factor) -> dict[str, Any]:
    """What a table says of a factor itself."""
    return {
        "factor": factor.path, "label": factor.words, "unit": factor.unit, "source": factor.source,
        "is_guess": factor.is_guess, "value": factor.value, "low": factor.low, "high": factor.high,
    }


def ends_of(asked: Order, factors: tuple[Factor, ...]) -> tuple[Answers, Answers, Answers]:
    """Answers at the base [1], and with one factor at a time at its low end [k] and at its high end [k]."""
    points: list[Changes] = [{}, *({factor.path: factor.low} for factor in factors)]
    points += [{factor.path: factor.high} for factor in factors]
    asked.model.plan(len(points) * asked.replications)
    both = asked.answers(points)
    k = len(factors)
    parts = [slice(0, 1), slice(1, 1 + k), slice(1 + k, 1 + 2 * k)]
    base, low, high = (Answers(both.a[part], both.b[part]) for part in parts)
    return base, low, high


def widest(asked: Order, factors: tuple[Factor, ...], count: int) -> tuple[Factor, ...]:
    """The factors that move the answer farthest, in two runs at each end."""
    base, low, high = (one.mean for one in ends_of(Order(asked.model, asked.scenario, 2), factors))
    reach = {factor.path: _reach([low[k], high[k], base[0]]) for k, factor in enumerate(factors)}
    return tuple(sorted(factors, key=lambda factor: -reach[factor.path])[:count])


def advice(asked: Order) -> Interval:
    """The answer as written, from as many runs as every design reads the advice from, or more where they are there."""
    runs = asked.replications if asked.question.a is None else max(ADVICE_RUNS, asked.replications)
    return mean_interval(asked.answers([{}], range(runs)).difference[0])


def tornado_rows(asked: Order, factors: tuple[Factor, ...]) -> list[dict[str, Any]]:
    """Rows of `Sensitivity.table()` for a tornado, the widest bar first.

    What an end of a range makes of the answer is the answer as written, from all its runs, and the paired change.

    Raises:
        ValueError: there is no number as written.
    """
    more = 0 if asked.question.a is None else max(0, ADVICE_RUNS - asked.replications)
    checks = min(MOST_CHECKED, 2 * len(factors)) * max(0, SURE_RUNS - asked.replications)
    asked.model.plan((2 * len(factors) + 1) * asked.replications + more + checks)
    start, low, high = (one.difference for one in ends_of(asked, factors))
    base = advice(asked)
    if not np.isfinite(base.value):
        raise ValueError(f"There is no number for {asked.question.words} as written: every run of it gave none.")
    rows = []
    for place, factor in enumerate(factors):
        row: dict[str, Any] = {**facts(factor), "base": base.value, "base_low": base.low, "base_high": base.high,
                               "base_n": base.n}
        changes = [mean_interval(end - start[0]) for end in (low[place], high[place])]
        for name, change in zip(("at_low", "at_high"), changes, strict=True):
            row |= {name: base.value + change.value, f"{name}_from": base.value + change.low,
                    f"{name}_to": base.value + change.high}
        swing = mean_interval(high[place] - low[place])
        farther = max(changes, key=lambda change: abs(change.value) if change.n else 0.0)
        rows.append({**row, "clear": farther.excludes_zero or swing.excludes_zero, "swing": swing.value,
                     "swing_low": swing.low, "swing_high": swing.high, "n": swing.n})
    for end, values in (("low", low), ("high", high)):
        for row, winner in zip(rows, _winners(asked, base, factors, (end, values)), strict=True):
            row[f"winner_{end}"] = winner
    for row in rows:
        row["reverses"] = " and ".join(end for end in ("low", "high") if row[f"winner_{end}"])
    return sorted(rows, key=lambda row: -_reach([row["at_low"], row["at_high"], row["base"]]))


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
