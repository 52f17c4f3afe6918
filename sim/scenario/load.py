"""From a name, a file or a mapping to a checked, frozen scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.scenario.checking import checked, problems_of_code
from sim.scenario.dotted import entries_of
from sim.scenario.effective import scenario_hash, to_mapping, words_of
from sim.scenario.errors import Place, Problem, ScenarioError
from sim.scenario.layers import changed_by, document_of, layers_of, overridden
from sim.scenario.plain_numbers import with_numbers
from sim.scenario.schema import Scenario, Source
from sim.scenario.shipped import find, read_file
from sim.scenario.yaml_reader import Document, Spot, read_text
from sim.text.console import visible
from sim.text.words import suggestion


def load(
    what: str | Path | Mapping[str, Any] | Scenario,
    overrides: Mapping[str, Any] | None = None,
    *,
    overrides_from: str = "overrides",
    folder: str | Path = "",
) -> Scenario:
    """Load a scenario: a shipped name, a path that ends in .yaml, a mapping, or a scenario to be changed.

    `overrides` are values by dotted name; they pass the same checks, and `overrides_from` names them in messages.
    Relative names of files in a mapping start in `folder`.
    Raises ScenarioError with everything that is wrong at once, TypeError for what can be no scenario.

    >>> load({"question": "Who stays?", "firms": {"Root": {}}}, {"market.customers": 500}).market.customers
    500
    """
    if not isinstance(what, Scenario):
        return _built(*_read(what, folder), overrides, overrides_from)
    if not overrides:
        return what
    return with_numbers(what, overrides, overrides_from) or _changed_in_general(what, overrides, overrides_from)


def load_again(what: str | Path | Mapping[str, Any], *, folder: str | Path = "") -> Scenario:
    """Load a scenario that was written down when it was run.

    Dates that the run never reached are no mistake, nor are strategies' files that are elsewhere by now.
    Raises ScenarioError with everything else that is wrong, at once.

    >>> early = {"question": "Who stays?", "firms": {"Root": {}}, "clock": {"years": 1},
    ...          "expect": [{"metric": "market_share", "firm": "Root", "above_value": 0.5, "year": 4, "why": "C1"}]}
    >>> load_again(early).clock.years
    1.0
    """
    document, source = _read(what, folder)
    clock = document.data.get("clock")
    if isinstance(clock, dict) and "years" in clock:
        document = overridden(document, {"clock.years": clock["years"]}, "overrides")
    return _built(document, source, looks_for_files=False)


def _read(what: str | Path | Mapping[str, Any], folder: str | Path) -> tuple[Document, Source]:
    if isinstance(what, Mapping):
        document, source = layers_of(document_of(what, "mapping"), Path(folder))
        return document, replace(source, name="mapping", folder=str(folder))
    if not isinstance(what, str | Path):
        raise TypeError(f"A scenario is a name, a file, a mapping or a loaded scenario, not {what!r}.")
    name = str(what)
    path = find(name, None, Place(name or "scenario", 1, 1))
    home = path.resolve().parent
    document, source = layers_of(read_file(path), home, (path.resolve(),))
    return document, replace(source, name=visible(path.stem, line=True), file=source.files[0], folder=str(home))


def load_text(text: str, file: str = "text", overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Load a scenario from YAML text, e.g. from a cell of a notebook; `file` names it in messages.

    >>> load_text("{question: Who stays?, firms: {Root: {quality: 0.8}}}").firms["Root"].quality
    0.8
    """
    document, source = layers_of(read_text(text, file), Path())
    return _built(document, replace(source, name=file, file=file), overrides)


def with_what_if(scenario: Scenario, name: str) -> Scenario:
    """The scenario with one of its what-ifs applied; presets are laid under anew.

    Raises ScenarioError when there is no such what-if.
    """
    return with_what_ifs(scenario, [name])[name]


def with_what_ifs(scenario: Scenario, names: Iterable[str]) -> dict[str, Scenario]:
    """The scenario with each of these what-ifs, by name: what they have in common is looked at once.

    Raises ScenarioError when there is no such what-if.
    """
    source, chosen = scenario.source, list(names)
    for name in chosen:
        if name not in scenario.what_if:
            message = f"there is no what-if {name!r}; {suggestion(name, scenario.what_if)}"
            raise ScenarioError([Problem(source.file or "scenario", 1, 1, "what_if", message)])
    if not chosen:
        return {}
    behind = _document_behind(scenario)
    rest, entries = entries_of(behind, "what_if")
    places = {path: spot for path, spot in behind.places.items() if path[:1] == ("what_if",)}
    found = {}
    for name in chosen:
        one = changed_by(rest, entries[name])
        data = {key: one.data.get(key, behind.data.get(key)) for key in (*behind.data, *one.data)}
        document = replace(one, data=data, places=one.places | places)
        found[name] = _built(document, replace(source, what_if=name))
    return found


