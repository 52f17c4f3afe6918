"""From the contact to what it leaves behind: queue, payment, delivery, feeling, voice, mending, bonds, words."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.phase import each
from sim.engine.state import (
    CARED,
    COMPLAINED,
    CONTACTED,
    FAILED,
    FIRST,
    MAJOR,
    MENDED,
    MOVED,
    NOWHERE,
    ONE,
    PROBLEM,
    RETURNED,
    TOLD_JOY,
    TOLD_LOSS,
)
from sim.numerics.draws import uniform_of_occasion
from sim.numerics.elementary import clip, maximum, minimum, normal, where, whole
from sim.rules.appraisal import encounter_feeling, forgiven, mood_after, moved, quality_due, remembered, step
from sim.rules.bonds import commitment_after, damping, grievance_after, habit_after, trust_after
from sim.rules.choice import asked
from sim.rules.knowledge import learned
from sim.rules.needs import filled
from sim.rules.recovery import mended, overshoot, raised, repair
from sim.rules.service import cost_or_saving, in_minor_units, quality_for, severity_of
from sim.rules.voice import readiness, telling_of_joy, telling_of_loss

ANOTHER = np.uint64(64)
"""Keeps the draws of the second attempt apart from those of the first."""


@each("occasions", sets="deal.firm deal.second mine.grievance me.valence", adds="count.lost_contacts", among="buyers",
      when="firm.lost")
def queue(me: Any, deal: Any, mine: Any, seller: Any, chance: Any, p: Any, m: Any, occasion: Any) -> Any:
    """A contact may not get through; then once to the second choice, or home for the committed (C109)."""
    draw = uniform_of_occasion(chance.line, me.number, occasion)
    lost = draw < m.capacity * seller.lost
    home = maximum(mine.commitment, 0.5 * m.habit * mine.habit) * m.capacity * seller.lost > draw
    firm = where(lost, where(home, NOWHERE, deal.second), deal.firm)
    grievance = where(lost, grievance_after(mine.grievance, 1.0, p.lost_contact_grievance, 1.0), mine.grievance)
    mood = where(lost, -m.mood * p.lost_contact_mood, 0.0)
    return firm, where(lost, MOVED, deal.second), grievance, mood_after(me.valence, mood, -1.0), where(lost, 1, 0)


@each("occasions", sets="deal.firm", adds="count.contacts count.lost_contacts", among="movers", when="firm.lost")
def queue_again(me: Any, deal: Any, seller: Any, chance: Any, m: Any, occasion: Any) -> Any:
    """The second choice may be full too; there is one wave, not an endless search."""
    lost = uniform_of_occasion(chance.line, me.number, occasion + ANOTHER) < m.capacity * seller.lost
    return where(lost, NOWHERE, deal.firm), 1, where(lost, 1, 0)


@each("occasions",
      sets="mine.units mine.amount mine.given mine.margin mine.paid mine.served mine.relation mine.acquired"
           " mine.cut me.asked me.bound me.last_firm me.outcome",
      adds="count.units count.buyers count.new_customers count.returned_customers ledger.revenue ledger.goods"
           " ledger.serving ledger.quality ledger.rewards ledger.price_cuts", among="buyers")
def pay(me: Any, mine: Any, seller: Any, p: Any) -> Any:
    """Customers pay in whole minor units; what is given away is recorded, and what newcomers get for being bound."""
    first = mine.experiences == 0
    returned = (mine.experiences > 0) & (mine.idle > p.active_window)
    price = asked(seller.price, mine.cut)
    listed = in_minor_units(p.reference_price, seller.price * me.basket)
    paid = minimum(in_minor_units(p.reference_price, price * me.basket), listed)
    goods = in_minor_units(p.reference_price, p.goods * me.basket)
    serving = in_minor_units(p.reference_price, (p.serving_cost * me.serving + p.order_cost) * seller.serving_share)
    quality = cost_or_saving(p.reference_price, seller.unit_cost * me.basket)
    rewards = where(first, seller.concession, whole(seller.rewards * paid))
    margin = paid - goods - serving - quality - rewards
    new_firm = me.last_firm != seller.number
    return (mine.units + 1, mine.amount + paid, mine.given + listed - paid, mine.margin + margin, mine.paid + paid,
            mine.served + goods + serving + quality, mine.relation + rewards,
            mine.acquired + where(first, listed - paid + rewards, 0), where(first, seller.cut_everyone, mine.cut),
            price, where(new_firm, p.contract, me.bound), seller.number,
            (me.outcome & CONTACTED) | where(first, FIRST, 0) | where(returned, RETURNED, 0),
            1, where(mine.units == 0, 1, 0), where(first, 1, 0), where(returned, 1, 0),
            paid, goods, serving, quality, rewards, listed - paid)


@each("occasions", sets="me.delivered me.severity me.outcome", adds="count.failures", among="buyers")
def deliver(me: Any, mine: Any, seller: Any, chance: Any, p: Any, m: Any, fate: Any, occasion: Any) -> Any:
    """What the customer gets: the offer as it suits them, with chance and failures."""
    failed = uniform_of_occasion(fate.failure, me.number, occasion) < seller.failure
    major = uniform_of_occasion(fate.major, me.number, occasion) < p.major_share
    struck = uniform_of_occasion(chance.outage, me.number, occasion) < seller.outage
    severity = severity_of(failed, major, p.minor_severity, p.major_severity)
    severity = where(struck, maximum(severity, seller.outage_severity), severity)
    noise = p.quality_noise * normal(uniform_of_occasion(fate.noise, me.number, occasion))
    known = m.knowledge * p.knowledge_quality * mine.knowledge * mine.effect
    suits = m.match * p.match_spread * mine.match
    bad = severity > 0.0
    return (quality_for(seller.quality, suits, noise, known, severity), severity,
            me.outcome | where(bad, FAILED, 0) | where(severity > p.minor_severity, MAJOR, 0), where(bad, 1, 0))


@each("occasions",
      sets="me.feeling me.remembered me.loss_left me.valence me.arousal mine.surprise_expected me.outcome",
      adds="count.problems", among="buyers")
def feel(me: Any, mine: Any, seller: Any, p: Any, m: Any) -> Any:
    """Delivery is compared with what was due; the feeling moves mood and colours memory (C36, C40)."""
    expected = quality_due(mine.expectation, m.habit * mine.habit, m.entitlement * p.entitlement)
    gap = me.delivered - expected + m.surprise * (seller.surprise - mine.surprise_expected)
    forgiveness = m.commitment * m.forgiveness * p.forgiveness
    feeling = forgiven(encounter_feeling(gap, p.tolerance, p.loss_aversion), forgiveness, mine.commitment)
    loss = maximum(-feeling, 0.0)
    problem = loss > p.problem_threshold
    memory = remembered(me.delivered, feeling, p.feeling_weight, me.valence, m.mood * p.mood_colour)
    impulse = m.mood * p.arousal_gain * maximum(feeling, -feeling) * (0.5 + me.expressiveness)
    return (feeling, memory, loss, mood_after(me.valence, m.mood * p.valence_gain * feeling, -1.0),
            mood_after(me.arousal, impulse, 0.0),
            moved(mine.surprise_expected, seller.surprise, m.surprise * p.surprise_step),
            me.outcome | where(problem, PROBLEM, 0), where(problem, 1, 0))


@each("occasions", sets="me.outcome", adds="count.complaints", among="buyers")
def speak(me: Any, mine: Any, p: Any, m: Any, fate: Any, occasion: Any) -> Any:
    """Some complain; most stay silent (R30)."""
    chance = readiness(p.voice_base, p.voice_arousal * me.arousal, p.voice_trust * mine.trust,
                       p.voice_severity * me.severity, p.voice_effort)
    voiced = uniform_of_occasion(fate.complain, me.number, occasion) < m.voice * chance
    complained = ((me.outcome & PROBLEM) > 0) & voiced
    return where(complained, me.outcome | COMPLAINED, me.outcome), where(complained, 1, 0)


@each("occasions",
      sets="me.repaired me.remembered me.loss_left me.gratitude me.valence me.outcome mine.failed mine.relation"
           " mine.margin",
      adds="ledger.recovery ledger.care count.mended count.cared", among="buyers")
def mend(me: Any, mine: Any, seller: Any, p: Any, m: Any, fate: Any, occasion: Any) -> Any:
    """Complaints are mended or ignored; care may find the silent (R29, C75, F14, F15)."""
    complained = (me.outcome & COMPLAINED) > 0
    answered = raised(seller.answered, mine.effect, p.relation_answer)
    helped = complained & (uniform_of_occasion(fate.mended, me.number, occasion) < m.recovery * answered)
    found = m.proactive_care * p.care_recall * seller.proactive * mine.effect * mine.knowledge
    silent = ((me.outcome & PROBLEM) > 0) & where(complained, False, True)
    cared = silent & (uniform_of_occasion(fate.cared, me.number, occasion) < found)
    generosity = raised(seller.generosity, mine.effect, p.relation_generosity)
    quick = repair(generosity, seller.delay, mine.failed, p.repeated)
    repaired = where(helped, quick, where(cared, p.care_weight * quick, 0.0))
    extra = overshoot(p.overshoot, repaired, mine.failed, (me.outcome & MAJOR) > 0)
    effective = repaired * maximum(1.0 - p.severity_cut * me.severity, 0.0)
    loss = where(complained, me.loss_left * p.ignored_keeps, me.loss_left) * (1.0 - effective)
    handling = p.recovery_cost * generosity + p.speed_cost * seller.delay
    recovery, care = whole(where(helped, handling, 0.0) + 0.5), where(cared, p.care_cost, 0)
    return (effective, mended(me.remembered, mine.expectation, extra, effective), loss,
            where(repaired > 0.0, extra, 0.0), mood_after(me.valence, m.mood * p.mood_relief * effective, -1.0),
            me.outcome | where(helped, MENDED, 0) | where(cared, CARED, 0),
            where(me.severity > 0.0, 1.0, mine.failed * p.failure_memory), mine.relation + recovery + care,
            mine.margin - recovery - care, recovery, care, where(helped, 1, 0), where(cared, 1, 0))


@each("occasions",
      sets="mine.satisfaction mine.trust mine.commitment mine.grievance mine.expectation mine.knowledge"
           " mine.reference_price mine.experiences mine.idle mine.aware", among="buyers")
def bond(me: Any, mine: Any, seller: Any, p: Any, m: Any) -> Any:
    """What the experience leaves: satisfaction, trust, commitment, grievance, expectation (C67, C78, C93)."""
    n = mine.experiences
    satisfaction = moved(mine.satisfaction, me.remembered, step(n, p.satisfaction_step, 2.0))
    damped = damping(n, p.inertia_per_purchase, p.inertia_floor)
    gain = m.trust * where(me.feeling < 0.0, p.trust_regained * me.repaired, p.trust_gain)
    broken = trust_after(mine.trust, me.feeling >= 0.0, me.loss_left * damped, m.trust * p.trust_gain,
                     m.trust * p.trust_loss)
    trust = where(me.feeling < 0.0, commitment_after(broken, gain), broken)
    joy = p.joy_to_commitment * maximum(me.feeling, 0.0) + p.gratitude * me.gratitude
    warmth = me.proneness * trust * p.commitment_gain * joy
    liking = m.satisfaction_to_commitment * p.satisfaction_to_commitment * satisfaction
    commitment = commitment_after(mine.commitment, m.commitment * (warmth + liking))
    commitment = clip(commitment - m.commitment * p.commitment_loss * me.loss_left * commitment, 0.0, 1.0)
    grievance = grievance_after(mine.grievance, maximum(me.loss_left - p.grievance_from, 0.0), p.grievance_gain,
                                damped)
    expectation = moved(mine.expectation, me.delivered, m.expectations * step(n, p.expectation_step, 2.0))
    reference = where(n > 0, mine.reference_price, 1.0)
    return (satisfaction, trust, commitment, grievance, expectation,
            learned(mine.knowledge, m.knowledge * p.knowledge_gain * mine.effect, seller.knowing),
            moved(reference, me.asked, p.reference_step), n + 1, 0, True)


@each("occasions", "firms", sets="tie.habit", among="buyers")
def habituate(deal: Any, tie: Any, firm: Any, p: Any) -> Any:
    """Habit is smoothed choice: up for the firm chosen, down for the others."""
    return habit_after(tie.habit, deal.firm == firm.number, p.habit_step)


@each("occasions", "needs", sets="need.level", among="buyers")
def fill(me: Any, need: Any, menu: Any, p: Any, m: Any) -> Any:
    """The purchase fills needs, as far as the offer serves them and it was well delivered."""
    return filled(need.level, menu.benefit, me.delivered, p.need_fill, m.needs)


@each("occasions", sets="me.telling me.tone me.outcome",
      adds="count.told_joy count.told_loss count.reviews count.review_points", among="buyers")
def tell(me: Any, mine: Any, seller: Any, p: Any, m: Any, fate: Any, occasion: Any) -> Any:
    """Joy and commitment recommend, a loss that stays warns, a few write reviews (C73, F29)."""
    recommending = m.commitment * m.recommending * p.tell_commitment
    joy = telling_of_joy(p.tell_joy, maximum(me.feeling, 0.0), recommending, mine.commitment, me.expressiveness)
    loss = telling_of_loss(p.tell_loss, me.loss_left, me.expressiveness)
    glad = me.feeling >= 0.0
    stirred = 1.0 + m.mood * p.mood_talk * me.arousal
    told = uniform_of_occasion(fate.tell, me.number, occasion) < where(glad, joy, loss) * stirred
    tone = where(glad, minimum(0.5 + me.feeling, 1.0), -minimum(2.0 * me.loss_left, 1.0))
    reviewed = uniform_of_occasion(fate.review, me.number, occasion) < m.reviews * p.review_share
    points = whole(ONE * me.remembered)
    return (where(told, seller.number, me.telling), where(told, tone, me.tone),
            me.outcome | where(told, where(glad, TOLD_JOY, TOLD_LOSS), 0), where(told & glad, 1, 0),
            where(told & (me.feeling < 0.0), 1, 0), where(reviewed, 1, 0), where(reviewed, points, 0))


@each("occasions", sets="me.valence me.arousal", among="shoppers")
def calm(me: Any) -> Any:
    """Mood fades until the next purchase, or until the period ends."""
    return me.valence * me.valence_kept, me.arousal * me.arousal_kept


SERVING = (queue, queue_again, pay, deliver, feel, speak, mend, bond, habituate, fill, tell, calm)
