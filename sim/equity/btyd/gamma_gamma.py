"""Gamma-Gamma: what customers spend at a purchase (Fader, Hardie and Lee 2005; Fader and Hardie 2013)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import gammaln, polygamma, psi

from sim.equity.btyd._histories import MOST_PURCHASES, checked_generator, checked_weights, enough
from sim.equity.btyd._maximum import Fitted, Peak, Weighted, advice, condensed, dot, estimates, fit
from sim.equity.checks import Floats, broadcast, column, numbers, plain, same_length, whole_column, wholes

NAMES = ("p", "q", "v")


@dataclass(frozen=True, repr=False)
class GammaGamma(Fitted):
    """The Gamma-Gamma model of spend per purchase, fitted or built from known parameters.

    A customer's purchases are Gamma(shape p, rate ν), ν ~ Gamma(shape q, rate v) over customers, so that the mean of a
    customer is p/ν and that of all customers p·v/(q − 1). `v` is in units of money. How often somebody buys and how
    much they spend are taken as unrelated; `correlation` says how far that holds in the data.

    Source: Fader, Hardie and Lee (2005), Journal of Marketing Research 42(4), 415-430; Fader and Hardie (2013), "The
    Gamma-Gamma model of monetary value".

    >>> round(GammaGamma(6.25, 3.74, 15.44).expected_spend(2, 22.35), 2)
    24.66
    """

    p: float
    q: float
    v: float
    correlation: float = field(default=float("nan"), kw_only=True)
    """Pearson's correlation of frequency and mean spend among those who bought again; NaN where it is unknown."""

    def expected_spend(self, frequency: Any, monetary_value: Any) -> Any:
        """Mean spend per purchase to expect of a customer with this history.

        (v + x·z)·p/(p·x + q − 1): a weighted mean of the customer's own average z over x purchases and of p·v/(q − 1),
        the mean of all. For frequency 0, `monetary_value` is not looked at; otherwise it is above 0. Infinite where
        p·x + q ≤ 1.
        """
        x, spend = _checked_spend(frequency, monetary_value)
        below = self.p * x + self.q - 1.0
        with np.errstate(divide="ignore"):
            found = np.where(below > 0, self.p * (self.v + x * spend) / np.where(below > 0, below, 1.0), np.inf)
        return plain(found)

    @property
    def mean_spend(self) -> float:
        """Mean spend per purchase over all customers, p·v/(q − 1); infinite where q ≤ 1."""
        return self.p * self.v / (self.q - 1.0) if self.q > 1 else float("inf")

    @property
    def mean_is_known(self) -> bool:
        """Whether q is surely above 1; else the mean is infinite, or not determined by the data.

        Of a model that was fitted, by two standard errors; from q = 2 on always, as the spread of means is finite then.

        >>> GammaGamma(1.0, 1.01, 20.0, standard_errors={"q": 0.05}).mean_is_known
        False
        """
        error = self.standard_errors.get("q", float("nan") if self.customers else 0.0)
        return self.q > 2.0 or self.q - 1.0 > 2.0 * error

    def simulate(self, frequency: Any, rng: np.random.Generator) -> Floats:
        """Average spend of customers with these numbers of purchases; 0 where there are none."""
        x = wholes("frequency", frequency, 0, MOST_PURCHASES).astype(np.float64)
        draw = checked_generator(rng)
        rate = draw.gamma(self.q, 1.0 / self.v, x.shape)
        some = np.maximum(x, 1.0)
        return np.where(x > 0, draw.gamma(self.p * some) / (rate * some), 0.0)


def _checked_spend(frequency: Any, monetary_value: Any) -> tuple[Floats, Floats]:
    x = wholes("frequency", frequency, 0, MOST_PURCHASES).astype(np.float64)
    spend = numbers("monetary_value", monetary_value)
    x, spend = (np.array(column) for column in broadcast(frequency=x, monetary_value=spend))
    bad = (x > 0) & (spend <= 0)
    if bad.any():
        place = int(np.argmax(bad))
        raise ValueError(f"monetary_value: {spend.flat[place]:.12g} is not allowed (value {place + 1} of {spend.size}, "
                         f"frequency {x.flat[place]:g}); a number above 0 where frequency is above 0")
    return x, np.where(x > 0, spend, 0.0)


