"""How much of the spread of an outcome comes from each uncertain assumption, alone and together with the others."""

from __future__ import annotations

from textwrap import fill

import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import ends_of, interval, names_of, row_names, say_right
from sim.figures.style import INK, MIST, SLATE, Words, format_axis, note_of, outcome_of, shows, write
from sim.text.language import tr
from sim.text.numbers import percent

_TOTAL, _FIRST = MIST, SLATE
MOST_ROWS = 8


@shows("factor", "first", "total")
def sobol_bars(table: pd.DataFrame, ax: Axes) -> None:
    """First-order and total Sobol indices (Saltelli and others 2010) with their intervals, one row per factor.

    Table, the most important first: `factor`, `first`, `total`, and where there are, `first_low`, `first_high`,
    `total_low`, `total_high`, `label`, `n` (base samples). Unit: share of the variance of the outcome. Dark:
    the factor alone; pale: with everything it does together with others. `attrs`: `outcome_words`, `option_a`,
    `option_b`, `finding`, `note`, `comparisons` (intervals in all), and `tells_alone`: where that is False, too little
    is known to tell alone from together; then the dark bars are only outlined, and the words say the share in all with
    its interval.
    """
    rows, alone = table.to_dict("records")[:MOST_ROWS], bool(table.attrs.get("tells_alone", True))
    words = Words(tr("Where the uncertainty comes from"),
                  tr("dark: by itself; pale: together with the other assumptions"),
                  tr("share of the variance of {outcome}", outcome=outcome_of(table, unit=False)), 60)
    left = tr("The first {count} of {all}.", count=len(rows), all=len(table)) if len(rows) < len(table) else ""
    note = note_of(table, tr("From {} base samples."),
                   "" if alone else tr("Too few to tell alone from together: dark only outlined."),
                   tr("Whiskers: 95 % interval.") if "first_low" in table.columns else "", left, width=60)
    write(ax, words, table, fill(str(table.attrs.get("note", note)), 60))
    size = row_names(ax, names_of(rows, str(table.attrs.get("currency", ""))), 1.8)
    for place, row in enumerate(rows):
        for kind, colour, offset in (("total", _TOTAL, 0.17), ("first", _FIRST, -0.17)):
            outlined = kind == "first" and not alone
            ax.barh(place + offset, float(row[kind]), height=0.34, color="white" if outlined else colour,
                    edgecolor=colour, linewidth=1.2 if outlined else 0.0)
            interval(ax, place + offset, *ends_of(row, f"{kind}_"))
        total = percent(float(row["total"]))
        if alone or "total_low" not in row:
            in_all = tr("{alone} alone, {total} in all", alone=percent(float(row["first"])), total=total)
        else:
            low, high = float(row["total_low"]), float(row["total_high"])
            in_all = tr("{total} in all ({low} to {high})", total=total, high=percent(high),
                        low=percent(low).removesuffix(" %"))
        say_right(ax, place, in_all, size=0.85 * size)
    low, high = ax.get_xlim()
    ax.set_xlim(min(low, 0.0), max(high, 0.1))
    format_axis(ax.xaxis, percent)
    ax.axvline(0, color=INK, linewidth=1.2)
