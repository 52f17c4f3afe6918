"""Lines over time with their bands, and words at their ends instead of a legend."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.figures.style import look

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


class Label(NamedTuple):
    """A label and the height at which it should stand (in data units)."""

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


class Line(NamedTuple):
    """One line: who (one name, or several where the lines are the same), and what is drawn."""

    names: tuple[str, ...]
    place: int
    rows: pd.DataFrame

    @property
    def title(self) -> str:
        """What is written at its end; identical lines are said, not drawn over each other."""
        if len(self.names) == 1:
            return self.names[0]
        if len(self.names) > 4:
            return f"all {len(self.names)}: identical"
        return " and ".join((", ".join(self.names[:-1]), self.names[-1])) + ":\nidentical"


def lines_of(table: pd.DataFrame, value: str, by: str, x: str) -> list[Line]:
    """One line per name in order of appearance; lines with exactly the same values become one."""
    found: dict[bytes, Line] = {}
    for place, name in enumerate(dict.fromkeys(table[by])):
        rows = table[table[by] == name].sort_values(x)
        key = rows[[x, value]].to_numpy(dtype=float).tobytes()
        earlier = found.get(key)
        names, first = (earlier.names, earlier.place) if earlier else ((), place)
        found[key] = Line((*names, str(name)), first, rows)
    return list(found.values())


def draw_lines(ax: Axes, lines: list[Line], value: str, x: str) -> None:
    """Draw each line with its look, its band where the table has `low` and `high`, and its name at its end."""
    labels = []
    for line in lines:
        style, rows = look(line.place), line.rows
        across, up = rows[x].to_numpy(dtype=float), rows[value].to_numpy(dtype=float)
        ax.plot(
            across, up, color=style.colour, linestyle=style.dashes, marker=style.marker, markersize=9,
            markevery=(line.place % 3, max(1, len(across) // 8)),
        )
        if {"low", "high"} <= set(rows.columns):
            low, high = rows["low"].to_numpy(dtype=float), rows["high"].to_numpy(dtype=float)
            ax.fill_between(across, low, high, color=style.colour, alpha=0.18, linewidth=0)
        known = up[np.isfinite(up)]
        if known.size:
            labels.append(Label(line.title, float(known[-1]), style.colour))
    ax.margins(x=0.02)
    first = float(min(line.rows[x].min() for line in lines))
    ax.set_xlim(0.0 if 0 < first < 0.3 else first, None)  # the first month begins at the origin
    label_ends(ax, labels)


def value_column(table: pd.DataFrame, *candidates: str) -> str:
    """`mean` where the table is a summary of several runs, else the first candidate that it has.

    Raises:
        ValueError: none of them is there.
    """
    for name in ("mean", *candidates):
        if name in table.columns:
            return name
    raise ValueError(f"The table needs a column 'mean' or {' or '.join(map(repr, candidates))}; "
                     f"it has {', '.join(map(str, table.columns))}.")


def series_column(table: pd.DataFrame) -> str:
    """What tells the lines apart: `world` where variants are compared, else `firm`."""
    return "world" if "world" in table.columns and table["world"].nunique() > 1 else "firm"
