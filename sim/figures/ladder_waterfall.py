"""Mechanisms switched on one by one: what each adds to the answer."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import groupby
from textwrap import fill
from typing import TYPE_CHECKING, Any

from sim.figures._rows import interval, name_rows, row_type, say_right, zero_line
from sim.figures.style import GREY, INK, Words, counted_runs, format_axis, outcome_of, shows, tick, unit_of, write
from sim.text.findings import TOO_CLOSE
from sim.text.numbers import amount, signed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Row = Mapping[Hashable, Any]
MOST_STEPS = 14
_UP, _DOWN, _LEVEL = "#0072B2", "#D55E00", "#8C8C8C"


@shows("mechanism", "added", "total")
def ladder_waterfall(table: pd.DataFrame, ax: Axes) -> None:
    """From the market without mechanisms to the one with all of them; each bar begins where the one above ended.

    Table, in the order of the steps, the market without them first: `mechanism`, `added` (how the outcome changes when
    it is switched on), `total` (the outcome with it and all before), and where there are, `label` (of the first),
    `added_low`, `added_high`, `total_low`, `total_high` (95 % intervals), `left_out` (what is missing from the last
    total when it alone is left out), `n`. Unit: that of the outcome. `attrs`: `outcome_words`, `unit`, `currency`,
    `option_a`, `option_b`, `comparisons` (intervals in all), `finding`. A change whose interval holds zero is white and
    hatched and said to be too close to call. Of more than fourteen steps the smallest that follow each other are joined
    to one.
    """
    rows, unit = joined(table.to_dict("records")), unit_of(table)
    lead = bool(table.attrs.get("option_a"))
    colours = "grey: without and with all of them; blue: adds; orange: takes away"
    colours += "; in brackets: what is missing when it alone is left out" if "left_out" in table.columns else ""
    points = " (percentage points)" if lead and unit == "share" else ""
    write(ax, Words("What each mechanism adds", colours, outcome_of(table) + points, 64), table, _note(table))
    first = str(rows[0].get("label") or rows[0]["mechanism"])
    names = [first, *(str(row["mechanism"]).replace("_", " ") for row in rows[1:])]
    size = row_type(ax, 1.25 * (len(rows) + 1))
    name_rows(ax, [*names, "all of them"], size)
    zero_line(ax)
    _draw_level(ax, 0, rows[0], (unit, size, lead))
    for place, row in enumerate(rows[1:], start=1):
        _draw_change(ax, place, float(rows[place - 1]["total"]), row, (unit, size))
    _draw_level(ax, len(rows), rows[-1], (unit, size, lead))
    format_axis(ax.xaxis, lambda value: tick(value, unit, signed=lead))
    ax.locator_params(axis="x", nbins=5)


def _note(table: pd.DataFrame) -> str:
    """How many runs, what the whiskers are, and how many of them miss."""
    from sim.statistics.intervals import by_chance

    runs = f"Mean of {counted_runs(table)} paired runs; whiskers: 95 % interval. " if "n" in table.columns else ""
    return fill(f"{runs}{by_chance(int(table.attrs.get('comparisons', 0)))}", 66)


def joined(rows: Sequence[Row]) -> list[Row]:
    """At most fourteen steps: the smallest changes that follow each other become one, without an interval.

    >>> steps = [{"mechanism": f"m{k}", "added": 1.0 + (k == 18), "total": float(k)} for k in range(20)]
    >>> [row["mechanism"] for row in joined(steps)][-4:]
    ['m10', '7 others', 'm18', 'm19']
    """
    changes = range(1, len(rows))
    by_size = sorted(changes, key=lambda place: -abs(float(rows[place]["added"])))
    groups = [[place] for place in changes]
    for kept in range(len(by_size), -1, -1):
        if len(groups) < MOST_STEPS:
            break
        groups = _runs(changes, set(by_size[:kept]))
    found = [rows[0]]
    for group in groups:
        found.append(_together([rows[place] for place in group], float(found[-1]["total"])))
    return found


def _runs(places: Iterable[int], large: set[int]) -> list[list[int]]:
    """Places in order; those that are not large and follow each other stand together."""
    return [list(found) for _, found in groupby(places, key=lambda place: place if place in large else 0)]


def _together(rows: Sequence[Row], before: float) -> Row:
    """Steps that follow each other as one; a single one stays itself."""
    if len(rows) == 1:
        return rows[0]
    last = {name: value for name, value in rows[-1].items() if str(name).startswith("total")}
    return {**last, "mechanism": f"{len(rows)} others", "added": float(last["total"]) - before}


def _draw_level(ax: Axes, place: int, row: Row, how: tuple[str, float, bool]) -> None:
    """Where the outcome stands, from zero."""
    unit, size, lead = how
    total = float(row["total"])
    ax.barh(place, total, height=0.6, color=_LEVEL)
    if "total_low" in row:
        interval(ax, place, float(row["total_low"]), float(row["total_high"]), INK)
    say_right(ax, place, (signed if lead else amount)(total, unit), size=0.88 * size, bold=True)


def _draw_change(ax: Axes, place: int, start: float, row: Row, how: tuple[str, float]) -> None:
    """What a mechanism adds, from where the step above ended."""
    unit, size = how
    added = float(row["added"])
    low, high = float(row.get("added_low", "nan")), float(row.get("added_high", "nan"))
    unclear, colour = low <= 0 <= high and added != 0, _UP if added >= 0 else _DOWN
    ax.barh(place, added, left=start, height=0.6, color="white" if unclear else colour, edgecolor=colour,
            hatch="///" if unclear else "", linewidth=1.5)
    interval(ax, place, start + low, start + high, INK)
    ax.plot([start, start], [place - 0.7, place - 0.3], color=GREY, linewidth=1.2)
    words = signed(added, unit)
    if "left_out" in row and row["left_out"] == row["left_out"]:
        words += f" ({signed(float(row['left_out']), unit)})"
    if unclear:
        words += f"  {TOO_CLOSE}"
    say_right(ax, place, words, colour=GREY if unclear else INK, size=0.88 * size)
