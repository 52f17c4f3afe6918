"""Attitude against behaviour: true, latent, spurious and no loyalty (Dick and Basu 1994)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.figures._lines import value_column
from sim.figures._rows import panels
from sim.figures.style import GREY, Words, shows, write
from sim.text.numbers import percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# quadrant -> (column, row): behaviour grows to the right, attitude upwards
PLACES = {"latent": (0, 1), "true": (1, 1), "none": (0, 0), "spurious": (1, 0)}
_WORDS = {"latent": "latent loyalty", "true": "true loyalty", "none": "no loyalty", "spurious": "spurious loyalty"}



@shows("firm", "quadrant", table=("loyalty",))
def loyalty_quadrants(table: pd.DataFrame, ax: Axes) -> None:
    """Four fields per firm, as dark as they are full.

    Table: `firm`, `quadrant` (true, latent, spurious, none), and `mean` (with `low`, `high`, `n`) or `share`.
    Unit: share of those who answered the survey.

    Raises:
        ValueError: a quadrant has another name.
    """
    value = value_column(table, "share")
    strange = sorted(set(table["quadrant"]) - set(PLACES))
    if strange:
        raise ValueError(f"A quadrant of loyalty is one of {', '.join(PLACES)}; the table has {strange[0]!r}.")
    unit = "share of those who answered the survey; upwards: attitude, to the right: repeat buying"
    write(ax, Words("Who is truly loyal", unit), table)
    for firm, panel in panels(ax, [str(name) for name in dict.fromkeys(table["firm"])], gap=0.05).items():
        _draw_firm(panel, table[table["firm"] == firm], value)


def _draw_firm(panel: Axes, table: pd.DataFrame, value: str) -> None:
    """Four squares with their shares in large type and the interval below."""
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    panel.set(xlim=(0, 2), ylim=(0, 2), xticks=[], yticks=[])
    panel.grid(False)
    panel.spines[:].set_visible(False)
    inches = panel.get_window_extent().width / panel.figure.dpi
    wide, roomy = inches > 2.4, inches > 4.5
    for row in table.to_dict("records"):
        across, up = PLACES[row["quadrant"]]
        share = float(row[value])
        shade = colormaps["Blues"](0.06 + 0.9 * min(share, 1))
        panel.add_patch(Rectangle((across + 0.02, up + 0.02), 0.96, 0.96, color=shade))
        ink = "white" if share > 0.55 else "black"
        panel.text(across + 0.5, up + 0.56, percent(share), ha="center", va="center", fontsize=30 if wide else 20,
                   fontweight="bold", color=ink)
        name = _WORDS[row["quadrant"]] if roomy else row["quadrant"]
        panel.text(across + 0.5, up + 0.84, name, ha="center", va="center", fontsize=17 if wide else 13, color=ink)
        if {"low", "high"} <= set(row):
            between = f"{100 * row['low']:.0f} to {100 * row['high']:.0f} %"
            panel.text(across + 0.5, up + 0.28, between, ha="center", va="center", fontsize=14 if wide else 11,
                       color=ink if share > 0.55 else GREY)
