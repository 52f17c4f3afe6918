"""A change of factors that reverses the winner, and its proof on seeds that took no part in the search.

A proof that is repeated until it passes flatters itself. So what holds is run once more on seeds that decide nothing:
only those numbers are shown.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.statistics.intervals import (
    Floats,
    Interval,
    PairedDifference,
    paired_difference,
    surely_ahead,
    wilson_interval,
)
from sim.studies.asking import Order
from sim.studies.factors import Factor, plain_value, short_name
from sim.studies.model import FRESH, Changes

ATTEMPTS, FARTHER = 6, 1.06
"""A change that new seeds do not confirm is made 6 % larger, five times at most, with other seeds each time."""
NORMAL_95 = 1.645


@dataclass(frozen=True)
class Step:
    """A path of change: from the scenario's own values along a unit direction.

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

    def level(self, distance: float) -> str:
        """The values at a distance: price 6.75, quality 0.409; of more than two numbers the first two."""
        parts = [f"{factor.path} {factor.at(factor.start + float(move)):.3g}"
                 for factor, move in zip(self.factors, self.moves(distance), strict=True)]
        return _first(parts, 2)

    def words(self, distance: float, most: int | None = None) -> str:
        """The change in words, at most so many factors by name: product.margin from 0.5 to 0.61."""
        parts = [f"{factor.path}{'' if factor.value is None else f' from {factor.value:.6g}'} to {value:.12g}"
                 for factor, value in self._values(distance)]
        return _first(parts, most or len(parts))

    def short(self, distance: float) -> str:
        """The change for a narrow place: margin 0.5 → 0.61; of more than two numbers the first two."""
        parts = [
            f"{short_name(factor)}{'' if factor.value is None else f' {factor.value:.6g}'} → {value:.12g}"
            for factor, value in self._values(distance)
        ]
        return _first(parts, 2)

    def _values(self, distance: float) -> list[tuple[Factor, float]]:
        point = self.point(distance)
        return [(factor, point.get(factor.path, factor.value or 0.0)) for factor in self.factors]


def _first(parts: Sequence[str], most: int) -> str:
    return ", ".join(parts[:most]) + (f" and {len(parts) - most} more" if len(parts) > most else "")


@dataclass(frozen=True)
class Found:
    """A change that surely turns the winner: the shortest way that does, and where the mean difference is 0.

    `along`, `border`: distances on the step; `sign` is that of the lead it turns: 1 where b was ahead, so that a wins
    now.
    """

    step: Step
    along: float
    border: float
    turned: int
    n: int
    sign: float

    @property
    def point(self) -> Changes:
        """What it changes: the numbers that are printed."""
        return self.step.point(self.along)

    @property
    def distance(self) -> float:
        """How far it is from the scenario as written."""
        return self.step.length(self.point)

    @property
    def kind(self) -> str:
        """One factor, a pair, or several at once."""
        return {1: "one factor", 2: "pair"}.get(len(self.step.factors), f"{len(self.step.factors)} together")

    @property
    def words(self) -> str:
        """The change in words."""
        return self.step.words(self.along)


@dataclass(frozen=True)
class Proof:
    """A change beside the scenario as written, in pairs of runs with common random numbers.

    `difference`: paired difference b − a after the change; `won`: pairs in which the other option is ahead after it;
    `reversed`: pairs whose winner as written was ahead before and is not after; `holds`: whether a proof confirmed the
    change; `attempts`: how many proofs that took. The numbers are those of a last run on seeds of its own that decided
    nothing; where no proof passed, those of the last proof.
    """

    found: Found
    difference: PairedDifference
    won: int
    reversed: int
    holds: bool = False
    attempts: int = 0

    @property
    def ahead(self) -> Interval:
        """Share of pairs in which the other option is ahead after the change (Wilson interval)."""
        return wilson_interval(self.won, self.difference.n)


def prove(asked: Order, found: Sequence[Found], proofs: int) -> tuple[list[Found], dict[str, Proof]]:
    """Prove what was found, the nearest first, until nothing unproven is nearer than the smallest that holds.

    The nearest change of a single factor is proven in any case: it is the one that people can argue about. Gives what
    was found, as far as it had to be made larger, the nearest first, and the proofs by what they change.
    """
    proven: dict[str, Proof] = {}
    changes = list(found)
    largest = max((len(one.step.factors) for one in changes), default=1)
    for sizes in ((1,), range(1, largest + 1)):
        while (nearest := _unproven(changes, proven, sizes)) is not None:
            proof = _proven(asked, nearest, proofs)
            changes[changes.index(nearest)] = proof.found
            proven[proof.found.words] = proof
    held = [proof for proof in proven.values() if proof.holds]
    last = _on_new_seeds(asked, [proof.found for proof in held], ATTEMPTS, proofs) if held else []
    for proof, again in zip(held, last, strict=True):
        proven[proof.found.words] = replace(again, holds=True, attempts=proof.attempts)
    return sorted(changes, key=lambda one: one.distance), proven


def _unproven(changes: Sequence[Found], proven: dict[str, Proof], sizes: Collection[int]) -> Found | None:
    """The nearest change of so many factors that is not proven, where none that holds is nearer."""
    held = min((proof.found.distance for proof in proven.values()
                if proof.holds and len(proof.found.step.factors) in sizes), default=np.inf)
    left = [one for one in changes if one.words not in proven and len(one.step.factors) in sizes
            and one.distance < held]
    return min(left, key=lambda one: one.distance, default=None)


def _proven(asked: Order, found: Found, proofs: int) -> Proof:
    """The proof of a change, made larger and run on other seeds until it holds or the attempts are used up.

    By their count and their spread: the mean lies 1.645 standard deviations beyond 0, the 95 % point of a normal
    distribution.
    """
    for attempt in range(ATTEMPTS):
        proof = _on_new_seeds(asked, [found], attempt, proofs)[0]
        holds = surely_ahead(-found.sign * proof.difference.differences, NORMAL_95)
        longer = min(found.along * FARTHER, found.step.reach)
        if holds or longer <= found.along:
            break
        if attempt < ATTEMPTS - 1:
            found = replace(found, along=longer)
    return replace(proof, found=found, holds=holds, attempts=attempt + 1)


def _on_new_seeds(asked: Order, found: Sequence[Found], block: int, proofs: int) -> list[Proof]:
    """Changes beside the scenario as written, on a block of seeds that the search did not use."""
    first = FRESH + block * proofs
    points: list[Changes] = [{}, *(one.point for one in found)]
    answers = asked.answers(points, range(first, first + proofs))
    before = answers.difference[0]
    return [_proof(one, before, answers.a[k], answers.b[k]) for k, one in enumerate(found, start=1)]


def _proof(found: Found, before: Floats, a: Floats, b: Floats) -> Proof:
    after = b - a
    both = np.isfinite(before) & np.isfinite(after)
    turned = (found.sign * after < 0) & both
    reversed_ = turned & (found.sign * before > 0)
    return Proof(found, paired_difference(a[both], b[both]), int(turned.sum()), int(reversed_.sum()))
