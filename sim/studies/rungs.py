"""The mechanisms of a scenario that can be switched, in the order in which the levels bring them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.scenario.effective import MECHANISMS, level_strengths, strengths
from sim.scenario.parameters import extra_of
from sim.scenario.schema import Scenario
from sim.scenario.schema.mechanisms import STRONGEST, MechanismsSection
from sim.studies.model import Changes

NOTHING = "none"
LEVELS = ("basic", "heart", "full")
STARTS = (NOTHING, *LEVELS[:-1])
OFF, DOUBLED = "off", "doubled"


@dataclass(frozen=True)
class Rung:
    """A mechanism that is added: the level that brings it, how strong the scenario has it, what it does in words."""

    mechanism: str
    level: str
    strength: float
    label: str


def rungs_of(scenario: Scenario, start: str = NOTHING) -> tuple[Rung, ...]:
    """The scenario's mechanisms beyond a start, in the order of the levels."""
    mine, fields = strengths(scenario), MechanismsSection.model_fields
    there = set() if start == NOTHING else {name for name, value in level_strengths(start).items() if value}
    found = []
    for level in LEVELS:
        on = level_strengths(level)
        found += [Rung(name, level, mine[name], extra_of(fields[name], "label"))
                  for name in MECHANISMS if on[name] and mine[name] and name not in there]
        there |= {name for name in MECHANISMS if on[name]}
    return tuple(found)


def without(rungs: Sequence[Rung]) -> Changes:
    """The point at which these mechanisms are off."""
    return {f"mechanisms.{rung.mechanism}": 0.0 for rung in rungs}


@dataclass(frozen=True)
class Switch:
    """One mechanism changed alone, everything else as written: off, or doubled."""

    rung: Rung
    change: str

    @property
    def strength(self) -> float:
        """Its strength after the change."""
        return 0.0 if self.change == OFF else 2.0 * self.rung.strength

    @property
    def point(self) -> Changes:
        """What it changes in the scenario."""
        return {f"mechanisms.{self.rung.mechanism}": self.strength}

    @property
    def words(self) -> str:
        """The mechanism and what becomes of it.

        >>> Switch(Rung("word_of_mouth", "heart", 1.0, "friends talk"), OFF).words
        'word of mouth off'
        """
        return f"{self.rung.mechanism.replace('_', ' ')} {self.change}"


def switches_of(rungs: Sequence[Rung], doubled: bool) -> tuple[Switch, ...]:
    """Every mechanism off, and with `doubled` every one doubled after it, where twice its strength is allowed."""
    return tuple(Switch(rung, change) for rung in rungs for change in ((OFF, DOUBLED) if doubled else (OFF,))
                 if change == OFF or 0 < 2.0 * rung.strength <= STRONGEST)
