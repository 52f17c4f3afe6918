"""One purchase: queue, payment, delivery, feeling, voice, mending, bonds, words."""

from __future__ import annotations

import math

from naive_luck import inverse_normal, uniform
from naive_tie import clip, warmed

SECOND_WAVE = 64


class Visit:
    """One occasion of one customer. Each method is one step, in the order in which `run` calls them."""

    def __init__(self, customer, occasion):
        self.customer, self.occasion = customer, occasion
        self.model, self.p, self.m = customer.model, customer.model.p, customer.model.m

    def run(self, first, second):
        number = self.queue(first, second)
        if number < 0:
            return
        self.firm, self.tie = self.model.firms[number], self.customer.ties[number]
        self.pay()
        self.deliver()
        self.feel()
        self.speak()
        self.mend()
        self.bond()
        self.habituate()
        self.fill_needs()
        self.tell()

    def draw(self, key, wave=0):
        return uniform(key, self.customer.number, self.occasion + wave)

    def queue(self, first, second):
        """A lost contact goes once to the second choice, or home for the faithful. -1: nothing is bought."""
        m, person, firm, tie = self.m, self.customer, self.model.firms[first], self.customer.ties[first]
        draw = self.draw(firm.luck.line)
        if draw >= m.capacity * firm.lost:
            return first
        firm.count["lost_contacts"] += 1
        goes_home = max(tie.commitment, 0.5 * m.habit * tie.habit) * m.capacity * firm.lost > draw
        tie.grievance = clip(tie.grievance + self.p.lost_contact_grievance * (1.0 - tie.grievance))
        person.valence = clip(person.valence - m.mood * self.p.lost_contact_mood, -1.0)
        if goes_home or second < 0:
            return -1
        other = self.model.firms[second]
        other.count["contacts"] += 1
        if self.draw(other.luck.line, SECOND_WAVE) < m.capacity * other.lost:
            other.count["lost_contacts"] += 1
            return -1
        return second

    def cents(self, value):
        """A value in reference prices as whole minor units, halves rounded up."""
        return math.floor(self.p.reference_price * value + 0.5)

    def pay(self):
        p, person, firm, tie = self.p, self.customer, self.firm, self.tie
        newcomer = tie.experiences == 0
        self.asked = firm.price * (1.0 - tie.cut)
        listed = self.cents(firm.price * person.basket)
        paid = min(self.cents(self.asked * person.basket), listed)
        goods = self.cents(p.goods * person.basket)
        serving = self.cents(firm.serving_share * (p.serving_cost * person.serving + p.order_cost))
        quality = self.cents(firm.unit_cost * person.basket)
        rewards = firm.concession if newcomer else int(firm.rewards * paid)
        firm.count["units"] += 1
        firm.count["buyers"] += tie.units == 0
        firm.count["new_customers"] += newcomer
        firm.count["returned_customers"] += not newcomer and tie.idle > p.active_window
        for account, amount in (("revenue", paid), ("goods", goods), ("serving", serving), ("quality", quality),
                                ("rewards", rewards), ("price_cuts", listed - paid)):
            firm.ledger[account] += amount
        tie.units += 1
        tie.amount += paid
        tie.given += listed - paid
        tie.margin += paid - goods - serving - quality - rewards
        tie.paid += paid
        tie.served += goods + serving + quality
        tie.relation += rewards
        if newcomer:
            tie.acquired += listed - paid + firm.concession
            tie.cut = firm.cut_everyone
        if person.last_firm != firm.number:
            person.bound, person.last_firm = p.contract, firm.number

    def deliver(self):
        p, m, fate, firm, tie = self.p, self.m, self.model.fate, self.firm, self.tie
        self.severity = 0.0
        if self.draw(fate.failure) < firm.failure:
            self.severity = p.major_severity if self.draw(fate.major) < p.major_share else p.minor_severity
        if self.draw(firm.luck.outage) < firm.outage:
            self.severity = max(self.severity, firm.outage_severity)
        firm.count["failures"] += self.severity > 0.0
        quality = firm.quality + m.match * p.match_spread * tie.match
        quality += p.quality_noise * inverse_normal(self.draw(fate.noise))
        quality += m.knowledge * p.knowledge_quality * tie.knowledge * tie.effect
        self.delivered = clip(quality - self.severity)

    def feel(self):
        p, m, person, firm, tie = self.p, self.m, self.customer, self.firm, self.tie
        due = tie.expectation + m.entitlement * p.entitlement * m.habit * tie.habit
        gap = self.delivered - due + m.surprise * (firm.surprise - tie.surprise_expected)
        if gap > p.tolerance:
            self.feeling = gap - p.tolerance
        elif gap < -p.tolerance:
            self.feeling = p.loss_aversion * (gap + p.tolerance)
            self.feeling *= max(0.0, 1.0 - m.commitment * m.forgiveness * p.forgiveness * tie.commitment)
        else:
            self.feeling = 0.0
        self.loss = max(-self.feeling, 0.0)
        self.problem = self.loss > p.problem_threshold
        firm.count["problems"] += self.problem
        self.memory = clip(
            self.delivered + p.feeling_weight * self.feeling + m.mood * p.mood_colour * person.valence
        )
        person.valence = clip(person.valence + m.mood * p.valence_gain * self.feeling, -1.0)
        stir = m.mood * p.arousal_gain * abs(self.feeling) * (0.5 + person.expressiveness)
        person.arousal = clip(person.arousal + stir)
        wears_off = min(1.0, m.surprise * p.surprise_step)
        tie.surprise_expected += wears_off * (firm.surprise - tie.surprise_expected)

    def speak(self):
        p, person = self.p, self.customer
        self.complained = False
        if self.problem:
            ready = (p.voice_base + p.voice_arousal * person.arousal + p.voice_trust * self.tie.trust
                     + p.voice_severity * self.severity - p.voice_effort)
            chance = self.m.voice / (1.0 + math.exp(-ready))
            self.complained = self.draw(self.model.fate.complain) < chance
        self.firm.count["complaints"] += self.complained

    def mend(self):
        """A complaint is mended or ignored; care may find those who suffer in silence."""
        p, m, firm, tie = self.p, self.m, self.firm, self.tie
        generosity = firm.generosity + (1.0 - firm.generosity) * p.relation_generosity * tie.effect
        quick = generosity * firm.delay * (p.repeated if tie.failed >= 0.5 else 1.0)
        repaired, cost = 0.0, 0
        if self.complained:
            self.loss *= p.ignored_keeps
            answered = firm.answered + (1.0 - firm.answered) * p.relation_answer * tie.effect
            if self.draw(self.model.fate.mended) < m.recovery * answered:
                repaired = quick
                cost = math.floor(0.5 + p.recovery_cost * generosity + p.speed_cost * p.reference_price * firm.delay)
                firm.count["mended"] += 1
                firm.ledger["recovery"] += cost
        elif self.problem:
            found = m.proactive_care * p.care_recall * firm.proactive * tie.effect * tie.knowledge
            if self.draw(self.model.fate.cared) < found:
                repaired, cost = p.care_weight * quick, p.care_cost
                firm.count["cared"] += 1
                firm.ledger["care"] += cost
        tie.relation += cost
        tie.margin -= cost
        self.relieve(repaired)

    def relieve(self, repaired):
        """What a repair does to memory, loss and mood; only a mild first failure can end above expectation."""
        p, person, tie = self.p, self.customer, self.tie
        extra = p.overshoot * repaired if tie.failed < 0.5 and self.severity <= p.minor_severity else 0.0
        self.gratitude = extra if repaired > 0.0 else 0.0
        self.repaired = repaired * max(1.0 - p.severity_cut * self.severity, 0.0)
        self.memory = clip(self.memory + self.repaired * (tie.expectation + extra - self.memory))
        self.loss *= 1.0 - self.repaired
        person.valence = clip(person.valence + self.m.mood * p.mood_relief * self.repaired, -1.0)
        tie.failed = 1.0 if self.severity > 0.0 else tie.failed * p.failure_memory

    def bond(self):
        p, m, tie, n = self.p, self.m, self.tie, self.tie.experiences
        learning = 1.0 / (n + 2.0)
        damping = max(1.0 / (1.0 + p.inertia_per_purchase * n), p.inertia_floor)
        tie.satisfaction += max(learning, p.satisfaction_step) * (self.memory - tie.satisfaction)
        if self.feeling >= 0.0:
            tie.trust = clip(tie.trust + m.trust * p.trust_gain * (1.0 - tie.trust))
        else:
            tie.trust = clip(tie.trust - m.trust * p.trust_loss * self.loss * damping * tie.trust)
            tie.trust = warmed(tie.trust, m.trust * p.trust_regained * self.repaired)
        self.warm(tie, m.commitment)
        wound = max(self.loss - p.grievance_from, 0.0)
        tie.grievance = clip(tie.grievance + p.grievance_gain * wound * damping * (1.0 - tie.grievance))
        corrected = min(1.0, m.expectations * max(learning, p.expectation_step))
        tie.expectation += corrected * (self.delivered - tie.expectation)
        unknown = max(self.firm.knowing - tie.knowledge, 0.0)
        tie.knowledge += min(1.0, m.knowledge * p.knowledge_gain * tie.effect) * unknown
        usual = tie.reference_price if n > 0 else 1.0
        tie.reference_price = usual + p.reference_step * (self.asked - usual)
        tie.experiences, tie.idle, tie.aware = n + 1, 0, True

    def warm(self, tie, strength):
        """Joy, gratitude and satisfaction warm the heart; a loss cools it."""
        p = self.p
        joy = p.joy_to_commitment * max(self.feeling, 0.0) + p.gratitude * self.gratitude
        warmth = self.customer.proneness * tie.trust * p.commitment_gain * joy
        warmth += self.m.satisfaction_to_commitment * p.satisfaction_to_commitment * tie.satisfaction
        warmth *= strength
        heart = warmed(tie.commitment, warmth)
        tie.commitment = clip(heart - strength * p.commitment_loss * self.loss * heart)

    def habituate(self):
        for number, tie in enumerate(self.customer.ties):
            chosen = 1.0 if number == self.firm.number else 0.0
            tie.habit += self.p.habit_step * (chosen - tie.habit)

    def fill_needs(self):
        levels = self.customer.need_levels
        for n, benefit in enumerate(self.firm.benefits):
            part = min(1.0, self.m.needs * self.p.need_fill * benefit * self.delivered)
            levels[n] += part * (1.0 - levels[n])

    def tell(self):
        """Joy and commitment recommend, a loss that stays warns, a few write reviews."""
        p, m, person, count = self.p, self.m, self.customer, self.firm.count
        talkative = 0.5 + person.expressiveness
        if self.feeling >= 0.0:
            chance = p.tell_joy * min(4.0 * self.feeling, 1.0)
            chance += m.commitment * m.recommending * p.tell_commitment * self.tie.commitment
            kind, tone = "told_joy", min(0.5 + self.feeling, 1.0)
        else:
            chance = p.tell_loss * min(2.0 * self.loss, 1.0)
            kind, tone = "told_loss", -min(2.0 * self.loss, 1.0)
        talkative *= 1.0 + m.mood * p.mood_talk * person.arousal
        if self.draw(self.model.fate.tell) < chance * talkative:
            person.said = (self.firm.number, tone)
            count[kind] += 1
        if self.draw(self.model.fate.review) < m.reviews * p.review_share:
            count["reviews"] += 1
            count["review_points"] += int(2**20 * self.memory)
