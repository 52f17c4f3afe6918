"""Whom to meet: a person of a market by number or by what became of them, and in which variants."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sim.lives.person import Person
from sim.lives.side_by_side import AS_WRITTEN, Meeting
from sim.lives.story import NAMES
from sim.lives.tape import Taped, taped
from sim.market.simulation import Options
from sim.numerics.draws import uniforms
from sim.records.history import once
from sim.records.records import Records
from sim.scenario.load import load, ready_to_run, with_what_if
from sim.scenario.schema import Scenario
from sim.text.words import suggestion

Who = int | Literal["random", "left", "most_changed"]
BY_WORD = ("random", "left", "most_changed")


def meet(
    scenario: Scenario | str | Path | Mapping[str, Any], who: Who = "random", *, what_if: str | None = None,
    seed: int | None = None, overrides: Mapping[str, Any] | None = None, language: str | None = None,
) -> Person | Meeting:
    """Meet one person of a market; with `what_if`, the same person in that variant, too.

    `who`: a number, or "random" (drawn by the seed), "left" (who bought most, and was no customer of that firm any
    more at the end), "most_changed" (whose purchases differ most between the two variants, in money). `seed` is that of
    the run (left out: the scenario's). `language` is that of the names (left out: the one that is spoken).

    Raises:
        ScenarioError: the scenario or the what-if is wrong.
        ValueError: there is no such person, nobody left, or "most_changed" without two variants of the same people.
    """
    if language is not None and language not in NAMES:
        raise ValueError(f"There are no names in {language!r}; {suggestion(language, NAMES)}.")
    base = ready_to_run(load(scenario, overrides))
    variants = [base] if what_if is None else [base, ready_to_run(with_what_if(base, what_if))]
    first = base.runs.seed if seed is None else seed
    markets = [taped(each, first, Options(records="all")) for each in variants]
    number = chosen(who, [market.records() for market in markets], first)
    people = [Person(market, number, language) for market in markets]
    if what_if is None:
        return people[0]
    return Meeting((AS_WRITTEN, what_if), people[0], people[1])


def chosen(who: Who, runs: list[Records], seed: int) -> int:
    """The number of the person meant.

    Raises:
        ValueError: nobody is.
    """
    count = runs[0].people_count
    if isinstance(who, str):
        if who not in BY_WORD:
            raise ValueError(f"whom to meet: {who!r} is no number and none of the words; {suggestion(who, BY_WORD)}.")
        return {"random": _random, "left": _left, "most_changed": _most_changed}[who](runs, seed)
    if isinstance(who, bool) or int(who) != who or not 0 <= who < count:
        raise ValueError(f"There is no person {who}; the people of this market are numbered 0 to {count - 1:,}.")
    return int(who)


def _random(runs: list[Records], seed: int) -> int:
    """One of those who ever bought, drawn by the seed."""
    bought = np.flatnonzero(runs[0].ties["paid"].sum(axis=0) > 0)
    if bought.size == 0:
        raise ValueError("Nobody buys in this market: there is nobody to meet.")
    luck = uniforms(seed, "survey_answers", np.array([0], dtype=np.uint64), 1)[0]
    return int(bought[int(luck * bought.size)])


def _left(runs: list[Records], _: int) -> int:
    """Who paid most to a firm and had not bought there within its active window at the end."""
    run = runs[0]
    gone = (run.ties["experiences"] > 0) & (run.ties["idle"] >= run.active_window)
    here = (run.people["enters"] < run.periods) & (run.people["leaves"] >= run.periods)
    paid = np.where(gone & here, run.ties["paid"], 0).max(axis=0)
    if paid.max() == 0:
        raise ValueError("No customer left a firm in this run.")
    return int(paid.argmax())


def _most_changed(runs: list[Records], _: int) -> int:
    """Whose payments to the firms differ most between the two runs."""
    if len(runs) < 2:
        raise ValueError("Who changed most can be said of two variants: name a what-if.")
    if runs[0].people_count != runs[1].people_count:
        raise ValueError("The two variants have other people: nobody can be met in both.")
    return int(np.abs(runs[0].ties["paid"] - runs[1].ties["paid"]).sum(axis=0).argmax())


def customer_of(records: Records, who: int, language: str | None = None) -> Person:
    """One person of a run that is finished: the market is run again, once, with its tape, and must give the same books.

    Raises:
        ValueError: there is no such person, or the run cannot be repeated (changed by hand, or run by other rules).
    """
    return Person(again(records), chosen(who, [records], records.seed), language)


@once
def again(records: Records) -> Taped:
    """The market of these records, run again with its tape.

    Raises:
        ValueError: it does not give the same books, bit for bit.
    """
    market = Taped(records.scenario, records.seed, records.world_seed)
    while not market.done and market.now < records.periods:
        market.step()
    if not np.array_equal(market.recorder.ledger[:records.periods], records.ledger):
        raise ValueError("This run cannot be repeated: it was changed by hand, or run by other rules.")
    return market
