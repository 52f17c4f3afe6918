"""Pareto/NBD: how often customers buy, and when they are lost (Schmittlein, Morrison and Colombo 1987)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit, exprel, gammaln, polygamma, psi, xlogy

from sim.equity.btyd._histories import Histories, TimedModel, fit_in_time
from sim.equity.btyd._maximum import Weighted, by_logarithms, dot, in_blocks
from sim.equity.btyd._sums import discounted_increments, over_scales
from sim.equity.checks import Floats

STARTS = ((0.6, 0.4, 0.6, 0.4), (2.0, 1.5, 2.0, 3.0), (0.2, 0.1, 0.3, 0.1))
TIMES_OF_LOSS = 200  # nodes of the mean over the time of loss in P(x, t)
GAUSS = np.polynomial.legendre.leggauss(32)  # nodes and weights of the integral in P(alive)
DROP = 45.0  # the integral ends where the integrand has fallen by exp(-45)
BLOCK = 512  # histories worked on at once


@dataclass(frozen=True, repr=False)
class ParetoNBD(TimedModel):
    """The Pareto/NBD model, fitted or built from known parameters.

    A customer buys at rate λ for as long as they are active, and is lost at rate μ at any moment; λ ~ Gamma(shape r,
    rate alpha), μ ~ Gamma(shape s, rate beta) over customers. Times are counted from the first purchase in one unit
    (that of the data); `alpha` and `beta` are in that unit. With x purchases:

        P(alive)  1/(1 + s·∫/((α+T)^−(r+x) (β+T)^−s)), ∫ of (α+u)^−(r+x) (β+u)^−(s+1) over u from recency to T
        E[X(t)]   r·β/(α(s−1))·(1 − (β/(β+t))^(s−1)), at s = 1 its limit r·β/α·ln(1 + t/β); given a history, P(alive)
                  times the same with r+x, α+T and β+T
        P(x, t)   mean, over the time of being active within t, of the negative binomial probability of x

    Source: Schmittlein, Morrison and Colombo (1987), Management Science 33(1), 1-24; Fader and Hardie (2005), "A note
    on deriving the Pareto/NBD model and related expressions".

    >>> cdnow = ParetoNBD(0.5534, 10.5802, 0.6061, 11.6562)
    >>> round(cdnow.expected_purchases(52), 3), round(cdnow.probability_alive(0, 0, 39), 4)
    (1.473, 0.2941)
    >>> round(cdnow.conditional_expectation(52, 26, 30.857143, 31), 2)
    25.45
    """

    r: float
    alpha: float
    s: float
    beta: float

    def _expected(self, time: Floats) -> Floats:
        return np.asarray(self.r / self.alpha * self._active_time(time, self.beta))

    def _conditional(self, time: Floats, past: Histories) -> Floats:
        return np.asarray(self._rate_alive(past) * self._active_time(time, self.beta + past.T))

    def _chance(self, count: Floats, time: Floats) -> Floats:
        coefficient = gammaln(self.r + count) - gammaln(self.r) - gammaln(count + 1)

        def bought(until: Floats) -> Floats:
            share = until / (self.alpha + until)
            return np.asarray(np.exp(coefficient + self.r * np.log1p(-share) + xlogy(count, share)))

        # w = ln((β+u)/β), u the time of loss, has the density s·exp(−s·w)
        end = np.log1p(time / self.beta)
        found = bought(time) * np.exp(-self.s * end)
        for node, weight in zip(*np.polynomial.legendre.leggauss(TIMES_OF_LOSS), strict=True):
            w = 0.5 * (1.0 + node) * end
            found = found + 0.5 * weight * end * self.s * np.exp(-self.s * w) * bought(self.beta * np.expm1(w))
        return found

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
        log_ratio = np.log1p(time / scale)
        return np.asarray(scale * log_ratio * exprel((1.0 - self.s) * log_ratio))

    def _alive(self, past: Histories) -> Floats:
        parameters = np.array([self.r, self.alpha, self.s, self.beta])
        x, last, end = (column.ravel() for column in past)
        lost = _loss_integral(parameters, x, last, end)
        active = -(self.r + x) * np.log(self.alpha + end) - self.s * np.log(self.beta + end)
        return np.asarray(expit(active - np.log(self.s) - lost).reshape(past.T.shape))

    def _discounted(self, past: Histories, rate: float, horizon: float | None) -> Floats:
        later = over_scales(
            lambda scales: discounted_increments(lambda time: self._active_time(time, scales), rate, horizon),
            self.beta + past.T.ravel())
        return self._rate_alive(past) * later.reshape(past.T.shape)

    def _rate_alive(self, past: Histories) -> Floats:
        """P(alive) times the rate of buying to expect while alive."""
        return self._alive(past) * (self.r + past.frequency) / (self.alpha + past.T)


def fit_pareto_nbd(frequency: Any, recency: Any, T: Any, weights: Any = None) -> ParetoNBD:  # noqa: N803
    """Fit the Pareto/NBD model by maximum likelihood; columns, errors and what is given back as `fit_bg_nbd`.

    Source: Fader and Hardie (2005), "A note on deriving the Pareto/NBD model and related expressions"; the likelihood
    by quadrature of the time of loss.

    >>> fit = fit_pareto_nbd([0, 0, 1, 0, 3, 0, 6], [0, 0, 5, 0, 30, 0, 38], [39, 38, 38, 36, 39, 30, 39])
    >>> fit.customers, fit.log_likelihood < 0
    (7.0, True)
    """
    past = Histories(frequency, recency, T)
    return fit_in_time(ParetoNBD, _ParetoNBDLikelihood, past, weights, STARTS, lambda s, beta: [
        (s - beta < -5, "The rate of loss is about 0 here: forecasts are those of customers who never leave; watch for "
                        "longer."),
        (min(s, beta) > 6, "Customers look alike in how easily they are lost: only s/beta is told by these data."),
    ])


class _Loss(NamedTuple):
    """Of every history: ln ∫, its slopes by r, alpha, s, beta [4, n], and second derivatives [n, 4, 4] if asked for."""

    log_integral: Floats
    slopes: Floats
    bends: Floats


def _loss_integral(parameters: Floats, x: Floats, recency: Floats, ended: Floats) -> Floats:
    """ln ∫ of each history; −inf where no time has passed since the last purchase."""
    return np.concatenate([_loss(parameters, *rows).log_integral for rows in in_blocks((x, recency, ended), BLOCK)])


def _loss(parameters: Floats, x: Floats, recency: Floats, ended: Floats, *, twice: bool = False) -> _Loss:
    """ln ∫ of a block of histories, with its derivatives: means under the integrand of those of its logarithm.

    With u + m = (m + recency)·e^w, m = min(α, β), the integrand is log-concave and smooth in w; Gauss's rule is laid
    over the part of it that matters, so that neither large counts nor α far from β cost digits.
    """
    r, alpha, s, beta = parameters
    near, power = min(alpha, beta), r + x
    start = near + recency
    span = np.log((near + ended) / start)
    width = _width(span, ((power, alpha - near), (s + 1.0, beta - near)), start)
    nodes, weights = GAUSS
    w = 0.5 * width[:, None] * (1.0 + nodes)
    log_near, moved = np.log(start)[:, None] + w, start[:, None] * np.exp(w)
    log_a, a_u = (log_near, moved) if near == alpha else _moved_on(moved, alpha - near)
    log_b, b_u = (log_near, moved) if near == beta else _moved_on(moved, beta - near)
    log_f = log_near - power[:, None] * log_a - (s + 1.0) * log_b
    top = log_f.max(axis=1)
    f = weights * np.exp(log_f - top[:, None])
    total = f.sum(axis=1)
    with np.errstate(divide="ignore"):
        log_integral = top + np.log(total) + np.log(0.5 * width)
    terms = np.array([-log_a, -power[:, None] / a_u, -log_b, -(s + 1.0) / b_u])
    f /= total[:, None]
    slopes = np.einsum("ij,kij->ki", f, terms)
    return _Loss(log_integral, slopes, _bends((f, terms, slopes), power, s) if twice else np.empty((0, 4, 4)))


def _moved_on(moved: Floats, offset: float) -> tuple[Floats, Floats]:
    further = moved + offset
    return np.log(further), further


def _bends(parts: tuple[Floats, Floats, Floats], power: Floats, s: float) -> Floats:
    """Second derivatives of ln ∫: the variance of the slopes of the integrand plus the mean of its own bends."""
    f, terms, slopes = parts
    rows = terms.transpose(1, 0, 2)
    squares = (rows * f[:, None, :]) @ rows.transpose(0, 2, 1)
    bends: Floats = squares - np.einsum("in,jn->nij", slopes, slopes)
    for one, two, scale in ((0, 1, power), (2, 3, np.full_like(power, s + 1.0))):
        bends[:, one, two] += slopes[two] / scale  # −E[1/(α+u)]
        bends[:, two, one] += slopes[two] / scale
        bends[:, two, two] += squares[:, two, two] / scale
    return bends


def _width(span: Floats, powers: tuple[tuple[Floats | float, float], ...], start: Floats) -> Floats:
    """How far in w the integrand matters: Newton's steps from outside on a convex drop never go too far in."""
    width = span
    for _ in range(4):
        moved = start * np.exp(width)
        height, slope = -width - DROP, -np.ones_like(width)
        for power, offset in powers:
            height = height + power * np.log((moved + offset) / (start + offset))
            slope = slope + power * moved / (moved + offset)
        width = np.where(height > 0, width - height / np.maximum(slope, 1e-300), width)
    return width


