"""What this model cannot tell: written down honestly, and held against docs/facts.md by a test."""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.assumptions import guesses_in_use
from sim.scenario.effective import strengths
from sim.scenario.schema import Scenario

MEASURED, SHOWN = 21, 15
"""How many published regularities were measured, and how many the model shows (docs/facts.md)."""


@dataclass(frozen=True)
class Gap:
    """A published regularity that the model shows only in part or not at all, and the mechanisms it is about."""

    fact: str
    words: str
    needs: tuple[str, ...]
    missed: bool = False


GAPS = (
    Gap("F10", "Real customers come back disproportionately often when they are fully satisfied; here coming back "
        "rises evenly with satisfaction, so the last step to delight is worth less than in life.", ("satisfaction",)),
    Gap("F11", "Satisfaction says more about where people buy next year than it does in real surveys: do not read "
        "satisfaction scores off this model as a forecast of sales.", ("satisfaction",)),
    Gap("F13", "Too many people complain about small failures (46 %; in studies 5 to 30 %), so complaint rates are "
        "too high where failures are small.", ("voice",)),
    Gap("F14", "After a serious failure a complaint that is answered after weeks brings back no more customers than "
        "an ignored one, against what is published; late recovery is probably worth more than shown.",
        ("voice", "recovery")),
    Gap("F15", "A first small failure that is mended well leaves customers less content than no failure at all; the "
        "published gain in satisfaction (the recovery paradox) does not appear.", ("voice", "recovery"), missed=True),
    Gap("F21", "In markets of services customers mind prices less than in published studies (a price 1 % higher sells "
        "1.6 % less instead of 2.6 %): price cuts there may be worth more than shown.", ("commitment",)),
)
NOT_MEASURED = ("F08", "F17", "F19", "F23", "F24", "F25", "F26", "F27", "F28")


@dataclass(frozen=True)
class Limits:
    """Sentences on what the model leaves out; how many regularities it shows; those it misses; what is not measured."""

    general: tuple[str, ...]
    shown: str
    gaps: tuple[str, ...]
    unmeasured: str


def cannot_tell(scenario: Scenario) -> Limits:
    """What the model cannot tell about this scenario; gaps about absent mechanisms are left out."""
    guesses, total = guesses_in_use(scenario)
    general = [
        f"It is a laboratory, not a forecast: it says what follows from the assumptions. {len(guesses)} of the {total} "
        "numbers in use are guesses that nobody has measured for this market. Trust directions and orders of size "
        "more than amounts.",
        "The intervals hold the luck of the draw and nothing else: where an assumption is wrong, they do not show it.",
    ]
    if all(firm.strategy == "as_written" for firm in scenario.firms.values()):
        general.append("Everybody keeps to the levers as written: no rival answers a move, and nobody learns.")
    else:
        general.append("Strategies change their levers by fixed rules; real rivals may answer otherwise.")
    general.append(
        "No firm enters or leaves the market, there is one product, and how much is bought at a time does not depend "
        "on the price. Profit is what customers bring less what is spent on them: no taxes, interest or overhead."
    )
    shown = (f"Of {MEASURED} published regularities of real markets that were measured, the model shows {SHOWN}. "
             "Some of these were put in, so they prove nothing.")
    unmeasured = (f"{len(NOT_MEASURED)} more were never measured, among them loyalty programmes, customers won by "
                  "word of mouth, and prices that depend on tenure.")
    return Limits(tuple(general), shown, tuple(gap.words for gap in gaps_in_use(strengths(scenario))), unmeasured)


def gaps_in_use(real: dict[str, float]) -> list[Gap]:
    """The gaps whose mechanisms are all at work."""
    return [gap for gap in GAPS if all(real[name] != 0 for name in gap.needs)]
