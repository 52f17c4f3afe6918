"""What customers feel: the four quadrants of mood, period by period, one panel per firm."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import Label, label_edges, label_ends, panels, parts_of
from sim.figures.style import Words, format_axis, shows, write
from sim.text.numbers import percent

# colour of the area and of the name: from bad to good, different in lightness too, so that grey print tells them apart
_MOODS = {"angry": ("#B23A00", "#B23A00"), "disappointed": ("#F6C667", "#9A6B00"), "content": ("#A6D4F2", "#3D86B5"),
          "delighted": ("#0072B2", "#0072B2")}
_COLUMNS = [f"{mood}_share" for mood in _MOODS]


@shows("year", "firm", *reversed(_COLUMNS), table=("mood",))
def mood_over_time(table: pd.DataFrame, ax: Axes) -> None:
    """Shares of delighted, content, disappointed and angry customers over the years.

    Table: `year`, `firm`, `delighted_share`, `content_share`, `disappointed_share`, `angry_share` (and `n`).
    Unit: share of customers in any mood. A period without customers is left white.
    """
    write(ax, Words("The mood of customers", "share of active customers", "year"), table)
    firms = parts_of(table)
    made = panels(ax, firms, gap=0.05)
    for firm, rows in firms.items():
        names = _draw_firm(made[firm], rows.sort_values("year"))
    label_ends(made[firm], names, size=16)  # right of the last panel
    label_edges(made, "year")


def _draw_firm(panel: Axes, table: pd.DataFrame) -> list[Label]:
    """Stacked areas, the angry at the bottom; gives the name of each mood in the middle of its end."""
    shares, years = np.nan_to_num(table[_COLUMNS].to_numpy(dtype=float)).T, table["year"].to_numpy(dtype=float)
    colours, inks = zip(*_MOODS.values(), strict=True)
    areas = panel.stackplot(years, shares, colors=colours, edgecolor="white", linewidth=0.6)
    areas[0].set_hatch("//")
    panel.set(xlim=(years[0], years[-1] if len(years) > 1 else years[0] + 1), ylim=(0, 1))
    panel.grid(False)
    format_axis(panel.yaxis, percent)
    middles = np.cumsum(shares[:, -1]) - shares[:, -1] / 2
    return [Label(name, float(at), ink) for name, at, ink in zip(_MOODS, middles, inks, strict=True)]
