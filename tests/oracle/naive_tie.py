"""What one customer has with one firm, and two lines of arithmetic that everybody uses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Tie:
    """What one customer has with one firm."""

    taste: float
    match: float
    aware: bool
    expectation: float
    satisfaction: float
    trust: float
    reference_price: float
    idle: int
    surprise_expected: float = 0.0
    experiences: int = 0
    commitment: float = 0.0
    habit: float = 0.0
    grievance: float = 0.0
    failed: float = 0.0
    knowledge: float = 0.0
    contacts: float = 0.0
    cut: float = 0.0
    effect: float = 0.0
    units: int = 0
    amount: int = 0
    given: int = 0
    margin: int = 0
    paid: int = 0
    served: int = 0
    relation: int = 0
    acquired: int = 0
    left_out: bool = False
    spared_until: int = 0


def clip(x: float, low: float = 0.0, high: float = 1.0) -> float:
    """`x`, held between low and high."""
    return min(max(x, low), high)


def warmed(bond: float, warmth: float) -> float:
    """Warmth fills part of the room that is left, at most all of it; cold takes a part of what is there."""
    return bond + clip(warmth, -1.0) * (1.0 - bond if warmth > 0.0 else bond)
