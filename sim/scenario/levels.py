"""The levels: three files of mechanism strengths, and how a scenario differs from its level."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sim.scenario.schema import Scenario
from sim.scenario.schema.mechanisms import MechanismsSection
from sim.scenario.shipped import read_file

MECHANISMS: tuple[str, ...] = tuple(name for name in MechanismsSection.model_fields if name != "level")


@cache
def _level(name: str) -> tuple[tuple[str, float], ...]:
    data = read_file(Path(__file__).parent / "levels" / f"{name}.yaml").data
    return tuple((key, float(value)) for key, value in data.items())


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
    of_level = level_strengths(scenario.mechanisms.level)
    own = {name: getattr(scenario.mechanisms, name) for name in MECHANISMS}
    return {name: of_level[name] if own[name] is None else float(own[name]) for name in MECHANISMS}
