"""One assumption at a time from one end of its range to the other: which of them move the answer most."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.figures._outcomes import amount, outcome_of, unit_of
from sim.figures._rows import interval, name_rows, names_of, row_type, say_right, zero_line
from sim.figures.style import GREY, INK, Words, counted_runs, currency_of, format_axis, shows, write

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_ROWS = 12
Row = Mapping[Hashable, Any]
_LOW, _HIGH = "#E69F00", "#0072B2"


@shows("factor", "low", "high", "base", "at_low", "at_high")
def tornado(table: pd.DataFrame, ax: Axes) -> None:
    """What the outcome becomes when one factor stands at the low or the high end of its range, the others as written.

    Table, the widest bar first: `factor`, `low`, `high` (the ends of its range), `base` (mean outcome as written, the
    same in every row), `at_low`, `at_high` (mean outcome there), and where there are, `label`, `unit` (of the factor),
    `n`, the intervals `at_low_from`, `at_low_to`, `at_high_from`, `at_high_to`, and `reverses` (ends at which another
    option surely wins; without it, a bar that crosses zero is said to reverse the answer). The first twelve are drawn.
    Unit: that of the outcome. `attrs`: `outcome_words`, `unit`, `currency`, `option_a`, `option_b` (the outcome is then
    a lead, b − a), `finding`.
    """
    rows, base = table.to_dict("records")[:MOST_ROWS], float(table["base"].iloc[0])
    size = row_type(ax, 1.6 * len(rows))
    written = amount(base, unit_of(table), currency_of(table))
    words = Words("Which assumptions matter", "one assumption at the low end of its range (orange) or at the high end "
                  "(blue), the others as written", f"{outcome_of(table, unit=False)}; as written {written}", 62)
    note = f"Mean of {counted_runs(table)} paired runs per bar." if "n" in table.columns else ""
    note += f" The widest {len(rows)} of {len(table)}." if len(rows) < len(table) else ""
    write(ax, words, table, note.strip())
    name_rows(ax, names_of(rows), size)
    zero_line(ax, base)
    for place, row in enumerate(rows):
        for end, colour in (("low", _LOW), ("high", _HIGH)):
            there = float(row[f"at_{end}"])
            ax.barh(place, there - base, left=base, height=0.56, color=colour, edgecolor="white", linewidth=1.2)
            if f"at_{end}_from" in row:
                interval(ax, place, float(row[f"at_{end}_from"]), float(row[f"at_{end}_to"]), INK)
            _say_value(ax, place, row, (end, base, size))
    format_axis(ax.xaxis, lambda value: amount(value, unit_of(table)))
    ax.locator_params(axis="x", nbins=4)
    ax.margins(x=0.2)
    if table.attrs.get("option_b"):
        _mark_reversal(ax, rows, base, size)


def _say_value(ax: Axes, place: int, row: Row, how: tuple[str, float, float]) -> None:
    """The value of the factor outside of its bar and of every whisker; on the free side where both bars go one way."""
    end, base, size = how
    there, other = float(row[f"at_{end}"]), float(row["at_high" if end == "low" else "at_low"])
    left = there < base or (there == base and other > base)
    if (there - base) * (other - base) > 0 and abs(there - base) < abs(other - base):
        left = not left
    ends = [base, *(float(row.get(name, base)) for name in ("at_low", "at_high", "at_low_from", "at_low_to",
                                                            "at_high_from", "at_high_to"))]
    edge = min(ends) if left else max(ends)
    ax.annotate(f"{float(row[end]):.3g}", (edge, place), (-8 if left else 8, 0), textcoords="offset points",
                va="center", ha="right" if left else "left", fontsize=0.85 * size, color=INK, annotation_clip=False)


def _mark_reversal(ax: Axes, rows: Sequence[Row], base: float, size: float) -> None:
    """Zero as a dashed line where a bar crosses it, and words beside the rows that reverse the answer."""
    crossing = [any(float(row[end]) * base < 0 for end in ("at_low", "at_high")) for row in rows]
    if any(crossing):
        ax.axvline(0, color=GREY, linewidth=1.4, linestyle=(0, (3, 2)))
    for place, row in enumerate(rows):
        if row["reverses"] if "reverses" in row else crossing[place]:
            say_right(ax, place, "reverses\nthe answer", colour="#B23A00", size=0.75 * size, bold=True)
