"""Plain numbers changed in a loaded scenario: the short way gives exactly what the general way gives."""

from __future__ import annotations

import random
from typing import Any

import pytest

from sim.scenario import Scenario, ScenarioError, load, scenario_hash, shipped_names, with_what_if
from sim.scenario.fields import parameters
from sim.scenario.load import _changed_in_general
from sim.scenario.parameters import Parameter
from sim.scenario.plain_numbers import with_numbers

OVERLAPS = {"question": "Who stays?", "clock": {"years": 4}, "market": {"customers": 50},
            "people": {"segments": {"busy": {"share": 0.6}, "calm": {"share": 0.4}}},
            "firms": {"Rush": {"spending": {"service": 0.5}}, "Root": {"like": "partner"}},
            "events": [{"kind": "outage", "year": 2.0}],
            "expect": [{"metric": "market_share", "firm": "Root", "above": "Rush", "year": 3.0, "why": "C1"}]}
"""Everything that the checks across sections look at, without a what-if."""


def _outcome(change: Any) -> Any:
    """Everything one can see of a changed scenario, or the refusal."""
    try:
        scenario = change()
    except ScenarioError as error:
        return str(error)
    source = scenario.source
    return (
        scenario, scenario_hash(scenario), scenario.model_dump(), _fields_set(scenario), source.name, source.file,
        source.mapping, source.inherited, source.places, source.files, source.overrides, source.what_if, source.folder,
        source.hash,
    )


def _fields_set(scenario: Scenario) -> Any:
    return scenario.model_dump(exclude_unset=True)


def _compared(scenario: Scenario, overrides: dict[str, Any]) -> bool:
    """Assert that both ways agree; whether the short way was taken."""
    short = with_numbers(scenario, overrides, "point")
    given = _outcome(lambda: load(scenario, overrides, overrides_from="point"))
    assert given == _outcome(lambda: _changed_in_general(scenario, overrides, "point")), overrides
    return short is not None


def _base(name: str) -> Scenario:
    return load(OVERLAPS) if name == "overlaps" else load(name)


def _name(parameter: Parameter, scenario: Scenario, luck: random.Random) -> str:
    segments = scenario.people.segments or {"nobody": None}
    names = segments if parameter.name.startswith("people.") else scenario.firms or {"Nobody": None}
    return parameter.name.replace("NAME", luck.choice(list(names)))


def _value(parameter: Parameter, luck: random.Random) -> Any:
    if parameter.low is None or parameter.high is None:
        return luck.choice([0, 1.0, "word", True])
    low, high = parameter.low, parameter.high
    inside = luck.uniform(low, min(high, low + 50))
    return luck.choice([inside, inside, round(inside), float(round(inside)), low, high, high + 1, low - 0.5,
                        float("nan"), True, None, "much"])


@pytest.mark.parametrize("name", ["overlaps", *shipped_names()])
def test_one_number_gives_the_same_either_way(name: str) -> None:
    """Every declared number once, with values inside, at and beyond its range and of the wrong type."""
    luck, scenario = random.Random(name), _base(name)
    taken = 0
    chosen = list(parameters()) if name == "overlaps" else luck.sample(list(parameters()), 40)
    for parameter in chosen:
        taken += _compared(scenario, {_name(parameter, scenario, luck): _value(parameter, luck)})
    assert taken >= len(chosen) // 8


@pytest.mark.parametrize("name", ["overlaps", "leaky_bucket", "first_look"])
def test_several_numbers_give_the_same_either_way(name: str) -> None:
    luck, scenario = random.Random(name), _base(name)
    for _ in range(25):
        several = luck.sample(list(parameters()), 3)
        _compared(scenario, {_name(each, scenario, luck): _value(each, luck) for each in several})


@pytest.mark.parametrize(("path", "values"), [
    ("clock.years", (0.25, 1, 1.9, 2.0, 2.5, 3.0, 50)),
    ("market.customers", (1, 5, 6, 7, 1e3, 1e8, 1000.5)),
    ("market.friends.each", (0, 5, 49, 50, 60)),
    ("firms.Root.spending.service", (0.0, 0.1, 0.3, 0.6, 0.9, 1.0)),
    ("firms.Rush.spending.advertising", (0.0, 0.4, 0.5, 0.6, 1.0)),
    ("people.segments.busy.share", (0.5, 0.6, 0.61)),
])
def test_checks_across_sections_are_repeated(path: str, values: tuple[float, ...]) -> None:
    scenario = load(OVERLAPS)
    for value in values:
        _compared(scenario, {path: value})


def test_short_names_misspelt_names_and_structure_give_the_same() -> None:
    scenario = load("leaky_bucket")
    assert _compared(scenario, {"firms.Root.service": 0.0, "firms.Root.price": 9}) is False  # what-ifs read spending
    assert _compared(scenario, {"firms.Root.depth": 0.2}) is False
    for overrides in ({"firms.Rot.price": 9.0}, {"firms.Root": {"price": 9.0}}, {"firms.*.price": 9.0}, {"claims": []},
                      {"schema": 1}, {"extends": 3}, {"firms[0]": 1}, {"": 1}, {7: 1}, {"firms.Root.price.more": 1},
                      {"market": 1}, {"firms.Root.settings.x": 1}, {"firms.Root.price": 1, "firms.Root": None}):
        assert _compared(scenario, overrides) is False  # type: ignore[arg-type]


def test_changes_of_changes_and_of_what_ifs_give_the_same() -> None:
    scenario = load("leaky_bucket")
    changed = load(scenario, {"firms.Root.price": 9.0})
    assert not _compared(changed, {"firms.Root.price": 8.0, "market.customers": 400})
    assert _compared(changed, {"firms.Root.quality": 0.9})
    assert _compared(with_what_if(scenario, next(iter(scenario.what_if))), {"market.customers": 400})


def test_a_scenario_changed_behind_its_source_takes_the_general_way() -> None:
    scenario = load("leaky_bucket")
    copied = scenario.model_copy(update={"title": "same numbers"})
    assert not _compared(copied, {"market.aware_at_start": 0.5})
    other = scenario.model_copy(update={"clock": scenario.clock.model_copy(update={"years": 3.0})})
    assert not _compared(other, {"market.aware_at_start": 0.5})


def test_the_short_way_leaves_the_scenario_itself_alone() -> None:
    scenario = load("leaky_bucket")
    before = scenario.model_dump_json(), repr(scenario.source.mapping), dict(scenario.source.places)
    changed = load(scenario, {"firms.Root.price": 9.5})
    assert changed.firms["Root"].price == 9.5
    assert before == (scenario.model_dump_json(), repr(scenario.source.mapping), dict(scenario.source.places))
