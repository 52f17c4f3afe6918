"""A share of a full budget that is a factor takes its room from the other shares, in proportion."""

from __future__ import annotations

import pytest

from sim.runs.plan import Point
from sim.scenario.errors import ScenarioError
from sim.scenario.load import load
from sim.scenario.shares import room_in_words, with_room

FULL = {"question": "Who?", "firms": {"Root": {"spending": {"advertising": 0.6, "relations": 0.3, "service": 0.1}}}}
PATH = "firms.Root.spending.service"


def spending(changes: dict[str, object]) -> dict[str, float]:
    return Point("one", changes).scenario(load(FULL)).firms["Root"].spending.model_dump()


def test_the_others_shrink_in_proportion_and_the_budget_stays_full() -> None:
    found = spending({PATH: 0.4})
    assert found["service"] == 0.4
    assert (found["advertising"], found["relations"]) == (pytest.approx(0.4), pytest.approx(0.2))
    assert sum(found.values()) == pytest.approx(1.0)
    assert spending({"firms.Root.service": 1})["advertising"] == 0.0


def test_where_there_is_room_nothing_else_moves() -> None:
    assert with_room(load(FULL), {PATH: 0.05}) == {PATH: 0.05}
    assert with_room(load(FULL), {PATH: 0.1, "market.customers": 9}) == {PATH: 0.1, "market.customers": 9}
    assert with_room(load(FULL), {"firms.Root.price": 0.9}) == {"firms.Root.price": 0.9}


def test_shares_that_are_named_are_never_moved_and_too_much_is_refused() -> None:
    found = spending({PATH: 0.5, "firms.Root.spending.relations": 0.4})
    assert (found["relations"], found["advertising"]) == (0.4, pytest.approx(0.1))
    for changes in ({PATH: 0.7, "firms.Root.spending.relations": 0.7}, {PATH: 1.2}, {PATH: "much"}):
        with pytest.raises(ScenarioError):
            spending(changes)


def test_it_is_said_where_it_happens() -> None:
    assert room_in_words(load(FULL), {PATH: [0.05, 0.1], "product.margin": [0.1, 0.2]}) == ""
    assert room_in_words(load(FULL), {PATH: (0.05, 0.2)}).endswith(f"the other shares give way in proportion: {PATH}.")
    assert room_in_words(None, {PATH: [1.0]}) == room_in_words(load(FULL), "world") == ""
