"""F29, by formula only: a friend's good and bad word of the same strength, and what each does to a choice.

Nothing is simulated. Somebody who chooses a familiar firm with chance p and expects .70 of it hears a word of strength
.75; the rule `swayed` moves the expectation, the value of the offer moves with it, the logit gives the new chance.
"""

from __future__ import annotations

import math
from typing import Any

from sim.rules.voice import swayed
from sim.scenario.schema.psychology import Choice, Voice

EXPECTATION, STRENGTH, FITTING = 0.70, 0.75, 0.58
"""The default promise; a strong word; how well the default offer fits the mean weights of needs."""


def measure(seed: int, changes: Any = None) -> dict[str, float]:
    """Gain by a good word over loss by a bad one at three chances; how often bad is told for one good (an input)."""
    voice = Voice(**(changes or {}))
    return {
        **{f"gain_over_loss_{p}": gain_over_loss(p, voice) for p in (0.1, 0.25, 0.4)},
        "told_bad_to_good": voice.tell_loss / voice.tell_joy,
    }


def gain_over_loss(p: float, voice: Voice) -> float:
    """(chance after the good word - p) / (p - chance after the bad word).

    >>> bold, meek = Voice(word_joy=0.4), Voice(word_joy=0.2)
    >>> gain_over_loss(0.1, bold) > 1.9 * gain_over_loss(0.1, meek)
    True
    """
    after = []
    for tone in (STRENGTH, -STRENGTH):
        moved = swayed(EXPECTATION, tone, 0, voice.word_joy, voice.word_loss) - EXPECTATION
        odds = p / (1.0 - p) * math.exp(Choice().get * FITTING * float(moved))
        after.append(odds / (1.0 + odds))
    return (after[0] - p) / (p - after[1])
