"""What a firm's customers are worth: today's and future ones, less costs still to come."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import (
    Row,
    check_names,
    ends_of,
    interval,
    name_rows,
    parts_of,
    row_type,
    say_right,
    value_column,
)
from sim.figures.style import (
    GREY,
    INK,
    Words,
    currency_of,
    format_axis,
    halo,
    look,
    places_of,
    say,
    shows,
    tick,
    tint,
    write,
)
from sim.text.language import marked, tr
from sim.text.numbers import amount, currency_in_words, signed

MOST_ROWS = 10
"""With more rows every firm has one row, its parts end to end."""
MOST_TOLD = 6
"""Of more firms there is no room for the numbers of the parts."""
TOTAL = "total"
# how much of the firm's colour a part has, its hatch, and its name
_PARTS = {"today": (0.62, "", marked("today's customers")), "future": (0.3, "", marked("future customers")),
          "costs": (0.3, "//", marked("costs still to come")), TOTAL: (1.0, "", marked("total"))}
LONG_NAME = 24
"""Letters of a row's name that stand in one line."""


@shows("firm", "part", table=("equity",))
def equity_bars(table: pd.DataFrame, ax: Axes) -> None:
    """Customer equity by firm: value of today's customers and of future ones, costs still to come, and the total.

    Table: `firm`, `part` (today, future, costs, total), and `mean` (with `low`, `high`, `n`) or `money`.
    Costs are negative. Unit: money of the valuation date. Up to ten rows: each part begins where the one before ended,
    its number beside it, the total below. With more firms a row each: gains end to end to the right, costs to the left,
    a diamond at the total, the numbers in a column at the right. Customers worth less than nothing are said to
    bring less than they cost. Parts are tints of the firm's colour.

    Raises:
        ValueError: a part has another name.
    """
    value, currency, firms = value_column(table, "money"), currency_of(table), parts_of(table)
    check_names(table, "part", _PARTS, "A part of equity is one of today, future, costs, total")
    long = len(table) + len(firms) <= MOST_ROWS
    money = currency_in_words(currency) or tr("money")
    unit = tr("what they will bring, discounted") + (f" ({money})" if currency else "")
    if not long:
        less = table[table["part"].isin(["today", "future"]) & (table[value] < 0)]
        unit += tr("; darker: today's customers, pale: future ones, hatched: costs still to come; diamond, bold: total"
                   ) if "costs" in set(table["part"]) else tr(
            "; darker: today's customers, pale: future ones; diamond, bold: total")
        unit += tr("; left of 0: customers who bring less than they cost") if len(less) else ""
    write(ax, Words(tr("What the customers are worth"), unit, money, 74 if long else 76), table)
    ax.axvline(0, color=GREY, linewidth=1.2)
    format_axis(ax.xaxis, tick)
    ax.locator_params(axis="x", nbins=5)
    places = places_of(table, firms)
    by_firm = {firm: {str(row["part"]): row for row in rows.to_dict("records")} for firm, rows in firms.items()}
    colours = {firm: look(places[firm]).colour for firm in firms}
    (_draw_long if long else _draw_short)(ax, by_firm, colours, value)


def _draw_long(ax: Axes, firms: Mapping[str, Mapping[str, Row]], colours: Mapping[str, str], value: str) -> None:
    """A row for the firm's name and one for each part; the total stands on a row of its own, from nothing."""
    rows = [(firm, part) for firm, parts in firms.items() for part in ("", *(one for one in _PARTS if one in parts))]
    loss = {(firm, part): part in ("today", "future") and float(firms[firm][part][value]) < 0
            for firm, part in rows if part}
    said = {part: tr(words) for part, (_, _, words) in _PARTS.items()}
    names = [tr("{part}: bring less than they cost", part=said[part]) if loss.get((firm, part))
             else said[part] if part else firm for firm, part in rows]
    size = row_type(ax, 1.15 * len(names))
    name_rows(ax, names, size, LONG_NAME)
    at, reach = 0.0, [0.0]
    for place, (firm, part) in enumerate(rows):
        label = ax.get_yticklabels()[place]
        if loss.get((firm, part)):
            label.set_fontsize(0.7 * size)  # two lines
        if not part or part == TOTAL:
            at = 0.0
            label.set(fontweight="bold", color=INK if part else colours[firm], fontsize=size if part else size + 2)
        if not part:
            continue
        row = firms[firm][part]
        start, number = at, float(row[value])
        at += number
        share, hatch, _ = _PARTS[part]
        ax.barh(place, number, left=start, height=0.68, color=tint(colours[firm], share), hatch=hatch,
                edgecolor=tint(colours[firm], 0.62) if hatch else "white")
        low, high = (start + end for end in ends_of(row))
        interval(ax, place, low, high, INK, 11)
        ends = [end for end in (start, at, low, high) if end == end]
        words = amount(number, "money") if part == TOTAL or number >= 0 else signed(number, "money")
        say(ax, words, (max(ends), place), (10, 0), va="center", fontsize=size + (2 if part == TOTAL else 0),
            fontweight="bold" if part == TOTAL else "normal", path_effects=halo())
        reach += ends
    span = (max(reach) - min(reach)) or 1.0
    ax.set_xlim(min(reach) - 0.02 * span, max(reach) + 0.22 * span)


def _draw_short(ax: Axes, firms: Mapping[str, Mapping[str, Row]], colours: Mapping[str, str], value: str) -> None:
    """One row per firm: the parts end to end, the total as a diamond, and their numbers in a column at the right."""
    size = row_type(ax, 1.6 * len(firms))
    name_rows(ax, list(firms), size, fontweight="bold")
    ax.set_ylim(len(firms) - 0.4, -0.62)
    for place, (firm, rows) in enumerate(firms.items()):
        ax.get_yticklabels()[place].set_color(colours[firm])
        parts = {part: float(rows[part][value]) for part in _PARTS if part in rows and part != TOTAL}
        ends = {True: 0.0, False: 0.0}  # positive parts grow to the right, negative ones to the left
        for part, number in parts.items():
            share, hatch, _ = _PARTS[part]
            ax.barh(place, number, left=ends[number >= 0], height=0.55, color=tint(colours[firm], share), hatch=hatch,
                    edgecolor=tint(colours[firm], 0.62) if hatch else "white", linewidth=1.5)
            ends[number >= 0] += number
        told = len(firms) <= MOST_TOLD
        if told:
            terms = [f"{'-' if number < 0 else '+'} {amount(abs(number), 'money')}" for number in parts.values()]
            say_right(ax, place + 0.2, " ".join(terms).removeprefix("+ "), colour=GREY, size=13)
        if TOTAL in rows:
            total = float(rows[TOTAL][value])
            interval(ax, place, *ends_of(rows[TOTAL]), INK, 14)
            ax.plot([total], [place], marker="D", markersize=11, color=INK, markeredgecolor="white")
            say_right(ax, place - 0.17 * told, amount(total, "money"), size=size, bold=True)
