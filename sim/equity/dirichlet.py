"""The NBD-Dirichlet of Goodhardt, Ehrenberg and Chatfield (1984): what a category's figures say of its brands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln

from sim.equity.checks import Floats, column, number, same_length
from sim.equity.nbd import Nbd, fit_nbd

LEAST_DIVERSITY, MOST_DIVERSITY = 0.01, 200.0  # (assumption) nearly all keep to one brand; nearly all are alike
TAIL = 1e-14
MOST_PURCHASES = 2_000_000


@dataclass(frozen=True)
class Dirichlet:
    """A category at rest: people buy it by an NBD, with lasting chances of each brand, Dirichlet(S·share) over people.

    `mean` M: purchases per person and period, above 0. `shape` K: of the NBD, above 0, infinite for Poisson.
    `diversity` S: above 0; small where people keep to their brands. `shares`: of purchases, one per brand, each above
    0, together at most 1 (the rest: other brands). What is outside its range is refused (TypeError, ValueError).

    Source: Goodhardt, Ehrenberg and Chatfield (1984), Journal of the Royal Statistical Society A 147(5); its
    toothpaste market, a quarter:

    >>> market = Dirichlet(mean=1.456, shape=0.779, diversity=1.30, shares=(0.25, 0.19, 0.10, 0.08, 0.03, 0.02))
    >>> market.penetration().round(2).tolist(), market.purchases_per_buyer()[[0, -1]].round(2).tolist()
    ([0.2, 0.16, 0.09, 0.07, 0.03, 0.02], [1.82, 1.61])
    """

    mean: float
    shape: float
    diversity: float
    shares: tuple[float, ...]

    def __post_init__(self) -> None:
        mean = number("mean", self.mean, 0.0, open_ends="low")
        endless = isinstance(self.shape, (float, np.floating)) and self.shape == np.inf
        shape = np.inf if endless else number("shape", self.shape, 0.0, open_ends="low")
        shares = column("shares", self.shares, 0.0, 1.0, open_ends="low")
        if shares.sum() > 1.0 + 1e-9:
            raise ValueError(f"shares: they sum to {shares.sum():.12g}; at most 1")
        found = {"mean": mean, "shape": float(shape), "shares": tuple(shares.tolist()),
                 "diversity": number("diversity", self.diversity, 0.0, open_ends="low")}
        for name, value in found.items():
            object.__setattr__(self, name, value)

    @cached_property
    def _chances(self) -> Floats:
        """P(n) of category purchases, up to where hardly anybody is left."""
        purchases = Nbd(self.mean, self.shape)
        last = purchases.distribution.isf(TAIL)
        if not last <= MOST_PURCHASES:
            raise ValueError(f"mean: {self.mean:.12g} with the shape {self.shape:.12g} is too much to add up; "
                             "a shorter period")
        return purchases.probabilities(int(last) + 1)

    def _bought_none_of(self, share: float) -> Floats:
        return _none_of(self._chances, self.diversity, share)

    def bought_none(self, share: float) -> float:
        """Share of people who buy nothing, in the period, of a group of brands with this share of purchases, 0..1."""
        return float(self._bought_none_of(number("share", share, 0.0, 1.0)).sum())

    def penetration(self) -> Floats:
        """Share of people who buy each brand in the period [brands]."""
        return np.array([1.0 - self.bought_none(share) for share in self.shares])

    def purchases_per_buyer(self) -> Floats:
        """Purchases of a brand per buyer of it [brands]: smaller for small brands (double jeopardy)."""
        return np.asarray(self.mean * np.array(self.shares) / self.penetration())

    def category_purchases_per_buyer(self) -> Floats:
        """Purchases of the category per buyer of each brand [brands]."""
        n = np.arange(self._chances.size)
        elsewhere = np.array([(n * self._bought_none_of(share)).sum() for share in self.shares])
        return np.asarray((self.mean - elsewhere) / self.penetration())

    def share_of_requirements(self) -> Floats:
        """Share of its buyers' category purchases that a brand gets [brands], 0..1."""
        return np.asarray(self.purchases_per_buyer() / self.category_purchases_per_buyer())

    def sole_buyers(self) -> Floats:
        """Share of a brand's buyers who buy no other brand in the period [brands]: the wholly loyal."""
        nobody = self._chances[0]
        alone = np.array([self._bought_none_of(1.0 - share).sum() - nobody for share in self.shares])
        return np.asarray(alone / self.penetration())

    def repeat(self) -> Floats:
        """Share of a period's buyers of a brand who buy it again in the next period of the same length [brands].

        Who buys in neither of two periods is who buys nothing in one twice as long: 2 − b(2T)/b(T).
        """
        return np.asarray(2.0 - self.over(2.0).penetration() / self.penetration())

    def duplication(self) -> Floats:
        """Share of the row's buyers who also buy the column's brand in the period [brands, brands]; 1 with itself."""
        bought = self.penetration()
        shared = np.eye(len(bought))
        for i, first in enumerate(self.shares):
            for j, second in enumerate(self.shares[:i]):
                both = bought[i] + bought[j] - (1.0 - self.bought_none(min(1.0, first + second)))
                shared[i, j], shared[j, i] = both / bought[i], both / bought[j]
        return shared

    def duplication_coefficients(self) -> Floats:
        """D of each brand [brands]: mean duplication with it over its penetration; NaN for a single brand."""
        shared = self.duplication()
        others = len(shared) - 1
        if not others:
            return np.array([np.nan])
        return np.asarray((shared.sum(axis=0) - 1.0) / others / self.penetration())

    def over(self, periods: float) -> Dirichlet:
        """The same market watched for so many periods (above 0): the mean grows, K and S stay."""
        return replace(self, mean=self.mean * number("periods", periods, 0.0, open_ends="low"))


