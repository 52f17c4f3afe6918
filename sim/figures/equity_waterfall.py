"""The statement of customer equity as a waterfall: from what was there to what is there."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import Row, ends_of, interval, label_edges, name_rows, panels, parts_of, value_column
from sim.figures.style import (
    GREY,
    INK,
    Words,
    currency_of,
    format_axis,
    halo,
    look,
    places_of,
    say,
    shows,
    tick,
    tint,
    write,
)
from sim.text.language import marked, tr
from sim.text.numbers import amount, currency_in_words, signed, written
from sim.text.words import in_words

STANDING = ("opening", "closing")
MOST_LABELLED = 4
_STOCK, _UP, _DOWN = (1.0, ""), (0.55, ""), (0.3, "//")  # how much of the firm's colour, and the hatch
_TURNED = {
    ("acquired", False): marked("acquired, drawn as a loss: worth less as customers than they would be as others"),
    ("lost", True): marked("lost, drawn as a gain: worth less as customers than as people who may be won back"),
}
"""What it means where a line goes against its name; whether it is above 0."""


@shows("firm", "line")
def equity_waterfall(table: pd.DataFrame, ax: Axes) -> None:
    """Opening, what came and what went, closing: one panel per firm, from top to bottom.

    Table: `firm`, `line` (opening, movements, closing, in the order in which they are drawn), and `mean` (with `low`,
    `high`, `n`) or `amount_money`. Movements are signed and begin where the line before ended. Unit: money of each
    date. `table.attrs`: `currency`, `part` (whose value it is), `start_year`, `end_year`. Whoever was lost and is drawn
    as a gain, or acquired and drawn as a loss, is explained below the title.
    """
    value, currency, attrs = value_column(table, "amount_money"), currency_of(table), table.attrs
    unit = tr(str(attrs.get("part", "customer equity")))
    if "start_year" in attrs:
        unit = tr("{part}, year {start} to year {end}", part=unit, start=written(f"{attrs['start_year']:g}"),
                  end=written(f"{attrs['end_year']:g}"))
    unit += f" ({currency_in_words(currency)})" if currency else ""
    turned = [tr(words) for (line, above), words in _TURNED.items()
              if (table.loc[table["line"] == line, value] * (1 if above else -1) > 0).any()]
    lines = [unit, *(turned or [tr("pale: more, hatched: less")])]
    write(ax, Words(tr("What became of customer equity"), "\n".join(lines), " "), table)
    firms = parts_of(table)
    places = places_of(table, firms)
    made = panels(ax, firms, gap=0.05)
    ends = [end for firm, rows in firms.items()
            for end in _draw_firm(made[firm], rows.to_dict("records"), value, (len(firms), look(places[firm]).colour))]
    size = (max(ends) - min(ends)) or 1.0
    room = (0.26 if len(firms) < 3 else 0.45 if len(firms) <= MOST_LABELLED else 0.04) * size
    for panel in made.values():
        panel.set_xlim(min(ends) - 0.03 * size, max(ends) + room)
    label_edges(made, currency_in_words(currency) or tr("money"))


def _draw_firm(panel: Axes, rows: Sequence[Row], value: str, how: tuple[int, str]) -> list[float]:
    """The bars of one firm, each beginning where the last one ended; gives the ends of what was drawn."""
    firms, colour = how
    name_rows(panel, [in_words(str(row["line"])) for row in rows], 17 if firms < 5 else 11)
    at, ends = 0.0, [0.0]
    for place, row in enumerate(rows):
        size, standing = float(row[value]), row["line"] in STANDING
        start = 0.0 if standing else at
        share, hatch = _STOCK if standing else _UP if size >= 0 else _DOWN
        panel.barh(place, size, left=start, height=0.62, color=tint(colour, share), hatch=hatch,
                   edgecolor=tint(colour, 0.62) if hatch else "white", linewidth=1)
        if place:
            panel.plot([at, at], [place - 0.69, place - 0.31], color=GREY, linewidth=1)
        at = start + size
        low, high = (start + end for end in ends_of(row))
        interval(panel, place, low, high, INK, 11)
        here = [end for end in (start, at, low, high) if end == end]
        ends += here
        if firms <= MOST_LABELLED:
            say(panel, (amount if standing else signed)(size, "money"), (max(here), place), (8, 0), va="center",
                fontsize=16 if firms < 3 else 12, fontweight="bold" if standing else "normal", color=INK,
                path_effects=halo())
    panel.set_ylim(len(rows) - 0.45, -0.55)
    panel.tick_params(axis="x", labelsize=15 if firms < 3 else 11)
    panel.axvline(0, color=GREY, linewidth=1.2)
    panel.locator_params(axis="x", nbins=5 if firms < 3 else 3)
    format_axis(panel.xaxis, lambda amount: tr("{number}k", number=written(f"{amount / 1000:,.0f}"))
                if abs(amount) >= 10_000 else tick(amount))
    return ends
