"""How far single runs lie apart, over time: the middle one, the middle half, and nine tenths or all of them."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import Label, label_edges, label_ends, panels, parts_of, series_column
from sim.figures.style import Words, format_axis, look, of_runs, outcome_of, places_of, shows, tick, unit_of, write
from sim.text.language import tr

MOST_IN_ONE = 3
MANY_RUNS, SOME_RUNS = 20, 8
"""From so many runs on there are nine tenths of them, and a half."""


@shows("year", "firm", "middle", table=("quantiles", "cumulative_discounted_profit_money"))
def fan_chart(table: pd.DataFrame, ax: Axes) -> None:
    """Quantiles over runs of a number over time; up to three firms in one picture, more in panels.

    Table: `year`, `firm` (or `world`), `middle` (the median run), and where there are several runs, `lowest` and
    `highest` (5 % and 95 % of runs lie below; of fewer than twenty runs the lowest and the highest run), `lower` and
    `upper` (25 % and 75 %; not drawn of fewer than eight), `n`. Unit: that of the number. `attrs`: `outcome_words`,
    `unit`, `currency`, `finding`. A fan is the spread from run to run, not the uncertainty of the mean.
    """
    runs = int(table["n"].max()) if "n" in table.columns else MANY_RUNS
    half = runs >= SOME_RUNS
    bands = tr("{} runs. Line: the middle run; dark: the middle half of the runs; pale: nine tenths of them.") if (
        runs >= MANY_RUNS) else tr(
        "{} runs. Line: the middle run; dark: the middle half of the runs; pale: all of them.") if half else tr(
        "{} runs. Line: the middle run; pale: all of them.")
    note = (of_runs(table, bands) or None) if "lowest" in table.columns else None
    write(ax, Words(tr("How far runs lie apart"), outcome_of(table), tr("year")), table, note)
    parts = parts_of(table, series_column(table))
    apart = len(parts) > MOST_IN_ONE
    made = panels(ax, parts, gap=0.08) if apart else dict.fromkeys(parts, ax)
    ends, places = [], places_of(table, parts)
    for name, rows in parts.items():
        middle = _draw(made[name], rows.sort_values("year"), places[name], half)
        ends.append(Label(name, middle, look(places[name]).colour))
    limits = [end for panel in made.values() for end in panel.get_ylim()]
    for panel in made.values():
        format_axis(panel.yaxis, lambda value: tick(value, unit_of(table)))
        panel.set_xlim(0.0 if 0 < table["year"].min() < 0.3 else float(table["year"].min()), None)
        panel.set_ylim(min(limits), max(limits))  # panels side by side are read against each other
    if apart:
        label_edges(made, tr("year"))
    else:
        label_ends(ax, ends)


def _draw(ax: Axes, rows: pd.DataFrame, place: int, half: bool) -> float:
    """The fan of one firm; gives the height at which its line ends."""
    year, style = rows["year"].to_numpy(dtype=float), look(place)
    if {"lowest", "lower", "upper", "highest"} <= set(rows.columns):
        for low, high, depth in (("lowest", "highest", 0.16), ("lower", "upper", 0.30))[: 1 + half]:
            ax.fill_between(year, rows[low].astype(float), rows[high].astype(float), color=style.colour, alpha=depth,
                            linewidth=0)
    middle = rows["middle"].to_numpy(dtype=float)
    ax.plot(year, middle, color=style.colour, linestyle=style.dashes)
    ax.margins(x=0.02)
    return float(middle[-1])
