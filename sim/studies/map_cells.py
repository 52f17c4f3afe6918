"""The cells that tile a winner map: which are neighbours, and between which winners a cell lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sim.text.findings import TOO_CLOSE


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
    return [(one, other) for k, one in enumerate(cells) for other in cells[k + 1 :] if one.touches(other)]


def sides_of(cells: Sequence[Cell], who: Mapping[Cell, str]) -> dict[Cell, set[str]]:
    """The winner of each cell; of a cell that is too close to call, those that its stretch of such cells touches.

    >>> row = [Cell(0.5 + k, 0.5, 0.5, 0.5) for k in range(4)]
    >>> found = sides_of(row, dict(zip(row, ["A", TOO_CLOSE, TOO_CLOSE, "B"], strict=True)))
    >>> [sorted(found[cell]) for cell in row]
    [['A'], ['A', 'B'], ['A', 'B'], ['B']]
    """
    beside: dict[Cell, list[Cell]] = {cell: [] for cell in cells}
    for one, other in neighbours(cells):
        beside[one].append(other)
        beside[other].append(one)
    found = {cell: {who[cell]} - {TOO_CLOSE} for cell in cells}
    left = {cell for cell in cells if who[cell] == TOO_CLOSE}
    while left:
        stretch, ahead = set(), [left.pop()]
        while ahead:
            cell = ahead.pop()
            stretch.add(cell)
            ahead += [other for other in beside[cell] if other in left]
            left -= set(beside[cell])
        touched = {who[other] for cell in stretch for other in beside[cell]} - {TOO_CLOSE}
        found |= dict.fromkeys(stretch, touched)
    return found
