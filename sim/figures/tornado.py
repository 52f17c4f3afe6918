"""One assumption at a time from one end of its range to the other: which of them move the answer most."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

from sim.figures._rows import interval, name_rows, names_of, row_type, say_right, zero_line
from sim.figures.style import (
    GREY,
    INK,
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
from sim.text.numbers import amount, signed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_ROWS = 12
HALF = 0.34
"""Height of a bar: each end of a range has half of the row for itself, so that no whisker lies on another."""
Row = Mapping[Hashable, Any]
_LOW, _HIGH = "#E69F00", "#0072B2"


@shows("factor", "low", "high", "base", "at_low", "at_high")
def tornado(table: pd.DataFrame, ax: Axes) -> None:
    """What the outcome becomes when one factor stands at the low or the high end of its range, the others as written.

    Table, the widest bar first: `factor`, `low`, `high` (the ends of its range), `base` (mean outcome as written, the
    same in every row), `at_low`, `at_high` (mean outcome there), and where there are, `label`, `unit` (of the factor),
    `n`, `base_n` (runs of the changes, and as written), the intervals `at_low_from`, `at_low_to`, `at_high_from`,
    `at_high_to` (of the change from the base), and `reverses` (ends at which an option surely wins that does not as
    written; without it, a bar that crosses zero is said to reverse the answer). The first twelve are drawn. Unit: that
    of the outcome. `attrs`: `outcome_words`, `unit`, `currency`, `option_a`, `option_b` (the outcome is then a lead,
    b − a), `is_open` (too close to call as written: nothing to reverse), `comparisons` (intervals in all), `finding`.
    """
    rows, base = table.to_dict("records")[:MOST_ROWS], float(table["base"].iloc[0])
    size = row_type(ax, 1.6 * len(rows))
    written = (signed if _is_lead(table) else amount)(base, unit_of(table), currency_of(table))
    points = " (percentage points)" if _is_lead(table) and unit_of(table) == "share" else ""
    words = Words("Which assumptions matter", "one assumption at the low end of its range (orange) or at the high end "
                  "(blue), the others as written", f"{outcome_of(table, unit=False)}{points}; as written {written}", 62)
    write(ax, words, table, _note(table, rows))
    name_rows(ax, names_of(rows), size)
    zero_line(ax, base)
    for place, row in enumerate(rows):
        for end, colour, half in (("low", _LOW, -HALF / 2), ("high", _HIGH, HALF / 2)):
            there = float(row[f"at_{end}"])
            ax.barh(place + half, there - base, left=base, height=HALF, color=colour, edgecolor="white", linewidth=0.8)
            if f"at_{end}_from" in row:
                interval(ax, place + half, float(row[f"at_{end}_from"]), float(row[f"at_{end}_to"]), INK, 0.5 * size)
            _say_value(ax, place + half, row, (end, base, size))
    format_axis(ax.xaxis, lambda value: tick(value, unit_of(table), signed=_is_lead(table)))
    ax.locator_params(axis="x", nbins=4)
    ax.margins(x=0.12)
    if table.attrs.get("option_b"):
        _mark_reversal(ax, rows, base, (size, bool(table.attrs.get("is_open"))))


def _is_lead(table: pd.DataFrame) -> bool:
    """Whether the outcome is the difference between two options."""
    return bool(table.attrs.get("option_a"))


def _note(table: pd.DataFrame, rows: Sequence[Row]) -> str:
    """What the bars and whiskers are, and how many there are."""
    from sim.statistics.intervals import by_chance

    parts = []
    if "n" in table.columns:
        parts.append(f"Change: mean of {counted_runs(table)} paired runs"
                     + (f"; as written: {int(rows[0]['base_n'])} runs." if "base_n" in table.columns else "."))
    if "at_low_from" in table.columns:
        parts.append("Whisker: 95 % interval of the change.")
    parts.append(f"The widest {len(rows)} of {len(table)}." if len(rows) < len(table) else "")
    parts.append(by_chance(int(table.attrs.get("comparisons", 0))))
    return fill(" ".join(filter(None, parts)), 66)


def _say_value(ax: Axes, place: float, row: Row, how: tuple[str, float, float]) -> None:
    """The value of the factor outside of its own bar and whisker, on the side to which the bar goes."""
    from matplotlib.patheffects import withStroke

    end, base, size = how
    there, other = float(row[f"at_{end}"]), float(row["at_high" if end == "low" else "at_low"])
    left = there < base or (there == base and other > base)
    ends = [base, there, *(float(row.get(name, base)) for name in (f"at_{end}_from", f"at_{end}_to"))]
    known = [value for value in ends if value == value]
    ax.annotate(f"{float(row[end]):.3g}", (min(known) if left else max(known), place), (-6 if left else 6, 0),
                textcoords="offset points", va="center", ha="right" if left else "left", fontsize=0.7 * size, color=INK,
                annotation_clip=False, path_effects=[withStroke(linewidth=3, foreground="white")])


def _mark_reversal(ax: Axes, rows: Sequence[Row], base: float, how: tuple[float, bool]) -> None:
    """Zero as a dashed line where a bar crosses it, and words beside the rows that reverse the answer."""
    size, is_open = how
    crossing = [any(float(row[end]) * base < 0 for end in ("at_low", "at_high")) for row in rows]
    if any(crossing):
        ax.axvline(0, color=GREY, linewidth=1.4, linestyle=(0, (3, 2)))
    for place, row in enumerate(rows):
        if row["reverses"] if "reverses" in row else crossing[place]:
            said = "settles\nthe answer" if is_open else "reverses\nthe answer"
            say_right(ax, place, said, colour="#B23A00", size=0.75 * size, bold=True)
