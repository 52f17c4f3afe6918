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
    columns = min(ACROSS, len(names))
    rows = ceil(len(names) / columns)
    head = 0.08 if rows == 1 else 0.16 / rows + 0.04
    width = (1 - gap * (columns - 1)) / columns
    height = 1 / rows - head
    made = {}
    for place, name in enumerate(names):
        row, column = divmod(place, columns)
        bottom = 1 - (row + 1) * (height + head)
        made[name] = ax.inset_axes((column * (width + gap), bottom, width, height))
        made[name].set_title(name, loc="left", fontsize=20 if columns < 4 else 17, pad=8)
    return made


def left_edge(place: int) -> bool:
    """Whether the panel at this place begins a row: only there is the scale written."""
    return place % ACROSS == 0
