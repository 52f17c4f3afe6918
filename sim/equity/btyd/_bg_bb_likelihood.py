"""The likelihood of the BG/BB model and its gradient: a sum over the opportunity after which a customer was lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.equity.btyd._histories import Weighted, dot
from sim.equity.btyd._maximum import by_differences
from sim.equity.checks import Floats

MOST_TERMS = 2_000_000
"""Terms worked on at once."""


@dataclass(frozen=True)
class Parts:
    """Of each history: ln of its likelihood while still active, ln of it when lost, and slopes of both."""

    active: Floats
    lost: Floats
    slopes: Floats
    """Slopes of ln L by alpha, beta, gamma, delta [4, rows]."""


def parts(parameters: Floats, columns: tuple[Floats, ...], *, slopes: bool = False) -> Parts:
    """Work through all histories, some at a time; slopes only where asked for."""
    x, last, end = columns
    width = int((end - last).max(initial=0.0)) + 1
    block = max(1, MOST_TERMS // width)
    found = [_block(parameters, x[part], (last[part], end[part]), slopes)
             for part in (slice(start, start + block) for start in range(0, x.size, block))]
    active, lost, by = (np.concatenate(kind, axis=-1) for kind in zip(*found, strict=True))
    return Parts(active, lost, by)


def _block(parameters: Floats, x: Floats, ends: tuple[Floats, Floats], slopes: bool) -> tuple[Floats, Floats, Floats]:
    """B(α+x, β+k−x)/B(α, β) times B(γ, δ+n)/B(γ, δ) at k = n, and times B(γ+1, δ+k)/B(γ, δ) for k = recency, …, n−1."""
    from scipy.special import betaln

    alpha, beta, gamma, delta = parameters
    last, end = ends
    bought, stayed = betaln(alpha, beta), betaln(gamma, delta)
    active = betaln(alpha + x, beta + end - x) - bought + betaln(gamma, delta + end) - stayed
    k = last[:, None] + np.arange(max(1, int((end - last).max(initial=0.0))))[None, :]
    counts = k < end[:, None]
    k = np.where(counts, k, last[:, None])
    terms = betaln(alpha + x[:, None], beta + k - x[:, None]) - bought + betaln(gamma + 1, delta + k) - stayed
    terms = np.where(counts, terms, -np.inf)
    top = terms.max(axis=1)
    safe = np.where(np.isfinite(top), top, 0.0)
    shares = np.exp(terms - safe[:, None])
    total = shares.sum(axis=1)
    with np.errstate(divide="ignore"):
        lost = np.where(total > 0, safe + np.log(total), -np.inf)
    if not slopes:
        return active, lost, np.empty((4, x.size))
    either = np.logaddexp(active, lost)
    p = np.exp(active - either)
    q = np.exp(terms - either[:, None])
    return active, lost, _slopes(parameters, (x, end, k), (p, q))


def _slopes(parameters: Floats, columns: tuple[Floats, Floats, Floats], chances: tuple[Floats, Floats]) -> Floats:
    """Means of the slopes of each term under the chances of the terms."""
    from scipy.special import psi

    alpha, beta, gamma, delta = parameters
    x, end, k = columns
    p, q = chances

    def mean(at_end: Floats, at_k: Floats) -> Floats:
        found: Floats = p * at_end + (q * at_k).sum(axis=1)
        return found

    both = mean(psi(alpha + beta + end), psi(alpha + beta + k)) - psi(alpha + beta)
    left = mean(psi(gamma + delta + end), psi(gamma + delta + 1 + k)) - psi(gamma + delta)
    either = p + q.sum(axis=1)
    return np.array([
        psi(alpha + x) - psi(alpha) - both,
        mean(psi(beta + end - x), psi(beta + k - x[:, None])) - psi(beta) - both,
        mean(np.full(x.size, psi(gamma)), np.full(k.shape, psi(gamma + 1))) - either * psi(gamma) - left,
        mean(psi(delta + end), psi(delta + k)) - psi(delta) - left,
    ])


@dataclass(frozen=True)
class BGBBLikelihood:
    """Log-likelihood of (alpha, beta, gamma, delta) given distinct histories; called with their logarithms."""

    rows: Weighted

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        """Log-likelihood and its gradient by the logarithms."""
        parameters = np.exp(logs)
        found = parts(parameters, self.rows.columns, slopes=True)
        value = float(dot(self.rows.weights, np.logaddexp(found.active, found.lost)))
        return value, dot(self.rows.weights, found.slopes) * parameters

    def curvature(self, logs: Floats) -> Floats:
        """Second derivatives by the logarithms."""
        return by_differences(self, logs)
