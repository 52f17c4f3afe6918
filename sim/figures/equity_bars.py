"""What a firm's customers are worth: today's and future ones."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.text import Text

from sim.figures._shapes import Row, check_names, ends_of, interval, name_rows, parts_of, value_column
from sim.figures.style import GREY, INK, Words, currency_of, format_axis, say, shows, tick, write
from sim.text.numbers import amount

MOST_LABELLED = 5
_PARTS = {"today": ("#0072B2", ""), "future": ("#A6D4F2", ""), "costs": ("#E69F00", "//")}


@shows("firm", "part", table=("equity",))
def equity_bars(table: pd.DataFrame, ax: Axes) -> None:
    """Customer equity by firm: value of today's customers and of future ones, costs still to come, and the total.

    Table: `firm`, `part` (today, future, costs, total), and `mean` (with `low`, `high`, `n`) or `money`.
    Costs are negative. Unit: money of the valuation date. Gains are drawn end to end to the right, costs to the left;
    the total is a diamond with its interval, in words at the end of the bar.

    Raises:
        ValueError: a part has another name.
    """
    value, currency, firms = value_column(table, "money"), currency_of(table), parts_of(table)
    check_names(table, "part", [*_PARTS, "total"], "A part of equity is one of today, future, costs, total")
    name_rows(ax, list(firms), 20, fontweight="bold")
    ax.set_ylim(len(firms) - 0.5, -0.62)
    labels: list[tuple[float, Text]] = []
    for place, rows in enumerate(firms.values()):
        by_part = {str(row["part"]): row for row in rows.to_dict("records")}
        labels += _draw_firm(ax, place, by_part, (value, currency))
    ax.axvline(0, color=GREY, linewidth=1.2)
    format_axis(ax.xaxis, tick)
    ax.locator_params(axis="x", nbins=6)
    parts = "today's customers (dark), future ones (light)"
    parts += ", costs still to come (hatched)" if "costs" in set(table["part"]) else ""
    parts += "; diamond: the sum" if "total" in set(table["part"]) else ""
    write(ax, Words("What the customers are worth", f"{currency}: {parts}" if currency else parts, " "), table)
    low, high = ax.get_xlim()
    ax.set_xlim(low, high + 0.02 * (high - low))
    for size, label in labels:  # no numbers above bars that are too short for them, none where bars crowd
        label.set_visible(len(firms) <= MOST_LABELLED and size > 0.1 * (high - low))


def _draw_firm(ax: Axes, place: int, rows: Mapping[str, Row], how: tuple[str, str]) -> list[tuple[float, Text]]:
    """The bars of one firm, its whiskers, and the total at the end; gives the labels of the parts with their sizes."""
    value, currency = how
    labels: list[tuple[float, Text]] = []
    ends = {True: 0.0, False: 0.0}  # positive parts grow to the right, negative ones to the left
    for part, (colour, hatch) in _PARTS.items():
        if part not in rows:
            continue
        size = float(rows[part][value])
        start = ends[size >= 0]
        ax.barh(place, size, left=start, height=0.55, color=colour, hatch=hatch, edgecolor="white", linewidth=1.5)
        labels.append((abs(size), ax.text(start + size / 2, place - 0.3, amount(size, "money"), ha="center",
                                          va="bottom", fontsize=16, color=INK)))
        ends[size >= 0] = start + size
        if "total" not in rows:
            low, high = ends_of(rows[part])
            interval(ax, place, start + low, start + high, INK, 16)
    if "total" in rows:
        total, end = float(rows["total"][value]), ends[True] or ends[False]
        interval(ax, place, *ends_of(rows["total"]), INK, 16)
        ax.plot([total], [place], marker="D", markersize=13, color=INK, markeredgecolor="white", markeredgewidth=1.5)
        say(ax, amount(total, "money", currency), (max(end, float(rows["total"].get("high", end))), place), (10, 0),
            va="center", fontsize=20, fontweight="bold")
    return labels
