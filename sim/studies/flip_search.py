"""The search for the smallest change that reverses the winner: one factor at a time, then pairs, then a direction.

Distances are Euclidean, in units of the factors' ranges on their scales. A change counts as turning the winner when it
does so surely: in nearly every pair of runs, and with a mean so many spreads beyond 0 that new runs will agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

import numpy as np

from sim.statistics.intervals import SPREADS, Floats, mean_interval, surely_ahead
from sim.studies.asking import Order
from sim.studies.factors import Factor, plain_value, short_name
from sim.studies.model import Changes
from sim.studies.sensitivity_methods import ends_of

HALVINGS = 6
SINGLES, PARTNERS, TOGETHER = 4, 3, 5
AGAIN = 4
"""So many times the runs an end gets that turns the winner in the mean, but not surely."""
LEAST = 0.1
"""Part of the strongest factor's slope below which a factor is left out of a group."""
ENDS_EACH = 3
"""About how often the runs of one end a direction takes: doubtful ends get more, some groups are tried a second time.
"""
CURSE = 2.0
"""The strongest of many slopes that two runs show are partly luck: so much more must be lost before a turn is likely.
"""
SCREENING = 2
"""Replications of the screening: with common random numbers two show which way a factor works."""


@dataclass(frozen=True)
class Direction:
    """A path of change: from the scenario's own values along a unit vector `ways`.

    A factor that reaches the end of its range stays there and the others go on, until all are at an end: the corner is
    the most that these factors can do together. For a lead that is a plane this is the shortest way to its border
    inside the ranges. Values are those that are printed (`plain_value`).
    """

    factors: tuple[Factor, ...]
    ways: tuple[float, ...]

    @property
    def _rooms(self) -> Floats:
        """How far each factor can move, in units of its range."""
        pairs = zip(self.factors, self.ways, strict=True)
        return np.array([0.0 if not way else 1.0 - one.start if way > 0 else one.start for one, way in pairs])

    @property
    def reach(self) -> float:
        """How far one can go: to the corner where every factor is at the end of its range."""
        return float(np.linalg.norm(self._rooms))

    def moves(self, distance: float) -> Floats:
        """How far each factor has moved at a (Euclidean) distance, in units of its range."""
        rooms, ways = self._rooms, np.abs(np.array(self.ways))
        ends = np.divide(rooms, ways, out=np.full(ways.size, np.inf), where=ways > 0)
        along = float(ends[np.isfinite(ends)].max(initial=0.0))
        for end in np.sort(ends[np.isfinite(ends)]):
            held = ends < end
            free = float((ways[~held] ** 2).sum())
            here = float(np.sqrt(max(distance**2 - (rooms[held] ** 2).sum(), 0.0) / free))
            if here <= end:
                along = here
                break
        found: Floats = np.sign(self.ways) * np.minimum(ways * along, rooms)
        return found

    def values(self, distance: float) -> list[tuple[Factor, float]]:
        """Each factor with the number that is printed at a distance."""
        moves = self.moves(distance).tolist()
        return [(factor, plain_value(factor, move)) for factor, move in zip(self.factors, moves, strict=True)]

    def point(self, distance: float) -> Changes:
        """What is changed at a distance."""
        return {factor.path: value for factor, value in self.values(distance)
                if factor.value is None or value != factor.value}

    def length(self, point: Changes) -> float:
        """The distance of a point from the scenario as written."""
        moves = [one.place(point[one.path]) - one.start for one in self.factors if one.path in point]
        return float(np.linalg.norm(moves))

    def level(self, distance: float) -> str:
        """The values at a distance: price 6.75, quality 0.409; of more than two numbers the first two."""
        return _first([f"{factor.path} {factor.at(factor.start + move):.3g}"
                       for factor, move in zip(self.factors, self.moves(distance).tolist(), strict=True)], 2)

    def words(self, distance: float, most: int | None = None) -> str:
        """The change in words, at most so many factors by name: product.margin from 0.5 to 0.61."""
        parts = [f"{factor.path}{'' if factor.value is None else f' from {factor.value:.6g}'} to {value:.12g}"
                 for factor, value in self.values(distance)]
        return _first(parts, most or len(parts))

    def short(self, distance: float) -> str:
        """The change for a narrow place: margin 0.5 → 0.61; of more than two numbers the first two."""
        return _first([f"{short_name(factor)}{'' if factor.value is None else f' {factor.value:.6g}'} → {value:.12g}"
                       for factor, value in self.values(distance)], 2)


