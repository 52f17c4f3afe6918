"""The numbers that the answer rests on: those that differ or matter first, the rest behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sim.reports.options import value_in_words
from sim.scenario.assumptions import NumberInUse, numbers_in_use
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
    every = {one.name: _row(one, reasons.get(one.name, ""), currency) for one in numbers_in_use(scenario)}
    shown = [path for path in reasons if path in every][:MOST_FIRST]
    first, rest = [every[path] for path in shown], [row for path, row in every.items() if path not in shown]
    return Assumptions(tuple(first), tuple(rest), sum(row.is_guess for row in every.values()))


def _before(value: Any) -> str:
    return "nothing" if value is None else value_in_words(value)


def _row(number: NumberInUse, why: str, currency: str) -> Assumption:
    limited = number.low is not None and number.high is not None
    allowed = f"{value_in_words(number.low)} to {value_in_words(number.high)}" if limited else "any"
    source = "a guess" + number.source.removeprefix(ASSUMPTION) if number.is_guess else number.source
    if why.startswith(SET_HERE):
        source = "this scenario; no source" if number.is_guess else f"this scenario; as shipped: {number.source}"
    unit = f"{currency}{number.unit.removeprefix('money')}" if number.unit.split(" ")[0] == "money" else number.unit
    label = telling_label(number.name, number.label)
    return Assumption(number.name, label, value_in_words(number.value), unit, allowed, source, number.is_guess, why)
