"""The way to the board of a game: profit to date of each team, round by round."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import draw_lines, lines_of
from sim.figures.style import GREY, Words, currency_of, format_axis, in_brackets, shows, tick, write
from sim.text.language import tr


@shows("round", "firm", "money")
def game_course(table: pd.DataFrame, ax: Axes) -> None:
    """A line for each team over the rounds of the game; upright lines where a round ended and new decisions began.

    Table: `round` (2.5: in the middle of the third round), `firm` (the team), `money` (profit to date).
    `attrs`: `currency`, `firms`. Unit: money, not discounted.
    """
    lines = lines_of(table, "money", "round")
    unit = tr("profit to date in this market{currency}", currency=in_brackets(currency_of(table), ""))
    write(ax, Words(tr("Profit to date, round by round"), unit, tr("rounds")), table,
          tr("One market: other people and other chance give other numbers."))
    format_axis(ax.yaxis, tick)
    ax.axhline(0, color=GREY, linewidth=1.2)
    last = max(float(line.x[-1]) for line in lines)
    for end in range(1, int(last + 0.01)):
        ax.axvline(end, color=GREY, linewidth=1.2, linestyle=(0, (2, 3)))
    ax.set_xticks(range(int(last + 0.01) + 1))
    ax.margins(y=0.08)
    draw_lines(ax, lines)
