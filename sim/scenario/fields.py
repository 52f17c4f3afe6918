"""Finding the declaration behind a dotted path, for messages, explanations and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.scenario.errors import PathParts
from sim.scenario.parameters import Parameter, declared
from sim.scenario.schema import Scenario
from sim.text.words import nearest, shown

Sections = Mapping[PathParts, type[BaseModel]]
NOTHING_KNOWN: Sections = MappingProxyType({})


def keys_of(section: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a section by the name they have in a file."""
    return {field.alias or name: field for name, field in section.model_fields.items()}


def section_at(path: PathParts, known: Sections = NOTHING_KNOWN) -> type[BaseModel] | None:
    """The section whose keys stand under a path of a scenario, or None where there is none.

    `known` tells the sections of single entries: the kind of an event, the settings of a firm's strategy; under the
    empty path the section of the whole file, where it is no scenario.
    """
    here: type[BaseModel] | None = known.get((), Scenario)
    length = 0
    while length < len(path):
        field = keys_of(here).get(str(path[length])) if here is not None else None
        if field is None:
            return None
        here = inner_section(field)
        length += 1
        if here is not None and get_origin(field.annotation) in (dict, list):
            if length == len(path):
                return None
            length += 1
        here = known.get(path[:length], here)
    return here


def field_at(path: PathParts, known: Sections = NOTHING_KNOWN) -> FieldInfo | None:
    """The declaration of the value at a path, or None."""
    section = section_at(path[:-1], known) if path else None
    return keys_of(section).get(str(path[-1])) if section is not None else None


def inner_section(field: FieldInfo) -> type[BaseModel] | None:
    """The section inside a field: its own, or that of the entries of its mapping or list."""
    return _section_in(field.annotation)


def _section_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _section_in(part)) is not None), None)


def words_of(field: FieldInfo) -> tuple[str, ...]:
    """The words a field allows, when it is a choice."""
    return tuple(_words_in(field.annotation))


def _words_in(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from (str(word) for word in get_args(annotation))
    else:
        for part in get_args(annotation):
            yield from _words_in(part)


def limits_of(field: FieldInfo) -> tuple[float | None, float | None]:
    """The inclusive range of a number."""
    low = high = None
    for rule in field.metadata:
        low = getattr(rule, "ge", low)
        high = getattr(rule, "le", high)
    return low, high


def extra_of(field: FieldInfo, key: str) -> str:
    """A note of the declaration (unit, source, label), or an empty text."""
    extra = field.json_schema_extra
    return str(extra.get(key, "")) if isinstance(extra, Mapping) else ""


def allowed_numbers(field: FieldInfo) -> str:
    """The range and the meaning of a number in half a sentence."""
    low, high = limits_of(field)
    span = f"{shown(low)} to {shown(high)}" if low is not None and high is not None else "a number"
    label, unit = extra_of(field, "label"), extra_of(field, "unit")
    meaning = ", ".join(text for text in (label, f"unit: {unit}" if unit else "") if text)
    return f"{span} ({meaning})" if meaning else span


@cache
def parameters() -> tuple[Parameter, ...]:
    """Every declared number and choice of a scenario, by dotted name."""
    return tuple(declared(Scenario))


def elsewhere(key: str) -> str | None:
    """The dotted name of a declared section or number that ends in this key, when it is the only such."""
    ends: set[str] = set()
    for parameter in parameters():
        steps = parameter.name.split(".")
        for length in range(2, len(steps) + 1):
            if steps[length - 1] == key and "NAME" not in steps[length - 1]:
                ends.add(".".join(steps[:length]))
    shortest = sorted(ends, key=lambda name: (name.count("."), name))
    level = [name for name in shortest if name.count(".") == shortest[0].count(".")] if shortest else []
    return level[0].replace("NAME", "<name>") if len(level) == 1 else None


def hint_for_key(key: str, allowed: list[str]) -> str:
    """What was probably meant by an unknown key."""
    near = nearest(key, allowed)
    if near is not None and len(near) >= len(key) - 3:
        return f"did you mean {near}?"
    other = elsewhere(key)
    if other is not None:
        return f"did you mean {other}?"
    if near is not None:
        return f"did you mean {near}?"
    return f"allowed here: {', '.join(allowed)}" if allowed else "nothing can be set here"
