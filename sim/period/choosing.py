"""The comparison of offers: value of every firm in mind, then one choice for every occasion."""

from __future__ import annotations

from typing import Any

from sim.engine.phase import each
from sim.engine.state import CONTACTED, NOWHERE
from sim.numerics.draws import uniform, uniform_of_occasion
from sim.numerics.elementary import where
from sim.rules.choice import (
    above_usual,
    asked,
    benefit_expected,
    in_mind,
    mean_wait,
    money_felt,
    personal,
    reward_felt,
    risk_felt,
    shared,
    waiting_time,
)
from sim.rules.needs import urgent

OUT_OF_MIND = float("inf")
"""Mean wait for an option that is not thought of: it never comes first, nor second."""


@each("firms", "needs", sets="tie.utility", among="shoppers")
def weigh_needs(tie: Any, need: Any, offer: Any) -> Any:
    """How well the offer serves the needs of the moment, each by its weight."""
    return tie.utility + need.weight * offer.benefit


@each("firms", sets="tie.utility tie.mean_wait", among="shoppers")
def weigh(me: Any, tie: Any, firm: Any, luck: Any, p: Any, m: Any) -> Any:
    """Value is what one gets minus what one gives (C85), plus what ties one to the firm."""
    fitting = tie.utility / me.urgency
    price = asked(firm.price, tie.cut)
    get = benefit_expected(p.get, tie.expectation, fitting, urgent(me.urgency, p.urgency_effect, m.needs))
    give = money_felt(p.price, me.price_sensitivity, price, m.commitment * m.price_relief * p.price_relief,
                      tie.commitment)
    give = give + m.reference_price * p.reference_loss * above_usual(p.price, me.price_sensitivity, price,
                                                                     tie.reference_price, tie.experiences)
    give = give + firm.effort * me.effort_sensitivity + risk_felt(p.risk, me.risk_sensitivity, tie.trust, m.trust)
    give = give + where((me.last_firm >= 0) & (me.last_firm != firm.number), me.leaving, 0.0)
    bonds = m.habit * p.habit * tie.habit + m.commitment * m.attachment * p.attachment * tie.commitment
    bonds = bonds + m.satisfaction * p.satisfaction * (tie.satisfaction - p.starting_satisfaction)
    bonds = bonds - m.grievance * p.grievance * tie.grievance + m.taste * p.taste * tie.taste
    extras = shared(p.values_fit, me.values, firm.values) + m.surprise * p.experience * tie.surprise_expected
    extras = extras + m.knowledge * m.personalisation * personal(
        p.personal_fit * firm.personalisation, tie.knowledge, tie.effect, tie.trust, p.annoying_below_trust)
    extras = extras + reward_felt(p.price * me.price_sensitivity, firm.rewards, tie.experiences, p.reward_worth,
                                  p.reward_believed)
    extras = extras + m.mood * p.mood_pull * me.valence
    extras = extras + m.salience * p.salience * firm.salience
    thought_of = in_mind(tie.aware, tie.commitment >= me.max_commitment, uniform(luck.mind, me.number), me.focus)
    utility = get - give + bonds + extras
    return utility, where(thought_of, mean_wait(utility, p.noise), OUT_OF_MIND)


@each("occasions", sets="deal.firm deal.second deal.waiting_time deal.second_waiting_time", among="shoppers")
def open_occasion(me: Any, p: Any, fate: Any, occasion: Any) -> Any:
    """A new occasion: buying nothing is an option too."""
    wait = waiting_time(p.outside_mean_wait, uniform_of_occasion(fate.outside, me.number, occasion))
    return NOWHERE, NOWHERE, wait, OUT_OF_MIND


@each("occasions", "firms", sets="deal.firm deal.second deal.waiting_time deal.second_waiting_time", among="shoppers")
def choose(me: Any, deal: Any, tie: Any, firm: Any, luck: Any, occasion: Any) -> Any:
    """A logit as a race: the firm with the shortest waiting time is chosen, the next one is the second choice."""
    wait = waiting_time(tie.mean_wait, uniform_of_occasion(luck.taste, me.number, occasion))
    first, second = wait < deal.waiting_time, wait < deal.second_waiting_time
    return (where(first, firm.number, deal.firm),
            where(first, deal.firm, where(second, firm.number, deal.second)),
            where(first, wait, deal.waiting_time),
            where(first, deal.waiting_time, where(second, wait, deal.second_waiting_time)))


@each("occasions", sets="deal.firm deal.second", adds="market.outside", among="shoppers")
def renew(me: Any, deal: Any, last: Any, p: Any, m: Any, fate: Any) -> Any:
    """A contract cannot be left early; the inattentive renew without comparing, unless a contact woke them (F24)."""
    calm = 1.0 - m.grievance * last.grievance
    asleep = where((me.outcome & CONTACTED) > 0, 0.0, p.inertia * m.habit * last.habit * calm)
    stays = (me.last_firm >= 0) & ((me.bound > 0) | (uniform(fate.inattention, me.number) < asleep))
    firm = where(stays, me.last_firm, deal.firm)
    return firm, where(stays, NOWHERE, deal.second), where(firm < 0, 1, 0)


@each("occasions", adds="count.contacts", among="buyers")
def knock(me: Any) -> Any:
    """Every choice is a contact with the firm chosen."""
    return where(me.present, 1, 0)


CHOOSING = (weigh_needs, weigh, open_occasion, choose, renew, knock)
