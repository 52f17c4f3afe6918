"""What pictures are made of: lines with bands and their names at the ends, rows with intervals, small panels."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from math import ceil, floor, inf, log10, nan
from textwrap import fill
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from sim.figures.style import GREY, INK, MIST, SLATE, look, places_of, say
from sim.text.findings import TOO_CLOSE
from sim.text.language import tr
from sim.text.numbers import currency_in_words, signed
from sim.text.words import in_words, joined

Row = Mapping[Hashable, Any]
Floats = NDArray[np.float64]
ACROSS = 4
"""Panels beside each other."""
LONG_LABEL = 56
LONG_NAME = 30
"""Letters of a row's name that stand in one line."""
TOLD_UNITS = ("money", "weeks", "years")
"""Units that stand behind a name; others are said by the name."""
HEAD_INCHES = 1.1
"""What title, unit and scale take of the height of axes."""


def value_column(table: pd.DataFrame, other: str) -> str:
    """`mean` where the table is a summary of several runs, else the other column.

    Raises:
        ValueError: neither is there.
    """
    for name in ("mean", other):
        if name in table.columns:
            return name
    raise ValueError(f"The table needs a column 'mean' or {other!r}; it has {', '.join(map(str, table.columns))}.")


def check_names(table: pd.DataFrame, column: str, allowed: Iterable[str], what: str) -> None:
    """Refuse a table with another name in this column.

    Raises:
        ValueError: there is one; the sentence begins with `what`.
    """
    strange = sorted(set(table[column]) - set(allowed))
    if strange:
        raise ValueError(f"{what}; the table has {strange[0]!r}.")


def series_column(table: pd.DataFrame) -> str:
    """What tells the lines apart: `world` where variants are compared, else `firm`."""
    return "world" if "world" in table.columns and table["world"].nunique() > 1 else "firm"


def parts_of(table: pd.DataFrame, by: str = "firm") -> dict[str, pd.DataFrame]:
    """The rows of each name, in order of appearance."""
    return {str(name): rows for name, rows in table.groupby(by, sort=False)}


class Label(NamedTuple):
    """A label and the height at which it should stand (in data units)."""

    text: str
    height: float
    colour: str


def spread(heights: Sequence[float], gap: float, within: tuple[float, float] = (-inf, inf)) -> list[float]:
    """Move heights apart until neighbours are at least `gap` apart, as little as possible in the least-squares sense.

    All stay `within` the limits where there is room for all.

    >>> spread([1.0, 1.0], 2.0), spread([5.0, 0.0], 1.0), spread([9.0, 10.0], 2.0, within=(0.0, 10.0))
    ([0.0, 2.0], [5.0, 0.0], [8.0, 10.0])
    """
    from scipy.optimize import isotonic_regression

    order, gaps = np.argsort(heights, kind="stable"), gap * np.arange(len(heights))
    placed = isotonic_regression(np.asarray(heights, dtype=float)[order] - gaps).x
    result = np.empty(len(order))
    result[order] = gaps + np.maximum(within[0], np.minimum(placed, within[1] - gaps[-1]))
    return [float(height) for height in result]


def label_ends(ax: Axes, labels: Sequence[Label], size: float = 18) -> None:
    """Write each label right of the axes at its height; a thin line leads to a label that had to move.

    Call it last, when the limits of the axes are final.
    """
    if not labels:
        return
    ax.set_ylim(ax.get_ylim())
    box = ax.get_window_extent()
    gap = 1.65 * size * ax.figure.dpi / 72  # generous: the layout may still shrink the axes
    if len(labels) > 1:
        gap = min(gap, box.height / (len(labels) - 1))
    wanted = [float(ax.transData.transform((0, label.height))[1]) for label in labels]
    for label, pixel, wish in zip(labels, spread(wanted, gap, (box.y0, box.y1)), wanted, strict=True):
        moved = abs(pixel - wish) > 0.35 * gap
        lead = {"arrowstyle": "-", "color": label.colour, "lw": 1, "shrinkA": 2, "shrinkB": 1, "relpos": (0, 0.5)}
        ax.annotate(
            label.text, (1, (wish - box.y0) / box.height), (1.035 if moved else 1.015, (pixel - box.y0) / box.height),
            xycoords="axes fraction", textcoords="axes fraction", va="center", color=label.colour, fontsize=size,
            fontweight="bold", annotation_clip=False, arrowprops=lead if moved else None,
        )


