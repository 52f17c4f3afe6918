"""Where relations earn most and where deals do: markets in the plane of money and cost, and the border between."""

from __future__ import annotations

from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from sim.figures.style import GREY, INK, Words, format_axis, halo, look, shows, write
from sim.figures.winner_map import round_numbers
from sim.text.findings import TOO_CLOSE
from sim.text.language import marked, tr
from sim.text.numbers import percent, written

MARKS = {"deals": look(1), "relations": look(0), "idle": look(2)}
SIDES = {0.2: "right", 0.8: "left"}
"""On which side of its end the words of a line stand; those of other lines in the middle."""
NAMES = {"deals": marked("deals"), "relations": marked("relations"), "idle": marked("spending nothing")}


@shows("x", "y", "winner")
def profit_border(table: pd.DataFrame, ax: Axes) -> None:
    """Markets by what a customer brings a year and what a relation costs, marked by who surely earns most there.

    Table: `x` (money a customer brings a year), `y` (cost of a relation a year), `winner` (deals, relations, idle, too
    close to call); `attrs["borders"]` maps (rival, share of markets in which relations are ahead) to points (x, y).
    Unit: money a year, both scales logarithmic.
    """
    n, runs = len(table), int(table.attrs.get("runs", 1))
    note = fill(tr("{markets} markets drawn from ranges, {runs} paired runs each. Large marks: surely earns most; "
                   "rings: too close to call. Lines: relations are ahead in that share of the markets there.",
                   markets=written(f"{n:,}"), runs=runs), 96)
    unit = tr("a relation costs what knowing the customer costs, and the relation spend")
    write(ax, Words(tr("Where relations earn most"), unit,
                    tr("money that a customer brings a year (price × purchases), EUR, log scale"),
                    y=tr("cost of a relation, EUR a year, log scale")), table, note)
    ax.set(xscale="log", yscale="log", xlim=(table["x"].min() / 1.2, table["x"].max() * 1.2),
           ylim=(table["y"].min() / 1.2, table["y"].max() * 1.2))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(FixedLocator(round_numbers(*sorted(axis.get_view_interval()))))
        axis.set_minor_locator(NullLocator())
        format_axis(axis, lambda value: written(f"{value:,.6g}"))
    ax.grid(visible=False)
    rows = table[table["winner"] == TOO_CLOSE]
    ax.plot(rows["x"], rows["y"], "o", markersize=3.5, color="none", markeredgecolor=GREY, alpha=0.6, zorder=2)
    for name, style in MARKS.items():
        rows = table[table["winner"] == name]
        ax.plot(rows["x"], rows["y"], style.marker, markersize=6.5, color=style.colour, alpha=0.65, linestyle="none",
                markeredgewidth=0, zorder=3)
    for (rival, share), line in table.attrs.get("borders", {}).items():
        _draw_border(ax, np.array(line), rival, share)
    _name_winners(ax, table)


def _draw_border(ax: Axes, line: np.ndarray, rival: str, share: float) -> None:
    """A line with its words at the end that lies inside the picture."""
    low, high = sorted(ax.get_xlim())
    inside = line[(line[:, 0] >= low) & (line[:, 0] <= high)]
    if len(inside) < 2:
        return
    main = share == 0.5
    width, dashes = (3.2 if main else 1.8, "solid") if rival == "typical" else (1.8, (0, (4, 2)))
    ax.plot(inside[:, 0], inside[:, 1], color=INK if main else GREY, linewidth=width, linestyle=dashes, zorder=4)
    top = rival == "typical"
    place, side = (inside[-1], SIDES.get(share, "center")) if top else (inside[0], "left")
    words = percent(share) if top else tr("{share} where the rival reacts", share=percent(share))
    style: dict[str, Any] = {"color": INK if main else GREY, "fontweight": "bold" if main else "normal"}
    ax.annotate(words, tuple(place), (0 if top else 8, 3), textcoords="offset points", ha=side, va="bottom",
                fontsize=14, zorder=6, path_effects=halo(3), annotation_clip=False, **style)


def _name_winners(ax: Axes, table: pd.DataFrame) -> None:
    """The name of each who wins somewhere, in the middle of the markets won; names do not stand on each other."""
    to_axes = ax.transLimits.transform
    logs = np.log10(table[["x", "y"]].to_numpy(dtype=float))
    middles = {name: to_axes(np.median(logs[(table["winner"] == name).to_numpy()], axis=0))
               for name in MARKS if (table["winner"] == name).any()}
    lowest = -1.0
    for name, (across, up) in sorted(middles.items(), key=lambda one: float(one[1][1])):
        height = max(float(up), lowest + 0.13)
        lowest = height
        ax.annotate(tr(NAMES[name]), (float(across), height), xycoords="axes fraction", ha="center", va="center",
                    fontsize=22, fontweight="bold", color=MARKS[name].colour, zorder=7, path_effects=halo(5))
