"""What the answer rests on, those numbers that differ or matter first; and what this model cannot tell.

The limits are held against docs/facts.md by a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sim.scenario.diff import base_of, diff
from sim.scenario.effective import strengths
from sim.scenario.explain_firms import value_in_words
from sim.scenario.fields import NumberInUse, guesses_in_use, numbers_in_use
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
    why: str  # it stands among the first; empty for the rest


@dataclass(frozen=True)
class Assumptions:
    """Those shown, those behind them, and how many of all are guesses."""

    first: Sequence[Assumption]
    rest: Sequence[Assumption]
    guesses: int

    @property
    def total(self) -> int:
        """How many numbers are in use."""
        return len(self.first) + len(self.rest)


def assumptions_of(scenario: Scenario, varied: Iterable[str] = (), moving: Iterable[str] = ()) -> Assumptions:
    """The numbers in play. First stand those that move the answer most (`moving`, in that order), those that `varied`
    variants change, those in which the scenario differs from what it builds on, and the economics of the market.
    """
    reasons = dict.fromkeys(moving, "moves it most")
    for path in varied:
        reasons.setdefault(path, "varied here")
    base = base_of(scenario)
    below = scenario.extends or "the defaults"
    for one in diff(base, scenario) if base is not None else ():
        before = "nothing" if one.a is None else value_in_words(one.a)
        reasons.setdefault(one.path, f"{SET_HERE}; {before} in {below}")
    for path in ECONOMICS:
        reasons.setdefault(path, "economics")
    currency = scenario.money.currency
    every = {one.name: _row(one, reasons.get(one.name, ""), currency) for one in numbers_in_use(scenario)}
    shown = [path for path in reasons if path in every][:MOST_FIRST]
    first, rest = [every[path] for path in shown], [row for path, row in every.items() if path not in shown]
    return Assumptions(first, rest, sum(row.is_guess for row in every.values()))


def _row(one: NumberInUse, why: str, currency: str) -> Assumption:
    allowed = "any" if None in (one.low, one.high) else f"{value_in_words(one.low)} to {value_in_words(one.high)}"
    source = "a guess" + one.source.removeprefix(ASSUMPTION) if one.is_guess else one.source
    if why.startswith(SET_HERE):
        source = "this scenario; no source" if one.is_guess else f"this scenario; as shipped: {one.source}"
    unit = f"{currency}{one.unit.removeprefix('money')}" if one.unit.split(" ")[0] == "money" else one.unit
    label = telling_label(one.name, one.label)
    return Assumption(one.name, label, value_in_words(one.value), unit, allowed, source, one.is_guess, why)


MEASURED, SHOWN = 28, 23
"""How many published regularities were measured, and how many the model shows (docs/facts.md)."""


@dataclass(frozen=True)
class Gap:
    """A published regularity that the model shows only in part or not at all, the mechanisms and the part of a scenario
    that it is about.
    """

    fact: str
    words: str
    needs: tuple[str, ...]
    missed: bool = False
    concerns: Callable[[Scenario], bool] | None = None  # None: every scenario

    def touches(self, scenario: Scenario) -> bool:
        """Whether what it is about is at work in a scenario."""
        at_work = strengths(scenario)
        return all(at_work[name] != 0 for name in self.needs) and (self.concerns is None or self.concerns(scenario))


GAPS = (
    Gap("F10", "Real customers come back disproportionately often when they are fully satisfied; here coming back "
        "rises evenly with satisfaction, so the last step to delight counts for too little.", ("satisfaction",),
        missed=True),
    Gap("F25", "Commitment predicts what customers bring at least as well as trust and satisfaction together; in "
        "studies the three together predict best and commitment alone worst.", ("commitment",), missed=True),
    Gap("F15", "A first small failure that is put right well leaves customers less content than no failure at all; the "
        "published gain in satisfaction (the recovery paradox) does not appear.", ("voice", "recovery"), missed=True),
    Gap("F23", "A loyalty programme makes heavy buyers buy 8 % more; in studies they hardly change.", ("habit",),
        concerns=lambda scenario: any(firm.rewards > 0 for firm in scenario.firms.values())),
    Gap("F26", "Growing commitment says less about next year's purchases than its level does; in studies it says more "
        "beyond the level.", ("commitment",), missed=True),
)
"""What misleads most stands first: a printed page tells the first few."""
NOT_MEASURED = ("F27", "F28")


@dataclass(frozen=True)
class Limits:
    """Sentences on what the model leaves out; how many regularities it shows; those it misses of what is at work in the
    scenario, and how many `others`; what is not measured.
    """

    general: Sequence[str]
    shown: str
    gaps: Sequence[str]
    others: int
    unmeasured: str


def cannot_tell(scenario: Scenario) -> Limits:
    """What the model cannot tell about this scenario; gaps about what is not at work are counted."""
    guesses, total = guesses_in_use(scenario)
    fixed = all(firm.strategy == "as_written" for firm in scenario.firms.values())
    general = [
        f"It is a laboratory, not a forecast: it says what follows from the assumptions. {len(guesses)} of the {total} "
        "numbers in play are guesses that nobody has measured for this market. Trust directions and orders of size "
        "more than amounts.",
        "The intervals hold sampling error and nothing else: where an assumption is wrong, they do not show it.",
        "Everybody keeps to the levers as written: no rival answers a move, and nobody learns." if fixed
        else "Strategies change their levers by fixed rules; real rivals may answer otherwise.",
        "No firm enters or leaves the market, there is one product, and how much is bought at a time does not depend "
        "on the price. Profit is what customers bring less what is spent on them and fixed costs, before taxes and "
        "interest.",
    ]
    shown = (f"Of {MEASURED} published regularities of real markets that were measured, the model shows {SHOWN}. "
             "Some of these were put in, so they prove nothing.")
    unmeasured = (f"{len(NOT_MEASURED)} more were never measured: how peaks and ends are remembered, and feelings "
                  "that last hours.")
    gaps = [gap.words for gap in GAPS if gap.touches(scenario)]
    return Limits(general, shown, gaps, len(GAPS) - len(gaps), unmeasured)
