"""What customers feel: the four quadrants of mood, period by period, one panel per firm."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import Label, label_edges, label_ends, panels, parts_of
from sim.figures.style import GREY, INK, Words, format_axis, look, places_of, shows, tint, write
from sim.text.language import marked, tr
from sim.text.numbers import percent

# from bad to good: bad moods are grey, good ones the firm's colour; all different in lightness
NAMES = {"angry": marked("angry"), "disappointed": marked("disappointed"), "content": marked("content"),
         "delighted": marked("delighted")}
_MOODS = {"angry": (0.75, "//"), "disappointed": (0.28, ""), "content": (0.4, ""), "delighted": (1.0, "")}
_BAD = ("angry", "disappointed")
_COLUMNS = [f"{mood}_share" for mood in _MOODS]


@shows("year", "firm", *reversed(_COLUMNS), table=("mood",))
def mood_over_time(table: pd.DataFrame, ax: Axes) -> None:
    """Shares of delighted, content, disappointed and angry customers over the years.

    Table: `year`, `firm`, `delighted_share`, `content_share`, `disappointed_share`, `angry_share` (and `n`).
    Unit: share of customers in any mood. A period without customers is left white; so is everything where
    `attrs["switched_off"]` says that nobody has a mood here.
    """
    off = bool(table.attrs.get("switched_off"))
    title = tr("No mood to show: it is switched off") if off else tr("The mood of customers")
    write(ax, Words(title, tr("share of active customers; grey: bad mood, colour: good mood"), tr("year")), table)
    firms = parts_of(table)
    places = places_of(table, firms)
    made = panels(ax, firms, gap=0.05)
    names: list[Label] = []
    for firm, rows in firms.items():
        if off:
            rows = rows.assign(**dict.fromkeys(_COLUMNS, np.nan))
            made[firm].text(0.5, 0.5, tr("mood is\nswitched off"), transform=made[firm].transAxes, ha="center",
                            va="center", fontsize=20 if len(firms) < 4 else 13, color=GREY)
        names = _draw_firm(made[firm], rows.sort_values("year"), look(places[firm]).colour)
    if not off:
        label_ends(made[firm], names, size=17)  # right of the last panel
    label_edges(made, tr("year"))


def _draw_firm(panel: Axes, table: pd.DataFrame, colour: str) -> list[Label]:
    """Stacked areas, the angry at the bottom; gives the name of each mood in the middle of its end."""
    shares, years = np.nan_to_num(table[_COLUMNS].to_numpy(dtype=float)).T, table["year"].to_numpy(dtype=float)
    colours = [tint(INK if mood in _BAD else colour, share) for mood, (share, _) in _MOODS.items()]
    areas = panel.stackplot(years, shares, colors=colours, edgecolor="white", linewidth=0.6)
    for area, (_, hatch) in zip(areas, _MOODS.values(), strict=True):
        area.set_hatch(hatch)
    panel.set(xlim=(years[0], years[-1] if len(years) > 1 else years[0] + 1), ylim=(0, 1))
    panel.grid(False)
    panel.locator_params(axis="x", nbins=6)
    format_axis(panel.yaxis, percent)
    middles = np.cumsum(shares[:, -1]) - shares[:, -1] / 2
    return [Label(tr(NAMES[mood]), float(at), INK) for mood, at in zip(_MOODS, middles, strict=True)]
