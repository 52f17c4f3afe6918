"""The numbers that the answer rests on: those that differ or matter first, the rest behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sim.reports.options import value_in_words
from sim.scenario.assumptions import numbers_in_use
from sim.scenario.diff import base_of, diff
from sim.scenario.parameters import ASSUMPTION
from sim.scenario.schema import Scenario
from sim.studies.scenario_factors import telling_label

ECONOMICS = (
    "product.price", "product.margin", "people.purchases_per_year.mean", "product.information_cost",
    "market.leave_per_year", "psychology.choice.price",
)
"""What a board asks about in every market: price, margin, frequency, what knowing a customer costs, who leaves."""


SET_HERE = "set here"
MOST_FIRST = 10
"""So many assumptions stand first at most; the others stand with the rest."""


@dataclass(frozen=True)
class Assumption:
    """A number in use: where it stands, what it means, its value, unit, allowed range and source; a guess or not."""

    path: str
    label: str
    value: str
    unit: str
    allowed: str
    source: str
    is_guess: bool
    why: str = ""
    """Why it stands among the first; empty for the rest."""


@dataclass(frozen=True)
class Assumptions:
    """Those shown, those behind them, and how many of all are guesses."""

    first: tuple[Assumption, ...]
    rest: tuple[Assumption, ...]
    guesses: int

    @property
    def total(self) -> int:
        """How many numbers are in use."""
        return len(self.first) + len(self.rest)


def assumptions_of(scenario: Scenario, varied: Iterable[str] = (), moving: Iterable[str] = ()) -> Assumptions:
    """The numbers in use. First stand those that move the answer most (`moving`, in that order), those that `varied`
    worlds change, those in which the scenario differs from what it builds on, and the economics of the market.
    """
    reasons: dict[str, str] = dict.fromkeys(moving, "moves it most")
    for path in varied:
        reasons.setdefault(path, "varied here")
    base = base_of(scenario)
    below = scenario.extends or "the defaults"
    for one in diff(base, scenario) if base is not None else ():
        reasons.setdefault(one.path, f"{SET_HERE}; {_before(one.a)} in {below}")
    for path in ECONOMICS:
        reasons.setdefault(path, "economics")
    currency = scenario.money.currency
    every = {
        one.name: _row(one, source, reasons.get(one.name, ""), currency) for one, source in numbers_in_use(scenario)
    }
    shown = [path for path in reasons if path in every][:MOST_FIRST]
    first, rest = [every[path] for path in shown], [row for path, row in every.items() if path not in shown]
    return Assumptions(tuple(first), tuple(rest), sum(row.is_guess for row in every.values()))


def _before(value: Any) -> str:
    return "nothing" if value is None else value_in_words(value)


def _row(guess: Any, source: str, why: str, currency: str) -> Assumption:
    known = guess.low is not None and guess.high is not None
    allowed = f"{value_in_words(guess.low)} to {value_in_words(guess.high)}" if known else "any"
    is_guess = source.startswith(ASSUMPTION)
    said = "a guess" + source.removeprefix(ASSUMPTION) if is_guess else source
    if why.startswith(SET_HERE):
        said = "this scenario; no source" if is_guess else f"this scenario; as shipped: {source}"
    unit = f"{currency}{guess.unit.removeprefix('money')}" if guess.unit.split(" ")[0] == "money" else guess.unit
    label = telling_label(guess.name, guess.label)
    return Assumption(guess.name, label, value_in_words(guess.value), unit, allowed, said, is_guess, why)
