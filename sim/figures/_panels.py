"""Small pictures side by side inside one axes, one per firm."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ACROSS = 4


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
