"""The JSON Schema by which editors complete scenario files is current, and the shipped files fit it."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from sim.scenario.json_schema import HEADER, json_schema, schema_text
from sim.scenario.schema import Scenario
from sim.scenario.shipped import read_file, shipped_folder, shipped_names


@pytest.fixture(scope="module")
def checker() -> jsonschema.Draft7Validator:
    jsonschema.Draft7Validator.check_schema(json_schema())
    return jsonschema.Draft7Validator(json_schema())


def test_the_file_is_current() -> None:
    shipped = (shipped_folder() / "schema.json").read_text("utf-8")
    assert shipped == schema_text(), "run: sim schema --out scenarios/schema.json"


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_scenarios_fit_it_and_name_it(name: str, checker: jsonschema.Draft7Validator) -> None:
    path = shipped_folder() / f"{name}.yaml"
    assert [error.message for error in checker.iter_errors(read_file(path).data)] == []
    assert path.read_text("utf-8").splitlines()[0] == HEADER


@pytest.mark.parametrize("name", sorted(file.stem for file in (shipped_folder() / "firms").glob("*.yaml")))
def test_shipped_presets_fit_the_section_of_a_firm(name: str) -> None:
    section = {"$ref": "#/$defs/FirmSection", "$defs": json_schema()["$defs"]}
    data = read_file(shipped_folder() / "firms" / f"{name}.yaml").data
    levers = {key: value for key, value in data.items() if key not in ("title", "notes")}
    assert [error.message for error in jsonschema.Draft7Validator(section).iter_errors(levers)] == []


@pytest.mark.parametrize(
    "data",
    [
        {"marekt": {}},
        {"market": {"custmers": 3}},
        {"market": {"customers": 2.5}},
        {"firms": {"Root": {"quality": 2}}},
        {"clock": {"period": "moth"}},
        {"events": [{"kind": "outrage"}]},
        {"events": [{"year": 1}]},
        {"what_if": {"a": {"extends": "base"}}},
        {"what_if": {"a": {"markt": {}}}},
    ],
)
def test_it_refuses_what_the_loader_refuses(data: dict[str, Any], checker: jsonschema.Draft7Validator) -> None:
    assert not checker.is_valid(data)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"extends": "base"},
        {"firms": {"Root": None}},
        {"what_if": {"a": {"firms.Root.quality": 0.3, "market": {"customers": 5}}}},
        {"events": [{"kind": "outage", "year": 1, "severity": 0.4}]},
        {"people": {"segments": {"busy": None}}},
    ],
)
def test_it_lets_pass_what_a_file_that_extends_another_may_say(
    data: dict[str, Any], checker: jsonschema.Draft7Validator
) -> None:
    assert [error.message for error in checker.iter_errors(data)] == []


def test_every_section_is_described_with_range_and_unit() -> None:
    depth = json_schema()["$defs"]["PriceCut"]["properties"]["depth"]
    assert (depth["minimum"], depth["maximum"], depth["unit"]) == (0, 0.9, "share of price")
    assert depth["description"].startswith("how deep the cut is")
    assert set(json_schema()["properties"]) == {field.alias or name for name, field in Scenario.model_fields.items()}
