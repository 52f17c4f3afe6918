"""The likelihood of the Pareto/NBD model, its gradient and its curvature, over distinct histories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.equity.btyd._histories import Weighted, dot
from sim.equity.btyd._loss import BLOCK, Loss, loss
from sim.equity.btyd._maximum import by_logarithms
from sim.equity.checks import Floats


@dataclass(frozen=True)
class ParetoNBDLikelihood:
    """Log-likelihood of (r, alpha, s, beta) given distinct histories; called with the logarithms of the parameters.

    ln L = ln Γ(r+x) − ln Γ(r) + r ln α + s ln β + ln{(α+T)^−(r+x) (β+T)^−s + s·∫}: still active at T, or lost before.
    """

    rows: Weighted

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        """Log-likelihood and its gradient by the logarithms of r, alpha, s, beta."""
        parameters = np.exp(logs)
        value, slope = 0.0, np.zeros(4)
        for columns, weights in self._blocks():
            found = _Either.of(parameters, columns, loss(parameters, *columns))
            value += float(dot(weights, found.value))
            slope += dot(weights, found.slopes)
        return value, slope * parameters

    def curvature(self, logs: Floats) -> Floats:
        """Second derivatives by the logarithms."""
        parameters = np.exp(logs)
        slope, bend = np.zeros(4), np.zeros((4, 4))
        for columns, weights in self._blocks():
            lost = loss(parameters, *columns, twice=True)
            found = _Either.of(parameters, columns, lost)
            slope += dot(weights, found.slopes)
            bend += found.bend(parameters, columns, lost, weights)
        return by_logarithms(bend, slope * parameters, parameters)

    def _blocks(self) -> Iterator[tuple[tuple[Floats, Floats, Floats], Floats]]:
        x, recency, ended = self.rows.columns
        for start in range(0, self.rows.weights.size, BLOCK):
            part = slice(start, start + BLOCK)
            yield (x[part], recency[part], ended[part]), self.rows.weights[part]


@dataclass(frozen=True)
class _Either:
    """Of each history: ln L, its slopes, the chance to be active, and the slopes of the logarithms of both chances."""

    value: Floats
    slopes: Floats
    p: Floats
    if_active: Floats
    if_lost: Floats

    @classmethod
    def of(cls, parameters: Floats, columns: tuple[Floats, Floats, Floats], lost: Loss) -> _Either:
        from scipy.special import gammaln, psi

        r, alpha, s, beta = parameters
        x, _, ended = columns
        log_a, log_b = np.log(alpha + ended), np.log(beta + ended)
        active = -(r + x) * log_a - s * log_b
        either = np.logaddexp(active, np.log(s) + lost.log_integral)
        p = np.exp(active - either)
        if_active = np.array([-log_a, -(r + x) / (alpha + ended), -log_b, -s / (beta + ended)])
        if_lost = lost.slopes + np.array([0.0, 0.0, 1.0 / s, 0.0])[:, None]
        before = np.array([psi(r + x) - psi(r) + np.log(alpha), np.full(x.size, r / alpha),
                           np.full(x.size, np.log(beta)), np.full(x.size, s / beta)])
        value = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + either
        return cls(value, before + p * if_active + (1.0 - p) * if_lost, p, if_active, if_lost)

    def bend(
        self, parameters: Floats, columns: tuple[Floats, Floats, Floats], lost: Loss, weights: Floats
    ) -> Floats:
        """Second derivatives by the parameters, summed."""
        from scipy.special import polygamma

        r, alpha, s, beta = parameters
        x, _, ended = columns
        apart = self.if_active - self.if_lost
        bend: Floats = np.einsum("n,in,jn->ij", weights * self.p * (1.0 - self.p), apart, apart)
        bend += np.einsum("n,nij->ij", weights * (1.0 - self.p), lost.bends)
        active, many = weights * self.p, float(weights.sum())
        cross_a = many / alpha - dot(active, 1.0 / (alpha + ended))
        cross_b = many / beta - dot(active, 1.0 / (beta + ended))
        bend[[0, 1], [1, 0]] += cross_a
        bend[[2, 3], [3, 2]] += cross_b
        bend[0, 0] += dot(weights, polygamma(1, r + x)) - many * polygamma(1, r)
        bend[1, 1] += dot(active, (r + x) / (alpha + ended) ** 2) - many * r / alpha**2
        bend[2, 2] -= dot(weights, 1.0 - self.p) / s**2
        bend[3, 3] += dot(active, s / (beta + ended) ** 2) - many * s / beta**2
        return bend
