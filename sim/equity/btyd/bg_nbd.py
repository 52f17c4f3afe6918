"""BG/NBD: how often customers buy, and after which purchase they are lost (Fader, Hardie and Lee 2005)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from sim.equity.btyd._histories import Histories, checked_histories
from sim.equity.btyd._sums import Residual, discounted_increments, furthest_time, over_scales
from sim.equity.btyd._timed import TimedModel, fit_in_time
from sim.equity.checks import Floats, broadcast, numbers, plain, wholes

NAMES = ("r", "alpha", "a", "b")
STARTS = ((0.5, 0.5, 0.8, 2.5), (2.0, 2.0, 0.3, 3.0), (0.1, 0.1, 3.0, 10.0))


@dataclass(frozen=True, repr=False)
class BGNBD(TimedModel):
    """The beta-geometric/NBD model, fitted or built from known parameters.

    A customer buys at rate λ for as long as they are active, and is lost with probability p right after each repeat
    purchase; λ ~ Gamma(shape r, rate alpha), p ~ Beta(a, b) over customers. Times are counted from the first purchase
    in one unit (that of the data); `alpha` is in that unit.

    Source: Fader, Hardie and Lee (2005), Marketing Science 24(2), 275-284.

    >>> cdnow = BGNBD(0.243, 4.414, 0.793, 2.426)
    >>> round(cdnow.conditional_expectation(39, 2, 30.43, 38.86), 3)
    1.226
    >>> round(cdnow.probability_alive(2, 30.43, 38.86), 3)
    0.727
    """

    r: float
    alpha: float
    a: float
    b: float

    def expected_purchases(self, t: Any) -> Any:
        """Repeat purchases of a new customer in the time t after the first purchase, E[X(t)].

        The mean over p ~ Beta(a, b) of (1 − (1 + p·t/α)^−r)/p, which is the published closed form with a Gaussian
        hypergeometric function, without its trouble at a = 1 and a + b = 1.

        Raises:
            TypeError, ValueError: t is not a number of at least 0.

        >>> round(BGNBD(0.243, 4.414, 0.793, 2.426).expected_purchases(39), 4)
        1.1967
        """
        time = numbers("t", t, 0.0)
        return plain(self._residual(np.zeros(1), self._furthest(time, 0.0))(0, np.log1p(time / self.alpha)))

    def probability_alive(self, frequency: Any, recency: Any, T: Any) -> Any:  # noqa: N803 - the field's name
        """Probability that a customer with this history is still active at T; 1 for those who never bought again.

        1/(1 + [x > 0]·a/(b+x−1)·((α+T)/(α+t))^(r+x)).

        Raises:
            TypeError, ValueError: columns that are no histories (see `fit_bg_nbd`).
        """
        return plain(self._alive(checked_histories(frequency, recency, T)))

    def conditional_expectation(self, t: Any, frequency: Any, recency: Any, T: Any) -> Any:  # noqa: N803
        """Purchases to expect of a customer with this history in (T, T + t].

        P(alive)·mean over p ~ Beta(a, b+x) of (1 − (1 + p·t/(α+T))^−(r+x))/p.

        Raises:
            TypeError, ValueError: t is not a number of at least 0, or the columns are no histories.
        """
        time, past = numbers("t", t, 0.0), checked_histories(frequency, recency, T)
        time, x, end = broadcast(t=time, frequency=past.frequency, T=past.T)
        counts, place = np.unique(x, return_inverse=True)
        residual = self._residual(counts, self._furthest(time, end))
        later = residual.each(place.reshape(x.shape), np.log1p(time / (self.alpha + end)))
        return plain(later * self._alive(past))

    def probability_of_purchases(self, x: Any, t: Any) -> Any:
        """Probability that a new customer makes x repeat purchases in the time t after the first.

        B(a, b+x)/B(a, b)·NB(x; r, t) + [x > 0]·B(a+1, b+x−1)/B(a, b)·P(NB(r, t) ≥ x), where NB(r, t) is the negative
        binomial count of somebody who is never lost.

        Raises:
            TypeError, ValueError: x is no count, t not a number of at least 0.
        """
        from scipy.special import betainc, betaln, gammaln, xlogy

        count, time = wholes("x", x, 0, 10**9).astype(np.float64), numbers("t", t, 0.0)
        count, time = broadcast(x=count, t=time)
        share = time / (self.alpha + time)
        bought = (gammaln(self.r + count) - gammaln(self.r) - gammaln(count + 1)
                  + self.r * np.log1p(-share) + xlogy(count, share))
        active = np.exp(bought + betaln(self.a, self.b + count) - betaln(self.a, self.b))
        some = np.maximum(count, 1.0)
        lost = np.exp(betaln(self.a + 1, self.b + some - 1) - betaln(self.a, self.b)) * betainc(some, self.r, share)
        return plain(active + np.where(count > 0, lost, 0.0))

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
        from scipy.special import expit

        x, last, end = past
        some = np.maximum(x, 1.0)
        waited = np.log((self.alpha + end) / (self.alpha + last))
        odds = np.log(self.a) - np.log(self.b + some - 1) + (self.r + x) * waited
        alive: Floats = np.where(x > 0, expit(-odds), 1.0)
        return alive

    def _discounted(self, past: Histories, rate: float, horizon: float | None) -> Floats:
        counts, place = np.unique(past.frequency, return_inverse=True)
        residual = self._residual(counts, self._furthest(np.array(furthest_time(rate, horizon)), past.T))
        later, place = np.empty(past.T.shape), place.reshape(past.T.shape)
        for count in range(counts.size):
            rows = place == count
            later[rows] = over_scales(partial(_if_active, residual, count, (rate, horizon)), self.alpha + past.T[rows])
        found: Floats = later * self._alive(past)
        return found

    def _furthest(self, time: Floats, end: Floats | float) -> float:
        return float(np.max(time / (self.alpha + end), initial=0.0))

    def _residual(self, counts: Floats, furthest: float) -> Residual:
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
    from sim.equity.btyd._bg_likelihoods import BGNBDLikelihood

    found = fit_in_time(BGNBDLikelihood.of, Histories(frequency, recency, T), weights, STARTS)
    *_, a, b = found.peak.logs
    advice = found.advice(NAMES, [
        (a - b < -5, "The chance of being lost after a purchase is about 0 here: forecasts are those of customers who "
                     "never leave; watch for longer, or use a shorter unit of time."),
        (a - b > 6, "Nobody is seen to buy again after a repeat purchase: everybody counts as lost then; watch for "
                    "longer."),
        (min(a, b) > 6, "Customers look alike in how easily they are lost: only a/(a + b) is told by these data."),
    ])
    return BGNBD(**found.estimates(NAMES, in_time=("alpha",)), advice=advice)
