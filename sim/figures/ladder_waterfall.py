"""Mechanisms switched on one by one: what each adds to the answer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import Row, ends_of, interval, row_names, say_right, waterfall_step, zero_line
from sim.figures.style import (
    SLATE,
    Words,
    format_outcome,
    level,
    note_of,
    outcome_of,
    shows,
    unit_of,
    write,
)
from sim.text.language import tr, trn
from sim.text.words import in_words

MOST_STEPS = 7


@shows("mechanism", "added", "total")
def ladder_waterfall(table: pd.DataFrame, ax: Axes) -> None:
    """From the market without mechanisms to the one with all of them; each bar begins where the one above ended.

    Table, in the order of the steps, the market without them first: `mechanism`, `added` (how the outcome changes when
    it is switched on), `total` (the outcome with it and all before), and where there are, `label` (of the first),
    `added_low`, `added_high`, `total_low`, `total_high` (95 % intervals), `left_out` (what is missing from the last
    total when it alone is left out), `n`. Unit: that of the outcome. `attrs`: `outcome_words`, `unit`, `currency`,
    `option_a`, `option_b`, `comparisons` (intervals in all), `finding`. A mechanism is called by its `label` where it
    has one. A change whose interval holds zero is white and said to be too close to call. Of more than seven steps the
    smallest that follow each other are joined to one.
    """
    rows = joined(table.to_dict("records"))
    colours = tr("each bar begins where the one above ended; hatched: takes away")
    colours += tr("; in brackets: what is missing when it alone is left out") if "left_out" in table.columns else ""
    note = note_of(table, tr("Mean of {} paired runs; whiskers: 95 % interval."))
    write(ax, Words(tr("What each mechanism adds"), colours, outcome_of(table, points=True), 64), table, note)
    first = tr(str(rows[0].get("label") or rows[0]["mechanism"]))
    size = row_names(ax, [first, *map(_name, rows[1:]), tr("all of them")], 1.25)
    zero_line(ax)
    for place, row in enumerate([*rows, rows[-1]]):
        total = float(row["total"])
        if 0 < place < len(rows):
            waterfall_step(ax, place, float(rows[place - 1]["total"]), row, (unit_of(table), size))
            continue
        ax.barh(place, total, height=0.6, color=SLATE)
        interval(ax, place, *ends_of(row, "total_"))
        say_right(ax, place, level(table, total), size=max(15.0, 0.88 * size), bold=True)
    format_outcome(ax.xaxis, table)
    ax.locator_params(axis="x", nbins=5)


def _name(row: Row) -> str:
    """A mechanism in words."""
    label = row.get("label")
    return tr(label) if isinstance(label, str) and label else in_words(str(row["mechanism"]))


def joined(rows: Sequence[Row]) -> list[Row]:
    """At most seven steps: the smallest changes that follow each other become one, without an interval.

    >>> steps = [{"mechanism": f"m{k}", "added": 1.0 + (k == 18), "total": float(k)} for k in range(20)]
    >>> [row["mechanism"] for row in joined(steps)][-4:]
    ['m3', '14 smaller steps', 'm18', 'm19']
    """
    by_size = sorted(range(1, len(rows)), key=lambda place: -abs(float(rows[place]["added"])))
    for kept in range(len(by_size), -1, -1):
        keys = [place if place in by_size[:kept] else 0 for place in range(1, len(rows))]
        groups = [[place for place, _ in found] for _, found in groupby(enumerate(keys, 1), itemgetter(1))]
        if len(groups) < MOST_STEPS:
            break
    found = [rows[0]]
    for group in groups:
        last = rows[group[-1]]
        if len(group) > 1:
            added = float(last["total"]) - float(found[-1]["total"])
            total = {name: value for name, value in last.items() if str(name).startswith("total")}
            name = trn("{count} smaller step", "{count} smaller steps", len(group))
            last = {**total, "mechanism": name, "added": added}
        found.append(last)
    return found
