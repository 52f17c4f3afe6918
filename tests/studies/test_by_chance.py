"""The floor under a headline: the same market with every mechanism off."""

import pytest

import sim
from sim.scenario.effective import MECHANISMS
from sim.studies.by_chance import BY_CHANCE, by_chance

TINY = {
    "question": "Deals or relations?", "clock": {"years": 1.5}, "market": {"customers": 150},
    "firms": {"Rush": {"spending": {"advertising": 0.9}}, "Root": {"spending": {"relations": 0.7}}},
}


def test_it_is_the_same_market_with_all_mechanisms_off_and_the_same_seeds():
    floor = by_chance(TINY, 3, seed=4)
    off = sim.replicate({**TINY, "mechanisms": dict.fromkeys(MECHANISMS, 0)}, 3, seed=4)
    assert floor.metrics == ("repeat_rate_share", "wallet_share")
    for metric in floor.metrics:
        for place, firm in enumerate(floor.firms):
            values = off.values("as written", metric, firm)
            assert floor.results.column(BY_CHANCE, metric, firm, range(3)).tolist() == values.tolist()
            assert floor.levels()[metric][place] == pytest.approx(values.mean())


def test_it_is_read_off_the_headline_of_the_scenario():
    floor = by_chance({**TINY, "headline": ["active_customers_people"]}, 2)
    assert list(floor.levels()) == ["active_customers_people"]
