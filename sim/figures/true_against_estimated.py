"""What estimators say of each customer against what is true: one small picture per estimator."""

from __future__ import annotations

from math import ceil, log10
from typing import TYPE_CHECKING, NamedTuple

from sim.figures.style import GREY, INK, Words, currency_of, format_axis, shows, write

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

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
    titles = [str(title) for title in dict.fromkeys(table["title"])]
    scale = _scale(table)
    write(ax, _words(table), _noted(table))
    ranks = table.attrs.get("rank_correlation", {})
    for place, (title, panel) in enumerate(_grid(ax, titles).items()):
        _draw(panel, table[table["title"] == title], scale)
        panel.set_title(title, loc="left", fontsize=16, pad=5, fontweight="bold")
        if title in ranks:
            panel.text(0.03, 0.95, f"rank {ranks[title]:.2f}", transform=panel.transAxes, fontsize=17, va="top")
        _edges(panel, place, len(titles))


def _words(table: pd.DataFrame) -> Words:
    firm, currency = table.attrs.get("firm", ""), currency_of(table)
    customers = len(table) // max(1, table["title"].nunique())
    who = f"{customers:,} customers{f' of {firm}' if firm else ''}"
    unit = f"{f'{currency}, ' if currency else ''}{who}; upwards: true residual value, to the right: estimate"
    return Words("What estimators say, and what is true", unit)


def _noted(table: pd.DataFrame) -> pd.DataFrame:
    """The same table with the note below the picture: how the truth is known."""
    futures, at, horizon = (table.attrs.get(name) for name in ("futures", "at", "horizon"))
    lines = ["Line: estimate = truth. Rank: Spearman's correlation of estimate and truth."]
    if None not in (futures, at, horizon):
        lines.append(f"Truth: mean of {futures} futures of one run, at year {at:.3g}, {horizon:.3g} years ahead.")
    noted = table.head(1).drop(columns=[name for name in ("n",) if name in table])
    noted.attrs = {**table.attrs, "note": "\n".join(lines)}
    return noted


class _Scale(NamedTuple):
    """Linear up to `near`, logarithmic from there to `low` and `high`."""

    near: float
    low: float
    high: float


def _scale(table: pd.DataFrame) -> _Scale:
    """One scale for all panels: linear up to the power of ten next to the typical true value."""
    values = table[["estimate_money", "residual_money"]].to_numpy(dtype=float)
    high, low = float(values.max()), float(values.min())
    far = max(high, -low) or 1.0
    near = 10.0 ** round(log10(max(float(table["residual_money"].abs().median()), far / 1000)))
    return _Scale(near, 1.3 * min(low, -0.7 * near), 1.3 * max(high, 0.7 * near))


def _grid(ax: Axes, titles: list[str]) -> dict[str, Axes]:
    """Square-ish panels, at most three across; every one with the same scales."""
    ax.axis("off")
    across = _across(len(titles))
    rows = ceil(len(titles) / across)
    gap, head = 0.045, 0.085
    wide, high = (1 - gap * (across - 1)) / across, 1 / rows - head
    made = {}
    for place, title in enumerate(titles):
        row, column = divmod(place, across)
        made[title] = ax.inset_axes((column * (wide + gap), 1 - (row + 1) * (high + head) + 0.02, wide, high))
    return made


def _across(count: int) -> int:
    return 2 if count == 4 else min(MOST_ACROSS, count)


def _draw(panel: Axes, rows: pd.DataFrame, scale: _Scale) -> None:
    """One cloud of customers, the line of truth, and the scales."""
    from matplotlib.ticker import FixedLocator, NullLocator

    for set_scale in (panel.set_xscale, panel.set_yscale):
        set_scale("symlog", linthresh=scale.near, linscale=0.8)
    panel.axhline(0, color=GREY, linewidth=0.8)
    panel.axvline(0, color=GREY, linewidth=0.8)
    panel.plot([scale.low, scale.high], [scale.low, scale.high], color=VERMILION, linewidth=2, zorder=3)
    panel.scatter(rows["estimate_money"], rows["residual_money"], s=14, color=BLUE, alpha=_ink(len(rows)), linewidth=0)
    powers = [0.0, *(sign * scale.near * 10.0**k for k in range(9) for sign in (-1.0, 1.0))]
    ticks = sorted(tick for tick in powers if scale.low <= tick <= scale.high)
    crowded = len(ticks) > 5
    for axis in (panel.xaxis, panel.yaxis):
        axis.set_major_locator(FixedLocator(ticks))
        axis.set_minor_locator(NullLocator())
        format_axis(axis, _short)
    if crowded:  # room for every second number to the right of another
        format_axis(panel.xaxis, lambda value: "" if abs(value) in (scale.near, scale.near * 100) else _short(value))
    panel.set(xlim=(scale.low, scale.high), ylim=(scale.low, scale.high))


def _ink(count: int) -> float:
    """How dark one point is: the more there are, the fainter each."""
    return float(min(0.6, max(0.12, 250 / max(count, 1))))


def _edges(panel: Axes, place: int, count: int) -> None:
    """The scale is written only left of the first panel of a row and below the lowest of a column."""
    across = _across(count)
    panel.tick_params(labelsize=14, colors=INK)
    panel.spines[["top", "right"]].set_visible(False)
    panel.grid(False)
    if place % across:
        panel.set_yticklabels([])
    if place + across < count:
        panel.set_xticklabels([])


def _short(value: float) -> str:
    """A tick in few letters: 1k, −100."""
    size = abs(value)
    text = f"{size / 1e6:g}M" if size >= 1e6 else f"{size / 1e3:g}k" if size >= 1e3 else f"{size:g}"
    return f"−{text}" if value < 0 else text
