"""BG/BB: buying at given opportunities, one yes or no at each (Fader, Hardie and Shang 2010)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.special import betaln, expit, gammaln, psi

from sim.equity.btyd._histories import Histories, checked_generator, checked_histories, checked_weights
from sim.equity.btyd._maximum import (
    Fitted,
    Peak,
    Weighted,
    advice,
    by_differences,
    condensed,
    dot,
    estimates,
    fit,
    in_blocks,
)
from sim.equity.btyd._sums import checked_discount, discounted_steps
from sim.equity.checks import Floats, broadcast, number, plain, same_length, whole, whole_column, wholes

NAMES = ("alpha", "beta", "gamma", "delta")
STARTS = ((1.0, 1.0, 0.7, 2.5), (0.5, 2.0, 0.3, 5.0), (3.0, 3.0, 3.0, 9.0))
MOST_OPPORTUNITIES = 10**5
MOST_TERMS = 2_000_000  # of the likelihood, worked on at once


@dataclass(frozen=True, repr=False)
class BGBB(Fitted):
    """The beta-geometric/beta-Bernoulli model, fitted or built from known parameters.

    At each opportunity (a yearly appeal, a weekly shopping trip) a customer who is still active buys with probability
    θ; before each, they are lost with probability p. θ ~ Beta(alpha, beta), p ~ Beta(gamma, delta) over customers.
    A history is frequency x, recency and opportunities n as for `fit_bg_bb`. Columns that are no histories, and numbers
    that are no counts, are refused (TypeError, ValueError).

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
        """
        n = _counts("opportunities", opportunities)
        return plain(self.alpha / (self.alpha + self.beta) * self._active_opportunities(np.zeros(n.shape), n))

    def probability_alive(self, frequency: Any, recency: Any, opportunities: Any) -> Any:
        """Probability that a customer with this history is active at the next opportunity, number n + 1.

        B(α+x, β+n−x)/B(α, β)·B(γ, δ+n+1)/B(γ, δ) over the likelihood of the history.
        """
        past = _checked(frequency, recency, opportunities)
        next_time = (self.delta + past.T) / (self.gamma + self.delta + past.T)
        return plain(self._alive(past) * next_time)

    def conditional_expectation(self, t: Any, frequency: Any, recency: Any, opportunities: Any) -> Any:
        """Purchases to expect at the next t opportunities of a customer with this history."""
        past = _checked(frequency, recency, opportunities)
        ahead, start = broadcast(t=_counts("t", t), opportunities=past.T)
        return plain(self._buys(past) * self._active_opportunities(start, ahead))

    def discounted_expected_residual_transactions(
        self, frequency: Any, recency: Any, opportunities: Any, discount: float, horizon: int | None = None,
    ) -> Any:
        """Present value at opportunity n, in transactions, of what a customer will still buy (DERT).

        Σ over k = 1, 2, … of (chance of a purchase at opportunity n + k)/(1 + discount)^k. `discount` is per
        opportunity, at least 0, `horizon` a number of opportunities; endless where None, with a discount above 0.

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
        """Probability that a new customer buys at x of the next n opportunities."""
        n, count = _counts("opportunities", opportunities), _counts("x", x)
        count, n = broadcast(x=count, opportunities=n)
        bought, stayed = betaln(self.alpha, self.beta), betaln(self.gamma, self.delta)

        def of(tries: Floats) -> Floats:
            some = np.maximum(tries, count)
            choose = gammaln(some + 1) - gammaln(count + 1) - gammaln(some - count + 1)
            return np.asarray(choose + betaln(self.alpha + count, self.beta + some - count) - bought)

        found = np.where(count <= n, np.exp(of(n) + betaln(self.gamma, self.delta + n) - stayed), 0.0)
        for k in range(int(n.max(initial=0.0))):
            lost = np.exp(of(np.full(n.shape, float(k))) + betaln(self.gamma + 1, self.delta + k) - stayed)
            found = found + np.where((count <= k) & (k < n), lost, 0.0)
        return plain(found)

    def simulate(self, customers: int, opportunities: int, rng: np.random.Generator) -> Histories:
        """Histories of new customers over a number of opportunities after the first purchase (`T` of the result)."""
        draw = checked_generator(rng)
        count, n = whole("customers", customers, 1, 10**8), whole("opportunities", opportunities, 0, MOST_OPPORTUNITIES)
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
        parameters = np.array(list(self.parameters.values()))
        found = _parts(parameters, tuple(column.ravel() for column in past))
        return np.asarray(expit(found.active - found.lost).reshape(past.T.shape))

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
        steps = discounted_steps(discount, horizon)
        k = self.delta + starts[:, None]
        return np.asarray(np.exp(betaln(self.gamma, k + steps.time) - betaln(self.gamma, k)) @ steps.weight)


