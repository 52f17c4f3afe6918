"""The path to a difference in profit: customers won, how long they stayed, what they paid meanwhile, costs."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from sim.figures.style import Words, outcome_of, shows
from sim.figures.why_waterfall import draw_parts
from sim.text.language import tr


@shows("step", "part")
def why_path(table: pd.DataFrame, ax: Axes) -> None:
    """From nothing to the whole difference in profit, step by step on the way of customers.

    Table: `step`, `part` (what it adds to the difference), `low`, `high` (95 % interval of it), `n`; the last row is
    the whole, the sum of the others. `attrs` as in `why_waterfall`; `sim.why(...).path_table()` is such a table.
    """
    below = tr("each bar begins where the one above ended; hatched: takes away")
    draw_parts(table, ax, "step", Words(tr("The path to the difference"), below, outcome_of(table), 64))
