"""Two goals at once: what can be had of one without giving up the other."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.figures._outcomes import amount, in_brackets
from sim.figures.style import GREY, INK, Words, counted_runs, currency_of, format_axis, shows, write

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Row = Mapping[Hashable, Any]
_ON, _OFF = "#0072B2", "#B8B8B8"
MOST_NAMED = 7


@shows("goal_1", "goal_2", "on_front")
def front(table: pd.DataFrame, ax: Axes) -> None:
    """Every option tried, by its two goals; those that no other beats in both are joined and named.

    Table: `goal_1`, `goal_2` (means), `on_front` (true where no other option is better in both), and where there are,
    `label` (else the option's levers, in the columns `firms.…`), `role` (`start`: as written), `n`, and the intervals
    `goal_1_low`, `goal_1_high`, `goal_2_low`, `goal_2_high`. Units: those of the goals. `attrs`: `goal_words`,
    `goal_units` (two each), `firm`, `currency`, `finding`. Of more than seven options on the front, the ends and evenly
    spaced ones are named.
    """
    words, units = (tuple(table.attrs.get(key, other)) for key, other in (("goal_words", ("goal 1", "goal 2")),
                                                                         ("goal_units", ("", ""))))
    labels = [f"{word}{in_brackets(unit, currency_of(table))}" for word, unit in zip(words, units, strict=True)]
    crosses = {f"goal_{goal}_{end}" for goal in (1, 2) for end in ("low", "high")} <= set(table.columns)
    note = f"Means of {counted_runs(table)} paired runs." if "n" in table.columns else ""
    note += " Crosses: 95 % intervals." if crosses else ""
    firm = f" for {table.attrs['firm']}" if table.attrs.get("firm") else ""
    unit = f"upwards: {labels[1]}; blue and joined: no option is better in both"
    write(ax, Words(f"What one goal costs the other{firm}", unit, labels[0]), table, note.strip())
    best = table[table["on_front"].astype(bool)].sort_values("goal_1")
    others = table[~table["on_front"].astype(bool)]
    ax.plot(others["goal_1"], others["goal_2"], "o", color=_OFF, markersize=8, zorder=2)
    ax.plot(best["goal_1"], best["goal_2"], "-o", color=_ON, markersize=11, zorder=4)
    for row in best.to_dict("records") if crosses else ():
        ax.plot([row["goal_1_low"], row["goal_1_high"]], [row["goal_2"]] * 2, color=_ON, linewidth=1.4, zorder=3)
        ax.plot([row["goal_1"]] * 2, [row["goal_2_low"], row["goal_2_high"]], color=_ON, linewidth=1.4, zorder=3)
    ax.grid(True, axis="x")
    ax.margins(0.14)
    format_axis(ax.xaxis, lambda value: amount(value, units[0]))
    format_axis(ax.yaxis, lambda value: amount(value, units[1]))
    ax.locator_params(axis="x", nbins=6)
    _mark_start(ax, table)
    _name(ax, best.to_dict("records"))


def _mark_start(ax: Axes, table: pd.DataFrame) -> None:
    """A ring around the option that the scenario has now."""
    for row in table[table["role"] == "start"].to_dict("records") if "role" in table.columns else ():
        at = (row["goal_1"], row["goal_2"])
        ax.plot(*at, marker="o", markersize=17, color="none", markeredgecolor=INK, markeredgewidth=2, zorder=5)
        ax.annotate("as written", at, (0, -14), textcoords="offset points", ha="center", va="top", fontsize=15)


def _words_of(row: Row) -> str:
    """An option's label, or its levers with their values; nothing where there are too many."""
    if "label" in row:
        return str(row["label"])
    levers = [f"{str(name).rpartition('.')[2].replace('_', ' ')} {float(value):.3g}" for name, value in row.items()
              if str(name).startswith("firms.")]
    return ", ".join(levers) if len(levers) < 3 else "\n".join(levers) if len(levers) < 5 else ""


def _name(ax: Axes, rows: Sequence[Row]) -> None:
    """Names above and right of the options on the front; that of the last one below and left of it."""
    from matplotlib.patheffects import withStroke

    last = len(rows) - 1
    named = range(len(rows)) if len(rows) <= MOST_NAMED else {round(last * k / (MOST_NAMED - 1))
                                                              for k in range(MOST_NAMED)}
    for place in sorted(named):
        at_end = place == last and last > 0
        ax.annotate(_words_of(rows[place]), (rows[place]["goal_1"], rows[place]["goal_2"]),
                    (-10, -8) if at_end else (10, 8), textcoords="offset points", ha="right" if at_end else "left",
                    va="top" if at_end else "bottom", fontsize=15, color=INK if place in (0, last) else GREY,
                    annotation_clip=False, path_effects=[withStroke(linewidth=4, foreground="white")], zorder=6)