def _counts(name: str, value: Any) -> Floats:
    return wholes(name, value, 0, MOST_OPPORTUNITIES).astype(np.float64)


def _checked(frequency: Any, recency: Any, opportunities: Any) -> Histories:
    _counts("recency", recency)
    _counts("opportunities", opportunities)
    past = checked_histories(frequency, recency, opportunities, "opportunities")
    bad = past.frequency > past.recency
    if bad.any():
        place = np.argmax(bad)
        number("frequency", past.frequency.flat[place], 0.0, float(past.recency.flat[place]))
    return past


def fit_bg_bb(frequency: Any, recency: Any, opportunities: Any, weights: Any = None) -> BGBB:
    """Fit the BG/BB model by maximum likelihood.

    `frequency`: opportunities with a purchase; `recency`: the number of the last of them (0: none); `opportunities`:
    how many there were after the first purchase; `weights`: customers behind each row (1 unless given). Where the
    likelihood has no maximum, `converged` is False and `advice` says what to do, as of `fit_bg_nbd`.

    Raises:
        TypeError: something that is not a number.
        ValueError: fewer than two customers, unequal lengths, more purchases than opportunities; the message names it.

    Source: Fader, Hardie and Shang (2010), equation 7.

    >>> fit = fit_bg_bb([0, 1, 1, 2, 3], [0, 1, 3, 3, 3], [3, 3, 3, 3, 3], weights=[40, 20, 10, 15, 15])
    >>> fit.customers
    100.0
    """
    columns = {name: whole_column(name, column, 0, MOST_OPPORTUNITIES).astype(np.float64) for name, column in
               (("frequency", frequency), ("recency", recency), ("opportunities", opportunities))}
    same_length(**columns)
    past = _checked(**columns)
    rows = condensed(tuple(past), checked_weights(weights, past.T.size))
    peak = fit(_BGBBLikelihood, rows, [np.log(start) for start in STARTS])
    return BGBB(**estimates(peak, dict.fromkeys(NAMES, 1.0), rows.total), advice=_advice(peak, rows.columns))


def _advice(peak: Peak, columns: tuple[Floats, ...]) -> str:
    x, _, end = columns
    alpha, beta, gamma, delta = peak.logs
    return advice(peak, NAMES, [
        (not (x > 0).any(), "Nobody bought again: no chance of buying and none of loss can be told; wait for more "
                            "opportunities."),
    ], [(NAMES[2:], [
        (gamma - delta < -5, "The chance of being lost is about 0 here: forecasts are those of customers who never "
                             "leave."),
        (min(gamma, delta) > 6, "Customers look alike in how easily they are lost: only gamma/(gamma + delta) is told "
                                "by these data."),
    ]), (NAMES[:2], [
        (min(alpha, beta) > 6, "Customers look alike in how often they buy: only alpha/(alpha + beta) is told by these "
                               "data."),
    ])], "Few opportunities were watched: more of them would tell a rare buyer from a lost one." if end.max() < 4 else
        "More customers or more opportunities would settle it; forecasts close to the data are usable.")


