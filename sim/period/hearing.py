"""From the start of a period to the comparison of offers: needs, memory, advertising, friends, contacts."""

from __future__ import annotations

from typing import Any

from sim.engine.phase import each
from sim.engine.state import CONTACTED, NEVER, NOWHERE, ONE
from sim.numerics.draws import uniform
from sim.numerics.elementary import exp, maximum, minimum, power, rule, where, whole
from sim.rules.appraisal import kept_between, mood_after, moved
from sim.rules.bonds import commitment_after
from sim.rules.knowledge import annoys, learned, pleasure
from sim.rules.needs import emptied, gate_above, next_term, one_more, pressing, urgent
from sim.rules.voice import swayed


@rule
def first_expectation(promise: Any, credibility: Any, prior: Any) -> Any:
    """Before the first experience: the promise as far as it is believed, the rest what one expects of anybody.

    >>> first_expectation(0.8, 0.5, 0.6)
    0.7
    """
    return credibility * promise + (1.0 - credibility) * prior


@each(sets="me.present me.urgency me.gate me.max_commitment me.contact_mood me.leaving me.outcome me.telling"
           " me.tone me.bound me.wanted", adds="market.present")
def wake(me: Any, clock: Any) -> Any:
    """Who is in the market; what is counted in a period starts at nothing."""
    present = (me.enters <= clock.now) & (clock.now < me.leaves)
    bound = where(me.bound > 0, me.bound - 1, 0)
    return present, 0.0, 1.0, 0.0, 0.0, 0.0, 0, NOWHERE, 0.0, bound, 0, where(present, 1, 0)


@each("needs", sets="need.level need.weight me.gate me.urgency")
def deplete(me: Any, need: Any, p: Any, m: Any) -> Any:
    """Needs empty; the emptier weigh more, if the lower needs let them speak."""
    level = emptied(need.level, p.need_kept, m.needs)
    weight = pressing(need.own_weight, level, me.gate, p.need_floor, m.needs)
    gate = gate_above(me.gate, level, p.need_threshold, p.need_softness, m.need_hierarchy)
    return level, weight, gate, me.urgency + weight


@each(sets="me.mean me.term me.cumulative me.draw")
def desire(me: Any, p: Any, m: Any, clock: Any, fate: Any) -> Any:
    """How many purchases a person makes on average: one's own rate, the season, the urgency of needs."""
    mean = where(me.present, me.rate * clock.demand * urgent(me.urgency, p.urgency_effect, m.needs), 0.0)
    none = exp(-minimum(mean, 600.0))
    return mean, none, none, uniform(fate.wanted, me.number)


@each("occasions", sets="me.wanted me.term me.cumulative", among="undecided")
def count(me: Any, occasion: Any) -> Any:
    """One more purchase follows while the draw lies above the cumulated probability: a Poisson count."""
    wanted = one_more(me.wanted, me.draw, me.cumulative)
    term = next_term(me.term, me.mean, occasion + 1.0)
    return wanted, term, me.cumulative + term


@each(sets="me.wanted me.valence me.arousal me.valence_kept me.arousal_kept me.searching",
      adds="market.wanted market.capped")
def settle(me: Any, p: Any) -> Any:
    """A contract buys once a period whatever the draw; mood fades until the first purchase of the period."""
    wanted = where(p.regular > 0.5, where(me.present, 1, 0), me.wanted)
    over = (p.regular < 0.5) & (me.draw > me.cumulative)
    valence_kept, arousal_kept = kept_between(p.valence_rate, wanted), kept_between(p.arousal_rate, wanted)
    return (wanted, me.valence * valence_kept, me.arousal * arousal_kept, valence_kept, arousal_kept,
            1.0 - exp(-p.search_rate * wanted), wanted, where(over, 1, 0))


@each("firms", sets="tie.grievance tie.commitment tie.habit tie.contacts tie.knowledge tie.idle tie.units tie.amount"
                    " tie.given tie.margin tie.cut tie.effect tie.utility")
def fade(tie: Any, firm: Any, p: Any) -> Any:
    """What is not renewed fades: grievance, commitment, habit, what the firm knows."""
    away = tie.idle >= p.active_window
    knowledge = tie.knowledge * p.knowledge_kept * where(away, p.idle_knowledge_kept, 1.0)
    idle = where(tie.idle < NEVER, tie.idle + 1, tie.idle)
    cut = where(tie.experiences == 0, maximum(firm.cut_everyone, firm.cut_newcomers), firm.cut_everyone)
    return (tie.grievance * p.grievance_kept, tie.commitment * p.commitment_kept, tie.habit * p.habit_kept,
            tie.contacts * p.fatigue_kept, knowledge, idle, 0, 0, 0, 0, cut, 0.0, 0.0)


