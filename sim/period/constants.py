"""A scenario's numbers in the form the engine needs: per period, as shares kept, in whole minor units.

Everything is converted here and only here. A half-life h in weeks keeps 0.5 ** (weeks per period / h) each period;
a rate r per year strikes in a period with probability 1 - exp(-r x years per period).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from sim.numerics.elementary import exp, ln
from sim.rules.choice import mean_wait
from sim.scenario.calendar import WEEKS_PER_YEAR, Calendar
from sim.scenario.schema import Scenario

LN2 = 0.6931471805599453


def periods_per_year(scenario: Scenario) -> float:
    """How many periods make a year."""
    return float(Calendar.of(scenario.clock).periods_per_year)


def weeks_per_period(scenario: Scenario) -> float:
    """How many weeks make a period."""
    return float(Calendar.of(scenario.clock).weeks_per_period)


def kept(half_life: float, weeks: float) -> float:
    """Share that is left after `weeks`, by half-life.

    >>> kept(4.0, 8.0)
    0.25
    """
    return float(exp(-LN2 * weeks / half_life)) if weeks / half_life != round(weeks / half_life) else (
        0.5 ** round(weeks / half_life)
    )


def struck(rate_per_year: float, years: float) -> float:
    """Probability that an event of this yearly rate strikes within some years.

    >>> round(struck(0.6931471805599453, 1.0), 9)
    0.5
    """
    return 1.0 - float(exp(-rate_per_year * years))


def wave(amplitude: float, peak_week: float, week: float) -> float:
    """Seasonal demand around 1: 1 + a cos(2 pi (week - peak) / year), rounded so that every machine agrees.

    >>> wave(0.2, 10.0, 10.0)
    1.2
    """
    return round(1.0 + amplitude * math.cos(2.0 * math.pi * (week - peak_week) / float(WEEKS_PER_YEAR)), 9)


def constants(scenario: Scenario) -> Any:
    """The numbers `p` of the phases, as a NamedTuple of floats and whole numbers."""
    values: dict[str, float | int] = {}
    for gather in (_people, _attention, _choosing, _feeling, _speaking, _bonding, _money):
        values |= gather(scenario)
    return _tuple("Constants", values)


def strengths_row(strengths: Mapping[str, float]) -> Any:
    """The strengths `m` of the phases, as a NamedTuple of floats."""
    return _tuple("Strengths", {name: float(value) for name, value in sorted(strengths.items())})


def _tuple(name: str, values: Mapping[str, float | int]) -> Any:
    return _kind(name, tuple((key, type(value)) for key, value in values.items()))(**values)


@lru_cache(maxsize=16)
def _kind(name: str, fields: tuple[tuple[str, type], ...]) -> Any:
    """The class of such tuples, made once: making a class takes longer than all that is computed here."""
    return NamedTuple(name, fields)


def _people(s: Scenario) -> dict[str, float | int]:
    weeks, n, mood = weeks_per_period(s), s.psychology.needs, s.psychology.mood
    return {
        "need_kept": kept(n.half_life_weeks, weeks), "need_floor": n.floor, "need_threshold": n.threshold,
        "need_softness": n.softness, "need_fill": n.fill, "urgency_effect": n.urgency_effect,
        "valence_rate": -LN2 * weeks / mood.valence_half_life_weeks,
        "arousal_rate": -LN2 * weeks / mood.arousal_half_life_weeks,
        "valence_gain": mood.valence_gain, "arousal_gain": mood.arousal_gain, "lost_contact_mood": mood.lost_contact,
        "mood_pull": mood.pull, "mood_talk": mood.talk,
        "excited": s.psychology.stages.excited, "devoted": s.psychology.stages.committed,
    }


def _attention(s: Scenario) -> dict[str, float | int]:
    a, v, years = s.psychology.attention, s.psychology.voice, 1.0 / periods_per_year(s)
    weeks = weeks_per_period(s)
    window = max(1, round(s.market.active_window_weeks / weeks))
    return {
        "forget": struck(a.forgetting_per_year, years), "search_rate": float(-ln(1.0 - a.search)),
        "reminded": max(1, round(a.reminded_weeks / weeks)), "active_window": window,
        "win_back_window": window + round(s.psychology.stages.win_back_weeks / weeks),
        "word_joy": v.word_joy, "word_loss": v.word_loss, "review_pull": v.review_pull,
        "promise_credibility": s.psychology.appraisal.promise_credibility,
        "promise_pull": s.psychology.appraisal.promise_pull,
        "prior_expectation": s.psychology.appraisal.prior_expectation,
    }


def _choosing(s: Scenario) -> dict[str, float | int]:
    c, contract = s.psychology.choice, s.product.contract
    return {
        "get": c.get, "price": c.price, "outside_mean_wait": float(mean_wait(c.outside, c.noise)),
        "risk": c.risk, "satisfaction": c.satisfaction, "salience": c.salience,
        "habit": c.habit, "attachment": c.attachment, "staying": c.staying,
        "price_relief": c.price_relief, "consideration_power": c.consideration_power, "grievance": c.grievance,
        "personal_fit": c.personal_fit, "values_fit": c.values_fit, "experience": c.experience, "taste": c.taste,
        "noise": c.noise, "reference_loss": c.reference_loss, "reference_step": c.reference_step,
        "reward_worth": c.reward_worth, "reward_believed": c.newcomer_cut_expected,
        "switching_cost": s.market.switching_cost,
        "regular": 1.0 if contract.regular else 0.0, "inertia": contract.inertia,
        "contract": round(contract.weeks / weeks_per_period(s)),
    }


def _feeling(s: Scenario) -> dict[str, float | int]:
    a = s.psychology.appraisal
    return {
        "tolerance": a.tolerance, "loss_aversion": a.loss_aversion, "feeling_weight": a.feeling_to_satisfaction,
        "expectation_step": a.expectation_step, "satisfaction_step": a.satisfaction_step,
        "surprise_step": a.surprise_step, "starting_satisfaction": a.starting_satisfaction,
        "mood_colour": a.mood_colour, "forgiveness": a.forgiveness, "entitlement": a.entitlement,
        "quality_noise": a.quality_noise, "match_spread": a.match_spread, "knowledge_quality": a.knowledge_quality,
        "minor_severity": a.minor_severity, "major_severity": a.major_severity, "major_share": a.major_share,
    }


def _speaking(s: Scenario) -> dict[str, float | int]:
    v, r = s.psychology.voice, s.psychology.mending
    return {
        "voice_base": v.base, "voice_arousal": v.arousal, "voice_trust": v.trust, "voice_severity": v.severity,
        "voice_effort": v.effort, "problem_threshold": v.threshold, "tell_joy": v.tell_joy, "tell_loss": v.tell_loss,
        "tell_commitment": v.tell_commitment, "review_share": v.review_share,
        "severity_cut": r.severity_cut, "overshoot": r.overshoot, "repeated": r.repeated,
        "failure_memory": kept(r.failure_memory_purchases, 1.0), "ignored_keeps": r.ignored_keeps,
        "mood_relief": r.mood_relief, "trust_regained": r.trust_regained, "gratitude": r.gratitude,
        "care_weight": r.care_weight, "care_recall": r.care_recall, "relation_answer": r.relation_answer,
        "relation_generosity": r.relation_generosity, "reason_grievance": r.reason_grievance,
        "reason_failure": r.reason_failure, "reason_keeps": r.reason_keeps, "reason_trust": r.reason_trust,
    }


def _bonding(s: Scenario) -> dict[str, float | int]:
    b, k, weeks, years = s.psychology.bonds, s.psychology.knowing, weeks_per_period(s), 1.0 / periods_per_year(s)
    return {
        "trust_gain": b.trust_gain, "trust_loss": b.trust_loss, "inertia_per_purchase": b.inertia_per_purchase,
        "inertia_floor": b.inertia_floor, "commitment_gain": b.commitment_gain,
        "commitment_kept": kept(b.commitment_half_life_weeks, weeks), "commitment_loss": b.commitment_loss,
        "joy_to_commitment": b.joy_to_commitment, "satisfaction_to_commitment": b.satisfaction_to_commitment,
        "habit_step": b.habit_step, "habit_kept": kept(b.habit_half_life_weeks, weeks),
        "grievance_gain": b.grievance_gain, "grievance_from": b.grievance_from,
        "grievance_kept": kept(b.grievance_half_life_weeks, weeks),
        "lost_contact_grievance": b.lost_contact_grievance,
        "knowledge_gain": k.gain, "knowledge_kept": float(exp(-k.loss_per_year * years)),
        "idle_knowledge_kept": float(exp(-k.idle_loss_per_year * years)),
        "refusal_remembered": round(k.refusal_weeks / weeks),
        "touch_mood": k.touch_mood, "touch_trust": k.touch_trust, "annoying_below_trust": k.annoying_below_trust,
        "annoyance": k.annoyance, "fatigue": k.fatigue, "fatigue_kept": kept(k.fatigue_half_life_weeks, weeks),
    }


def _money(s: Scenario) -> dict[str, float | int]:
    product, minor = s.product, s.money.minor_units * s.product.price
    return {
        "reference_price": minor, "goods": 1.0 - product.margin, "serving_cost": product.serving_cost,
        "order_cost": product.order_cost, "recovery_cost": round(product.recovery_cost * minor),
        "speed_cost": product.speed_cost * minor, "contact_cost": round(product.contact_cost * minor),
        "care_cost": round(product.care_cost * minor), "win_back_cost": round(product.win_back_cost * minor),
    }
