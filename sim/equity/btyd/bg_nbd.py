"""BG/NBD: how often customers buy, and after which purchase they are lost (Fader, Hardie and Lee 2005)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
from scipy.special import betainc, betaln, expit, gammaln, hyp2f1, polygamma, psi, xlogy

from sim.equity.btyd._histories import Histories, TimedModel, fit_in_time
from sim.equity.btyd._maximum import Weighted, by_logarithms, in_blocks
from sim.equity.btyd._sums import Residual, discounted_increments, furthest_time, over_scales
from sim.equity.checks import Floats

STARTS = ((0.5, 0.5, 0.8, 2.5), (2.0, 2.0, 0.3, 3.0), (0.1, 0.1, 3.0, 10.0))
NEAR, LARGE, FAR = 0.01, 50.0, 9.0  # beyond these the hypergeometric form divides by almost 0, overflows, or is slow
BLOCK = 2048  # histories worked on at once: few enough for the processor's cache, and to start no more threads


@dataclass(frozen=True, repr=False)
class BGNBD(TimedModel):
    """The beta-geometric/NBD model, fitted or built from known parameters.

    A customer buys at rate λ for as long as they are active, and is lost with probability p right after each repeat
    purchase; λ ~ Gamma(shape r, rate alpha), p ~ Beta(a, b) over customers. Times are counted from the first purchase
    in one unit (that of the data); `alpha` is in that unit. With x purchases up to t = recency:

        P(alive)  1/(1 + [x > 0]·a/(b+x−1)·((α+T)/(α+t))^(r+x))
        E[X(t)]   mean over p ~ Beta(a, b) of (1 − (1 + p·t/α)^−r)/p; given a history, P(alive) times the same with
                  b+x, α+T and r+x: the published closed form (Gaussian hypergeometric), also at a = 1 and a + b = 1
        P(x, t)   B(a, b+x)/B(a, b)·NB(x; r, t) + [x > 0]·B(a+1, b+x−1)/B(a, b)·P(NB(r, t) ≥ x), NB the negative
                  binomial of everybody's purchases if nobody were lost

    Source: Fader, Hardie and Lee (2005), Marketing Science 24(2), 275-284.

    >>> cdnow = BGNBD(0.243, 4.414, 0.793, 2.426)
    >>> round(cdnow.conditional_expectation(39, 2, 30.43, 38.86), 3), round(cdnow.expected_purchases(39), 4)
    (1.226, 1.1967)
    >>> round(cdnow.probability_alive(2, 30.43, 38.86), 3)
    0.727
    """

    r: float
    alpha: float
    a: float
    b: float

    def _expected(self, time: Floats) -> Floats:
        return self._residual(np.zeros(1), time, 0.0)(0, np.log1p(time / self.alpha))

    def _conditional(self, time: Floats, past: Histories) -> Floats:
        time, x, end = (np.asarray(column) for column in np.broadcast_arrays(time, past.frequency, past.T))
        ahead = time / (self.alpha + end)
        later, closed = np.empty(x.shape), self._in_closed_form(x, ahead)
        later[closed], rest = self._hypergeometric(x[closed], ahead[closed]), ~closed
        if rest.any():
            counts, place = np.unique(x[rest], return_inverse=True)
            residual = self._residual(counts, time[rest], end[rest])
            later[rest] = residual.each(place.reshape(-1), np.log1p(ahead[rest]))
        return np.asarray(later * self._alive(past))

    def _chance(self, count: Floats, time: Floats) -> Floats:
        share = time / (self.alpha + time)
        bought = (gammaln(self.r + count) - gammaln(self.r) - gammaln(count + 1)
                  + self.r * np.log1p(-share) + xlogy(count, share))
        active = np.exp(bought + betaln(self.a, self.b + count) - betaln(self.a, self.b))
        some = np.maximum(count, 1.0)
        lost = np.exp(betaln(self.a + 1, self.b + some - 1) - betaln(self.a, self.b)) * betainc(some, self.r, share)
        return np.asarray(active + np.where(count > 0, lost, 0.0))

    def _drawn(self, end: Floats, draw: np.random.Generator) -> Histories:
        count = end.size
        rate = draw.gamma(self.r, 1.0 / self.alpha, count)
        p = np.clip(draw.beta(self.a, self.b, count), 1e-300, 1.0 - 1e-16)
        offered = draw.poisson(rate * end)
        lost_after = np.minimum(np.ceil(draw.exponential(size=count) / -np.log1p(-p)), 1e15)
        x = np.minimum(offered, lost_after)
        last = np.where(x > 0, draw.beta(np.maximum(x, 1), offered - x + 1), 0.0) * end
        return Histories(x.astype(np.float64), last, end)

    def _alive(self, past: Histories) -> Floats:
        x, last, end = past
        some = np.maximum(x, 1.0)
        waited = np.log((self.alpha + end) / (self.alpha + last))
        odds = np.log(self.a) - np.log(self.b + some - 1) + (self.r + x) * waited
        return np.where(x > 0, expit(-odds), 1.0)

    def _discounted(self, past: Histories, rate: float, horizon: float | None) -> Floats:
        counts, place = np.unique(past.frequency, return_inverse=True)
        residual = self._residual(counts, np.array(furthest_time(rate, horizon)), past.T)
        later, place = np.empty(past.T.shape), place.reshape(past.T.shape)
        for count in range(counts.size):
            rows = place == count
            later[rows] = over_scales(partial(_if_active, residual, count, (rate, horizon)), self.alpha + past.T[rows])
        return np.asarray(later * self._alive(past))

    def _in_closed_form(self, x: Floats, ahead: Floats) -> np.ndarray:
        """Where the hypergeometric form is accurate; elsewhere the mean over p is taken by its nodes."""
        fits = abs(self.a - 1.0) > NEAR and max(self.r, self.a, self.b) < LARGE
        return np.asarray(fits & (self.a + self.b + x - 1.0 > NEAR) & (ahead < FAR))

    def _hypergeometric(self, x: Floats, ahead: Floats) -> Floats:
        """Purchases of somebody active in a time `ahead`, in units of α+T: equation 10 without P(alive).

        Euler's transformation of the published form: no term grows with the count, so nothing overflows or cancels.
        """
        more, later = self.a + self.b + x - 1.0, 1.0 / (1.0 + ahead)
        series = hyp2f1(self.a + self.b - 1.0 - self.r, self.a - 1.0, more, ahead * later)
        return np.asarray(more / (self.a - 1.0) * (1.0 - later ** (self.a - 1.0) * series))

    def _residual(self, counts: Floats, time: Floats, end: Floats | float) -> Residual:
        furthest = float(np.max(time / (self.alpha + end), initial=0.0))
        return Residual.of(self.a, self.b + counts, self.r + counts, furthest)


def _if_active(residual: Residual, count: int, ahead: tuple[float, float | None], scales: Floats) -> Floats:
    """Discounted purchases of somebody active, for one count and some alpha + T."""
    return discounted_increments(lambda time: residual(count, np.log1p(time / scales)), *ahead)


def fit_bg_nbd(frequency: Any, recency: Any, T: Any, weights: Any = None) -> BGNBD:  # noqa: N803
    """Fit the BG/NBD model by maximum likelihood.

    `frequency`: repeat purchases of each customer (whole, the first purchase not counted). `recency`: time of the last
    one, counted from the first purchase (0 without a repeat). `T`: time from the first purchase to the end of the
    data. `weights`: customers behind each row (1 unless given). One unit of time for all.

    Where the likelihood has no maximum (nobody bought again, nobody seems lost, all alike), the best point within wide
    limits is given back with `converged=False` and `advice` that says what to do.

    Raises:
        TypeError: something that is not a number.
        ValueError: fewer than two customers, unequal lengths, a recency above T or without a repeat purchase; the
            message names it.

    Source: Fader, Hardie and Lee (2005), equation 6.

    >>> fit = fit_bg_nbd([0, 0, 1, 0, 3, 0, 6], [0, 0, 5, 0, 30, 0, 38], [39, 38, 38, 36, 39, 30, 39])
    >>> fit.customers, fit.log_likelihood < 0
    (7.0, True)
    """
    return fit_in_time(BGNBD, _BGNBDLikelihood.of, Histories(frequency, recency, T), weights, STARTS, lambda a, b: [
        (a - b < -5, "The chance of being lost after a purchase is about 0 here: forecasts are those of customers who "
                     "never leave; watch for longer, or use a shorter unit of time."),
        (a - b > 6, "Nobody is seen to buy again after a repeat purchase: everybody counts as lost then; watch for "
                    "longer."),
        (min(a, b) > 6, "Customers look alike in how easily they are lost: only a/(a + b) is told by these data."),
    ])


@dataclass(frozen=True)
class _BGNBDLikelihood:
    """Log-likelihood of (r, alpha, a, b) given distinct histories; called with the logarithms of the parameters.

    ln L = ln Γ(r+x) − ln Γ(r) + r ln α + ln B(a, b+x) − ln B(a, b) − (r+x) ln(α+T)
           + ln(1 + [x > 0]·a/(b+x−1)·((α+T)/(α+t))^(r+x)).

    Counts are few and histories many: everything that depends on the count alone is worked out once per count.
    """

    counts: Floats  # the distinct frequencies
    of_counts: Floats  # the weight of each
    everybody: tuple[Floats, ...]  # x, recency, T and weight of every history
    repeats: tuple[np.ndarray, ...]  # the same of those with a repeat purchase, and the place of their count

    @classmethod
    def of(cls, rows: Weighted) -> _BGNBDLikelihood:
        x = rows.columns[0]
        order = np.argsort(x > 0, kind="stable")
        columns = tuple(column[order] for column in (*rows.columns, rows.weights))
        counts, place = np.unique(columns[0], return_inverse=True)
        first = int((x == 0).sum())
        repeats = tuple(column[first:] for column in (*columns, place))
        return cls(counts, np.bincount(place, columns[3]).astype(np.float64), columns, repeats)

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        parameters = np.exp(logs)
        value, slope = self._by_count(parameters)
        active = (_active(parameters, *rows) for rows in in_blocks(self.everybody, BLOCK))
        dead = (self._dead(parameters, *rows) for rows in in_blocks(self.repeats, BLOCK))
        for added, slopes in chain(active, dead):
            value, slope = value + added, slope + slopes
        return value, slope * parameters

    def curvature(self, logs: Floats) -> Floats:
        parameters = np.exp(logs)
        bend = self._by_count_twice(parameters)
        for rows in in_blocks(self.everybody, BLOCK):
            bend += _active_twice(parameters, *rows)
        for rows in in_blocks(self.repeats, BLOCK):
            bend += self._dead_twice(parameters, *rows)
        return by_logarithms(bend, self(logs)[1], parameters)

    def _by_count(self, parameters: Floats) -> tuple[float, Floats]:
        """The part that depends on the frequency alone, and its slopes."""
        r, alpha, a, b = parameters
        x, weights = self.counts, self.of_counts
        value = gammaln(r + x) - gammaln(r) + gammaln(a + b) - gammaln(a + b + x) + gammaln(b + x) - gammaln(b)
        both = psi(a + b) - psi(a + b + x)
        everybody = float(weights.sum())
        slope = np.array([weights @ (psi(r + x) - psi(r)) + everybody * np.log(alpha), everybody * r / alpha,
                          weights @ both, weights @ (both + psi(b + x) - psi(b))])
        return float(weights @ value) + everybody * r * float(np.log(alpha)), slope

    def _by_count_twice(self, parameters: Floats) -> Floats:
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

    def _odds(
        self, parameters: Floats, x: Floats, recency: Floats, ended: Floats, place: np.ndarray
    ) -> tuple[Floats, Floats]:
        """ln of the odds of having been lost after the last purchase, and their slopes by r, alpha, a, b."""
        r, alpha, a, b = parameters
        end, last, survivors = alpha + ended, alpha + recency, (b + self.counts - 1.0)[place]
        ratio, rx = np.log(end / last), r + x
        odds = rx * ratio + (np.log(a) - np.log(b + np.maximum(self.counts, 1.0) - 1.0))[place]
        slopes = np.array([ratio, rx * (1.0 / end - 1.0 / last), np.full(x.size, 1.0 / a), -1.0 / survivors])
        return odds, slopes

    def _dead(
        self, parameters: Floats, x: Floats, recency: Floats, ended: Floats, weights: Floats, place: np.ndarray
    ) -> tuple[float, Floats]:
        """What the chance of having been lost adds to the log-likelihood, and its slopes."""
        odds, slopes = self._odds(parameters, x, recency, ended, place)
        rest = np.exp(-np.abs(odds))
        dead = np.where(odds > 0, 1.0, rest) / (1.0 + rest)
        return float(weights @ (np.maximum(odds, 0.0) + np.log1p(rest))), slopes @ (weights * dead)

    def _dead_twice(
        self, parameters: Floats, x: Floats, recency: Floats, ended: Floats, weights: Floats, place: np.ndarray
    ) -> Floats:
        r, alpha, a, _ = parameters
        odds, slopes = self._odds(parameters, x, recency, ended, place)
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


def _active(parameters: Floats, x: Floats, _: Floats, ended: Floats, weights: Floats) -> tuple[float, Floats]:
    """−(r+x) ln(α+T) and its slopes, summed."""
    r, alpha = parameters[:2]
    end, chance = alpha + ended, weights * (r + x)
    log_end = np.log(end)
    return -float(chance @ log_end), np.array([-(weights @ log_end), -(chance @ (1.0 / end)), 0.0, 0.0])


def _active_twice(parameters: Floats, x: Floats, _: Floats, ended: Floats, weights: Floats) -> Floats:
    r, alpha = parameters[:2]
    inverse = 1.0 / (alpha + ended)
    bend = np.zeros((4, 4))
    bend[0, 1] = bend[1, 0] = -(weights @ inverse)
    bend[1, 1] = (weights * (r + x)) @ inverse**2
    return bend
