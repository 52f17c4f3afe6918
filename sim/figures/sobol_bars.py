"""How much of the spread of an outcome comes from each uncertain assumption, alone and together with the others."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from sim.figures._rows import interval, name_rows, names_of, row_type, say_right
from sim.figures.style import INK, Words, counted_runs, format_axis, outcome_of, shows, write
from sim.text.numbers import percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_TOTAL, _FIRST = "#A6D4F2", "#0072B2"


@shows("factor", "first", "total")
def sobol_bars(table: pd.DataFrame, ax: Axes) -> None:
    """First-order and total Sobol indices (Saltelli and others 2010) with their intervals, one row per factor.

    Table, the most important first: `factor`, `first`, `total`, and where there are, `first_low`, `first_high`,
    `total_low`, `total_high`, `label`, `n` (base samples). Unit: share of the variance of the outcome. Dark:
    the factor alone; light: with everything it does together with others. `attrs`: `outcome_words`, `option_a`,
    `option_b`, `finding`, `note`, `comparisons` (intervals in all), and `tells_alone`: where that is False, too little
    is known to tell alone from together; then the dark bars are only outlined, and the words say the share in all with
    its interval.
    """
    rows = table.to_dict("records")
    size = row_type(ax, 1.6 * len(rows))
    told = bool(table.attrs.get("tells_alone", True))
    words = Words("Where the uncertainty comes from", "dark: by itself; light: together with the other assumptions",
                  f"share of the variance of {outcome_of(table, unit=False)}", 60)
    write(ax, words, table, fill(str(table.attrs.get("note", _note(table, told))), 60))
    name_rows(ax, names_of(rows), size)
    for place, row in enumerate(rows):
        for kind, colour, offset in (("total", _TOTAL, 0.17), ("first", _FIRST, -0.17)):
            outlined = kind == "first" and not told
            ax.barh(place + offset, float(row[kind]), height=0.34, color="white" if outlined else colour,
                    edgecolor=colour, linewidth=1.2 if outlined else 0.0)
            if f"{kind}_low" in row and f"{kind}_high" in row:
                interval(ax, place + offset, float(row[f"{kind}_low"]), float(row[f"{kind}_high"]), INK)
        if told or "total_low" not in row:
            said = f"{percent(float(row['first']))} alone, {percent(float(row['total']))} in all"
        else:
            low, high = (100 * float(row[f"total_{end}"]) for end in ("low", "high"))
            said = f"{percent(float(row['total']))} in all ({low:.0f} to {high:.0f} %)"
        say_right(ax, place, said, size=0.85 * size)
    low, high = ax.get_xlim()
    ax.set_xlim(min(low, 0.0), max(high, 0.1))
    format_axis(ax.xaxis, percent)
    ax.axvline(0, color=INK, linewidth=1.2)


def _note(table: pd.DataFrame, told: bool) -> str:
    """How many samples, what the whiskers are and how many, and what cannot be told."""
    from sim.statistics.intervals import by_chance

    parts = [f"From {counted_runs(table)} base samples." if "n" in table.columns else "",
             "" if told else "Too few to tell alone from together: dark only outlined.",
             "Whiskers: 95 % interval." if "first_low" in table.columns else "",
             by_chance(int(table.attrs.get("comparisons", 0)))]
    return " ".join(part for part in parts if part)
