"""When one what-if overtakes another for good, and how that depends on the discount rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes

from sim.figures._shapes import Row, label_edges, name_rows, panels, parts_of, row_type
from sim.figures.style import GREY, INK, Look, Words, format_axis, halo, look, places_of, shows, write
from sim.text.language import tr, trn
from sim.text.numbers import percent, written
from sim.text.words import name_or_words

MOST_PANELS = 4
"""With more firms only one discount rate is shown, the firms below each other."""


@shows("firm", "discount_rate", "year", "runs", "overtook", "always_ahead", "never")
def break_even(table: pd.DataFrame, ax: Axes) -> None:
    """The date of the crossing with its interval, one row per discount rate, one panel per firm.

    Table: `firm`, `world_a`, `world_b` (the one that overtakes), `discount_rate`, `year` (NaN: no crossing), `low`,
    `high` (NaN: none), `runs`, `overtook`, `always_ahead`, `never`, `identical`; `attrs["years"]` is the end. Unit:
    years since the end of the warm-up. A hollow mark: fewer than half of the runs have a crossing. Rates at which the
    same is found share a row. With more than four firms there is one row per firm, at one rate.
    """
    first, runs = table.iloc[0], int(table["runs"].max())
    a, b = (name_or_words(str(first.get(key, name))) for key, name in (
        ("world_a", "the first"), ("world_b", "the second")))
    groups = parts_of(table)
    known, firms = table["year"].dropna(), len(groups)
    one_rate = firms > MOST_PANELS
    unit = (tr("from when on it is ahead of {a!r} in profit to date, by firm; in how many runs", a=a) if one_rate else
            tr("from when on it is ahead of {a!r} in profit to date, by discount rate a year; in how many runs", a=a))
    note = [trn("{count} paired run. Mark: median over the runs with a crossing, hollow: of fewer than half; "
                "line: 95 % interval.", "{count} paired runs. Mark: median over the runs with a crossing, hollow: of "
                "fewer than half; line: 95 % interval.", runs)]
    rates = {} if one_rate else _rates(table)
    note += [tr("Bold: the scenario's own rate.")] if len(rates) > 1 and "of_scenario" in table.columns else []
    write(ax, Words(tr("When does {b!r} pay?", b=b), unit, " "), table, "\n".join(note))
    end = float(table.attrs.get("years", known.max() if len(known) else 1.0))
    places = places_of(table, groups)
    if one_rate:
        rate = _one_rate(table)
        groups = {tr("at {rate} a year", rate=percent(rate)): table[table["discount_rate"] == rate]}
    made = panels(ax, groups, gap=0.05)
    for name, rows in groups.items():
        found = rows if one_rate else rows[rows["discount_rate"].isin(rates)]
        titles = rows["firm"].astype(str).tolist() if one_rate else list(rates.values())
        looks = [look(places[str(firm)]) for firm in found["firm"]]
        _draw_panel(made[name], dict(zip(titles, found.to_dict("records"), strict=True)), looks, (end, firms))
        if not one_rate and name == next(iter(groups)):
            made[name].set_ylabel(tr("discount rate a year"), fontsize=16)
    label_edges(made, tr("years from the start"))


def _one_rate(table: pd.DataFrame) -> float:
    """The scenario's rate where it is marked, else the lowest: where firms are too many to show every rate."""
    own = table[table["of_scenario"]] if "of_scenario" in table.columns else table.iloc[:0]
    return float((own if len(own) else table)["discount_rate"].min())


def _rates(table: pd.DataFrame) -> dict[float, str]:
    """The rates that have a row, with its name: neighbours at which every firm shows the same share the first's."""
    found: list[tuple[str, list[float]]] = []
    for rate, rows in table.groupby("discount_rate"):
        said = "\n".join(map(_said, rows.to_dict("records")))
        if found and found[-1][0] == said:
            found[-1][1].append(float(str(rate)))
        else:
            found.append((said, [float(str(rate))]))
    return {rates[0]: percent(rates[0]) if len(rates) == 1 else tr(
                "{low} to {high}", low=written(f"{100 * rates[0]:g}"), high=percent(rates[-1]))
            for _, rates in found}


def _said(row: Row) -> str:
    """What a row shows: its words and the ends of its line, as far as the eye can tell."""
    year = float(row["year"])
    return f"{_words(row)} {float(row.get('low', year)):.1f} {float(row.get('high', year)):.1f}"


def _draw_panel(panel: Axes, rows: Mapping[str, Row], looks: Sequence[Look], how: tuple[float, int]) -> None:
    """One row per discount rate (or per firm), each with its words above the mark."""
    end, firms = how
    size = (17.0 if len(rows) < 4 else 14.0) if firms < 3 else min(13.0, row_type(panel, 1.5 * len(rows)))
    mark = 13 if firms <= MOST_PANELS else 0.6 * size
    name_rows(panel, list(rows), 16 if firms <= MOST_PANELS else size)
    panel.spines["left"].set_visible(True)
    panel.set(xlim=(0, end), ylim=(len(rows) - 0.6, -0.95))
    panel.locator_params(axis="x", nbins=6, integer=True)
    format_axis(panel.xaxis, lambda year: written(f"{year:g}"))
    for at, (row, style) in enumerate(zip(rows.values(), looks, strict=True)):
        most = 2 * int(row["overtook"]) >= int(row["runs"]) > 0
        bold = bool(row.get("of_scenario", False)) and firms <= MOST_PANELS
        year = float(row["year"])
        above = at - 0.2 if year == year else at + 0.1
        panel.text(0.02 * end, above, (", " if firms == 1 or firms > MOST_PANELS else "\n").join(_words(row)),
                   va="bottom", fontsize=size, color=INK if most else GREY, zorder=5, path_effects=halo(),
                   fontweight="bold" if bold else "normal")
        low, high = float(row.get("low", year)), float(row.get("high", year))
        if high > low:
            panel.plot([low, high], [at, at], color=style.colour, linewidth=3, marker="|", markersize=mark - 1,
                       markeredgewidth=3, solid_capstyle="butt")
        panel.plot([year], [at], marker=style.marker, markersize=mark, color=style.colour, linestyle="none",
                   clip_on=False, markerfacecolor=style.colour if most else "white", markeredgewidth=2, zorder=4)


def _words(row: Row) -> list[str]:
    """Two lines at most: the date and in how many runs (or the commonest outcome), and what became of the others."""
    runs, overtook = int(row["runs"]), int(row["overtook"])
    outcomes = {tr("from the start"): row["always_ahead"], tr("not at the end"): row["never"],
                tr("identical"): row.get("identical", 0)}
    others = [(int(count), words) for words, count in outcomes.items() if count]
    if overtook:
        first = tr("after {years} years: {count} of {runs} runs", years=written(f"{float(row['year']):.1f}"),
                   count=overtook, runs=runs)
    else:
        count, words = max(others, default=(0, tr("no run")))
        others = [one for one in others if one[1] != words]
        first = tr("{outcome}: {count} of {runs} runs", outcome=words, count=count, runs=runs) if count < runs else tr(
            "{outcome}: all {runs} runs", outcome=words, runs=runs)
    rest = ", ".join(f"{words}: {count}" for count, words in others)
    return [first, rest] if rest else [first]