@each("firms", sets="tie.aware tie.expectation")
def notice(me: Any, tie: Any, firm: Any, luck: Any, p: Any, m: Any) -> Any:
    """Advertising reaches people and moves expectation towards the promise; the unreminded forget."""
    unreminded = (tie.experiences == 0) | (tie.idle > p.reminded)
    chance = m.forgetting * p.forget * (1.0 - m.habit * tie.habit)
    forgot = me.present & unreminded & (uniform(luck.forget, me.number) < chance)
    reached = me.present & (uniform(luck.notice, me.number) < firm.reach)
    known = where(forgot, False, tie.aware)
    fresh = reached & (tie.experiences == 0) & where(tie.aware, False, True)
    start = where(fresh, first_expectation(firm.promise, p.promise_credibility, p.prior_expectation), tie.expectation)
    pull = m.expectations * p.promise_pull / (1.0 + tie.experiences)
    return known | reached, where(reached, moved(start, firm.promise, pull), start)


@each("firms", sets="tie.aware tie.expectation")
def look(me: Any, tie: Any, firm: Any, luck: Any, p: Any, m: Any) -> Any:
    """Who wants to buy looks around: may find one more firm, and reads what others say of those not yet tried."""
    found = uniform(luck.search, me.number) < me.searching
    untried = (me.wanted > 0) & (tie.experiences == 0) & (tie.aware | found)
    pull = where(untried, m.reviews * p.review_pull * firm.rated, 0.0)
    return tie.aware | found, moved(tie.expectation, firm.rating, pull)


@each("friends", sets="told.aware told.expectation", among="hearers")
def listen(me: Any, told: Any, rumour: Any, p: Any, m: Any) -> Any:
    """A friend's word makes a firm known and moves what one expects of it."""
    believed = where(me.present, m.word_of_mouth, 0.0)
    start = where(told.aware | (told.experiences > 0), told.expectation, p.prior_expectation)
    heard = swayed(start, rumour.said_tone, told.experiences, believed * p.word_joy, believed * p.word_loss)
    return told.aware | (believed > 0.0), where(believed > 0.0, heard, told.expectation)


@each("firms", sets="tie.effect tie.trust tie.commitment tie.knowledge tie.contacts tie.relation tie.margin"
                    " me.contact_mood me.outcome",
      adds="ledger.relations ledger.information ledger.care count.known_customers count.treated_customers"
           " count.touches count.unwelcome_touches")
def contact(me: Any, tie: Any, firm: Any, clock: Any, luck: Any, p: Any, m: Any) -> Any:
    """The firm cares for customers it knows: a contact pleases the trusting, annoys the others, teaches, and tires.

    Whom the firm knows costs it something, whether it cares or not; so do the use of what it knows and every contact.
    Who found a contact unwelcome is spared while a firm that records it remembers.
    """
    known = me.present & (tie.idle <= p.active_window)
    treated = known & (firm.relation_cost > 0) & where(tie.left_out, False, True)
    cost = where(treated, firm.relation_cost, 0)
    system = where(known, firm.information, 0) + where(treated, firm.personal_cost, 0)
    effect = where(treated, firm.effect, 0.0)
    spared = (firm.heeds > 0.5) & (clock.now < tie.spared_until)
    touched = treated & (uniform(luck.touch, me.number) < firm.treat) & where(spared, False, True)
    care = where(touched, p.contact_cost, 0)
    fatigue = m.contact_fatigue * p.fatigue
    unwelcome = touched & annoys(m.trust * tie.trust + 1.0 - m.trust, p.annoying_below_trust, fatigue, tie.contacts)
    welcome = touched & where(unwelcome, False, True)
    pulse = where(welcome, pleasure(p.touch_mood, tie.trust, fatigue, tie.contacts), 0.0)
    mood = m.mood * (pulse - where(unwelcome, p.annoyance, 0.0))
    trust = moved(tie.trust, 1.0, where(welcome, m.trust * p.touch_trust, 0.0))
    warmth = m.commitment * p.commitment_gain * me.proneness * tie.trust * pulse
    knowledge = where(touched, learned(tie.knowledge, m.knowledge * p.knowledge_gain, firm.knowing), tie.knowledge)
    return (effect, trust, commitment_after(tie.commitment, warmth), knowledge, tie.contacts + where(touched, 1.0, 0.0),
            tie.relation + cost + system + care, tie.margin - cost - system - care,
            me.contact_mood + whole(mood * ONE) / ONE, where(touched, me.outcome | CONTACTED, me.outcome),
            cost, system, care,
            where(known, 1, 0), where(treated, 1, 0), where(touched, 1, 0), where(unwelcome, 1, 0))


