"""Regularities of repeat buying: published NBD numbers, Dirichlet-free duplication, hand-worked tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.metrics.buying_patterns import (
    Nbd,
    dissimilarity,
    duplication,
    fit_nbd_by_moments,
    fit_nbd_by_zeros,
    penetration_table,
    purchase_counts,
    top_share,
)


def test_published_nbd_toothpaste():
    """Ehrenberg: M = 1.456 and K = 0.779 leave 44 % who do not buy."""
    assert Nbd(1.456, 0.779).zero_share == pytest.approx(0.44, abs=0.002)
    assert fit_nbd_by_zeros(1.456, 0.4402).shape == pytest.approx(0.779, abs=0.01)


@given(st.floats(0.05, 20), st.floats(0.05, 50))
def test_fit_by_zeros_finds_the_shape_again(mean, shape):
    zeros = Nbd(mean, shape).zero_share
    if zeros < 1e-9 or zeros / np.exp(-mean) < 1.001:
        return  # too near to Poisson to tell shapes apart
    assert fit_nbd_by_zeros(mean, zeros).shape == pytest.approx(shape, rel=1e-3)


def test_fits_by_moments_by_hand():
    counts = np.array([0, 0, 0, 4])  # mean 1, variance 3: K = 1/(3 - 1)
    assert fit_nbd_by_moments(counts) == Nbd(1.0, 0.5)
    assert fit_nbd_by_moments(np.array([1, 1, 1])).shape == np.inf
    assert np.isnan(fit_nbd_by_moments(np.array([], dtype=np.int64)).mean)


def test_poisson_and_nobody_are_limits():
    assert fit_nbd_by_zeros(1.0, 0.2).shape == np.inf  # Poisson has .37 non-buyers
    assert Nbd(2.0, np.inf).zero_share == pytest.approx(np.exp(-2))
    assert np.isnan(fit_nbd_by_zeros(0.0, 1.0).shape)
    assert Nbd(0.0, np.nan).zero_share == 1.0


def test_dissimilarity_is_the_share_to_be_moved():
    half = Nbd(1.0, 1.0)  # geometric: 1/2, 1/4, 1/8, ...
    counts = np.array([0, 0, 1, 1])  # observed 1/2, 1/2; too many by 1/4 at one
    assert dissimilarity(counts, half) == pytest.approx(0.25)
    generator = np.random.default_rng(3)
    drawn = generator.poisson(generator.gamma(0.8, 2.0, 40_000))
    assert dissimilarity(drawn, fit_nbd_by_zeros(drawn.mean(), (drawn == 0).mean())) < 0.01
    assert dissimilarity(drawn, Nbd(float(drawn.mean()), np.inf)) > 0.2


def test_duplication_by_hand():
    # four people; A bought by 0, 1, B by 0, 2, C by nobody
    found = duplication(np.array([[1, 2, 0, 0], [3, 0, 1, 0], [0, 0, 0, 0]]), people=4)
    assert found.penetration.tolist() == [0.5, 0.5, 0.0]
    assert found.shared[0].tolist() == [1.0, 0.5, 0.0]
    assert np.isnan(found.shared[2]).all()
    assert found.coefficient == pytest.approx((0.5 + 0 + 0.5 + 0) / (0.5 + 0 + 0.5 + 0))
    assert found.per_firm[:2].tolist() == [1.0, 1.0]  # half of B's buyers bought A, which half of all bought
    assert np.isnan(found.per_firm[2])
    assert np.isnan(duplication(np.array([[1, 0]]), people=2).coefficient)


def test_duplication_of_independent_buying_is_one():
    bought = np.random.default_rng(5).random((4, 60_000)) < np.array([[0.4], [0.3], [0.2], [0.1]])
    assert duplication(bought.astype(int), 60_000).coefficient == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize(("counts", "share"), [([10, 1, 1, 1, 1], 10 / 14), ([1] * 10, 0.2), ([3], 0.2), ([0, 5], 0.2)])
def test_top_fifth(counts, share):
    assert top_share(np.array(counts)) == pytest.approx(share)


def test_top_fifth_of_nobody_is_unknown():
    assert np.isnan(top_share(np.zeros(4, dtype=int)))


def test_penetration_and_counts_of_the_story(story):
    table = penetration_table(story).set_index("firm")
    assert table.loc["Rush"].tolist() == pytest.approx([2 / 3, 3.0, 6 / 9])
    assert table.loc["Root"].tolist() == pytest.approx([2 / 3, 1.5, 3 / 9])
    assert purchase_counts(story, 1, 3).tolist() == [[2, 0, 0], [0, 1, 0]]


def test_penetration_counts_who_was_in_the_market_in_between(make_records):
    people = {"enters": np.array([0, 3, 0, 0], np.int16), "leaves": np.array([9, 9, 1, 2], np.int16)}
    records = make_records([(1, "Rush", 0, 1, 10, 0), (1, "Rush", 3, 2, 10, 0)], people=4, people_columns=people)
    between = penetration_table(records, 1, 3).set_index("firm").loc["Rush"]  # one comes later, one has left
    assert between.tolist() == [1.0, 1.5, 1.0]
    assert penetration_table(records, 1, 4).set_index("firm").loc["Rush", "penetration_share"] == pytest.approx(2 / 3)


def test_duplication_per_firm_of_three():
    # A bought by 0 to 3, B by 0, 1, 4, C by 0: of B's three buyers two bought A, of C's one both
    found = duplication(np.array([[1, 1, 1, 1, 0, 0, 0, 0], [1, 1, 0, 0, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0]]), 8)
    assert found.penetration.tolist() == [0.5, 0.375, 0.125]
    assert found.per_firm == pytest.approx([(2 / 3 + 1) / 2 / 0.5, (0.5 + 1) / 2 / 0.375, (0.25 + 1 / 3) / 2 / 0.125])
    assert found.coefficient == pytest.approx((0.5 + 0.25 + 2 / 3 + 1 / 3 + 1 + 1) / (2 * (0.5 + 0.375 + 0.125)))


def test_fits_at_the_edges():
    assert fit_nbd_by_zeros(0.5, 0.0).shape == fit_nbd_by_zeros(0.5, 1.0).shape == np.inf
    assert fit_nbd_by_zeros(2.0, 0.5).mean == 2.0
    assert fit_nbd_by_moments(np.array([0, 0, 0, 8])) == Nbd(2.0, 4.0 / 10.0)  # variance 12, above the mean by 10
    assert fit_nbd_by_moments(np.array([0, 0, 2])).shape == pytest.approx(2.0)  # variance 8/9, above the mean by 2/9
    assert np.isnan(fit_nbd_by_moments(np.array([], dtype=np.int64)).shape)
    everybody = Nbd(1.0, 1.0)
    assert dissimilarity(np.array([0, 0, 0, 2]), everybody) == pytest.approx((1 / 4 + 1 / 4 + 1 / 8 + 1 / 8) / 2)
    for counts, fitted in (([0, 1], Nbd(np.inf, 1.0)), ([0, 1], Nbd(1.0, np.nan)), ([], everybody)):
        assert np.isnan(dissimilarity(np.array(counts, dtype=np.int64), fitted))


def test_left_out_all_periods_count(story):
    assert purchase_counts(story).tolist() == [[5, 1, 0], [0, 2, 1]]
    assert purchase_counts(story, 4).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert penetration_table(story, 1).set_index("firm")["penetration_share"].tolist() == pytest.approx([1 / 3, 1 / 3])
