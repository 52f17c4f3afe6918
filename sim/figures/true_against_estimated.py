"""What estimators say of each customer against what is true: a panel for each of up to three estimators."""

from __future__ import annotations

from math import log10

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from sim.figures._shapes import grid, label_edges, parts_of
from sim.figures.style import GREY, INK, Words, currency_of, format_axis, halo, look, places_of, shows, tick, write
from sim.text.language import tr
from sim.text.numbers import currency_in_words, written

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
    number, beyond = written(f"{len(table) // len(parts):,}"), tick(scale[0])
    money = f" ({currency_in_words(currency)})" if currency else ""
    unit = tr("{number} customers of {firm}, each a dot; both scales are logarithmic beyond ±{beyond}", number=number,
              firm=firm, beyond=beyond) if firm else tr(
        "{number} customers, each a dot; both scales are logarithmic beyond ±{beyond}", number=number, beyond=beyond)
    shown = [list(parts)[round(at)] for at in np.linspace(0, len(parts) - 1, min(MOST_PANELS, len(parts)))]
    notes = [_note(table)]
    if len(shown) < len(parts):
        notes.append(tr("Of {count} estimators the first, the middle one and the last.", count=len(parts)))
    write(ax, Words(tr("What estimators say, and what is true"), unit, " "), table, "\n".join(notes))
    made = grid(ax, shown, len(shown), gap=0.05, head=0.085)
    colour = look(places_of(table, [str(firm)])[str(firm)]).colour
    for title, panel in made.items():
        _draw(panel, parts[title], scale, colour)
        panel.set_title(tr(title), loc="left", fontsize=17, pad=5, fontweight="bold")
        if title in ranks:
            rank = tr("rank {number}", number=written(f"{ranks[title]:.2f}"))
            panel.text(0.03, 0.95, rank, transform=panel.transAxes, fontsize=17, va="top", path_effects=halo())
    made[shown[0]].set_ylabel(tr("true value") + money, fontsize=17)
    label_edges(made, tr("estimate") + money, len(shown))


def _note(table: pd.DataFrame) -> str:
    """What the line is, and how the truth is known."""
    futures, at, horizon = (table.attrs.get(name) for name in ("futures", "at", "horizon"))
    note = tr("Line: estimate = truth. Rank: Spearman's correlation of estimate and truth.")
    if futures is None or at is None or horizon is None:
        return note
    truth = tr("Truth: mean of {futures} futures of one run, at year {year}, {years} years ahead.", futures=futures,
               year=written(f"{at:.3g}"), years=written(f"{horizon:.3g}"))
    return f"{note}\n{truth}"


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
    text = tr("{number}M", number=written(f"{size / 1e6:g}")) if size >= 1e6 else tr(
        "{number}k", number=written(f"{size / 1e3:g}")) if size >= 1e3 else written(f"{size:g}")
    return f"−{text}" if value < 0 else text
