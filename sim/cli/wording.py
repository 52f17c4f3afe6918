"""The sentences in which the result of many runs is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from sim.text.console import INDENT, WIDTH
from sim.text.language import tr, trn
from sim.text.numbers import currency_in_words, written
from sim.text.words import counted, name_or_words

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

    what_if, name = scenario.source.what_if, tr(scenario.title) or scenario.source.name
    if what_if:
        name = tr("{title} (what if: {name})", title=name, name=name_or_words(what_if))
    return [name, *wrapped(tr(scenario.question), changes_in_words(scenario))]


def how_it_was_run(study: Study, seconds: float) -> list[str]:
    """Who was run, for how long, how often, and how far the scenario is from what it builds on."""
    from sim.scenario.calendar import PERIODS_PER_YEAR

    scenario = study.scenario
    period = scenario.clock.period
    periods = round(scenario.clock.years * round(PERIODS_PER_YEAR[period]))
    how_often = tr("one run") if study.n < 2 else trn(
        "{count} run with the same people", "{count} runs with the same people", study.n
    ) if scenario.runs.world_seed is not None else trn(
        "{count} run with new people", "{count} runs with new people", study.n)
    people = trn("{number} people", "{number} people", scenario.market.customers,
                 number=written(f"{scenario.market.customers:,}"))
    text = tr("{firms}, {people}, {periods}, {runs} ({seconds} s).", firms=counted(len(scenario.firms), "firm"),
              people=people, periods=counted(periods, period), runs=how_often, seconds=written(f"{seconds:.1f}"))
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
    return broken(tr("Differs from {base} in {places}: `{command}`.", base=scenario.extends,
                     places=counted(len(diff(base, scenario)), "place"), command=call))


def short_of_money(study: Study, found: Iterable[FirmStrain]) -> list[str]:
    """In how many months which firm's account was empty, and what was left undone; nothing where none was."""
    from sim.studies.strain import strain_lines

    money = currency_in_words(study.scenario.money.currency)
    said = (line.replace(f"{money} ", f"{money}\u00a0") for line in strain_lines(found, study.base))
    lines = [line for sentence in said for line in broken(sentence)]
    return [*lines, ""] if lines else []


def expected(verdicts: Sequence[Verdict], scenario: Scenario) -> list[str]:
    """What had been expected before the first run, and what became of it; those of what-ifs are for `sim compare`."""
    from sim.scenario.calling import command
    from sim.scenario.diff import inherits_expectations

    base = inherits_expectations(scenario)
    word = tr("expected (inherited from {base}):", base=base) if base else tr("expected:")
    told = [verdict for verdict in verdicts if verdict.runs or not verdict.what_if_missing]
    lines = [line for verdict in told for line in broken(f"{word} {verdict.sentence}", "  ")]
    waiting = len(verdicts) - len(told)
    if waiting:
        call = command(["compare"], scenario)
        lines += broken(trn(
            "{count} more inherited expectation about what-ifs: see `{command}`.",
            "{count} more inherited expectations about what-ifs: see `{command}`.", waiting, command=call,
        ) if base else trn("{count} more expectation about what-ifs: see `{command}`.",
                           "{count} more expectations about what-ifs: see `{command}`.", waiting, command=call))
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
    return tr("Active and kept customers bought within the last {weeks} weeks.",
              weeks=written(f"{scenario.market.active_window_weeks:g}"))


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
    levers = tr("strategies change their levers") if react else tr("levers as written, rivals do not react")
    return tr("Caveats: {levers}; {guesses} of {numbers} assumptions are guesses (`{command}`).", levers=levers,
              guesses=len(guesses), numbers=numbers, command=command(["explain"], scenario, "--guesses"))
