"""Shifted-beta-geometric: how long contracts are kept, from a table of survivors (Fader and Hardie 2007, 2010)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import betaln

from sim.equity.btyd._histories import checked_generator
from sim.equity.btyd._maximum import Fitted, Peak, advice, by_logarithms, dot, estimates, maximise
from sim.equity.btyd._sums import discounted_steps
from sim.equity.checks import Floats, Ints, column, number, plain, same_length, whole, wholes

NAMES = ("alpha", "beta")


@dataclass(frozen=True, repr=False)
class SBG(Fitted):
    """The shifted-beta-geometric model of contractual customers, fitted or built from known parameters.

    At each renewal a customer leaves with probability p of their own; p ~ Beta(alpha, beta) over customers. Those with
    high p leave early, so retention of a cohort rises with tenure although nobody's own does. Renewals t are counts, a
    discount is per period between renewals and above 0; anything else is refused (TypeError, ValueError).

    Source: Fader and Hardie (2007), Journal of Interactive Marketing 21(1), 76-90; (2010), Marketing Science 29(1),
    85-93.

    >>> regular = SBG(0.704, 1.182)
    >>> regular.survival([0, 1, 2]).round(3).tolist(), round(regular.retention(1), 3)
    ([1.0, 0.627, 0.474], 0.627)
    """

    alpha: float
    beta: float

    def survival(self, t: Any) -> Any:
        """Share of a cohort that has made t = 0, 1, 2, … renewals: B(α, β+t)/B(α, β)."""
        count = wholes("t", t).astype(np.float64)
        return plain(np.exp(betaln(self.alpha, self.beta + count) - betaln(self.alpha, self.beta)))

    def retention(self, t: Any) -> Any:
        """Share of those who made renewal t − 1 that makes renewal t, t = 1, 2, …: (β+t−1)/(α+β+t−1)."""
        before = wholes("t", t, 1).astype(np.float64) - 1.0
        return plain((self.beta + before) / (self.alpha + self.beta + before))

    def discounted_expected_lifetime(self, discount: float) -> float:
        """Present value, in payments, of a new customer who pays now and at every renewal (DEL): Σ S(t)/(1 + i)^t.

        >>> round(SBG(0.704, 1.182).discounted_expected_lifetime(0.1), 4)
        3.6951
        """
        rate = number("discount", discount, 0.0, 1e6, open_ends="low")
        return 1.0 + float(self._later(np.zeros(1), rate)[0])

    def discounted_expected_residual_lifetime(self, discount: float, renewals: Any) -> Any:
        """Present value, in payments, of a customer seen just before their renewal number n = 1, 2, … (DERL).

        Σ over t = n, n+1, … of S(t)/S(n−1)/(1 + discount)^(t−n): evaluated just before it is known whether the n-th
        renewal is made; its payment counts in full. Fader and Hardie (2010), equation 5.

        >>> SBG(0.704, 1.182).discounted_expected_residual_lifetime(0.1, [1, 2]).round(4).tolist()
        [2.9647, 4.1035]
        """
        rate = number("discount", discount, 0.0, 1e6, open_ends="low")
        before = wholes("renewals", renewals, 1).astype(np.float64) - 1.0
        distinct, place = np.unique(before, return_inverse=True)
        found = (1.0 + rate) * self._later(distinct, rate)
        return plain(found[place.reshape(before.shape)])

    def simulate(self, customers: int, periods: int, rng: np.random.Generator) -> Ints:
        """Survivors of a cohort at 0, 1, …, periods."""
        draw = checked_generator(rng)
        count, last = whole("customers", customers, 1, 10**8), whole("periods", periods, 1, 10**6)
        p = np.minimum(draw.beta(self.alpha, self.beta, count), 1 - 1e-16)
        left = np.ceil(draw.exponential(size=count) / -np.log1p(-np.maximum(p, 1e-300)))
        gone = np.bincount(np.minimum(left, last + 1).astype(np.int64), minlength=last + 2)
        return np.asarray(count - np.cumsum(gone)[: last + 1])

    def _later(self, made: Floats, discount: float) -> Floats:
        """Σ over k = 1, 2, … of S(n+k)/S(n)/(1 + discount)^k, by the number n of renewals made."""
        steps = discounted_steps(discount, None)
        start = self.beta + made[:, None]
        return np.asarray(np.exp(betaln(self.alpha, start + steps.time) - betaln(self.alpha, start)) @ steps.weight)


@dataclass(frozen=True)
class _SBGLikelihood:
    """Log-likelihood of (alpha, beta) given those at risk and those who left at renewals 1, 2, …

    Σ over t of leavers·ln α + stayers·ln(β+t−1) − all·ln(α+β+t−1): at renewal t, α/(α+β+t−1) of those who are left go.
    """

    at_risk: Floats
    leavers: Floats

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        alpha, beta = np.exp(logs)
        before = np.arange(self.at_risk.size)
        stayers, left = self.at_risk - self.leavers, float(self.leavers.sum())
        everybody = self.at_risk / (alpha + beta + before)
        value = left * logs[0] + dot(stayers, np.log(beta + before)) - dot(self.at_risk, np.log(alpha + beta + before))
        slope = np.array([left - alpha * everybody.sum(), beta * (dot(stayers, 1 / (beta + before)) - everybody.sum())])
        return float(value), slope

    def curvature(self, logs: Floats) -> Floats:
        alpha, beta = np.exp(logs)
        before = np.arange(self.at_risk.size)
        twice = float((self.at_risk / (alpha + beta + before) ** 2).sum())
        stayed = float(dot(self.at_risk - self.leavers, 1 / (beta + before) ** 2))
        return by_logarithms(np.array([[twice, twice], [twice, twice - stayed]]) - np.diag(
            [self.leavers.sum() / alpha**2, 0.0]), self(logs)[1], np.array([alpha, beta]))


def fit_sbg(survivors: Any) -> SBG:
    """Fit the shifted-beta-geometric model to one cohort by maximum likelihood.

    `survivors`: people who are still customers after 0, 1, 2, … renewals, the whole cohort first; fractions are
    allowed. Where the likelihood has no maximum (nobody left, all left at once, retention that does not rise), the
    best point within wide limits is given back with `converged=False` and `advice` that says what to do.

    Raises:
        TypeError, ValueError: not numbers of at least 0, fewer than two, fewer than 2 people, or a cohort that grows.

    Source: Fader and Hardie (2007), equation 6 and appendix B.

    >>> fit = fit_sbg([1000, 631, 468, 382, 326, 289, 262, 241])
    >>> round(fit.alpha, 3), round(fit.beta, 3), round(fit.log_likelihood, 1)
    (0.704, 1.182, -1680.3)
    """
    counts = column("survivors", survivors, 0.0, least=2)
    number("survivors", counts[0], 2.0)
    grown = np.diff(counts) > 0
    if grown.any():
        place = int(np.argmax(grown)) + 1
        raise ValueError(f"survivors: {counts[place]:g} (value {place + 1} of {counts.size}) is above the "
                         f"{counts[place - 1]:g} before it; a cohort only shrinks")
    return _fitted(counts[:-1], -np.diff(counts))


def fit_sbg_at_risk(at_risk: Any, leavers: Any) -> SBG:
    """Fit the model where people are watched for different times: those at risk and those who left at renewal 1, 2, …

    With one cohort this is `fit_sbg`; several, or people who are cut off before the end, are added up by renewal.

    Raises:
        TypeError, ValueError: not numbers of at least 0, no renewal, fewer than 2 people at the first, unequal lengths,
            or more leavers than people at risk.

    Source: Fader and Hardie (2007); Kaplan and Meier (1958).

    >>> fit_sbg_at_risk([1000, 631, 468], [369, 163, 86]) == fit_sbg([1000, 631, 468, 382])
    True
    """
    people, gone = column("at_risk", at_risk, 0.0), column("leavers", leavers, 0.0)
    same_length(at_risk=people, leavers=gone)
    number("at_risk", people[0], 2.0)
    more = gone > people
    if more.any():
        place = int(np.argmax(more))
        raise ValueError(f"leavers: {gone[place]:g} (value {place + 1} of {gone.size}) are more than the "
                         f"{people[place]:g} at risk")
    return _fitted(people, gone)


def _fitted(at_risk: Floats, leavers: Floats) -> SBG:
    share = float(np.clip(leavers[0] / at_risk[0], 0.01, 0.99))
    starts = [np.log([size * share, size * (1 - share)]) for size in (2.0, 0.2, 50.0)]
    peak = maximise(_SBGLikelihood(at_risk, leavers), starts, float(at_risk[0]))
    return SBG(**estimates(peak, dict.fromkeys(NAMES, 1.0), float(at_risk[0])), advice=_advice(peak, at_risk, leavers))


def _advice(peak: Peak, at_risk: Floats, leavers: Floats) -> str:
    return advice(peak, NAMES, [
        (not leavers.any(), "Nobody left: no rate of leaving can be told; watch the cohort for longer."),
        (leavers[0] == at_risk[0], "Everybody left at the first renewal: nothing is left to tell."),
        (at_risk.size == 1, "One renewal tells one number, its retention; two or more are needed."),
        (_falls(at_risk, leavers), "Retention falls with tenure, which this model cannot show: it does not fit these "
                                   "customers. Use the shares that were observed (sim.equity.survival.kaplan_meier), "
                                   "and look for what makes them leave later."),
        (peak.logs.min() > 4, "Retention does not rise with tenure: customers look alike, so use one constant "
                              "retention, beta/(alpha + beta)."),
    ], [], "A larger cohort or more renewals would settle it.")


def _falls(at_risk: Floats, leavers: Floats) -> bool:
    """Whether the share that leaves rises from renewal to renewal by more than chance, at 5 % (Cochran 1954)."""
    renewal = np.arange(at_risk.size, dtype=np.float64)
    time = renewal - dot(at_risk, renewal) / at_risk.sum()
    share = leavers.sum() / at_risk.sum()
    spread = share * (1.0 - share) * float(dot(at_risk, time**2))
    return bool(spread > 0 and float(dot(leavers, time)) > 1.96 * np.sqrt(spread))
