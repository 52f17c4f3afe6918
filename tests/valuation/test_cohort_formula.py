"""The simple mirror: the formula by hand, equal to a market that does what it says, apart from one that does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.runs.statements import mirror_table
from sim.valuation.cohort_formula import cohort_forecast, cohort_formula


def test_the_formula_by_hand() -> None:
    heads, contribution = cohort_forecast(100.0, 0.5, 80.0, 2.0, 3)
    assert heads.tolist() == [130.0, 145.0, 152.5]
    assert contribution.tolist() == [230.0, 275.0, 297.5]


@given(st.floats(0, 0.95), st.floats(0, 1000), st.floats(0, 1000))
def test_it_comes_to_rest_where_as_many_are_won_as_lost(retention: float, won: float, start: float) -> None:
    heads, _ = cohort_forecast(start, retention, won, 1.0, 2000)
    assert heads[-1] == pytest.approx(won / (1 - retention), abs=1e-6)


@pytest.fixture
def replaced(make_records: Any) -> Any:
    """Four customers, of whom one is replaced at the turn of every year; each brings 4.00 a quarter."""
    bought = [(4 * year + quarter, "Rush", year + k, 1, 1000, 400)
              for year in range(5) for quarter in range(4) for k in range(4)]
    return make_records(bought, firms=("Rush",), people=9, periods=20, overrides={"market.active_window_weeks": 13.0})


def test_a_market_that_does_what_the_formula_says_is_mirrored(replaced: Any) -> None:
    found = cohort_formula(replaced)
    assert found.years.tolist() == [2.0, 3.0, 4.0, 5.0]
    assert found.retention.ravel().tolist() == [0.75] * 4
    assert found.won.ravel().tolist() == [1.0] * 4
    assert found.margin.ravel().tolist() == [16.0] * 4
    assert (found.mirrored_customers == found.customers).all()
    assert found.mirrored_contribution.ravel().tolist() == [64.0] * 4
    table = mirror_table([found, found])
    assert not table["parted"].any()
    assert table.attrs["parted"][("Rush", "contribution")] is None


def test_where_the_market_stops_growing_they_part_and_the_year_is_named(make_records: Any) -> None:
    """Two are won every year until year 3, then nobody; all stay: the formula goes on adding two."""
    bought = [(t, "Rush", c, 1, 1000, 400) for t in range(20) for c in range(6) if t >= 4 * (c // 2)]
    found = cohort_formula(make_records(bought, firms=("Rush",), people=6, periods=20))
    assert found.customers.ravel().tolist() == [4.0, 6.0, 6.0, 6.0]
    assert found.mirrored_customers.ravel().tolist() == [4.0, 6.0, 8.0, 10.0]
    table = mirror_table([found])
    assert table.attrs["parted"] == {("Rush", "customers"): 4.0, ("Rush", "contribution"): 3.0}
    row = table[(table["measure"] == "customers") & (table["year"] == 5)].iloc[0]
    assert (row["difference"], row["difference_share"], row["won_people"]) == (4.0, 4 / 6, 0.0)


def test_over_several_runs_they_part_only_where_it_is_sure(make_records: Any) -> None:
    def run(margin: int) -> Any:
        bought = [(t, "Rush", 0, 1, 1000, 400 if t < 8 else margin) for t in range(12)]
        return cohort_formula(make_records(bought, firms=("Rush",), people=1, periods=12))

    sure, unsure = mirror_table([run(200), run(210), run(190)]), mirror_table([run(100), run(420), run(150)])
    assert sure.attrs["parted"][("Rush", "contribution")] == 3.0
    assert unsure.attrs["parted"][("Rush", "contribution")] is None
    assert set(sure["n"]) == {3}


def test_the_calibration_year_can_be_chosen(replaced: Any) -> None:
    assert cohort_formula(replaced, 3).years.tolist() == [3.0, 4.0, 5.0]
    for wrong in (1, 5, 2.5):
        with pytest.raises(ValueError, match="calibrated: year"):
            cohort_formula(replaced, wrong)


def test_what_is_too_short_or_not_kept_is_said(make_records: Any) -> None:
    with pytest.raises(ValueError, match="run for 3 years"):
        cohort_formula(make_records(periods=8))
    with pytest.raises(ValueError, match="needs purchases"):
        cohort_formula(make_records(periods=12, transactions=None))
    with pytest.raises(ValueError, match="nothing to mirror"):
        mirror_table([])


def test_a_firm_without_customers_is_not_known(make_records: Any) -> None:
    found = cohort_formula(make_records([(t, "Rush", 0, 1, 10, 5) for t in range(12)], periods=12))
    assert np.isnan(found.mirrored_contribution[1:, 1]).all()
    assert not mirror_table([found])["parted"].any()