@dataclass(frozen=True)
class _ParetoNBDLikelihood:
    """Log-likelihood of (r, alpha, s, beta) given distinct histories; called with the logarithms of the parameters.

    ln L = ln Γ(r+x) − ln Γ(r) + r ln α + s ln β + ln{(α+T)^−(r+x) (β+T)^−s + s·∫}: still active at T, or lost before.
    """

    rows: Weighted

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        parameters = np.exp(logs)
        value, slope = 0.0, np.zeros(4)
        for *columns, weights in in_blocks((*self.rows.columns, self.rows.weights), BLOCK):
            found = _either(parameters, columns, _loss(parameters, *columns))
            value += float(dot(weights, found.value))
            slope += dot(weights, found.slopes)
        return value, slope * parameters

    def curvature(self, logs: Floats) -> Floats:
        parameters = np.exp(logs)
        slope, bend = np.zeros(4), np.zeros((4, 4))
        for *columns, weights in in_blocks((*self.rows.columns, self.rows.weights), BLOCK):
            lost = _loss(parameters, *columns, twice=True)
            found = _either(parameters, columns, lost)
            slope += dot(weights, found.slopes)
            bend += _bend(parameters, columns, found, np.einsum("n,nij->ij", weights * (1.0 - found.p), lost.bends),
                          weights)
        return by_logarithms(bend, slope * parameters, parameters)


