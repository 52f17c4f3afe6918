"""The assumptions in which two scenarios differ."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.scenario.checking import checked
from sim.scenario.dotted import leaves
from sim.scenario.effective import WORDS_ONLY, effective_mapping
from sim.scenario.errors import PathParts, dotted
from sim.scenario.fields import field_at
from sim.scenario.layers import document_of
from sim.scenario.parameters import ASSUMPTION, extra_of
from sim.scenario.schema import Scenario
from sim.text.console import columns
from sim.text.words import shown

_ENTRIES = (("firms",), ("people", "segments"), ("events",))


@dataclass(frozen=True)
class Difference:
    """One value that differs: its dotted name, both values (None: not there), unit, meaning and source."""

    path: str
    a: Any
    b: Any
    unit: str = ""
    label: str = ""
    source: str = ""
    whole: bool = False
    """True for a firm, a segment or an event that only one of them has."""

    @property
    def is_guess(self) -> bool:
        """True where nobody has measured the value."""
        return self.source.startswith(ASSUMPTION)


def diff(a: Scenario, b: Scenario) -> list[Difference]:
    """Everything in which the runs of two scenarios differ, in the order of the file; words are left out.

    A firm, a segment or an event that only one of them has is one difference.

    >>> from sim.scenario.load import load
    >>> one = load({"question": "Who stays?", "firms": {"Root": {}}})
    >>> [(found.path, found.a, found.b) for found in diff(one, load(one, {"market.customers": 500}))]
    [('market.customers', 2000, 500)]
    """
    left, right = _values(a), _values(b)
    differ = [path for path in {**left, **right} if left.get(path) != right.get(path)]
    alone = {path for path in differ if path[:-1] in _ENTRIES}
    return [_difference(path, left.get(path), right.get(path)) for path in differ
            if path in alone or not any(path[: len(entry)] == entry for entry in alone)]


def _values(scenario: Scenario) -> dict[PathParts, Any]:
    """Single values by path; a firm, a segment and an event count as values themselves, by their presence."""
    data = {key: value for key, value in effective_mapping(scenario).items() if key not in WORDS_ONLY}
    values: dict[PathParts, Any] = {}
    for path, value in leaves(data, lists=True):
        for entries in _ENTRIES:
            if len(path) > len(entries) and path[: len(entries)] == entries:
                values.setdefault(path[: len(entries) + 1], "there")
        if value != []:
            values[path] = value
    return values


def _difference(path: PathParts, a: Any, b: Any) -> Difference:
    field = field_at(path)
    if field is None:
        return Difference(dotted(path), a, b, whole=path[:-1] in _ENTRIES)
    notes = (extra_of(field, "unit"), extra_of(field, "label") or field.description or "", extra_of(field, "source"))
    return Difference(dotted(path), a, b, *notes)


def base_of(scenario: Scenario) -> Scenario | None:
    """What the scenario would be without its own file: what it extends, else the defaults; None where that fails."""
    inherited = dict(scenario.source.inherited)
    inherited.setdefault("question", "none")
    base, problems = checked(document_of(inherited, "extended files"), Path(scenario.source.folder))
    return base if not problems else None


def inherits_expectations(scenario: Scenario) -> str:
    """The scenario whose expectations these are, word for word, where a file has none of its own; else empty.

    >>> from sim.scenario.load import load
    >>> inherits_expectations(load("leaky_bucket"))
    ''
    """
    source = scenario.source
    theirs = source.inherited.get("expect")
    return scenario.extends or "" if theirs and source.written.get("expect") == theirs else ""


def diff_text(a: Scenario, b: Scenario, name_a: str | None = None, name_b: str | None = None) -> str:
    """The differences as a table in plain text."""
    found = diff(a, b)
    one, other = name_a or a.source.name, name_b or b.source.name
    if not found:
        return f"{one} and {other} give the same market: no assumption differs.\n"
    rows = [("", one, other, "unit"), *((each.path, _cell(each.a), _cell(each.b), each.unit) for each in found)]
    lines = columns(rows, left=(0, 3))
    guesses = sum(each.is_guess for each in found)
    total = f"{len(found)} assumption{'s differ' if len(found) > 1 else ' differs'}"
    return "\n".join([*lines, "", f"{total}; the source of {guesses} is a guess."]) + "\n"


def _cell(value: Any) -> str:
    return "-" if value is None else in_line(value)


def in_line(value: Any) -> str:
    """A value, a list or a mapping on one line.

    >>> in_line(0.5), in_line(["Rush", "Root"]), in_line({"depth": 0.2, "share": 1}), in_line([])
    ('0.5', 'Rush, Root', 'depth 0.2, share 1', 'none')
    """
    if isinstance(value, dict):
        return ", ".join(f"{key} {in_line(inner)}" for key, inner in value.items())
    return ", ".join(map(shown, value)) or "none" if isinstance(value, list) else shown(value)
