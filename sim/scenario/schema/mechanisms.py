"""The mechanisms and their strengths.

0 is bit-equal to a model without the mechanism, 1 is its rule as written, 2 is twice as strong. Where that would leave
a range (a share above 1, a need below 0), the rule stops at its end.
"""

from __future__ import annotations

from typing import Literal

from sim.scenario.parameters import Section, choice, number

STRONGEST = 2.0
"""The largest strength: twice what a mechanism does as written."""
Level = Literal["basic", "heart", "full"]


def strength(label: str, low: float = 0.0) -> float | None:
    """Declare a strength: left out, the level decides (basic, heart or full)."""
    value: float | None = number(None, "strength", (low, STRONGEST), label)
    return value


class MechanismsSection(Section):
    """A level, and strengths that differ from it."""

    level: Level = choice("full", "basic, heart or full: a file of strengths in sim/scenario/levels")
    needs: float | None = strength("needs empty and fill")
    need_hierarchy: float | None = strength("higher needs wait for the lower")
    expectations: float | None = strength("experience moves expectation")
    satisfaction: float | None = strength("satisfaction enters the value of an offer", -1)
    trust: float | None = strength("trust moves and lowers perceived risk")
    habit: float | None = strength("habit pulls")
    match: float | None = strength("a firm's service suits some more than others")
    taste: float | None = strength("standing taste")
    mood: float | None = strength("mood carries over and colours")
    commitment: float | None = strength("commitment grows at all")
    satisfaction_to_commitment: float | None = strength("satisfaction alone feeds commitment", -1)
    price_relief: float | None = strength("the committed mind the price less", -1)
    attachment: float | None = strength("the committed prefer their firm", -1)
    consideration: float | None = strength("the committed do not think of rivals")
    forgiveness: float | None = strength("the committed forgive", -1)
    staying: float | None = strength("the committed find leaving costly", -1)
    recommending: float | None = strength("the committed recommend", -1)
    grievance: float | None = strength("a loss that stays is held against the firm")
    reference_price: float | None = strength("paying more than usual hurts")
    voice: float | None = strength("some complain")
    recovery: float | None = strength("complaints are mended")
    proactive_care: float | None = strength("firms look for silent sufferers")
    word_of_mouth: float | None = strength("friends talk")
    reviews: float | None = strength("ratings are public")
    knowledge: float | None = strength("firms learn about people")
    personalisation: float | None = strength("offers fit what is known", -1)
    contact_fatigue: float | None = strength("contacts tire")
    entitlement: float | None = strength("the long-standing expect more", -1)
    surprise: float | None = strength("delight wears off")
    capacity: float | None = strength("contacts can be lost")
    advertising_stock: float | None = strength("advertising works on")
    salience: float | None = strength("advertising keeps a known firm present")
    forgetting: float | None = strength("the unreminded forget")
