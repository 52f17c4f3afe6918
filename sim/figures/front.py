"""Two goals at once: what can be had of one without giving up the other."""

from __future__ import annotations

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import Floats
from sim.figures.style import (
    INK,
    MIST,
    SLATE,
    Words,
    currency_of,
    format_axis,
    halo,
    in_brackets,
    of_runs,
    say,
    shows,
    tick,
    write,
)
from sim.text.language import tr
from sim.text.numbers import written
from sim.text.words import in_words

_ON, _OFF = SLATE, MIST
START = "as written"
FEW, LARGE, SMALL = 12, 11, 7
"""Up to so many options on the front have large dots."""
MOST_LEVERS = 4
KNEE = 0.05
"""How far from the line between the ends, as a share of both ranges, the knee must lie to be one."""
SIZE = 15
_GOALS = ["goal_1", "goal_2"]


@shows("goal_1", "goal_2", "on_front")
def front(table: pd.DataFrame, ax: Axes) -> None:
    """Every option tried, by its two goals; those that no other beats in both are joined and named.

    Table: `goal_1`, `goal_2` (means), `on_front` (true where no other option is better in both), and where there are,
    `label` (else the option's levers, in the columns `firms.…`), `role` (`start`: as written), `n`, and the intervals
    `goal_1_low`, `goal_1_high`, `goal_2_low`, `goal_2_high`. Units: those of the goals. `attrs`: `goal_words`,
    `goal_units` (two each), `firm`, `currency`, `finding`. A letter marks the ends and the knee (furthest from the line
    between the ends); their names stand at the right. Of more than four levers, names tell those that differ most along
    the front.
    """
    on_front = table["on_front"].astype(bool)
    best = table[on_front].sort_values("goal_1")
    start = table[table["role"] == "start"] if "role" in table.columns else table[:0]
    crosses = len(best) > 0 and {f"{goal}_{end}" for goal in _GOALS for end in ("low", "high")} <= set(table.columns)
    few = len(best) <= FEW
    _write_around(ax, table, best, crosses)
    ax.plot(*_points(table[~on_front]).T, "o", color=_OFF, markersize=8, zorder=2)
    ax.plot(*_points(best).T, "-o", color=_ON, markersize=LARGE if few else SMALL, zorder=4)
    for row in best.to_dict("records") if crosses else ():
        width = 1.4 if few else 0.8
        ax.plot([row["goal_1_low"], row["goal_1_high"]], [row["goal_2"]] * 2, color=_ON, linewidth=width, zorder=3)
        ax.plot([row["goal_1"]] * 2, [row["goal_2_low"], row["goal_2_high"]], color=_ON, linewidth=width, zorder=3)
    ax.plot(*_points(start).T, "o", color="none", markersize=17, markeredgecolor=INK, markeredgewidth=2, zorder=5)
    ax.grid(True, axis="x")
    ax.margins(x=0.08, y=0.12)
    _name_best(ax, best)
    for at in _points(start):
        say(ax, in_words(START), at, (0, -13), ha="center", va="top", fontsize=SIZE, color=INK, zorder=8,
            path_effects=halo())


def _points(table: pd.DataFrame) -> Floats:
    """The two goals of each option: [n, 2]."""
    return table[_GOALS].to_numpy(dtype=float)


def _write_around(ax: Axes, table: pd.DataFrame, best: pd.DataFrame, crosses: bool) -> None:
    """Title, units and note; numbers at the axes."""
    words = table.attrs.get("goal_words") or (tr("goal 1"), tr("goal 2"))
    units = table.attrs.get("goal_units", ("", ""))
    labels = [f"{word}{in_brackets(unit, currency_of(table))}" for word, unit in zip(words, units, strict=True)]
    leaves_out = "label" not in best.columns and len(_levers(best)) > MOST_LEVERS
    notes = [of_runs(table, tr("Means of {} paired runs.")), tr("Crosses: 95 % intervals.") if crosses else "",
             tr("Named: the {count} levers that differ most.", count=MOST_LEVERS) if leaves_out else ""]
    firm = table.attrs.get("firm")
    title = tr("What one goal costs the other for {firm}", firm=firm) if firm else tr("What one goal costs the other")
    unit = tr("dark and joined: no option is better in both") if len(best) else ""
    words = Words(title, unit, labels[0], y=fill(labels[1], 34))
    write(ax, words, table, " ".join(filter(None, notes)))
    format_axis(ax.xaxis, lambda value: tick(value, units[0]))
    format_axis(ax.yaxis, lambda value: tick(value, units[1]))
    ax.locator_params(axis="x", nbins=6)


def _levers(best: pd.DataFrame) -> list[str]:
    return [str(name) for name in best.columns if str(name).startswith("firms.")]


def levers_named(best: pd.DataFrame) -> list[str]:
    """The levers (columns `firms.…`) that names tell: at most four, those that differ most along the front.

    >>> levers_named(pd.DataFrame({f"firms.A.{lever}": [1.0, 1.0 + rise] for rise, lever in enumerate("vwxyz")}))
    ['firms.A.w', 'firms.A.x', 'firms.A.y', 'firms.A.z']
    """
    values = best[_levers(best)].astype(float)
    ranges = (values.max() - values.min()) / values.abs().max().clip(lower=1e-300)
    return values.columns[np.sort(np.argsort(-ranges.to_numpy(), kind="stable")[:MOST_LEVERS])].tolist()


def _names(best: pd.DataFrame) -> list[str]:
    """The label of each option, or its levers with their values."""
    if "label" in best.columns:
        return [str(label) for label in best["label"]]
    levers = levers_named(best)
    short = [in_words(lever.rpartition(".")[2]) for lever in levers]
    return ["\n".join(f"{name} {written(f'{value:.3g}')}" for name, value in zip(short, values, strict=True))
            for values in best[levers].to_numpy(float).tolist()]


def ends_and_knee(goals: Floats) -> list[int]:
    """Which options of a front [n, 2], sorted by the first goal, have names: the ends and the knee between them.

    >>> ends_and_knee(np.array([[0.0, 9.0], [1.0, 8.9], [2.0, 8.8], [8.0, 8.0], [9.0, 0.0]]))
    [0, 3, 4]
    """
    if not len(goals):
        return []
    span = np.ptp(goals, axis=0)
    places = (goals - goals.min(axis=0)) / np.where(span > 0, span, 1.0)
    along = places[-1] - places[0]
    if not along.any():
        return [0]
    away = np.abs((places - places[0]) @ np.array([-along[1], along[0]])) / float(np.hypot(*along))
    return sorted({0, len(goals) - 1, *([int(away.argmax())] if away.max() > KNEE else [])})


def _name_best(ax: Axes, best: pd.DataFrame) -> None:
    """Letters on the ends and the knee of the front, what they are at the right."""
    goals, names, lines = _points(best), _names(best), 0.0
    for letter, place in zip("ABC", ends_and_knee(goals), strict=False):
        ax.plot(*goals[place], "o", color=_ON, markersize=22, markeredgecolor="white", zorder=6)
        ax.annotate(letter, goals[place], ha="center", va="center_baseline", color="white", fontsize=14,
                    fontweight="bold", zorder=7)
        name = f"{letter}: {names[place]}"
        say(ax, name, (1, 1), (14, -1.3 * SIZE * lines), coords="axes fraction", va="top", fontsize=SIZE, color=INK)
        lines += name.count("\n") + 1.6
