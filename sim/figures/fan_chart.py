"""How far single runs lie apart: the middle one, the middle half and nine tenths of them, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.figures._lines import Label, label_ends, series_column
from sim.figures._rows import label_edges, panels
from sim.figures.style import Look, Words, counted_runs, format_axis, look, outcome_of, shows, tick, unit_of, write

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_IN_ONE = 3


@shows("year", "firm", "middle", table=("quantiles", "cumulative_discounted_profit_money"))
def fan_chart(table: pd.DataFrame, ax: Axes) -> None:
    """Quantiles over runs of a number over time; up to three firms in one picture, more in panels.

    Table: `year`, `firm` (or `world`), `middle` (the median run), and where there are several runs, `lowest` and
    `highest` (5 % and 95 % of runs lie below), `lower` and `upper` (25 % and 75 %), `n`. Unit: that of the number.
    `attrs`: `outcome_words`, `unit`, `currency`, `finding`. A fan is the spread from run to run, not the
    uncertainty of the mean.
    """
    fan = "lowest" in table.columns
    note = None if not fan or "n" not in table.columns else (
        f"{counted_runs(table)} runs. Line: the middle run; dark: half of the runs; light: nine tenths of them."
    )
    write(ax, Words("How far runs lie apart", outcome_of(table), "year"), table, note)
    by = series_column(table)
    names = [str(name) for name in dict.fromkeys(table[by])]
    looks = {name: look(place) for place, name in enumerate(names)}
    made = panels(ax, names, gap=0.08) if len(names) > MOST_IN_ONE else dict.fromkeys(names, ax)
    ends = [_draw(made[name], table[table[by].astype(str) == name].sort_values("year"), (name, looks[name]))
            for name in names]
    for inner in dict.fromkeys(made.values()):
        format_axis(inner.yaxis, lambda value: tick(value, unit_of(table)))
        inner.set_xlim(0.0 if 0 < table["year"].min() < 0.3 else float(table["year"].min()), None)
    if len(names) > MOST_IN_ONE:
        _same_scale(list(made.values()))
        label_edges(made, "year")
    else:
        label_ends(ax, ends)


def _draw(ax: Axes, rows: pd.DataFrame, who: tuple[str, Look]) -> Label:
    """The fan of one firm; gives the words at its end."""
    name, style = who
    year = rows["year"].to_numpy(dtype=float)
    if {"lowest", "lower", "upper", "highest"} <= set(rows.columns):
        for low, high, depth in (("lowest", "highest", 0.16), ("lower", "upper", 0.30)):
            ax.fill_between(year, rows[low].astype(float), rows[high].astype(float), color=style.colour, alpha=depth,
                            linewidth=0)
    middle = rows["middle"].to_numpy(dtype=float)
    ax.plot(year, middle, color=style.colour, linestyle=style.dashes)
    ax.margins(x=0.02)
    return Label(name, float(middle[-1]), style.colour)


def _same_scale(made: list[Axes]) -> None:
    """Panels side by side are read against each other."""
    lows, highs = zip(*(inner.get_ylim() for inner in made), strict=True)
    for inner in made:
        inner.set_ylim(min(lows), max(highs))
