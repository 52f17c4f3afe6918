"""The NBD-Dirichlet: the published toothpaste market, every number a second way, and known limits."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln, gammaln, hyp1f1, hyp2f1

from sim.equity.dirichlet import Dirichlet, fit_dirichlet, fit_diversity
from sim.equity.nbd import Nbd, fit_nbd, shape_from_zeros

SHARES = (0.25, 0.19, 0.10, 0.10, 0.09, 0.08, 0.03, 0.02)
BOUGHT = (0.20, 0.17, 0.09, 0.08, 0.08, 0.07, 0.03, 0.02)
"""Toothpaste, first quarter of 1973, AGB panel (Goodhardt, Ehrenberg and Chatfield 1984): the category is bought by
56 %, 2.6 times by each."""

PARTS = st.lists(st.floats(0.05, 1.0), min_size=2, max_size=5)
MARKETS = st.builds(
    Dirichlet, st.floats(0.2, 12), st.floats(0.1, 8), st.floats(0.05, 20),
    PARTS.map(lambda parts: tuple(part / (1.1 * sum(parts)) for part in parts)),
)


def test_fit_of_the_toothpaste_market() -> None:
    """M 1.456, K .78, S 1.55: printed for these figures by the manual of the R package NBDdirichlet (Chen)."""
    market = fit_dirichlet(0.56, 2.6, BOUGHT, shares=SHARES)
    assert market.mean == pytest.approx(1.456)
    assert market.shape == pytest.approx(0.78, abs=0.005)
    assert market.diversity == pytest.approx(1.55, abs=0.005)


def test_published_table_of_the_toothpaste_market() -> None:
    """The same package's table with S 1.30: penetration, purchases of the brand and of the category per buyer."""
    category = fit_nbd(0.56, 2.6)
    market = Dirichlet(category.mean, category.shape, 1.2976, SHARES)
    assert market.penetration().round(2).tolist() == [0.20, 0.16, 0.09, 0.09, 0.08, 0.07, 0.03, 0.02]
    assert market.purchases_per_buyer() == pytest.approx([1.82, 1.76, 1.68, 1.68, 1.67, 1.66, 1.62, 1.61], abs=0.006)
    assert market.category_purchases_per_buyer() == pytest.approx(
        [3.16, 3.22, 3.30, 3.30, 3.31, 3.32, 3.37, 3.38], abs=0.006)
    assert market.duplication()[0, 1:] == pytest.approx([0.19, 0.10, 0.10, 0.09, 0.08, 0.03, 0.02], abs=0.006)
    year = market.over(4)
    assert market.purchases_per_buyer()[0] < year.purchases_per_buyer()[0]


@given(MARKETS)
@settings(deadline=None)
def test_none_of_a_brand_as_a_series_in_closed_form(market: Dirichlet) -> None:
    """Sum over NBD counts = (1−z)^K · 2F1(K, S(1−s); S; z) with z = M/(M+K)."""
    z = market.mean / (market.mean + market.shape)
    for share in (*market.shares, sum(market.shares)):
        series = (1 - z) ** market.shape * hyp2f1(
            market.shape, market.diversity * (1 - share), market.diversity, z)
        assert market.bought_none(share) == pytest.approx(float(series), rel=1e-7)


@given(st.floats(0.2, 8), st.floats(0.1, 10), st.floats(0.05, 0.95))
@settings(deadline=None)
def test_with_people_alike_in_frequency_it_is_the_confluent_series(mean: float, diversity: float, share: float) -> None:
    market = Dirichlet(mean, inf, diversity, (share,))
    series = np.exp(-mean) * hyp1f1(diversity * (1 - share), diversity, mean)
    assert market.bought_none(share) == pytest.approx(float(series), rel=1e-8)


def drawn(market: Dirichlet, people: int, seed: int) -> np.ndarray:
    """Purchases [people, brands and the rest] of people drawn as the theory says."""
    luck = np.random.default_rng(seed)
    rest = 1.0 - sum(market.shares)
    often = luck.poisson(luck.gamma(market.shape, market.mean / market.shape, people))
    chances = luck.dirichlet(market.diversity * np.array([*market.shares, rest]), people)
    return np.array([luck.multinomial(n, chance) for n, chance in zip(often, chances, strict=True)])


