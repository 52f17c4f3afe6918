"""What the options are, and in what they differ, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.reports.words import named
from sim.scenario.diff import Difference
from sim.scenario.explain import change_in_words, firms_in_words, levers_of
from sim.scenario.fields import field_at
from sim.scenario.parameters import extra_of
from sim.scenario.schema import Scenario
from sim.text.words import shown


@dataclass(frozen=True)
class Lever:
    """One lever in which firms differ: what it is, its unit, and its value for each firm."""

    name: str
    label: str
    unit: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """Something that is otherwise: where it stands, what is otherwise in words, and what that means or its unit."""

    path: str
    said: str
    note: str

    @property
    def words(self) -> str:
        """All of it in a line."""
        return f"{self.said} ({self.note})" if self.note else self.said


@dataclass(frozen=True)
class World:
    """A what-if: its name and everything that is otherwise in it."""

    name: str
    changes: tuple[Change, ...]

    @property
    def title(self) -> str:
        """Its name as it is said."""
        return named(self.name).strip("“”")


def levers(scenario: Scenario) -> list[Lever]:
    """The levers in which the firms of a scenario differ, in the order of the file."""
    if len(scenario.firms) < 2:
        return []
    every = {name: levers_of(firm, scenario) for name, firm in scenario.firms.items()}
    paths = list(dict.fromkeys(path for values in every.values() for path in values))
    found = []
    for path in paths:
        values = tuple(value_in_words(one.get(path), path in one) for one in every.values())
        if len(set(values)) > 1:
            found.append(Lever(path.replace("_", " ").replace(".", ": "), *_notes(("firms", "NAME", *path.split("."))),
                               values))
    return found


def in_common(scenario: Scenario) -> list[str]:
    """Sentences about what all firms share: the budget, and the levers that are alike."""
    return [sentence for sentence in firms_in_words(scenario, frozenset()) if not sentence.startswith("|")]


def told(scenario: Scenario, found: Mapping[str, Sequence[Difference]]) -> list[World]:
    """Worlds with what is otherwise in each, in words."""
    return [World(name, tuple(_change(scenario, one) for one in differences)) for name, differences in found.items()]


def spans(found: Mapping[str, Sequence[Difference]]) -> list[str]:
    """Many worlds in few lines: every number that differs, with all the values that it has in them.

    >>> spans({"a": [Difference("product.price", 9.0, 10.0)], "b": [Difference("product.price", 9.0, 11.0)]})
    ['product: price: 9, 10, 11']
    """
    values: dict[str, list[str]] = {}
    notes: dict[str, str] = {}
    for one in (each for differences in found.values() for each in differences):
        there = values.setdefault(one.path, [] if one.whole else [value_in_words(one.a)])
        there += [] if one.whole else [value_in_words(one.b)]
        notes[one.path] = f" ({one.label})" if one.label else ""
    return [f"{path.removeprefix('firms.').replace('_', ' ').replace('.', ': ')}: {', '.join(dict.fromkeys(there))}"
            f"{notes[path]}" for path, there in values.items()]


def _change(scenario: Scenario, one: Difference) -> Change:
    if one.whole:
        return Change(one.path, change_in_words(scenario, one), "")
    steps = one.path.split(".")
    instead = f"{value_in_words(one.b)} instead of {value_in_words(one.a)}"
    unit = "" if one.unit in ("word", "strength") else one.unit
    if steps[0] == "firms":
        name = ": ".join(step.replace("_", " ") for step in steps[1:])
        return Change(one.path, f"{name} {instead}", ", ".join(filter(None, (one.label, unit))))
    return Change(one.path, f"{one.label or one.path}: {instead}", unit)


def _notes(path: tuple[str, ...]) -> tuple[str, str]:
    field = field_at(path)
    if field is None:
        return "", ""
    unit = extra_of(field, "unit")
    return extra_of(field, "label") or field.description or "", "" if unit == "word" else unit


def value_in_words(value: Any, there: bool = True) -> str:
    """A value as people write it.

    >>> value_in_words(True), value_in_words([]), value_in_words(1e6), value_in_words(None, there=False)
    ('yes', 'none', '1,000,000', '–')
    """
    if not there:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(shown, value)) or "none"
    if isinstance(value, int | float):
        return f"{value:,.12g}"
    return shown(value).replace("_", " ")
