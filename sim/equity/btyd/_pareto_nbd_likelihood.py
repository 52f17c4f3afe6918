"""The likelihood of the Pareto/NBD model and its gradient, by quadrature of one smooth integral per history.

The chance of having been lost between the last purchase and the end is ∫ (α+u)^−(r+x) (β+u)^−(s+1) du over u from
recency to T. With u + m = (m + recency)·e^w, m = min(α, β), the integrand is log-concave and smooth in w; Gauss's rule
is laid over the part of it that matters, so that neither large counts nor α far from β cost digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.equity.btyd._histories import Weighted, dot
from sim.equity.btyd._maximum import by_differences
from sim.equity.checks import Floats

NODES = 32
DROP = 45.0
"""The integral ends where the integrand has fallen by exp(-45)."""
BLOCK = 512
_TINY = 1e-300


@dataclass(frozen=True)
class Loss:
    """ln ∫ for every history, and the means under the integrand of what its gradient needs."""

    log_integral: Floats
    log_alpha: Floats
    """Mean of ln(α+u), of 1/(α+u), of ln(β+u), of 1/(β+u)."""
    inverse_alpha: Floats
    log_beta: Floats
    inverse_beta: Floats


@cache
def _gauss() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return nodes, weights


def loss_integral(parameters: Floats, x: Floats, recency: Floats, ended: Floats) -> Loss:
    """The integral over the time of loss for each history; −inf where no time has passed since the last purchase."""
    blocks = [_block(parameters, x[part], recency[part], ended[part])
              for part in (slice(start, start + BLOCK) for start in range(0, x.size, BLOCK))]
    return Loss(*np.concatenate(blocks, axis=1))


def _block(parameters: Floats, x: Floats, recency: Floats, ended: Floats) -> Floats:
    r, alpha, s, beta = parameters
    near = min(alpha, beta)
    start = near + recency
    span = np.log((near + ended) / start)
    width = _width(span, (r + x, alpha - near), (s + 1.0, beta - near), start)
    nodes, weights = _gauss()
    w = 0.5 * width[:, None] * (1.0 + nodes)
    moved = start[:, None] * np.exp(w)
    log_near, near_u = np.log(start)[:, None] + w, moved
    if alpha <= beta:
        far_u = moved + (beta - near)
        log_a, log_b, a_u, b_u = log_near, np.log(far_u), near_u, far_u
    else:
        far_u = moved + (alpha - near)
        log_a, log_b, a_u, b_u = np.log(far_u), log_near, far_u, near_u
    log_f = log_near - (r + x)[:, None] * log_a - (s + 1.0) * log_b
    top = log_f.max(axis=1)
    f = weights * np.exp(log_f - top[:, None])
    total = f.sum(axis=1)
    with np.errstate(divide="ignore"):
        log_integral = top + np.log(total) + np.log(0.5 * width)
    means = [np.einsum("ij,ij->i", f, term) / total for term in (log_a, 1.0 / a_u, log_b, 1.0 / b_u)]
    return np.array([log_integral, *means])


def _width(span: Floats, near_alpha: tuple[Floats, float], near_beta: tuple[float, float], start: Floats) -> Floats:
    """How far in w the integrand matters: Newton's steps from outside on a convex drop never go too far in."""
    powers = ((near_alpha[0], near_alpha[1]), (near_beta[0], near_beta[1]))

    def drop(w: Floats) -> tuple[Floats, Floats]:
        moved = start * np.exp(w)
        height, slope = -w, -np.ones_like(w)
        for power, offset in powers:
            height = height + power * np.log((moved + offset) / (start + offset))
            slope = slope + power * moved / (moved + offset)
        return height - DROP, slope

    width = span
    for _ in range(4):
        height, slope = drop(width)
        width = np.where(height > 0, width - height / np.maximum(slope, _TINY), width)
    return width


@dataclass(frozen=True)
class Likelihood:
    """Log-likelihood of (r, alpha, s, beta) given distinct histories; called with the logarithms of the parameters.

    ln L = ln Γ(r+x) − ln Γ(r) + r ln α + s ln β + ln{(α+T)^−(r+x) (β+T)^−s + s·∫}.
    """

    rows: Weighted

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        """Log-likelihood and its gradient by the logarithms of r, alpha, s, beta."""
        parameters = np.exp(logs)
        value, slope = 0.0, np.zeros(4)
        for start in range(0, self.rows.weights.size, BLOCK):
            part = slice(start, start + BLOCK)
            added, slopes = _terms(parameters, tuple(column[part] for column in self.rows.columns))
            value += float(dot(self.rows.weights[part], added))
            slope += dot(self.rows.weights[part], slopes)
        return value, slope * parameters

    def curvature(self, logs: Floats) -> Floats:
        """Second derivatives by the logarithms."""
        return by_differences(self, logs)


def _terms(parameters: Floats, columns: tuple[Floats, ...]) -> tuple[Floats, Floats]:
    """ln L of each history, and its slopes by r, alpha, s, beta."""
    from scipy.special import gammaln, psi

    r, alpha, s, beta = parameters
    x, recency, ended = columns
    lost = loss_integral(parameters, x, recency, ended)
    log_a, log_b = np.log(alpha + ended), np.log(beta + ended)
    active = -(r + x) * log_a - s * log_b
    either = np.logaddexp(active, np.log(s) + lost.log_integral)
    p, q = np.exp(active - either), -np.expm1(active - either)
    value = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + either
    slopes = np.array([
        psi(r + x) - psi(r) + np.log(alpha) - p * log_a - q * lost.log_alpha,
        r / alpha - (r + x) * (p / (alpha + ended) + q * lost.inverse_alpha),
        np.log(beta) - p * log_b + q * (1.0 / s - lost.log_beta),
        s / beta - p * s / (beta + ended) - q * (s + 1.0) * lost.inverse_beta,
    ])
    return value, slopes