@dataclass(frozen=True)
class _BGBBLikelihood:
    """Log-likelihood of (alpha, beta, gamma, delta) given distinct histories; called with their logarithms."""

    rows: Weighted

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        parameters = np.exp(logs)
        found = _parts(parameters, self.rows.columns, slopes=True)
        value = float(dot(self.rows.weights, np.logaddexp(found.active, found.lost)))
        return value, dot(self.rows.weights, found.slopes) * parameters

    def curvature(self, logs: Floats) -> Floats:
        return by_differences(self, logs)


class _ByHistory(NamedTuple):
    """Of each history: ln of its likelihood while still active and when lost, and slopes of ln L [4, rows]."""

    active: Floats
    lost: Floats
    slopes: Floats


def _parts(parameters: Floats, columns: tuple[Floats, ...], *, slopes: bool = False) -> _ByHistory:
    """Work through all histories, some at a time; slopes only where asked for."""
    _, last, end = columns
    width = int((end - last).max(initial=0.0)) + 1
    found = [_block(parameters, *rows, slopes=slopes) for rows in in_blocks(columns, max(1, MOST_TERMS // width))]
    return _ByHistory(*(np.concatenate(kind, axis=-1) for kind in zip(*found, strict=True)))


def _block(parameters: Floats, x: Floats, last: Floats, end: Floats, *, slopes: bool) -> _ByHistory:
    """B(α+x, β+k−x)/B(α, β) times B(γ, δ+n)/B(γ, δ) at k = n, and times B(γ+1, δ+k)/B(γ, δ) for k = recency, …, n−1."""
    alpha, beta, gamma, delta = parameters
    bought, stayed = betaln(alpha, beta), betaln(gamma, delta)
    active = betaln(alpha + x, beta + end - x) - bought + betaln(gamma, delta + end) - stayed
    k = last[:, None] + np.arange(max(1, int((end - last).max(initial=0.0))))[None, :]
    counts = k < end[:, None]
    k = np.where(counts, k, last[:, None])
    terms = betaln(alpha + x[:, None], beta + k - x[:, None]) - bought + betaln(gamma + 1, delta + k) - stayed
    terms = np.where(counts, terms, -np.inf)
    top = terms.max(axis=1)
    safe = np.where(np.isfinite(top), top, 0.0)
    total = np.exp(terms - safe[:, None]).sum(axis=1)
    with np.errstate(divide="ignore"):
        lost = np.where(total > 0, safe + np.log(total), -np.inf)
    if not slopes:
        return _ByHistory(active, lost, np.empty((4, x.size)))
    either = np.logaddexp(active, lost)
    p = np.exp(active - either)
    q = np.exp(terms - either[:, None])
    return _ByHistory(active, lost, _slopes(parameters, (x, end, k), (p, q)))


def _slopes(parameters: Floats, columns: tuple[Floats, Floats, Floats], chances: tuple[Floats, Floats]) -> Floats:
    """Means of the slopes of each term under the chances of the terms."""
    alpha, beta, gamma, delta = parameters
    x, end, k = columns
    p, q = chances

    def mean(at_end: Floats, at_k: Floats) -> Floats:
        return np.asarray(p * at_end + (q * at_k).sum(axis=1))

    both = mean(psi(alpha + beta + end), psi(alpha + beta + k)) - psi(alpha + beta)
    left = mean(psi(gamma + delta + end), psi(gamma + delta + 1 + k)) - psi(gamma + delta)
    either = p + q.sum(axis=1)
    return np.array([
        psi(alpha + x) - psi(alpha) - both,
        mean(psi(beta + end - x), psi(beta + k - x[:, None])) - psi(beta) - both,
        mean(np.full(x.size, psi(gamma)), np.full(k.shape, psi(gamma + 1))) - either * psi(gamma) - left,
        mean(psi(delta + end), psi(delta + k)) - psi(delta) - left,
    ])