def test_all_figures_against_a_crowd_drawn_by_the_theory() -> None:
    market = Dirichlet(2.0, 0.9, 1.4, (0.4, 0.3, 0.2))
    first = drawn(market, 60_000, 7)
    bought, every = first[:, :3] > 0, first.sum(axis=1)
    assert bought.mean(axis=0) == pytest.approx(market.penetration(), abs=0.008)
    assert first[:, :3].sum(axis=0) / bought.sum(axis=0) == pytest.approx(market.purchases_per_buyer(), rel=0.02)
    category = [every[bought[:, j]].mean() for j in range(3)]
    assert category == pytest.approx(market.category_purchases_per_buyer(), rel=0.02)
    assert market.share_of_requirements() == pytest.approx(
        market.purchases_per_buyer() / market.category_purchases_per_buyer())
    alone = [(first[bought[:, j], j] == every[bought[:, j]]).mean() for j in range(3)]
    assert alone == pytest.approx(market.sole_buyers(), abs=0.012)
    shared = [[bought[bought[:, i], j].mean() for j in range(3)] for i in range(3)]
    assert np.array(shared) == pytest.approx(market.duplication(), abs=0.015)


def test_repeat_against_a_crowd_watched_twice() -> None:
    market = Dirichlet(2.0, 0.9, 1.4, (0.4, 0.3))
    luck = np.random.default_rng(11)
    rate = luck.gamma(market.shape, market.mean / market.shape, 60_000)
    chances = luck.dirichlet(market.diversity * np.array([0.4, 0.3, 0.3]), 60_000)
    first, second = (luck.poisson(rate[:, None] * chances)[:, :2] > 0 for _ in range(2))
    assert (first & second).sum(axis=0) / first.sum(axis=0) == pytest.approx(market.repeat(), abs=0.012)


def test_the_whole_distribution_of_a_brands_purchases_has_the_same_figures() -> None:
    """Given n purchases of the category, those of a brand are beta-binomial: added up over a table of n and r."""
    market = Dirichlet(1.456, 0.779, 1.30, SHARES)
    chances = Nbd(market.mean, market.shape).probabilities(150)
    n, r = np.arange(151)[:, None], np.arange(151)[None, :]
    inside = r <= n
    a, b = market.diversity * 0.25, market.diversity * 0.75
    left = np.where(inside, n - r, 0)
    log_chance = gammaln(n + 1) - gammaln(r + 1) - gammaln(left + 1) + betaln(a + r, b + left) - betaln(a, b)
    table = np.where(inside, np.exp(log_chance), 0.0) * chances[:, None]
    assert table.sum() == pytest.approx(1.0)
    assert 1.0 - table[:, 0].sum() == pytest.approx(market.penetration()[0], abs=1e-9)
    assert (table * r).sum() / table[:, 1:].sum() == pytest.approx(market.purchases_per_buyer()[0])
    assert (table * n)[:, 1:].sum() / table[:, 1:].sum() == pytest.approx(market.category_purchases_per_buyer()[0])
    assert np.diag(table)[1:].sum() / table[:, 1:].sum() == pytest.approx(market.sole_buyers()[0])
    assert table.sum(axis=0)[:5] == pytest.approx([0.80, 0.12, 0.04, 0.02, 0.01], abs=0.006)  # printed there too


@given(MARKETS)
@settings(deadline=None)
def test_laws_of_repeat_buying(market: Dirichlet) -> None:
    bought, often = market.penetration(), market.purchases_per_buyer()
    assert bought * often == pytest.approx(market.mean * np.array(market.shares))
    order = np.argsort(market.shares)
    assert (np.diff(bought[order]) >= -1e-12).all()
    assert (np.diff(often[order]) >= -1e-9).all(), "double jeopardy: small brands are bought less often"
    assert (often >= 1.0 - 1e-9).all()
    for part in (market.sole_buyers(), market.repeat(), market.share_of_requirements(), market.duplication()):
        assert (part >= -1e-9).all()
        assert (part <= 1.0 + 1e-9).all()
    both = market.duplication() * bought[:, None]
    assert both == pytest.approx(both.T, abs=1e-12)
    longer = market.over(3.0)
    assert (longer.penetration() >= bought - 1e-12).all()


