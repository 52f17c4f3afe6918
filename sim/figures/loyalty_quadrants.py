"""Attitude against behaviour: true, latent, spurious and no loyalty (Dick and Basu 1994)."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sim.figures._shapes import check_names, panels, parts_of, value_column
from sim.figures.style import GREY, Words, shows, write
from sim.text.numbers import percent

# quadrant -> (column, row): behaviour grows to the right, attitude upwards
PLACES = {"latent": (0, 1), "true": (1, 1), "none": (0, 0), "spurious": (1, 0)}


@shows("firm", "quadrant", table=("loyalty",))
def loyalty_quadrants(table: pd.DataFrame, ax: Axes) -> None:
    """Four fields per firm, as dark as they are full.

    Table: `firm`, `quadrant` (true, latent, spurious, none), and `mean` (with `low`, `high`, `n`) or `share`.
    Unit: share of those who answered the survey.

    Raises:
        ValueError: a quadrant has another name.
    """
    value = value_column(table, "share")
    check_names(table, "quadrant", PLACES, f"A quadrant of loyalty is one of {', '.join(PLACES)}")
    unit = "share of those who answered the survey; upwards: attitude, to the right: repeat buying"
    write(ax, Words("Who is truly loyal", unit), table)
    firms = parts_of(table)
    for firm, panel in panels(ax, firms, gap=0.05).items():
        _draw_firm(panel, firms[firm], value)


def _draw_firm(panel: Axes, table: pd.DataFrame, value: str) -> None:
    """Four squares with their shares in large type and the interval below."""
    panel.set(xlim=(0, 2), ylim=(0, 2), xticks=[], yticks=[])
    panel.grid(False)
    panel.spines[:].set_visible(False)
    inches = panel.get_window_extent().width / panel.figure.dpi
    wide = inches > 2.4
    for row in table.to_dict("records"):
        across, up = PLACES[row["quadrant"]]
        share = float(row[value])
        shade = colormaps["Blues"](0.06 + 0.9 * min(share, 1))
        panel.add_patch(Rectangle((across + 0.02, up + 0.02), 0.96, 0.96, color=shade))
        ink = "white" if share > 0.55 else "black"
        name = str(row["quadrant"]).replace("none", "no") + " loyalty" if inches > 4.5 else row["quadrant"]
        middle: dict[str, Any] = {"x": across + 0.5, "ha": "center", "va": "center", "color": ink}
        panel.text(y=up + 0.84, s=name, fontsize=17 if wide else 13, **middle)
        panel.text(y=up + 0.56, s=percent(share), fontsize=30 if wide else 20, fontweight="bold", **middle)
        if {"low", "high"} <= set(row):
            middle["color"] = ink if share > 0.55 else GREY
            between = f"{100 * row['low']:.0f} to {100 * row['high']:.0f} %"
            panel.text(y=up + 0.28, s=between, fontsize=14 if wide else 11, **middle)
