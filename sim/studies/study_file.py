"""Study files: what kind of study is run on which scenario, so that it can be repeated. Read like a scenario file.

    design: winner_map
    scenario: penny_goods
    factors: {product.price: [0.4, 80], people.purchases_per_year.mean: [6, 48]}
    replications: 6
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError, create_model

from sim.scenario.complaints import problem_of
from sim.scenario.errors import PathParts, Place, Problem, ScenarioError
from sim.scenario.load import load, require_firms
from sim.scenario.parameters import Section
from sim.scenario.schema import Scenario
from sim.scenario.shipped import find, read_file
from sim.scenario.yaml_reader import Document, read_text
from sim.studies.settings import GROUPS, SETTINGS
from sim.text.words import one_of, shown, suggestion

if TYPE_CHECKING:
    DesignName = str
else:
    DesignName = Literal[tuple(SETTINGS)]


class StudyHead(Section):
    """What every study file says beside the settings of its study."""

    design: DesignName = Field(description="which study is run")
    scenario: str = Field(description="a shipped scenario, or a file beside this one")
    title: str = Field(default="", description="the study in a few words")
    question: str = Field(default="", description="what it shall answer")
    notes: str = Field(default="", description="what to know before trusting it")
    set: dict[str, Any] = Field(default={}, description="changes of the scenario by dotted name")


@cache
def study_model(design: str | None) -> type[StudyHead]:
    """The keys of a study file of one study, or of any where it is not known which.

    >>> "proofs" in study_model("flip").model_fields
    True
    """
    kinds = SETTINGS.values() if design is None else (SETTINGS[design],)
    return create_model("StudyFile", __base__=(StudyHead, *kinds))


@dataclass(frozen=True)
class WrittenStudy:
    """A checked study file: what it says, the scenario it is about, where each value stands, and its short name."""

    study: StudyHead
    scenario: Scenario
    document: Document
    name: str

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the study, without those that are left out."""
        fields = SETTINGS[self.study.design].model_fields
        return {name: value for name in fields if (value := getattr(self.study, name)) is not None}

    def refused(self, key: str, message: str) -> ScenarioError:
        """A refusal at the place of one of the file's keys."""
        return ScenarioError([Problem.at(self.document.value_place((key,)), key, message)])


def load_study(what: str | Path) -> WrittenStudy:
    """Read a study: a shipped name (`scenarios/studies`), or a file.

    Raises:
        ScenarioError: everything that is wrong at once, with file, line and column.
    """
    name = str(what)
    path = find(name, None, Place(name or "study", 1, 1), kind="study")
    return _checked(_of_a_study(lambda: read_file(path)), path.resolve().parent, path.stem)


def load_study_text(text: str, file: str = "study") -> WrittenStudy:
    """Read a study from YAML text, e.g. from a cell of a notebook; `file` names it in messages.

    >>> load_study_text("{design: stress, scenario: first_look}").study.design
    'stress'
    """
    return _checked(_of_a_study(lambda: read_text(text, file)), Path(), file)


def _of_a_study(read: Any) -> Document:
    """A document, with complaints that speak of a study."""
    try:
        document: Document = read()
    except ScenarioError as error:
        told = [replace(problem, message=_speaking(problem.message)) for problem in error.problems]
        raise ScenarioError(told) from None
    return document


def _speaking(message: str) -> str:
    if message.startswith("the file is empty"):
        return "the file is empty; the smallest study has a design and a scenario"
    return message.replace("a scenario", "a study").replace("one scenario", "one study")


def _checked(document: Document, folder: Path, name: str) -> WrittenStudy:
    problems = list(document.problems)
    study = _valid(document, problems)
    scenario = None
    if isinstance(document.data.get("scenario"), str):
        try:
            scenario = _scenario(document, folder, problems)
        except ScenarioError as error:
            problems += error.problems
    if scenario is not None:
        problems += _wrong_factors(scenario, document)
    if problems or study is None or scenario is None:
        raise ScenarioError(sorted(set(problems)))
    return WrittenStudy(study, scenario, document, name)


def _valid(document: Document, problems: list[Problem]) -> StudyHead | None:
    """The checked file; keys of another study, keys that are missing and wrong values become problems."""
    design = document.data.get("design")
    known = design if isinstance(design, str) and design in SETTINGS else None
    model = study_model(known)
    others = [key for key in document.data if key not in model.model_fields and _users(key)]
    problems += [_of_another(key, document, str(design)) for key in others]
    try:
        return model.model_validate({key: value for key, value in document.data.items() if key not in others})
    except ValidationError as error:
        for entry in error.errors(include_url=False, include_context=False):
            key = str(entry["loc"][0]) if entry["loc"] else ""
            if entry["type"] != "missing" or key in StudyHead.model_fields:
                problems.append(problem_of(entry, document, {(): model}))
            elif known is not None:
                message = f"is missing: {design} needs it ({model.model_fields[key].description})"
                problems.append(Problem.at(document.start, key, message))
        return None


