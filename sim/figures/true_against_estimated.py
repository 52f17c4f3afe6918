"""What estimators say of each customer against what is true: one small picture per estimator."""

from __future__ import annotations

from math import log10

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from sim.figures._shapes import grid, label_edges, parts_of
from sim.figures.style import GREY, INK, Words, currency_of, format_axis, shows, write

BLUE, VERMILION = "#0072B2", "#D55E00"
MOST_ACROSS = 3


@shows("title", "estimate_money", "residual_money")
def true_against_estimated(table: pd.DataFrame, ax: Axes) -> None:
    """True residual value upwards, the estimate to the right, one panel per estimator, as dark as people are many.

    Table: one row per customer and estimator: `title` (of the estimator), `estimate_money`, `residual_money` (true).
    Words: `table.attrs["rank_correlation"]` (by title), `firm`, `at`, `horizon` (years), `futures`, `currency`. On the
    line the estimate is right; below it the customer is worth less than was said. Both scales are linear up to the
    typical customer and logarithmic beyond, so that the few who are worth most do not hide all others.
    """
    parts, scale, ranks = parts_of(table, "title"), _scale(table), table.attrs.get("rank_correlation", {})
    firm, currency = table.attrs.get("firm", ""), currency_of(table)
    who = f"{len(table) // len(parts):,} customers{f' of {firm}' if firm else ''}"
    unit = f"{f'{currency}, ' if currency else ''}{who}; upwards: true residual value, to the right: estimate"
    write(ax, Words("What estimators say, and what is true", unit), table, _note(table))
    across = 2 if len(parts) == 4 else min(MOST_ACROSS, len(parts))
    made = grid(ax, list(parts), across, gap=0.045, head=0.085)
    for title, panel in made.items():
        _draw(panel, parts[title], scale)
        panel.set_title(title, loc="left", fontsize=16, pad=5, fontweight="bold")
        if title in ranks:
            panel.text(0.03, 0.95, f"rank {ranks[title]:.2f}", transform=panel.transAxes, fontsize=17, va="top")
    label_edges(made, "", across)


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


def _draw(panel: Axes, rows: pd.DataFrame, scale: tuple[float, float, float]) -> None:
    """One cloud of customers (the more there are, the fainter each), the line of truth, and the scales."""
    near, low, high = scale
    panel.axhline(0, color=GREY, linewidth=0.8)
    panel.axvline(0, color=GREY, linewidth=0.8)
    panel.plot([low, high], [low, high], color=VERMILION, linewidth=2, zorder=3)
    panel.scatter(rows["estimate_money"], rows["residual_money"], s=14, color=BLUE, linewidth=0,
                  alpha=min(0.6, max(0.12, 250 / len(rows))))
    powers = [0.0, *(sign * near * 10.0**k for k in range(9) for sign in (-1.0, 1.0))]
    ticks = sorted(tick for tick in powers if low <= tick <= high)
    # room for every second number to the right of another
    unwritten = (near, near * 100) if len(ticks) > 5 else ()
    panel.set_xscale("symlog", linthresh=near, linscale=0.8)
    panel.set_yscale("symlog", linthresh=near, linscale=0.8)
    for axis in (panel.xaxis, panel.yaxis):
        axis.set_major_locator(FixedLocator(ticks))
        axis.set_minor_locator(NullLocator())
    format_axis(panel.yaxis, _short)
    format_axis(panel.xaxis, lambda value: "" if abs(value) in unwritten else _short(value))
    panel.set(xlim=(low, high), ylim=(low, high))
    panel.tick_params(labelsize=14, colors=INK)
    panel.grid(False)


def _short(value: float) -> str:
    """A tick in few letters: 1k, −100."""
    size = abs(value)
    text = f"{size / 1e6:g}M" if size >= 1e6 else f"{size / 1e3:g}k" if size >= 1e3 else f"{size:g}"
    return f"−{text}" if value < 0 else text
