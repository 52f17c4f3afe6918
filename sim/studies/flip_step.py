"""A way from the scenario as written into the space of factors, in the numbers that are printed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.statistics.intervals import Floats
from sim.studies.factors import Factor
from sim.studies.model import Changes
from sim.studies.plain_values import plain_value, short_name


@dataclass(frozen=True)
class Step:
    """A way to go: from the scenario's own values along a unit direction.

    A factor that reaches the end of its range stays there and the others go on, until all are at an end: the corner is
    the most that these factors can do together. For a lead that is a plane this is the shortest way to its border
    inside the ranges. Values are those that are printed (`plain_value`).
    """

    factors: tuple[Factor, ...]
    direction: tuple[float, ...]

    @property
    def _rooms(self) -> Floats:
        """How far each factor can move, in units of its range."""
        pairs = zip(self.factors, self.direction, strict=True)
        return np.array([0.0 if not way else 1.0 - one.start if way > 0 else one.start for one, way in pairs])

    @property
    def reach(self) -> float:
        """How far one can go: to the corner where every factor is at the end of its range."""
        return float(np.linalg.norm(self._rooms))

    def moves(self, distance: float) -> Floats:
        """How far each factor has moved at a (Euclidean) distance, in units of its range.

        >>> Step((Factor("a", 0, 1, 0.5), Factor("b", 0, 1, 0.9)), (0.6, 0.8)).moves(0.5).round(3).tolist()
        [0.49, 0.1]
        """
        rooms, ways = self._rooms, np.abs(np.array(self.direction))
        ends = np.divide(rooms, ways, out=np.full(ways.size, np.inf), where=ways > 0)
        along = float(ends[np.isfinite(ends)].max(initial=0.0))
        for end in np.sort(ends[np.isfinite(ends)]):
            held = ends < end
            free = float((ways[~held] ** 2).sum())
            here = float(np.sqrt(max(distance**2 - (rooms[held] ** 2).sum(), 0.0) / free))
            if here <= end:
                along = here
                break
        found: Floats = np.sign(self.direction) * np.minimum(ways * along, rooms)
        return found

    def point(self, distance: float) -> Changes:
        """What is changed at a distance: for each factor the number that is printed."""
        found = {}
        for factor, move in zip(self.factors, self.moves(distance).tolist(), strict=True):
            value = plain_value(factor, move)
            if factor.value is None or value != factor.value:
                found[factor.path] = value
        return found

    def length(self, point: Changes) -> float:
        """The distance of a point from the scenario as written."""
        moves = [one.place(point[one.path]) - one.start for one in self.factors if one.path in point]
        return float(np.linalg.norm(moves))

    def words(self, distance: float) -> str:
        """The change in words: product.margin from 0.5 to 0.61."""
        return ", ".join(
            f"{factor.path}{'' if factor.value is None else f' from {factor.value:.6g}'} to {value:.12g}"
            for factor, value in self._values(distance)
        )

    def short(self, distance: float) -> str:
        """The change for a narrow place: margin 0.5 → 0.61; of more than two numbers the first two."""
        parts = [
            f"{short_name(factor)}{'' if factor.value is None else f' {factor.value:.6g}'} → {value:.12g}"
            for factor, value in self._values(distance)
        ]
        return ", ".join(parts[:2]) + (f" and {len(parts) - 2} more" if len(parts) > 2 else "")

    def _values(self, distance: float) -> list[tuple[Factor, float]]:
        point = self.point(distance)
        return [(factor, point.get(factor.path, factor.value or 0.0)) for factor in self.factors]
