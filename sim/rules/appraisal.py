"""How a delivery is felt and what it leaves behind (C36, C40, C46, C104, F09, F12)."""

from __future__ import annotations

from typing import Any

from sim.numerics.elementary import clip, exp, maximum, minimum, rule, where


@rule
def quality_due(expectation: Any, habit: Any, entitlement: Any) -> Any:
    """What is taken for granted: the expectation, and a little more by the long-standing.

    >>> quality_due(0.7, 1.0, 0.05)
    0.75
    """
    return expectation + entitlement * habit


@rule
def encounter_feeling(gap: Any, tolerance: Any, loss_aversion: Any) -> Any:
    """Inside the zone of tolerance nothing; above it a joy; below it a loss, which weighs more.

    Source: C36, C40; loss aversion Tversky & Kahneman 1992 (F09).

    >>> encounter_feeling(0.05, 0.06, 1.9), round(encounter_feeling(-0.26, 0.06, 1.9), 6)
    (0.0, -0.38)
    """
    return maximum(gap - tolerance, 0.0) + loss_aversion * minimum(gap + tolerance, 0.0)


@rule
def forgiven(feeling: Any, forgiveness: Any, commitment: Any) -> Any:
    """The committed forgive part of a loss (C72), at most all of it; a joy is left as it is.

    >>> forgiven(-0.4, 0.5, 1.0), forgiven(0.4, 0.5, 1.0)
    (-0.2, 0.4)
    """
    return where(feeling < 0.0, feeling * maximum(1.0 - forgiveness * commitment, 0.0), feeling)


@rule
def remembered(delivered: Any, feeling: Any, weight: Any, mood: Any, colour: Any) -> Any:
    """Memory keeps the quality coloured by the feeling and, a little, by the mood of the day.

    >>> round(remembered(0.5, 0.1, 1.0, 0.0, 0.05), 6)
    0.6
    """
    return clip(delivered + weight * feeling + colour * mood, 0.0, 1.0)


@rule
def step(experiences: Any, smallest: Any, head_start: Any) -> Any:
    """Anchoring and adjustment: the more experiences, the smaller the step, but never below the smallest (F12).

    >>> step(0, 0.1, 2.0), step(98, 0.1, 2.0)
    (0.5, 0.1)
    """
    return maximum(1.0 / (experiences + head_start), smallest)


@rule
def moved(belief: Any, evidence: Any, share: Any) -> Any:
    """A belief moves towards the evidence by a share of the distance; more than all of it is all of it.

    >>> moved(0.5, 0.9, 0.5), moved(0.5, 0.75, 1.5)
    (0.7, 0.75)
    """
    return belief + minimum(share, 1.0) * (evidence - belief)


@rule
def kept_between(rate: Any, purchases: Any) -> Any:
    """Part of a mood that is kept from one purchase to the next, when purchases lie evenly in a period.

    exp(rate / (purchases + 1)): after all purchases and the rest of the period exp(rate) is kept, however many.

    >>> round(float(kept_between(-0.6931471805599453, 0)), 9), round(float(kept_between(-0.6931471805599453, 1)), 9)
    (0.5, 0.707106781)
    """
    return exp(rate / (purchases + 1.0))


@rule
def mood_after(mood: Any, impulse: Any, low: Any) -> Any:
    """Mood after an impulse, held between `low` and 1.

    >>> mood_after(0.9, 0.3, -1.0)
    1.0
    """
    return clip(mood + impulse, low, 1.0)
