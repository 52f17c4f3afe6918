"""Who makes the profit: added up over customers, the most profitable first."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import draw_lines, lines_of, parts_of, series_column, value_column
from sim.figures.style import GREY, Words, format_axis, say, shows, write
from sim.text.language import tr
from sim.text.numbers import percent

FIFTH = 0.2


@shows("firm", "customers_share", table=("whales",))
def whale_curve(table: pd.DataFrame, ax: Axes) -> None:
    """Share of a firm's profit that its best customers make (Cooper and Kaplan 1991).

    Table: `firm` (or `world`), `customers_share` (0..1, the most profitable first), and `mean` (with `low`, `high`,
    `n`) or `profit_share`. Unit: share of the profit of all customers; above 100 % the rest loses money. A line marks
    the best fifth. A firm without a number is named below the title: its customers bring no profit together.
    """
    value, by = value_column(table, "profit_share"), series_column(table)
    for axis in (ax.xaxis, ax.yaxis):
        format_axis(axis, percent)
    losing = [name for name, rows in parts_of(table, by).items() if rows[value].isna().all()]
    unit = tr("share of the profit of all customers (costs that no customer causes are not in it)")
    if losing:
        unit += tr("; customers bring no profit together: {firms}", firms=", ".join(losing))
    write(ax, Words(tr("Who makes the profit"), unit, tr("share of customers, the most profitable first")), table)
    lines = lines_of(table[~table[by].astype(str).isin(losing)], value, "customers_share")
    if not lines:
        return
    top = float(table["high" if "high" in table.columns else value].max())
    ax.set_ylim(min(0.0, float(table[value].min())), 1.06 * max(1.0, top))
    ax.axhline(1.0, color=GREY, linewidth=1.2)
    ax.axvline(FIFTH, color=GREY, linewidth=1.2, linestyle=(0, (2, 2)))
    say(ax, tr("best fifth"), (FIFTH, 0.02), (6, 0), coords=("data", "axes fraction"), color=GREY, fontsize=16,
        va="bottom")
    # all lines end at 100 %: the names stand in the order of their peaks
    draw_lines(ax, sorted(lines, key=lambda line: float(line.y.max())))
