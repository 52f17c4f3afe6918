"""The declaration behind a dotted name, short names made whole, all numbers, and those in use in a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.scenario.effective import strengths
from sim.scenario.errors import PathParts
from sim.scenario.parameters import Parameter, declared, extra_of, inner_section, keys_of, limits_of, walk
from sim.scenario.schema import Scenario
from sim.text.words import nearest, odd_letters, one_of, shown

Sections = Mapping[PathParts, type[BaseModel]]
NO_SECTIONS: Sections = MappingProxyType({})

PAST = "past."
"""Names of the levers that all firms have before the warm-up ends begin so; the rest is the name of the lever."""

_NEEDED: dict[str, tuple[str, ...]] = {
    "psychology.needs": ("needs", "need_hierarchy"),
    "psychology.mood": ("mood",),
    "psychology.voice": ("voice", "word_of_mouth", "reviews"),
    "psychology.mending": ("recovery", "proactive_care"),
    "psychology.knowing": ("knowledge", "personalisation", "contact_fatigue"),
    "psychology.attention": ("advertising_stock", "forgetting"),
    "people.taste": ("taste",),
    "market.friends": ("word_of_mouth",),
}
"""Sections that matter only while one of these mechanisms is on."""


def section_at(path: PathParts, sections: Sections = NO_SECTIONS) -> type[BaseModel] | None:
    """The section whose keys stand under a path of a scenario, or None where there is none.

    `sections` holds those of single entries: the kind of an event, the settings of a firm's strategy; under the empty
    path the section of the whole file, where it is no scenario.
    """
    here: type[BaseModel] | None = sections.get((), Scenario)
    length = 0
    while length < len(path):
        if here is None or str(path[length]) not in keys_of(here):
            return None
        here, steps = _below(here, str(path[length]))
        length += steps
        if length > len(path):
            return None
        here = sections.get(path[:length], here)
    return here


def _below(section: type[BaseModel], key: str) -> tuple[type[BaseModel] | None, int]:
    """The section under a key, and how many steps lead into it: 2 where the name of an entry comes between."""
    field = keys_of(section)[key]
    inner = inner_section(field)
    return inner, 2 if inner is not None and get_origin(field.annotation) in (dict, list) else 1


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
    """The dotted name of a declared section or number that ends in this key, when it is the only such.

    Levers are looked for in firms: those of the past have the same names.
    """
    ends = _endings(key, (one.name for one in parameters() if not one.name.startswith(PAST)))
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
    meant = near if near is not None and len(near) >= len(key) - 3 else _elsewhere(key) or near
    if meant is not None:
        return f"did you mean {meant}?{odd_letters(key, meant)}"
    return f"allowed here: {', '.join(allowed)}" if allowed else "nothing can be set here"


@lru_cache(maxsize=4096)
def full_name(name: str) -> str:
    """The whole dotted name where exactly one section below knows the step that is missing; else the name itself.

    >>> full_name("firms.Root.service"), full_name("market.amplitude"), full_name("firms.Root.price")
    ('firms.Root.spending.service', 'market.season.amplitude', 'firms.Root.price')
    >>> full_name("firms.Root.depth")  # of a price cut or of winning back: not clear, so unchanged
    'firms.Root.depth'
    """
    steps, whole = name.split("."), list[str]()
    here: type[BaseModel] | None = Scenario
    while steps and here is not None:
        if steps[0] not in keys_of(here):
            below = _endings(steps[0], (path for path, _, _ in walk(here)))
            between = [path for path in below if not path.startswith(PAST) and "NAME" not in path and "[]" not in path]
            if len(between) != 1:
                return name
            steps = [*between[0].split("."), *steps[1:]]
        here, taken = _below(here, steps[0])
        whole, steps = [*whole, *steps[:taken]], steps[taken:]
    return ".".join([*whole, *steps])


def parameter_table(words: str = "", guesses: bool = False) -> list[Parameter]:
    """Declared numbers whose name or label holds all the words; with `guesses` only those nobody measured.

    Raises ValueError with the nearest words when nothing fits.

    >>> [parameter.name for parameter in parameter_table("loss_aversion")]
    ['psychology.appraisal.loss_aversion']
    """
    wanted = words.casefold().split()
    chosen = [one for one in parameters() if all(word in f"{one.name} {one.label}".casefold() for word in wanted)]
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


@dataclass(frozen=True)
class NumberInUse(Parameter):
    """A declared number with the value it has in a scenario."""

    value: Any


def numbers_in_use(scenario: Scenario) -> list[NumberInUse]:
    """Every number in use, measured or not.

    Left out are sections of absent mechanisms, growth, seasons and contracts that are not there, the levers of
    firms and of their past (they are decisions, not assumptions), surveys and the number of runs.
    """
    idle = _idle(scenario)
    return [
        NumberInUse.of(name, field, value=value) for name, field, value in walk(scenario)
        if isinstance(value, int | float) and not isinstance(value, bool) and extra_of(field, "source")
        and not any(name == section or name.startswith((f"{section}.", f"{section}[")) for section in idle)
    ]


def guesses_in_use(scenario: Scenario) -> tuple[list[NumberInUse], int]:
    """The guesses among the numbers in use, and how many numbers are in use."""
    numbers = numbers_in_use(scenario)
    return [number for number in numbers if number.is_guess], len(numbers)


def _idle(scenario: Scenario) -> set[str]:
    """Sections that do not matter in a scenario."""
    real, contract = strengths(scenario), scenario.product.contract
    idle = {section for section, needed in _NEEDED.items() if all(real[name] == 0 for name in needed)}
    idle |= {"firms", "past", "mechanisms", "survey", "runs", "clock", "money", "budget"}
    idle |= {"events", "expect", "controls"}
    if scenario.market.growth.kind != "bass":
        idle.add("market.growth")
    if not scenario.market.season.amplitude:
        idle.add("market.season")
    if not (contract.regular or contract.weeks or contract.inertia):
        idle.add("product.contract")
    return idle
