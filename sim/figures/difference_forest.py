"""What changes, in which direction, and how surely: one row per metric, a panel of its own for each unit."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from textwrap import fill
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.figures._rows import interval, name_rows, row_type, say_right, step_within, zero_line
from sim.figures.style import (
    GREY,
    Words,
    counted_runs,
    currency_of,
    format_axis,
    outcome_of,
    shows,
    tick,
    unit_of,
    write,
)
from sim.text.numbers import signed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_MORE, _LESS = "#0072B2", "#B23A00"
_UNITS = {"share": "percentage points", "0..1": "on a scale of 0 to 1", "-1..1": "on a scale of -1 to 1"}
LONG_NAME = 38
"""Letters of a row's name that stand in one line."""
LONG_VERDICT = 20
Row = Mapping[Hashable, Any]


class _Panel(NamedTuple):
    """The rows that share a unit, and where their panel stands (fractions of the axes)."""

    unit: str
    rows: list[Row]
    bottom: float
    height: float


@shows("difference", "low", "high", "verdict")
def difference_forest(table: pd.DataFrame, ax: Axes) -> None:
    """Paired differences with their intervals and verdicts in words; zero stands at the same place in every panel.

    Table, as `Comparison.table()` and `Replication.table()` give it: `metric`, `unit`, `difference` (b − a), `low`,
    `high` (95 % interval), `verdict`, and where there are, `n`, `firm`, `world_a`, `world_b`, `firm_a`, `firm_b`. One
    outcome under several conditions: `label` names the rows, and `attrs` hold what is the same in all of them,
    `outcome_words`, `unit`, `option_a`, `option_b`. Unit: that of each metric; different units share no axis.
    `attrs` also: `method` (of the intervals, in words), `note` (instead of the number of paired runs), `finding`,
    `currency`.

    Raises:
        ValueError: the table has neither a `label` nor a `metric`.
    """
    rows = _named(table)
    lines = max(fill(row["name"], LONG_NAME).count("\n") + 1 for row in rows)
    size = row_type(ax, lines * len(rows) + len({row["unit"] for row in rows}))
    title, unit = _words(table)
    note = table.attrs.get("note") or (f"{counted_runs(table)} paired runs." if "n" in table.columns else None)
    write(ax, Words(title, unit, width=56), table, note)
    ax.axis("off")
    for panel in _panels(rows):
        inner = ax.inset_axes((0, panel.bottom, 1, panel.height))
        name_rows(inner, [row["name"] for row in panel.rows], size, LONG_NAME)
        _draw_panel(inner, panel, currency_of(table), size)


def _panels(rows: list[Row]) -> list[_Panel]:
    """A panel for each unit in order of appearance, as high as it has rows; room below each for its scale."""
    by_unit: dict[str, list[Row]] = {}
    for row in rows:
        by_unit.setdefault(str(row["unit"]), []).append(row)
    scale = 1.05  # the scale below a panel, in heights of a row
    one = 1 / (len(rows) + scale * (len(by_unit) - 0.5))
    made, top = [], 1.0
    for unit, members in by_unit.items():
        height = one * len(members)
        made.append(_Panel(unit, members, top - height, height))
        top -= height + scale * one
    return made


def _draw_panel(ax: Axes, panel: _Panel, currency: str, size: float) -> None:
    """Dots, intervals, and at the right the numbers and the verdict."""
    widest = max((abs(float(row[key])) for row in panel.rows for key in ("difference", "low", "high")
                  if row[key] == row[key]), default=0.0) or 1.0
    ax.set_xlim(-1.06 * widest, 1.06 * widest)
    ax.set_xticks([-step_within(widest), 0, step_within(widest)])
    small = max(9.0, 0.75 * size)
    ax.tick_params(axis="x", labelsize=small, pad=2)
    format_axis(ax.xaxis, lambda value: tick(value, panel.unit, signed=True))
    zero_line(ax)
    unit = currency if panel.unit == "money" and currency else _UNITS.get(panel.unit, panel.unit)
    ax.annotate(unit, (1, 0), (12, -4), xycoords="axes fraction", textcoords="offset points", va="top",
                fontsize=small, color=GREY, annotation_clip=False)
    for place, row in enumerate(panel.rows):
        value, low, high = (float(row[key]) for key in ("difference", "low", "high"))
        clear, colour = _look_of(row)
        interval(ax, place, low, high, colour)
        ax.plot([value], [place], marker="o", markersize=11, color=colour if clear else "white",
                markeredgecolor=colour, markeredgewidth=2.2)
        told = "" if value != value else signed(value, panel.unit)
        verdict = str(row["verdict"])
        words = f"{told}   {verdict}" if len(verdict) < LONG_VERDICT else fill(f"{told}   {verdict}", 26)
        say_right(ax, place, words.strip(), colour=colour, size=0.9 * size, bold=clear)


def _look_of(row: Row) -> tuple[bool, str]:
    """Whether the interval leaves out zero, and the colour that says so."""
    value, low, high = (float(row[key]) for key in ("difference", "low", "high"))
    clear = low > 0 or high < 0 or (low == high != 0)
    return clear, (_MORE if value > 0 else _LESS) if clear else GREY


def _words(table: pd.DataFrame) -> tuple[str, str]:
    """Title and unit line: who is compared with whom, as far as that is the same in every row."""
    one = {name: str(table[name].iloc[0]) for name in ("world_a", "world_b", "firm_a", "firm_b", "firm")
           if name in table.columns and table[name].nunique() == 1}
    how = f"mean difference; {table.attrs.get('method', '95 % interval')}"
    if table.attrs.get("option_b"):
        return f"{table.attrs['option_b']} against {table.attrs.get('option_a', '')}", f"{outcome_of(table)}: {how}"
    for a, b in (("firm_a", "firm_b"), ("world_a", "world_b")):
        if a in one and b in one:
            whose = f", {one['firm']}" if "firm" in one else ""
            return f"{one[b]} against {one[a]}{whose}", f"{one[b]} minus {one[a]}: {how}"
        if a in one:
            return f"What changes{' for ' + one['firm'] if 'firm' in one else ''}", f"against {one[a]}: {how}"
    return "What changes", f"{outcome_of(table)}: {how}" if table.attrs.get("outcome_words") else how


def _named(table: pd.DataFrame) -> list[Row]:
    """The rows with a `name` and a `unit`: label, or metric, with firm and variant where there are several."""
    from sim.metrics.registry import metric_in_words

    if not {"label", "metric"} & set(table.columns):
        raise ValueError("difference_forest needs the column 'label' or 'metric'; the table has "
                         f"{', '.join(map(str, table.columns))}.")
    more = [name for name in ("firm", "world_b") if name in table.columns and table[name].nunique() > 1]
    found: list[Row] = []
    for row in table.to_dict("records"):
        name = str(row["label"]) if "label" in row else metric_in_words(str(row["metric"]))
        names = [name, *(str(row[key]) for key in more if "label" not in row)]
        found.append({**row, "name": ", ".join(names), "unit": row.get("unit", unit_of(table))})
    return found
