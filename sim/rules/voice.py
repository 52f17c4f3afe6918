"""Who speaks: to the firm, to friends, in public, or not at all (R29, R30, C73, F13, F29)."""

from __future__ import annotations

from typing import Any

from sim.numerics.elementary import logistic, minimum, rule, where


@rule
def readiness(base: Any, aroused: Any, trusting: Any, severe: Any, effort: Any) -> Any:
    """Chance that a problem is voiced: logistic(base + arousal + trust + severity - effort).

    Otherwise silence: the exit shows only as purchases that do not come (R30).

    >>> float(readiness(0.0, 0.0, 0.0, 0.0, 0.0))
    0.5
    """
    return logistic(base + aroused + trusting + severe - effort)


@rule
def telling_of_joy(most: Any, feeling: Any, recommending: Any, commitment: Any, expressiveness: Any) -> Any:
    """Chance to tell a friend of a joy; the committed recommend anyway (C73).

    >>> telling_of_joy(0.25, 0.5, 0.1, 0.0, 0.5)
    0.25
    """
    return (most * minimum(4.0 * feeling, 1.0) + recommending * commitment) * (0.5 + expressiveness)


@rule
def telling_of_loss(most: Any, loss: Any, expressiveness: Any) -> Any:
    """Chance to tell a friend of a loss that stays; bad news is told about twice as often as good (TARP).

    >>> telling_of_loss(0.5, 0.5, 0.5)
    0.5
    """
    return most * minimum(2.0 * loss, 1.0) * (0.5 + expressiveness)


@rule
def swayed(expectation: Any, tone: Any, experiences: Any, joy: Any, loss: Any) -> Any:
    """A friend's word moves expectation by a share of the room that is left, less the more one knows oneself (F29).

    Good news: + joy x tone x (1 - x). Bad news: - loss x |tone| x x. Both / (1 + 0.3 x experiences);
    joy and loss count as at most 1.

    >>> swayed(0.5, 1.0, 0, 0.2, 0.1), swayed(0.5, -1.0, 0, 0.2, 0.1)
    (0.6, 0.45)
    """
    room = where(tone > 0.0, minimum(joy, 1.0) * (1.0 - expectation), minimum(loss, 1.0) * expectation)
    return expectation + tone * room / (1.0 + 0.3 * experiences)
