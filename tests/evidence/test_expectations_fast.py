"""A fast form of the expectations study: the claims that are far from their border, on five fresh seeds."""

from __future__ import annotations

import pytest
from expectations import duels, studied

from sim.studies.expectations import HOLDS, check_expectations

RUNS = 5
CLEAR = {
    "leaky_bucket": 2,  # Rush ahead while the market grows, Root keeps more; Root ahead when it is full is close
    "welcome_discount": 3,  # more newcomers, worth less, less profit
    "hostages": 3,  # go when the lock opens, base shrinks, heart is not wallet; the fourth claim is a known miss
    "silent_exit": 3,  # complaints follow the effort, defection does not, who looks finds
    "placebo_identical_firms": 1,  # a what-if of nothing; equal shares within .1 need more runs
}
"""Scenario -> how many of its claims hold clearly on other seeds (see docs/expectations.md)."""


@pytest.mark.parametrize("name", CLEAR)
def test_clear_expectations_hold_on_fresh_seeds(name: str) -> None:
    verdicts = check_expectations(studied(name, RUNS))
    held = [verdict.sentence for verdict in verdicts if verdict.word == HOLDS]
    assert len(held) >= CLEAR[name], [verdict.sentence for verdict in verdicts]


def test_relations_win_some_and_lose_some() -> None:
    """Both signs over the shipped scenarios: no rule of the game decides for one side."""
    found = [fight for name in ("penny_goods", "all_mechanisms_off", "first_look") for fight in duels(
        name, studied(name, RUNS))]
    winners = {(fight.scenario, fight.world): fight.winner for fight in found}
    assert winners["first_look", "as written"] == "relations"
    assert winners["all_mechanisms_off", "as written"] == "deals"
    assert winners["penny_goods", "price_80"] == "relations"
    assert all(winners["penny_goods", world] == "deals" for world in ("as written", "price_4"))
