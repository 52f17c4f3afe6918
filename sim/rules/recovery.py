"""How firms mend (R29, C75, F14, F15). The recovery paradox is not forced: overshoot is small and rare."""

from __future__ import annotations

from typing import Any

from sim.numerics.elementary import clip, rule, where


@rule
def raised(base: Any, effort: Any, share: Any) -> Any:
    """Relation effort closes part of what is missing to 1.

    >>> raised(0.5, 1.0, 0.5)
    0.75
    """
    return base + (1.0 - base) * share * effort


@rule
def repair(generosity: Any, delay: Any, failed_before: Any, repeated: Any) -> Any:
    """How much of a loss is made good: generosity x worth after the wait, less when it failed before.

    >>> repair(0.5, 1.0, 0.0, 0.6), repair(0.5, 1.0, 1.0, 0.6)
    (0.5, 0.3)
    """
    return generosity * delay * where(failed_before >= 0.5, repeated, 1.0)


@rule
def overshoot(gain: Any, repaired: Any, failed_before: Any, major: Any) -> Any:
    """Only a mild first failure can end above expectation (F15).

    >>> overshoot(0.3, 1.0, 0.0, False), overshoot(0.3, 1.0, 0.0, True)
    (0.3, 0.0)
    """
    return where((failed_before < 0.5) & where(major, False, True), gain * repaired, 0.0)


@rule
def mended(memory: Any, expected: Any, extra: Any, effective: Any) -> Any:
    """Recovery pulls the memory towards what was expected (plus the rare extra), never beyond perfect.

    >>> round(mended(0.2, 0.7, 0.0, 0.5), 6)
    0.45
    """
    return clip(memory + effective * (expected + extra - memory), 0.0, 1.0)
