"""Lines over time with their bands: shared by the pictures that show one number per firm and period."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.figures._labels import Label, label_ends
from sim.figures.style import look

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


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
    """What tells the lines apart: `world` where worlds are compared, else `firm`."""
    return "world" if "world" in table.columns and table["world"].nunique() > 1 else "firm"
