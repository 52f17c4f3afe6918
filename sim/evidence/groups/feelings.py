"""Good against bad: what an experience leaves (F09), and what a friend's word moves (F29)."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from sim.evidence.fact import Fact, FactTrial, Numbers, Part
from sim.evidence.markets import FIRMS, SERVICE, YEAR, Floats, StudyMarket, service
from sim.rules.voice import swayed
from sim.scenario.schema.psychology import Choice, Voice

EXPECTATION, STRENGTH, FITTING = 0.70, 0.75, 0.58
"""F29: the default promise; a strong word; how well the default offer fits the mean weights of needs."""


def impulse(market: StudyMarket) -> Numbers:
    """F09: one week of better, one of worse delivery by one standard deviation of delivery less expectation."""
    base, spread = _one_week(market)
    usual = market.scenario.firms[FIRMS[0]].quality
    effects = []
    for sign in (1.0, -1.0):
        week = {"kind": "levers", "year": 1.0, "lasts_weeks": 1.0, "set": {"quality": usual + sign * spread}}
        pushed, _ = _one_week(market.other({"events": [week]}))
        effects.append(float((pushed - base).mean()))
    return {"asymmetry": -effects[1] / effects[0], "joy": effects[0], "loss": effects[1], "sd_of_gap": spread}


def _one_week(market: StudyMarket) -> tuple[Floats, float]:
    """Satisfaction of that week's buyers after it, and the spread of what they got against what they expected."""
    course = market.course("totals")
    while course.now < YEAR:
        course.step()
    expected = course.world.tie.expectation.copy()
    course.step()
    me, tie = course.world.me, course.world.tie
    who = np.flatnonzero(tie.units.sum(axis=0) > 0)
    firm = me.last_firm[who].astype(np.int64)
    gap = me.delivered[who].astype(np.float64) - expected[firm, who]
    return tie.satisfaction[firm, who].astype(np.float64), float(gap.std(ddof=1))


def words(market: StudyMarket) -> Numbers:
    """F29, by formula only: gain by a good word over loss by a bad one at three chances; bad told for one good.

    Somebody who chooses a familiar firm with chance p and expects .70 of it hears a word of strength .75; the rule
    `swayed` moves the expectation, the value of the offer moves with it, the logit gives the new chance.
    """
    voice = market.scenario.psychology.voice
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


SHORT = {"clock.years": 1.25}
TRIALS = {
    "impulse": FactTrial(service, SHORT),
    "impulse, equal weight": FactTrial(service, {**SHORT, "psychology.appraisal.loss_aversion": 1.0}),
    "talk": FactTrial(service),
    "talk, loss .08": FactTrial(service, {"psychology.voice.word_loss": 0.08}),
}
talk, louder = partial(Part, "talk"), partial(Part, "talk, loss .08")

FACTS = (
    Fact(
        "F09", "Bad news weighs more",
        "effect of one standard deviation below expectation over one above 1.2-2.5",
        "Tversky & Kahneman 1992: 2.25; later 1.3-2.0", "input", f"{SERVICE}; one week of better or worse delivery",
        {"impulse": impulse},
        (
            Part("impulse", "asymmetry", "effect on satisfaction, loss over joy", 1.2, 2.5),
            Part("impulse", "sd_of_gap", "one standard deviation (quality)"),
        ),
        "`psychology.appraisal.loss_aversion`",
        (Part("impulse, equal weight", "asymmetry", "loss_aversion 1"),),
        "Loss aversion need not be all of it: memory ends at 1, which cuts joys off.",
    ),
    Fact(
        "F29", "Good and bad word",
        "a good word moves a familiar firm's chance p at least as much as a bad one while p < .5; bad told twice as "
        "often",
        "East et al. 2008; TARP", "input", "formula only, expectation .70; nothing is simulated", {"talk": words},
        (
            *(talk(f"gain_over_loss_{p}", f"p = {p}", low=1.0) for p in (0.1, 0.25, 0.4)),
            talk("told_bad_to_good", "bad told per good (put in)"),
        ),
        "`psychology.voice.word_joy` and `psychology.voice.word_loss`",
        tuple(louder(f"gain_over_loss_{p}", f"word_loss .08: p = {p}") for p in (0.1, 0.25, 0.4)),
    ),
)
