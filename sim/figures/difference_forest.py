"""What changes, in which direction, and how surely: one row per metric, a panel of its own for each unit."""

from __future__ import annotations

from textwrap import fill

import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import Row, ends_of, interval, name_rows, row_type, say_right, step_within, zero_line
from sim.figures.style import (
    GREY,
    INK,
    Words,
    format_axis,
    look,
    of_runs,
    outcome_of,
    places_of,
    say,
    shows,
    tick,
    unit_of,
    write,
)
from sim.metrics.registry import metric_in_words
from sim.text.language import marked, tr
from sim.text.numbers import signed
from sim.text.words import name_or_words

MOST_ROWS = 10
_UNITS = {"share": marked("percentage points"), "0..1": marked("on a scale of 0 to 1"),
          "-1..1": marked("on a scale of -1 to 1")}
LONG_NAME = 38
"""Letters of a row's name that stand in one line."""
LONG_VERDICT = 20
SCALE = 1.05
"""The scale below a panel, in heights of a row."""


@shows("difference", "low", "high", "verdict")
def difference_forest(table: pd.DataFrame, ax: Axes) -> None:
    """Paired differences with their intervals and verdicts in words; zero stands at the same place in every panel.

    Table, as `Comparison.table()` and `Replication.table()` give it: `metric`, `unit`, `difference` (b − a), `low`,
    `high` (95 % interval), `verdict`, and where there are, `n`, `firm`, `world_a`, `world_b`, `firm_a`, `firm_b`. One
    outcome under several conditions: `label` names the rows, and `attrs` hold what is the same in all of them,
    `outcome_words`, `unit`, `option_a`, `option_b`. Unit: that of each metric; different units share no axis.
    The first ten rows are drawn. A clear difference between two firms has the colour of who has more (`attrs["firms"]`
    tells the place of each). `attrs` also: `method` (of the intervals, in words), `note` (instead of the number of
    paired runs), `finding`, `currency`.

    Raises:
        ValueError: the table has neither a `label` nor a `metric`.
    """
    rows, colours = _named(table)[:MOST_ROWS], _colours(table)
    lines = max(fill(row["name"], LONG_NAME).count("\n") + 1 for row in rows)
    by_unit: dict[str, list[Row]] = {}
    for row in rows:
        by_unit.setdefault(row["unit"], []).append(row)
    size = row_type(ax, lines * len(rows) + len(by_unit))
    title, unit = _words(table)
    note = table.attrs.get("note") or of_runs(table, tr("{} paired runs."))
    left = tr("The first {count} of {all}.", count=len(rows), all=len(table)) if len(rows) < len(table) else ""
    note = " ".join(filter(None, [str(note), left]))
    write(ax, Words(title, unit, width=64), table, note or None)
    ax.axis("off")
    height, top = 1 / (len(rows) + SCALE * (len(by_unit) - 0.5)), 1.0
    units = {**_UNITS, "money": str(table.attrs.get("currency") or "money")}
    for name, members in by_unit.items():  # each as high as it has rows, with room below for its scale
        panel = ax.inset_axes((0, top - height * len(members), 1, height * len(members)))
        name_rows(panel, [row["name"] for row in members], size, LONG_NAME)
        _draw_scale(panel, members, tr(units.get(name, name)), max(9.0, 0.75 * size))
        for place, row in enumerate(members):
            _draw_row(panel, place, row, (size, colours))
        top -= height * (len(members) + SCALE)


def _draw_scale(panel: Axes, rows: list[Row], unit: str, size: float) -> None:
    """Zero in the middle, a round number on either side, and the unit."""
    ends = [abs(end) for row in rows for end in (float(row["difference"]), *ends_of(row))]
    widest = max((end for end in ends if end == end), default=0.0) or 1.0
    panel.set_xlim(-1.06 * widest, 1.06 * widest)
    panel.set_xticks([-step_within(widest), 0, step_within(widest)])
    panel.tick_params(axis="x", labelsize=size, pad=2)
    format_axis(panel.xaxis, lambda value: tick(value, rows[0]["unit"], signed=True))
    zero_line(panel)
    say(panel, unit, (1, 0), (12, -4), coords="axes fraction", va="top", fontsize=size, color=GREY)


def _colours(table: pd.DataFrame) -> tuple[str, str]:
    """The colours of less and more: of the two firms that are compared, else ink for both."""
    pair = [str(table[name].iloc[0]) for name in ("firm_a", "firm_b")
            if name in table.columns and table[name].nunique() == 1]
    if len(set(pair)) < 2:
        return INK, INK
    places = places_of(table, pair)
    return look(places[pair[0]]).colour, look(places[pair[1]]).colour


def _draw_row(panel: Axes, place: int, row: Row, how: tuple[float, tuple[str, str]]) -> None:
    """A dot, filled in a colour where the interval leaves out zero; at the right the number and the verdict."""
    value, (low, high) = float(row["difference"]), ends_of(row)
    clear = low > 0 or high < 0 or (low == high != 0)
    size, colours = how
    colour = colours[value > 0] if clear else GREY
    interval(panel, place, low, high, colour)
    panel.plot([value], [place], marker="o", markersize=11, color=colour if clear else "white", markeredgecolor=colour,
               markeredgewidth=2.2)
    verdict = tr(str(row["verdict"]))
    words = f"{signed(value, row['unit'])}   {verdict}" if value == value else verdict
    say_right(panel, place, words if len(verdict) < LONG_VERDICT else fill(words, 26), colour=colour, size=0.9 * size,
              bold=clear)


def _words(table: pd.DataFrame) -> tuple[str, str]:
    """Title and unit line: who is compared with whom, as far as that is the same in every row."""
    attrs = table.attrs
    how = tr("mean difference; {interval}", interval=table.attrs.get("method") or tr("95 % interval"))
    same = {name: str(table[name].iloc[0]) for name in ("world_a", "world_b", "firm_a", "firm_b", "firm")
            if name in table.columns and table[name].nunique() == 1}
    if attrs.get("option_b"):
        a, b = (name_or_words(str(attrs.get(key, ""))) for key in ("option_a", "option_b"))
        return tr("{b} against {a}", a=a, b=b), f"{outcome_of(table)}: {how}"
    for a, b in (("firm_a", "firm_b"), ("world_a", "world_b")):
        if a in same and b in same:
            whose, names = f", {same['firm']}" if "firm" in same else "", {
                "a": name_or_words(same[a]), "b": name_or_words(same[b])}
            return tr("{b} against {a}", **names) + whose, tr("{b} minus {a}: {how}", how=how, **names)
        if a in same:
            title = tr("What changes for {firm}", firm=same["firm"]) if "firm" in same else tr("What changes")
            return title, tr("against {a}: {how}", a=name_or_words(same[a]), how=how)
    return tr("What changes"), f"{outcome_of(table)}: {how}" if attrs.get("outcome_words") else how


def _named(table: pd.DataFrame) -> list[Row]:
    """The rows with a `name` and a `unit`: label, or metric, with firm and variant where there are several."""
    if not {"label", "metric"} & set(table.columns):
        raise ValueError("difference_forest needs the column 'label' or 'metric'; the table has "
                         f"{', '.join(map(str, table.columns))}.")
    several = [name for name in ("firm", "world_b") if name in table.columns and table[name].nunique() > 1]
    found: list[Row] = []
    for row in table.to_dict("records"):
        words = [metric_in_words(str(row["metric"])), *(name_or_words(str(row[key])) for key in several)] if (
            "label" not in row) else []
        name = str(row.get("label", ", ".join(words)))
        found.append({**row, "name": name, "unit": str(row.get("unit", unit_of(table)))})
    return found
