"""Words at the ends of lines instead of a legend, spread so that none covers another."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Label(NamedTuple):
    """A word that wants to stand at a height (in data units)."""

    text: str
    height: float
    colour: str


def spread(heights: Sequence[float], gap: float, within: tuple[float, float] = (-inf, inf)) -> list[float]:
    """Move heights apart until neighbours are at least `gap` apart, as little as possible in the least-squares sense.

    Labels that touch form a block that centres on the mean of what its members want; all stay `within` the limits
    where there is room for all.

    >>> spread([1.0, 1.0], 2.0)
    [0.0, 2.0]
    >>> spread([5.0, 0.0], 1.0)
    [5.0, 0.0]
    >>> spread([9.0, 10.0], 2.0, within=(0.0, 10.0))
    [8.0, 10.0]
    """
    order = sorted(range(len(heights)), key=lambda place: (heights[place], place))
    blocks: list[tuple[float, int]] = []  # (sum of wishes with the gaps taken out, how many)
    for rank, place in enumerate(order):
        total, count = heights[place] - rank * gap, 1
        while blocks and blocks[-1][0] / blocks[-1][1] >= total / count:
            earlier, members = blocks.pop()
            total, count = total + earlier, count + members
        blocks.append((total, count))
    placed = [total / count for total, count in blocks for _ in range(count)]
    result = [0.0] * len(heights)
    for rank, place in enumerate(order):
        lowest, highest = within[0] + rank * gap, within[1] - (len(order) - 1 - rank) * gap
        result[place] = max(lowest, min(highest, placed[rank] + rank * gap))
    return result


def label_ends(ax: Axes, labels: Sequence[Label], size: float = 18) -> None:
    """Write each label right of the axes at its height; a thin line leads to a label that had to move.

    Call it last, when the limits of the axes are final.
    """
    if not labels:
        return
    ax.set_ylim(ax.get_ylim())
    box = ax.get_window_extent()
    pixels_per_point = ax.figure.dpi / 72
    # the layout may still shrink the axes; a generous gap leaves room for that
    gap = 1.65 * size * pixels_per_point
    wanted = [float(ax.transData.transform((0, label.height))[1]) for label in labels]
    if len(labels) > 1:
        gap = min(gap, box.height / (len(labels) - 1))
    placed = spread(wanted, gap, (box.y0, box.y1))
    for label, pixel, wish in zip(labels, placed, wanted, strict=True):
        fraction = (pixel - box.y0) / box.height
        target = (wish - box.y0) / box.height
        moved = abs(pixel - wish) > 0.35 * gap
        lead = {"arrowstyle": "-", "color": label.colour, "lw": 1, "shrinkA": 2, "shrinkB": 1, "relpos": (0, 0.5)}
        ax.annotate(
            label.text, (1, target), (1.035 if moved else 1.015, fraction), xycoords="axes fraction",
            textcoords="axes fraction", va="center", color=label.colour, fontsize=size, fontweight="bold",
            annotation_clip=False,
            arrowprops=lead if moved else None,
        )
