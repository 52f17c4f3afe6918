"""One assumption at a time from one end of its range to the other: which of them move the answer most."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import Row, interval, names_of, row_names, say_right, zero_line
from sim.figures.style import (
    GREY,
    INK,
    MIST,
    SLATE,
    Words,
    format_outcome,
    halo,
    level,
    note_of,
    outcome_of,
    say,
    shows,
    write,
)
from sim.text.language import tr
from sim.text.numbers import written

MOST_ROWS = 8
HALF = 0.34
"""Height of a bar: each end of a range has half of the row for itself, so that no whisker lies on another."""
_LOW, _HIGH = (MIST, "///"), (SLATE, "")


@shows("factor", "low", "high", "base", "at_low", "at_high")
def tornado(table: pd.DataFrame, ax: Axes) -> None:
    """What the outcome becomes when one factor stands at the low or the high end of its range, the others as written.

    Table, the widest bar first: `factor`, `low`, `high` (the ends of its range), `base` (mean outcome as written, the
    same in every row), `at_low`, `at_high` (mean outcome there), and where there are, `label`, `unit` (of the factor),
    `n`, `base_n` (runs of the changes, and as written), the intervals `at_low_from`, `at_low_to`, `at_high_from`,
    `at_high_to` (of the change from the base), and `reverses` (ends at which an option surely wins that does not as
    written; without it, a bar that crosses zero is said to reverse the answer). The first eight are drawn. Unit: that
    of the outcome. `attrs`: `outcome_words`, `unit`, `currency`, `option_a`, `option_b` (the outcome is then a lead,
    b − a), `is_open` (too close to call as written: nothing to reverse), `comparisons` (intervals in all), `finding`.
    """
    rows, base = table.to_dict("records")[:MOST_ROWS], float(table["base"].iloc[0])
    as_written = level(table, base, str(table.attrs.get("currency", "")))
    outcome = tr("{outcome}; as written {value}", outcome=outcome_of(table, unit=False, points=True), value=as_written)
    unit = tr("each at the low end of its range (pale, hatched) and at the high end (dark), the others as written; "
              "numbers: those ends")
    words = Words(tr("Which assumptions matter"), unit, outcome, 62)
    change = tr("Change: mean of {{}} paired runs; as written: {runs} runs.", runs=int(rows[0]["base_n"])) if (
        "base_n" in table.columns) else tr("Change: mean of {} paired runs.")
    left = tr("The widest {count} of {all}.", count=len(rows), all=len(table)) if len(rows) < len(table) else ""
    whiskers = tr("Whisker: 95 % interval of the change.") if "at_low_from" in table.columns else ""
    note = note_of(table, change, whiskers, left)
    write(ax, words, table, note)
    size = row_names(ax, names_of(rows, str(table.attrs.get("currency", ""))), 1.8)
    zero_line(ax, base)
    for place, row in enumerate(rows):
        _draw_end(ax, place - HALF / 2, row, "low", size)
        _draw_end(ax, place + HALF / 2, row, "high", size)
    format_outcome(ax.xaxis, table)
    ax.locator_params(axis="x", nbins=4)
    ax.margins(x=0.12)
    if table.attrs.get("option_b"):
        _mark_reversal(ax, rows, tr("settles\nthe answer") if table.attrs.get("is_open") else tr(
            "reverses\nthe answer"), 0.75 * size)


def _draw_end(ax: Axes, place: float, row: Row, end: str, size: float) -> None:
    """The bar of one end of a range with its whisker; outside of both, where the bar goes, the value of the factor."""
    base, value, other = (float(row[name]) for name in ("base", f"at_{end}", "at_high" if end == "low" else "at_low"))
    colour, hatch = _LOW if end == "low" else _HIGH
    ax.barh(place, value - base, left=base, height=HALF, color=colour, hatch=hatch, edgecolor=SLATE, linewidth=0.8)
    low, high = (float(row.get(f"at_{end}_{side}", "nan")) for side in ("from", "to"))
    interval(ax, place, low, high, INK, 0.5 * size)
    left = value < base or (value == base and other > base)
    known = [one for one in (base, value, low, high) if one == one]
    say(ax, written(f"{float(row[end]):.3g}"), (min(known) if left else max(known), place), (-6 if left else 6, 0),
        va="center", ha="right" if left else "left", fontsize=max(12.0, 0.75 * size), color=INK, path_effects=halo(3))


def _mark_reversal(ax: Axes, rows: Sequence[Row], does: str, size: float) -> None:
    """Zero as a dashed line where a bar crosses it, and words beside the rows that reverse the answer."""
    crossing = [any(float(row[end]) * float(row["base"]) < 0 for end in ("at_low", "at_high")) for row in rows]
    if any(crossing):
        ax.axvline(0, color=GREY, linewidth=1.4, linestyle=(0, (3, 2)))
    for place, row in enumerate(rows):
        if row.get("reverses", crossing[place]):
            say_right(ax, place, does, size=size, bold=True)