def _users(key: str) -> list[str]:
    """The studies that have a setting of this name."""
    return [design for design, settings in SETTINGS.items() if key in settings.model_fields]


def _of_another(key: str, document: Document, design: str) -> Problem:
    message = f"{design} does not take this; it is for {one_of(_users(key))}"
    return Problem.at(document.key_place((key,)), key, message)


def _scenario(document: Document, folder: Path, problems: list[Problem]) -> Scenario:
    """The scenario of a study, with its changes; what is wrong with a change stands where the change stands."""
    place = document.value_place(("scenario",))
    path = find(str(document.data["scenario"]), folder, place, "scenario")
    scenario = require_firms(load(path))
    changes = document.data.get("set")
    if not isinstance(changes, dict) or not changes:
        return scenario
    return _tried(scenario, changes, document, ("set",), problems)


def _tried(
    scenario: Scenario, changes: Mapping[str, Any], document: Document, under: PathParts, problems: list[Problem]
) -> Scenario:
    """The scenario with changes by dotted name; their problems are put where they stand under a key of the study."""
    try:
        return load(scenario, changes, overrides_from="study")
    except ScenarioError as error:
        for problem in error.problems:
            key = next((key for key in changes if problem.path == key or problem.path.startswith(f"{key}.")), None)
            key = key or next(iter(changes))
            spot = (*under, key)
            is_name = problem.message.startswith(("unknown key", "there is no"))
            place = document.key_place(spot) if is_name else document.value_place(spot)
            problems.append(Problem.at(place, problem.path or key, problem.message))
        return scenario


def _wrong_factors(scenario: Scenario, document: Document) -> Iterator[Problem]:
    """Ranges and values by dotted name: their form here, their ends by the checks of `--set`."""
    sweep = document.data.get("design") == "sweep"
    for key in ("factors", "levers", "parameters"):
        given = document.data.get(key)
        if isinstance(given, str) and key == "factors" and not sweep:
            if given not in GROUPS:
                yield Problem.at(document.value_place((key,)), key, f"{shown(given)}: {suggestion(given, GROUPS)}, "
                                 "or dotted names with ranges")
        elif isinstance(given, list) and not sweep:
            yield from _wrong_names(given, document, key)
        elif isinstance(given, dict):
            for path, span in given.items():
                form = _wrong_values if sweep else _wrong_span
                wrong = form(document, (key, path), span)
                if wrong is not None:
                    yield wrong
                elif span is not None and ".spending." not in path:  # shares are checked together, in a point
                    yield from _refused(scenario, document, (key, path), span)
        elif given is not None:
            yield Problem.at(document.value_place((key,)), key, "allowed: ranges by dotted name, e.g. "
                             "product.margin: [0.3, 0.6]")


def _wrong_names(given: list[Any], document: Document, key: str) -> Iterator[Problem]:
    for place, name in enumerate(given):
        if not isinstance(name, str):
            spot: PathParts = (key, place)
            yield Problem.at(document.value_place(spot), spot, f"{shown(name)} is not a dotted name")


def _wrong_values(document: Document, spot: tuple[str, str], values: Any) -> Problem | None:
    if isinstance(values, list) and values:
        return None
    return Problem.at(document.value_place(spot), spot, "allowed: a list of values, e.g. [9, 10, 11]")


def _wrong_span(document: Document, spot: tuple[str, str], span: Any) -> Problem | None:
    place = document.value_place(spot)
    if span is None:
        return None
    if not (isinstance(span, list) and len(span) == 2 and all(_is_number(end) for end in span)):
        return Problem.at(place, spot, f"{shown(span)} is no range; allowed: two numbers, [low, high]")
    if span[0] >= span[1]:
        message = f"the low end {shown(span[0])} is not below the high end {shown(span[1])}"
        return Problem.at(place, spot, message)
    return None


def _refused(scenario: Scenario, document: Document, spot: tuple[str, str], values: list[Any]) -> list[Problem]:
    """What the checks of `--set` say of each value."""
    found: list[Problem] = []
    for value in values:
        _tried(scenario, {spot[1]: value}, document, spot[:1], found)
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
