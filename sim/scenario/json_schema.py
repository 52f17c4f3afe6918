"""The JSON Schema of scenario files, by which an editor completes and checks as you type.

Everything is optional in it, because a file may extend another; the loader checks the whole.
"""

from __future__ import annotations

import json
import re
from typing import Any

from sim.registry import EVENTS
from sim.scenario.cross_checks import NOT_IN_OVERLAYS
from sim.scenario.schema import Scenario

HEADER = "# yaml-language-server: $schema=./schema.json"
_DRAFT = "http://json-schema.org/draft-07/schema#"
_REMOVABLE = ("FirmSection", "Segment", "Overlay")
"""What `null` takes out again (see `sim.scenario.dotted`)."""


def json_schema() -> dict[str, Any]:
    """The schema as a mapping (JSON Schema draft 7): titles, descriptions, units, ranges, sources."""
    built = Scenario.model_json_schema(by_alias=True)
    definitions: dict[str, Any] = dict(built.pop("$defs"))
    properties: dict[str, Any] = built["properties"]
    kinds = [kind for kind in EVENTS.classes().values() if kind.__module__.startswith("sim.firms.events")]
    for kind in kinds:
        schema = kind.model_json_schema(by_alias=True)
        definitions.update(schema.pop("$defs", {}))
        schema["properties"]["kind"].pop("default", None)
        definitions[kind.__name__] = {**schema, "must": ["kind"]}
    properties["events"]["items"] = {"anyOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in kinds]}
    definitions.pop("Event", None)
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
    schema = {"$schema": _DRAFT, **built, "$defs": definitions, "title": "A scenario"}
    return dict(_tidied(schema))


def _tidied(node: Any, inside_properties: bool = False) -> Any:
    """Without `required` (but for the kind of an event) and with names instead of made-up titles."""
    if isinstance(node, list):
        return [_tidied(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    kept: dict[str, Any] = {}
    for key, inner in node.items():
        if inside_properties:
            schema = _tidied(inner)
            kept[key] = {**schema, "title": key} if schema and re.fullmatch("[a-z0-9_]+", key) else schema
        elif key == "must":
            kept["required"] = inner
        elif key not in ("required", "label"):
            kept[key] = _tidied(inner, inside_properties=key in ("properties", "$defs", "patternProperties"))
    return kept


def schema_text() -> str:
    """The schema as it stands in scenarios/schema.json."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False, sort_keys=False) + "\n"
