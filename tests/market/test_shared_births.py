"""Markets of a study share the people they have in common: the same bits as people drawn for each of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from markets import GRAPHS, random_market

from sim.engine.world import BORN, World
from sim.market import birth
from sim.market.birth import born, born_alike
from sim.market.simulation import Options, Simulation
from sim.runs.task import TaskSettings, read_run
from sim.scenario.effective import strengths
from sim.scenario.errors import ScenarioError
from sim.scenario.fields import parameter_table
from sim.scenario.load import load
from sim.scenario.parameters import Parameter
from sim.scenario.schema import Scenario

LIVELY: dict[str, Any] = {
    "question": "Who shares whom?", "clock": {"years": 3}, "firms": {"Rush": {"share": 2.0}, "Root": {"promise": 0.8}},
    "people": {"segments": {"many": {"share": 0.3, "purchases": 2.0}, "rich": {"share": 0.7, "basket": 3.0}},
               "taste_price_link": 0.3},
    "market": {"customers": 40, "leave_per_year": 0.2, "friends": {"each": 3}},
}


@pytest.fixture(autouse=True)
def _nobody_kept() -> None:
    birth._drawn_once.cache_clear()


def both(scenario: Scenario, seed: int = 3, periods: int = 36) -> tuple[World, World]:
    strong = strengths(scenario)
    return born(scenario, strong, seed, periods), born_alike(scenario, strong, seed, periods)


def assert_the_same(one: World, other: World, what: str = "") -> None:
    assert (one.p, one.m) == (other.p, other.m), what
    columns = {**other.columns(), "friend_of": other.friend_of}
    for name, column in {**one.columns(), "friend_of": one.friend_of}.items():
        assert column.dtype == columns[name].dtype, (what, name)
        assert column.shape == columns[name].shape, (what, name)
        assert column.tobytes() == columns[name].tobytes(), (what, name)


def other_value(one: Parameter) -> Any:
    """Another value that the parameter may have."""
    if isinstance(one.default, bool):
        return not one.default
    if one.low is None or one.high is None:
        return None
    low, high = one.low, min(one.high, 1000.0)
    value = low + 0.37 * (high - low)
    return round(value) + (round(value) == one.default) if isinstance(one.default, int) else value


WORDS: dict[str, tuple[str, ...]] = {
    "clock.period": ("week", "quarter"), "market.growth.kind": ("stationary", "bass"), "market.friends.graph": GRAPHS,
    "mechanisms.level": ("basic",), "money.currency": ("JPY",), "budget.mode": ("share_of_revenue",),
}


def test_whatever_number_is_changed_people_are_those_drawn_for_that_market() -> None:
    """Every declared number and word, one by one, after the unchanged market has been kept."""
    base, tried = load(LIVELY), 0
    for one in parameter_table():
        name = one.name.replace(".NAME.", ".Rush.") if one.name.startswith("firms.") else one.name
        if any(mark in name for mark in ("[]", "NAME")):
            continue
        for value in WORDS.get(name, (other_value(one),)):
            try:
                changed = load(base, {name: value})
            except ScenarioError:
                continue
            tried += 1
            both(base)
            assert_the_same(*both(changed), f"{name} = {value}")
    assert tried > 200


def test_random_markets_one_after_the_other() -> None:
    for seed in range(30):
        scenario = random_market(seed)
        for world_seed, periods in ((3, 40), (3, 41), (4, 40)):
            assert_the_same(*both(scenario, world_seed, periods), str(seed))


def test_firms_are_known_by_their_names_not_by_their_places() -> None:
    for firms in (["Rush", "Root"], ["Root", "Rush"], ["Rush", "Root", "Rest"], ["Rush"], ["Rush", "Roof"]):
        assert_the_same(*both(load({**LIVELY, "firms": {name: {} for name in firms}})), str(firms))


def shares(one: Scenario, other: Scenario, seeds: tuple[int, int] = (3, 3)) -> bool:
    worlds = [born_alike(each, strengths(each), seed, 36) for each, seed in zip((one, other), seeds, strict=True)]
    return np.shares_memory(worlds[0].me.rate, worlds[1].me.rate)


def test_what_firms_do_leaves_people_the_same_and_what_people_are_does_not() -> None:
    base = load(LIVELY)
    for lever in ("firms.Root.price", "firms.Root.promise", "firms.Root.aware_at_start", "budget.per_person_per_year",
                  "psychology.appraisal.tolerance", "mechanisms.trust"):
        assert shares(base, load(base, {lever: 0.35})), lever
    for trait in ("people.basket.mean", "market.leave_per_year", "market.friends.rewiring", "firms.Root.share"):
        assert not shares(base, load(base, {trait: 0.35})), trait
    assert not shares(base, base, (3, 4))


def test_only_what_is_born_is_shared() -> None:
    base = load(LIVELY)
    one, other = (born_alike(base, strengths(base), 3, 36) for _ in range(2))
    for name, column in one.columns().items():
        struct, field = name.split(".")
        assert np.shares_memory(column, other.columns()[name]) == (field in BORN.get(struct, ())), name


def test_a_whole_run_leaves_what_is_shared_as_it_was() -> None:
    scenario = load(LIVELY)
    how = TaskSettings("numpy", 1, ("market_share", "customer_equity_money"), 3.0)
    before = both(scenario)[0]
    first = read_run(scenario, 3, how)[1]
    assert read_run(scenario, 3, how)[1] == first
    assert_the_same(before, born_alike(scenario, strengths(scenario), 3, 36))
    assert birth._drawn_once.cache_info().misses == 1


def test_markets_that_anybody_may_write_into_share_nothing() -> None:
    scenario = load(LIVELY)
    one, other = (Simulation(scenario, 3, 3, Options("numpy", 1)) for _ in range(2))
    assert not np.shares_memory(one.world.me.rate, other.world.me.rate)
    assert birth._drawn_once.cache_info().misses == 0


def test_people_of_big_markets_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(birth, "SHARED_UP_TO", 39)
    assert_the_same(*both(load(LIVELY)))
    assert birth._drawn_once.cache_info().currsize == 0
