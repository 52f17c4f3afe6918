"""Fitting parameters by response surfaces: quadratic surfaces through runs, minimised, narrowed round by round.

A run is too noisy for a derivative and too slow for a thousand of them. So each aggregate is described by a quadratic
surface over the unit cube of the parameters (Box & Wilson 1951), the surfaces are fitted to the targets by least
squares, and the box is narrowed around the answer. Common random numbers at all points keeps the surfaces smooth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations_with_replacement

import numpy as np

from sim.runs.outcomes import known_outcomes
from sim.runs.summary import metric_units
from sim.scenario.schema import Scenario
from sim.statistics.intervals import Floats
from sim.text.words import suggestion

Evaluate = Callable[[Floats], Floats]
"""Points [n, k] in the unit cube in, residuals [n, m] in tolerances out."""
ROUNDS, NARROWER = 5, 0.6
STARTS = 8
LOOSE = 0.25 / 1.96
"""Standard error, in units of the range, above which a parameter counts as not identified: its 95 % interval (±1.96
errors) is then more than half of the range (assumption)."""
TOLERANCE = 0.05
"""Tolerance of a target that gives none, as a part of its size (assumption)."""
TargetLike = float | Sequence[float]
SCALES = {"share": (0.0, 1.0), "0..1": (0.0, 1.0), "-1..1": (-1.0, 1.0)}
"""Units whose values lie between two ends."""


@dataclass(frozen=True)
class Target:
    """An aggregate of a firm that the model shall reproduce, to within a tolerance (one standard error of it)."""

    firm: str
    outcome: str
    wanted: float
    tolerance: float

    @property
    def label(self) -> str:
        """The target as it was named."""
        return f"{self.firm}.{self.outcome}" if self.firm else self.outcome

    @property
    def unit(self) -> str:
        """Unit of the aggregate; empty where it is a function's."""
        return metric_units().get(self.outcome, "") if self.firm else ""


@dataclass
class Fit:
    """Where the residuals are smallest, and how they change around it: `jacobian` [m, k] per whole range."""

    place: Floats
    residuals: Floats
    jacobian: Floats
    points: list[Floats] = field(default_factory=list)


def terms(places: Floats) -> Floats:
    """The terms of a quadratic surface at points [n, 1 + k + k·(k + 1)/2].

    >>> terms(np.array([[2.0, 3.0]])).tolist()
    [[1.0, 2.0, 3.0, 4.0, 6.0, 9.0]]
    """
    squares = (first * second for first, second in combinations_with_replacement(places.T, 2))
    return np.stack([np.ones(places.shape[0]), *places.T, *squares], axis=1)


@dataclass(frozen=True)
class Surface:
    """Quadratic surfaces of m residuals around a centre: coefficients [terms, m]."""

    centre: Floats
    coefficients: Floats

    @classmethod
    def through(cls, places: Floats, residuals: Floats, centre: Floats, size: float) -> Surface:
        """Least squares through the points, those far from the centre (against the size of the box) weighing less."""
        distance = np.abs(places - centre).max(axis=1)
        weight = np.sqrt(1.0 / (1.0 + (distance / size) ** 4))
        found, *_ = np.linalg.lstsq(terms(places - centre) * weight[:, None], residuals * weight[:, None], rcond=None)
        return cls(centre, found)

    def __call__(self, place: Floats) -> Floats:
        """The residuals at a place [m]."""
        found: Floats = terms((place - self.centre)[None, :])[0] @ self.coefficients
        return found

    def jacobian(self, place: Floats) -> Floats:
        """How the residuals change [m, k], by central differences (exact for a quadratic)."""
        step = 1e-4
        moves = step * np.eye(place.size)
        return np.stack([(self(place + move) - self(place - move)) / (2 * step) for move in moves], axis=1)

    def lowest(self, low: Floats, high: Floats, starts: Floats) -> Floats:
        """Where the sum of squares is smallest inside a box, from several starts."""
        from scipy.optimize import least_squares

        found = [least_squares(self, np.clip(start, low + 1e-9, high - 1e-9), bounds=(low, high)) for start in starts]
        return np.asarray(min(found, key=lambda one: one.cost).x, dtype=np.float64)


def fitted(evaluate: Evaluate, start: Floats, seed: int, rounds: int = ROUNDS) -> Fit:
    """Find the place in the unit cube with the smallest sum of squared residuals, round by round in a narrower box.

    >>> found = fitted(lambda x: np.stack([x[:, 0] - 0.3, x[:, 0] * x[:, 1] - 0.12], axis=1), np.array([0.5, 0.5]), 1)
    >>> found.place.round(3).tolist()
    [0.3, 0.4]
    """
    from scipy.stats import qmc

    k, tries, count = start.size, _Tries(evaluate, start.size), _points_per_round(start.size)
    centre, size = start, 0.5
    for turn in range(rounds):
        low, high = np.clip(centre - size, 0.0, 1.0), np.clip(centre + size, 0.0, 1.0)
        if turn == 0:
            low, high = np.zeros(k), np.ones(k)
        sampler = qmc.LatinHypercube(k, seed=np.random.default_rng(seed + turn))
        spread = low + np.asarray(sampler.random(count if turn else 2 * count)) * (high - low)
        tries.add(spread if turn else np.vstack([centre[None, :], spread]))
        surface = tries.surface(centre, size)
        tries.add(surface.lowest(low, high, tries.best(STARTS))[None, :])
        centre = tries.best(1)[0]
        size *= NARROWER
    near = tries.surface(centre, size / NARROWER)
    return Fit(centre, tries.residuals[int(np.argmin(tries.cost))], near.jacobian(centre), list(tries.places))


