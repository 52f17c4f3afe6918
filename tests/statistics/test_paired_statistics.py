"""What paired runs say: intervals, probability to be ahead, several comparisons at once."""

import numpy as np
import pytest

from sim.statistics.intervals import mean_interval, paired_difference, share_ahead, student, wilson_interval
from sim.statistics.overtaking import overtaking_date


def test_the_interval_is_students_on_the_differences():
    a, b = np.array([10.0, 12.0, 9.0, 14.0]), np.array([11.0, 14.0, 9.5, 16.0])
    found = paired_difference(a, b)
    d = b - a
    assert found.mean.value == pytest.approx(1.375)
    assert found.mean.high == pytest.approx(1.375 + student(0.95, 3) * d.std(ddof=1) / 2)
    assert found.n == 4
    assert found.differences.tolist() == d.tolist()
    assert found.correlation == pytest.approx(np.corrcoef(a, b)[0, 1])


def test_the_bootstrap_interval_lies_inside_the_differences_and_does_not_change_with_the_call():
    a, b = np.zeros(12), np.arange(12.0)
    one, two = paired_difference(a, b), paired_difference(a, b)
    assert one.bootstrap == two.bootstrap
    assert 0 < one.bootstrap.low < one.bootstrap.value < one.bootstrap.high < 11
    assert one.bootstrap.value == one.mean.value


def test_the_probability_to_be_ahead_counts_ties_half():
    found = share_ahead([1.0, -1.0, 0.0, 0.0, np.nan])
    assert found.value == 0.5
    assert found.n == 4
    assert share_ahead([1.0] * 10) == wilson_interval(10, 10)


def test_many_comparisons_widen_each_interval_so_that_all_hold_together():
    """Bonferroni: with m comparisons each is made at 1 − 0.05/m; its level is checked by the quantile."""
    a, b = np.zeros(6), np.array([1.0, 2, 3, 4, 5, 7])
    alone, together = paired_difference(a, b), paired_difference(a, b, comparisons=10)
    half = {name: found.mean.high - found.mean.value for name, found in (("alone", alone), ("together", together))}
    assert half["together"] / half["alone"] == pytest.approx(student(0.995, 5) / student(0.95, 5))
    assert "10 comparisons" in together.method
    assert "Bonferroni" not in alone.method


def test_together_the_intervals_hold_as_often_as_promised():
    """20 true differences of 0, 400 times: at least one interval misses in about 5 % of the cases, not in 64 %."""
    random = np.random.default_rng(3)
    missed = {1: 0, 20: 0}
    for _ in range(400):
        draws = random.normal(size=(20, 8))
        for m in missed:
            level = 1 - 0.05 / m
            missed[m] += any(mean_interval(row, level).excludes_zero for row in draws)
    assert missed[20] / 400 < 0.09
    assert missed[1] / 400 > 0.5


def test_pairs_without_a_number_do_not_count():
    found = paired_difference([1.0, np.nan, 3.0], [2.0, 5.0, np.nan])
    assert found.n == 1
    assert found.mean.value == 1.0
    assert np.isnan(found.mean.low)


@pytest.mark.parametrize(("change", "words"), [
    ({"confidence": 1.0}, "between 0 and 1"), ({"comparisons": 0}, "at least one comparison"),
])
def test_wrong_numbers_are_refused(change, words):
    with pytest.raises(ValueError, match=words):
        paired_difference([1.0, 2.0], [1.0, 2.0], **change)


def test_pairs_need_equal_lengths():
    with pytest.raises(ValueError, match="as many"):
        paired_difference([1.0], [1.0, 2.0])


def test_a_tie_is_not_ahead():
    dates = np.array([1.0, 2.0, 3.0])
    assert overtaking_date(dates, np.array([1.0, 0.0, 1.0])) == 3.0
    assert overtaking_date(dates, np.array([0.0, 1.0, 1.0])) == 2.0
    assert overtaking_date(dates, np.array([1.0, 1.0, 0.0])) == np.inf
