"""Renaming the firms of a market moves no headline further than new seeds do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from markets import walked

from sim.metrics.money import profit
from sim.scenario.load import load

PAIRS = (
    ("Rush", "Root"), ("Alba", "Bora"), ("Cedro", "Dente"), ("Elma", "Fresca"), ("Gala", "Hera"), ("North", "South"),
    ("One", "Two"), ("Zest", "Acorn"), ("Mill", "Forge"), ("Lark", "Heron"), ("Iris", "Basil"), ("Quay", "Ferry"),
)
RENAMED_WITH = range(1, 11)
SEEDS = range(101, 141)
MOST = 1.5
"""Standard deviation over names against that over seeds. Where a name decides when prices are cut it is larger."""

FIRST_LOOK = ("coffee_shop", {"like": "dealer"}, {"market.aware_at_start": 0.1})
MOBILE = ("mobile_subscription", {"spending": {"advertising": 0.7}, "price_cut": {"depth": 0.9, "every_weeks": 78}},
          {"people.basket.variation": 0.0, "people.cost_to_serve.variation": 0.0, "people.taste.strength": 0.0})
"""A market as in first_look; and one of people who are more alike, in which much hangs on a single price cut, which may
fall into the run or not."""


pytest.importorskip("numba")


def lead(kind: tuple[str, dict[str, Any], dict[str, Any]], names: tuple[str, str], seed: int, **size: float) -> float:
    """By how much the profit of the firm that cuts its price is above that of the other, which keeps its customers."""
    base, first, overrides = kind
    firms = dict(zip(names, (first, {"like": "partner"}), strict=True))
    sizes = {"market.customers": size["people"], "clock.years": size["years"]}
    scenario = load({"question": "What is in a name?", "extends": base, "firms": firms}, {**overrides, **sizes})
    course = walked(scenario, 10_000, executor="numba", seed=seed, world_seed=seed)
    earned = profit(course.records()).sum(axis=0)
    return float(earned[0] - earned[1])


def spreads(kind: tuple[str, dict[str, Any], dict[str, Any]], **size: float) -> tuple[float, float]:
    """Standard deviation of the lead over names (the mean variance at ten seeds), and over seeds."""
    over_names = [np.var([lead(kind, names, seed, **size) for names in PAIRS], ddof=1) for seed in RENAMED_WITH]
    over_seeds = np.std([lead(kind, PAIRS[0], seed, **size) for seed in SEEDS], ddof=1)
    return float(np.sqrt(np.mean(over_names))), float(over_seeds)


@pytest.mark.parametrize(("kind", "people", "years"), [(FIRST_LOOK, 300, 2.0), (MOBILE, 300, 0.75)],
                         ids=["first_look", "mobile"])
def test_names_spread_no_further_than_seeds(kind: Any, people: int, years: float) -> None:
    names, seeds = spreads(kind, people=people, years=years)
    assert 0 < names <= MOST * seeds, f"{names / seeds:.2f} times"


@pytest.mark.slow
@pytest.mark.parametrize("kind", [FIRST_LOOK, MOBILE], ids=["first_look", "mobile"])
def test_names_spread_no_further_than_seeds_in_larger_markets(kind: Any) -> None:
    names, seeds = spreads(kind, people=2000, years=3)
    assert 0 < names <= MOST * seeds, f"{names / seeds:.2f} times"
