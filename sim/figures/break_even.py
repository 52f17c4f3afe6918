"""When one what-if overtakes another for good, and how that depends on the discount rate."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.figures._panels import label_edges, panels
from sim.figures.style import GREY, INK, Words, format_axis, look, percent, shows, write

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@shows("firm", "discount_rate", "year", "runs", "overtook", "always_ahead", "never")
def break_even(table: pd.DataFrame, ax: Axes) -> None:
    """The date of the crossing with its interval, one row per discount rate, one panel per firm.

    Table: `firm`, `world_a`, `world_b` (the one that overtakes), `discount_rate`, `year` (NaN: no crossing), `low`,
    `high` (NaN: none), `runs`, `overtook`, `always_ahead`, `never`, `identical`; `attrs["years"]` is the end. Unit:
    years since the end of the warm-up. A hollow mark: fewer than half of the runs have a crossing.
    """
    first = table.iloc[0]
    a, b = str(first.get("world_a", "the first")), str(first.get("world_b", "the second"))
    unit = f"profit to date of {b!r} above that of {a!r} from then on, by discount rate a year (bold: the scenario's)"
    runs = int(table["runs"].max())
    noted = table.drop(columns="runs")
    note = (f"{runs} paired run{'s' if runs > 1 else ''}. Mark: median over the runs with a crossing, hollow: of fewer "
            "than half; line: 95 % interval.")
    noted.attrs = {**table.attrs, "note": note}
    write(ax, Words(f"When does {b!r} pay?", unit, " "), noted)
    firms = [str(name) for name in dict.fromkeys(table["firm"])]
    rates = sorted(set(table["discount_rate"]))
    known = table["year"].dropna()
    end = float(table.attrs.get("years", known.max() if len(known) else 1.0))
    made = panels(ax, firms, gap=0.05)
    for place, firm in enumerate(firms):
        _draw_firm(made[firm], table[table["firm"] == firm].to_dict("records"), rates, (end, place, len(firms)))
    label_edges(made, "year")


def _draw_firm(
    panel: Axes, rows: Sequence[Mapping[Hashable, Any]], rates: Sequence[float], where: tuple[float, int, int]
) -> None:
    """The marks of one firm, the lowest rate on top, each with its words above it."""
    end, place, firms = where
    panel.set_xlim(0, end)
    panel.set_ylim(len(rates) - 0.6, -0.95)
    panel.set_yticks(range(len(rates)), [percent(rate) for rate in rates], fontsize=16 if firms < 5 else 11)
    panel.tick_params(axis="y", length=0)
    panel.grid(True, axis="x")
    panel.grid(False, axis="y")
    panel.locator_params(axis="x", nbins=6, integer=True)
    format_axis(panel.xaxis, lambda year: f"{year:g}")
    for row in rows:
        _draw_row(panel, row, rates.index(row["discount_rate"]), (end, place, firms))


def _draw_row(panel: Axes, row: Mapping[Hashable, Any], at: int, where: tuple[float, int, int]) -> None:
    """One discount rate: mark and interval where most runs have a crossing, a hollow mark where few do, and words."""
    from matplotlib.patheffects import withStroke

    end, place, firms = where
    style, year = look(place), float(row["year"])
    size = 16 if firms < 2 else 15 if firms < 3 else 13 if firms < 4 else 10
    most = 2 * int(row["overtook"]) >= int(row["runs"]) > 0
    text: dict[str, Any] = {
        "fontsize": size, "color": INK if most else GREY, "zorder": 5,
        "fontweight": "bold" if row.get("of_scenario", False) else "normal",
        "path_effects": [withStroke(linewidth=4, foreground="white")],
    }
    words = (", " if firms == 1 else "\n").join(_words(row))
    if year != year:
        panel.text(0.04 * end, at, words, ha="left", va="center", **text)
        return
    low, high = float(row.get("low", year)), float(row.get("high", year))
    if high > low:
        panel.plot([low, high], [at, at], color=style.colour, linewidth=3, marker="|", markersize=12,
                   markeredgewidth=3, solid_capstyle="butt")
    panel.plot([year], [at], marker=style.marker, markersize=13, color=style.colour, linestyle="none", clip_on=False,
               markerfacecolor=style.colour if most else "white", markeredgewidth=2, zorder=4)
    side = "left" if year < 0.35 * end else "right" if year > 0.65 * end else "center"
    panel.text(year, at - 0.2, words, ha=side, va="bottom", **text)


def _words(row: Mapping[Hashable, Any]) -> list[str]:
    """The date and in how many runs; what became of the others."""
    runs, overtook = int(row["runs"]), int(row["overtook"])
    parts = [f"month {round(12 * float(row['year']))}: {overtook} of {runs} runs"] if overtook else []
    for count, words in ((row["always_ahead"], "ahead from the start"), (row["never"], "not ahead at the end"),
                         (row.get("identical", 0), "identical")):
        if int(count) == runs:
            return [f"{words}: all {runs} runs"]
        if int(count):
            parts.append(f"{words}: {int(count)}" if parts else f"{words}: {int(count)} of {runs} runs")
    return parts
