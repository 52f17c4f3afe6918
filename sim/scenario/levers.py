"""The levers in which the firms of a scenario differ, and values as people write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.scenario.explain_firms import levers_of
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


def levers(scenario: Scenario) -> list[Lever]:
    """The levers in which the firms of a scenario differ, in the order of the file."""
    if len(scenario.firms) < 2:
        return []
    every = {name: levers_of(firm, scenario) for name, firm in scenario.firms.items()}
    paths = dict.fromkeys(path for values in every.values() for path in values)
    found = []
    for path in paths:
        values = tuple(value_in_words(one.get(path), path in one) for one in every.values())
        if len(set(values)) > 1:
            field = field_at(("firms", "NAME", *path.split(".")))
            label = "" if field is None else extra_of(field, "label") or field.description or ""
            unit = "" if field is None else extra_of(field, "unit")
            name = path.replace("_", " ").replace(".", ": ")
            found.append(Lever(name, label, "" if unit == "word" else unit, values))
    return found


def value_in_words(value: Any, present: bool = True) -> str:
    """A value as people write it.

    >>> value_in_words(True), value_in_words([]), value_in_words(1e6), value_in_words(None, present=False)
    ('yes', 'none', '1,000,000', '–')
    """
    if not present:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(shown, value)) or "none"
    if isinstance(value, int | float):
        return f"{value:,.12g}"
    return shown(value).replace("_", " ")
