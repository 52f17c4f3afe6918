"""How far each factor moves the answer over the whole space, and whether that depends on where things stand."""

from __future__ import annotations

from textwrap import fill

import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import ends_of, interval, names_of, row_names, say_right, zero_line
from sim.figures.style import GREY, INK, SLATE, Words, format_axis, note_of, outcome_of, shows, tick, unit_of, write
from sim.text.language import tr
from sim.text.numbers import amount, written

MOST_ROWS = 8


@shows("factor", "mean_absolute", "depends")
def morris_effects(table: pd.DataFrame, ax: Axes) -> None:
    """Sizes of Morris effects (μ*; Campolongo and others 2007), one row per factor, the largest first.

    Table: `factor`, `mean_absolute` (mean size of the effect of the whole range, never below 0), `depends` (in words:
    whether the effect is the same wherever the factors stand), and where there are, `mean_absolute_low`,
    `mean_absolute_high` (95 % interval), `label`, `n` (walks). Unit: that of the outcome, shares in percentage points.
    The first eight are drawn. A bar is hatched where the effect depends strongly on where the factors stand. `attrs`:
    `outcome_words`, `unit`, `currency`, `option_a`, `option_b`, `comparisons` (intervals in all), `finding`.
    """
    rows, unit = table.to_dict("records")[:MOST_ROWS], unit_of(table)
    scale = 100 if unit == "share" else 1
    outcome = tr("{outcome} (percentage points)", outcome=outcome_of(table, unit=False)) if unit == "share" else (
        outcome_of(table))
    words = Words(tr("What moves the answer over the whole space"),
                  tr("mean size of the effect of a factor's whole range, the others anywhere in theirs"),
                  outcome, 62)
    whiskers = tr("Whisker: 95 % interval over walks.") if "mean_absolute_low" in table.columns else ""
    left = tr("The largest {count} of {all}.", count=len(rows), all=len(table)) if len(rows) < len(table) else ""
    write(ax, words, table, note_of(table, tr("{} walks through the space."), whiskers, left))
    size = row_names(ax, names_of(rows, str(table.attrs.get("currency", ""))), 1.8)
    for place, row in enumerate(rows):
        value, strongly = float(row["mean_absolute"]), "strongly" in str(row["depends"])
        ax.barh(place, value, height=0.6, color="white" if strongly else SLATE, edgecolor=SLATE, linewidth=1.6,
                hatch="///" if strongly else "")
        interval(ax, place, *ends_of(row, "mean_absolute_"), INK, 0.6 * size)
        number = written(f"{100 * value:.1f}") if unit == "share" else amount(value, unit)
        say_right(ax, place, fill(f"{number}  {tr(str(row['depends']))}", 24), colour=GREY if strongly else INK,
                  size=max(13.0, 0.85 * size))
    ax.set_xlim(left=0)
    format_axis(ax.xaxis, lambda value: tick(scale * value))
    ax.locator_params(axis="x", nbins=4)
    zero_line(ax)
