"""What an offer is worth, and which one is taken (C11, C84, C85, C98, R24, R25). Utilities in Gumbel units."""

from __future__ import annotations

from typing import Any

from sim.numerics.elementary import clip, exp, ln, maximum, rule, where


@rule
def benefit_expected(full: Any, expectation: Any, fitting: Any, urgency_factor: Any) -> Any:
    """What one gets: full benefit x what is expected x how well the offer fits the needs of the moment.

    Source: C84, C85.

    >>> benefit_expected(9.0, 0.5, 0.6, 1.0)
    2.6999999999999997
    """
    return full * expectation * fitting * urgency_factor


@rule
def asked(price: Any, cut: Any) -> Any:
    """The price after the cut; 1 is the reference price of the product.

    >>> asked(1.0, 0.25)
    0.75
    """
    return price * (1.0 - cut)


@rule
def money_felt(weight: Any, sensitivity: Any, asked_price: Any, relief: Any, commitment: Any) -> Any:
    """Money weighs by one's sensitivity, less for the committed (C70): weight x s x price x (1 - relief x c).

    A negative relief makes the committed mind the price more. No relief makes a price pleasant: it weighs at least 0.

    >>> money_felt(6.0, 1.0, 1.0, 0.4, 0.5)
    4.800000000000001
    """
    return weight * sensitivity * asked_price * maximum(1.0 - relief * commitment, 0.0)


@rule
def above_usual(weight: Any, sensitivity: Any, asked_price: Any, reference: Any, experiences: Any) -> Any:
    """Paying more than one is used to hurts on top (F20, F21); without experience nothing is usual.

    >>> round(above_usual(6.0, 1.0, 1.0, 0.8, 3), 6)
    1.2
    """
    return where(experiences > 0, weight * sensitivity * maximum(asked_price - reference, 0.0), 0.0)


@rule
def risk_felt(weight: Any, sensitivity: Any, trust: Any, strength: Any) -> Any:
    """Whom one does not trust is a risk: weight x s x (1 - trust), blended by the strength of trust.

    >>> risk_felt(1.0, 1.0, 0.4, 1.0)
    0.6
    """
    return strength * weight * sensitivity * (1.0 - trust)


@rule
def personal(pull: Any, knowledge: Any, effort: Any, trust: Any, annoying_below: Any) -> Any:
    """An offer fitted to the person pleases whom trusts the firm and annoys who does not (C28, C117).

    >>> personal(0.8, 1.0, 1.0, 0.5, 0.25), personal(0.8, 1.0, 1.0, 0.1, 0.25)
    (0.8, -0.4)
    """
    return pull * knowledge * effort * where(trust >= annoying_below, 1.0, -0.5)


@rule
def shared(pull: Any, own: Any, theirs: Any) -> Any:
    """Shared values attract: pull x (1 - distance) (C55).

    >>> shared(1.0, 0.2, 0.7)
    0.5
    """
    return pull * (1.0 - maximum(own - theirs, theirs - own))


@rule
def reward_felt(weight: Any, rewards: Any, experiences: Any, worth: Any, believed: Any) -> Any:
    """A reward counts for those who know it, and only as far as it is believed for newcomers.

    `weight` is what the reference price costs this person; worth 1: as much as its money.

    >>> reward_felt(6.0, 0.1, 0, 1.0, 0.25), round(reward_felt(6.0, 0.1, 3, 1.0, 0.25), 6)
    (0.15000000000000002, 0.6)
    """
    return weight * rewards * where(experiences > 0, worth, believed)


@rule
def in_mind(aware: Any, warmest: Any, draw: Any, focus: Any) -> Any:
    """Only firms in mind are compared; a rival drops out of mind with probability `focus` (C98).

    >>> in_mind(True, False, 0.3, 0.5)
    False
    """
    return aware & (warmest | (draw >= focus))


@rule
def mean_wait(utility: Any, noise: Any) -> Any:
    """The mean waiting time of an option in the race: exp(-utility / noise). The more it is worth, the shorter.

    >>> float(mean_wait(0.0, 1.0))
    1.0
    """
    return exp(-clip(utility / noise, -60.0, 60.0))


@rule
def waiting_time(mean: Any, draw: Any) -> Any:
    """An exponential waiting time; the option with the shortest is chosen.

    This is the logit: P(first) = exp(utility) / sum of exp(utilities), the same as adding Gumbel noise to every
    utility and taking the largest (McFadden 1974; -ln of the waiting time is utility plus Gumbel noise).

    >>> round(float(waiting_time(2.0, 0.36787944117144233)), 9)
    2.0
    """
    return mean * -ln(draw)
