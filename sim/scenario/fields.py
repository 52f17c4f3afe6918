"""The declaration behind a dotted name, short names made whole, and the table of all numbers (`sim parameters`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.scenario.errors import PathParts
from sim.scenario.parameters import Parameter, declared, extra_of, inner_section, keys_of, limits_of, walk
from sim.scenario.schema import Scenario
from sim.text.words import nearest, one_of, shown

Sections = Mapping[PathParts, type[BaseModel]]
NO_SECTIONS: Sections = MappingProxyType({})


def section_at(path: PathParts, sections: Sections = NO_SECTIONS) -> type[BaseModel] | None:
    """The section whose keys stand under a path of a scenario, or None where there is none.

    `sections` holds those of single entries: the kind of an event, the settings of a firm's strategy; under the empty
    path the section of the whole file, where it is no scenario.
    """
    here: type[BaseModel] | None = sections.get((), Scenario)
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
        here = sections.get(path[:length], here)
    return here


def field_at(path: PathParts, sections: Sections = NO_SECTIONS) -> FieldInfo | None:
    """The declaration of the value at a path, or None."""
    section = section_at(path[:-1], sections) if path else None
    return keys_of(section).get(str(path[-1])) if section is not None else None


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


def _elsewhere(key: str) -> str | None:
    """The dotted name of a declared section or number that ends in this key, when it is the only such."""
    ends = _endings(key, (parameter.name for parameter in parameters()))
    depth = min((name.count(".") for name in ends), default=0)
    level = [name for name in ends if name.count(".") == depth]
    return level[0].replace("NAME", "<name>") if len(level) == 1 else None


def _endings(key: str, names: Iterable[str]) -> set[str]:
    """The beginnings of dotted names, of two steps or more, that end in a key."""
    steps = [name.split(".") for name in names]
    return {".".join(one[:end]) for one in steps for end in range(2, len(one) + 1) if one[end - 1] == key}


def hint_for_key(key: str, allowed: list[str]) -> str:
    """What was probably meant by an unknown key."""
    near = nearest(key, allowed)
    if near is not None and len(near) >= len(key) - 3:
        return f"did you mean {near}?"
    other = _elsewhere(key)
    if other is not None:
        return f"did you mean {other}?"
    if near is not None:
        return f"did you mean {near}?"
    return f"allowed here: {', '.join(allowed)}" if allowed else "nothing can be set here"


@lru_cache(maxsize=4096)
def full_name(name: str) -> str:
    """The whole dotted name where exactly one section below knows the step that is missing; else the name itself.

    >>> full_name("firms.Root.service"), full_name("market.amplitude"), full_name("firms.Root.price")
    ('firms.Root.spending.service', 'market.season.amplitude', 'firms.Root.price')
    >>> full_name("firms.Root.depth")  # of a price cut or of winning back: not clear, so unchanged
    'firms.Root.depth'
    """
    steps, found = name.split("."), list[str]()
    here: type[BaseModel] | None = Scenario
    while steps and here is not None:
        if steps[0] not in keys_of(here):
            below = _endings(steps[0], (name for name, _, _ in walk(here)))
            ways = [way for way in below if "NAME" not in way and "[]" not in way]
            if len(ways) != 1:
                return name
            steps = [*ways[0].split("."), *steps[1:]]
        field = keys_of(here)[steps[0]]
        here = inner_section(field)
        taken = 2 if here is not None and get_origin(field.annotation) in (dict, list) else 1  # with the entry's name
        found, steps = [*found, *steps[:taken]], steps[taken:]
    return ".".join([*found, *steps])


def parameter_table(words: str = "", guesses: bool = False) -> list[Parameter]:
    """Declared numbers whose name or label holds all the words; with `guesses` only those nobody measured.

    Raises ValueError with the nearest words when nothing fits.

    >>> [parameter.name for parameter in parameter_table("loss_aversion")]
    ['psychology.appraisal.loss_aversion']
    """
    wanted = words.casefold().split()
    chosen = [
        parameter
        for parameter in parameters()
        if all(word in f"{parameter.name} {parameter.label}".casefold() for word in wanted)
    ]
    if not chosen:
        steps = sorted({step for parameter in parameters() for step in parameter.name.split(".")})
        near = sorted({close for word in wanted if (close := nearest(word, steps)) is not None})
        hint = f"nearest: {one_of(near)}" if near else "try a part of a name, such as price or trust"
        raise ValueError(f"no number has {words!r} in its name or label; {hint}")
    return [parameter for parameter in chosen if parameter.is_guess or not guesses]


def parameter_text(words: str = "", guesses: bool = False) -> str:
    """The table as plain text: two lines for each number."""
    lines = []
    for one in parameter_table(words, guesses):
        default = "left out" if one.default is None else f"{one.default}"
        span = "" if one.low is None or one.high is None else f", {one.low:g} to {one.high:g}"
        lines += [f"{one.name} = {default}  ({one.unit}{span})", f"    {one.label}. Source: {one.source}"]
    return "\n".join(lines) + "\n"
