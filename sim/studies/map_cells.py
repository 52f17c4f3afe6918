"""The cells that tile a winner map: which are neighbours, between which winners a cell lies; the map in letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np

from sim.text.findings import TOO_CLOSE

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Cell:
    """A rectangle of the map in units of the ranges: its centre and half its sides; `depth` 0 is the first grid."""

    x: float
    y: float
    half_x: float
    half_y: float
    depth: int = 0

    def parts(self) -> list[Cell]:
        """Nine cells in its place; the middle one has the same centre."""
        step_x, step_y = 2 * self.half_x / 3, 2 * self.half_y / 3
        return [
            Cell(self.x + i * step_x, self.y + j * step_y, self.half_x / 3, self.half_y / 3, self.depth + 1)
            for j in (-1, 0, 1) for i in (-1, 0, 1)
        ]

    def touches(self, other: Cell) -> bool:
        """Whether two cells share a side (or a part of one)."""
        gap_x = abs(self.x - other.x) - (self.half_x + other.half_x)
        gap_y = abs(self.y - other.y) - (self.half_y + other.half_y)
        return (abs(gap_x) < 1e-9 and gap_y < -1e-9) or (abs(gap_y) < 1e-9 and gap_x < -1e-9)


def neighbours(cells: Sequence[Cell]) -> list[tuple[Cell, Cell]]:
    """Pairs of cells that share a side."""
    return _neighbours(tuple(cells))


@lru_cache(maxsize=4)
def _neighbours(cells: tuple[Cell, ...]) -> list[tuple[Cell, Cell]]:
    return [(one, other) for one, other in combinations(cells, 2) if one.touches(other)]


def sides_of(cells: Sequence[Cell], who: Mapping[Cell, str]) -> dict[Cell, set[str]]:
    """The winner of each cell; of a cell that is too close to call, those that its stretch of such cells touches.

    >>> row = [Cell(0.5 + k, 0.5, 0.5, 0.5) for k in range(4)]
    >>> found = sides_of(row, dict(zip(row, ["A", TOO_CLOSE, TOO_CLOSE, "B"], strict=True)))
    >>> [sorted(found[cell]) for cell in row]
    [['A'], ['A', 'B'], ['A', 'B'], ['B']]
    """
    found = {cell: {who[cell]} - {TOO_CLOSE} for cell in cells}
    both_ways = [pair for one, other in neighbours(cells) for pair in ((one, other), (other, one))]
    pairs = [(cell, other) for cell, other in both_ways if who[cell] == TOO_CLOSE]
    grown = True
    while grown:
        grown = False
        for cell, other in pairs:
            if not found[other] <= found[cell]:
                found[cell] |= found[other]
                grown = True
    return found


NO_NUMBER = "no number"
"""In place of a winner, where no run gave a number."""


def map_lines(table: pd.DataFrame, size: int = 15) -> list[str]:
    """A winner map in letters: who wins where, the second factor upwards; a point where it is too close to call.

    It is no finer than the cells of the map.

    >>> import pandas as pd
    >>> cell = {"x_low": 0.0, "x_high": 1.0, "y_low": 0.0, "y_high": 1.0, "winner": "Root"}
    >>> found = pd.DataFrame([cell, {**cell, "y_low": 1.0, "y_high": 2.0, "winner": "Rush"}])
    >>> found.attrs = {"option_a": "Rush", "option_b": "Root", "x_factor": "x", "y_factor": "y"}
    >>> map_lines(found)
    ['1 to 2 a', '0 to 1 b', '       0 to 1', 'a: Rush, b: Root, point: too close to call; across x, upwards y']
    """
    words = table.attrs
    columns, rows = (_edges(table, side, str(words.get(f"{side}_scale", "linear")), size) for side in ("x", "y"))
    letters = {words["option_a"]: "a", words["option_b"]: "b", NO_NUMBER: "?"}
    unknown = ", ?: no number" if (table["winner"] == NO_NUMBER).any() else ""
    lines = []
    for low, high in pairwise(rows):
        y, row = (low + high) / 2, []
        for x in ((left + right) / 2 for left, right in pairwise(columns)):
            inside = (table["x_low"] <= x) & (x <= table["x_high"]) & (table["y_low"] <= y) & (y <= table["y_high"])
            row.append(letters.get(table["winner"][inside].iloc[0], "."))
        lines.append((f"{low:.3g} to {high:.3g}", " ".join(row)))
    lines = [*lines[::-1], ("", f"{columns[0]:.3g} to {columns[-1]:.3g}")]
    width = max(len(head) for head, _ in lines)
    return [*(f"{head:>{width}} {row}" for head, row in lines),
            f"a: {words['option_a']}, b: {words['option_b']}, point: too close to call{unknown}; "
            f"across {words['x_factor']}, upwards {words['y_factor']}"]


def _edges(table: pd.DataFrame, side: str, scale: str, most: int) -> list[float]:
    """Edges of the rows or columns of letters: those of the cells, or evenly spaced ones where there are too many."""
    own = sorted({*table[f"{side}_low"].astype(float), *table[f"{side}_high"].astype(float)})
    if len(own) <= most + 1:
        return own
    low, high = own[0], own[-1]
    parts = np.arange(most + 1) / most
    spaced = np.exp(np.log(low) + parts * np.log(high / low)) if scale == "log" else low + parts * (high - low)
    return [float(edge) for edge in spaced]
