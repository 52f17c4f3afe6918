"""From a study file to its result: `sim study FILE`. Every study is called through its public function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sim.registry import STUDIES
from sim.runs.execution import Execution
from sim.runs.outcomes import known_outcomes
from sim.scenario.errors import Problem, ScenarioError
from sim.studies.answer import Answer
from sim.studies.question import Wanted, question_of
from sim.studies.study_file import WrittenStudy, load_study

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

def study(what: str | Path | WrittenStudy, means: Execution | None = None) -> Answer:
    """Conduct a study file: a shipped name, a file, or a study already read. The same file, the same numbers.

    Raises:
        ScenarioError: the file is wrong, or what it asks for cannot be done; with file, line and column.
    """
    written = what if isinstance(what, WrittenStudy) else load_study(what)
    means = means or Execution()
    check_study(written)
    try:
        return _CONDUCT.get(written.study.design, _design)(written, means)
    except ValueError as error:
        if type(error) is not ValueError:
            raise
        raise written.refused("design", str(error)) from None


def function_of(design: str) -> Callable[..., Answer]:
    """The function that conducts a study, by its name."""
    function: Callable[..., Answer] = STUDIES.find(design)
    return function


def _design(written: WrittenStudy, means: Execution) -> Answer:
    return function_of(written.study.design)(written.scenario, **written.settings, **vars(means))


def _sweep(written: WrittenStudy, means: Execution) -> Answer:
    own = dict(written.settings)
    outcome, what_if = own.pop("outcome", None), own.pop("what_if", None)
    return function_of("sweep")(_in_what_if(written, what_if), **own, outcomes=outcome and [outcome], **vars(means))


def _replicate(written: WrittenStudy, means: Execution) -> Answer:
    own = dict(written.settings)
    year, what_if = own.pop("year", None), own.pop("what_if", None)
    return function_of("replicate")(_in_what_if(written, what_if), **own, until=year, **vars(means))


def _compare(written: WrittenStudy, means: Execution) -> Answer:
    from sim.studies.precision import Precision

    own = dict(written.settings)
    year, outcome, share = own.pop("year", None), own.pop("outcome", None), own.pop("precision", None)
    goal = share and (Precision(share, (outcome,)) if outcome else Precision(share))
    return function_of("compare")(written.scenario, **own, until=year, precision=goal, **vars(means))


def _in_what_if(written: WrittenStudy, name: str | None) -> Scenario:
    from sim.scenario.load import with_what_if

    return written.scenario if name is None else with_what_if(written.scenario, name)


_CONDUCT: Mapping[str, Callable[[WrittenStudy, Execution], Answer]] = MappingProxyType({
    "replicate": _replicate, "compare": _compare, "sweep": _sweep,
})
"""The studies that do not have one question about one outcome."""


def check_study(written: WrittenStudy) -> None:
    """Outcomes, firms, what-ifs and dates that do not exist are reported where they stand, all of them at once.

    Raises:
        ScenarioError: one of them does not exist, or they do not make a question.
    """
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
