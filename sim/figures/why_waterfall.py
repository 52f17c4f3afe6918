"""A difference shared out among decisions: each bar begins where the one above ended."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import Row, ends_of, interval, row_names, say_right, waterfall_step, zero_line
from sim.figures.style import SLATE, Words, format_outcome, note_of, outcome_of, shows, unit_of, write
from sim.text.language import tr
from sim.text.numbers import signed


@shows("decision", "part")
def why_waterfall(table: pd.DataFrame, ax: Axes) -> None:
    """From nothing to the whole difference, decision by decision.

    Table: `decision`, `part` (what it adds to the difference), `low`, `high` (95 % interval of it), `n`; the last row
    is the whole, the sum of the others. `attrs`: `outcome_words`, `unit`, `currency`, `option_a`, `option_b`,
    `finding`. A part whose interval holds zero is white and said to be too close to call; a hatched one takes away.
    """
    below = tr("each bar begins where the one above ended; hatched: takes away")
    words = Words(tr("Where the difference comes from"), below, outcome_of(table, points=True), 64)
    draw_parts(table, ax, "decision", words)


def draw_parts(table: pd.DataFrame, ax: Axes, names: str, words: Words) -> None:
    """Parts (named in the column `names`) from top to bottom, each from where the one above ended, and the whole."""
    *parts, whole = table.to_dict("records")
    note = note_of(table, tr("Mean of {} paired runs; whiskers: 95 % interval. The parts add up to the whole."))
    write(ax, words, table, note)
    size = row_names(ax, [str(row[names]) for row in (*parts, whole)], 1.25)
    zero_line(ax)
    start = 0.0
    for place, row in enumerate(parts):
        step: Row = {"added": row["part"], "added_low": row["low"], "added_high": row["high"]}
        waterfall_step(ax, place, start, step, (unit_of(table), size))
        start += float(row["part"])
    last = len(parts)
    ax.barh(last, float(whole["part"]), height=0.6, color=SLATE)
    interval(ax, last, *ends_of(whole))
    say_right(ax, last, signed(float(whole["part"]), unit_of(table)), size=max(15.0, 0.88 * size), bold=True)
    format_outcome(ax.xaxis, table)
    ax.locator_params(axis="x", nbins=5)
