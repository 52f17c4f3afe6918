"""One customer as one Mesa agent with ordinary attributes: hearing and choosing. Serving is in naive_visit.py.

Written to be read, with `if` and Python floats. Nothing here imports the engine's rules or phases: the formulas are
written again from their descriptions, so that two texts must agree.
"""

from __future__ import annotations

import math

import mesa
from naive_choice import choices_of
from naive_luck import uniform
from naive_tie import clip, warmed
from naive_visit import Visit

NEVER = 32_000


class Customer(mesa.Agent):
    """A person: traits from birth, a mood, needs, and one tie for each firm."""

    def __init__(self, model, traits, ties, needs, friends):
        super().__init__(model)
        for name, value in traits.items():
            setattr(self, name, value)
        self.ties = ties
        self.need_levels, self.need_weights_at_birth = needs
        self.need_weights = [0.0] * len(self.need_levels)
        self.friends = friends
        self.valence = self.arousal = 0.0
        self.last_firm = -1
        self.bound = 0
        self.said = None
        self.said_last_period = None

    # ---- from the start of a period to the comparison of offers ----

    def hear_and_choose(self):
        model = self.model
        self.wake()
        self.feel_needs()
        self.count_wishes()
        self.calm_down()
        for tie, firm in zip(self.ties, model.firms, strict=True):
            self.fade(tie, firm)
            self.notice(tie, firm)
            if self.wanted > 0:
                self.look_around(tie, firm)
        self.listen()
        for tie, firm in zip(self.ties, model.firms, strict=True):
            if self.present:
                self.be_contacted(tie, firm)
                self.be_called_back(tie, firm)
        self.valence = clip(self.valence + self.stirred, -1.0, 1.0)
        if self.wanted > 0:
            self.choices = choices_of(self)

    def wake(self):
        self.present = self.enters <= self.model.now < self.leaves
        self.bound = max(self.bound - 1, 0)
        self.was_contacted = False
        self.stirred = 0.0
        self.said = None
        self.choices = []
        if self.present:
            self.model.market["present"] += 1

    def feel_needs(self):
        """Needs empty; the emptier weigh more, and the higher ones wait until the lower are met."""
        p, m = self.model.p, self.model.m
        gate, self.urgency = 1.0, 0.0
        for n, level in enumerate(self.need_levels):
            level *= max(0.0, 1.0 - m.needs + m.needs * p.need_kept)
            starved = max(p.need_floor, 1.0 - m.needs + m.needs * (1.0 + p.need_floor - level))
            self.need_levels[n] = level
            self.need_weights[n] = self.need_weights_at_birth[n] * starved * gate
            self.urgency += self.need_weights[n]
            met = 1.0 / (1.0 + math.exp(-(level - p.need_threshold) / p.need_softness))
            gate *= max(0.0, 1.0 - m.need_hierarchy + m.need_hierarchy * met)

    def urgency_factor(self):
        return max(0.0, 1.0 + self.model.m.needs * self.model.p.urgency_effect * (self.urgency - 0.5))

    def count_wishes(self):
        """Purchases wanted: a Poisson count by inversion, held at the cap; a contract buys once."""
        model = self.model
        self.wanted = 0
        if not self.present:
            return
        mean = self.rate * model.clock_demand * self.urgency_factor()
        draw = uniform(model.fate.wanted, self.number)
        probability = cumulative = math.exp(-mean)
        while draw > cumulative and self.wanted < model.occasions_at_most:
            self.wanted += 1
            probability *= mean / self.wanted
            cumulative += probability
        if model.p.regular:
            self.wanted = 1
        elif self.wanted == model.occasions_at_most and draw > cumulative:
            model.market["capped"] += 1
        model.market["wanted"] += self.wanted

    def calm_down(self):
        """Mood fades from one wish to the next, and from the last to the end of the period."""
        p, parts = self.model.p, self.wanted + 1
        self.valence *= 0.5 ** (1.0 / p.valence_half_life / parts)
        self.arousal *= 0.5 ** (1.0 / p.arousal_half_life / parts)

    def fade(self, tie, firm):
        p = self.model.p
        if tie.idle >= p.active_window:
            tie.knowledge *= p.idle_knowledge_kept
        tie.knowledge *= p.knowledge_kept
        tie.habit *= p.habit_kept
        if tie.idle < NEVER:
            tie.idle += 1
        tie.grievance *= p.grievance_kept
        tie.commitment *= p.commitment_kept
        tie.contacts *= p.fatigue_kept
        tie.units = tie.amount = tie.given = tie.margin = 0
        tie.cut = firm.cut_everyone
        if tie.experiences == 0:
            tie.cut = max(tie.cut, firm.cut_newcomers)
        tie.effect = 0.0

    def notice(self, tie, firm):
        """The unreminded forget; advertising makes known and pulls expectation to the promise."""
        p, m = self.model.p, self.model.m
        knew_it = tie.aware
        if self.present and (tie.experiences == 0 or tie.idle > p.reminded):
            chance = m.forgetting * p.forget * (1.0 - m.habit * tie.habit)
            if uniform(firm.luck.forget, self.number) < chance:
                tie.aware = False
        if self.present and uniform(firm.luck.notice, self.number) < firm.reach:
            if tie.experiences == 0 and not knew_it:
                believed = p.promise_credibility
                tie.expectation = believed * firm.promise + (1.0 - believed) * p.prior_expectation
            pull = min(1.0, m.expectations * p.promise_pull / (1.0 + tie.experiences))
            tie.expectation += pull * (firm.promise - tie.expectation)
            tie.aware = True

    def look_around(self, tie, firm):
        """A shopper may find one more firm, and reads the reviews of those not yet tried."""
        if uniform(firm.luck.search, self.number) < 1.0 - (1.0 - self.model.p.search) ** self.wanted:
            tie.aware = True
        if tie.aware and tie.experiences == 0:
            pull = min(1.0, self.model.m.reviews * self.model.p.review_pull * firm.rated)
            tie.expectation += pull * (firm.rating - tie.expectation)

    def listen(self):
        """What friends said last period makes firms known and moves what one expects of them."""
        p, belief = self.model.p, self.model.m.word_of_mouth
        if not self.present or belief <= 0.0:
            return
        for friend in self.friends:
            if friend.said_last_period is None:
                continue
            number, tone = friend.said_last_period
            tie = self.ties[number]
            if not tie.aware and tie.experiences == 0:
                tie.expectation = p.prior_expectation
            if tone > 0.0:
                room = min(1.0, belief * p.word_joy) * (1.0 - tie.expectation)
            else:
                room = min(1.0, belief * p.word_loss) * tie.expectation
            tie.expectation += tone * room / (1.0 + 0.3 * tie.experiences)
            tie.aware = True

    def be_contacted(self, tie, firm):
        """The firm spends on customers it knows; a contact pleases, or annoys those who do not trust it."""
        p, m = self.model.p, self.model.m
        if tie.idle > p.active_window:
            return
        firm.count["known_customers"] += 1
        firm.ledger["information"] += firm.information
        tie.relation += firm.information
        tie.margin -= firm.information
        if firm.relation_cost <= 0 or tie.left_out:
            return
        firm.count["treated_customers"] += 1
        firm.ledger["relations"] += firm.relation_cost
        firm.ledger["information"] += firm.personal_cost
        tie.relation += firm.relation_cost + firm.personal_cost
        tie.margin -= firm.relation_cost + firm.personal_cost
        tie.effect = firm.effect
        draw = uniform(firm.luck.touch, self.number)
        if draw >= firm.treat:
            return
        if firm.heeds and self.model.now < tie.spared_until:
            return
        firm.count["touches"] += 1
        firm.ledger["care"] += p.contact_cost
        tie.relation += p.contact_cost
        tie.margin -= p.contact_cost
        self.was_contacted = True
        tired = 1.0 + m.contact_fatigue * p.fatigue * tie.contacts
        unwelcome = m.trust * tie.trust + 1.0 - m.trust < p.annoying_below_trust * tired
        if unwelcome:
            firm.count["unwelcome_touches"] += 1
            mood = -p.annoyance
            if firm.heeds:
                tie.spared_until = self.model.now + p.refusal_remembered
        else:
            mood = p.touch_mood * (0.5 + tie.trust) / tired
            warmth = m.commitment * p.commitment_gain * self.proneness * tie.trust * mood
            tie.commitment = warmed(tie.commitment, warmth)
            tie.trust = warmed(tie.trust, m.trust * p.touch_trust)
        self.stirred += m.mood * mood
        tie.knowledge += min(1.0, m.knowledge * p.knowledge_gain) * max(firm.knowing - tie.knowledge, 0.0)
        tie.contacts += 1.0
        found = m.proactive_care * p.care_recall * firm.proactive * tie.knowledge if firm.senses else 0.0
        if not unwelcome and draw < firm.treat * found and m.grievance * tie.grievance > p.reason_grievance:
            self.be_cared_for(tie, firm)

    def be_cared_for(self, tie, firm):
        """A contact comes upon a grievance that was never voiced, and part of it is made good."""
        p = self.model.p
        tie.grievance *= 1.0 - p.care_weight * firm.generosity
        tie.relation += p.care_cost
        tie.margin -= p.care_cost
        firm.ledger["care"] += p.care_cost
        firm.count["cared"] += 1

    def be_called_back(self, tie, firm):
        """Win-back: a former customer is contacted; the reason for leaving is mended, or a price cut is offered."""
        p, m = self.model.p, self.model.m
        if tie.experiences == 0 or not p.active_window < tie.idle <= p.win_back_window:
            return
        if uniform(firm.luck.win_back, self.number) >= firm.win_back:
            return
        firm.count["win_back_contacts"] += 1
        firm.ledger["win_back"] += p.win_back_cost
        tie.relation += p.win_back_cost
        tie.margin -= p.win_back_cost
        tie.aware = True
        tie.cut = max(tie.cut, firm.cut_lapsed)
        if firm.win_back_reason > 0.5 and (m.grievance * tie.grievance > 0.1 or tie.failed > 0.3):
            tie.grievance *= 0.2
            tie.trust = warmed(tie.trust, m.trust * 0.15)

    # ---- from the contact to what is counted ----

    def serve(self):
        for occasion, (first, second) in enumerate(self.choices):
            if first >= 0:
                Visit(self, occasion).run(first, second)
            self.calm_down()

    def observe(self):
        if not self.present:
            return
        p = self.model.p
        for tie, firm in zip(self.ties, self.model.firms, strict=True):
            count = firm.count
            count["aware_people"] += tie.aware
            if tie.idle < p.active_window:
                self.observe_active(tie, count)
            elif tie.experiences > 0:
                count["lapsed"] += 1
                count["lapsed_customers"] += tie.idle == p.active_window

    def observe_active(self, tie, count):
        p = self.model.p
        count["active_customers"] += 1
        excited = self.arousal >= p.excited
        if self.valence >= 0.0:
            count["delighted" if excited else "content"] += 1
        else:
            count["angry" if excited else "disappointed"] += 1
        if tie.commitment >= p.devoted:
            count["committed"] += 1
        elif tie.experiences == 1:
            count["first_time"] += 1
        elif tie.experiences > 1:
            count["repeat"] += 1
        for name in ("satisfaction", "expectation", "trust", "commitment", "habit", "grievance", "knowledge"):
            count[f"{name}_total"] += int(2**20 * getattr(tie, name))
        count["valence_total"] += int(2**20 * self.valence)
        count["arousal_total"] += int(2**20 * self.arousal)

    def publish(self):
        self.said_last_period = self.said
