"""Study files: which design is run on which scenario, so that a study can be repeated. Read like a scenario file.

    design: winner_map
    scenario: penny_goods
    factors: {product.price: [0.4, 80], people.purchases_per_year.mean: [6, 48]}
    replications: 6
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field, ValidationError

from sim.scenario.complaints import problem_of
from sim.scenario.errors import PathParts, Place, Problem, ScenarioError
from sim.scenario.load import load, require_firms
from sim.scenario.parameters import Section, choice, number
from sim.scenario.schema import Scenario
from sim.scenario.shipped import find, read_file
from sim.scenario.yaml_reader import Document, read_text
from sim.text.words import one_of, shown, suggestion

DesignName = Literal[
    "replicate", "compare", "sweep", "sample", "sensitivity", "winner_map", "flip", "ladder", "stress", "optimise",
    "calibrate",
]
GROUPS = ("world", "guesses", "all")


class StudyFile(Section):
    """What a study says. Which keys a design takes is written in `KEYS`."""

    design: DesignName = Field(description="which design is run")
    scenario: str = Field(description="a shipped scenario, or a file beside this one")
    title: str = Field(default="", description="the study in a few words")
    question: str = Field(default="", description="what it shall answer")
    notes: str = Field(default="", description="what to know before trusting it")
    set: dict[str, Any] = Field(default={}, description="changes of the scenario by dotted name")
    outcome: str | None = choice(None, "a metric, e.g. customer_equity_money")
    pair: list[str] | None = Field(default=None, description="two firms, or two worlds of one firm")
    firm: str | None = choice(None, "whose outcome")
    what_if: str | None = choice(None, "in which what-if; left out: as written")
    year: float | None = number(None, "years", (0, 60), "when outcomes are read; left out: at the end")
    replications: int | None = number(None, "runs", (1, 100_000), "runs of every point; left out: the design's own")
    seed: int | None = number(None, "seed", (0, 2**53), "seed of the first run; left out: the scenario's")
    factors: Any = Field(default=None, description="world, guesses or all; names; or ranges (sweep: values) by name")
    precision: float | None = number(None, "share", (1e-6, 0.999), "go on until intervals are that narrow")
    method: Literal["tornado", "morris", "sobol"] = choice("tornado", "how sensitivity is measured")
    samples: int | None = number(None, "walks or base samples", (2, 65536), "size of a Morris or Sobol analysis")
    kind: Literal["latin_hypercube", "sobol_sequence"] = choice("latin_hypercube", "how a sample is spread")
    points: int = number(50, "points", (2, 100_000), "points of a sample")
    cells: int = number(5, "cells", (2, 50), "cells per side of the first grid of a winner map")
    depth: int = number(1, "times", (0, 4), "how often cells along the border are split")
    proofs: int = number(40, "runs", (20, 100_000), "fresh runs that prove a flip")
    start: Literal["none", "basic", "heart"] = choice("none", "where a ladder begins")
    stresses: list[str] | None = Field(default=None, description="names of stresses; left out: all")
    levers: dict[str, Any] = Field(default={}, description="ranges of levers by dotted name")
    goals: list[str] = Field(default=[], description="two outcomes, for the front between them")
    aim: Literal["high", "low"] = choice("high", "whether the outcome shall be large or small")
    trials: int = number(40, "points", (8, 100_000), "points that a search tries")
    checks: int = number(40, "runs", (10, 100_000), "fresh runs for the best levers")
    targets: dict[str, Any] = Field(default={}, description="FIRM.metric: value, or [value, tolerance]")
    parameters: Any = Field(default=None, description="names or ranges of the parameters to be fitted")


_WORDS = ("design", "scenario", "title", "question", "notes", "set", "replications", "seed")
_WHOSE = ("outcome", "pair", "firm", "what_if", "year")
KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "replicate": ("what_if", "year"),
    "compare": ("what_if", "year", "outcome", "precision"),
    "sweep": ("factors", "outcome", "what_if", "year"),
    "sample": (*_WHOSE, "factors", "kind", "points"),
    "sensitivity": (*_WHOSE, "factors", "method", "samples"),
    "winner_map": (*_WHOSE, "factors", "cells", "depth"),
    "flip": (*_WHOSE, "factors", "proofs"),
    "ladder": (*_WHOSE, "start"),
    "stress": (*_WHOSE, "stresses"),
    "optimise": ("outcome", "what_if", "year", "levers", "goals", "aim", "trials", "checks"),
    "calibrate": ("what_if", "year", "targets", "parameters"),
})
"""The keys of each design, besides those of every study."""
_NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "sweep": ("factors",), "optimise": ("levers",), "calibrate": ("targets", "parameters"),
})


@dataclass(frozen=True)
class WrittenStudy:
    """A checked study file: what it says, the scenario it is about, where each value stands, and its short name."""

    study: StudyFile
    scenario: Scenario
    document: Document
    name: str

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
    if study is not None:
        problems += _strange_keys(study, document)
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


def _valid(document: Document, problems: list[Problem]) -> StudyFile | None:
    try:
        return StudyFile.model_validate(document.data)
    except ValidationError as error:
        for entry in error.errors(include_url=False, include_context=False):
            problems.append(problem_of(entry, document, {(): StudyFile}))
        return None


def _strange_keys(study: StudyFile, document: Document) -> Iterator[Problem]:
    """Keys that belong to another design, and keys that are missing."""
    allowed = (*_WORDS, *KEYS[study.design])
    for key in document.data:
        if key not in allowed and key in StudyFile.model_fields:
            users = [design for design, keys in KEYS.items() if key in keys]
            message = f"{study.design} does not take this; it is for {one_of(users)}"
            yield Problem.at(document.key_place((key,)), key, message)
    for key in _NEEDED.get(study.design, ()):
        if not document.data.get(key):
            label = StudyFile.model_fields[key].description
            yield Problem.at(document.start, key, f"is missing: {study.design} needs it ({label})")


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
