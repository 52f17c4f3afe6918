"""The scenario that is really run: its mechanisms' strengths, and all of it as a mapping, as text and as a hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sim.scenario.schema import Scenario
from sim.scenario.schema.mechanisms import MechanismsSection
from sim.scenario.shipped import read_file
from sim.scenario.yaml_reader import looks_plain

WORDS_ONLY = ("title", "question", "claims", "notes", "headline", "expect", "what_if", "controls")
MECHANISMS: tuple[str, ...] = tuple(name for name in MechanismsSection.model_fields if name != "level")


@cache
def _level(name: str) -> dict[str, float]:
    data = read_file(Path(__file__).parent / "levels" / f"{name}.yaml").data
    return {key: float(value) for key, value in data.items()}


def level_strengths(name: str) -> dict[str, float]:
    """The strengths of a level: basic, heart or full.

    >>> level_strengths("basic")["trust"], level_strengths("basic")["commitment"]
    (1.0, 0.0)
    """
    return dict(_level(name))


def strengths(scenario: Scenario) -> dict[str, float]:
    """The strength of every mechanism: the scenario's own number where it gives one, else its level's.

    A strength of 0 means the mechanism is absent; 1 is full strength; below 0 its sign is turned.
    """
    of_level = _level(scenario.mechanisms.level)
    own = {name: getattr(scenario.mechanisms, name) for name in MECHANISMS}
    return {name: of_level[name] if own[name] is None else float(own[name]) for name in MECHANISMS}


def words_of(scenario: Scenario) -> tuple[Any, ...]:
    """What the scenario says in words, which its hash leaves out."""
    return tuple(getattr(scenario, name) for name in WORDS_ONLY)


def to_mapping(scenario: Scenario, without: Collection[str] = ()) -> dict[str, Any]:
    """Everything the scenario says (`without` some sections), defaults included, as plain values; `load` takes it back.

    `extends` and `like` are left out: what they brought is written out.
    """
    data = scenario.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=set(without))
    data.pop("extends", None)
    for firm in data["firms"].values():
        firm.pop("like", None)
    return data


def effective_mapping(scenario: Scenario) -> dict[str, Any]:
    """Like `to_mapping`, with the strength of every mechanism written out."""
    return {**to_mapping(scenario), "mechanisms": {"level": scenario.mechanisms.level, **strengths(scenario)}}


def scenario_hash(scenario: Scenario) -> str:
    """Sixteen hexadecimal digits that are equal exactly where the numbers are equal.

    Titles, questions, claims, notes, expectations and what-ifs do not change a run, so they do not count;
    nor does the way in which a strength came about (level or own number).
    """
    data = to_mapping(scenario, WORDS_ONLY)
    data["mechanisms"] = strengths(scenario)
    text = json.dumps(data, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def effective_yaml(scenario: Scenario) -> str:
    """The effective scenario as a YAML text that gives the same market again."""
    return yaml_text(effective_mapping(scenario))


class _Dumper(yaml.SafeDumper):
    """Block style, nothing abbreviated, words quoted only where the reader would take them for something else."""

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """True: repeated values are written out."""
        return True


def _untagged(text: str, style: str | None = None) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style=style)


def _word(text: str) -> yaml.ScalarNode:
    plain = looks_plain(text) and text.replace("\n", "").isprintable()
    return _untagged(text, None if plain else '"')


_Dumper.add_representer(str, lambda _, text: _word(text))
_Dumper.add_representer(float, lambda _, value: _untagged(repr(value)))
_Dumper.add_representer(int, lambda _, value: _untagged(str(value)))
_Dumper.add_representer(bool, lambda _, value: _untagged("true" if value else "false"))
_Dumper.add_representer(type(None), lambda _, __: _untagged("null"))


def yaml_text(data: dict[str, Any]) -> str:
    """YAML text of a mapping, which `yaml_reader` reads back as the same values."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=False)