class _Either(NamedTuple):
    """Of each history: ln L, its slopes, the chance to be active, and how the slopes if active exceed those if lost."""

    value: Floats
    slopes: Floats
    p: Floats
    apart: Floats


def _either(parameters: Floats, columns: Sequence[Floats], lost: _Loss) -> _Either:
    r, alpha, s, beta = parameters
    x, _, ended = columns
    log_a, log_b = np.log(alpha + ended), np.log(beta + ended)
    active = -(r + x) * log_a - s * log_b
    either = np.logaddexp(active, np.log(s) + lost.log_integral)
    p = np.exp(active - either)
    if_active = np.array([-log_a, -(r + x) / (alpha + ended), -log_b, -s / (beta + ended)])
    if_lost = lost.slopes + np.array([0.0, 0.0, 1.0 / s, 0.0])[:, None]
    before = np.array([psi(r + x) - psi(r) + np.log(alpha), np.full(x.size, r / alpha),
                       np.full(x.size, np.log(beta)), np.full(x.size, s / beta)])
    value = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + either
    return _Either(value, before + p * if_active + (1.0 - p) * if_lost, p, if_active - if_lost)


def _bend(
    parameters: Floats, columns: Sequence[Floats], found: _Either, lost_bend: Floats, weights: Floats
) -> Floats:
    """Second derivatives by the parameters, summed."""
    r, alpha, s, beta = parameters
    x, _, ended = columns
    bend: Floats = np.einsum("n,in,jn->ij", weights * found.p * (1.0 - found.p), found.apart, found.apart)
    bend += lost_bend
    active, many = weights * found.p, float(weights.sum())
    cross_a = many / alpha - dot(active, 1.0 / (alpha + ended))
    cross_b = many / beta - dot(active, 1.0 / (beta + ended))
    bend[[0, 1], [1, 0]] += cross_a
    bend[[2, 3], [3, 2]] += cross_b
    bend[0, 0] += dot(weights, polygamma(1, r + x)) - many * polygamma(1, r)
    bend[1, 1] += dot(active, (r + x) / (alpha + ended) ** 2) - many * r / alpha**2
    bend[2, 2] -= dot(weights, 1.0 - found.p) / s**2
    bend[3, 3] += dot(active, s / (beta + ended) ** 2) - many * s / beta**2
    return bend
