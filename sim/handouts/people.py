"""Three people of the first run to meet: as written, and at the point where the first slider stands farthest away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.lives.meeting import Who, chosen
from sim.lives.person import Person
from sim.lives.side_by_side import AS_WRITTEN, Meeting
from sim.lives.story import dated
from sim.lives.tape import Taped, taped
from sim.market.simulation import Options
from sim.records.records import Records
from sim.scenario.schema import Scenario
from sim.text.language import language, tr

COUNT = 3
Lines = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Met:
    """One person: name and number, where the two lives part and why, and both lives as lines of date and text."""

    name: str
    parting: str
    here: Lines
    there: Lines


def three_people(here: Scenario, there: Scenario, seed: int) -> list[Met]:
    """Who changed most, who left, one by chance: each once; others who bought take the place of whom there is not.

    Both markets are run once more with the seed of the first run. Where the change brings other people, nobody can
    have changed most, and who is not in both is left out.
    """
    markets = [taped(each, seed, Options(records="all")) for each in (here, there)]
    numbers: dict[int, None] = {}
    for number in _candidates([market.records() for market in markets], seed):
        numbers[number] = None
        if len(numbers) == COUNT:
            break
    return [_met(markets, number) for number in numbers]


def _candidates(runs: list[Records], seed: int) -> Iterator[int]:
    there = min(run.people_count for run in runs)
    words: tuple[Who, ...] = ("most_changed", "left", "random")
    for word in words:
        try:
            number = chosen(word, runs, seed)
        except ValueError:  # nobody is such a person in this market
            continue
        if number < there:
            yield number
    bought = np.flatnonzero(runs[0].ties["paid"].sum(axis=0)[:there] > 0)
    yield from (int(number) for number in bought)


def _met(markets: list[Taped], number: int) -> Met:
    people = [Person(market, number, language()) for market in markets]
    meeting = Meeting((AS_WRITTEN, tr("With the change")), people[0], people[1])
    lives = [tuple(dated(person.story, person.teller)) for person in people]
    return Met(str(people[0].name), meeting.explain(), *lives)
