"""Pareto/NBD: how often customers buy, and when they are lost (Schmittlein, Morrison and Colombo 1987)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.equity.btyd._histories import Histories, checked_histories
from sim.equity.btyd._sums import discounted_increments, over_scales
from sim.equity.btyd._timed import TimedModel, fit_in_time
from sim.equity.checks import Floats, broadcast, numbers, plain, wholes

NAMES = ("r", "alpha", "s", "beta")
STARTS = ((0.6, 0.4, 0.6, 0.4), (2.0, 1.5, 2.0, 3.0), (0.2, 0.1, 0.3, 0.1))
TIMES_OF_LOSS = 200
"""Nodes of the mean over the time of loss in `probability_of_purchases`."""


@dataclass(frozen=True, repr=False)
class ParetoNBD(TimedModel):
    """The Pareto/NBD model, fitted or built from known parameters.

    A customer buys at rate λ for as long as they are active, and is lost at rate μ at any moment; λ ~ Gamma(shape r,
    rate alpha), μ ~ Gamma(shape s, rate beta) over customers. Times are counted from the first purchase in one unit
    (that of the data); `alpha` and `beta` are in that unit.

    Source: Schmittlein, Morrison and Colombo (1987), Management Science 33(1), 1-24; Fader and Hardie (2005), "A note
    on deriving the Pareto/NBD model and related expressions".

    >>> cdnow = ParetoNBD(0.5534, 10.5802, 0.6061, 11.6562)
    >>> round(cdnow.expected_purchases(52), 3), round(cdnow.probability_alive(0, 0, 39), 4)
    (1.473, 0.2941)
    """

    r: float
    alpha: float
    s: float
    beta: float

    def expected_purchases(self, t: Any) -> Any:
        """Repeat purchases of a new customer in the time t after the first purchase, E[X(t)].

        r·β/(α(s−1))·(1 − (β/(β+t))^(s−1)); at s = 1 its limit r·β/α·ln(1 + t/β).

        Raises:
            TypeError, ValueError: t is not a number of at least 0.
        """
        return plain(self.r / self.alpha * self._active_time(numbers("t", t, 0.0), self.beta))

    def probability_alive(self, frequency: Any, recency: Any, T: Any) -> Any:  # noqa: N803 - the field's name
        """Probability that a customer with this history is still active at T.

        1/(1 + s·∫/((α+T)^−(r+x) (β+T)^−s)), ∫ being (α+u)^−(r+x) (β+u)^−(s+1) over u from recency to T.

        Raises:
            TypeError, ValueError: columns that are no histories (see `fit_pareto_nbd`).
        """
        return plain(self._alive(checked_histories(frequency, recency, T)))

    def conditional_expectation(self, t: Any, frequency: Any, recency: Any, T: Any) -> Any:  # noqa: N803
        """Purchases to expect of a customer with this history in (T, T + t].

        P(alive)·(r+x)(β+T)/((α+T)(s−1))·(1 − ((β+T)/(β+T+t))^(s−1)).

        Raises:
            TypeError, ValueError: t is not a number of at least 0, or the columns are no histories.

        >>> cdnow = ParetoNBD(0.5534, 10.5802, 0.6061, 11.6562)
        >>> round(cdnow.conditional_expectation(52, 26, 30.857143, 31), 2)
        25.45
        """
        time, past = numbers("t", t, 0.0), checked_histories(frequency, recency, T)
        broadcast(t=time, T=past.T)
        return plain(self._rate_alive(past) * self._active_time(time, self.beta + past.T))

    def probability_of_purchases(self, x: Any, t: Any) -> Any:
        """Probability that a new customer makes x repeat purchases in the time t after the first.

        The mean, over the time for which the customer stays active within t, of the negative binomial probability of x.

        Raises:
            TypeError, ValueError: x is no count, t not a number of at least 0.
        """
        from scipy.special import gammaln, xlogy

        count, time = wholes("x", x, 0, 10**9).astype(np.float64), numbers("t", t, 0.0)
        count, time = broadcast(x=count, t=time)
        ways = gammaln(self.r + count) - gammaln(self.r) - gammaln(count + 1)

        def bought(until: Floats) -> Floats:
            share = until / (self.alpha + until)
            found: Floats = np.exp(ways + self.r * np.log1p(-share) + xlogy(count, share))
            return found

        # w = ln((β+u)/β), u the time of loss, has the density s·exp(−s·w)
        end = np.log1p(time / self.beta)
        found = bought(time) * np.exp(-self.s * end)
        for node, weight in zip(*np.polynomial.legendre.leggauss(TIMES_OF_LOSS), strict=True):
            w = 0.5 * (1.0 + node) * end
            found = found + 0.5 * weight * end * self.s * np.exp(-self.s * w) * bought(self.beta * np.expm1(w))
        return plain(found)

    def _drawn(self, end: Floats, draw: np.random.Generator) -> Histories:
        count = end.size
        rate = draw.gamma(self.r, 1.0 / self.alpha, count)
        loss = draw.gamma(self.s, 1.0 / self.beta, count)
        active = np.minimum(draw.exponential(size=count) / np.maximum(loss, 1e-300), end)
        x = draw.poisson(rate * active).astype(np.float64)
        last = np.where(x > 0, active * draw.beta(np.maximum(x, 1), 1.0), 0.0)
        return Histories(x, last, end)

    def _active_time(self, time: Floats, scale: Any) -> Floats:
        """Time to be active within `time`, for a loss rate ~ Gamma(s, scale): scale·(1 − (1+t/scale)^(1−s))/(s−1)."""
        from scipy.special import exprel

        log_ratio = np.log1p(time / scale)
        found: Floats = scale * log_ratio * exprel((1.0 - self.s) * log_ratio)
        return found

    def _alive(self, past: Histories) -> Floats:
        from scipy.special import expit

        from sim.equity.btyd._pareto_nbd_likelihood import loss_integral

        parameters = np.array([self.r, self.alpha, self.s, self.beta])
        x, last, end = (column.ravel() for column in past)
        lost = loss_integral(parameters, x, last, end)
        active = -(self.r + x) * np.log(self.alpha + end) - self.s * np.log(self.beta + end)
        alive: Floats = expit(active - np.log(self.s) - lost).reshape(past.T.shape)
        return alive

    def _discounted(self, past: Histories, rate: float, horizon: float | None) -> Floats:
        later = over_scales(
            lambda scales: discounted_increments(lambda time: self._active_time(time, scales), rate, horizon),
            self.beta + past.T.ravel())
        return self._rate_alive(past) * later.reshape(past.T.shape)

    def _rate_alive(self, past: Histories) -> Floats:
        """P(alive) times the rate of buying to expect while alive."""
        return self._alive(past) * (self.r + past.frequency) / (self.alpha + past.T)


def fit_pareto_nbd(frequency: Any, recency: Any, T: Any, weights: Any = None) -> ParetoNBD:  # noqa: N803
    """Fit the Pareto/NBD model by maximum likelihood.

    The columns are those of `fit_bg_nbd`: repeat purchases, time of the last one counted from the first purchase, time
    from the first purchase to the end of the data; `weights` are the customers behind each row.

    Where the likelihood has no maximum (nobody bought again, nobody seems lost, all alike), the best point within wide
    limits is given back with `converged=False` and `advice` that says what to do.

    Raises:
        TypeError: something that is not a number.
        ValueError: fewer than two customers, unequal lengths, a recency above T or without a repeat purchase; the
            message names it.

    Source: Fader and Hardie (2005), "A note on deriving the Pareto/NBD model and related expressions"; the likelihood
    by quadrature of the time of loss.

    >>> fit = fit_pareto_nbd([0, 0, 1, 0, 3, 0, 6], [0, 0, 5, 0, 30, 0, 38], [39, 38, 38, 36, 39, 30, 39])
    >>> fit.customers, fit.log_likelihood < 0
    (7.0, True)
    """
    from sim.equity.btyd._pareto_nbd_likelihood import ParetoNBDLikelihood

    found = fit_in_time(ParetoNBDLikelihood, Histories(frequency, recency, T), weights, STARTS)
    *_, s, beta = found.peak.logs
    advice = found.advice(NAMES, [
        (s - beta < -5, "The rate of loss is about 0 here: forecasts are those of customers who never leave; watch for "
                        "longer."),
        (min(s, beta) > 6, "Customers look alike in how easily they are lost: only s/beta is told by these data."),
    ])
    return ParetoNBD(**found.estimates(NAMES, in_time=("alpha", "beta")), advice=advice)
