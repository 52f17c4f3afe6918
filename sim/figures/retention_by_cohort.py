"""Of the people won in a given year, how many still buy later on."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import label_edges, panels, parts_of, spread, value_column
from sim.figures.style import Words, format_axis, look, places_of, say, shows, tint, write
from sim.text.language import tr
from sim.text.numbers import percent, written

MOST_COHORTS = 6
NAMES_INCHES = 0.85
"""Left of where the lines begin the names of the cohorts stand, on no line."""
SIZE = 15
_PALEST = 0.35


@shows("firm", "cohort", "age_years", table=("cohorts",))
def retention_by_cohort(table: pd.DataFrame, ax: Axes) -> None:
    """Share of each cohort that is still a customer, by time since its first purchase; one panel per firm.

    Table: `firm`, `cohort` (a year or a name), `age_years`, and `mean` (with `low`, `high`, `n`) or
    `retention_share`. Unit: share of the cohort. Of more than six cohorts, six evenly spaced ones are shown. At age 0,
    and until the active window (`attrs["active_window_weeks"]`) has gone by, everybody is a customer by definition:
    lines begin after it, with the share who bought again.
    """
    value = value_column(table, "retention_share")
    weeks = table.attrs.get("active_window_weeks")
    unit = tr("share of the cohort that still buys") if not weeks else tr(
        "share of the cohort that still buys: bought in the last {weeks} weeks\nuntil {weeks} weeks everybody counts: "
        "lines begin there, with those who bought again", weeks=written(f"{weeks:g}"))
    write(ax, Words(tr("Who stays, by year of the first purchase"), unit, tr("years")), table)
    firms = parts_of(table[table["age_years"] > 0] if (table["age_years"] > 0).any() else table)
    places = places_of(table, parts_of(table))
    made = panels(ax, firms, gap=0.05)
    for firm, panel in made.items():
        _draw_firm(panel, firms[firm], value, look(places[firm]).colour)
    label_edges(made, tr("years since the first purchase") if len(firms) < 4 else tr("years since first purchase"))


def _draw_firm(panel: Axes, table: pd.DataFrame, value: str, colour: str) -> None:
    """The cohorts of one firm, from its full colour (the oldest) to a pale one, named where they begin."""
    cohorts = sorted(dict.fromkeys(table["cohort"]))
    if len(cohorts) > MOST_COHORTS:
        cohorts = [cohorts[round(at)] for at in np.linspace(0, len(cohorts) - 1, MOST_COHORTS)]
    panel.set_ylim(0, 1.04)
    format_axis(panel.yaxis, percent)
    names, heights, first = [], [], float(table["age_years"].min())
    for rank, cohort in enumerate(cohorts):
        shade = tint(colour, 1 - (1 - _PALEST) * rank / max(1, len(cohorts) - 1))
        rows = table[table["cohort"] == cohort].sort_values("age_years")
        ages, kept = rows["age_years"].to_numpy(dtype=float), rows[value].to_numpy(dtype=float)
        panel.plot(ages, kept, color=shade, marker="osD^vP"[rank], markersize=8, markevery=max(1, len(ages) // 5))
        if {"low", "high"} <= set(rows.columns):
            panel.fill_between(ages, rows["low"].astype(float), rows["high"].astype(float), color=shade, alpha=0.15,
                               linewidth=0)
        names.append(tr("year {year}", year=cohort) if isinstance(cohort, int | np.integer) else str(cohort))
        heights.append(float(kept[0]))
    inches = panel.get_window_extent().width / panel.figure.dpi
    last = max(float(table["age_years"].max()), first + 0.5)
    panel.set_xlim(last - (last - first) / (1 - min(0.45, NAMES_INCHES / inches)), last + 0.02 * (last - first))
    panel.set_xticks([tick for tick in panel.get_xticks() if first - 1e-9 <= tick <= last])
    _name(panel, names, heights, (first, colour))


def _name(panel: Axes, names: list[str], heights: list[float], where: tuple[float, str]) -> None:
    """The names of the cohorts, left of their first points and apart from each other, with a thin line to them."""
    first, colour = where
    tall = 1.04 * 1.5 * SIZE / 72 / (panel.get_window_extent().height / panel.figure.dpi)
    for name, height, place in zip(names, heights, spread(heights, tall, (0.5 * tall, 1.04)), strict=True):
        if not np.isfinite(height):
            continue
        reach = panel.get_xlim()[0] + 0.82 * (first - panel.get_xlim()[0])
        panel.plot([reach, first], [place, height], color=colour, linewidth=0.8)
        say(panel, name, (reach, place), (-3, 0), ha="right", va="center", fontsize=SIZE, fontweight="bold",
            color=colour)
