"""Kaplan-Meier, median and restricted mean life: the textbook's patients, limits, and simple shares."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.equity.clv import mean_lifetime, survival_share
from sim.equity.survival import Life, kaplan_meier, median_life, restricted_mean_life

MERCAPTOPURINE = ([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35],
                  [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0])
PLACEBO = ([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], [1] * 21)
"""Freireich et al. (1963), weeks to relapse; the worked example of many textbooks."""


def test_share_and_standard_error_of_the_textbook() -> None:
    """S(6)=.857, S(10)=.753, S(23)=.448; standard errors .0764, .0963, .1346 (Greenwood)."""
    curve = kaplan_meier(*MERCAPTOPURINE)
    assert curve.share[[6, 10, 23]].round(4).tolist() == [0.8571, 0.7529, 0.4482]
    errors = (curve.share - curve.low)[[6, 10, 23]] / 1.959964
    assert errors.round(4).tolist() == [0.0764, 0.0963, 0.1346]
    assert curve.at_risk[[6, 10, 23]].tolist() == [21, 15, 6]


def test_median_and_mean_life_of_the_textbook() -> None:
    """Klein and Moeschberger (2003): median 23 and 8 weeks; mean up to week 35: 23.29, standard error 2.83."""
    treated, placebo = kaplan_meier(*MERCAPTOPURINE), kaplan_meier(*PLACEBO)
    assert median_life(treated).value == 23
    assert np.isnan(median_life(treated).high)
    assert median_life(placebo) == Life(8.0, 4.0, 11.0)
    mean = restricted_mean_life(treated, 35)
    assert mean.value == pytest.approx(23.29, abs=0.005)
    assert (mean.value - mean.low) / 1.959964 == pytest.approx(2.83, abs=0.005)


def test_with_nobody_cut_off_the_mean_is_the_mean() -> None:
    life = restricted_mean_life(kaplan_meier(*PLACEBO))
    assert life.value == pytest.approx(np.mean(PLACEBO[0]))
    error = (life.value - life.low) / 1.959963984540054
    assert error == pytest.approx(np.std(PLACEBO[0]) / np.sqrt(21))


@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40), st.floats(0.5, 0.99))
def test_the_curve_falls_inside_its_band(cases: list[tuple[int, bool]], confidence: float) -> None:
    duration, event = np.array([one[0] for one in cases]), np.array([one[1] for one in cases])
    curve = kaplan_meier(duration, event, confidence)
    assert (np.diff(curve.share) <= 1e-12).all()
    assert ((curve.low >= 0) & (curve.low <= curve.share + 1e-12)).all()
    assert ((curve.share <= curve.high + 1e-12) & (curve.high <= 1)).all()
    assert curve.events.sum() == event.sum()
    assert kaplan_meier(duration, event.astype(int), confidence).share.tolist() == curve.share.tolist()
    if duration.max() >= 1:
        life = restricted_mean_life(curve)
        assert life.low <= life.value <= life.high <= duration.max()
        assert life.value >= duration.mean() - 1e-9, "who was cut off lives on"


@given(st.lists(st.integers(0, 12), min_size=1, max_size=40))
def test_without_cut_offs_it_is_the_share_left(durations: list[int]) -> None:
    curve = kaplan_meier(durations, np.ones(len(durations), dtype=bool))
    left = [np.mean(np.array(durations) > age) for age in curve.age]
    assert curve.share == pytest.approx(left)
    assert median_life(curve).value == pytest.approx(np.sort(durations)[int(np.ceil(len(durations) / 2)) - 1])


def test_constant_churn_is_found_again() -> None:
    """Retention .8, watched for 20 periods: the curve is .8^t, the mean life up to 20 that of a geometric lifetime."""
    luck = np.random.default_rng(5)
    stayed = luck.geometric(0.2, 40_000)
    curve = kaplan_meier(np.minimum(stayed, 20), stayed <= 20)
    ages = np.arange(20)
    assert curve.share[:20] == pytest.approx(survival_share(0.8, ages), abs=0.01)
    life = restricted_mean_life(curve, 20)
    wanted = mean_lifetime(0.8) * (1 - 0.8**20)
    assert life.low < wanted < life.high
    assert median_life(curve).value == 4  # .8^3 = .512, .8^4 = .41


def test_more_confidence_is_a_wider_band() -> None:
    narrow, wide = (kaplan_meier(*MERCAPTOPURINE, confidence) for confidence in (0.5, 0.99))
    assert (wide.low <= narrow.low).all()
    assert wide.low[10] < narrow.low[10]


def test_a_median_that_is_not_reached_is_unknown() -> None:
    assert np.isnan(median_life(kaplan_meier([3, 4, 5], [True, False, False])).value)
    with pytest.raises(ValueError, match="curve: everybody"):
        restricted_mean_life(kaplan_meier([0, 0], [True, True]))
    with pytest.raises(TypeError, match="curve: a Survival"):
        median_life([1, 2, 3])  # type: ignore[arg-type]
