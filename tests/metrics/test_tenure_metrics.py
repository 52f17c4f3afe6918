"""Retention by tenure, worked by hand and against the table of cohorts."""

import numpy as np
import pytest

import sim
from sim.metrics.survival import (
    cohort_table,
    price_paid_money,
    stayed_one_year_share,
    stayed_three_years_share,
    stayed_two_years_share,
)

RUSH, ROOT = 0, 1


@pytest.fixture
def bought(make_records):
    """Quarters, an active window of two: Anna stays with Rush, Boris buys once, Carla comes back after a gap."""
    anna = [(quarter, "Rush", 0, 1, 1000, 0) for quarter in range(0, 12, 2)]
    carla = [(0, "Rush", 2, 1, 1000, 0), (8, "Rush", 2, 2, 1000, 0)]
    return make_records([*anna, (1, "Rush", 1, 1, 500, 0), *carla], periods=13)


def test_who_is_still_there_a_year_after_the_first_purchase(bought):
    """After a year: Anna of Anna and Carla (won in quarter 0), then Boris counts too (won in quarter 1)."""
    stayed = stayed_one_year_share(bought)[:, RUSH]
    assert np.isnan(stayed[:4]).all()
    assert stayed[4] == 0.5
    assert stayed[5] == pytest.approx(1 / 3)


def test_who_came_back_counts_at_the_tenure_at_which_they_are_there(bought):
    two = stayed_two_years_share(bought)[:, RUSH]
    assert two[8] == 1.0  # Anna and Carla both bought in quarter 8
    assert two[9] == pytest.approx(2 / 3)
    assert np.isnan(stayed_three_years_share(bought)[:12, RUSH]).all()


def test_who_left_the_market_did_not_stay(make_records):
    records = make_records([(quarter, "Rush", 0, 1, 10, 0) for quarter in range(6)], people=1, periods=6,
                           people_columns={"leaves": np.array([4], dtype=np.int16)})
    assert stayed_one_year_share(records)[4, RUSH] == 0.0


def test_without_purchases_nothing_is_known(make_records):
    assert np.isnan(stayed_one_year_share(make_records(people=2, periods=6))).all()
    assert np.isnan(stayed_one_year_share(make_records(people=2, periods=6, transactions=None))).all()


def test_the_price_paid_is_revenue_per_purchase(bought):
    paid = price_paid_money(bought)
    assert paid[1, RUSH] == 5.0
    assert np.isnan(paid[0, ROOT])
    sold = bought.count("units")[:, RUSH] > 0
    assert (paid[sold, RUSH] * bought.count("units")[sold, RUSH] * 100 == bought.account("revenue")[sold, RUSH]).all()


def test_a_market_agrees_with_its_table_of_cohorts():
    records = sim.run({"question": "Who?", "clock": {"years": 3.0}, "market": {"customers": 300, "leave_per_year": 0.2},
                       "firms": {"Rush": {}, "Root": {"quality": 0.8}}}, seed=3).records
    cohorts = cohort_table(records, 10_000)
    for years, metric in ((1, stayed_one_year_share), (2, stayed_two_years_share)):
        rows = cohorts[cohorts["age_periods"] == 12 * years].set_index("firm")
        assert metric(records)[-1].tolist() == rows.loc[list(records.firms), "retention_share"].tolist()


def test_one_person_alone(make_records):
    """Who bought in quarters 0 and 4 at the first firm and in 1 at the second."""
    bought = [(0, "Rush", 0, 1, 10, 0), (4, "Rush", 0, 1, 10, 0), (1, "Root", 0, 1, 10, 0)]
    records = make_records(bought, people=1, periods=6)
    assert stayed_one_year_share(records)[[3, 4, 5], RUSH].tolist()[1:] == [1.0, 1.0]
    assert np.isnan(stayed_one_year_share(records)[[3, 4], [RUSH, ROOT]]).all()
    assert stayed_one_year_share(records)[5, ROOT] == 0.0


def test_a_purchase_a_whole_window_ago_is_too_old(make_records):
    records = make_records([(0, "Rush", 0, 1, 10, 0), (2, "Rush", 0, 1, 10, 0)], people=2, periods=5)
    assert stayed_one_year_share(records)[4, RUSH] == 0.0
