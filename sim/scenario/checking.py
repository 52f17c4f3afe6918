"""One whole document against the schema, the kinds of events, the settings of strategies and the cross checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.registry import EVENTS, METRICS, STRATEGIES
from sim.scenario.complaints import CONTAINERS, MISSING, UNKNOWN, problem_of
from sim.scenario.cross_checks import cross_check
from sim.scenario.errors import PathParts, Problem, dotted
from sim.scenario.fields import section_at
from sim.scenario.layers import with_presets
from sim.scenario.parameters import FROM_FILE, keys_of
from sim.scenario.schema import Event, Scenario
from sim.scenario.yaml_reader import Document
from sim.text.foreign_code import fault_of_user, told
from sim.text.words import nearest

NEEDS = {"expect": ("firms", "clock", "what_if"), "events": ("firms", "clock"), "what_if": ("firms",),
         "controls": ("firms",), "firms": ("budget",)}
"""Sections whose entries are checked against other sections."""


def checked(
    raw: Document, folder: Path, in_what_if: bool = False, looks_for_files: bool = True
) -> tuple[Scenario | None, list[Problem]]:
    """The scenario a document describes, and everything that is wrong with it.

    Strategies' files start in `folder`. They are code: nothing of them is run (see `problems_of_code`); where it
    `looks_for_files`, they must be there.
    """
    document = with_presets(raw)
    checking = _Checking(document)
    scenario = checking.valid(Scenario, checking.with_events())
    checking.settings_of_strategies()
    if looks_for_files:
        checking.in_files(partial(STRATEGIES.file_of, folder=folder))
    once_per_place: dict[tuple[str, int, int, str], Problem] = {}
    across = [problem for problem in problems_across(document, in_what_if) if not checking.explains(problem)]
    for problem in (*document.problems, *checking.own_problems(), *across):
        once_per_place.setdefault((problem.file, problem.line, problem.column, problem.path), problem)
    return scenario, list(once_per_place.values())


def problems_of_code(raw: Document, folder: Path) -> list[Problem]:
    """Run the files of strategies that a document names, and say what is wrong with them and their settings."""
    checking = _Checking(with_presets(raw))
    checking.in_files(partial(STRATEGIES.in_file, folder=folder))
    return checking.problems


def problems_across(document: Document, in_what_if: bool = False) -> list[Problem]:
    """What is wrong between the sections of a document with presets laid under."""
    return cross_check(document, STRATEGIES.names(), EVENTS.names(), METRICS.names, in_what_if)


class _Checking:
    """One document on its way through the schema: what is wrong, and the sections of single entries."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []
        self.sections: dict[PathParts, type[BaseModel]] = {}
        self.wrong: set[str] = set()
        self.meant: set[PathParts] = set()

    def own_problems(self) -> list[Problem]:
        """What the schema complains of; a key is not missing where it stands there misspelt."""
        return [one for one in self.problems if one.path not in {dotted(path) for path in self.meant}
                or not one.message.startswith(MISSING)]

    def explains(self, problem: Problem) -> bool:
        """Whether a complaint across sections may just follow from a section that cannot be read, or is misspelt."""
        head = re.split(r"[.\[]", problem.path, maxsplit=1)[0]
        return any(section in self.wrong or (section,) in self.meant for section in NEEDS.get(head, ()))

    def _note(self, kind: str, path: PathParts) -> None:
        """Remember sections of the wrong kind, and which keys were meant by unknown ones."""
        if len(path) == 1 and kind in CONTAINERS:
            self.wrong.add(str(path[0]))
        section = section_at(path[:-1], self.sections)
        near = nearest(str(path[-1]), keys_of(section)) if kind == UNKNOWN and section is not None else None
        if near is not None:
            self.meant.add((*path[:-1], near))

    def valid(self, model: type[BaseModel], data: Any, prefix: PathParts = ()) -> Any:
        """The data as an object of the model; None where something is wrong with it."""
        if prefix:
            self.sections[prefix] = model
        try:
            return model.model_validate(data, context=FROM_FILE)
        except ValidationError as error:
            for entry in error.errors(include_url=False, include_context=False):
                placed = {**entry, "loc": (*prefix, *entry["loc"])}
                self._note(str(entry["type"]), (*prefix, *entry["loc"]))
                self.problems.append(problem_of(placed, self.document, self.sections))
        return None

    def with_events(self) -> dict[str, Any]:
        """The data with events as objects of their kinds; what cannot be one is left for the schema to complain of."""
        entries, kinds = self.document.data.get("events"), EVENTS.classes()
        if not isinstance(entries, list):
            return self.document.data
        made: list[Any] = []
        for number, entry in enumerate(entries):
            kind = entry.get("kind") if isinstance(entry, dict) else None
            if not isinstance(kind, str):
                self.valid(Event, entry, ("events", number))
            elif kind in kinds:
                made.append(self.valid(kinds[kind], entry, ("events", number)))
        return {**self.document.data, "events": [event for event in made if event is not None]}

    def settings_of_strategies(self) -> None:
        """Check the settings of every firm's strategy that has a name."""
        for spot, strategy, settings in self._strategies("firms"):
            if strategy in STRATEGIES.names() and isinstance(settings, dict):
                self.valid(STRATEGIES.find(strategy), settings, (*spot, "settings"))

    def in_files(self, found: Callable[[str], Any]) -> None:
        """Check that strategies in files (`my_strategy.py:MyStrategy`) are found, and their settings where that gives
        the class."""
        for spot, strategy, settings in (*self._strategies("firms"), *self._strategies("events")):
            if ".py" not in strategy:
                continue
            try:
                kind = found(strategy)
                if isinstance(kind, type) and isinstance(settings, dict):
                    with told(f"{strategy} does not take its settings", str(vars(kind)["source_file"])):
                        self.valid(kind, settings, (*spot, "settings"))
            except Exception as error:
                text = fault_of_user(error) or (str(error) if isinstance(error, ValueError) else "")
                if not text:
                    raise
                here = (*spot, "strategy")
                self.problems.append(Problem.at(self.document.value_place(here), here, text))

    def _strategies(self, part: str) -> Iterator[tuple[PathParts, str, Any]]:
        """Where a strategy is named, its name, and its settings."""
        entries = self.document.data.get(part)
        entries = dict(enumerate(entries)) if isinstance(entries, list) else entries
        for key, entry in entries.items() if isinstance(entries, dict) else ():
            strategy = entry.get("strategy", "as_written") if isinstance(entry, dict) else None
            if isinstance(strategy, str):
                yield (part, key), strategy, entry.get("settings", {})
