"""Axes with one row per name, and axes split into small panels, one per firm."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from math import ceil, floor, log10
from textwrap import fill
from typing import TYPE_CHECKING, Any

from sim.figures.style import GREY, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ACROSS = 4
LONG_LABEL = 34
HEAD_INCHES = 1.1
"""What title, unit and scale take of the height of axes."""


def name_rows(ax: Axes, names: Sequence[str], size: float = 17, width: int = 40) -> None:
    """Names left of their rows, the first on top; only what runs across has a grid."""
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_yticks(range(len(names)), [fill(name, width) for name in names], fontsize=size)
    ax.tick_params(axis="y", length=0)
    ax.grid(False, axis="y")
    ax.grid(True, axis="x")
    ax.spines["left"].set_visible(False)


def names_of(rows: Sequence[Mapping[Hashable, Any]], key: str = "factor") -> list[str]:
    """A name for each row: its label where that is short and no other row has it, else the last steps of its path.

    >>> names_of([{"factor": "people.basket.mean", "label": "mean over people"},
    ...           {"factor": "people.taste.mean", "label": "mean over people"},
    ...           {"factor": "product.price", "label": "reference price of one unit"}])
    ['basket: mean', 'taste: mean', 'reference price of one unit']
    """
    labels = [str(row.get("label") or "") for row in rows]
    found = []
    for row, label in zip(rows, labels, strict=True):
        plain = 0 < len(label) <= LONG_LABEL and labels.count(label) == 1 and not set(label) & set(":;")
        steps = [step.replace("_", " ") for step in str(row[key]).split(".")]
        found.append(label if plain else ": ".join(steps[-2:]))
    return found


def say_right(ax: Axes, place: float, text: str, *, colour: str = INK, size: float = 15, bold: bool = False) -> None:
    """Words right of the axes, beside a row."""
    ax.annotate(
        text, (1, place), (12, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
        color=colour, fontsize=size, fontweight="bold" if bold else "normal", annotation_clip=False,
    )


def interval(ax: Axes, place: float, low: float, high: float, colour: str = INK, cap: float = 13.0) -> None:
    """An interval as a line with end caps (so many points high); nothing where there is none."""
    if low == low and high == high:
        ax.plot([low, high], [place, place], color=colour, linewidth=2.2, marker="|", markersize=cap, markeredgewidth=2)


def zero_line(ax: Axes, at: float = 0.0) -> None:
    """The upright line from which differences are read."""
    ax.axvline(at, color=GREY, linewidth=1.4)


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


def panels(ax: Axes, names: Sequence[str], gap: float = 0.06) -> dict[str, Axes]:
    """Split the axes into one panel per name, at most four in a row; the names stand above the panels."""
    ax.axis("off")
    columns = _columns(len(names))
    rows = ceil(len(names) / columns)
    head = 0.08 if rows == 1 else 0.21 / rows + 0.05
    width = (1 - gap * (columns - 1)) / columns
    height = 1 / rows - head
    made = {}
    for place, name in enumerate(names):
        row, column = divmod(place, columns)
        bottom = 1 - (row + 1) * (height + head)
        made[name] = ax.inset_axes((column * (width + gap), bottom, width, height))
        made[name].set_title(name, loc="left", fontsize=20 if columns < 4 else 17, pad=8)
    return made


def _columns(names: int) -> int:
    return min(ACROSS, names)


def label_edges(made: dict[str, Axes], x: str) -> None:
    """Write the scale only left of the first panel of each row, and what runs across only below the bottom row."""
    columns = _columns(len(made))
    for place, panel in enumerate(made.values()):
        if place % columns:
            panel.set_yticklabels([])
        if place + columns >= len(made):
            panel.set_xlabel(x, fontsize=17 if columns < ACROSS else 13)
        else:
            panel.set_xticklabels([])
