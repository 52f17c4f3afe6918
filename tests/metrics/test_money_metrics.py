"""Money: the books of a run, discounting with named timing, costs per customer."""

import numpy as np
import pytest

from sim.engine.state import ACCOUNTS, COUNTS
from sim.metrics.market_share import customer_time_months, won_to_date_people
from sim.metrics.money import (
    cost_to_acquire_money,
    cost_to_keep_money,
    cost_to_serve_money,
    cumulative_discounted_profit_money,
    cumulative_discounted_revenue_money,
    cumulative_profit_money,
    customer_profit,
    marketing_money,
    price_cuts_money,
    profit_money,
    revenue_money,
    whale_curve,
    whale_shares,
)


def test_revenue_and_profit_of_the_story(story):
    assert revenue_money(story)[0].tolist() == [20.0, 20.0]
    assert profit_money(story)[:, 0].tolist() == [8.0, 4.0, 4.0, 4.0, 4.0]
    assert cumulative_profit_money(story)[-1].tolist() == [24.0, 27.0]


@pytest.mark.parametrize(
    ("timing", "expected"), [("at_start", 1 + 1 / 1.21), ("one_period_later", 1.1**-0.25 + 1.1**-2.25)]
)
def test_discounting_counts_from_the_end_of_the_warm_up(make_records, timing, expected):
    bought = [(0, "Rush", 0, 1, 100, 100), (2, "Rush", 0, 1, 100, 100), (10, "Rush", 0, 1, 100, 100)]
    records = make_records(
        bought, periods=12, warm_up=2, overrides={"money.discount_rate": 0.1, "money.first_margin": timing}
    )
    value = cumulative_discounted_profit_money(records)
    assert np.isnan(value[:2]).all()  # the warm-up is not counted
    assert value[-1, 0] == pytest.approx(expected)
    assert records.years[[1, 5]].tolist() == [0.0, 1.0]


def test_revenue_to_date_is_discounted_as_profit_is(make_records):
    bought = [(2, "Rush", 0, 1, 300, 100), (6, "Rush", 0, 1, 300, 100)]
    records = make_records(bought, periods=8, warm_up=2, overrides={"money.discount_rate": 0.1})
    profit, revenue = cumulative_discounted_profit_money(records), cumulative_discounted_revenue_money(records)
    assert np.isnan(revenue[:2]).all()
    np.testing.assert_allclose(revenue[2:, 0], 3.0 * profit[2:, 0])


def test_yen_has_no_cents(make_records):
    records = make_records([(0, "Rush", 0, 1, 1000, 400)], overrides={"money.currency": "JPY"})
    assert revenue_money(records)[0, 0] == 1000.0


def test_costs_per_customer_are_outputs_over_a_year(make_records):
    records = make_records([(0, "Rush", 0, 1, 0, 0), (1, "Rush", 1, 1, 0, 0)])
    ledger = records.ledger
    ledger[:, ACCOUNTS.index("advertising"), 0] = 300
    ledger[:, ACCOUNTS.index("care"), 0] = 100
    ledger[:, ACCOUNTS.index("serving"), 0] = 50
    assert cost_to_acquire_money(records)[1, 0] == 3.0  # 6.00 spent, 2 won
    assert cost_to_acquire_money(records)[4, 0] == 12.0  # 12.00 in the last year, 1 won in it
    active = records.counts[:, COUNTS.index("active_customers"), 0]
    assert active.tolist() == [1, 2, 1, 0, 0]
    assert cost_to_keep_money(records)[3, 0] == pytest.approx(4.0 / 1.0)
    assert cost_to_serve_money(records)[3, 0] == pytest.approx(2.0 / 1.0)
    assert np.isnan(cost_to_acquire_money(records)[:, 1]).all()  # Root won nobody


def test_whale_curve_begins_with_the_best_and_ends_with_the_total(make_records):
    records = make_records([(0, "Rush", 0, 1, 100, 60), (0, "Rush", 1, 1, 100, -40), (0, "Rush", 2, 1, 100, 80)])
    curve = whale_curve(records)
    assert curve["firm"].unique().tolist() == ["Rush"]  # Root has no customers
    assert curve["cumulative_profit_money"].tolist() == [0.8, 1.4, 1.0]
    assert curve["profit_share"].tolist() == pytest.approx([0.8, 1.4, 1.0])
    assert curve["customers_share"].tolist() == pytest.approx([1 / 3, 2 / 3, 1.0])


