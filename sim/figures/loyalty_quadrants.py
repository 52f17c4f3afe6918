"""Attitude against behaviour: true, latent, spurious and no loyalty (Dick and Basu 1994)."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sim.figures._shapes import check_names, panels, parts_of, value_column
from sim.figures.style import GREY, INK, Words, look, places_of, shows, tint, write
from sim.text.language import marked, tr
from sim.text.numbers import percent

# quadrant -> (column, row): behaviour grows to the right, attitude upwards
NAMES = {"latent": marked("latent loyalty"), "true": marked("true loyalty"), "none": marked("no loyalty"),
         "spurious": marked("spurious loyalty")}
SHORT = {"latent": marked("latent"), "true": marked("true"), "none": marked("none"), "spurious": marked("spurious")}
PLACES = {"latent": (0, 1), "true": (1, 1), "none": (0, 0), "spurious": (1, 0)}
DARK = 0.85
"""From that share on letters are white."""


@shows("firm", "quadrant", table=("loyalty",))
def loyalty_quadrants(table: pd.DataFrame, ax: Axes) -> None:
    """Four fields per firm, as dark as they are full.

    Table: `firm`, `quadrant` (true, latent, spurious, none), and `mean` (with `low`, `high`, `n`) or `share`.
    Unit: share of those who answered the survey. Upwards attitude, low and high; to the right repeat buying.

    Raises:
        ValueError: a quadrant has another name.
    """
    value = value_column(table, "share")
    check_names(table, "quadrant", PLACES, f"A quadrant of loyalty is one of {', '.join(PLACES)}")
    write(ax, Words(tr("Who is truly loyal"), tr("share of those who answered the survey"), " "), table)
    firms = parts_of(table)
    places = places_of(table, firms)
    made = panels(ax, firms, gap=0.05)
    for firm, panel in made.items():
        _draw_firm(panel, firms[firm], value, look(places[firm]).colour)
    size = 17 if len(made) < 4 else 12
    first = next(iter(made.values()))
    first.set_ylabel(tr("attitude"), fontsize=size)
    first.set_yticks([0.5, 1.5], [tr("low"), tr("high")], rotation=90, va="center", fontsize=size)
    for panel in list(made.values())[-4:]:
        panel.set_xticks([0.5, 1.5], [tr("low"), tr("high")], fontsize=size)
        panel.set_xlabel(tr("repeat buying"), fontsize=size)


def _draw_firm(panel: Axes, table: pd.DataFrame, value: str, colour: str) -> None:
    """Four squares with their shares in large type and the interval below."""
    panel.set(xlim=(0, 2), ylim=(0, 2), xticks=[], yticks=[])
    panel.tick_params(length=0)
    panel.grid(False)
    panel.spines[:].set_visible(False)
    inches = panel.get_window_extent().width / panel.figure.dpi
    wide = inches > 2.4
    for row in table.to_dict("records"):
        across, up = PLACES[row["quadrant"]]
        share = float(row[value])
        shade = tint(colour, 0.06 + 0.94 * min(share, 1))
        panel.add_patch(Rectangle((across + 0.02, up + 0.02), 0.96, 0.96, color=shade))
        ink = "white" if share > DARK else INK
        name = tr((NAMES if inches > 4.2 else SHORT)[row["quadrant"]])
        middle: dict[str, Any] = {"x": across + 0.5, "ha": "center", "va": "center", "color": ink}
        panel.text(y=up + 0.84, s=name, fontsize=18 if wide else 13, **middle)
        panel.text(y=up + 0.56, s=percent(share), fontsize=30 if wide else 20, fontweight="bold", **middle)
        if {"low", "high"} <= set(row):
            middle["color"] = ink if share > 0.3 else GREY
            span = _span(float(row["low"]), float(row["high"]))
            panel.text(y=up + 0.28, s=span, fontsize=15 if wide else 11, **middle)


def _span(low: float, high: float) -> str:
    """The interval in whole per cent, with a digit more where both ends would be the same.

    >>> _span(0.29, 0.35), _span(0.0161, 0.0244), _span(0.02, 0.02)
    ('29 to 35 %', '1.6 to 2.4 %', 'the same in all runs')
    """
    if low == high:
        return tr("the same in all runs")
    digits = next((digits for digits in (0, 1) if f"{100 * low:.{digits}f}" != f"{100 * high:.{digits}f}"), 2)
    return tr("{low} to {high}", low=percent(low, digits).removesuffix(" %"), high=percent(high, digits))
