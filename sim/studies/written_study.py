"""From a study file to its result: `sim study FILE`. Every design is called as a person would call it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sim.runs.outcomes import known_outcomes
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.study_file import WrittenStudy, load_study
from sim.studies.answer import Answer
from sim.studies.asking import Options
from sim.studies.model import Means
from sim.studies.question import Wanted, question_of

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

_OWN: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "sample": ("factors", "kind", "points"),
    "sensitivity": ("factors", "method", "samples"),
    "winner_map": ("factors", "cells", "depth"),
    "flip": ("factors", "proofs"),
    "ladder": ("start",),
    "stress": ("stresses",),
    "optimise": ("levers", "goals", "aim", "trials", "checks"),
    "calibrate": ("targets", "parameters"),
})
"""What each design takes of its own, under the same names as in the file."""
_COMMON = ("outcome", "pair", "firm", "what_if", "year", "replications", "seed")


def study(what: str | Path | WrittenStudy, means: Means | None = None) -> Answer:
    """Conduct a study file: a shipped name, a file, or a study already read. The same file, the same numbers.

    Raises:
        ScenarioError: the file is wrong, or what it asks for cannot be done; with file, line and column.
    """
    written = what if isinstance(what, WrittenStudy) else load_study(what)
    means = means or Means()
    check_study(written)
    try:
        return _CONDUCT.get(written.study.design, _design)(written, means)
    except ValueError as error:
        if type(error) is not ValueError:
            raise
        raise written.refused("design", str(error)) from None


def _design(written: WrittenStudy, means: Means) -> Answer:
    said, name = written.study, written.study.design
    function = getattr(import_module(f"sim.studies.{name}"), name)
    own = {key: getattr(said, key) for key in _OWN[name]}
    options: Options = {**_common(written), **vars(means)}  # type: ignore[typeddict-item]
    found: Answer = function(written.scenario, **own, **options)
    return found


def _common(written: WrittenStudy) -> dict[str, Any]:
    return {key: value for key in _COMMON if (value := getattr(written.study, key)) is not None}


def _sweep(written: WrittenStudy, means: Means) -> Answer:
    from sim.studies.sweep import sweep

    said = written.study
    return sweep(
        _in_what_if(written), said.factors, said.replications, seed=said.seed, year=said.year,
        outcomes=None if said.outcome is None else [said.outcome], **vars(means),
    )


def _replicate(written: WrittenStudy, means: Means) -> Answer:
    from sim.studies.replicate import replicate

    said = written.study
    return replicate(_in_what_if(written), said.replications, seed=said.seed, until=said.year, **vars(means))


def _compare(written: WrittenStudy, means: Means) -> Answer:
    from sim.studies.compare import compare
    from sim.studies.precision import Precision

    said = written.study
    goal = None
    if said.precision is not None:
        goal = Precision(said.precision, (said.outcome,)) if said.outcome else Precision(said.precision)
    return compare(written.scenario, said.replications, seed=said.seed, what_if=said.what_if, until=said.year,
                   precision=goal, **vars(means))


def _in_what_if(written: WrittenStudy) -> Scenario:
    from sim.scenario.load import with_what_if

    name = written.study.what_if
    return written.scenario if name is None else with_what_if(written.scenario, name)


_CONDUCT: Mapping[str, Callable[[WrittenStudy, Means], Answer]] = MappingProxyType({
    "replicate": _replicate, "compare": _compare, "sweep": _sweep,
})
"""The designs that are not asked one question about one outcome."""


def check_study(written: WrittenStudy) -> None:
    """Outcomes, firms, what-ifs and dates that do not exist are told where they stand, all of them at once.

    Raises:
        ScenarioError: one of them does not exist, or they do not make a question.
    """
    said, scenario = written.study, written.scenario
    single = said.firm if said.firm in scenario.firms else None  # a wrong one is told once
    world = said.what_if if said.what_if in scenario.what_if else None
    checks: list[tuple[str, Callable[[], Any]]] = [
        ("outcome", lambda: known_outcomes([said.outcome] if said.outcome else ["market_share"])),
        ("goals", lambda: known_outcomes(said.goals or ["market_share"])),
        ("firm", lambda: question_of(scenario, Wanted(firm=said.firm))),
        ("what_if", lambda: question_of(scenario, Wanted(what_if=said.what_if))),
        ("pair", lambda: question_of(scenario, Wanted(firm=single, pair=said.pair, what_if=world))),
    ]
    problems: list[Problem] = []
    for key, check in checks:
        try:
            check()
        except ValueError as error:
            problems += written.refused(key, str(error)).problems
    if said.year is not None and said.year > scenario.clock.years:
        text = f"{said.year:g} is beyond the {scenario.clock.years:g} years that are watched"
        problems += written.refused("year", text).problems
    if problems:
        raise ScenarioError(sorted(dict.fromkeys(problems)))
