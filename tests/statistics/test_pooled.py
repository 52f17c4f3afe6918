"""What many points say together about chance, and a border between two kinds of points: known truths are found."""

from __future__ import annotations

import numpy as np
import pytest

from sim.statistics.pooled import beyond_chance, chance_of, logistic, rank_correlations

LUCK = np.random.default_rng(5)


def variances_of(points: int, freedom: float, size: float) -> np.ndarray:
    """True variances, differing between points: an inverse χ² around `size`."""
    return size * freedom / LUCK.chisquare(freedom, points)


@pytest.mark.parametrize(("freedom", "runs"), [(4.0, 2), (10.0, 4)])
def test_how_much_variances_differ_is_found_again(freedom: float, runs: int) -> None:
    true = variances_of(20_000, freedom, 3.0)
    measured = true * LUCK.chisquare(runs - 1, true.size) / (runs - 1)
    found = chance_of(measured, runs - 1)
    assert found.freedom == pytest.approx(freedom, rel=0.2)
    assert found.variance == pytest.approx(3.0, rel=0.1)


def test_equal_variances_are_seen_as_equal_and_identical_runs_say_nothing() -> None:
    measured = 3.0 * LUCK.chisquare(1, 20_000)
    assert chance_of(measured, 1).freedom > 200
    assert chance_of(np.append(measured, np.zeros(9_000)), 1).variance == pytest.approx(3.0, rel=0.05)
    assert chance_of(np.zeros(5), 1).variance == 0.0


@pytest.mark.parametrize("runs", [2, 3])
def test_one_in_twenty_is_beyond_chance_by_chance_and_two_runs_see_what_is_there(runs: int) -> None:
    noise = np.sqrt(variances_of(20_000, 5.0, 2.0))[:, None] * LUCK.normal(size=(20_000, runs))
    assert beyond_chance(noise).mean() == pytest.approx(0.05, abs=0.008)
    assert beyond_chance(noise + 8.0).mean() > 0.95


def test_no_difference_at_all_is_not_beyond_chance() -> None:
    differences = np.array([[0.0, 0.0], [5.0, 5.0], [5.0, 5.1], [0.3, -0.2]])
    assert beyond_chance(differences).tolist() == [False, True, True, False]


def test_a_border_is_found_again() -> None:
    places = LUCK.normal(size=(20_000, 2))
    won = LUCK.random(20_000) < 1 / (1 + np.exp(-(0.5 + 2 * places[:, 0] - places[:, 1])))
    assert logistic(places, won.astype(float)) == pytest.approx([0.5, 2.0, -1.0], abs=0.1)


def test_points_that_a_line_parts_completely_have_a_border_too() -> None:
    places = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    constant, slope = logistic(places, np.array([0.0, 0.0, 1.0, 1.0]))
    assert abs(constant) < 1e-6
    assert 3 < slope < 100


def test_rank_correlations_hold_together_and_nothing_that_varies_is_nothing() -> None:
    places = LUCK.random((400, 30))
    columns = dict(enumerate(places.T)) | {"flat": np.ones(400)}
    outcome = np.exp(4 * places[:, 3]) + LUCK.normal(size=400)
    outcome[:5] = np.nan
    found = rank_correlations(columns, outcome)
    assert [name for name, one in found.items() if one.excludes_zero] == [3]
    assert found[3].n == 395
    assert np.isnan(found["flat"].value)
