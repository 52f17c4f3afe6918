"""Needs empty with time and are filled by purchases (C08, C21). Values in, values out."""

from __future__ import annotations

from typing import Any

from sim.numerics.elementary import logistic, maximum, minimum, rule, where


@rule
def emptied(level: Any, kept: Any, strength: Any) -> Any:
    """A need that was met wears off: level x (1 - m + m x kept), not below 0.

    Shapes: any. Units: level 0 (starved) to 1 (sated), kept share per period. Source: C08.

    >>> emptied(0.8, 0.5, 1.0)
    0.4
    """
    return level * maximum(1.0 - strength + strength * kept, 0.0)


@rule
def pressing(own_weight: Any, level: Any, gate: Any, floor: Any, strength: Any) -> Any:
    """A need weighs more the emptier it is, and only if the lower needs let it speak.

    weight = own weight x (1 - m + m x (1 + floor - level)) x gate; the middle is not below the floor. Source: C08, C21.

    >>> pressing(0.5, 1.0, 1.0, 0.05, 0.0), pressing(0.5, 1.0, 1.0, 0.05, 2.0)
    (0.5, 0.025)
    """
    return own_weight * maximum(1.0 - strength + strength * (1.0 + floor - level), floor) * gate


@rule
def gate_above(gate: Any, level: Any, threshold: Any, softness: Any, strength: Any) -> Any:
    """A higher need speaks only when the lower is met: gate x (1 - m + m x logistic((level - threshold)/softness)).

    Not below 0: at strengths above 1 the higher need is silent from some emptiness of the lower one on.
    Source: Maslow's prepotency as a blend (C21).

    >>> float(gate_above(1.0, 0.35, 0.35, 0.1, 1.0))
    0.5
    """
    return gate * maximum(1.0 - strength + strength * logistic((level - threshold) / softness), 0.0)


@rule
def urgent(urgency: Any, effect: Any, strength: Any) -> Any:
    """Urgent needs raise demand: 1 + m x effect x (urgency - 1/2), not below 0.

    >>> urgent(0.9, 0.5, 0.0)
    1.0
    """
    return maximum(1.0 + strength * effect * (urgency - 0.5), 0.0)


@rule
def filled(level: Any, benefit: Any, quality: Any, fill: Any, strength: Any) -> Any:
    """A purchase fills part of what is missing (at most all of it), in proportion to benefit and delivered quality.

    >>> filled(0.0, 1.0, 1.0, 0.35, 1.0), filled(0.5, 1.0, 1.0, 0.75, 2.0)
    (0.35, 1.0)
    """
    return level + minimum(strength * fill * benefit * quality, 1.0) * (1.0 - level)


@rule
def next_term(term: Any, mean: Any, count: Any) -> Any:
    """Poisson probabilities one after another: P(n) = P(n - 1) x mean / n.

    >>> next_term(0.5, 0.6, 3.0)
    0.09999999999999999
    """
    return term * mean / count


@rule
def one_more(wanted: Any, draw: Any, cumulative: Any) -> Any:
    """Poisson by inversion: another purchase follows while the draw lies above the cumulated probability.

    >>> one_more(0, 0.7, 0.6)
    1
    """
    return wanted + where(draw > cumulative, 1, 0)