def fit_dirichlet(
    penetration: float, purchases_per_buyer: float, brand_penetration: Any, brand_purchases: Any = None, *,
    shares: Any = None,
) -> Dirichlet:
    """The NBD-Dirichlet of a category from its figures for one period.

    M = penetration × purchases per buyer; K by mean and zeros (`sim.equity.nbd.fit_nbd`); S by `fit_diversity`. Shares
    are brand_penetration × brand_purchases / M unless they are given.

    Args:
        penetration: share of people who buy the category, at least 0.000001 and below 1.
        purchases_per_buyer: category purchases per buyer of the category, at least 1.
        brand_penetration: share of people who buy each brand [brands], above 0 and below 1.
        brand_purchases: purchases of each brand per buyer of it [brands], at least 1; or give `shares`.
        shares: shares of purchases [brands], together at most 1; or give `brand_purchases`.

    Raises:
        TypeError, ValueError: not numbers of their range; both or neither of brand_purchases and shares; figures that
            no S can make.

    Source: Goodhardt, Ehrenberg and Chatfield (1984), as `Dirichlet`.

    >>> market = fit_dirichlet(0.56, 2.6, [0.20, 0.17, 0.09], shares=[0.25, 0.19, 0.10])
    >>> round(market.mean, 3), round(market.shape, 2), round(market.diversity, 2)
    (1.456, 0.78, 1.68)
    """
    category = fit_nbd(penetration, purchases_per_buyer)
    bought = column("brand_penetration", brand_penetration, 0.0, 1.0, open_ends="both")
    if (brand_purchases is None) == (shares is None):
        raise ValueError("brand_purchases, shares: one of the two is expected")
    if shares is None:
        often = column("brand_purchases", brand_purchases, 1.0)
        same_length(brand_penetration=bought, brand_purchases=often)
        found = bought * often / category.mean
        if found.sum() > 1.0 + 1e-9:
            raise ValueError(f"brand_purchases: with brand_penetration they make {found.sum():.6g} of all purchases of "
                             "the category; at most 1")
    else:
        found = column("shares", shares, 0.0, 1.0, open_ends="low")
    return Dirichlet(category.mean, category.shape, fit_diversity(category.mean, category.shape, found, bought),
                     tuple(found.tolist()))


def fit_diversity(mean: float, shape: float, shares: Sequence[float] | Floats, brand_penetration: Any) -> float:
    """S so that the brands are bought by as many as they are: solved for each brand, averaged by share.

    The arguments are those of `Dirichlet` and `fit_dirichlet`. A brand whose penetration no S from 0.01 to 200 can make
    takes no part.

    Raises:
        TypeError, ValueError: not numbers of their range, or no brand's penetration can be made.

    Source: Goodhardt, Ehrenberg and Chatfield (1984), who average over brands by share.

    >>> known = Dirichlet(1.456, 0.78, 1.2, (0.25, 0.10, 0.05))
    >>> round(fit_diversity(1.456, 0.78, known.shares, known.penetration()), 4)
    1.2
    """
    market = Dirichlet(mean, shape, 1.0, shares)  # type: ignore[arg-type]  # it makes a tuple of them
    chances = market._chances
    bought = column("brand_penetration", brand_penetration, 0.0, 1.0, open_ends="both", least=0)
    same_length(shares=np.array(market.shares), brand_penetration=bought)
    solved, weights = [], []
    for share, wanted in zip(market.shares, bought.tolist(), strict=True):
        def missed(s: float, share: float = share, wanted: float = wanted) -> float:
            return 1.0 - float(_none_of(chances, s, share).sum()) - wanted

        if missed(LEAST_DIVERSITY) * missed(MOST_DIVERSITY) < 0.0:
            solved.append(float(brentq(missed, LEAST_DIVERSITY, MOST_DIVERSITY)))
            weights.append(share)
    if not solved:
        raise ValueError("brand_penetration: no brand can have these penetrations with its share, whatever S is; more "
                         "buyers than with everybody alike, or fewer than with everybody wholly loyal")
    return float(np.average(solved, weights=weights))


def _none_of(chances: Floats, diversity: float, share: float) -> Floats:
    """P(n) · Γ(S)·Γ(S(1−s)+n) / (Γ(S(1−s))·Γ(S+n)): n purchases, none of them of brands with this share."""
    n, rest = np.arange(1, chances.size), diversity * max(0.0, 1.0 - share)
    none = np.exp(gammaln(diversity) + gammaln(rest + n) - gammaln(rest) - gammaln(diversity + n))
    return np.asarray(chances * np.r_[1.0, none])
