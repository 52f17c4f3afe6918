"""The statement of customer equity as a waterfall: from what was there to what is there."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.figures._lines import value_column
from sim.figures._rows import label_edges, panels
from sim.figures.style import GREY, INK, Words, currency_of, format_axis, shows, tick, write
from sim.text.numbers import amount, signed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

STANDING = ("opening", "closing")
MOST_LABELLED = 4
_STOCK, _UP, _DOWN = ("#0072B2", ""), ("#56B4E9", ""), ("#E69F00", "//")  # told apart by hatch and sign too


@shows("firm", "line")
def equity_waterfall(table: pd.DataFrame, ax: Axes) -> None:
    """Opening, what came and what went, closing: one panel per firm, from top to bottom.

    Table: `firm`, `line` (opening, movements, closing, in the order in which they are drawn), and `mean` (with `low`,
    `high`, `n`) or `amount_money`. Movements are signed and begin where the line before ended. Unit: money of each
    date. `table.attrs`: `currency`, `part` (whose value it is), `start_year`, `end_year`.
    """
    value = value_column(table, "amount_money")
    currency, attrs = currency_of(table), table.attrs
    dates = f", year {attrs['start_year']:g} to year {attrs['end_year']:g}" if "start_year" in attrs else ""
    whose = str(attrs.get("part", "customer equity"))
    unit = f"{currency}: {whose}{dates}; light: more, hatched: less" if currency else f"{whose}{dates}"
    write(ax, Words("What became of customer equity", unit, " "), table)
    firms = [str(name) for name in dict.fromkeys(table["firm"])]
    made = panels(ax, firms, gap=0.05)
    drawn = {firm: _draw_firm(made[firm], table[table["firm"] == firm].to_dict("records"), value, len(firms))
             for firm in firms}
    low, high = min(ends[0] for ends in drawn.values()), max(ends[1] for ends in drawn.values())
    size = (high - low) or 1.0
    room = (0.26 if len(firms) < 3 else 0.45 if len(firms) <= MOST_LABELLED else 0.04) * size
    for panel in made.values():
        panel.set_xlim(low - 0.03 * size, high + room)
    label_edges(made, currency)


def _draw_firm(panel: Axes, rows: Sequence[Mapping[Hashable, Any]], value: str, firms: int) -> tuple[float, float]:
    """The bars of one firm, each beginning where the last one ended; gives the reach of what was drawn."""
    at, ends = 0.0, [0.0]
    for place, row in enumerate(rows):
        size = float(row[value])
        standing = row["line"] in STANDING
        start = 0.0 if standing else at
        end = start + size
        colour, hatch = _STOCK if standing else _UP if size >= 0 else _DOWN
        panel.barh(place, size, left=start, height=0.62, color=colour, hatch=hatch, edgecolor="white", linewidth=1)
        if place:
            panel.plot([at, at], [place - 0.69, place - 0.31], color=GREY, linewidth=1)
        reach = _whisker(panel, row, place, start)
        ends += [start, end, *reach]
        if firms <= MOST_LABELLED:
            _label(panel, place, (size, standing), max(start, end, *reach), firms)
        at = end
    panel.set_ylim(len(rows) - 0.45, -0.55)
    panel.set_yticks(range(len(rows)), [str(row["line"]) for row in rows], fontsize=17 if firms < 5 else 11)
    panel.tick_params(axis="y", length=0)
    panel.tick_params(axis="x", labelsize=15 if firms < 3 else 11)
    panel.grid(False, axis="y")
    panel.grid(True, axis="x")
    panel.axvline(0, color=GREY, linewidth=1.2)
    panel.locator_params(axis="x", nbins=5 if firms < 3 else 3)
    format_axis(panel.xaxis, _short)
    return min(ends), max(ends)


def _label(panel: Axes, place: int, what: tuple[float, bool], reach: float, firms: int) -> None:
    """The amount right of its bar, with its sign where it is a movement."""
    from matplotlib.patheffects import withStroke

    value, standing = what
    panel.annotate(
        (amount if standing else signed)(value, "money"), (reach, place), (8, 0),
        textcoords="offset points", ha="left", va="center", fontsize=16 if firms < 3 else 12,
        fontweight="bold" if standing else "normal", color=INK, annotation_clip=False,
        path_effects=[withStroke(linewidth=4, foreground="white")],
    )


def _whisker(panel: Axes, row: Mapping[Hashable, Any], place: int, start: float) -> tuple[float, ...]:
    """The interval as a line with end caps; gives its ends."""
    if not {"low", "high"} <= set(row) or row["low"] != row["low"]:
        return ()
    low, high = start + float(row["low"]), start + float(row["high"])
    panel.plot([low, high], [place, place], color=INK, linewidth=1.6, marker="|", markersize=11, markeredgewidth=1.6)
    return low, high


def _short(value: float) -> str:
    """Thousands as k where the axis is long."""
    return f"{value / 1000:,.0f}k" if abs(value) >= 10_000 else tick(value)