def _first(parts: Sequence[str], most: int) -> str:
    return ", ".join(parts[:most]) + (f" and {len(parts) - most} more" if len(parts) > most else "")


@dataclass(frozen=True)
class Found:
    """A change that surely turns the winner: the shortest way that does, and where the mean difference is 0.

    `along`, `border`: distances on the direction; `sign` is that of the lead it turns: 1 where b was ahead, so that a
    wins now; `turned`: how many runs of the search it turned.
    """

    direction: Direction
    along: float
    border: float
    turned: int
    sign: float

    @property
    def point(self) -> Changes:
        """What it changes: the numbers that are printed."""
        return self.direction.point(self.along)

    @property
    def distance(self) -> float:
        """How far it is from the scenario as written."""
        return self.direction.length(self.point)

    @property
    def size(self) -> int:
        """How many factors it changes."""
        return len(self.direction.factors)

    @property
    def kind(self) -> str:
        """One factor, a pair, or several at once."""
        return {1: "one factor", 2: "pair"}.get(self.size, f"{self.size} together")

    @property
    def words(self) -> str:
        """The change in words."""
        return self.direction.words(self.along)


@dataclass(frozen=True)
class Slope:
    """What a factor does to the lead: in which direction it shrinks, and at which distance it would surely be lost."""

    factor: Factor
    way: float
    crossing: float

    @property
    def rate(self) -> float:
        """Share of the lead that is lost per unit of distance."""
        return 1.0 / self.crossing

    @property
    def alone(self) -> Direction:
        """The way of this factor alone."""
        return Direction((self.factor,), (self.way,))


def slopes_against(asked: Order, factors: tuple[Factor, ...], sign: float, spread: float) -> list[Slope]:
    """Every factor's slope against a lead of this sign, the strongest first; the others are left out.

    The crossing is that of a straight line through the lead as written and the lead at the end of the range with the
    level at which the winner is surely turned, `SPREADS` standard deviations (`spread`) of the difference beyond 0.
    """
    short = Order(asked.model, asked.scenario, SCREENING)
    base, low, high = (one.mean * sign for one in ends_of(short, factors))
    lead = max(float(base[0]) + SPREADS * spread, 0.0)
    found = []
    for k, factor in enumerate(factors):
        for way, reach, left in ((-1.0, factor.start, low[k]), (1.0, 1.0 - factor.start, high[k])):
            if reach > 1e-9 and left < base[0]:
                found.append(Slope(factor, way, max(reach * lead / float(base[0] - left), 1e-6)))
    best: dict[str, Slope] = {}
    for slope in sorted(found, key=lambda one: one.crossing):
        best.setdefault(slope.factor.path, slope)
    return list(best.values())


def likely_to_turn(slopes: Sequence[Slope]) -> tuple[int, int]:
    """How many directions of a search will probably turn the winner, if leads are planes, and how many are tried."""
    shares = [slope.alone.reach / slope.crossing for slope in slopes]
    nearest = sorted(shares, reverse=True)[:SINGLES]
    groups = [sum(pair) for pair in combinations(nearest[:PARTNERS], 2)]
    groups += [sum(sorted(shares, reverse=True)[:TOGETHER])] if len(slopes) > 2 else []
    tried = [*nearest, *groups]
    turning = sum(share > CURSE for share in tried)
    return turning, len(tried) + (not turning)


