"""What ties a customer to a firm: trust, commitment, habit and grievance (C67, C78, C93)."""

from __future__ import annotations

from typing import Any

from sim.numerics.elementary import clip, maximum, rule, where


@rule
def damping(experiences: Any, per_purchase: Any, floor: Any) -> Any:
    """Past purchases damp a bad episode: 1 / (1 + a x n), not below a floor (Bolton 1998, F12).

    >>> damping(0, 0.06, 0.4), damping(1000, 0.06, 0.4)
    (1.0, 0.4)
    """
    return maximum(1.0 / (1.0 + per_purchase * experiences), floor)


@rule
def trust_after(trust: Any, kept: Any, loss: Any, gain: Any, fall: Any) -> Any:
    """Trust rises slowly with promises kept and falls fast when one is broken (C67).

    kept: + gain x (1 - trust). broken: - fall x loss x trust.

    >>> round(trust_after(0.5, True, 0.0, 0.08, 0.9), 6), round(trust_after(0.5, False, 0.5, 0.08, 0.9), 6)
    (0.54, 0.275)
    """
    return clip(trust + where(kept, gain * (1.0 - trust), -fall * loss * trust), 0.0, 1.0)


@rule
def commitment_after(commitment: Any, warmth: Any) -> Any:
    """Commitment grows by a share of the room that is left; a negative effect lowers it by a share of what is there.

    More than all of it is all of it: the share lies between -1 and 1.

    >>> round(commitment_after(0.5, 0.2), 6), round(commitment_after(0.5, -0.2), 6)
    (0.6, 0.4)
    """
    share = clip(warmth, -1.0, 1.0)
    return commitment + share * where(share > 0.0, 1.0 - commitment, commitment)


@rule
def grievance_after(grievance: Any, loss: Any, gain: Any, damped: Any) -> Any:
    """A loss that stays is held against the firm: + gain x loss x damping x (1 - grievance) (F12, F14).

    >>> grievance_after(0.0, 0.2, 1.0, 1.0)
    0.2
    """
    return clip(grievance + gain * loss * damped * (1.0 - grievance), 0.0, 1.0)


@rule
def habit_after(habit: Any, chosen: Any, share: Any) -> Any:
    """Habit is smoothed choice (C78).

    >>> habit_after(0.0, True, 0.15), habit_after(1.0, False, 0.15)
    (0.15, 0.85)
    """
    return habit + share * (where(chosen, 1.0, 0.0) - habit)