def _points_per_round(k: int) -> int:
    """As many as a quadratic surface has terms, and two more."""
    return (k + 1) * (k + 2) // 2 + 2


def points_needed(k: int, rounds: int = ROUNDS) -> int:
    """How many points a fit of k parameters tries.

    >>> points_needed(1)
    36
    """
    return (rounds + 1) * _points_per_round(k) + rounds + 1


class _Tries:
    """Every point tried so far, and its residuals."""

    def __init__(self, evaluate: Evaluate, k: int) -> None:
        self._evaluate = evaluate
        self.places, self.residuals = np.empty((0, k)), np.empty((0, 0))

    def add(self, places: Floats) -> None:
        """Try points."""
        found = self._evaluate(places)
        self.residuals = np.vstack([self.residuals, found]) if self.places.size else found
        self.places = np.vstack([self.places, places])

    @property
    def cost(self) -> Floats:
        """Sum of squared residuals; infinite where an aggregate was not there."""
        squares = np.where(np.isfinite(self.residuals), self.residuals, np.inf) ** 2
        found: Floats = squares.sum(axis=1)
        return found

    def best(self, count: int) -> Floats:
        """The points with the lowest cost."""
        found: Floats = self.places[np.argsort(self.cost, kind="stable")[:count]]
        return found

    def surface(self, centre: Floats, size: float) -> Surface:
        """Surfaces through everything that is known.

        Raises:
            ValueError: too few points gave every aggregate.
        """
        kept = np.isfinite(self.cost)
        if kept.sum() < self.places.shape[1] + 2:
            raise ValueError("Too few points gave every aggregate: choose narrower ranges, or aggregates that exist.")
        return Surface.through(self.places[kept], self.residuals[kept], centre, size)


@dataclass(frozen=True)
class Identification:
    """Whether the targets pin the parameters down.

    `errors` [k]: standard error of each parameter in units of its range, if a target is known to within its tolerance
    (σ) and the surfaces are straight nearby: √diag((JᵀJ)⁻¹), infinite where J has no full rank. `rank`: directions in
    which a move over the whole range shifts the targets by one tolerance or more. `loose`: parameters that nobody can
    tell from these targets: the 95 % interval is more than half of the range (`LOOSE`).
    """

    errors: Floats
    rank: int
    loose: tuple[int, ...]

    @classmethod
    def of(cls, jacobian: Floats) -> Identification:
        """From the Jacobian of residuals in tolerances, per whole range.

        >>> Identification.of(np.array([[10.0, 0.0], [0.0, 0.1]])).loose
        (1,)
        """
        k = jacobian.shape[1]
        _, sizes, directions = np.linalg.svd(jacobian, full_matrices=True)
        sizes = np.concatenate([sizes, np.zeros(k - sizes.size)])
        with np.errstate(divide="ignore", invalid="ignore"):
            parts = np.where(np.abs(directions.T) > 1e-9, directions.T / sizes, 0.0)
        errors = np.sqrt((parts**2).sum(axis=1))
        return cls(errors, int((sizes >= 1.0).sum()), tuple(int(j) for j in np.flatnonzero(errors > LOOSE)))


def target_of(scenario: Scenario | None, name: str, given: TargetLike) -> Target:
    """A target as a user gives it: "FIRM.metric" (of a function: any name) and its value, with or without a tolerance.

    Raises:
        ValueError: there is no such firm or metric, or a number is out of range.
    """
    parts = list(given) if isinstance(given, Sequence | np.ndarray) and not isinstance(given, str) else [given]
    numbers = all(isinstance(one, int | float | np.number) and not isinstance(one, bool) for one in parts)
    if not numbers or not 1 <= len(parts) <= 2 or not np.isfinite([float(one) for one in parts]).all():
        raise ValueError(f"{name}: a target is a value, or a value and its tolerance, not {given!r}.")
    wanted, tolerance = float(parts[0]), float(parts[1]) if len(parts) > 1 else TOLERANCE * abs(float(parts[0]))
    if tolerance <= 0:
        raise ValueError(f"{name}: give a tolerance above 0, as in ({wanted:g}, 0.01).")
    if scenario is None:
        return Target("", name, wanted, tolerance)
    firm, _, outcome = name.rpartition(".")
    if firm not in scenario.firms:
        raise ValueError(f"{name}: a target is FIRM.metric; {suggestion(firm or name, scenario.firms)}")
    target = Target(firm, known_outcomes([outcome])[0], wanted, tolerance)
    low, high = SCALES.get(target.unit, (-np.inf, np.inf))
    for what, value, least in (("it lies", wanted, low), ("its tolerance lies", tolerance, 0.0)):
        if not least <= value <= high:
            per_cent = f"; {value:g} % is {value / 100:g}" if target.unit == "share" and 1 < value <= 100 else ""
            raise ValueError(f"{target.label}: {what} between {least:g} and {high:g}, not at {value:g}{per_cent}.")
    return target
