"""What estimators say of each customer against what is true: a panel for each of up to three estimators."""

from __future__ import annotations

from math import log10

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from sim.figures._shapes import grid, label_edges, parts_of
from sim.figures.style import GREY, INK, Words, currency_of, format_axis, halo, look, places_of, shows, tick, write

MOST_PANELS = 3
MOST_TICKS = 5
"""Beside each other below a panel; where there are more, every second power of ten is left out."""


@shows("title", "estimate_money", "residual_money")
def true_against_estimated(table: pd.DataFrame, ax: Axes) -> None:
    """True residual value upwards, the estimate to the right, one panel per estimator.

    Table: one row per customer and estimator: `title` (of the estimator), `estimate_money`, `residual_money` (true).
    Words: `table.attrs["rank_correlation"]` (by title), `firm`, `at`, `horizon` (years), `futures`, `currency`. On the
    line the estimate is right; below it the customer is worth less than was said. Both scales are linear up to the
    typical customer and logarithmic beyond, so that the few who are worth most do not hide all others; the words say
    so. Of more than three estimators the first, the middle one and the last of the table are drawn.
    """
    parts, scale, ranks = parts_of(table, "title"), _scale(table), table.attrs.get("rank_correlation", {})
    firm, currency = table.attrs.get("firm", ""), currency_of(table)
    who = f"{len(table) // len(parts):,} customers{f' of {firm}' if firm else ''}, each a dot"
    money = f" ({currency})" if currency else ""
    unit = f"{who}; both scales are logarithmic beyond ±{tick(scale[0])}"
    shown = [list(parts)[round(at)] for at in np.linspace(0, len(parts) - 1, min(MOST_PANELS, len(parts)))]
    left = f"\nOf {len(parts)} estimators the first, the middle one and the last." if len(shown) < len(parts) else ""
    write(ax, Words("What estimators say, and what is true", unit, " "), table, _note(table) + left)
    made = grid(ax, shown, len(shown), gap=0.05, head=0.085)
    colour = look(places_of(table, [str(firm)])[str(firm)]).colour
    for title, panel in made.items():
        _draw(panel, parts[title], scale, colour)
        panel.set_title(title, loc="left", fontsize=17, pad=5, fontweight="bold")
        if title in ranks:
            panel.text(0.03, 0.95, f"rank {ranks[title]:.2f}", transform=panel.transAxes, fontsize=17, va="top",
                       path_effects=halo())
    made[shown[0]].set_ylabel(f"true value{money}", fontsize=17)
    label_edges(made, f"estimate{money}", len(shown))


def _note(table: pd.DataFrame) -> str:
    """What the line is, and how the truth is known."""
    futures, at, horizon = (table.attrs.get(name) for name in ("futures", "at", "horizon"))
    note = "Line: estimate = truth. Rank: Spearman's correlation of estimate and truth."
    if None in (futures, at, horizon):
        return note
    return f"{note}\nTruth: mean of {futures} futures of one run, at year {at:.3g}, {horizon:.3g} years ahead."


def _scale(table: pd.DataFrame) -> tuple[float, float, float]:
    """One scale for all panels: linear up to the power of ten next to the typical true value, and its two ends."""
    values = table[["estimate_money", "residual_money"]].to_numpy(dtype=float)
    high, low = float(values.max()), float(values.min())
    far = max(high, -low) or 1.0
    near = 10.0 ** round(log10(max(float(table["residual_money"].abs().median()), far / 1000)))
    return near, 1.3 * min(low, -0.7 * near), 1.3 * max(high, 0.7 * near)


def _draw(panel: Axes, rows: pd.DataFrame, scale: tuple[float, float, float], colour: str) -> None:
    """One cloud of customers (the more there are, the fainter each), the line of truth, and the scales."""
    near, low, high = scale
    panel.axhline(0, color=GREY, linewidth=0.8)
    panel.axvline(0, color=GREY, linewidth=0.8)
    panel.plot([low, high], [low, high], color=INK, linewidth=2, zorder=3)
    panel.scatter(rows["estimate_money"], rows["residual_money"], s=26, color=colour, linewidth=0,
                  alpha=min(0.85, max(0.35, 400 / len(rows))))
    powers = [0.0, *(sign * near * 10.0**k for k in range(9) for sign in (-1.0, 1.0))]
    ticks = sorted(power for power in powers if low <= power <= high)
    panel.set_xscale("symlog", linthresh=near, linscale=0.8)
    panel.set_yscale("symlog", linthresh=near, linscale=0.8)
    top = max(map(abs, ticks))
    far = [value for value in ticks if value == 0 or round(log10(top / abs(value))) % 2 == 0]
    for axis, marked in ((panel.xaxis, far if len(ticks) > MOST_TICKS else ticks), (panel.yaxis, ticks)):
        axis.set_major_locator(FixedLocator(marked))
        axis.set_minor_locator(NullLocator())
        format_axis(axis, _short)
    panel.set(xlim=(low, high), ylim=(low, high))
    panel.tick_params(labelsize=14, colors=INK)
    panel.grid(False)


def _short(value: float) -> str:
    """A tick in few letters: 1k, −100."""
    size = abs(value)
    text = f"{size / 1e6:g}M" if size >= 1e6 else f"{size / 1e3:g}k" if size >= 1e3 else f"{size:g}"
    return f"−{text}" if value < 0 else text
