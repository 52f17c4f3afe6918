"""The eight decisions of a team: what they mean, what is allowed, and which levers of its firm they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, log10
from typing import Any

from pydantic import create_model

from sim.scenario.parameters import Section, choice, number
from sim.scenario.schema.firm import INFORMATION_LEVELS, InformationLevel
from sim.text.language import tr

SHARES = ("advertising", "service", "relations")
"""Decisions that are parts of one budget."""
RHYTHM_WEEKS = 13.0
"""A price cut lasts one period in every quarter of a year: assumption, as the preset `dealer` has it."""

Decision = Mapping[str, Any]
"""The eight values of a team, by name."""


@dataclass(frozen=True)
class TeamLever:
    """One decision: its name in forms, the lever of the firm, what it means, unit, range and a step for a slider.

    Where it is a word and no number, `choices` has the words, and there is no range.
    """

    name: str
    path: str
    words: str
    unit: str
    low: float = 0.0
    high: float = 1.0
    step: float = 0.05
    choices: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """What may stand there, in a few words."""
        if self.choices:
            return ", ".join(self.choices)
        return tr("{low} to {high} ({unit})", low=f"{self.low:g}", high=f"{self.high:g}", unit=self.unit)


def levers_of(price: float, currency: str) -> tuple[TeamLever, ...]:
    """The eight decisions where a unit usually costs so much; a price lies between half of that and twice as much.

    >>> [lever.name for lever in levers_of(4.5, "EUR")][:3], levers_of(4.5, "EUR")[0].high
    (['price', 'price_cut', 'quality'], 9.0)
    """
    share, quality = tr("share of the budget"), tr("quality")
    return (
        TeamLever("price", "price", tr("Price of one unit, before price cuts"), currency, price / 2, price * 2,
                  10.0 ** floor(log10(price)) / 20),
        TeamLever("price_cut", "price_cut.depth", tr("Price cut for everybody, in one period of every quarter"),
                  tr("share of the price"), high=0.5),
        TeamLever("quality", "quality", tr("Quality of the offer: better costs more on every purchase"), quality),
        TeamLever("promise", "promise", tr("Quality that advertising promises: words cost nothing, a broken promise "
                                           "costs trust"), quality),
        TeamLever("advertising", "spending.advertising", tr("Advertising: being known to more people"), share),
        TeamLever("service", "spending.service", tr("Service: delivering better, failing less"), share),
        TeamLever("relations", "spending.relations", tr("Relations: staying in touch with known customers"), share),
        TeamLever("information", "information", tr("What is recorded about customers: each level costs more"),
                  tr("a word"), choices=INFORMATION_LEVELS),
    )


def form_of(levers: tuple[TeamLever, ...]) -> type[Section]:
    """What may stand in the form of a team: its name, the round, and the decisions, each within its range.

    >>> form_of(levers_of(4.5, "EUR")).model_validate({"team": "Red", "round": 1, "price": 5.0}).model_dump()["price"]
    5.0
    """
    values: dict[str, Any] = {
        one.name: (InformationLevel | None, choice(None, one.words)) if one.choices
        else (float | None, number(None, one.unit, (one.low, one.high), one.words)) for one in levers
    }
    return create_model("TeamForm", __base__=Section, team=(str, ...), round=(int, ...), **values)
