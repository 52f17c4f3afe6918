"""The negative binomial distribution of purchases (Ehrenberg 1959): people differ in how often they buy, for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.equity.checks import Floats, number

LEAST_PENETRATION = 1e-6
_LONELY, _POISSON = -25.0, 18.0  # ln K where hardly anybody buys everything, and where it is as good as Poisson


@dataclass(frozen=True)
class Nbd:
    """Purchase counts as a gamma-Poisson mixture with mean and shape (K); an infinite shape is plain Poisson."""

    mean: float
    shape: float

    @property
    def distribution(self) -> Any:
        """The counts as a distribution of SciPy."""
        from scipy.stats import nbinom, poisson

        endless = not np.isfinite(self.shape)
        return poisson(self.mean) if endless else nbinom(self.shape, self.shape / (self.shape + self.mean))

    def probabilities(self, largest: int) -> Floats:
        """P(0), ..., P(largest)."""
        counts = np.arange(largest + 1)
        return np.asarray(self.distribution.pmf(counts) if self.mean else counts == 0, dtype=np.float64)

    @property
    def zero_share(self) -> float:
        """Share of people who buy nothing, P(0) = (1 + M/K)^−K."""
        return float(self.probabilities(0)[0])


def shape_from_zeros(mean: float, zero_share: float) -> float:
    """K so that (1 + M/K)^−K is the share of non-buyers; infinite where there are no more of them than Poisson has.

    `mean`: M, purchases per person in the period, above 0. `zero_share`: share of people who buy nothing in it, between
    0 and 1.

    Raises:
        TypeError, ValueError: not a number of its range.

    Source: the method of mean and zeros, Ehrenberg (1988), Repeat-Buying.

    >>> round(shape_from_zeros(1.456, 0.44), 2)
    0.78
    """
    from scipy.optimize import brentq

    mean = number("mean", mean, 0.0, open_ends="low")
    zero_share = number("zero_share", zero_share, 0.0, 1.0, open_ends="both")

    def missed(k: float) -> float:
        return float(-np.exp(k) * np.log1p(mean * np.exp(-k)) - np.log(zero_share))

    if zero_share <= np.exp(-mean) or missed(_POISSON) >= 0.0:
        return float("inf")
    if missed(_LONELY) <= 0.0:
        raise ValueError(f"zero_share: {zero_share!r} is not allowed with a mean of {mean:.12g}; nearer to 0, because "
                         "hardly anybody would buy everything")
    return float(np.exp(brentq(missed, _LONELY, _POISSON)))


def fit_nbd(penetration: float, purchases_per_buyer: float) -> Nbd:
    """The NBD of a category from two figures: mean = penetration × purchases per buyer, K by `shape_from_zeros`.

    `penetration`: share of people who buy at all in the period, at least 0.000001 and below 1. `purchases_per_buyer`:
    of those who buy, at least 1.

    Raises:
        TypeError, ValueError: not a number of its range, or fewer purchases per buyer than people alike would make.

    Source: Ehrenberg (1988), Repeat-Buying.

    >>> category = fit_nbd(0.56, 2.6)
    >>> round(category.mean, 3), round(category.shape, 2)
    (1.456, 0.78)
    """
    share = number("penetration", penetration, LEAST_PENETRATION, 1.0, open_ends="high")
    often = number("purchases_per_buyer", purchases_per_buyer, 1.0)
    least = -np.log1p(-share) / share
    if often < least * (1.0 - 1e-12):
        raise ValueError(f"purchases_per_buyer: {often:.12g} is not allowed with a penetration of {share:.12g}; at "
                         f"least {least:.6g}, what people alike would buy (Poisson)")
    return Nbd(share * often, shape_from_zeros(share * often, 1.0 - share))
