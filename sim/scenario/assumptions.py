"""Which numbers are in use in a scenario, and which of them are guesses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.scenario.effective import strengths
from sim.scenario.parameters import ASSUMPTION, extra_of, limits_of, walk
from sim.scenario.schema import Scenario

_NEEDED: dict[str, tuple[str, ...]] = {
    "psychology.needs": ("needs", "need_hierarchy"),
    "psychology.mood": ("mood",),
    "psychology.voice": ("voice", "word_of_mouth", "reviews"),
    "psychology.mending": ("recovery", "proactive_care"),
    "psychology.knowing": ("knowledge", "personalisation", "contact_fatigue"),
    "psychology.attention": ("advertising_stock", "forgetting"),
    "people.taste": ("taste",),
    "market.friends": ("word_of_mouth",),
}
"""Sections that matter only while one of these mechanisms is on."""


@dataclass(frozen=True)
class NumberInUse:
    """A number in use, with the value it has here."""

    name: str
    value: Any
    unit: str
    low: float | None
    high: float | None
    label: str
    source: str

    @property
    def is_guess(self) -> bool:
        """True where nobody has measured the value."""
        return self.source.startswith(ASSUMPTION)


def guesses_in_use(scenario: Scenario) -> tuple[list[NumberInUse], int]:
    """The guesses among the numbers in use, and how many numbers are in use.

    Left out are sections of absent mechanisms, growth, seasons and contracts that are not there, the levers of
    firms (they are decisions, not assumptions), surveys and the number of runs.
    """
    numbers = numbers_in_use(scenario)
    return [number for number in numbers if number.is_guess], len(numbers)


def numbers_in_use(scenario: Scenario) -> list[NumberInUse]:
    """Every number in use, measured or not; left out is what `guesses_in_use` leaves out."""
    idle = _idle(scenario)
    return [
        NumberInUse(name, value, extra_of(field, "unit"), *limits_of(field), extra_of(field, "label"), source)
        for name, field, value in walk(scenario)
        if isinstance(value, int | float) and not isinstance(value, bool) and (source := extra_of(field, "source"))
        and not any(name == section or name.startswith((f"{section}.", f"{section}[")) for section in idle)
    ]


def _idle(scenario: Scenario) -> set[str]:
    real = strengths(scenario)
    idle = {section for section, needed in _NEEDED.items() if all(real[name] == 0 for name in needed)}
    idle |= {"firms", "mechanisms", "survey", "runs", "clock", "money", "budget", "events", "expect"}
    if scenario.market.growth.kind != "bass":
        idle.add("market.growth")
    if not scenario.market.season.amplitude:
        idle.add("market.season")
    contract = scenario.product.contract
    if not (contract.regular or contract.weeks or contract.inertia):
        idle.add("product.contract")
    return idle