class Line(NamedTuple):
    """One line: who (several names where the lines are the same), its place among all, and its points and band."""

    names: tuple[str, ...]
    place: int
    x: Floats
    y: Floats
    band: Sequence[Floats]  # low and high, or nothing

    @property
    def title(self) -> str:
        """What is written at its end; identical lines are said, not drawn over each other."""
        if len(self.names) == 1:
            return self.names[0]
        if len(self.names) > 4:
            return tr("all {count}: identical", count=len(self.names))
        return tr("{names}:\nidentical", names=joined(self.names))


def lines_of(table: pd.DataFrame, value: str, x: str) -> list[Line]:
    """One line per firm (or variant) in order of appearance; lines with exactly the same values become one."""
    found: dict[bytes, Line] = {}
    parts = parts_of(table, series_column(table))
    places = places_of(table, parts)
    for name, rows in parts.items():
        columns = [x, value, *(("low", "high") if {"low", "high"} <= set(rows.columns) else ())]
        across, up, *band = rows.sort_values(x)[columns].to_numpy(dtype=float).T
        key = across.tobytes() + up.tobytes()
        names, first = found[key][:2] if key in found else ((), places[name])
        found[key] = Line((*names, name), first, across, up, band)
    return list(found.values())


def draw_lines(ax: Axes, lines: Sequence[Line]) -> None:
    """Draw each line with its look, its band where it has one, and its name at its end."""
    labels = []
    for line in lines:
        style = look(line.place)
        ax.plot(line.x, line.y, color=style.colour, linestyle=style.dashes, marker=style.marker, markersize=9,
                markevery=(line.place % 3, max(1, len(line.x) // 8)))
        if line.band:
            ax.fill_between(line.x, line.band[0], line.band[1], color=style.colour, alpha=0.18, linewidth=0)
        known = line.y[np.isfinite(line.y)]
        if known.size:
            labels.append(Label(line.title, float(known[-1]), style.colour))
    ax.margins(x=0.02)
    first = float(min(line.x.min() for line in lines))
    ax.set_xlim(0.0 if 0 < first < 0.3 else first, None)  # the first month begins at the origin
    label_ends(ax, labels)


def name_rows(ax: Axes, names: Sequence[str], size: float = 17, width: int = 40, **style: Any) -> None:
    """Names left of their rows, the first on top; only what runs across has a grid."""
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_yticks(range(len(names)), [fill(name, width) for name in names], fontsize=size, **style)
    ax.tick_params(axis="y", length=0)
    ax.grid(False, axis="y")
    ax.grid(True, axis="x")
    ax.spines["left"].set_visible(False)


def names_of(rows: Sequence[Row], currency: str = "") -> list[str]:
    """A name for each factor, with money and time its unit: its label where that is short and no other has it.

    >>> names_of([{"factor": "people.basket.mean", "label": "mean over people"},
    ...           {"factor": "people.taste.mean", "label": "mean over people"},
    ...           {"factor": "product.price", "label": "reference price of one unit", "unit": "money"}], "EUR")
    ['basket: mean', 'taste: mean', 'reference price of one unit\xa0(EUR)']
    """
    labels = [str(row.get("label") or "") for row in rows]
    found = []
    for row, label in zip(rows, labels, strict=True):
        plain = 0 < len(label) <= LONG_LABEL and labels.count(label) == 1 and ";" not in label
        steps = [in_words(step) for step in str(row["factor"]).split(".")]
        unit = str(row.get("unit") or "")
        told = f"\u00a0({currency_in_words(currency) if unit == 'money' and currency else tr(unit)})" if (
            unit in TOLD_UNITS) else ""
        found.append((tr(label.removesuffix(" over people")) if plain else ": ".join(steps[-2:])) + told)
    return found


def say_right(ax: Axes, place: float, text: str, *, colour: str = INK, size: float = 15, bold: bool = False) -> None:
    """Words right of the axes, beside a row."""
    say(ax, text, (1, place), (12, 0), coords=("axes fraction", "data"), va="center", color=colour, fontsize=size,
        fontweight="bold" if bold else "normal")


def interval(ax: Axes, place: float, low: float, high: float, colour: str = INK, cap: float = 13.0) -> None:
    """An interval as a line with end caps (so many points high); nothing where there is none."""
    if low == low and high == high:
        ax.plot([low, high], [place, place], color=colour, linewidth=2.2, marker="|", markersize=cap, markeredgewidth=2)


def ends_of(row: Row, before: str = "") -> tuple[float, float]:
    """The ends of an interval in a row: its columns `low` and `high`, with these letters before; NaN for none."""
    return float(row.get(f"{before}low", nan)), float(row.get(f"{before}high", nan))


def zero_line(ax: Axes, at: float = 0.0) -> None:
    """The upright line from which differences are read."""
    ax.axvline(at, color=GREY, linewidth=1.4)


def row_names(ax: Axes, names: Sequence[str], bars: float) -> float:
    """Name rows left of the axes, in up to as many lines as the longest name needs; gives the size of the type.

    `bars`: the height of a row in lines where all names stand in one.
    """
    lines = max(fill(name, LONG_NAME).count("\n") + 1 for name in names)
    size = row_type(ax, max(bars, 1.15 * lines) * len(names))
    name_rows(ax, names, size, LONG_NAME)
    return size


def row_type(ax: Axes, rows: float) -> float:
    """The size of type that so many rows leave room for in these axes."""
    height = ax.get_window_extent().height / ax.figure.dpi - HEAD_INCHES
    return min(18.0, max(7.5, 60.0 * height / rows))


def step_within(limit: float) -> float:
    """The largest round number (1, 2 or 5 times a power of ten) that is at most nine tenths of a limit.

    >>> step_within(48000.0), step_within(0.014), step_within(1.0)
    (20000.0, 0.01, 0.5)
    """
    power = 10.0 ** floor(log10(0.9 * limit))
    return round(max(times for times in (0.5, 1, 2, 5) if times * power <= 0.9 * limit) * power, 12)


def panels(ax: Axes, names: Iterable[str], gap: float = 0.06) -> dict[str, Axes]:
    """Split the axes into one panel per name, at most four in a row; the names stand above the panels."""
    every = list(names)
    columns = min(ACROSS, len(every))
    rows = ceil(len(every) / columns)
    made = grid(ax, every, columns, gap, 0.08 if rows == 1 else 0.21 / rows + 0.05)
    for name, panel in made.items():
        panel.set_title(name, loc="left", fontsize=20 if columns < 4 else 17, pad=8)
    return made


def grid(ax: Axes, names: Sequence[str], columns: int, gap: float, head: float) -> dict[str, Axes]:
    """Split the axes into panels in rows, with a gap between them and room above each (fractions of the axes)."""
    ax.axis("off")
    width, height = (1 - gap * (columns - 1)) / columns, 1 / ceil(len(names) / columns) - head
    made = {}
    for place, name in enumerate(names):
        row, column = divmod(place, columns)
        made[name] = ax.inset_axes((column * (width + gap), 1 - (row + 1) * (height + head), width, height))
    return made


def label_edges(made: Mapping[str, Axes], x: str, columns: int = ACROSS) -> None:
    """Write the scale only left of the first panel of each row, and what runs across only below the bottom row."""
    for place, panel in enumerate(made.values()):
        if place % columns:
            panel.set_yticklabels([])
        if place + columns >= len(made):
            panel.set_xlabel(x, fontsize=17 if len(made) < ACROSS else 13)
        else:
            panel.set_xticklabels([])


def waterfall_step(ax: Axes, place: int, start: float, row: Row, how: tuple[str, float]) -> None:
    """A bar of a waterfall, from where the one above ended: `added`, its ends, what is missed (`left_out`)."""
    unit, size = how
    added, (low, high) = float(row["added"]), ends_of(row, "added_")
    unclear = low <= 0 <= high and added != 0
    ax.barh(place, added, left=start, height=0.6, color="white" if unclear else MIST, edgecolor=SLATE,
            hatch="" if unclear or added >= 0 else "///", linewidth=1.5)
    interval(ax, place, start + low, start + high)
    ax.plot([start, start], [place - 0.7, place - 0.3], color=GREY, linewidth=1.2)
    words = signed(added, unit)
    if "left_out" in row and row["left_out"] == row["left_out"]:
        words += f" ({signed(float(row['left_out']), unit)})"
    if unclear:
        words += f"  {tr(TOO_CLOSE)}"
    say_right(ax, place, words, colour=GREY if unclear else INK, size=max(15.0, 0.88 * size))
