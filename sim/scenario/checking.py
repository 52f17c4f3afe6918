"""One whole document against the schema, the kinds of events, the settings of strategies and the cross checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.registry import EVENTS, STRATEGIES
from sim.scenario.complaints import problem_of
from sim.scenario.cross_checks import cross_check
from sim.scenario.errors import PathParts, Problem
from sim.scenario.layers import with_presets
from sim.scenario.schema import Event, Scenario
from sim.scenario.yaml_reader import Document


@dataclass
class _Checking:
    """One document on its way through the schema."""

    document: Document
    problems: list[Problem]
    sections: dict[PathParts, type[BaseModel]] = field(default_factory=dict)


def checked(raw: Document, folder: Path, in_what_if: bool = False) -> tuple[Scenario | None, list[Problem]]:
    """The scenario a document describes, and everything that is wrong with it; strategies' files start in `folder`."""
    document = with_presets(raw)
    kinds: dict[str, type[Event]] = EVENTS.classes()
    checking = _Checking(document, list(document.problems))
    events = _events(checking, kinds)
    data = {**document.data, **({"events": events} if events is not None else {})}
    scenario = _valid(Scenario, data, checking)
    _settings(checking, folder)
    checking.problems.extend(problems_across(document, in_what_if))
    return scenario, _once_per_place(checking.problems)


def problems_across(document: Document, in_what_if: bool = False) -> list[Problem]:
    """What is wrong between the sections of a document with presets laid under."""
    return cross_check(document, STRATEGIES.names(), EVENTS.names(), in_what_if)


def _once_per_place(problems: list[Problem]) -> list[Problem]:
    first: dict[tuple[str, int, int, str], Problem] = {}
    for problem in problems:
        first.setdefault((problem.file, problem.line, problem.column, problem.path), problem)
    return list(first.values())


def _events(checking: _Checking, kinds: Mapping[str, type[Event]]) -> list[Any] | None:
    """The events as objects of their kinds; what cannot be one is left for the schema to complain about."""
    entries = checking.document.data.get("events")
    if not isinstance(entries, list):
        return None
    made: list[Any] = []
    for number, entry in enumerate(entries):
        kind = entry.get("kind") if isinstance(entry, dict) else None
        section = kinds.get(kind) if isinstance(kind, str) else None
        if section is not None:
            checking.sections[("events", number)] = section
            event = _valid(section, entry, checking, ("events", number))
            if event is not None:
                made.append(event)
        elif not isinstance(kind, str) or not kinds:
            _valid(Event, entry, checking, ("events", number))
    return made


def _settings(checking: _Checking, folder: Path) -> None:
    """The settings of every firm's strategy, and strategies in files (`my_strategy.py:MyStrategy`)."""
    firms = checking.document.data.get("firms")
    for name, firm in firms.items() if isinstance(firms, dict) else ():
        strategy = firm.get("strategy", "as_written") if isinstance(firm, dict) else None
        if not isinstance(strategy, str):
            continue
        kind = _strategy_class(strategy, folder)
        path: PathParts = ("firms", name, "settings")
        if isinstance(kind, str):
            spot = ("firms", name, "strategy")
            checking.problems.append(Problem.at(checking.document.value_place(spot), spot, kind))
        elif kind is not None and isinstance(firm.get("settings", {}), dict):
            checking.sections[path] = kind
            _valid(kind, firm.get("settings", {}), checking, path)


def _valid(model: type[BaseModel], data: Any, checking: _Checking, prefix: tuple[str | int, ...] = ()) -> Any:
    for _ in range(2):
        try:
            return model.model_validate(data)
        except ValidationError as error:
            errors = error.errors(include_url=False, include_context=False)
        data, mended = _whole_numbers(data, errors)
        if not mended:
            break
    for entry in errors:
        placed = {**entry, "loc": (*prefix, *entry["loc"])}
        checking.problems.append(problem_of(placed, checking.document, checking.sections))
    return None


def _whole_numbers(data: Any, errors: list[Any]) -> tuple[Any, bool]:
    """Data in which `1e3` counts as the whole number 1000 where a whole number is asked for."""
    mended = False
    for entry in errors:
        value = entry["input"]
        if entry["type"] == "int_type" and isinstance(value, float) and value.is_integer():
            data = _replaced(data, tuple(entry["loc"]), int(value))
            mended = True
    return data, mended


def _replaced(data: Any, path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return value
    copy: Any = list(data) if isinstance(data, list) else dict(data)
    copy[path[0]] = _replaced(copy[path[0]], path[1:], value)
    return copy


def _strategy_class(name: str, folder: Path) -> type[BaseModel] | str | None:
    """The class behind a strategy's name, a sentence where its file is wrong, None where there is no such name."""
    if ".py" not in name and name not in STRATEGIES.names():
        return None
    try:
        kind: type[BaseModel] = STRATEGIES.find(name, folder)
    except ValueError as error:
        return str(error)
    return kind
