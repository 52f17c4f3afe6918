"""The board of a game: what each team earned, and what the same decisions bring in other markets."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import ends_of, interval, row_names, say_right, zero_line
from sim.figures.style import (
    INK,
    Words,
    currency_of,
    format_axis,
    in_brackets,
    look,
    note_of,
    places_of,
    shows,
    tick,
    tint,
    write,
)
from sim.text.language import tr
from sim.text.numbers import amount


@shows("team", "own", "mean")
def game_board(table: pd.DataFrame, ax: Axes) -> None:
    """A bar for each team's profit to date in the game; a diamond with whiskers for its mean in the other markets.

    Table: `team` (the best first), `own`, `mean`, `low`, `high` (95 % interval of the mean), `n` (other markets).
    `attrs`: `currency`, `firms`, `rivals` (teams that the first one is not ahead of by more than chance). Unit: money.
    """
    rows = table.to_dict("records")
    first = str(rows[0]["team"])
    rivals = list(table.attrs.get("rivals", ()))
    title = (tr("First place, too close to call: {teams}", teams=", ".join([first, *rivals])) if rivals else
             tr("First place, by more than chance: {team}", team=first))
    below = tr("profit to date{currency}; bar: in this market; diamond and whiskers: mean of the same decisions in "
               "other markets", currency=in_brackets(currency_of(table), ""))
    note = note_of(table, tr("Other markets (other people, other chance): {n}. Whiskers: 95 % interval of the mean.",
                             n=int(table["n"].max())))
    write(ax, Words(title, below, width=84), table, note)
    size = row_names(ax, [str(row["team"]) for row in rows], 1.4)
    places = places_of(table, [str(row["team"]) for row in rows])
    zero_line(ax)
    for place, row in enumerate(rows):
        ax.barh(place, float(row["own"]), height=0.62, color=tint(look(places[str(row["team"])]).colour, 0.55))
        interval(ax, place, *ends_of(row), INK, 14)
        ax.plot([float(row["mean"])], [place], marker="D", markersize=10, color=INK, markeredgecolor="white")
        say_right(ax, place, amount(float(row["own"]), "money"), size=size, bold=True)
    format_axis(ax.xaxis, tick)
    ax.locator_params(axis="x", nbins=5)
