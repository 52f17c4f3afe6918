"""Profit added up and discounted, and the moment in which one line overtakes the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import draw_lines, lines_of, value_column
from sim.figures.style import GREY, INK, Words, currency_of, format_axis, in_brackets, say, shows, tick, write


@shows("year", "firm", table=("profit",))
def cumulative_profit(table: pd.DataFrame, ax: Axes) -> None:
    """Cumulative discounted profit by firm, with the crossing and its interval.

    Table: `year`, `firm` (or `world`), and `mean` (with `low`, `high`, `n`) or `cumulative_discounted_profit_money`.
    Unit: money of today. `table.attrs["crossing"]`, where there is one, holds `year`, `low`, `high` and `text`.
    """
    format_axis(ax.yaxis, tick)
    ax.axhline(0, color=GREY, linewidth=1.2)
    unit = "discounted profit to date" + in_brackets(currency_of(table), "")
    write(ax, Words("Profit to date", unit, "year"), table)
    ax.margins(y=0.08)
    draw_lines(ax, lines_of(table, value_column(table, "cumulative_discounted_profit_money"), "year"))
    if crossing := table.attrs.get("crossing"):
        _mark_crossing(ax, crossing)


def _mark_crossing(ax: Axes, crossing: Mapping[str, Any]) -> None:
    """A vertical line at the crossing, a band for its interval, and the words at its head."""
    year = float(crossing["year"])
    low, high = float(crossing.get("low", year)), float(crossing.get("high", year))
    if high > low:
        ax.axvspan(low, high, color=GREY, alpha=0.13, linewidth=0)
    ax.axvline(year, color=INK, linewidth=1.6, linestyle=(0, (2, 2)))
    left = year > sum(ax.get_xlim()) / 2
    say(ax, str(crossing.get("text") or f"crossing in year {year:.1f}"), (low if left else high, 0.97),
        (-8 if left else 8, 0), coords=("data", "axes fraction"), ha="right" if left else "left", va="top", fontsize=16,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 2})
