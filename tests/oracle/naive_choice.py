"""What a shopper thinks of the firms in mind, and where each purchase goes."""

from __future__ import annotations

import math

from naive_luck import uniform


def choices_of(person) -> list[tuple[int, int]]:
    """First and second choice for every occasion: place of the firm, -1 for buying nothing."""
    model, p, m = person.model, person.model.p, person.model.m
    heart = max(tie.commitment for tie in person.ties)
    focus = m.consideration * heart**p.consideration_power
    worth = [
        (firm, value(person, tie, firm))
        for tie, firm in zip(person.ties, model.firms, strict=True)
        if tie.aware and (tie.commitment >= heart or uniform(firm.luck.mind, person.number) >= focus)
    ]
    choices = []
    for occasion in range(person.wanted):
        options = [(p.outside + p.noise * gumbel(model.fate.outside, person.number, occasion), -1)]
        for firm, utility in worth:
            options.append((utility + p.noise * gumbel(firm.luck.taste, person.number, occasion), firm.number))
        options.sort(reverse=True)
        first, second = options[0][1], options[1][1] if len(options) > 1 else -1
        if renews_without_looking(person):
            first, second = person.last_firm, -1
        if first < 0:
            model.market["outside"] += 1
        else:
            model.firms[first].count["contacts"] += 1
        choices.append((first, second))
    return choices


def gumbel(key: int, number: int, occasion: int) -> float:
    """Gumbel noise: the largest of utility plus noise is a logit choice."""
    return -math.log(-math.log(uniform(key, number, occasion)))


def renews_without_looking(person) -> bool:
    """The bound cannot leave; habit renews by itself, unless grievance or a contact wakes it."""
    if person.last_firm < 0:
        return False
    if person.bound > 0:
        return True
    p, m, tie = person.model.p, person.model.m, person.ties[person.last_firm]
    asleep = p.inertia * m.habit * tie.habit * (1.0 - m.grievance * tie.grievance)
    if person.was_contacted:
        asleep = 0.0
    return uniform(person.model.fate.inattention, person.number) < asleep


def value(person, tie, firm) -> float:
    """Get minus give, plus what ties one to the firm."""
    p, m = person.model.p, person.model.m
    return get(person, tie, firm) - give(person, tie, firm) + (
        m.habit * p.habit_weight * tie.habit
        + m.commitment * m.attachment * p.attachment * tie.commitment
        + m.satisfaction * p.satisfaction_weight * (tie.satisfaction - p.starting_satisfaction)
        - m.grievance * p.grievance_weight * tie.grievance
        + m.taste * p.taste * tie.taste
        + m.salience * p.salience * firm.salience
    )


def get(person, tie, firm) -> float:
    """Benefit as expected, shared values, expected surprise, a personal offer, a reward."""
    p, m = person.model.p, person.model.m
    fitting = sum(w * b for w, b in zip(person.need_weights, firm.benefits, strict=True)) / person.urgency
    got = p.get * tie.expectation * fitting * person.urgency_factor()
    got += p.values_fit * (1.0 - abs(person.values - firm.values))
    got += m.surprise * p.experience * tie.surprise_expected
    fit = m.knowledge * m.personalisation * p.personal_fit * firm.personalisation * tie.knowledge * tie.effect
    got += fit if tie.trust >= p.annoying_below_trust else -0.5 * fit
    believed = p.reward_worth if tie.experiences > 0 else p.reward_believed
    got += m.mood * p.mood_pull * person.valence
    return got + p.price * person.price_sensitivity * firm.rewards * believed


def give(person, tie, firm) -> float:
    """Price, the loss of paying more than usual, effort, risk, and the cost of leaving the last firm."""
    p, m = person.model.p, person.model.m
    price = firm.price * (1.0 - tie.cut)
    weight = p.price * person.price_sensitivity
    given = weight * price * max(0.0, 1.0 - m.commitment * m.price_relief * p.price_relief * tie.commitment)
    if tie.experiences > 0:
        given += m.reference_price * p.reference_loss * weight * max(price - tie.reference_price, 0.0)
    given += firm.effort * person.effort_sensitivity
    given += m.trust * p.risk * person.risk_sensitivity * (1.0 - tie.trust)
    if person.last_firm >= 0 and person.last_firm != firm.number:
        last, heart = person.model.firms[person.last_firm], person.ties[person.last_firm].commitment
        given += last.lock + p.switching_cost + m.staying * p.staying * heart
    return given
