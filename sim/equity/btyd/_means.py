"""Purchases still to come from somebody who is lost with probability p after each: the mean over p, kept as curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.equity.btyd._sums import beta_nodes
from sim.equity.checks import Floats

DEGREE, HIGH_DEGREE, HIGH_POWER = 64, 160, 20.0
"""Degree of the polynomials, and of those for powers R above 20, whose curves bend more sharply."""


@dataclass(frozen=True)
class Residual:
    """Curves over w = ln(1 + t/A), one per count: the mean over p ~ Beta(a, b) of (1 − (1 + p·t/A)^−R)/p.

    Divided by w they are smooth, so that a polynomial of Chebyshev holds them to about twelve digits.
    """

    coefficients: Floats
    """[degree + 1, counts]"""
    longest: float

    @classmethod
    def of(cls, a: float, b: Floats, power: Floats, furthest: float) -> Residual:
        """Curves for t/A from 0 to `furthest`; `b` and `power` (R) by count."""
        from numpy.polynomial import chebyshev

        longest = float(np.log1p(furthest)) or 1.0
        degree = DEGREE if power.max() <= HIGH_POWER else HIGH_DEGREE
        angles = np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1)
        w = 0.5 * longest * (1.0 + np.cos(angles))
        time = np.expm1(w)
        values = np.empty((w.size, b.size))
        for block in range(0, b.size, 64):
            part = slice(block, block + 64)
            flat = -32.0 - float(np.log1p((power[part].max() + 1.0) * time.max()))
            nodes = beta_nodes(a, b[part], flat)
            for place, late in enumerate(time):
                grown = np.log1p(nodes.p * late)[None, :]
                values[place, part] = (nodes.weight * -np.expm1(-power[part, None] * grown) / nodes.p).sum(axis=1)
        basis = chebyshev.chebvander(np.cos(angles), degree)
        scale = np.full(degree + 1, 2.0 / (degree + 1))
        scale[0] = 1.0 / (degree + 1)
        return cls(scale[:, None] * (basis.T @ (values / w[:, None])), longest)

    def __call__(self, place: int | np.ndarray, w: Floats) -> Floats:
        """The curve of the count at `place`, at w."""
        from numpy.polynomial import chebyshev

        at = np.clip(2.0 * np.asarray(w) / self.longest - 1.0, -1.0, 1.0)
        found: Floats = chebyshev.chebval(at, self.coefficients[:, place], tensor=False) * w
        return found
