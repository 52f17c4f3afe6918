"""The search for the smallest change that turns the winner: one factor at a time, then pairs, then a direction.

Distances are Euclidean, in units of the factors' ranges on their scales. A change counts as turning the winner when it
does so surely: in nearly every pair of runs, and with a mean so many spreads beyond 0 that new runs will agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

import numpy as np

from sim.experiments.asking import Order, changed
from sim.experiments.factors import Factor
from sim.experiments.model import Changes
from sim.experiments.sensitivity import ends_of
from sim.experiments.statistics import Floats, known

SURE = 0.95
"""Share of pairs in which a change must turn the winner."""
SPREADS = 2.0
"""Mean over standard deviation from which the winner is surely turned: at a normal spread 97.7 % of pairs, a margin
above `SURE`, because the spread is known from a few runs only."""
HALVINGS = 6
SINGLES, PARTNERS, TOGETHER = 4, 3, 5
MOST_STEPS = (SINGLES + PARTNERS + 1) * (HALVINGS + 1)
"""Points that a search along all ways may need."""
LEAST = 0.1
"""Part of the strongest factor's slope below which a factor is left out of a group."""
SCREENING = 2
"""Replicates of the screening: with common luck two show which way a factor pulls."""


@dataclass(frozen=True)
class Step:
    """A way to go: from the scenario's own values along a unit direction, at most as far as the ranges allow."""

    factors: tuple[Factor, ...]
    direction: tuple[float, ...]

    @property
    def reach(self) -> float:
        """How far one can go until the first factor is at the end of its range."""
        rooms = [
            ((1.0 - factor.start) if way > 0 else factor.start) / abs(way)
            for factor, way in zip(self.factors, self.direction, strict=True) if way
        ]
        return min(rooms) if rooms else 0.0

    def point(self, distance: float) -> Changes:
        """What is changed at a distance."""
        places = [f.start + distance * way for f, way in zip(self.factors, self.direction, strict=True)]
        return changed(self.factors, places)

    def words(self, distance: float) -> str:
        """The change in words: product.margin from 0.5 to 0.61."""
        values = self.point(distance)
        parts = []
        for factor in self.factors:
            before = "" if factor.value is None else f" from {factor.value:.3g}"
            parts.append(f"{factor.path}{before} to {values.get(factor.path, factor.value or 0.0):.3g}")
        return ", ".join(parts)


    def short(self, distance: float) -> str:
        """The change for a narrow place: margin 0.5 → 0.61; of more than two numbers the first two."""
        values = self.point(distance)
        parts = [
            f"{one.short} {one.value:.3g} → {values.get(one.path, one.value):.3g}" if one.value is not None
            else f"{one.short} → {values.get(one.path, 0.0):.3g}" for one in self.factors
        ]
        more = f" and {len(parts) - 2} more" if len(parts) > 2 else ""
        return ", ".join(parts[:2]) + more


@dataclass(frozen=True)
class Found:
    """A change that surely turns the winner: the shortest distance that does, and where the mean difference is 0.

    `sign` is that of the lead it turns: 1 where b was ahead, so that a wins now.
    """

    step: Step
    distance: float
    border: float
    turned: int
    n: int
    sign: float

    @property
    def kind(self) -> str:
        """One factor, a pair, or several at once."""
        return {1: "one factor", 2: "pair"}.get(len(self.step.factors), f"{len(self.step.factors)} together")

    @property
    def words(self) -> str:
        """The change in words."""
        return self.step.words(self.distance)


def turns(differences: Floats, sign: float) -> bool:
    """Whether differences surely point the other way than `sign`.

    >>> turns(np.array([-3.0, -2.0, -2.5]), 1.0), turns(np.array([-3.0, 2.0, -2.5]), 1.0)
    (True, False)
    """
    turned = known(-sign * differences)
    if not turned.size or (turned > 0).mean() < SURE:
        return False
    spread = float(turned.std(ddof=1)) if turned.size > 1 else 0.0
    return bool(turned.mean() > SPREADS * spread)


