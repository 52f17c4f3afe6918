"""Profit added up and discounted, and the moment in which one line overtakes the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.figures._lines import draw_lines, lines_of, series_column, value_column
from sim.figures.style import GREY, INK, Words, currency_of, format_axis, shows, tick, write

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes



@shows("year", "firm", table=("profit",))
def cumulative_profit(table: pd.DataFrame, ax: Axes) -> None:
    """Cumulative discounted profit by firm, with the crossing and its interval.

    Table: `year`, `firm` (or `world`), and `mean` (with `low`, `high`, `n`) or `cumulative_discounted_profit_money`.
    Unit: money of today. `table.attrs["crossing"]`, where there is one, holds `year`, `low`, `high` and `text`.
    """
    value = value_column(table, "cumulative_discounted_profit_money")
    currency = currency_of(table)
    format_axis(ax.yaxis, tick)
    ax.axhline(0, color=GREY, linewidth=1.2)
    unit = f"discounted profit to date{f' ({currency})' if currency else ''}"
    write(ax, Words("Profit to date", unit, "year"), table)
    lines = lines_of(table, value, series_column(table), "year")
    for line in lines:  # limits first: the words at the ends and the crossing need them
        ax.plot(line.rows["year"], line.rows[value], alpha=0)
    ax.margins(y=0.08)
    ax.autoscale_view()
    draw_lines(ax, lines, value, "year")
    crossing = table.attrs.get("crossing")
    if crossing:
        _mark_crossing(ax, crossing)


def _mark_crossing(ax: Axes, crossing: Mapping[str, Any]) -> None:
    """A vertical line at the crossing, a band for its interval, and the words at its head."""
    year = float(crossing["year"])
    low, high = float(crossing.get("low", year)), float(crossing.get("high", year))
    if high > low:
        ax.axvspan(low, high, color=GREY, alpha=0.13, linewidth=0)
    ax.axvline(year, color=INK, linewidth=1.6, linestyle=(0, (2, 2)))
    words = str(crossing.get("text") or f"crossing in year {year:.1f}")
    first, last = ax.get_xlim()
    leftwards = year > (first + last) / 2
    ax.annotate(
        words, (low if leftwards else high, 0.97), (-8 if leftwards else 8, 0), xycoords=("data", "axes fraction"),
        textcoords="offset points", ha="right" if leftwards else "left", va="top", fontsize=16,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 2},
    )
