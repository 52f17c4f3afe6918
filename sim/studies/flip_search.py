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
from sim.studies.factors import Factor
from sim.studies.flip_change import Found, Step
from sim.studies.sensitivity_methods import ends_of

HALVINGS = 6
SINGLES, PARTNERS, TOGETHER = 4, 3, 5
AGAIN = 4
"""So many times the runs an end gets that turns the winner in the mean, but not surely."""
LEAST = 0.1
"""Part of the strongest factor's slope below which a factor is left out of a group."""
SCREENING = 2
"""Replications of the screening: with common random numbers two show which way a factor works."""


def turns(differences: Floats, sign: float) -> bool:
    """Whether differences surely point the other way than `sign`.

    >>> turns(np.array([-3.0, -2.0, -2.5]), 1.0), turns(np.array([-3.0, 2.0, -2.5]), 1.0)
    (True, False)
    """
    return surely_ahead(-sign * differences)


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


@dataclass(frozen=True)
class Searched:
    """What a search found, the nearest first, and every direction whose end it ran."""

    found: list[Found]
    tried: list[Step]


def search(asked: Order, slopes: Sequence[Slope], sign: float) -> Searched:
    """Everything that surely turns the winner, the nearest first: single factors, then pairs, then several at once.

    What the single factors showed steers the rest: a pair or more goes down the slope, which is the shortest way to
    the border if the lead is a plane. Factors that hardly take part are left out, unless without them the winner does
    not turn. Where no group of up to five turns it, all that help go to the ends of their ranges together.
    """
    nearest = sorted(slopes, key=lambda slope: (slope.crossing >= 2.0 * _alone(slope).reach, slope.crossing))[:SINGLES]
    tried = [_alone(slope) for slope in nearest]
    found = shortest(asked, tried, sign)
    borders = {one.step.factors[0].path: one.border for one in found}
    steered = sorted(
        (replace(slope, crossing=max(borders.get(slope.factor.path, slope.crossing), 1e-6)) for slope in slopes),
        key=lambda slope: slope.crossing,
    )
    groups: list[Sequence[Slope]] = list(combinations(steered[:PARTNERS], 2))
    groups += [steered[:TOGETHER]] if len(steered) > 2 else []
    for least in (LEAST, 0.0):
        left = [group for group in groups if least or not any(_within(one.step, group) for one in found)]
        steps = [step for group in left if (step := _downhill(group, least)) is not None and step not in tried]
        found += shortest(asked, steps, sign)
        tried += steps
    if not found and len(steered) > TOGETHER and (step := _downhill(steered, 0.0)) is not None:
        found = shortest(asked, [step], sign)
        tried.append(step)
    return Searched(sorted(found, key=lambda one: one.distance), tried)


def _alone(slope: Slope) -> Step:
    return Step((slope.factor,), (slope.way,))


def _within(step: Step, group: Sequence[Slope]) -> bool:
    """Whether a step moves no factor outside a group."""
    return {factor.path for factor in step.factors} <= {slope.factor.path for slope in group}


def _downhill(slopes: Sequence[Slope], least: float) -> Step | None:
    """The direction down the slope; factors below a part of the strongest stay, and one alone is no group."""
    strongest = max(slope.rate for slope in slopes)
    taking_part = [slope for slope in slopes if slope.rate > least * strongest]
    if len(taking_part) < max(2, len(slopes) - 2 if least else 2):
        return None
    rates = np.array([slope.way * slope.rate for slope in taking_part])
    length = float(np.sqrt((rates**2).sum()))
    return Step(tuple(slope.factor for slope in taking_part), tuple(float(rate) / length for rate in rates))


def shortest(asked: Order, steps: Sequence[Step], sign: float) -> list[Found]:
    """The shortest distance along each direction at which the winner is surely turned, by halving, all at once.

    Directions at whose end the winner is not surely turned are left out.
    """
    ends = _ends(asked, steps, sign)
    going = [k for k, end in enumerate(ends) if turns(end, sign)]
    short, long, last = dict.fromkeys(going, 0.0), {k: steps[k].reach for k in going}, {k: ends[k] for k in going}
    seen = {k: [_seen(steps[k], steps[k].reach, sign * ends[k])] for k in going}
    for _ in range(HALVINGS):
        middle = {k: 0.5 * (short[k] + long[k]) for k in going}
        for k, values in zip(going, _differences(asked, [steps[k] for k in going], list(middle.values())), strict=True):
            seen[k].append(_seen(steps[k], middle[k], sign * values))
            if turns(values, sign):
                long[k], last[k] = middle[k], values
            else:
                short[k] = middle[k]
    start = float(sign * asked.answers([{}]).mean[0]) if going else 0.0
    return [
        Found(steps[k], long[k], _border([(0.0, start), *seen[k]]), int((sign * last[k] < 0).sum()), last[k].size, sign)
        for k in going
    ]


def _ends(asked: Order, steps: Sequence[Step], sign: float) -> list[Floats]:
    """Differences at the ends of directions; of more runs where an end turns the winner in the mean, but not surely.

    A few runs estimate the spread badly, and a direction that is dropped here is never tried again.
    """
    ends = _differences(asked, steps, [step.reach for step in steps])
    doubtful = [k for k, end in enumerate(ends) if mean_interval(sign * end).value < 0 and not turns(end, sign)]
    points = [steps[k].point(steps[k].reach) for k in doubtful]
    if points:
        again = asked.answers(points, range(AGAIN * asked.replications)).difference
        ends = [again[doubtful.index(k)] if k in doubtful else end for k, end in enumerate(ends)]
    return ends


def _seen(step: Step, distance: float, leads: Floats) -> tuple[float, float]:
    """How far a point of the search is, and the mean lead there."""
    return step.length(step.point(distance)), mean_interval(leads).value


def _differences(asked: Order, steps: Sequence[Step], distances: Sequence[float]) -> list[Floats]:
    if not steps:
        return []
    points = [step.point(distance) for step, distance in zip(steps, distances, strict=True)]
    return list(asked.answers(points).difference)


def _border(seen: Sequence[tuple[float, float]]) -> float:
    """The distance at which the mean lead is 0, on the line between the last lead above and the first below.

    >>> _border([(0.0, 3.0), (1.0, -1.0)])
    0.75
    """
    ordered = sorted(seen)
    for (near, above), (far, below) in pairwise(ordered):
        if above > 0 >= below:
            return near + (far - near) * above / (above - below)
    return ordered[0][0]