def fit_gamma_gamma(frequency: Any, monetary_value: Any, weights: Any = None) -> GammaGamma:
    """Fit the Gamma-Gamma model by maximum likelihood.

    `frequency`: repeat purchases of each customer, `monetary_value`: their mean spend at those. Customers with
    frequency 0 carry no information and are left out. `weights` are the customers behind each row. Where the likelihood
    has no maximum (all spend the same), `converged` is False and `advice` says what to do, as of `fit_bg_nbd`.

    Raises:
        TypeError, ValueError: no numbers, unequal lengths, fewer than two customers with a repeat purchase, a spend of
            0 or less; the message names it.

    >>> fit = fit_gamma_gamma([1, 2, 1, 4, 0], [10.0, 20.0, 35.0, 18.0, 0.0])
    >>> fit.customers, fit.log_likelihood < 0
    (4.0, True)
    """
    x = whole_column("frequency", frequency, 0, MOST_PURCHASES).astype(np.float64)
    spend = column("monetary_value", monetary_value)
    same_length(frequency=x, monetary_value=spend)
    x, spend = _checked_spend(x, spend)
    counted = np.where(x > 0, checked_weights(weights, x.size), 0.0)
    if not counted.any():
        raise ValueError("frequency: nobody bought again; spend per repeat purchase needs at least two who did")
    enough("frequency", counted)
    rows = condensed((x, spend), counted)
    x, spend = rows.columns
    unit = float(np.exp(rows.mean(np.log(spend))))
    starts = [np.log([4.0, 4.0, 1.0]), np.log([1.0, 2.0, 1.0]), np.log([30.0, 8.0, 0.3])]
    peak = fit(_GammaGammaLikelihood.of, rows._replace(columns=(x, spend / unit)), starts)
    return GammaGamma(
        **estimates(peak, {"p": 1.0, "q": 1.0, "v": unit}, rows.total, rows.total * float(np.log(unit))),
        correlation=_correlation(rows), advice=_advice(peak, rows.columns),
    )


def _correlation(rows: Weighted) -> float:
    """The weighted correlation of two columns; NaN where one of them does not vary."""
    first, second = (column - rows.mean(column) for column in rows.columns)
    spread = float(np.sqrt(rows.mean(first**2) * rows.mean(second**2)))
    return rows.mean(first * second) / spread if spread > 0 else float("nan")


def _advice(peak: Peak, columns: tuple[Floats, ...]) -> str:
    x, spend = columns
    p, q, _ = peak.logs
    found = advice(peak, NAMES, [
        (np.ptp(spend) <= 1e-9 * spend.max(), "All spend the same: take that amount as the spend of everybody; no "
                                              "model is needed."),
        (x.max() == 1, "Nobody bought again more than once: how far the purchases of one customer vary cannot be told; "
                       "watch for longer."),
    ], [
        (("p",), [(p > 6, "Purchases of one customer hardly vary: take each customer's own average as their spend.")]),
        (("q", "v"), [(q > 6, "Customers hardly differ in what they spend: take the mean of all purchases as "
                              "everybody's spend.")]),
    ], "More customers with several purchases would settle it.")
    infinite = "q is 1 or less: the mean spend of all customers is infinite in this model; cap a few huge amounts."
    return f"{found} {infinite}".strip() if q <= 0 else found


@dataclass(frozen=True)
class _GammaGammaLikelihood:
    """Log-likelihood of (p, q, v) given distinct pairs of count x and mean spend z; called with the logarithms.

    ln L = ln Γ(px+q) − ln Γ(px) − ln Γ(q) + q ln v + (px−1) ln z + px ln x − (px+q) ln(v + x z).

    Counts are few: everything that depends on the count alone is worked out once per count.
    """

    counts: Floats  # the distinct ones
    of_counts: Floats  # the weight of each
    total: Floats  # x·z of every pair
    weights: Floats
    weighted_counts: Floats  # weight times x
    fixed: tuple[float, float]  # Σ weight·x·ln(x z) and Σ weight·ln z

    @classmethod
    def of(cls, rows: Weighted) -> _GammaGammaLikelihood:
        (x, spend), weights = rows.columns, rows.weights
        counts, place = np.unique(x, return_inverse=True)
        fixed = float(dot(weights * x, np.log(x * spend))), float(dot(weights, np.log(spend)))
        return cls(counts, np.bincount(place, weights).astype(np.float64), x * spend, weights, weights * x, fixed)

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        p, q, v = np.exp(logs)
        x, many, everybody = self.counts, self.of_counts, float(self.of_counts.sum())
        log_all, share = np.log(v + self.total), v / (v + self.total)
        once, times = float(dot(self.weights, log_all)), float(dot(self.weighted_counts, log_all))
        value = float(dot(many, gammaln(p * x + q) - gammaln(p * x) - gammaln(q))) + everybody * q * float(np.log(v))
        value += p * self.fixed[0] - self.fixed[1] - p * times - q * once
        both = psi(p * x + q)
        slope = np.array([
            p * (float(dot(many * x, both - psi(p * x))) + self.fixed[0] - times),
            q * (float(dot(many, both - psi(q) + np.log(v))) - once),
            everybody * q - p * float(dot(self.weighted_counts, share)) - q * float(dot(self.weights, share)),
        ])
        return value, slope

    def curvature(self, logs: Floats) -> Floats:
        p, q, v = np.exp(logs)
        x, many = self.counts, self.of_counts
        share = v / (v + self.total)
        rest = share * (1.0 - share)
        both = polygamma(1, p * x + q)
        bend = np.zeros((3, 3))
        bend[0, 0] = p**2 * dot(many * x**2, both - polygamma(1, p * x))
        bend[0, 1] = bend[1, 0] = p * q * dot(many * x, both)
        bend[0, 2] = bend[2, 0] = -p * dot(self.weighted_counts, share)
        bend[1, 1] = q**2 * dot(many, both - polygamma(1, q))
        bend[1, 2] = bend[2, 1] = q * dot(self.weights, 1.0 - share)
        bend[2, 2] = -p * dot(self.weighted_counts, rest) - q * dot(self.weights, rest)
        bend[[0, 1], [0, 1]] += self(logs)[1][:2]
        return bend
