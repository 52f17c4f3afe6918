"""The JSON Schema of scenario files, by which an editor completes and checks as you type.

Everything is optional in it, because a file may extend another; the loader checks the whole.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from sim.registry import EVENTS
from sim.scenario.cross_checks import NOT_IN_OVERLAYS
from sim.scenario.schema import Scenario
from sim.scenario.shipped import shipped_folder

HEADER = "# yaml-language-server: $schema=./schema.json"
_DRAFT = "http://json-schema.org/draft-07/schema#"
_REMOVABLE = ("FirmSection", "Segment", "Overlay")
"""What `null` takes out again (see `merge`)."""


def json_schema() -> dict[str, Any]:
    """The schema as a mapping (JSON Schema draft 7): titles, descriptions, units, ranges, sources."""
    built = Scenario.model_json_schema(by_alias=True)
    definitions: dict[str, Any] = dict(built.pop("$defs"))
    kinds = _event_definitions(definitions)
    if kinds:
        built["properties"]["events"]["items"] = {"anyOf": [{"$ref": f"#/$defs/{name}"} for name in kinds]}
        definitions.pop("Event", None)
    properties: dict[str, Any] = built["properties"]
    properties["what_if"]["additionalProperties"] = {"$ref": "#/$defs/Overlay"}
    definitions["Overlay"] = {
        "title": "What-if",
        "description": "changes to the scenario: nested, or by dotted name (firms.Root.quality: 0.8)",
        "properties": {key: value for key, value in properties.items() if key not in NOT_IN_OVERLAYS},
        "patternProperties": {r"^[^.]+(\.[^.]+)+$": {}},
        "additionalProperties": False,
    }
    for name in _REMOVABLE:
        definitions[name]["type"] = ["object", "null"]
    schema = {"$schema": _DRAFT, **built, "$defs": definitions}
    schema["title"] = "A scenario"
    return dict(_tidied(schema))


def _event_definitions(definitions: dict[str, Any]) -> list[str]:
    """Add a definition for each kind of event of this package; its names."""
    names = []
    for kind in EVENTS.classes().values():
        if kind.__module__.startswith("sim.firms.events"):
            schema = kind.model_json_schema(by_alias=True)
            definitions.update(schema.pop("$defs", {}))
            schema["properties"]["kind"].pop("default", None)
            definitions[kind.__name__] = {**schema, "must": ["kind"]}
            names.append(kind.__name__)
    return names


def _tidied(node: Any, inside_properties: bool = False) -> Any:
    """Without `required` (but for the kind of an event) and with labels instead of made-up titles."""
    if isinstance(node, list):
        return [_tidied(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    if inside_properties:
        return {key: _titled(key, _tidied(inner)) for key, inner in node.items()}
    kept: dict[str, Any] = {}
    for key, inner in node.items():
        if key == "must":
            kept["required"] = inner
        elif key not in ("required", "label"):
            kept[key] = _tidied(inner, inside_properties=key in ("properties", "$defs", "patternProperties"))
    return kept


def _titled(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    if schema and re.fullmatch("[a-z0-9_]+", name):
        return {**schema, "title": name}
    return schema


def schema_text() -> str:
    """The schema as it stands in scenarios/schema.json."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False, sort_keys=False) + "\n"


def write_schema(path: Path | None = None) -> Path:
    """Write the schema (by default beside the shipped scenarios) and say where."""
    target = path or shipped_folder() / "schema.json"
    target.write_text(schema_text(), encoding="utf-8", newline="\n")
    return target
