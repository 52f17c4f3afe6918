"""From a name, a file or a mapping to a checked, frozen scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.scenario.complaints import problem_of
from sim.scenario.cross_checks import Known, cross_check
from sim.scenario.effective import scenario_hash, to_mapping
from sim.scenario.errors import Place, Problem, ScenarioError
from sim.scenario.known import event_kinds, strategy_names
from sim.scenario.layers import Layers, document_of, layers_of, layers_of_file, overridden, with_presets
from sim.scenario.merge import overlay, part_of, undotted
from sim.scenario.schema import Event, Scenario
from sim.scenario.shipped import find
from sim.scenario.source import Source
from sim.scenario.words import suggestion
from sim.scenario.yaml_reader import Document, read_text

WHAT_IF_PREFIX = "what_if"


def load(
    what: str | Path | Mapping[str, Any] | Scenario,
    overrides: Mapping[str, Any] | None = None,
    *,
    overrides_from: str = "overrides",
) -> Scenario:
    """Load a scenario: a shipped name, a path that ends in .yaml, a mapping, or a scenario to be changed.

    `overrides` are values by dotted name; they pass the same checks, and `overrides_from` names them in messages.
    Raises ScenarioError with everything that is wrong at once.

    >>> load({"question": "Who stays?", "firms": {"Root": {}}}, {"market.customers": 500}).market.customers
    500
    """
    if isinstance(what, Scenario):
        return _changed(what, overrides or {}, overrides_from)
    if isinstance(what, Mapping):
        layers = layers_of(document_of(what, "mapping"), Path())
        origin = Source(name="mapping", files=layers.files)
    else:
        name = str(what)
        path = find(name, None, Place(name or "scenario", 1, 1))
        layers = layers_of_file(path)
        origin = Source(name=path.stem, file=layers.files[0], folder=str(path.resolve().parent))
    return _built(layers, origin, overrides or {}, overrides_from)


def load_text(text: str, file: str = "text", overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Load a scenario from YAML text, e.g. from a cell of a notebook; `file` names it in messages.

    >>> load_text("{question: Who stays?, firms: {Root: {quality: 0.8}}}").firms["Root"].quality
    0.8
    """
    return _built(layers_of(read_text(text, file), Path()), Source(name=file, file=file), overrides or {}, "overrides")


def with_what_if(scenario: Scenario, name: str) -> Scenario:
    """The scenario with one of its what-ifs applied; presets are laid under anew.

    Raises ScenarioError when there is no such what-if.
    """
    document = _document_behind(scenario)
    place = Place(scenario.source.file or "scenario", 1, 1)
    if name not in scenario.what_if:
        message = f"there is no what-if {name!r}; {suggestion(name, scenario.what_if)}"
        raise ScenarioError([Problem.at(place, WHAT_IF_PREFIX, message)])
    layers = Layers(_with_overlay(document, name), scenario.source.inherited, scenario.source.files)
    source = scenario.source
    return _built(layers, Source(name=source.name, file=source.file, folder=source.folder, what_if=name), {}, "")


def require_firms(scenario: Scenario) -> Scenario:
    """The scenario itself, where there is somebody to buy from; raises ScenarioError where there is no firm."""
    if not scenario.firms:
        message = "there is no firm in this file; it is for others to extend. Add firms: {Rush: {}, Root: {}}"
        raise ScenarioError([Problem(scenario.source.file or "scenario", 1, 1, "firms", message)])
    return scenario


def _changed(scenario: Scenario, overrides: Mapping[str, Any], overrides_from: str) -> Scenario:
    if not overrides:
        return scenario
    source = scenario.source
    layers = Layers(_document_behind(scenario), source.inherited, source.files)
    origin = Source(name=source.name, file=source.file, folder=source.folder, what_if=source.what_if,
                    overrides=dict(source.overrides))
    return _built(layers, origin, overrides, overrides_from)


def _document_behind(scenario: Scenario) -> Document:
    """What the files said, where the scenario is as it was loaded; else the scenario written out."""
    source = scenario.source
    if source.hash and source.hash == scenario_hash(scenario):
        return Document(source.mapping, {}, dict(source.places), [], Place(source.file or "scenario", 1, 1))
    return document_of(to_mapping(scenario), source.file or "scenario")


def _with_overlay(document: Document, name: str) -> Document:
    return overlay(document, undotted(part_of(document, (WHAT_IF_PREFIX, name))), changes=True)


def _built(layers: Layers, origin: Source, overrides: Mapping[str, Any], overrides_from: str) -> Scenario:
    document = overridden(layers.document, overrides, overrides_from) if overrides else layers.document
    scenario, problems = _checked(document)
    problems.extend(_overlay_problems(document, set(problems)))
    if problems or scenario is None:
        raise ScenarioError(sorted(set(problems), key=lambda problem: _order(problem, layers.files)))
    source = Source(
        name=origin.name,
        file=origin.file,
        folder=origin.folder,
        what_if=origin.what_if,
        files=layers.files,
        mapping=document.data,
        inherited=layers.inherited,
        places=document.keys | document.values,
        overrides={**origin.overrides, **overrides},
        hash=scenario_hash(scenario),
    )
    return scenario.from_source(source)


def _order(problem: Problem, files: tuple[str, ...]) -> tuple[int, Problem]:
    return files.index(problem.file) if problem.file in files else len(files), problem


@dataclass
class _Checking:
    """One document on its way through the schema."""

    document: Document
    problems: list[Problem]
    event_classes: dict[int, type[Event]] = field(default_factory=dict)


def _checked(raw: Document) -> tuple[Scenario | None, list[Problem]]:
    document = with_presets(raw)
    kinds = event_kinds()
    checking = _Checking(document, list(document.problems))
    events = _events(checking, kinds)
    data = {**document.data, **({"events": events} if events is not None else {})}
    scenario = _valid(Scenario, data, checking)
    checking.problems.extend(cross_check(document, Known(strategy_names(), frozenset(kinds))))
    return scenario, _once_per_place(checking.problems)


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
        known = kinds.get(kind) if isinstance(kind, str) else None
        if known is not None:
            checking.event_classes[number] = known
            event = _valid(known, entry, checking, ("events", number))
            if event is not None:
                made.append(event)
        elif not isinstance(kind, str) or not kinds:
            _valid(Event, entry, checking, ("events", number))
    return made


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
        checking.problems.append(problem_of(placed, checking.document, checking.event_classes))
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


def _overlay_problems(document: Document, already: set[Problem]) -> list[Problem]:
    """What is wrong with the what-ifs, each applied to the whole scenario."""
    overlays = document.data.get(WHAT_IF_PREFIX)
    found: list[Problem] = []
    for name, changes in overlays.items() if isinstance(overlays, dict) else ():
        if isinstance(changes, dict):
            _, problems = _checked(_with_overlay(document, name))
            for problem in problems:
                if problem not in already:
                    path = f"{WHAT_IF_PREFIX}.{name}.{problem.path}"
                    found.append(Problem(problem.file, problem.line, problem.column, path, problem.message))
    return found