@dataclass(frozen=True)
class Pull:
    """What a factor's better end does to the lead: which way, and at which distance it would surely be lost."""

    factor: Factor
    way: float
    crossing: float

    @property
    def rate(self) -> float:
        """Share of the lead that is lost per unit of distance."""
        return 1.0 / self.crossing


def pulls(asked: Order, factors: tuple[Factor, ...], sign: float, spread: float) -> list[Pull]:
    """Every factor's pull against a lead of this sign, the strongest first; those that do not pull are left out.

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
                found.append(Pull(factor, way, max(reach * lead / float(base[0] - left), 1e-6)))
    best: dict[str, Pull] = {}
    for pull in sorted(found, key=lambda one: one.crossing):
        best.setdefault(pull.factor.path, pull)
    return list(best.values())


def ways(asked: Order, pulling: Sequence[Pull], sign: float) -> list[Found]:
    """Everything that surely turns the winner, the nearest first: single factors, then pairs, then several at once.

    What the single factors showed steers the rest: a pair or more goes down the slope, which is the shortest way to
    the border if the lead is a plane.
    """
    single = [pull for pull in pulling if pull.crossing < 2.0 * Step((pull.factor,), (pull.way,)).reach][:SINGLES]
    found = shortest(asked, [Step((pull.factor,), (pull.way,)) for pull in single], sign)
    borders = {one.step.factors[0].path: one.border for one in found}
    steered = sorted(
        (replace(pull, crossing=max(borders.get(pull.factor.path, pull.crossing), 1e-6)) for pull in pulling),
        key=lambda pull: pull.crossing,
    )
    groups: list[Sequence[Pull]] = list(combinations(steered[:PARTNERS], 2))
    groups += [steered[:TOGETHER]] if len(steered) > 2 else []
    found += shortest(asked, [step for step in map(_downhill, groups) if step is not None], sign)
    return sorted(found, key=lambda one: one.distance)


def _downhill(pulling: Sequence[Pull]) -> Step | None:
    """The direction down the slope; factors that hardly take part stay where they are, and one alone is no group."""
    strongest = max(pull.rate for pull in pulling)
    taking_part = [pull for pull in pulling if pull.rate > LEAST * strongest]
    if len(taking_part) < max(2, len(pulling) - 2):
        return None
    rates = np.array([pull.way * pull.rate for pull in taking_part])
    length = float(np.sqrt((rates**2).sum()))
    return Step(tuple(pull.factor for pull in taking_part), tuple(float(rate) / length for rate in rates))


def shortest(asked: Order, steps: Sequence[Step], sign: float) -> list[Found]:
    """The shortest distance along each way at which the winner is surely turned, by halving; all ways side by side.

    Ways at whose end the winner is not surely turned are left out.
    """
    ends = _differences(asked, steps, [step.reach for step in steps])
    going = [k for k, end in enumerate(ends) if turns(end, sign)]
    short, long = dict.fromkeys(going, 0.0), {k: steps[k].reach for k in going}
    seen = {k: [(steps[k].reach, float(np.nanmean(sign * ends[k])))] for k in going}
    last = {k: ends[k] for k in going}
    for _ in range(HALVINGS):
        middle = {k: 0.5 * (short[k] + long[k]) for k in going}
        for k, values in zip(going, _differences(asked, [steps[k] for k in going], list(middle.values())), strict=True):
            seen[k].append((middle[k], float(np.nanmean(sign * values))))
            if turns(values, sign):
                long[k], last[k] = middle[k], values
            else:
                short[k] = middle[k]
    start = float(sign * asked.answers([{}]).mean[0]) if going else 0.0
    return [
        Found(steps[k], long[k], _border([(0.0, start), *seen[k]]), int((sign * last[k] < 0).sum()), last[k].size, sign)
        for k in going
    ]


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