def ready_to_run(scenario: Scenario) -> Scenario:
    """The scenario itself, where it can be run: somebody sells, and strategies in files of the user are what they say.

    Until here a scenario is data; a strategy's file is code, and is run here for the first time.
    Raises ScenarioError where there is no firm, or with all that is wrong with such strategies and their settings.
    """
    if not scenario.firms:
        message = "there is no firm in this file; it is for others to extend. Add firms: {Rush: {}, Root: {}}"
        raise ScenarioError([Problem(scenario.source.file or "scenario", 1, 1, "firms", message)])
    problems = problems_in_code(scenario)
    if problems:
        raise ScenarioError(problems)
    return scenario


def problems_in_code(scenario: Scenario) -> list[Problem]:
    """Run the files of strategies that a scenario names, and say what is wrong with them and with their settings."""
    return problems_of_code(_document_behind(scenario), Path(scenario.source.folder)) if names_code(scenario) else []


def names_code(scenario: Scenario) -> list[str]:
    """The strategies in files of the user that a scenario names: they are code."""
    strategies = [firm.strategy for firm in scenario.firms.values()]
    strategies += [getattr(event, "strategy", "") for event in scenario.events]
    return list(dict.fromkeys(name for name in strategies if ".py" in name))


def _changed_in_general(scenario: Scenario, overrides: Mapping[str, Any], overrides_from: str) -> Scenario:
    """The changes laid over what the files said, all of it checked as if it came from a file."""
    return _built(_document_behind(scenario), scenario.source, overrides, overrides_from)


def _document_behind(scenario: Scenario) -> Document:
    """What the files said, where the scenario is as it was loaded; else the scenario written out."""
    source = scenario.source
    if source.hash and source.hash == scenario_hash(scenario):
        places = {path: Spot(place, place) for path, place in source.places.items()}
        return Document(source.mapping, places, [], Place(source.file or "scenario", 1, 1))
    return document_of(to_mapping(scenario), source.file or "scenario")


def _built(
    document: Document, origin: Source, overrides: Mapping[str, Any] | None = None, overrides_from: str = "overrides",
    looks_for_files: bool = True,
) -> Scenario:
    """The scenario that a document describes, with overrides; raises ScenarioError with all that is wrong."""
    without = document
    written = origin.written or document.data
    if overrides:
        document = overridden(document, overrides, overrides_from)
    scenario, problems = _checked_whole(document, origin, looks_for_files)
    if overrides and any(problem.file != overrides_from for problem in problems):
        problems = _blamed(problems, _checked_whole(without, origin, looks_for_files)[1], overrides_from)
    if problems or scenario is None:
        files = origin.files
        order = {file: number for number, file in enumerate(files)}
        raise ScenarioError(sorted(set(problems), key=lambda problem: (order.get(problem.file, len(files)), problem)))
    return scenario.from_source(replace(
        origin,
        mapping=document.data,
        written=written,
        places={path: spot.value for path, spot in document.places.items()},
        overrides={**origin.overrides, **(overrides or {})},
        hash=scenario_hash(scenario),
        words=words_of(scenario),
    ))


def _checked_whole(
    document: Document, origin: Source, looks_for_files: bool
) -> tuple[Scenario | None, list[Problem]]:
    """The scenario of a document, and everything that is wrong with it and with its what-ifs."""
    folder = Path(origin.folder)
    scenario, problems = checked(document, folder, origin.what_if is not None, looks_for_files)
    if origin.what_if is None:
        problems.extend(_overlay_problems(document, folder, set(problems), looks_for_files))
    return scenario, problems


def _blamed(problems: list[Problem], without: list[Problem], overrides: str) -> list[Problem]:
    """The problems; those in a file that was in order without the overrides are told as theirs."""
    return [problem if problem.file == overrides or problem in without else
            Problem(overrides, 1, 1, problem.path, f"{problem.message} (what stands in {problem.file}:{problem.line} "
                                                   "no longer fits)")
            for problem in problems]


def _overlay_problems(
    document: Document, folder: Path, already: set[Problem], looks_for_files: bool
) -> list[Problem]:
    """What is wrong with the what-ifs, each applied to the whole scenario."""
    found: list[Problem] = []
    if not isinstance(document.data.get("what_if"), dict):
        return found
    without, overlays = entries_of(document, "what_if")
    for name, changes in overlays.items():
        if isinstance(changes.data, dict):
            _, problems = checked(changed_by(without, changes), folder, True, looks_for_files)
            found += [replace(problem, path=f"what_if.{name}.{problem.path}")
                      for problem in problems if problem not in already]
    return found
