"""The sentences in which the result of many runs is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from sim.text.console import INDENT, WIDTH
from sim.text.words import counted

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario
    from sim.studies.expectations import Verdict
    from sim.studies.replicate import Replication
    from sim.studies.strain import FirmStrain
    from sim.studies.study import Study

FIT = WIDTH - INDENT
"""Letters in a line of prose under a title."""


def indented(lines: Iterable[str]) -> list[str]:
    """Lines that stand under a title."""
    return [f"  {line}".rstrip() for line in lines]


def wrapped(*paragraphs: str) -> list[str]:
    """Prose that stands under a title, broken into lines; "95 %" and commands in `backticks` stay together."""
    return indented(line for paragraph in paragraphs for line in broken(paragraph))


def broken(paragraph: str, indent: str = "") -> list[str]:
    """A paragraph in lines, those after the first indented; "95 %" and commands in `backticks` stay together."""
    together = re.sub(r"`[^`]*`", lambda found: found[0].replace(" ", "\u00a0"), paragraph.replace(" %", "\u00a0%"))
    lines = wrap(together, FIT, break_long_words=False, break_on_hyphens=False, subsequent_indent=indent)
    return [line.replace("\u00a0", " ") for line in lines]


def title(scenario: Scenario) -> list[str]:
    """The scenario's title (or its name), with the what-if that is applied; its question; what options changed."""
    from sim.scenario.changes import changes_in_words

    what_if = scenario.source.what_if
    name = (scenario.title or scenario.source.name) + (f" (what if: {what_if})" if what_if else "")
    return [name, *wrapped(scenario.question, changes_in_words(scenario))]


def how_it_was_run(study: Study, seconds: float) -> list[str]:
    """Who was run, for how long, how often, and how far the scenario is from what it builds on."""
    from sim.scenario.calendar import PERIODS_PER_YEAR

    scenario = study.scenario
    period = scenario.clock.period
    periods = round(scenario.clock.years * round(PERIODS_PER_YEAR[period]))
    people = "the same people" if scenario.runs.world_seed is not None else "new people"
    how_often = f"{study.n} runs with {people}" if study.n > 1 else "one run"
    text = (f"{counted(len(scenario.firms), 'firm')}, {scenario.market.customers:,} people, "
            f"{periods} {period}s, {how_often} ({seconds:.1f} s).")
    return [*broken(text), *built_on(scenario)]


def built_on(scenario: Scenario) -> list[str]:
    """In how many places the scenario, as changed by options, differs from what it extends; or that it extends nothing.
    """
    from sim.scenario.calling import base_called, called, options_of, quoted
    from sim.scenario.changes import builds_on_nothing
    from sim.scenario.diff import base_of, diff

    base = base_of(scenario)
    if not scenario.extends or base is None:
        return broken(builds_on_nothing(scenario))
    options = options_of(scenario)
    call = quoted(["sim", "diff", *([base_called(scenario)] if options else []), called(scenario), *options])
    return broken(f"Differs from {scenario.extends} in {counted(len(diff(base, scenario)), 'place')}: `{call}`.")


def short_of_money(study: Study, found: Iterable[FirmStrain]) -> list[str]:
    """In how many months which firm's account was empty, and what was left undone; nothing where none was."""
    from sim.studies.strain import strain_lines

    money = study.scenario.money.currency
    said = (line.replace(f"{money} ", f"{money}\u00a0") for line in strain_lines(found, study.base))
    lines = [line for sentence in said for line in broken(sentence)]
    return [*lines, ""] if lines else []


def expected(verdicts: Sequence[Verdict], scenario: Scenario) -> list[str]:
    """What had been expected before the first run, and what became of it; those of what-ifs are for `sim compare`."""
    from sim.scenario.calling import command
    from sim.scenario.diff import inherits_expectations

    base = inherits_expectations(scenario)
    word = f"expected (inherited from {base}):" if base else "expected:"
    told = [verdict for verdict in verdicts if verdict.runs or "runs end" in verdict.sentence]
    lines = [line for verdict in told for line in broken(f"{word} {verdict.sentence}", "  ")]
    waiting = len(verdicts) - len(told)
    if waiting:
        more = f"{waiting} more {'inherited ' if base else ''}expectation{'s' if waiting > 1 else ''} about what-ifs"
        lines += broken(f"{more}: see `{command(['compare'], scenario)}`.")
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
    from sim.scenario.calling import command
    from sim.scenario.fields import guesses_in_use

    guesses, numbers = guesses_in_use(scenario)
    react = any(firm.strategy != "as_written" for firm in scenario.firms.values())
    levers = "strategies change their levers" if react else "levers as written, rivals do not react"
    hint = f"`{command(['explain'], scenario, '--guesses')}`"
    return f"Caveats: {levers}; {len(guesses)} of {numbers} assumptions are guesses ({hint})."
