"""Customer equity, first form: a steady market is worth its profit times the annuity; nobody counts twice."""

import numpy as np
import pytest

from sim.engine.state import ACCOUNTS
from sim.metrics.money import cumulative_discounted_profit_money
from sim.valuation.person import customer_equity, customer_equity_money, equity_table, person_equity, steady_retention

TERMS = {"money.discount_rate": 0.1, "money.equity_horizon_years": 2.0}


def annuity(quarters, later=0):
    return sum(1.1 ** (-(j + later) / 4) for j in range(quarters))


@pytest.fixture
def steady(make_records):
    """Two customers who buy every quarter for two years, 4.00 of contribution each, for ever."""
    bought = [(t, "Rush", c, 1, 1000, 400) for t in range(8) for c in range(2)]
    return make_records(bought, periods=8, overrides=TERMS)


def test_a_steady_market_is_worth_profit_times_annuity(steady):
    equity = customer_equity(steady)
    assert equity.today[0] == pytest.approx(8.0 * annuity(8))
    assert equity.future[0] == 0.0
    assert equity.customer_equity[0] == pytest.approx(8.0 * annuity(8))


def test_the_first_margin_may_come_a_period_later(make_records):
    bought = [(t, "Rush", 0, 1, 1000, 400) for t in range(8)]
    records = make_records(bought, periods=8, overrides={**TERMS, "money.first_margin": "one_period_later"})
    assert customer_equity(records).today[0] == pytest.approx(4.0 * annuity(8, later=1))


def test_churn_replaced_by_inflow_is_still_worth_profit_times_annuity(make_records):
    """One of four customers is replaced per year: three quarters are kept, the sum is as if nobody moved."""
    bought = []
    for year in range(4):
        bought += [(4 * year + quarter, "Rush", year + k, 1, 1000, 400) for quarter in range(4) for k in range(4)]
    records = make_records(
        bought, periods=16, people=8, overrides={**TERMS, "market.active_window_weeks": 13.0}
    )
    equity = customer_equity(records)
    assert equity.kept_per_year[0] == pytest.approx(0.75)
    kept = steady_retention(np.array([0.75]), 4)[0]
    assert equity.today[0] == pytest.approx(16.0 * sum(kept**j * 1.1 ** (-(j - 1) / 4) for j in range(1, 9)))
    assert equity.today[0] < 0.8 * equity.customer_equity[0]
    assert equity.today[0] + equity.future[0] == pytest.approx(16.0 * annuity(8))


def test_costs_that_belong_to_nobody_are_taken_off_once(steady):
    steady.ledger[:, ACCOUNTS.index("advertising"), 0] = 100
    steady.ledger[:, ACCOUNTS.index("people"), 0] = 50
    equity = customer_equity(steady)
    assert equity.advertising[0] == pytest.approx(1.0 * annuity(8))
    assert equity.shared_costs[0] == pytest.approx(0.5 * annuity(8))
    assert equity.customer_equity[0] == pytest.approx(6.5 * annuity(8))


def test_persons_add_up_to_the_firm_and_to_the_books(steady, story):
    for records in (steady, story):
        persons, equity = person_equity(records), customer_equity(records)
        for place, firm in enumerate(records.firms):
            mine = persons[persons["firm"] == firm]
            if np.isfinite(equity.today[place]):
                assert mine["residual_money"].sum() == pytest.approx(equity.today[place])
            assert mine["value_to_date_money"].sum() == pytest.approx(
                cumulative_discounted_profit_money(records)[-1, place])
        assert not persons.duplicated(["customer_id", "firm"]).any()


def test_total_is_value_to_date_plus_the_residual_brought_back(steady):
    row = person_equity(steady).iloc[0]
    assert row["total_money"] == pytest.approx(row["value_to_date_money"] + row["residual_money"] / 1.1**2)
    assert row["contribution_money"] == 32.0


def test_lapsed_customers_have_no_residual(make_records):
    bought = [(t, "Rush", 0, 1, 1000, 400) for t in range(8)] + [(0, "Rush", 1, 1, 1000, 400)]
    persons = person_equity(make_records(bought, periods=8, overrides=TERMS)).set_index("customer_id")
    assert persons.loc[1, "residual_money"] == 0.0
    assert not persons.loc[1, "is_customer"]


def test_equity_at_an_earlier_date_knows_only_the_past(make_records):
    bought = [(t, "Rush", 0, 1, 1000, 400) for t in range(8)]
    later = [(t, "Rush", 0, 1, 1000, 400) for t in range(8, 12)]
    whole = make_records(bought + later, periods=12, overrides=TERMS)
    short = make_records(bought, periods=8, overrides=TERMS)
    assert customer_equity(whole.until(8)).customer_equity[0] == customer_equity(short).customer_equity[0]


@pytest.mark.parametrize("size", [{"people": 0, "periods": 4}, {"periods": 1}, {"transactions": None}])
def test_without_history_equity_is_unknown_or_nothing(make_records, size):
    table = equity_table(make_records(**size))
    assert table["customer_equity_money"].isna().all() or (table["customer_equity_money"] == 0).all()


def test_what_is_kept_of_half_a_year_is_kept_twice_in_a_year(make_records):
    """Four quarters are looked back on for two: of two customers then one is left, so a quarter per year."""
    bought = [(1, "Rush", 0, 1, 1000, 400), (1, "Rush", 1, 1, 1000, 400), (3, "Rush", 0, 1, 1000, 400)]
    records = make_records(bought, periods=4, overrides={**TERMS, "market.active_window_weeks": 13.0})
    assert customer_equity(records).kept_per_year[0] == 0.25


def test_the_metric_of_a_period_knows_that_period_and_nothing_later(make_records):
    bought = [(t, "Rush", who, 1, 1000, 400 + 10 * t) for t in range(8) for who in range(2) if (t + who) % 3]
    records = make_records(bought, periods=8, overrides=TERMS)
    values = customer_equity_money(records)[:, 0]
    for period in (4, 5, 7):
        assert values[period] == customer_equity(records.until(period + 1)).customer_equity[0]
    assert values[4] != values[5]
