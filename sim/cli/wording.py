"""The sentences in which the result of many runs is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from sim.text.words import counted

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario
    from sim.studies.expectations import Verdict
    from sim.studies.replicate import Replication
    from sim.studies.strain import FirmStrain
    from sim.studies.study import Study

WIDTH = 112
"""Letters in a line of prose."""


def indented(lines: Iterable[str]) -> list[str]:
    """Lines that stand under a title."""
    return [f"  {line}".rstrip() for line in lines]


def wrapped(*paragraphs: str) -> list[str]:
    """Prose that stands under a title, broken into lines; "95 %" stays together."""
    together = (paragraph.replace(" %", "\u00a0%") for paragraph in paragraphs)
    return indented(line.replace("\u00a0%", " %") for paragraph in together for line in wrap(paragraph, WIDTH))


def title(scenario: Scenario) -> list[str]:
    """The scenario's title (or its name), with the what-if that is applied; its question."""
    what_if = scenario.source.what_if
    name = (scenario.title or scenario.source.name) + (f" (what if: {what_if})" if what_if else "")
    return [name, *indented([scenario.question])]


def how_it_was_run(study: Study, seconds: float) -> str:
    """Who was run, for how long, how often, and how far the scenario is from what it builds on."""
    from sim.scenario.calendar import PERIODS_PER_YEAR
    from sim.scenario.diff import base_of, diff

    scenario = study.scenario
    period = scenario.clock.period
    periods = round(scenario.clock.years * round(PERIODS_PER_YEAR[period]))
    people = "the same people" if scenario.runs.world_seed is not None else "new people"
    how_often = f"{study.n} runs with {people}" if study.n > 1 else "one run"
    text = (f"{counted(len(scenario.firms), 'firm')}, {scenario.market.customers:,} people, "
            f"{periods} {period}s, {how_often} ({seconds:.1f} s).")
    base = base_of(scenario)
    if base is not None and scenario.extends:
        places = counted(len(diff(base, scenario)), "place")
        text += f" Differs from {scenario.extends} in {places}: `sim diff {scenario.source.name}`."
    return text


def short_of_money(study: Study, found: Iterable[FirmStrain]) -> list[str]:
    """In how many months which firm's account was empty, and what was left undone; nothing where none was."""
    from sim.studies.strain import strain_lines

    money = study.scenario.money.currency
    said = (line.replace(f"{money} ", f"{money}\u00a0") for line in strain_lines(found, study.base))
    lines = [line.replace("\u00a0", " ") for sentence in said for line in wrap(sentence, WIDTH)]
    return [*lines, ""] if lines else []


def expected(verdicts: Sequence[Verdict]) -> list[str]:
    """What had been expected before the first run, and what became of it; those of what-ifs are for `sim compare`."""
    checked = [verdict for verdict in verdicts if verdict.runs]
    width = max((len(verdict.claim) for verdict in checked), default=0)
    lines = []
    for verdict in checked:
        answer = verdict.sentence.removeprefix(f"{verdict.claim}: ")
        lines.append(f"expected: {verdict.claim} {'.' * (width - len(verdict.claim) + 3)} {answer}")
    later = [verdict for verdict in verdicts if not verdict.runs and "runs end" in verdict.sentence]
    lines += [f"expected: {verdict.sentence}" for verdict in later]
    waiting = len(verdicts) - len(checked) - len(later)
    if waiting:
        lines.append(f"{waiting} more expectation{'s' if waiting > 1 else ''} about what-ifs: see `sim compare`.")
    return lines


def claims_as_data(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Verdicts as plain data."""
    return [
        {"claim": verdict.claim, "verdict": verdict.word, "held": verdict.held, "runs": verdict.runs,
         "difference": verdict.difference.value, "low": verdict.difference.low, "high": verdict.difference.high,
         "why": verdict.expectation.why}
        for verdict in verdicts
    ]


def window_in_words(scenario: Scenario) -> str:
    """Which window makes a customer: said beside what is active and kept.

    >>> from sim.scenario.load import load
    >>> window_in_words(load("toothpaste"))
    'Active and kept customers bought within the last 52 weeks.'
    """
    return f"Active and kept customers bought within the last {scenario.market.active_window_weeks:g} weeks."


def done_without(study: Replication) -> list[str]:
    """What firms did without, because their information does not record what it needs."""
    events = () if study.last_run is None else study.last_run.records.events
    return [event["what"] for event in events if event["kind"] == "information"]


def careful(scenario: Scenario) -> str:
    """What to keep in mind before believing the numbers."""
    from sim.scenario.fields import guesses_in_use

    guesses, numbers = guesses_in_use(scenario)
    react = any(firm.strategy != "as_written" for firm in scenario.firms.values())
    levers = "strategies change their levers" if react else "levers as written, rivals do not react"
    hint = f"`sim explain {scenario.source.name} --guesses`"
    return f"Caveats: {levers}; {len(guesses)} of {numbers} assumptions are guesses ({hint})."
