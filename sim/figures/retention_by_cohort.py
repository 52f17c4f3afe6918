"""Of the people won in a given year, how many still buy later on."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from sim.figures._shapes import Label, label_edges, label_ends, panels, parts_of, value_column
from sim.figures.style import Words, format_axis, halo, say, shows, write
from sim.text.numbers import percent

MOST_COHORTS = 8


@shows("firm", "cohort", "age_years", table=("cohorts",))
def retention_by_cohort(table: pd.DataFrame, ax: Axes) -> None:
    """Share of each cohort that is still a customer, by time since its first purchase; one panel per firm.

    Table: `firm`, `cohort` (a year or a name), `age_years`, and `mean` (with `low`, `high`, `n`) or
    `retention_share`. Unit: share of the cohort. Of more than eight cohorts, eight evenly spaced ones are shown.
    """
    value = value_column(table, "retention_share")
    weeks = table.attrs.get("active_window_weeks")
    unit = "share of the cohort that still buys" + (f" (bought in the last {weeks:g} weeks)" if weeks else "")
    write(ax, Words("Who stays, by year of the first purchase", unit, "years"), table)
    firms = parts_of(table)
    made = panels(ax, firms, gap=0.13)
    for firm, panel in made.items():
        _draw_firm(panel, firms[firm], value)
    label_edges(made, "years since the first purchase" if len(firms) < 4 else "years since first purchase")


def _draw_firm(panel: Axes, table: pd.DataFrame, value: str) -> None:
    """The cohorts of one firm, from dark (the oldest) to light."""
    cohorts = sorted(dict.fromkeys(table["cohort"]))
    if len(cohorts) > MOST_COHORTS:
        cohorts = [cohorts[round(at)] for at in np.linspace(0, len(cohorts) - 1, MOST_COHORTS)]
    panel.set_ylim(0, 1.04)
    format_axis(panel.yaxis, percent)
    ends = []
    for rank, cohort in enumerate(cohorts):
        colour = to_hex(colormaps["viridis"](0.72 * rank / max(1, len(cohorts) - 1)))
        rows = table[table["cohort"] == cohort].sort_values("age_years")
        ages, kept = rows["age_years"].to_numpy(dtype=float), rows[value].to_numpy(dtype=float)
        panel.plot(ages, kept, color=colour, marker="o", markersize=7, markevery=max(1, len(ages) // 6))
        if {"low", "high"} <= set(rows.columns):
            panel.fill_between(ages, rows["low"].astype(float), rows["high"].astype(float), color=colour, alpha=0.15)
        name = f"year {cohort}" if isinstance(cohort, int | np.integer) else str(cohort)
        ends.append((float(ages[-1]), Label(name, float(kept[-1]), colour)))
    panel.margins(x=0.03)
    panel.locator_params(axis="x", nbins=4)
    if len({age for age, _ in ends}) < len(ends):  # several lines end together: names at the edge of the panel
        label_ends(panel, [label for _, label in ends], size=14)
        return
    for age, label in ends:
        say(panel, label.text, (age, label.height), (0, 12), ha="center", va="bottom", fontsize=14, fontweight="bold",
            color=label.colour, path_effects=halo())