@each("firms", sets="tie.spared_until tie.grievance tie.relation tie.margin", adds="ledger.care count.cared",
      when="firm.heeds")
def heed(me: Any, tie: Any, firm: Any, clock: Any, luck: Any, p: Any, m: Any) -> Any:
    """What a contact tells a firm that records it: who found it unwelcome, and where care finds an unvoiced grievance.

    An unwelcome contact leaves trust as it was, a welcome one raises it: so trust still tells which it was.
    """
    draw = uniform(luck.touch, me.number)
    touched = (tie.effect > 0.0) & (draw < firm.treat) & (clock.now >= tie.spared_until)
    felt, fatigue = m.trust * tie.trust + 1.0 - m.trust, m.contact_fatigue * p.fatigue
    unwelcome = annoys(felt, p.annoying_below_trust, fatigue, maximum(tie.contacts - 1.0, 0.0))
    refused = (firm.heeds > 0.5) & touched & unwelcome
    found = m.proactive_care * p.care_recall * firm.proactive * firm.senses * tie.knowledge
    hurt = m.grievance * tie.grievance > p.reason_grievance
    cared = touched & where(unwelcome, False, True) & hurt & (draw < firm.treat * found)
    cost = where(cared, p.care_cost, 0)
    return (where(refused, minimum(clock.now + p.refusal_remembered, NEVER), tie.spared_until),
            where(cared, tie.grievance * (1.0 - p.care_weight * firm.generosity), tie.grievance),
            tie.relation + cost, tie.margin - cost, cost, where(cared, 1, 0))


@each("firms", sets="tie.aware tie.cut tie.grievance tie.trust tie.relation tie.margin",
      adds="ledger.win_back count.win_back_contacts", when="firm.win_back")
def call_back(me: Any, tie: Any, firm: Any, luck: Any, p: Any, m: Any) -> Any:
    """The lapsed are contacted: the recorded reason is mended, or a price cut is offered, or neither (C75, M32)."""
    lapsed = me.present & (tie.experiences > 0) & (tie.idle > p.active_window) & (tie.idle <= p.win_back_window)
    called = lapsed & (uniform(luck.win_back, me.number) < firm.win_back)
    hurt = (m.grievance * tie.grievance > p.reason_grievance) | (tie.failed > p.reason_failure)
    reason = called & (firm.win_back_reason > 0.5) & hurt
    cost = where(called, p.win_back_cost, 0)
    return (tie.aware | called, where(called, maximum(tie.cut, firm.cut_lapsed), tie.cut),
            where(reason, tie.grievance * p.reason_keeps, tie.grievance),
            where(reason, commitment_after(tie.trust, m.trust * p.reason_trust), tie.trust),
            tie.relation + cost, tie.margin - cost, cost, where(called, 1, 0))


@each("firms", sets="me.max_commitment me.leaving")
def remember_ties(me: Any, tie: Any, firm: Any, p: Any, m: Any) -> Any:
    """The largest commitment, and what leaving the last firm costs: its lock, and a bond of one's own (R25)."""
    staying = firm.lock + p.switching_cost + m.staying * p.staying * tie.commitment
    return maximum(me.max_commitment, tie.commitment), where(me.last_firm == firm.number, staying, me.leaving)


@each(sets="me.focus me.valence")
def focus(me: Any, p: Any, m: Any) -> Any:
    """How surely a rival drops out of mind: commitment to a power (C98). All contacts move mood at once."""
    forgotten = minimum(m.consideration * power(me.max_commitment, p.consideration_power), 1.0)
    return forgotten, mood_after(me.valence, me.contact_mood, -1.0)


HEARING = (wake, deplete, desire, count, settle, fade, notice, look, listen, contact, heed, call_back, remember_ties,
           focus)
