"""Who is a customer: one period looked up by itself, and the walk through all of them."""

from __future__ import annotations

import numpy as np

import sim
from sim.records.history import active_at, active_customers, heads


def test_one_period_alone_is_that_period_of_the_walk():
    records = sim.run("first_look", seed=3, overrides={"market.customers": 150, "market.leave_per_year": 0.3}).records
    assert records.people["leaves"].min() < records.periods, "somebody leaves"
    seen = 0
    for period, active in active_customers(records):
        np.testing.assert_array_equal(active_at(records, period), active)
        seen += int(active.any())
    assert seen > 10
    assert not active_at(records, -1).any()


def test_the_story_of_three_customers(story):
    assert active_at(story, 4).tolist() == [[True, False, False], [False, True, False]]
    assert active_at(story, 1).tolist() == [[True, True, False], [False, True, True]]
    assert heads(active_at(story, 1)) == [2, 2]


def test_wallets_are_walked_when_asked_for(story):
    history = story.history
    assert "_wallets" not in vars(history)
    assert history.wallet_here[4].tolist() == [4000, 4000], "Rush's buyer of the last year, and Root's"
    assert history.wallet_all[4].tolist() == [4000, 4000]
    assert "_wallets" in vars(history)
