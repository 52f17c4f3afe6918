"""Plain numbers of a loaded scenario changed without going through its files again.

Where a number stands in a section of the schema and lies in its range, only that section is validated anew, and only
the checks across sections that depend on it are repeated. Everything else is left to the general way in `load`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from numbers import Integral, Real
from typing import Any, TypeVar
from unicodedata import normalize

from pydantic import BaseModel, ValidationError

from sim.scenario.checking import problems_across
from sim.scenario.cross_checks import depends_on
from sim.scenario.dotted import merged
from sim.scenario.effective import scenario_hash, words_of
from sim.scenario.errors import PathParts, Place
from sim.scenario.fields import full_name
from sim.scenario.layers import FIXED
from sim.scenario.parameters import FROM_FILE
from sim.scenario.schema import Scenario
from sim.scenario.yaml_reader import Document, Spot

Steps = tuple[str, ...]
S = TypeVar("S", bound=BaseModel)


class _GeneralWayError(Exception):
    """This change is no plain number in its range."""


def with_numbers(scenario: Scenario, overrides: Mapping[str, Any], file: str) -> Scenario | None:
    """The scenario with numbers changed by dotted name, or None where the general way has to decide."""
    source = scenario.source
    if not source.hash or any(".py" in firm.strategy for firm in scenario.firms.values()):
        return None
    if source.hash != scenario_hash(scenario) or source.words != words_of(scenario):
        return None
    try:
        numbers = {_steps(key): _number(value) for key, value in overrides.items()}
        mapping, places, changed = source.mapping, dict(source.places), scenario
        for line, (steps, value) in enumerate(numbers.items(), start=1):
            changed = _with_number(changed, steps, value)
            nested: Any = value
            for step in reversed(steps):
                nested = {step: nested}
            mapping = merged(mapping, nested, dots=False)
            places.update({steps[:length]: Place(file, line, 1) for length in range(1, len(steps) + 1)})
        if any(map(depends_on, numbers)):
            _check_across(changed, mapping, places)
    except (_GeneralWayError, ValidationError):
        return None
    return changed.from_source(replace(
        source, mapping=mapping, places=places, overrides={**source.overrides, **overrides},
        hash=scenario_hash(changed),
    ))


def _steps(key: Any) -> Steps:
    if not isinstance(key, str):
        raise _GeneralWayError
    steps = tuple(normalize("NFC", full_name(key)).split("."))
    if steps[0] in FIXED:
        raise _GeneralWayError
    return steps


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise _GeneralWayError
    return int(value) if isinstance(value, Integral) else float(value)


def _with_number(section: S, steps: Steps, value: float) -> S:
    """A section with a number below it changed; sections on the way are copied, all others are shared."""
    name, *rest = steps
    declared = type(section).model_fields.get(name)
    if declared is None or declared.alias is not None:
        raise _GeneralWayError
    if not rest:
        given = {key: getattr(section, key) for key in section.model_fields_set}
        return type(section).model_validate({**given, name: value}, context=FROM_FILE)
    inner: Any = getattr(section, name)
    if isinstance(inner, dict) and len(rest) > 1 and isinstance(inner.get(rest[0]), BaseModel):
        entry = _with_number(inner[rest[0]], tuple(rest[1:]), value)
        return section.model_copy(update={name: {**inner, rest[0]: entry}})
    if isinstance(inner, BaseModel):
        if name not in section.model_fields_set:
            inner = type(inner)()  # once a file says a word about it, a section begins at its own defaults
        return section.model_copy(update={name: _with_number(inner, tuple(rest), value)})
    raise _GeneralWayError


def _check_across(scenario: Scenario, mapping: dict[str, Any], places: dict[PathParts, Place]) -> None:
    """Repeat the checks across sections that read a changed number; refusals are worded by the general way."""
    in_what_if = scenario.source.what_if is not None
    if scenario.what_if and not in_what_if:
        raise _GeneralWayError  # every what-if has to be laid over the changed scenario
    firms = {
        name: {**mapping["firms"][name], "spending": firm.spending.model_dump()}  # presets included
        for name, firm in scenario.firms.items()
    }
    spots = {path: Spot(place, place) for path, place in places.items()}
    if problems_across(Document({**mapping, "firms": firms}, spots), in_what_if):
        raise _GeneralWayError
