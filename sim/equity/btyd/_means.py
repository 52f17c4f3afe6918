"""Purchases still to come from somebody who is lost with probability p after each: the mean over p, kept as curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.equity.btyd._sums import beta_nodes, chebyshev_fit, chebyshev_points
from sim.equity.checks import Floats

DEGREE, HIGH_DEGREE, HIGH_POWER = 64, 160, 20.0
"""Degree of the polynomials, and of those for powers R above 20, whose curves bend more sharply."""

COUNTS = 64
"""Counts worked on at once."""


@dataclass(frozen=True)
class Residual:
    """Curves over w = ln(1 + t/A), one per count: the mean over p ~ Beta(a, b) of (1 − (1 + p·t/A)^−R)/p.

    Divided by w they are smooth, so that a polynomial of Chebyshev holds them to about twelve digits.
    """

    curves: tuple[Floats, ...]
    """Coefficients, by count."""
    longest: float

    @classmethod
    def of(cls, a: float, b: Floats, power: Floats, furthest: float) -> Residual:
        """Curves for t/A from 0 to `furthest`; `b` and `power` (R) by count, in rising order."""
        longest = float(np.log1p(furthest)) or 1.0
        curves: list[Floats] = []
        split = int(np.searchsorted(power, HIGH_POWER))
        for part, degree in ((slice(0, split), DEGREE), (slice(split, None), HIGH_DEGREE)):
            curves += _curves(a, (b[part], power[part]), longest, degree)
        return cls(tuple(curves), longest)

    def __call__(self, place: int, w: Floats) -> Floats:
        """The curve of the count at `place`, at w of any shape."""
        from numpy.polynomial import chebyshev

        at = np.clip(2.0 * np.asarray(w) / self.longest - 1.0, -1.0, 1.0)
        found: Floats = chebyshev.chebval(at, self.curves[place]) * w
        return found

    def each(self, place: np.ndarray, w: Floats) -> Floats:
        """The curves of several counts, `place` and `w` of one shape."""
        flat, found = w.ravel(), np.empty(w.size)
        order = np.argsort(place.ravel(), kind="stable")
        ends = np.searchsorted(place.ravel()[order], np.arange(len(self.curves) + 1))
        for count in range(len(self.curves)):
            rows = order[ends[count]: ends[count + 1]]
            found[rows] = self(count, flat[rows])
        return found.reshape(w.shape)


def _curves(a: float, by_count: tuple[Floats, Floats], longest: float, degree: int) -> list[Floats]:
    """Coefficients of the curves of several counts."""
    b, power = by_count
    w = 0.5 * longest * (1.0 + chebyshev_points(degree + 1))
    time = np.expm1(w)
    values = np.empty((w.size, b.size))
    for block in range(0, b.size, COUNTS):
        part = slice(block, block + COUNTS)
        flat = -32.0 - float(np.log1p((power[part].max() + 1.0) * time.max()))
        nodes = beta_nodes(a, b[part], flat)
        for place, late in enumerate(time):
            grown = np.log1p(nodes.p * late)[None, :]
            values[place, part] = (nodes.weight * -np.expm1(-power[part, None] * grown) / nodes.p).sum(axis=1)
    return list(chebyshev_fit(values / w[:, None]).T) if b.size else []
