"""What a class forecast, and what the runs showed: how far off, and how sure of it."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from sim.figures.style import GREY, MIST, Words, format_axis, format_outcome, halo, look, outcome_of, say, shows, write
from sim.text.language import tr
from sim.text.numbers import percent

RIGHT, WRONG = look(0), look(1)


@shows("difference", "sure", "right", "low", "high")
def class_forecasts(table: pd.DataFrame, ax: Axes) -> None:
    """Each forecast a dot: across the difference it named, upwards how sure it was of the winner; the runs a band.

    Table: `difference` (the second option minus the first), `sure` (0 to 1), `right` (whether the winner was named;
    None where the runs name nobody), `low`, `high` (95 % interval of the runs, the same in every row). `attrs`:
    `outcome_words`, `unit`, `currency`, `option_a`, `option_b`, `runs`, `finding`. Rows without a number are left out.
    """
    told = table.dropna(subset=["difference", "sure", "low", "high"])
    note = tr("Band: 95 % interval of {runs} runs. Forecasts with both numbers: {told} of {every}.",
              runs=int(table.attrs.get("runs", 0)), told=len(told), every=len(table))
    write(ax, Words(tr("What was forecast, and what the runs show"), tr("how sure of the winner"),
                    outcome_of(table, points=True)), table, note)
    ax.set_ylim(-0.04, 1.12)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
    format_axis(ax.yaxis, percent)
    format_outcome(ax.xaxis, table)
    ax.locator_params(axis="x", nbins=6)
    ax.axvline(0, color=GREY, linewidth=1.2)
    if told.empty:
        return
    low, high = float(told["low"].iloc[0]), float(told["high"].iloc[0])
    ax.axvspan(low, high, color=MIST, alpha=0.55, linewidth=0)
    say(ax, tr("the runs"), ((low + high) / 2, 1.05), ha="center", va="bottom", fontsize=16, path_effects=halo())
    kinds = ((True, RIGHT, tr("right winner")), (False, WRONG, tr("other winner")), (None, None, tr("no sure winner")))
    for right, seen, words in kinds:
        mine = told[told["right"].isna()] if right is None else told[told["right"] == right]
        if len(mine):
            ax.plot(mine["difference"], mine["sure"], linestyle="none", marker=seen.marker if seen else "D",
                    markersize=13, color=seen.colour if seen else GREY, alpha=0.75, label=words)
    ax.legend(loc="lower right", frameon=True, fontsize=15)
