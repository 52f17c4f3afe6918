"""What is read off a run at a date: which period that is, what was last known, and which purchases it needs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.metrics.attitude import survey_response_share
from sim.metrics.market_share import market_share
from sim.records.surveys import SurveyWave
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.valuation.outcomes import known_outcomes, last_known, outcomes_of, period_at, purchases_needed_from, value_at


@pytest.mark.parametrize(("warm_up", "year", "period"), [
    (0, 0.0, 0), (0, 0.25, 0), (0, 0.5, 1), (0, 2.0, 7), (0, 2.25, 7), (2, 0.0, 1), (2, 0.25, 2), (2, 1.5, 7),
])
def test_a_date_is_the_end_of_a_period(make_records: Any, warm_up: int, year: float, period: int) -> None:
    assert period_at(make_records(periods=8, warm_up=warm_up), year) == period


@pytest.mark.parametrize("year", [-0.25, 2.5])
def test_a_date_outside_of_the_run_is_refused(make_records: Any, year: float) -> None:
    with pytest.raises(ValueError, match=r"is not inside the run, which ends with year 2\."):
        period_at(make_records(periods=8), year)


def test_outcomes_are_those_of_the_period_and_of_the_last_survey(make_records: Any) -> None:
    def wave(period: int, answered: int) -> SurveyWave:
        return SurveyWave(period, np.array([4, 4]), np.array([answered, 0]), *[np.zeros((4, 2))] * 2,
                          *[np.zeros(2)] * 3, np.zeros((5, 2)))

    records = make_records([(0, "Rush", 0, 1, 10, 5), (2, "Root", 0, 3, 30, 5), (2, "Rush", 1, 1, 10, 5)],
                           surveys=(wave(1, 3), wave(3, 1)))
    assert np.isnan(value_at(survey_response_share, records, 0)).all()
    assert [value_at(survey_response_share, records, place)[0] for place in (1, 2, 3, 4)] == [0.75, 0.75, 0.25, 0.25]
    assert value_at(market_share, records, 2).tolist() == [0.25, 0.75]
    assert outcomes_of(records, ["market_share", "survey_response_share"], 0.75) == {
        "Rush": {"market_share": 0.25, "survey_response_share": 0.75},
        "Root": {"market_share": 0.75, "survey_response_share": 0.0}}


def test_last_known_looks_back_from_the_end() -> None:
    assert last_known(np.array([[1.0, 5.0], [2.0, np.nan], [np.nan, np.nan], [4.0, np.nan]])).tolist() == [4.0, 5.0]
    assert np.isnan(last_known(np.array([[np.nan]])))


def market(window_weeks: float, warm_up_years: float = 1.0) -> Scenario:
    return load({"question": "?", "firms": {"A": {}}, "market": {"active_window_weeks": window_weeks},
                 "clock": {"period": "quarter", "years": 5.0, "warm_up_years": warm_up_years}})


@pytest.mark.parametrize(("outcome", "window", "first"), [
    ("profit_money", 26.0, 20),  # books alone: nothing of the 20 quarters up to the date
    ("kept_one_year_share", 26.0, 12),  # two years before the end of year 4, after a year of warm-up
    ("kept_one_year_share", 78.0, 10),  # a year, and a window of six quarters
    ("repeat_rate_share", 26.0, 0),
])
def test_purchases_are_kept_from_where_they_are_read(outcome: str, window: float, first: int) -> None:
    assert purchases_needed_from(market(window), [outcome], 4.0) == first
    assert purchases_needed_from(market(window), ["profit_money", outcome], 4.0) == first


def test_nothing_is_needed_from_before_the_beginning() -> None:
    assert purchases_needed_from(market(26.0, 0.0), ["kept_one_year_share"], 1.0) == 0
    assert purchases_needed_from(market(26.0, 0.0), ["profit_money"], 0.0) == 1


def test_names_of_outcomes_are_told_once_each_and_in_order() -> None:
    assert known_outcomes(("profit_money", market_share, "profit_money")) == ("profit_money", "market_share")
    with pytest.raises(ValueError, match="no metric 'profit_mony'; did you mean profit_money"):
        known_outcomes("profit_mony")
    with pytest.raises(ValueError, match="at least one outcome"):
        known_outcomes(())
