"""The likelihood of the Gamma-Gamma model, its gradient and its curvature, over distinct pairs of count and spend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.equity.btyd._histories import Weighted, dot
from sim.equity.checks import Floats


@dataclass(frozen=True)
class GammaGammaLikelihood:
    """Log-likelihood of (p, q, v) given distinct pairs of count x and mean spend z; called with the logarithms.

    ln L = ln Γ(px+q) − ln Γ(px) − ln Γ(q) + q ln v + (px−1) ln z + px ln x − (px+q) ln(v + x z).

    Counts are few: everything that depends on the count alone is worked out once per count.
    """

    counts: Floats
    of_counts: Floats
    """The distinct counts and the weight of each."""
    total: Floats
    """x·z of every pair, its weight, and its weight times x."""
    weights: Floats
    weighted_counts: Floats
    fixed: tuple[float, float]
    """Σ weight·x·ln(x z) and Σ weight·ln z."""

    @classmethod
    def of(cls, rows: Weighted) -> GammaGammaLikelihood:
        """Sort what never changes out of what depends on the parameters."""
        (x, spend), weights = rows.columns, rows.weights
        counts, place = np.unique(x, return_inverse=True)
        fixed = float(dot(weights * x, np.log(x * spend))), float(dot(weights, np.log(spend)))
        return cls(counts, np.bincount(place, weights).astype(np.float64), x * spend, weights, weights * x, fixed)

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        """Log-likelihood and its gradient by the logarithms of p, q, v."""
        from scipy.special import gammaln, psi

        p, q, v = np.exp(logs)
        x, many, everybody = self.counts, self.of_counts, float(self.of_counts.sum())
        log_all, share = np.log(v + self.total), v / (v + self.total)
        once, times = float(dot(self.weights, log_all)), float(dot(self.weighted_counts, log_all))
        value = float(dot(many, gammaln(p * x + q) - gammaln(p * x) - gammaln(q))) + everybody * q * float(np.log(v))
        value += p * self.fixed[0] - self.fixed[1] - p * times - q * once
        both = psi(p * x + q)
        slope = np.array([
            p * (float(dot(many * x, both - psi(p * x))) + self.fixed[0] - times),
            q * (float(dot(many, both - psi(q) + np.log(v))) - once),
            everybody * q - p * float(dot(self.weighted_counts, share)) - q * float(dot(self.weights, share)),
        ])
        return value, slope

    def curvature(self, logs: Floats) -> Floats:
        """Second derivatives by the logarithms of p, q, v."""
        from scipy.special import polygamma

        p, q, v = np.exp(logs)
        x, many = self.counts, self.of_counts
        share = v / (v + self.total)
        rest = share * (1.0 - share)
        both = polygamma(1, p * x + q)
        bend = np.zeros((3, 3))
        bend[0, 0] = p**2 * dot(many * x**2, both - polygamma(1, p * x))
        bend[0, 1] = bend[1, 0] = p * q * dot(many * x, both)
        bend[0, 2] = bend[2, 0] = -p * dot(self.weighted_counts, share)
        bend[1, 1] = q**2 * dot(many, both - polygamma(1, q))
        bend[1, 2] = bend[2, 1] = q * dot(self.weights, 1.0 - share)
        bend[2, 2] = -p * dot(self.weighted_counts, rest) - q * dot(self.weights, rest)
        bend[[0, 1], [0, 1]] += self(logs)[1][:2]
        return bend
