"""How many customers each firm has, period by period."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import draw_lines, lines_of, series_column, value_column
from sim.figures.style import Words, format_axis, shows, write
from sim.text.language import tr
from sim.text.numbers import written


@shows("year", "firm", table=("over_time", "active_customers_people"))
def customers_over_time(table: pd.DataFrame, ax: Axes) -> None:
    """Active customers by firm over the years.

    Table: `year`, `firm` (or `world`), and `mean` (with `low`, `high`, `n`) or `active_customers_people`. Unit: people.
    """
    value = value_column(table, "active_customers_people")
    format_axis(ax.yaxis, lambda people: written(f"{people:,.0f}"))
    ax.set_ylim(0, 1.06 * float(table["high" if "high" in table.columns else value].max()) or 1)
    several = series_column(table) == "world" and table["firm"].nunique() == 1
    title = tr("Customers of {firm}", firm=table["firm"].iloc[0]) if several else tr("Customers by firm")
    write(ax, Words(title, tr("active customers (people)"), tr("year")), table)
    draw_lines(ax, lines_of(table, value, "year"))
