"""The likelihoods of BG/NBD and BG/BB with their derivatives, over distinct histories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.equity.btyd._histories import Weighted, dot
from sim.equity.btyd._maximum import by_differences, by_logarithms
from sim.equity.checks import Floats

BLOCK = 2048
"""Histories worked on at once: few enough to stay in the processor's cache and below what starts more threads."""


@dataclass(frozen=True)
class BGNBDLikelihood:
    """Log-likelihood of (r, alpha, a, b) given distinct histories; called with the logarithms of the parameters.

    ln L = ln Γ(r+x) − ln Γ(r) + r ln α + ln B(a, b+x) − ln B(a, b) − (r+x) ln(α+T)
           + ln(1 + [x > 0]·a/(b+x−1)·((α+T)/(α+t))^(r+x)).

    Counts are few and histories many: everything that depends on the count alone is worked out once per count.
    """

    counts: Floats
    """The distinct frequencies above 0 (or 0 alone), and the weight of each."""
    of_counts: Floats
    rows: tuple[Floats, ...]
    """x, recency, T and weight of every history, those without a repeat purchase first."""
    repeats: int
    """Where the histories with a repeat purchase begin."""
    place: np.ndarray
    """Of those: the place of their count."""

    @classmethod
    def of(cls, rows: Weighted) -> BGNBDLikelihood:
        """Sort what never changes out of what depends on the parameters."""
        x = rows.columns[0]
        order = np.argsort(x > 0, kind="stable")
        columns = tuple(column[order] for column in (*rows.columns, rows.weights))
        counts, place = np.unique(columns[0], return_inverse=True)
        first = int((x == 0).sum())
        return cls(counts, np.bincount(place, columns[3]).astype(np.float64), columns, first, place[first:])

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        """Log-likelihood and its gradient by the logarithms of r, alpha, a, b."""
        parameters = np.exp(logs)
        value, slope = self._by_count(parameters)
        for x, _, ended, weights in self._blocks(0):
            added, slopes = _active(parameters, x, ended, weights)
            value, slope = value + added, slope + slopes
        for rows, place in self._repeats():
            added, slopes = self._dead(parameters, rows, place)
            value, slope = value + added, slope + slopes
        return value, slope * parameters

    def curvature(self, logs: Floats) -> Floats:
        """Second derivatives of the log-likelihood by the logarithms of r, alpha, a, b."""
        parameters = np.exp(logs)
        bend = self._by_count_twice(parameters)
        for x, _, ended, weights in self._blocks(0):
            bend += _active_twice(parameters, x, ended, weights)
        for rows, place in self._repeats():
            bend += self._dead_twice(parameters, rows, place)
        return by_logarithms(bend, self(logs)[1], parameters)

    def _blocks(self, first: int) -> Iterator[tuple[Floats, ...]]:
        for start in range(first, self.rows[0].size, BLOCK):
            yield tuple(column[start: start + BLOCK] for column in self.rows)

    def _repeats(self) -> Iterator[tuple[tuple[Floats, ...], np.ndarray]]:
        for number, rows in enumerate(self._blocks(self.repeats)):
            yield rows, self.place[number * BLOCK: (number + 1) * BLOCK]

    def _by_count(self, parameters: Floats) -> tuple[float, Floats]:
        """The part that depends on the frequency alone, and its slopes."""
        from scipy.special import gammaln, psi

        r, alpha, a, b = parameters
        x, weights = self.counts, self.of_counts
        value = gammaln(r + x) - gammaln(r) + gammaln(a + b) - gammaln(a + b + x) + gammaln(b + x) - gammaln(b)
        both = psi(a + b) - psi(a + b + x)
        everybody = float(weights.sum())
        slope = np.array([weights @ (psi(r + x) - psi(r)) + everybody * np.log(alpha), everybody * r / alpha,
                          weights @ both, weights @ (both + psi(b + x) - psi(b))])
        return float(weights @ value) + everybody * r * float(np.log(alpha)), slope

    def _by_count_twice(self, parameters: Floats) -> Floats:
        from scipy.special import polygamma

        r, alpha, a, b = parameters
        x, weights = self.counts, self.of_counts
        both = float(weights @ (polygamma(1, a + b) - polygamma(1, a + b + x)))
        everybody = float(weights.sum())
        bend = np.zeros((4, 4))
        bend[0, 0] = weights @ (polygamma(1, r + x) - polygamma(1, r))
        bend[0, 1] = bend[1, 0] = everybody / alpha
        bend[1, 1] = -everybody * r / alpha**2
        bend[2:, 2:] = both
        bend[3, 3] += weights @ (polygamma(1, b + x) - polygamma(1, b))
        return bend

    def _odds(self, parameters: Floats, rows: tuple[Floats, ...], place: np.ndarray) -> tuple[Floats, Floats]:
        """ln of the odds of having been lost after the last purchase, and their slopes by r, alpha, a, b."""
        r, alpha, a, b = parameters
        x, recency, ended, _ = rows
        end, last, survivors = alpha + ended, alpha + recency, (b + self.counts - 1.0)[place]
        ratio, rx = np.log(end / last), r + x
        odds = rx * ratio + (np.log(a) - np.log(b + np.maximum(self.counts, 1.0) - 1.0))[place]
        slopes = np.array([ratio, rx * (1.0 / end - 1.0 / last), np.full(x.size, 1.0 / a), -1.0 / survivors])
        return odds, slopes

    def _dead(self, parameters: Floats, rows: tuple[Floats, ...], place: np.ndarray) -> tuple[float, Floats]:
        """What the chance of having been lost adds to the log-likelihood, and its slopes."""
        odds, slopes = self._odds(parameters, rows, place)
        rest = np.exp(-np.abs(odds))
        dead = np.where(odds > 0, 1.0, rest) / (1.0 + rest)
        return float(rows[3] @ (np.maximum(odds, 0.0) + np.log1p(rest))), slopes @ (rows[3] * dead)

    def _dead_twice(self, parameters: Floats, rows: tuple[Floats, ...], place: np.ndarray) -> Floats:
        from scipy.special import expit

        r, alpha, a, _ = parameters
        x, recency, ended, weights = rows
        odds, slopes = self._odds(parameters, rows, place)
        dead = expit(odds)
        bend: Floats = (slopes * (weights * dead * (1.0 - dead))) @ slopes.T
        chance = weights * dead
        end, last = 1.0 / (alpha + ended), 1.0 / (alpha + recency)
        across = float(chance @ (end - last))
        bend[0, 1] += across
        bend[1, 0] += across
        bend[1, 1] -= chance @ ((r + x) * (end**2 - last**2))
        bend[2, 2] -= chance.sum() / a**2
        bend[3, 3] += chance @ slopes[3] ** 2
        return bend


def _active(parameters: Floats, x: Floats, ended: Floats, weights: Floats) -> tuple[float, Floats]:
    """−(r+x) ln(α+T) and its slopes, summed."""
    r, alpha = parameters[:2]
    end, chance = alpha + ended, weights * (r + x)
    log_end = np.log(end)
    return -float(chance @ log_end), np.array([-(weights @ log_end), -(chance @ (1.0 / end)), 0.0, 0.0])


def _active_twice(parameters: Floats, x: Floats, ended: Floats, weights: Floats) -> Floats:
    r, alpha = parameters[:2]
    inverse = 1.0 / (alpha + ended)
    bend = np.zeros((4, 4))
    bend[0, 1] = bend[1, 0] = -(weights @ inverse)
    bend[1, 1] = (weights * (r + x)) @ inverse**2
    return bend


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
