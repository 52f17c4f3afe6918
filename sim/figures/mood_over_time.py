"""What customers feel: the four quadrants of mood, period by period, one panel per firm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.figures._lines import Label, label_ends
from sim.figures._rows import label_edges, panels
from sim.figures.style import Words, format_axis, shows, write
from sim.text.numbers import percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOODS = ("delighted", "content", "disappointed", "angry")
# from good to bad in colours that differ in lightness too, so that grey print still tells them apart
_COLOURS = ("#0072B2", "#A6D4F2", "#F6C667", "#B23A00")
_HATCHES = ("", "", "", "//")



@shows("year", "firm", *(f"{mood}_share" for mood in MOODS), table=("mood",))
def mood_over_time(table: pd.DataFrame, ax: Axes) -> None:
    """Shares of delighted, content, disappointed and angry customers over the years.

    Table: `year`, `firm`, `delighted_share`, `content_share`, `disappointed_share`, `angry_share` (and `n`).
    Unit: share of customers in any mood. A period without customers is left white.
    """
    write(ax, Words("The mood of customers", "share of active customers", "year"), table)
    firms = [str(name) for name in dict.fromkeys(table["firm"])]
    made = panels(ax, firms, gap=0.05)
    for firm, panel in made.items():
        _draw_firm(panel, table[table["firm"] == firm].sort_values("year"), words=firm == firms[-1])
    label_edges(made, "year")


def _draw_firm(panel: Axes, table: pd.DataFrame, words: bool) -> None:
    """Stacked areas, the angry at the bottom; the names of the moods stand right of the last panel."""

    shares = np.nan_to_num(table[[f"{mood}_share" for mood in MOODS]].to_numpy(dtype=float)).T[::-1]
    years = table["year"].to_numpy(dtype=float)
    areas = panel.stackplot(years, shares, colors=_COLOURS[::-1], edgecolor="white", linewidth=0.6)
    for area, hatch in zip(areas, _HATCHES[::-1], strict=True):
        area.set_hatch(hatch)
    panel.set_ylim(0, 1)
    panel.set_xlim(years[0], years[-1] if len(years) > 1 else years[0] + 1)
    panel.grid(False)
    format_axis(panel.yaxis, percent)
    if words:
        tops = np.cumsum(shares[:, -1])
        middles = tops - shares[:, -1] / 2
        dark = ("#0072B2", "#3D86B5", "#9A6B00", "#B23A00")
        label_ends(panel, [Label(name, float(at), colour)
                           for name, at, colour in zip(MOODS[::-1], middles, dark[::-1], strict=True)], size=16)