def search(asked: Order, slopes: Sequence[Slope], sign: float) -> tuple[list[Found], list[Direction]]:
    """Everything that surely turns the winner, and every direction tried: single factors, pairs, several at once.

    What the single factors showed steers the rest: a pair or more goes down the slope, which is the shortest way to
    the border if the lead is a plane. Factors that hardly take part are left out, unless without them the winner does
    not turn. Where no group of up to five turns it, all that help go to the ends of their ranges together.
    """
    nearest = sorted(slopes, key=lambda slope: (slope.crossing >= 2.0 * slope.alone.reach, slope.crossing))[:SINGLES]
    tried = [slope.alone for slope in nearest]
    found = _shortest(asked, tried, sign)
    borders = {one.direction.factors[0].path: one.border for one in found}
    steered = sorted(
        (replace(slope, crossing=max(borders.get(slope.factor.path, slope.crossing), 1e-6)) for slope in slopes),
        key=lambda slope: slope.crossing,
    )
    groups: list[Sequence[Slope]] = list(combinations(steered[:PARTNERS], 2))
    groups += [steered[:TOGETHER]] if len(steered) > 2 else []
    for least in (LEAST, 0.0):
        left = [group for group in groups if least or not any(_within(one.direction, group) for one in found)]
        ways = [way for group in left if (way := _downhill(group, least)) is not None and way not in tried]
        found += _shortest(asked, ways, sign)
        tried += ways
    if not found and len(steered) > TOGETHER and (way := _downhill(steered, 0.0)) is not None:
        found = _shortest(asked, [way], sign)
        tried.append(way)
    return found, tried


def _within(direction: Direction, group: Sequence[Slope]) -> bool:
    """Whether a direction moves no factor outside a group."""
    return {factor.path for factor in direction.factors} <= {slope.factor.path for slope in group}


def _downhill(slopes: Sequence[Slope], least: float) -> Direction | None:
    """The direction down the slope; factors below a part of the strongest stay, and one alone is no group."""
    strongest = max(slope.rate for slope in slopes)
    taking_part = [slope for slope in slopes if slope.rate > least * strongest]
    if len(taking_part) < max(2, len(slopes) - 2 if least else 2):
        return None
    rates = np.array([slope.way * slope.rate for slope in taking_part])
    length = float(np.sqrt((rates**2).sum()))
    return Direction(tuple(slope.factor for slope in taking_part), tuple(float(rate) / length for rate in rates))


def _shortest(asked: Order, directions: Sequence[Direction], sign: float) -> list[Found]:
    """The shortest distance along each direction at which the winner is surely turned, by halving, all at once.

    Directions at whose end the winner is not surely turned are left out. An end that turns it in the mean, but not
    surely, is judged by more runs: a few estimate the spread badly, and what is dropped here is never tried again.
    """
    ends = _differences(asked, [way.point(way.reach) for way in directions])
    doubtful = [k for k, end in enumerate(ends) if mean_interval(sign * end).value < 0 and not turns(end, sign)]
    again = _differences(asked, [directions[k].point(directions[k].reach) for k in doubtful], AGAIN)
    for k, values in zip(doubtful, again, strict=True):
        ends[k] = values
    last = {k: end for k, end in enumerate(ends) if turns(end, sign)}
    short, long = dict.fromkeys(last, 0.0), {k: directions[k].reach for k in last}
    leads = {k: [(directions[k].length(directions[k].point(long[k])), mean_interval(sign * last[k]).value)]
             for k in last}
    for _ in range(HALVINGS):
        middle = {k: 0.5 * (short[k] + long[k]) for k in last}
        points = {k: directions[k].point(middle[k]) for k in last}
        for k, values in zip(middle, _differences(asked, list(points.values())), strict=True):
            leads[k].append((directions[k].length(points[k]), mean_interval(sign * values).value))
            if turns(values, sign):
                long[k], last[k] = middle[k], values
            else:
                short[k] = middle[k]
    start = float(sign * asked.answers([{}]).mean[0]) if last else 0.0
    return [Found(directions[k], long[k], _border([(0.0, start), *leads[k]]), int((sign * values < 0).sum()), sign)
            for k, values in last.items()]


def turns(differences: Floats, sign: float) -> bool:
    """Whether differences surely point the other way than `sign`."""
    return surely_ahead(-sign * differences)


def _differences(asked: Order, points: Sequence[Changes], times: int = 1) -> list[Floats]:
    return list(asked.answers(points, range(times * asked.replications)).difference) if points else []


def _border(leads: Sequence[tuple[float, float]]) -> float:
    """The distance at which the mean lead is 0, on the line between the last lead above and the first below.

    >>> _border([(0.0, 3.0), (1.0, -1.0)])
    0.75
    """
    ordered = sorted(leads)
    for (near, above), (far, below) in pairwise(ordered):
        if above > 0 >= below:
            return near + (far - near) * above / (above - below)
    return ordered[0][0]
