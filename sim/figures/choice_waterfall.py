"""The arithmetic of a choice: what a customer gets, minus what it gives, plus what ties it; firm beside firm."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import ACROSS, LONG_NAME, grid, name_rows, row_type, zero_line
from sim.figures.style import INK, Words, look, places_of, say, shows, tint, write
from sim.text.language import tr
from sim.text.numbers import written

MOST_LINES = 8
"""Lines that are shown by name; the smaller ones are added up in one."""
LEAST = 0.005
"""Utility below which a line is nothing in every offer."""
SHARE = {"gets": 0.9, "gives": 0.35, "is tied by": 0.65, "also counts": 0.5}
"""How much of the firm's colour a part of value has."""
Line = tuple[str, str]
"""Part of value, and name of the line."""


@shows("variant", "firm", "chosen", "part", "line", "utility")
def choice_waterfall(table: pd.DataFrame, ax: Axes) -> None:
    """Line by line from nothing to the value of an offer: get minus give (C84, C85), a panel for each offer.

    Table: `variant` ("" where there is one life), `firm`, `chosen` (whether it was), `part` (gets, gives, is tied by,
    also counts), `line`, `utility`. `attrs`: `finding`, `firms`. Unit: utility. Lines that are small in every offer are
    added up in one. `sim.draw("choice_waterfall", sim.meet(...))` makes it.
    """
    note = tr("Chance decides the rest: the higher the value, the likelier the choice.")
    several = bool(table["variant"].any())
    write(ax, Words(tr("What each offer is worth"), tr("utility; hatched: what is given up"), " ", 58), table, note)
    groups = table.groupby(["variant", "firm"], sort=False)
    offers = {(str(variant), str(firm)): rows for (variant, firm), rows in groups}
    lines = shown_lines(table)
    firms = places_of(table, dict.fromkeys(firm for _, firm in offers))
    names = [f"{variant} {firm}" for variant, firm in offers]
    made = grid(ax, names, min(ACROSS, len(names)), 0.03, 0.17 if several else 0.09)
    ends, before = [0.0], ""
    valued = {offer: _values(rows, lines) for offer, rows in offers.items()}
    if all(abs(values[_rest()]) < LEAST for values in valued.values()):
        valued = {offer: {line: values[line] for line in lines} for offer, values in valued.items()}
    for place, (((variant, firm), rows), panel) in enumerate(zip(offers.items(), made.values(), strict=True)):
        named = tr("{firm}: chosen", firm=firm) if rows["chosen"].any() else firm
        above = "" if variant == before and place else variant
        panel.set_title(f"{above}\n{named}" if several else named, loc="left", fontsize=17)
        before = variant
        ends += _draw_offer(panel, valued[variant, firm], look(firms[firm]).colour)
        if place:
            panel.set_yticklabels([])
    span = max(ends) - min(ends)
    for panel in made.values():
        panel.set_xlim(min(ends) - 0.05 * span, max(ends) + 0.62 * span)
        panel.set_xticks([0.0])


def shown_lines(table: pd.DataFrame) -> list[Line]:
    """The lines that are shown by name, in the order of the table: the largest in any offer.

    >>> shown_lines(pd.DataFrame({"part": "gives", "line": ["risk", "price"], "utility": [0.001, -2.0]}))
    [('gives', 'price')]
    """
    size = table.assign(size=table["utility"].abs()).groupby(["part", "line"], sort=False)["size"].max()
    size = size[size >= LEAST]
    kept = size if len(size) <= MOST_LINES + 1 else size[size.isin(size.nlargest(MOST_LINES))]
    return [(str(part), str(line)) for part, line in kept.index]


def _values(rows: pd.DataFrame, lines: list[Line]) -> dict[Line, float]:
    """The utility of the lines that are shown, and of all others together."""
    found = {(str(row["part"]), str(row["line"])): float(row["utility"]) for row in rows.to_dict("records")}
    rest = sum(utility for line, utility in found.items() if line not in lines)
    return {**{line: found.get(line, 0.0) for line in lines}, _rest(): rest}


def _rest() -> Line:
    return "also counts", tr("all else")


def _draw_offer(panel: Axes, values: dict[Line, float], colour: str) -> list[float]:
    """The bars of one offer, its value below them, and numbers in a column on the right; gives the ends of the bars."""
    size = row_type(panel, 1.1 * (len(values) + 1))
    name_rows(panel, [*(_in_words(*line) for line in values), tr("value of the offer")], size, LONG_NAME)
    zero_line(panel)
    ends = [0.0]
    for place, ((part, _), utility) in enumerate(values.items()):
        panel.barh(place, utility, left=ends[-1], height=0.62, color=tint(colour, SHARE[part]), edgecolor=INK,
                   linewidth=0.8, hatch="///" if part == "gives" else "")
        ends.append(ends[-1] + utility)
    panel.barh(len(values), ends[-1], height=0.62, color=colour)
    for place, utility in enumerate([*values.values(), ends[-1]]):
        text = written(f"{utility:+.1f}") if abs(utility) >= 0.05 else "0"
        say(panel, text, (1, place), coords=("axes fraction", "data"), va="center", ha="right", fontsize=size,
            fontweight="bold" if place == len(values) else "normal")
    return ends


def _in_words(part: str, line: str) -> str:
    """A line with the part of value it belongs to."""
    line = tr(line)
    return {"gets": tr("gets: {line}", line=line), "gives": tr("gives: {line}", line=line),
            "is tied by": tr("tied by: {line}", line=line)}.get(part, tr("also: {line}", line=line))
