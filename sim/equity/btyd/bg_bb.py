"""BG/BB: buying at given opportunities, one yes or no at each (Fader, Hardie and Shang 2010)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.equity.btyd._bg_likelihoods import BGBBLikelihood, parts
from sim.equity.btyd._histories import (
    Histories,
    checked_generator,
    checked_histories,
    checked_weights,
    condensed,
)
from sim.equity.btyd._maximum import Fitted, Peak, advice, estimates, fit
from sim.equity.btyd._sums import checked_discount, discounted_steps
from sim.equity.checks import Floats, broadcast, number, plain, same_length, whole, whole_column, wholes

NAMES = ("alpha", "beta", "gamma", "delta")
MOST_OPPORTUNITIES = 10**5


@dataclass(frozen=True, repr=False)
class BGBB(Fitted):
    """The beta-geometric/beta-Bernoulli model, fitted or built from known parameters.

    At each opportunity (a yearly appeal, a weekly shopping trip) a customer who is still active buys with probability
    θ; before each, they are lost with probability p. θ ~ Beta(alpha, beta), p ~ Beta(gamma, delta) over customers.
    `frequency` counts the opportunities with a purchase, `recency` is the number of the last of them (0: none),
    `opportunities` how many there were, all counted after the first purchase.

    Source: Fader, Hardie and Shang (2010), Marketing Science 29(6), 1086-1108.

    >>> donors = BGBB(1.204, 0.750, 0.657, 2.783)
    >>> round(donors.probability_alive(6, 6, 6), 2), round(donors.probability_alive(0, 0, 6), 2)
    (0.93, 0.11)
    """

    alpha: float
    beta: float
    gamma: float
    delta: float

    def expected_purchases(self, opportunities: Any) -> Any:
        """Purchases to expect of a new customer at the next n opportunities, E[X(n)].

        α/(α+β)·Σ over k = 1, …, n of B(γ, δ+k)/B(γ, δ), the chance to be active at the k-th.

        Raises:
            TypeError, ValueError: not a count of opportunities.
        """
        n = wholes("opportunities", opportunities, 0, MOST_OPPORTUNITIES)
        mean = self.alpha / (self.alpha + self.beta)
        return plain(mean * self._active_opportunities(np.zeros(n.shape), n.astype(np.float64)))

    def probability_alive(self, frequency: Any, recency: Any, opportunities: Any) -> Any:
        """Probability that a customer with this history is active at the next opportunity, number n + 1.

        B(α+x, β+n−x)/B(α, β)·B(γ, δ+n+1)/B(γ, δ) over the likelihood of the history.

        Raises:
            TypeError, ValueError: columns that are no histories (see `fit_bg_bb`).
        """
        past = _checked(frequency, recency, opportunities)
        next_time = (self.delta + past.T) / (self.gamma + self.delta + past.T)
        return plain(self._alive(past) * next_time)

    def conditional_expectation(self, t: Any, frequency: Any, recency: Any, opportunities: Any) -> Any:
        """Purchases to expect at the next t opportunities of a customer with this history.

        Raises:
            TypeError, ValueError: t is no count of opportunities, or the columns are no histories.
        """
        past = _checked(frequency, recency, opportunities)
        ahead = wholes("t", t, 0, MOST_OPPORTUNITIES).astype(np.float64)
        ahead, start = broadcast(t=ahead, opportunities=past.T)
        return plain(self._buys(past) * self._active_opportunities(start, ahead))

    def discounted_expected_residual_transactions(
        self, frequency: Any, recency: Any, opportunities: Any, discount: float, horizon: int | None = None,
    ) -> Any:
        """Present value at opportunity n, in transactions, of what a customer will still buy (DERT).

        Σ over k = 1, 2, … of (chance of a purchase at opportunity n + k)/(1 + discount)^k. `discount` is per
        opportunity, `horizon` a number of opportunities (endless where None).

        Raises:
            TypeError, ValueError: the discount is below 0, or 0 without a horizon; the columns are no histories.

        >>> donors = BGBB(1.204, 0.750, 0.657, 2.783)
        >>> round(donors.discounted_expected_residual_transactions(6, 6, 6, discount=0.1), 2)
        5.91
        """
        rate, until = checked_discount(discount, horizon)
        until = None if until is None else float(whole("horizon", until, 0, MOST_OPPORTUNITIES))
        past = _checked(frequency, recency, opportunities)
        starts, place = np.unique(past.T, return_inverse=True)
        sums = self._sums(starts, rate, until)
        return plain(self._buys(past) * sums[place.reshape(past.T.shape)])

    def probability_of_purchases(self, x: Any, opportunities: Any) -> Any:
        """Probability that a new customer buys at x of the next n opportunities.

        Raises:
            TypeError, ValueError: x or n is no count.
        """
        from scipy.special import betaln, gammaln

        tries = wholes("opportunities", opportunities, 0, MOST_OPPORTUNITIES).astype(np.float64)
        count, n = broadcast(x=wholes("x", x, 0, MOST_OPPORTUNITIES).astype(np.float64), opportunities=tries)
        bought, stayed = betaln(self.alpha, self.beta), betaln(self.gamma, self.delta)

        def of(tries: Floats) -> Floats:
            some = np.maximum(tries, count)
            choose = gammaln(some + 1) - gammaln(count + 1) - gammaln(some - count + 1)
            found: Floats = choose + betaln(self.alpha + count, self.beta + some - count) - bought
            return found

        found = np.where(count <= n, np.exp(of(n) + betaln(self.gamma, self.delta + n) - stayed), 0.0)
        for k in range(int(n.max(initial=0.0))):
            lost = np.exp(of(np.full(n.shape, float(k))) + betaln(self.gamma + 1, self.delta + k) - stayed)
            found = found + np.where((count <= k) & (k < n), lost, 0.0)
        return plain(found)

    def simulate(self, customers: int, opportunities: int, rng: np.random.Generator) -> Histories:
        """Histories of new customers over a number of opportunities after the first purchase (`T` of the result).

        Raises:
            TypeError, ValueError: no generator; not counts.
        """
        draw = checked_generator(rng)
        count, n = whole("customers", customers, 1, 10**8), whole("opportunities", opportunities, 0, 100_000)
        theta, p = draw.beta(self.alpha, self.beta, count), draw.beta(self.gamma, self.delta, count)
        active = np.ones(count, dtype=bool)
        x, last = np.zeros(count), np.zeros(count)
        for k in range(1, n + 1):
            active &= draw.random(count) >= p
            buys = active & (draw.random(count) < theta)
            x += buys
            last[buys] = k
        return Histories(x, last, np.full(count, float(n)))

    def _alive(self, past: Histories) -> Floats:
        """Probability to be active still at the last opportunity n."""
        from scipy.special import expit

        found = parts(np.array([self.alpha, self.beta, self.gamma, self.delta]),
                      tuple(column.ravel() for column in past))
        alive: Floats = expit(found.active - found.lost).reshape(past.T.shape)
        return alive

    def _buys(self, past: Histories) -> Floats:
        """P(active) times the chance to buy at an opportunity while active."""
        return self._alive(past) * (self.alpha + past.frequency) / (self.alpha + self.beta + past.T)

    def _active_opportunities(self, start: Floats, ahead: Floats) -> Floats:
        """Opportunities at which somebody active at `start` is active, of the next `ahead`."""
        pairs, place = np.unique(np.stack([start.ravel(), ahead.ravel()]), axis=1, return_inverse=True)
        sums = np.array([self._sums(np.array([one]), 0.0, horizon)[0] for one, horizon in pairs.T])
        return sums[place.ravel()].reshape(start.shape)

    def _sums(self, starts: Floats, discount: float, horizon: float | None) -> Floats:
        """Σ over k of B(γ, δ+n+k)/B(γ, δ+n)/(1 + discount)^k, by n."""
        from scipy.special import betaln

        steps = discounted_steps(discount, horizon)
        k = self.delta + starts[:, None]
        found: Floats = np.exp(betaln(self.gamma, k + steps.time) - betaln(self.gamma, k)) @ steps.weight
        return found


def _checked(frequency: Any, recency: Any, opportunities: Any) -> Histories:
    wholes("recency", recency, 0, MOST_OPPORTUNITIES)
    wholes("opportunities", opportunities, 0, MOST_OPPORTUNITIES)
    past = checked_histories(frequency, recency, opportunities, "opportunities")
    bad = past.frequency > past.recency
    if bad.any():
        place = int(np.flatnonzero(bad.ravel())[0])
        number("frequency", past.frequency.ravel()[place], 0.0, float(past.recency.ravel()[place]))
    return past


def fit_bg_bb(frequency: Any, recency: Any, opportunities: Any, weights: Any = None) -> BGBB:
    """Fit the BG/BB model by maximum likelihood.

    `frequency`: opportunities with a purchase; `recency`: the number of the last of them (0: none); `opportunities`:
    how many there were after the first purchase; `weights`: customers behind each row (1 unless given).

    Where the likelihood has no maximum, the best point within wide limits is given back with `converged=False` and
    `advice` that says what to do.

    Raises:
        TypeError: something that is not a number.
        ValueError: fewer than two customers, unequal lengths, more purchases than opportunities; the message names it.

    Source: Fader, Hardie and Shang (2010), equation 7.

    >>> fit = fit_bg_bb([0, 1, 1, 2, 3], [0, 1, 3, 3, 3], [3, 3, 3, 3, 3], weights=[40, 20, 10, 15, 15])
    >>> fit.customers
    100.0
    """
    columns = [whole_column(name, column, 0, MOST_OPPORTUNITIES).astype(np.float64)
               for name, column in (("frequency", frequency), ("recency", recency), ("opportunities", opportunities))]
    same_length(frequency=columns[0], recency=columns[1], opportunities=columns[2])
    past = _checked(*columns)
    rows = condensed(tuple(past), checked_weights(weights, past.T.size))
    starts = [np.log([1.0, 1.0, 0.7, 2.5]), np.log([0.5, 2.0, 0.3, 5.0]), np.log([3.0, 3.0, 3.0, 9.0])]
    peak = fit(BGBBLikelihood, rows, starts)
    return BGBB(**estimates(peak, dict.fromkeys(NAMES, 1.0), rows.total), advice=_advice(peak, rows.columns))


def _advice(peak: Peak, columns: tuple[Floats, ...]) -> str:
    x, _, end = columns
    alpha, beta, gamma, delta = peak.logs
    return advice(peak, NAMES, [
        (not (x > 0).any(), "Nobody bought again: no chance of buying and none of loss can be told; wait for more "
                            "opportunities."),
        (gamma - delta < -5, "The chance of being lost is about 0 here: forecasts are those of customers who never "
                             "leave."),
        (min(alpha, beta) > 6, "Customers look alike in how often they buy: only alpha/(alpha + beta) is told by these "
                               "data."),
        (min(gamma, delta) > 6, "Customers look alike in how easily they are lost: only gamma/(gamma + delta) is told "
                                "by these data."),
        (end.max() < 4, "Few opportunities were watched: more of them would tell a rare buyer from a lost one."),
        (True, "More customers or more opportunities would settle it; forecasts close to the data are usable."),
    ])
