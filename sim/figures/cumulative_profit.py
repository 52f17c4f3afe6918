"""Profit added up and discounted, and the moment in which one line overtakes the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import draw_lines, lines_of, value_column
from sim.figures.style import GREY, INK, Words, currency_of, format_axis, halo, in_brackets, say, shows, tick, write
from sim.text.language import tr
from sim.text.numbers import written

ROOM_INCHES = 3.8
"""Axes at least so high have room for the difference below the lines."""


@shows("year", "firm", table=("profit",))
def cumulative_profit(table: pd.DataFrame, ax: Axes) -> None:
    """Cumulative discounted profit by firm, with the crossing and its interval.

    Table: `year`, `firm` (or `world`), and `mean` (with `low`, `high`, `n`) or `cumulative_discounted_profit_money`.
    Unit: money of today. `table.attrs["crossing"]`, where there is one, holds `year`, `low`, `high` and `text`.
    `table.attrs["difference"]` (`firm`, `other`, `year`, `mean`, `low`, `high`, `ahead`, `n`), where there is one and
    the bands overlap at the end, is drawn below: bands of means may overlap although every run has the same winner.
    """
    lines = lines_of(table, value_column(table, "cumulative_discounted_profit_money"), "year")
    difference = table.attrs.get("difference")
    unit = tr("discounted profit to date") + in_brackets("money" if currency_of(table) else "", currency_of(table))
    high = ax.get_window_extent().height / ax.figure.dpi >= ROOM_INCHES
    apart = bool(difference) and high and len(lines) == 2 and _overlap(*lines)
    write(ax, Words(tr("Profit to date"), unit, " " if apart else tr("year")), table)
    top = ax.inset_axes((0, 0.45, 1, 0.55)) if apart else ax
    if apart:
        ax.axis("off")
        top.set_xticklabels([])
    format_axis(top.yaxis, tick)
    top.axhline(0, color=GREY, linewidth=1.2)
    top.margins(y=0.08)
    draw_lines(top, lines)
    if apart:
        below = ax.inset_axes((0, 0, 1, 0.32))
        _draw_difference(below, difference or {}, currency_of(table))
        below.set_xlim(top.get_xlim())
    if crossing := table.attrs.get("crossing"):
        _mark_crossing(top, crossing)


def _overlap(one: Any, other: Any) -> bool:
    """Whether the bands of two lines overlap where they end."""
    if not (one.band and other.band):
        return False
    return bool(max(one.band[0][-1], other.band[0][-1]) <= min(one.band[1][-1], other.band[1][-1]))


def _draw_difference(panel: Axes, found: Mapping[str, Any], currency: str) -> None:
    """How much more the one has than the other in the same runs, its interval, and in how many runs it is ahead."""
    panel.axhline(0, color=GREY, linewidth=1.2)
    panel.plot(found["year"], found["mean"], color=INK)
    panel.fill_between(found["year"], found["low"], found["high"], color=GREY, alpha=0.25, linewidth=0)
    panel.margins(y=0.12)
    panel.locator_params(axis="y", nbins=4)
    format_axis(panel.yaxis, lambda value: tick(value, signed=True))
    panel.set_xlabel(tr("year"))
    clear = found["low"][-1] > 0 or found["high"][-1] < 0
    words = tr("{firm} minus {other}, run by run{unit}: at the end ahead in {ahead} of {runs} runs, {verdict}",
               firm=found["firm"], other=found["other"], unit=in_brackets("money" if currency else "", currency),
               ahead=found["ahead"], runs=found["n"], verdict=tr("clear") if clear else tr("too close to call"))
    say(panel, words, (0, 1), (0, 7), coords="axes fraction", fontsize=16, color=GREY, va="bottom")


def _mark_crossing(ax: Axes, crossing: Mapping[str, Any]) -> None:
    """A vertical line at the crossing, a band for its interval, and the words at its head."""
    year = float(crossing["year"])
    low, high = float(crossing.get("low", year)), float(crossing.get("high", year))
    if high > low:
        ax.axvspan(low, high, color=GREY, alpha=0.13, linewidth=0)
    ax.axvline(year, color=INK, linewidth=1.6, linestyle=(0, (2, 2)))
    left = year > sum(ax.get_xlim()) / 2
    words = str(crossing.get("text") or tr("crossing after {years} years", years=written(f"{year:.1f}")))
    say(ax, words, (low if left else high, 0.97),
        (-8 if left else 8, 0), coords=("data", "axes fraction"), ha="right" if left else "left", va="top", fontsize=16,
        path_effects=halo())
