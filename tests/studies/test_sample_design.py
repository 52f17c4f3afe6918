"""A sample of the space: an interval that knows that luck is shared, and no more claims than the points bear out."""

import numpy as np
import pytest
from scipy.special import ndtr

import sim
from sim.statistics.intervals import wilson_interval
from sim.studies.sample import MOST_SHOWN, share_of_space

SQUARE = {"a": (0.0, 1.0), "b": (0.0, 1.0)}


def covered(replicates, luck, noise, middle=0.5, times=200):
    """How often the interval, and Wilson's over points, hold the true share: 50 points of a normal space."""
    random = np.random.default_rng(3)
    true, held, wilson = float(ndtr(middle)), 0, 0
    for seed in range(times):
        values = (middle + random.normal(size=(50, 1)) + luck * random.normal(size=(1, replicates))
                  + noise * random.normal(size=(50, replicates)))
        found = share_of_space(values, seed, 1000)
        plain = wilson_interval(int((values.mean(axis=1) > 0).sum()), 50)
        held += found.low <= true <= found.high
        wilson += plain.low <= true <= plain.high
    return held / times, wilson / times


@pytest.mark.parametrize(("replicates", "luck", "noise"), [(2, 1.0, 0.0), (4, 1.0, 0.3), (4, 0.0, 0.3), (8, 3.0, 0.3)])
def test_the_interval_of_a_share_holds_as_often_as_it_says(replicates, luck, noise):
    held, wilson = covered(replicates, luck, noise)
    assert held > 0.91
    assert wilson < 0.75 or not luck  # an interval over points alone forgets the luck that all of them share


def test_without_luck_it_is_the_interval_of_so_many_points():
    values = np.repeat(np.linspace(-0.25, 0.75, 41)[:40, None], 4, axis=1)
    found = share_of_space(values)
    plain = wilson_interval(int((values[:, 0] > 0).sum()), 40)
    assert found.value == plain.value
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), abs=0.02)


def test_two_runs_say_almost_nothing_where_luck_decides():
    found = share_of_space(np.random.default_rng(1).normal(size=(50, 1)) + np.array([[-4.0, 3.0]]))
    assert found.high - found.low > 0.8


def test_the_same_seed_gives_the_same_interval_and_missing_numbers_do_not_count():
    values = np.random.default_rng(1).normal(size=(30, 4))
    assert share_of_space(values, 5) == share_of_space(values, 5)
    values[0], values[1, 0] = np.nan, np.nan
    found = share_of_space(values, 5)
    assert found.n == 29
    assert found.low <= found.value <= found.high
    assert np.isnan(share_of_space(values[:, :1]).low)
    assert np.isnan(share_of_space(np.full((3, 2), np.nan)).value)


def test_what_the_sample_says_of_the_space_is_no_more_than_the_interval_holds():
    """The luck of a run moves the whole space by far more than the factors do."""
    luck = [0.0, 3.0, -2.5, 2.0, -3.5]
    found = sim.sample(lambda x, seed: x["a"] - 0.3 + luck[seed % 5], SQUARE, points=20, replications=2)
    assert found.finding == "Who is ahead on most of the space is too close to call"
    told = {one.verdict: one for one in found.findings()}
    assert "random numbers that all of them share" in told["share won"].caveats[0]
    assert told["sure"].value == found.n_sure == 0
    sure = sim.sample(lambda x, seed: x["a"] - 0.1, SQUARE, points=40)
    assert sure.finding == "B is ahead on 90 % of the space"
    assert sure.n_sure == 40


def test_of_many_factors_the_strongest_is_not_told_to_matter_by_chance():
    luck = np.random.default_rng(2)
    many = {f"x{k}": (0.0, 1.0) for k in range(40)}
    found = sim.sample(lambda x, seed: luck.normal(), many, points=30, replications=2)
    strongest = found.correlations().iloc[0]
    assert abs(strongest["correlation"]) > 0.361  # a single one of that size would be "significant"
    assert found.findings()[-1].verdict == "goes with nothing"
    plane = sim.sample(lambda x, seed: x["a"] + 0.2 * x["b"], SQUARE, points=30)
    last = plane.findings()[-1]
    assert (last.verdict, last.subject) == ("goes with", "a")
    assert last.value == pytest.approx(0.95, abs=0.05)


def test_a_sample_where_nothing_varies_says_so():
    found = sim.sample(lambda x, seed: 3.0, {"a": (0, 1)}, points=8)
    assert found.findings()[-1].verdict == "same"
    assert "8 points of 1 factor," in found.explain()
    assert "1 factors" not in repr(found)


def test_the_picture_shows_points_that_can_be_read_from_the_largest_to_the_smallest():
    found = sim.sample(lambda x, seed: x["a"], SQUARE, points=50)
    shown, table = found.picture_table(), found.table()
    assert len(shown) == MOST_SHOWN
    assert shown["difference"].iloc[[0, -1]].tolist() == table["difference"].iloc[[0, -1]].tolist()
    assert "12 of them, evenly spaced" in " ".join(shown.attrs["note"].split())
    assert found.plot().get_figure() is not None
