"""Study files: what kind of study is run on which scenario, so that it can be repeated. Read like a scenario file.

    design: winner_map
    scenario: penny_goods
    factors: {product.price: [0.4, 80], people.purchases_per_year.mean: [6, 48]}
    replications: 6
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError, create_model

from sim.registry import STUDIES
from sim.scenario.complaints import problem_of
from sim.scenario.errors import PathParts, Place, Problem, ScenarioError
from sim.scenario.load import load, ready_to_run, with_what_if
from sim.scenario.parameters import Section
from sim.scenario.schema import Scenario
from sim.scenario.shipped import find, read_file
from sim.scenario.yaml_reader import Document, read_text
from sim.studies.settings import GROUPS, SETTINGS
from sim.text.words import one_of, shown, suggestion

if TYPE_CHECKING:
    from sim.runs.execution import Execution
    from sim.studies.answer import Answer

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


def study(what: str | Path | WrittenStudy, means: Execution | None = None) -> Answer:
    """Conduct a study file: a shipped name, a file, or a study already read. The same file, the same numbers.

    Raises:
        ScenarioError: the file is wrong, or what it asks for cannot be done; with file, line and column.
    """
    from sim.runs.execution import Execution

    written = what if isinstance(what, WrittenStudy) else load_study(what)
    check_study(written)
    try:
        scenario, keywords = _call(written)
        answer: Answer = STUDIES.find(written.study.design)(scenario, **keywords, **(means or Execution()).options())
    except ValueError as error:
        if type(error) is not ValueError:
            raise
        raise written.refused("design", str(error)) from None
    return answer


def _call(written: WrittenStudy) -> tuple[Scenario, dict[str, Any]]:
    """What the function of the study is called with: three of them have other keywords than their file."""
    design, scenario, own = written.study.design, written.scenario, written.settings
    if design in ("replicate", "sweep") and "what_if" in own:
        scenario = with_what_if(scenario, own.pop("what_if"))
    if design in ("replicate", "compare"):
        own["until"] = own.pop("year", None)
    outcome = own.pop("outcome", None) if design in ("sweep", "compare") else None
    if design == "sweep":
        own["outcomes"] = outcome and [outcome]
    if design == "compare" and "precision" in own:
        from sim.runs.summary import EQUITY
        from sim.studies.precision import Precision

        own["precision"] = Precision(own["precision"], (outcome or EQUITY,))
    return scenario, own


def check_study(written: WrittenStudy) -> None:
    """Outcomes, firms, what-ifs and dates that do not exist are reported where they stand, all of them at once.

    Raises:
        ScenarioError: one of them does not exist, or they do not make a question.
    """
    from sim.runs.outcomes import known_outcomes
    from sim.studies.question import Wanted, question_of

    own, scenario = written.settings, written.scenario
    outcome, firm, what_if = own.get("outcome"), own.get("firm"), own.get("what_if")
    single = firm if firm in scenario.firms else None  # a wrong one is reported once
    known = what_if if what_if in scenario.what_if else None
    checks: list[tuple[str, Callable[[], Any]]] = [
        ("outcome", lambda: known_outcomes([outcome] if outcome else ["market_share"])),
        ("goals", lambda: known_outcomes(own.get("goals") or ["market_share"])),
        ("firm", lambda: question_of(scenario, Wanted(firm=firm))),
        ("what_if", lambda: question_of(scenario, Wanted(what_if=what_if))),
        ("pair", lambda: question_of(scenario, Wanted(firm=single, pair=own.get("pair"), what_if=known))),
    ]
    problems: list[Problem] = []
    for key, check in checks:
        try:
            check()
        except ValueError as error:
            problems += written.refused(key, str(error)).problems
    if (year := own.get("year")) is not None and year > scenario.clock.years:
        text = f"{year:g} is beyond the {scenario.clock.years:g} years that are watched"
        problems += written.refused("year", text).problems
    if problems:
        raise ScenarioError(sorted(dict.fromkeys(problems)))


def load_study(what: str | Path) -> WrittenStudy:
    """Read a study: a shipped name (`scenarios/studies`), or a file.

    Raises:
        ScenarioError: everything that is wrong at once, with file, line and column.
    """
    name = str(what)
    path = find(name, None, Place(name or "study", 1, 1), kind="study")
    return _checked(lambda: read_file(path), path.resolve().parent, path.stem)


def load_study_text(text: str, file: str = "study") -> WrittenStudy:
    """Read a study from YAML text, e.g. from a cell of a notebook; `file` names it in messages.

    >>> load_study_text("{design: stress, scenario: first_look}").study.design
    'stress'
    """
    return _checked(lambda: read_text(text, file), Path(), file)


def _checked(read: Callable[[], Document], folder: Path, name: str) -> WrittenStudy:
    try:
        document = read()
    except ScenarioError as error:
        raise ScenarioError(replace(one, message=_about_studies(one.message)) for one in error.problems) from None
    problems = list(document.problems)
    study = _valid(document, problems)
    scenario = None
    if isinstance(document.data.get("scenario"), str):
        try:
            scenario = _scenario(document, folder, problems)
            problems += _wrong_factors(scenario, document)
        except ScenarioError as error:
            problems += error.problems
    if problems or study is None or scenario is None:
        raise ScenarioError(sorted(set(problems)))
    return WrittenStudy(study, scenario, document, name)


def _about_studies(message: str) -> str:
    """A complaint about a scenario file as one about a study."""
    if message.startswith("the file is empty"):
        return "the file is empty; the smallest study has a design and a scenario"
    return message.replace("a scenario", "a study").replace("one scenario", "one study")


def _valid(document: Document, problems: list[Problem]) -> StudyHead | None:
    """The checked file; keys of another study, keys that are missing and wrong values become problems."""
    design = document.data.get("design")
    known = design if isinstance(design, str) and design in SETTINGS else None
    model = study_model(known)
    others = {}
    for key in document.data.keys() - model.model_fields.keys():
        users = [name for name, settings in SETTINGS.items() if key in settings.model_fields]
        if users:
            others[key] = f"{design} does not take this; it is for {one_of(users)}"
    problems += [Problem.at(document.key_place((key,)), key, message) for key, message in others.items()]
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


def _scenario(document: Document, folder: Path, problems: list[Problem]) -> Scenario:
    """The scenario of a study, with its changes; what is wrong with a change stands where the change stands."""
    place = document.value_place(("scenario",))
    scenario = ready_to_run(load(find(str(document.data["scenario"]), folder, place, "scenario")))
    changes = document.data.get("set")
    return _changed(scenario, changes, document, "set", problems) if changes and isinstance(changes, dict) else scenario


def _changed(
    scenario: Scenario, changes: Mapping[str, Any], document: Document, under: str, problems: list[Problem]
) -> Scenario:
    """The scenario with changes by dotted name; their problems are put where they stand under a key of the study."""
    try:
        return load(scenario, changes, overrides_from="study")
    except ScenarioError as error:
        for problem in error.problems:
            key = next((key for key in changes if f"{problem.path}.".startswith(f"{key}.")), next(iter(changes)))
            is_name = problem.message.startswith(("unknown key", "there is no"))
            place = (document.key_place if is_name else document.value_place)((under, key))
            problems.append(Problem.at(place, problem.path or key, problem.message))
        return scenario


def _wrong_factors(scenario: Scenario, document: Document) -> Iterator[Problem]:
    """Ranges and values by dotted name: their form here, their ends by the checks of `--set`."""
    sweep = document.data.get("design") == "sweep"
    for key in ("factors", "levers", "parameters"):
        given = document.data.get(key)
        wrong: dict[PathParts, str] = {}
        if isinstance(given, dict):
            for path, values in given.items():
                message = _wrong_values(values) if sweep else _wrong_span(values)
                if message:
                    wrong[(key, path)] = message
                elif values is not None and ".spending." not in path:  # shares are checked together, in a point
                    refused: list[Problem] = []
                    for value in values:
                        _changed(scenario, {path: value}, document, key, refused)
                    yield from refused
        elif isinstance(given, list) and not sweep:
            wrong = {(key, place): f"{shown(name)} is not a dotted name"
                     for place, name in enumerate(given) if not isinstance(name, str)}
        elif isinstance(given, str) and key == "factors" and not sweep:
            if given not in GROUPS:
                wrong[(key,)] = f"{shown(given)}: {suggestion(given, GROUPS)}, or dotted names with ranges"
        elif given is not None:
            wrong[(key,)] = "allowed: ranges by dotted name, e.g. product.margin: [0.3, 0.6]"
        yield from (Problem.at(document.value_place(spot), spot, message) for spot, message in wrong.items())


def _wrong_values(values: Any) -> str:
    return "" if isinstance(values, list) and values else "allowed: a list of values, e.g. [9, 10, 11]"


def _wrong_span(span: Any) -> str:
    """What is wrong with a range; nothing where it is left out."""
    if span is None:
        return ""
    numbers = isinstance(span, list) and all(isinstance(end, int | float) and not isinstance(end, bool) for end in span)
    if not numbers or len(span) != 2:
        return f"{shown(span)} is no range; allowed: two numbers, [low, high]"
    low, high = span
    return "" if low < high else f"the low end {shown(low)} is not below the high end {shown(high)}"