def test_limits_of_diversity() -> None:
    category = Nbd(2.0, 0.8)
    everybody_alike = Dirichlet(2.0, 0.8, 1e7, (0.3, 0.2))
    wanted = [1 - Nbd(2.0 * share, 0.8).zero_share for share in (0.3, 0.2)]
    assert everybody_alike.penetration() == pytest.approx(wanted, rel=1e-5)  # a brand is then a smaller NBD
    wholly_loyal = Dirichlet(2.0, 0.8, 1e-7, (0.3, 0.2))
    assert wholly_loyal.penetration() == pytest.approx([0.3, 0.2] * np.array(1 - category.zero_share), rel=1e-5)
    assert wholly_loyal.sole_buyers() == pytest.approx([1, 1], abs=1e-5)
    assert wholly_loyal.duplication()[0, 1] == pytest.approx(0.0, abs=1e-5)


def test_a_single_brand_is_the_category() -> None:
    only = Dirichlet(1.456, 0.779, 1.3, (1.0,))
    assert only.penetration()[0] == pytest.approx(1 - Nbd(1.456, 0.779).zero_share)
    assert only.sole_buyers()[0] == pytest.approx(1.0)
    assert np.isnan(only.duplication_coefficients()[0])
    assert only.bought_none(0.0) == pytest.approx(1.0)


@given(MARKETS)
@settings(deadline=None, max_examples=40)
def test_fits_find_the_market_again(market: Dirichlet) -> None:
    found = fit_diversity(market.mean, market.shape, market.shares, market.penetration())
    assert found == pytest.approx(market.diversity, rel=1e-4)


def test_fit_from_purchase_rates_is_the_fit_from_shares() -> None:
    market = Dirichlet(1.456, shape_from_zeros(1.456, 0.44), 1.3, SHARES)
    bought, often = market.penetration(), market.purchases_per_buyer()
    by_rates = fit_dirichlet(0.56, 2.6, bought, often)
    assert by_rates.shares == pytest.approx(SHARES)
    assert by_rates.diversity == pytest.approx(1.3, rel=1e-6)
    assert fit_dirichlet(0.56, 2.6, bought, shares=SHARES).diversity == pytest.approx(1.3, rel=1e-6)


def test_figures_that_cannot_be_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"brand_purchases: .*1.1 of all purchases"):
        fit_dirichlet(0.5, 2.0, [0.5], [2.2])
    with pytest.raises(ValueError, match="brand_purchases, shares: one of the two"):
        fit_dirichlet(0.5, 2.0, [0.2])
    with pytest.raises(ValueError, match="brand_penetration: no brand"):
        fit_dirichlet(0.5, 2.0, [0.4], shares=[0.1])
    with pytest.raises(ValueError, match=r"purchases_per_buyer: 1\.1 is not .* of 0\.5; at least 1\.38"):
        fit_nbd(0.5, 1.1)
    with pytest.raises(ValueError, match=r"mean: .*shorter period"):
        Dirichlet(1e9, 0.1, 1.0, (0.1,)).penetration()


def test_nearly_poisson_has_an_infinite_shape() -> None:
    assert shape_from_zeros(1.0, np.exp(-1.0)) == inf
    assert shape_from_zeros(1.0, np.exp(-1.0) * (1 + 1e-12)) == inf
    assert fit_nbd(0.5, np.log(2) / 0.5).shape == inf


def test_hardly_any_buyers_who_buy_everything_are_refused() -> None:
    with pytest.raises(ValueError, match=r"zero_share: .*hardly anybody"):
        shape_from_zeros(1e6, 1.0 - 1e-12)
