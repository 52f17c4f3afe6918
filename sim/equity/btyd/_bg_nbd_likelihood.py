"""The likelihood of the BG/NBD model and its gradient, over distinct histories."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.equity.btyd._histories import Weighted
from sim.equity.checks import Floats


@dataclass(frozen=True)
class Likelihood:
    """Log-likelihood of (r, alpha, a, b) given distinct histories; called with the logarithms of the parameters.

    ln L = ln Γ(r+x) − ln Γ(r) + r ln α + ln B(a, b+x) − ln B(a, b) − (r+x) ln(α+T)
           + ln(1 + [x > 0]·a/(b+x−1)·((α+T)/(α+t))^(r+x)).

    Counts are few and histories many: everything that depends on the count alone is worked out once per count.
    """

    counts: Floats
    """The distinct frequencies, and the weight of each."""
    of_counts: Floats
    ended: Floats
    """T of every history, its frequency and its weight."""
    x: Floats
    weights: Floats
    repeats: slice
    """Histories with a repeat purchase (sorted to the end), the place of their count, and their recency."""
    place: np.ndarray
    recency: Floats

    @classmethod
    def of(cls, rows: Weighted) -> Likelihood:
        """Sort what never changes out of what depends on the parameters."""
        x, recency, ended = rows.columns
        counts, place = np.unique(x, return_inverse=True)
        first = int(np.searchsorted(x, 0.5))
        repeats = slice(first, None)
        of_counts = np.bincount(place, rows.weights).astype(np.float64)
        return cls(counts, of_counts, ended, x, rows.weights, repeats, place[repeats], recency[repeats])

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        """Log-likelihood and its gradient by the logarithms of r, alpha, a, b."""
        r, alpha, a, b = np.exp(logs)
        value, by_r, by_a, by_b = self._by_count(r, a, b)
        end = alpha + self.ended
        log_end, rx = np.log(end), r + self.x
        value += self.weights.sum() * r * np.log(alpha) - float(self.weights @ (rx * log_end))
        by_r += self.weights.sum() * np.log(alpha) - float(self.weights @ log_end)
        by_alpha = self.weights.sum() * r / alpha - float(self.weights @ (rx / end))
        if self.recency.size:
            added, slopes = self._dead(np.array([r, alpha, a, b]), log_end[self.repeats])
            value += added
            by_r, by_alpha, by_a, by_b = np.array([by_r, by_alpha, by_a, by_b]) + slopes
        return value, np.array([by_r * r, by_alpha * alpha, by_a * a, by_b * b])

    def _by_count(self, r: float, a: float, b: float) -> tuple[float, float, float, float]:
        """The part that depends on the frequency alone: value, slopes by r, a, b."""
        from scipy.special import gammaln, psi

        x, weights = self.counts, self.of_counts
        value = gammaln(r + x) - gammaln(r) + gammaln(a + b) - gammaln(a + b + x) + gammaln(b + x) - gammaln(b)
        both = psi(a + b) - psi(a + b + x)
        return (float(weights @ value), float(weights @ (psi(r + x) - psi(r))), float(weights @ both),
                float(weights @ (both + psi(b + x) - psi(b))))

    def _dead(self, parameters: Floats, log_end: Floats) -> tuple[float, Floats]:
        """What the chance of having been lost after the last purchase adds, and its slopes by r, alpha, a, b."""
        r, alpha, a, b = parameters
        weights, last = self.weights[self.repeats], alpha + self.recency
        ratio = log_end - np.log(last)
        survivors = (b + self.counts - 1.0)[self.place]
        rx = r + self.x[self.repeats]
        odds = np.log(a) - np.log(survivors) + rx * ratio
        rest = np.exp(-np.abs(odds))
        dead = np.where(odds > 0, 1.0, rest) / (1.0 + rest)
        weighted = weights * dead
        value = float(weights @ (np.maximum(odds, 0.0) + np.log1p(rest)))
        by_alpha = float(weighted @ (rx * (1.0 / (alpha + self.ended[self.repeats]) - 1.0 / last)))
        return value, np.array([float(weighted @ ratio), by_alpha, float(weighted.sum()) / a,
                                -float(weighted @ (1.0 / survivors))])
