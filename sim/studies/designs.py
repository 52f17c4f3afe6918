"""Which points of a space of factors are tried: a grid, a Latin hypercube, a Sobol sequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.runs.execute import checked_seed
from sim.statistics.intervals import Floats
from sim.studies.asking import changed
from sim.studies.factors import Factor

if TYPE_CHECKING:
    import pandas as pd

    from sim.runs.plan import Point

GRID, LATIN_HYPERCUBE, SOBOL_SEQUENCE = "grid", "latin_hypercube", "sobol_sequence"
KINDS = (GRID, LATIN_HYPERCUBE, SOBOL_SEQUENCE)
MOST_POINTS = 100_000


@dataclass(frozen=True)
class Design:
    """Points in units of the ranges: `places` [points, factors], 0 at the low and 1 at the high end of each."""

    kind: str
    factors: tuple[Factor, ...]
    places: Floats

    def __len__(self) -> int:
        """How many points there are."""
        return int(self.places.shape[0])

    @property
    def changes(self) -> tuple[Mapping[str, float], ...]:
        """What every point changes, by dotted name."""
        return tuple(changed(self.factors, row) for row in self.places)

    @property
    def points(self) -> tuple[Point, ...]:
        """The points of an experiment, by number."""
        from sim.runs.plan import Point

        return tuple(Point(f"point {number + 1}", change) for number, change in enumerate(self.changes))

    def table(self) -> pd.DataFrame:
        """One row per point: point, and one column per factor with its value."""
        import pandas as pd

        rows = [
            {"point": number + 1, **{f.path: f.at(place) for f, place in zip(self.factors, row, strict=True)}}
            for number, row in enumerate(self.places)
        ]
        return pd.DataFrame(rows, columns=["point", *(factor.path for factor in self.factors)])


def grid(values: Mapping[str, Sequence[Any]]) -> tuple[dict[str, Any], ...]:
    """Every combination of values, the last factor the fastest (full factorial).

    Raises:
        ValueError: a factor has no value or one twice, or there would be more points than anybody could run.

    >>> grid({"a": [1, 2], "b": [5, 6]})
    ({'a': 1, 'b': 5}, {'a': 1, 'b': 6}, {'a': 2, 'b': 5}, {'a': 2, 'b': 6})
    """
    for path, given in values.items():
        if not len(given) or len(set(given)) < len(given):
            raise ValueError(f"{path}: a factor of a grid needs one or more different values, not {list(given)}.")
    count = int(np.prod([len(given) for given in values.values()], dtype=float)) if values else 0
    if not 0 < count <= MOST_POINTS:
        raise ValueError(f"A grid has 1 to {MOST_POINTS:,} points, not {count:,}.")
    return tuple(dict(zip(values, combination, strict=True)) for combination in product(*values.values()))


def even_grid(factors: Sequence[Factor], each: int) -> Design:
    """`each` evenly spaced places per factor (on its scale), both ends included, in every combination.

    Raises:
        ValueError: fewer than two places, or too many points.
    """
    if each < 2:
        raise ValueError(f"A grid needs at least two places per factor, not {each}.")
    combinations = grid({factor.path: list(np.linspace(0.0, 1.0, each)) for factor in factors})
    places = np.array([list(one.values()) for one in combinations], dtype=np.float64)
    return Design(GRID, tuple(factors), places)


def latin_hypercube(factors: Sequence[Factor], points: int, seed: int = 1) -> Design:
    """A Latin hypercube (McKay, Beckman & Conover 1979): each factor once in each of `points` equal slices.

    Raises:
        ValueError: there is no factor, or no point.

    >>> places = latin_hypercube([Factor("x", 0, 1), Factor("y", 0, 1)], 4).places
    >>> sorted((4 * places[:, 0]).astype(int).tolist())
    [0, 1, 2, 3]
    """
    from scipy.stats import qmc

    _check(factors, points)
    sampler = qmc.LatinHypercube(len(factors), seed=np.random.default_rng(checked_seed(seed)))
    return Design(LATIN_HYPERCUBE, tuple(factors), np.asarray(sampler.random(points), dtype=np.float64))


def sobol_sequence(factors: Sequence[Factor], points: int, seed: int = 1) -> Design:
    """A scrambled Sobol sequence (Sobol 1967; Owen 1998): the number of points is rounded up to a power of two.

    Raises:
        ValueError: there is no factor, or no point.

    >>> len(sobol_sequence([Factor("x", 0, 1)], 5))
    8
    """
    from scipy.stats import qmc

    _check(factors, points)
    power = int(np.ceil(np.log2(points))) if points > 1 else 0
    sampler = qmc.Sobol(len(factors), scramble=True, seed=np.random.default_rng(checked_seed(seed)))
    return Design(SOBOL_SEQUENCE, tuple(factors), np.asarray(sampler.random_base2(power), dtype=np.float64))


def _check(factors: Sequence[Factor], points: int) -> None:
    if not factors:
        raise ValueError("A design needs at least one factor.")
    if not 1 <= points <= MOST_POINTS:
        raise ValueError(f"A design has 1 to {MOST_POINTS:,} points, not {points}.")
