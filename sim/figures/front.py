"""Two goals at once: what can be had of one without giving up the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.figures.style import INK, Words, counted_runs, currency_of, format_axis, in_brackets, shows, tick, write

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Line = tuple[Sequence[float], Sequence[float]]
_ON, _OFF = "#0072B2", "#B8B8B8"
START = "as written"
FEW, LARGE, SMALL = 12, 11, 7
"""Up to so many options on the front have large dots."""
MOST_LEVERS = 4
KNEE = 0.05
"""How far from the line between the ends, as a share of both ranges, the knee must lie to be one."""
SIZE = 15


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
    parts = _parts(table)
    _write_around(ax, table, parts)
    few = len(parts.best) <= FEW
    ax.plot(*_goals(parts.others), "o", color=_OFF, markersize=8, zorder=2)
    ax.plot(*_goals(parts.best), "-o", color=_ON, markersize=LARGE if few else SMALL, zorder=4)
    for cross in parts.crosses:
        ax.plot(*cross, color=_ON, linewidth=1.4 if few else 0.8, zorder=3)
    ax.plot(*_goals(parts.start), "o", color="none", markersize=17, markeredgecolor=INK, markeredgewidth=2, zorder=5)
    ax.grid(True, axis="x")
    ax.margins(x=0.08, y=0.12)
    _name(ax, parts)


class _Parts(NamedTuple):
    best: pd.DataFrame  # from left to right
    others: pd.DataFrame
    start: pd.DataFrame
    crosses: list[Line]  # intervals of the best
    names: list[str]  # of the best


def _parts(table: pd.DataFrame) -> _Parts:
    """What is drawn."""
    on_front = table["on_front"].astype(bool)
    best = table[on_front].sort_values("goal_1")
    start = table[table["role"] == "start"] if "role" in table.columns else table[:0]
    crosses: list[Line] = []
    for row in best.to_dict("records") if _has_intervals(table) else ():
        crosses.append(((row["goal_1_low"], row["goal_1_high"]), (row["goal_2"], row["goal_2"])))
        crosses.append(((row["goal_1"], row["goal_1"]), (row["goal_2_low"], row["goal_2_high"])))
    return _Parts(best, table[~on_front], start, crosses, _names(best))


def _has_intervals(table: pd.DataFrame) -> bool:
    return {f"goal_{goal}_{end}" for goal in (1, 2) for end in ("low", "high")} <= set(table.columns)


def _goals(table: pd.DataFrame) -> tuple[Any, Any]:
    return table["goal_1"].to_numpy(float), table["goal_2"].to_numpy(float)


def _write_around(ax: Axes, table: pd.DataFrame, parts: _Parts) -> None:
    """Title, units and note; numbers at the axes."""
    words, units = (tuple(table.attrs.get(key, other)) for key, other in (("goal_words", ("goal 1", "goal 2")),
                                                                         ("goal_units", ("", ""))))
    labels = [f"{word}{in_brackets(unit, currency_of(table))}" for word, unit in zip(words, units, strict=True)]
    notes = [f"Means of {counted_runs(table)} paired runs."] if "n" in table.columns else []
    notes += ["Crosses: 95 % intervals."] if parts.crosses else []
    notes += [f"Told: the {MOST_LEVERS} levers that differ most."] if _leaves_out(parts.best) else []
    firm = f" for {table.attrs['firm']}" if table.attrs.get("firm") else ""
    unit = f"upwards: {labels[1]}" + ("; blue and joined: no option is better in both" if len(parts.best) else "")
    write(ax, Words(f"What one goal costs the other{firm}", unit, labels[0]), table, " ".join(notes))
    format_axis(ax.xaxis, lambda value: tick(value, units[0]))
    format_axis(ax.yaxis, lambda value: tick(value, units[1]))
    ax.locator_params(axis="x", nbins=6)


def levers_told(best: pd.DataFrame) -> list[str]:
    """The levers (columns `firms.…`) that names tell: at most four, those that differ most along the front.

    >>> import pandas as pd
    >>> levers_told(pd.DataFrame({f"firms.A.{lever}": [1.0, 1.0 + rise] for rise, lever in enumerate("vwxyz")}))
    ['firms.A.w', 'firms.A.x', 'firms.A.y', 'firms.A.z']
    """
    levers = [str(name) for name in best.columns if str(name).startswith("firms.")]
    values = best[levers].to_numpy(float).reshape(-1, len(levers))
    sizes = np.maximum(np.abs(values).max(axis=0, initial=0.0), 1e-300)
    spread = (values.max(axis=0, initial=-np.inf) - values.min(axis=0, initial=np.inf)) / sizes
    chosen = np.sort(np.argsort(-spread, kind="stable")[:MOST_LEVERS])
    return [levers[place] for place in chosen]


def _leaves_out(best: pd.DataFrame) -> bool:
    return "label" not in best.columns and sum(str(name).startswith("firms.") for name in best.columns) > MOST_LEVERS


def _names(best: pd.DataFrame) -> list[str]:
    """The label of each option, or its levers with their values."""
    if "label" in best.columns:
        return [str(label) for label in best["label"]]
    levers = levers_told(best)
    short = [lever.rpartition(".")[2].replace("_", " ") for lever in levers]
    return ["\n".join(f"{name} {value:.3g}" for name, value in zip(short, values, strict=True))
            for values in best[levers].to_numpy(float).tolist()]


def ends_and_knee(goals: np.ndarray) -> list[int]:
    """Which options of a front [n, 2], sorted by the first goal, have names: the ends and the knee between them.

    >>> ends_and_knee(np.array([[0.0, 9.0], [1.0, 8.9], [2.0, 8.8], [8.0, 8.0], [9.0, 0.0]]))
    [0, 3, 4]
    """
    span = np.ptp(goals, axis=0)
    places = (goals - goals.min(axis=0)) / np.where(span > 0, span, 1.0)
    along = places[-1] - places[0]
    if not along.any():
        return [0]
    away = np.abs((places - places[0]) @ np.array([-along[1], along[0]])) / float(np.hypot(*along))
    return sorted({0, len(goals) - 1, *([int(away.argmax())] if away.max() > KNEE else [])})


def _name(ax: Axes, parts: _Parts) -> None:
    """Letters on some options of the front, what they are at the right, and words below the start."""
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=4, foreground="white")]
    goals, lines = np.column_stack(_goals(parts.best)), 0.0
    for letter, place in zip("ABC", ends_and_knee(goals) if len(goals) else (), strict=False):
        ax.plot(*goals[place], "o", color=_ON, markersize=22, markeredgecolor="white", zorder=6)
        ax.annotate(letter, goals[place], ha="center", va="center_baseline", color="white", fontsize=14,
                    fontweight="bold", zorder=7)
        name = f"{letter}: {parts.names[place]}"
        ax.annotate(name, (1, 1), (14, -1.3 * SIZE * lines), xycoords="axes fraction", textcoords="offset points",
                    va="top", fontsize=SIZE, color=INK, annotation_clip=False)
        lines += name.count("\n") + 1.6
    for at in np.column_stack(_goals(parts.start)):
        ax.annotate(START, at, (0, -13), textcoords="offset points", ha="center", va="top", fontsize=SIZE, color=INK,
                    zorder=8, path_effects=halo)
