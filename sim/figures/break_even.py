"""When one what-if overtakes another for good, and how that depends on the discount rate."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.figures._rows import label_edges, panels
from sim.figures.style import GREY, INK, Words, format_axis, look, shows, write
from sim.text.numbers import percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


MOST_PANELS = 4
"""With more firms only one discount rate is shown, the firms below each other."""
LONGEST = 52
"""Letters in a line, times panels, from which words fill their panel."""


@shows("firm", "discount_rate", "year", "runs", "overtook", "always_ahead", "never")
def break_even(table: pd.DataFrame, ax: Axes) -> None:
    """The date of the crossing with its interval, one row per discount rate, one panel per firm.

    Table: `firm`, `world_a`, `world_b` (the one that overtakes), `discount_rate`, `year` (NaN: no crossing), `low`,
    `high` (NaN: none), `runs`, `overtook`, `always_ahead`, `never`, `identical`; `attrs["years"]` is the end. Unit:
    years since the end of the warm-up. A hollow mark: fewer than half of the runs have a crossing. With more than four
    firms there is one row per firm, at one rate.
    """
    first = table.iloc[0]
    a, b = str(first.get("world_a", "the first")), str(first.get("world_b", "the second"))
    unit = (f"from when on {b!r} is ahead of {a!r} in profit to date, by discount rate a year (bold: the scenario's); "
            "in how many runs")
    runs = int(table["runs"].max())
    noted = table.drop(columns="runs")
    note = (f"{runs} paired run{'s' if runs > 1 else ''}. Mark: median over the runs with a crossing, hollow: of fewer "
            "than half; line: 95 % interval.")
    noted.attrs = {**table.attrs, "note": note}
    write(ax, Words(f"When does {b!r} pay?", unit, " "), noted)
    firms = [str(name) for name in dict.fromkeys(table["firm"])]
    known = table["year"].dropna()
    end = float(table.attrs.get("years", known.max() if len(known) else 1.0))
    if len(firms) > MOST_PANELS:
        rate = _one_rate(table)
        made = panels(ax, [f"at {percent(rate)} a year"])
        rows = table[table["discount_rate"] == rate].to_dict("records")
        _draw_panel(next(iter(made.values())), rows, [str(row["firm"]) for row in rows], (end, 0, len(firms)))
    else:
        made = panels(ax, firms, gap=0.05)
        for place, firm in enumerate(firms):
            rows = table[table["firm"] == firm].to_dict("records")
            _draw_panel(made[firm], rows, [percent(row["discount_rate"]) for row in rows], (end, place, len(firms)))
    label_edges(made, "year")


def _one_rate(table: pd.DataFrame) -> float:
    """The scenario's rate where it is marked, else the lowest: where firms are too many to show every rate."""
    own = table[table["of_scenario"]] if "of_scenario" in table.columns else table.iloc[:0]
    return float((own if len(own) else table)["discount_rate"].min())


def _draw_panel(
    panel: Axes, rows: Sequence[Mapping[Hashable, Any]], names: Sequence[str], where: tuple[float, int, int]
) -> None:
    """One row per discount rate (or per firm), each with its words above the mark."""
    end, _, firms = where
    panel.set_xlim(0, end)
    panel.set_ylim(len(rows) - 0.6, -0.95)
    panel.set_yticks(range(len(rows)), names, fontsize=16 if firms < 5 else 13)
    panel.tick_params(axis="y", length=0)
    panel.grid(True, axis="x")
    panel.grid(False, axis="y")
    panel.locator_params(axis="x", nbins=6, integer=True)
    format_axis(panel.xaxis, lambda year: f"{year:g}")
    for at, row in enumerate(rows):
        _draw_row(panel, row, at, where)


def _draw_row(panel: Axes, row: Mapping[Hashable, Any], at: int, where: tuple[float, int, int]) -> None:
    """One discount rate: mark and interval where most runs have a crossing, a hollow mark where few do, and words."""
    from matplotlib.patheffects import withStroke

    end, place, firms = where
    style, year, parts = look(place), float(row["year"]), _words(row)
    most, crowded = 2 * int(row["overtook"]) >= int(row["runs"]) > 0, firms > MOST_PANELS
    text: dict[str, Any] = {
        "fontsize": 16 if firms < 2 else 15 if firms < 3 else 13, "color": INK if most else GREY, "zorder": 5,
        "fontweight": "bold" if row.get("of_scenario", False) and not crowded else "normal",
        "path_effects": [withStroke(linewidth=4, foreground="white")],
    }
    words = (", " if crowded or firms == 1 else "\n").join(parts)
    if year != year:
        panel.text(0.02 * end, at + 0.1, words, ha="left", va="center" if crowded else "bottom", **text)
        return
    low, high = float(row.get("low", year)), float(row.get("high", year))
    if high > low:
        panel.plot([low, high], [at, at], color=style.colour, linewidth=3, marker="|", markersize=12,
                   markeredgewidth=3, solid_capstyle="butt")
    panel.plot([year], [at], marker=style.marker, markersize=13, color=style.colour, linestyle="none", clip_on=False,
               markerfacecolor=style.colour if most else "white", markeredgewidth=2, zorder=4)
    if crowded:
        beyond = max(high, year) if high == high else year
        leftwards = beyond > 0.55 * end
        at_edge = min(low, year) if leftwards and low == low else year if leftwards else beyond
        panel.annotate(words, (at_edge, at), (-14 if leftwards else 14, 0), textcoords="offset points", va="center",
                       ha="right" if leftwards else "left", **text)
        return
    side = "left" if year < 0.4 * end else "right" if year > 0.6 * end else "center"
    if max(map(len, words.split("\n"))) * firms > LONGEST:  # as wide as the panel
        year, side = 0.02 * end, "left"
    panel.text(year, at - 0.2, words, ha=side, va="bottom", **text)


def _words(row: Mapping[Hashable, Any]) -> list[str]:
    """Two lines at most: the date and in how many runs (or the commonest outcome), and what became of the others."""
    runs, overtook = int(row["runs"]), int(row["overtook"])
    outcomes = [(int(row["always_ahead"]), "from the start"), (int(row["never"]), "not at the end"),
                (int(row.get("identical", 0)), "identical")]
    others = [(count, words) for count, words in outcomes if count]
    if overtook:
        first = f"month {round(12 * float(row['year']))}: {overtook} of {runs} runs"
    else:
        count, words = max(others, default=(0, "no run"))
        others.remove((count, words)) if others else None
        first = f"{words}: {count} of {runs} runs" if count < runs else f"{words}: all {runs} runs"
    rest = ", ".join(f"{words}: {count}" for count, words in others)
    return [first, rest] if rest else [first]