def test_whale_shares_at_some_places_and_of_firms_without_profit(make_records):
    records = make_records([(0, "Rush", 0, 1, 100, 60), (0, "Rush", 1, 1, 100, -40), (0, "Rush", 2, 1, 100, 80)])
    found = whale_shares(records, np.array([0.0, 1 / 6, 1 / 3, 2 / 3, 1.0]))
    assert found[:, 0].tolist() == pytest.approx([0.0, 0.4, 0.8, 1.4, 1.0])
    assert np.isnan(found[:, 1]).all()  # Root has no customers
    loss = make_records([(0, "Rush", 0, 1, 100, -60), (0, "Root", 0, 1, 100, 10)])
    assert np.isnan(whale_shares(loss, np.array([0.5, 1.0]))[:, 0]).all()


def test_a_market_in_which_nobody_buys_has_an_empty_curve(make_records):
    curve = whale_curve(make_records([]))
    assert curve.empty
    assert list(curve.columns) == ["firm", "customers_share", "cumulative_profit_money", "profit_share"]


def test_every_account_stands_in_the_cost_that_it_belongs_to(make_records):
    """One customer all year; in its last quarter each account holds another power of two, so a sum tells its parts."""
    records = make_records([(period, "Rush", 0, 1, 0, 0) for period in range(4)], periods=4)
    worth = {name: 2**place for place, name in enumerate(ACCOUNTS)}
    records.ledger[3, :, 0] = [100 * each for each in worth.values()]
    keeping = ("relations", "information", "system", "rewards", "recovery", "care", "win_back")
    bought = ("service", "people", "capacity")
    assert cost_to_keep_money(records)[3, 0] == sum(worth[name] for name in keeping)
    assert cost_to_serve_money(records)[3, 0] == sum(worth[name] for name in ("serving", *bought))
    assert marketing_money(records)[3, 0] == sum(worth[name] for name in ("advertising", *keeping, *bought))
    assert cost_to_acquire_money(records)[3, 0] == worth["advertising"]  # one customer won
    assert price_cuts_money(records)[3, 0] == worth["price_cuts"]


def test_who_comes_back_was_acquired_again(make_records):
    records = make_records([(0, "Rush", 0, 1, 0, 0), (3, "Rush", 0, 1, 0, 0)])  # gone for longer than the window of two
    records.ledger[:, ACCOUNTS.index("advertising"), 0] = 300
    assert cost_to_acquire_money(records)[[3, 4], 0].tolist() == [6.0, 12.0]  # two won in a year, then one


def test_the_mean_number_of_customers_is_that_of_four_quarters_or_of_those_there_were(make_records):
    records = make_records([(0, "Rush", 0, 1, 0, 0), (1, "Rush", 1, 1, 0, 0)])  # active: 1, 2, 1, 0, 0
    records.ledger[:, ACCOUNTS.index("care"), 0] = 300
    assert cost_to_keep_money(records)[[0, 1, 4], 0].tolist() == [3.0, 6.0 / 1.5, 12.0 / 0.75]


def test_what_was_spent_on_a_customer_is_taken_off(make_records):
    """Paid 10.00, served for 4.00, cared for with 1.50; who only cost something is on the curve, too."""
    records = make_records([(0, "Rush", 0, 1, 1000, 600)])
    records.ties["relation"][0] = [150, 50, 0]
    assert customer_profit(records).tolist() == [[450, -50, 0], [0, 0, 0]]
    assert whale_curve(records)["cumulative_profit_money"].tolist() == [4.5, 4.0]


def test_customers_won_and_their_time_to_date(make_records):
    """Anna is a customer when counting begins, Boris is won; each is active for the window of two quarters."""
    bought = [(1, "Rush", 0, 1, 100, 0), (3, "Rush", 1, 1, 100, 0)]
    records = make_records(bought, periods=6, warm_up=2)
    active = records.counts[:, COUNTS.index("active_customers"), 0]
    assert active.tolist() == [0, 1, 1, 1, 1, 0]
    won, time = won_to_date_people(records), customer_time_months(records)
    assert np.isnan(won[:2]).all()
    assert won[2:, 0].tolist() == [1.0, 2.0, 2.0, 2.0]
    assert time[2:, 0].tolist() == [3.0, 6.0, 9.0, 9.0]
