"""Dotted names that leave out a section in between: `firms.Root.service` for `firms.Root.spending.service`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_origin

from pydantic import BaseModel

from sim.scenario.errors import PathParts
from sim.scenario.fields import inner_section, keys_of
from sim.scenario.schema import Scenario


def full_name(name: str) -> str:
    """The whole dotted name where exactly one section below knows the step that is missing; else the name itself.

    >>> full_name("firms.Root.service"), full_name("market.amplitude"), full_name("firms.Root.price")
    ('firms.Root.spending.service', 'market.season.amplitude', 'firms.Root.price')
    >>> full_name("firms.Root.depth")  # of a price cut, or of winning back? Nobody knows
    'firms.Root.depth'
    """
    steps, found = name.split("."), list[str]()
    here: type[BaseModel] | None = Scenario
    place = 0
    while place < len(steps) and here is not None:
        if steps[place] not in keys_of(here):
            ways = list(_ways_to(here, steps[place]))
            if len(ways) != 1:
                return name
            found += map(str, ways[0][:-1])
            for step in ways[0][:-1]:
                here = inner_section(keys_of(here)[str(step)])
                assert here is not None
        field = keys_of(here)[steps[place]]
        found.append(steps[place])
        place += 1
        here = inner_section(field)
        if here is not None and get_origin(field.annotation) in (dict, list) and place < len(steps):
            found.append(steps[place])  # the name of a firm or a segment
            place += 1
    return ".".join([*found, *steps[place:]])


def _ways_to(section: type[BaseModel], key: str) -> Iterator[PathParts]:
    """Paths to a key in the sections below; entries of mappings and lists have names of their own and are left out."""
    for name, field in keys_of(section).items():
        inner = inner_section(field)
        if inner is None or get_origin(field.annotation) in (dict, list):
            continue
        if key in keys_of(inner):
            yield (name, key)
        for way in _ways_to(inner, key):
            yield (name, *way)
