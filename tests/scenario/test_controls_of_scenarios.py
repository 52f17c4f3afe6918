"""The sliders of the shipped scenarios: each begins at the value of its scenario and moves the market."""

from __future__ import annotations

import pytest

from sim.runs.execute import run_market
from sim.runs.plan import Point
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.scenario.shipped import shipped_names
from sim.scenario.sliders import sliders

WITH_FIRMS = [name for name in shipped_names() if load(name).firms]
PEOPLE = 400


def books(scenario: Scenario, changes: dict[str, float]) -> list[int]:
    """The books of a small market with a slider moved."""
    moved = Point("moved", {"market.customers": PEOPLE, **changes}).scenario(scenario)
    return [int(entry) for entry in run_market(moved, 1, "totals").ledger.ravel()]


@pytest.mark.parametrize("name", WITH_FIRMS)
def test_every_slider_begins_at_the_value_of_the_scenario(name: str) -> None:
    scenario = load(name)
    found = sliders(scenario)
    assert 3 <= len(found) <= 8
    assert len(found) == len(scenario.controls)
    assert len({one.words for one in found}) == len(found)
    for one, control in zip(found, scenario.controls, strict=True):
        assert [one.low, one.high] == control.range, f"{one.path}: the scenario's own value is outside of the range"
        for steps in ((one.value - one.low) / one.step, (one.high - one.low) / one.step):
            assert steps == pytest.approx(round(steps), abs=1e-9), f"{one.path}: not a whole number of steps"


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_FIRMS)
def test_every_slider_moves_the_market(name: str) -> None:
    scenario = load(name)
    as_written = books(scenario, {})
    for one in sliders(scenario):
        ends = [end for end in (one.low, one.high) if end != one.value]
        assert any(books(scenario, {one.path: end}) != as_written for end in ends), f"{one.path} moves nothing"
