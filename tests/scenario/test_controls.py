"""Sliders in a scenario file: what they offer, and what is refused with its place."""

from __future__ import annotations

from typing import Any

import pytest

from sim.scenario.effective import scenario_hash
from sim.scenario.errors import ScenarioError
from sim.scenario.load import load, load_text
from sim.scenario.shipped import shipped_names
from sim.scenario.sliders import sliders

CONTROL = {"path": "firms.Root.promise", "words": "What Root promises", "range": [0.3, 0.9], "step": 0.05}


def with_controls(*controls: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"extends": "first_look", "question": "?", "controls": list(controls), **more}


def refused(*controls: dict[str, Any]) -> str:
    with pytest.raises(ScenarioError) as error:
        load(with_controls(*controls))
    assert len(error.value.problems) == 1
    return f"{error.value.problems[0].path}: {error.value.problems[0].message}"


def test_a_slider_starts_at_the_value_of_the_scenario() -> None:
    scenario = load(with_controls(CONTROL, firms={"Root": {"promise": 0.45}}))
    (slider,) = sliders(scenario)
    assert (slider.value, slider.low, slider.high, slider.unit, slider.whole) == (0.45, 0.3, 0.9, "quality", False)


def test_a_value_out_of_the_range_widens_the_slider() -> None:
    (slider,) = sliders(load(with_controls(CONTROL, firms={"Root": {"promise": 0.95}})))
    assert (slider.low, slider.high) == (0.3, 0.95)


def test_the_strength_of_a_mechanism_comes_from_its_level() -> None:
    control = {**CONTROL, "path": "mechanisms.commitment", "range": [0, 2], "unit": "times"}
    scenarios = [load(with_controls(control, mechanisms={"level": level})) for level in ("basic", "full")]
    assert [sliders(scenario)[0].value for scenario in scenarios] == [0.0, 1.0]


def test_a_number_that_is_left_out_has_no_slider() -> None:
    control = {**CONTROL, "path": "runs.world_seed", "range": [0, 9], "step": 1}
    assert sliders(load(with_controls(control))) == []


def test_sliders_change_no_number_so_the_identity_of_runs_stays() -> None:
    assert scenario_hash(load(with_controls(CONTROL))) == scenario_hash(load(with_controls()))


def test_nine_sliders_are_too_many() -> None:
    many = [{**CONTROL, "path": f"psychology.bonds.{number}"} for number in range(9)]
    with pytest.raises(ScenarioError, match="9 sliders; at most 8"):
        load(with_controls(*many))


@pytest.mark.parametrize(("change", "said"), [
    ({"path": "firms.Root.promse"}, "did you mean firms.Root.promise"),
    ({"path": "firms.Rot.promise"}, "there is no firm Rot; did you mean Root"),
    ({"path": "firms.Root"}, "is not the dotted name of a number"),
    ({"path": "money.currency"}, "is not the dotted name of a number"),
    ({"range": [0.3, 9]}, "9 is outside of 0 to 1"),
    ({"range": [0.9, 0.3]}, "the first number must be below the second"),
    ({"range": [0.3]}, "controls[0].range"),
    ({"step": 0}, "controls[0].step"),
])
def test_what_is_wrong_is_said_once_and_in_words(change: dict[str, Any], said: str) -> None:
    assert said in refused({**CONTROL, **change})


def test_the_same_number_twice() -> None:
    assert "has a slider already" in refused(CONTROL, CONTROL)


def test_the_place_is_that_of_the_value_in_the_file() -> None:
    slider = "{path: firms.Rot.promise, words: a, range: [0, 1], step: 1}"
    text = f"extends: first_look\nquestion: Why?\ncontrols:\n  - {slider}\n"
    with pytest.raises(ScenarioError) as error:
        load_text(text)
    assert (error.value.problems[0].line, error.value.problems[0].column) == (4, 12)


@pytest.mark.parametrize("name", shipped_names())
def test_the_value_of_a_shipped_scenario_lies_on_its_sliders(name: str) -> None:
    scenario = load(name)
    found = sliders(scenario)
    assert len(found) == len(scenario.controls)
    for slider, control in zip(found, scenario.controls, strict=True):
        assert control.range[0] <= slider.value <= control.range[1], control.path
        assert slider.value in slider.points(7)
