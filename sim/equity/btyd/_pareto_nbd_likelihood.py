"""The likelihood of the Pareto/NBD model with its derivatives, and the integral over the time of loss that it needs.

The chance of having been lost between the last purchase and the end is s·∫ (α+u)^−(r+x) (β+u)^−(s+1) du over u from
recency to T, up to factors. With u + m = (m + recency)·e^w, m = min(α, β), the integrand is log-concave and smooth in
w; Gauss's rule is laid over the part of it that matters, so that neither large counts nor α far from β cost digits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from sim.equity.btyd._histories import Weighted, dot
from sim.equity.btyd._maximum import by_logarithms
from sim.equity.checks import Floats

NODES = 32
DROP = 45.0
"""The integral ends where the integrand has fallen by exp(-45)."""
BLOCK = 512
"""Histories worked on at once."""
_TINY = 1e-300


class Loss(NamedTuple):
    """Of every history: ln ∫, its slopes by r, alpha, s, beta [4, n], and second derivatives [n, 4, 4] if asked for."""

    log_integral: Floats
    slopes: Floats
    bends: Floats


@cache
def _gauss() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return nodes, weights


def loss_integral(parameters: Floats, x: Floats, recency: Floats, ended: Floats) -> Floats:
    """ln ∫ of each history; −inf where no time has passed since the last purchase."""
    blocks = [loss(parameters, x[part], recency[part], ended[part]).log_integral
              for part in (slice(start, start + BLOCK) for start in range(0, x.size, BLOCK))]
    return np.concatenate(blocks)


def loss(parameters: Floats, x: Floats, recency: Floats, ended: Floats, *, twice: bool = False) -> Loss:
    """ln ∫ of a block of histories, with its derivatives: means under the integrand of those of its logarithm."""
    r, alpha, s, beta = parameters
    near, power = min(alpha, beta), r + x
    start = near + recency
    span = np.log((near + ended) / start)
    width = _width(span, ((power, alpha - near), (s + 1.0, beta - near)), start)
    nodes, weights = _gauss()
    w = 0.5 * width[:, None] * (1.0 + nodes)
    log_near, moved = np.log(start)[:, None] + w, start[:, None] * np.exp(w)
    log_a, a_u = (log_near, moved) if near == alpha else _moved_on(moved, alpha - near)
    log_b, b_u = (log_near, moved) if near == beta else _moved_on(moved, beta - near)
    log_f = log_near - power[:, None] * log_a - (s + 1.0) * log_b
    top = log_f.max(axis=1)
    f = weights * np.exp(log_f - top[:, None])
    total = f.sum(axis=1)
    with np.errstate(divide="ignore"):
        log_integral = top + np.log(total) + np.log(0.5 * width)
    terms = np.array([-log_a, -power[:, None] / a_u, -log_b, -(s + 1.0) / b_u])
    f /= total[:, None]
    slopes = np.einsum("ij,kij->ki", f, terms)
    return Loss(log_integral, slopes, _bends((f, terms, slopes), power, s) if twice else np.empty((0, 4, 4)))


def _moved_on(moved: Floats, offset: float) -> tuple[Floats, Floats]:
    further = moved + offset
    return np.log(further), further


def _bends(parts: tuple[Floats, Floats, Floats], power: Floats, s: float) -> Floats:
    """Second derivatives of ln ∫: the variance of the slopes of the integrand plus the mean of its own bends."""
    f, terms, slopes = parts
    rows = terms.transpose(1, 0, 2)
    squares = (rows * f[:, None, :]) @ rows.transpose(0, 2, 1)
    bends: Floats = squares - np.einsum("in,jn->nij", slopes, slopes)
    for one, two, scale in ((0, 1, power), (2, 3, np.full_like(power, s + 1.0))):
        bends[:, one, two] += slopes[two] / scale  # −E[1/(α+u)]
        bends[:, two, one] += slopes[two] / scale
        bends[:, two, two] += squares[:, two, two] / scale
    return bends


def _width(span: Floats, powers: tuple[tuple[Floats | float, float], ...], start: Floats) -> Floats:
    """How far in w the integrand matters: Newton's steps from outside on a convex drop never go too far in."""
    width = span
    for _ in range(4):
        moved = start * np.exp(width)
        height, slope = -width - DROP, -np.ones_like(width)
        for power, offset in powers:
            height = height + power * np.log((moved + offset) / (start + offset))
            slope = slope + power * moved / (moved + offset)
        width = np.where(height > 0, width - height / np.maximum(slope, _TINY), width)
    return width


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
