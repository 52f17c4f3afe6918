"""A scenario's numbers per period, converted once more and independently of the engine.

A half-life of h weeks keeps 2 ** (-w / h) over w weeks; a yearly rate r strikes in one of n periods of a year with
probability 1 - exp(-r / n).
"""

from __future__ import annotations

import math
from types import SimpleNamespace

WEEKS_PER_YEAR = 365.25 / 7.0
PERIODS = {"week": WEEKS_PER_YEAR, "month": 12.0, "quarter": 4.0}


def numbers_of(scenario) -> SimpleNamespace:
    """Everything that the customers' rules need, in one bag."""
    year = PERIODS[scenario.clock.period]
    weeks = WEEKS_PER_YEAR / year
    numbers = SimpleNamespace()
    mind = scenario.psychology
    for section in (mind.choice, mind.appraisal, mind.voice, mind.mending, mind.bonds, mind.knowing):
        vars(numbers).update({name: getattr(section, name) for name in type(section).model_fields})
    vars(numbers).update(_own_names(scenario) | _per_period(scenario, year, weeks) | _money(scenario))
    return numbers


def _own_names(scenario) -> dict:
    """Numbers whose name in the scenario is too short to stand alone."""
    mind = scenario.psychology
    return {
        "need_floor": mind.needs.floor, "need_threshold": mind.needs.threshold, "need_softness": mind.needs.softness,
        "need_fill": mind.needs.fill, "urgency_effect": mind.needs.urgency_effect,
        "grievance_weight": mind.choice.grievance, "feeling_weight": mind.appraisal.feeling_to_satisfaction,
        "reward_believed": mind.choice.newcomer_cut_expected, "excited": mind.stages.excited,
        "devoted": mind.stages.committed, "valence_gain": mind.mood.valence_gain,
        "arousal_gain": mind.mood.arousal_gain, "lost_contact_mood": mind.mood.lost_contact,
        "mood_pull": mind.mood.pull, "mood_talk": mind.mood.talk,
        "voice_base": mind.voice.base, "voice_arousal": mind.voice.arousal, "voice_trust": mind.voice.trust,
        "voice_severity": mind.voice.severity, "voice_effort": mind.voice.effort,
        "problem_threshold": mind.voice.threshold, "switching_cost": scenario.market.switching_cost,
        "regular": scenario.product.contract.regular, "inertia": scenario.product.contract.inertia,
        "satisfaction_weight": mind.choice.satisfaction, "habit_weight": mind.choice.habit,
        "knowledge_gain": mind.knowing.gain,
    }


def _per_period(scenario, year: float, weeks: float) -> dict:
    mind = scenario.psychology

    def kept(half_life):
        return 2.0 ** (-weeks / half_life)

    def struck(per_year):
        return 1.0 - math.exp(-per_year / year)

    window = max(1, round(scenario.market.active_window_weeks / weeks))
    return {
        "need_kept": kept(mind.needs.half_life_weeks), "valence_half_life": mind.mood.valence_half_life_weeks / weeks,
        "arousal_half_life": mind.mood.arousal_half_life_weeks / weeks,
        "commitment_kept": kept(mind.bonds.commitment_half_life_weeks),
        "habit_kept": kept(mind.bonds.habit_half_life_weeks),
        "grievance_kept": kept(mind.bonds.grievance_half_life_weeks),
        "fatigue_kept": kept(mind.knowing.fatigue_half_life_weeks),
        "failure_memory": 0.5 ** (1.0 / mind.mending.failure_memory_purchases),
        "knowledge_kept": math.exp(-mind.knowing.loss_per_year / year),
        "idle_knowledge_kept": math.exp(-mind.knowing.idle_loss_per_year / year),
        "refusal_remembered": round(mind.knowing.refusal_weeks / weeks),
        "forget": struck(mind.attention.forgetting_per_year), "search": mind.attention.search,
        "reminded": max(1, round(mind.attention.reminded_weeks / weeks)), "active_window": window,
        "win_back_window": window + round(mind.stages.win_back_weeks / weeks),
        "contract": round(scenario.product.contract.weeks / weeks),
    }


def _money(scenario) -> dict:
    product = scenario.product
    cents = product.price * (1 if scenario.money.currency == "JPY" else 100)
    return {
        "reference_price": cents, "goods": 1.0 - product.margin, "serving_cost": product.serving_cost,
        "order_cost": product.order_cost, "recovery_cost": round(product.recovery_cost * cents),
        "speed_cost": product.speed_cost, "contact_cost": round(product.contact_cost * cents),
        "care_cost": round(product.care_cost * cents), "win_back_cost": round(product.win_back_cost * cents),
    }
