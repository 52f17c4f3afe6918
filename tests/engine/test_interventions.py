"""What is changed changes what it can reach, and nothing else: firms, mechanisms, order, one more contact."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from markets import differing, everything_off, small_market, walked

from sim.market.simulation import Options, Simulation
from sim.numerics.elementary import HAS_NUMBA
from sim.scenario.effective import MECHANISMS
from sim.scenario.schema import Scenario

SPENDING = {"advertising": 0.3, "service": 0.2, "people": 0.2, "relations": 0.3}
FIRMS: dict[str, Any] = {
    "Rush": {"spending": {"advertising": 0.8}, "price_cut": {"depth": 0.2, "every_weeks": 13.0}},
    "Root": {"spending": SPENDING, "information": "emotion", "care": {"proactive": 0.5}, "surprise": 0.1,
             "win_back": {"reach": 3.0}},
    "Reed": {"quality": 0.8, "rewards": 0.05, "capacity": 60.0, "spending": SPENDING},
}
RICH = {"budget.per_person_per_year": 60.0, "product.information_cost": 0.0, "psychology.choice.salience": 2.0,
        "product.contract.inertia": 0.3}
"""So much care that every mechanism has something to work on."""
UNKNOWN = {"psychology.attention.search": 0.0, "mechanisms.reviews": 0.0, "market.friends.graph": "none"}


def test_one_more_firm_changes_nothing_at_birth() -> None:
    with_two = walked(small_market(firms={name: FIRMS[name] for name in ("Rush", "Root")}), 0).world
    with_three = walked(small_market(firms=FIRMS), 0).world
    for name, column in with_two.columns().items():
        other = with_three.columns()[name]
        if name == "tie.taste":  # a share of the whole: two firms share 1/2 each, three 1/3
            assert not np.array_equal(column, other[:2])
        elif name.startswith("tie."):
            assert np.array_equal(column, other[:2]), name
        else:
            assert np.array_equal(column, other), name


def test_a_firm_that_nobody_knows_changes_nothing() -> None:
    """Unknown, silent, never found: the lives of all people and the other firms are the same bits.

    Standing taste is off, because it is a share of the whole. Nothing is spent on service and staff, because before
    anybody bought their worth is reckoned for an equal part of the people, which depends on how many firms there are.
    The date of the first price cut is written: else firms are spread over their rhythm, and that depends on it too.
    """
    overrides = {**UNKNOWN, "people.taste.strength": 0.0}
    known: dict[str, Any] = {
        "Rush": {**FIRMS["Rush"], "price_cut": {**FIRMS["Rush"]["price_cut"], "phase_weeks": 5.0}},
        "Root": {**FIRMS["Root"], "spending": {"advertising": 0.4, "relations": 0.6}},
    }
    two = walked(small_market(overrides, known), 24)
    three = walked(small_market(overrides, {**known, "Stranger": {"aware_at_start": 0.0}}), 24)
    for name, column in two.world.columns().items():
        other = three.world.columns()[name]
        assert np.array_equal(column, other[:2] if name.startswith("tie.") else other), name
    assert np.array_equal(two.recorder.ledger, three.recorder.ledger[..., :2])
    assert not three.recorder.ledger[..., 2].any()


def test_the_order_of_firms_in_the_file_changes_nothing_but_the_order() -> None:
    forwards = walked(small_market(RICH, FIRMS), 24)
    backwards = walked(small_market(RICH, dict(reversed(FIRMS.items()))), 24)
    turned = {"me.last_firm", "me.telling", "deal.firm", "deal.second", "friend.said_firm"}
    for name, column in forwards.world.columns().items():
        other = backwards.world.columns()[name]
        if name in turned:
            assert np.array_equal(column, np.where(other >= 0, 2 - other, other)), name
        else:
            assert np.array_equal(column, other[::-1] if name.startswith("tie.") else other), name
    assert np.array_equal(forwards.recorder.ledger, backwards.recorder.ledger[..., ::-1])
    assert np.array_equal(forwards.recorder.counts, backwards.recorder.counts[..., ::-1])


PARAMETERS: dict[str, dict[str, float]] = {
    "needs": {"psychology.needs.fill": 0.9, "psychology.needs.half_life_weeks": 3.0,
              "psychology.needs.urgency_effect": 1.5, "psychology.needs.floor": 0.4},
    "need_hierarchy": {"psychology.needs.threshold": 0.9, "psychology.needs.softness": 0.5},
    "expectations": {"psychology.appraisal.expectation_step": 0.9, "psychology.appraisal.promise_pull": 0.9},
    "satisfaction": {"psychology.choice.satisfaction": 4.0},
    "trust": {"psychology.bonds.trust_gain": 0.9, "psychology.bonds.trust_loss": 2.0, "psychology.choice.risk": 4.0,
              "psychology.knowing.touch_trust": 0.7, "psychology.mending.trust_regained": 0.8},
    "habit": {"psychology.choice.habit": 4.0, "psychology.bonds.habit_step": 0.9,
              "psychology.bonds.habit_half_life_weeks": 1.0},
    "match": {"psychology.appraisal.match_spread": 0.5},
    "taste": {"psychology.choice.taste": 3.0},
    "mood": {"psychology.mood.valence_gain": 4.0, "psychology.mood.arousal_gain": 4.0,
             "psychology.appraisal.mood_colour": 0.4, "psychology.knowing.annoyance": 0.9,
             "psychology.mood.lost_contact": 0.9, "psychology.mending.mood_relief": 0.1},
    "commitment": {"psychology.bonds.commitment_gain": 2.0, "psychology.bonds.commitment_loss": 2.0,
                   "psychology.bonds.joy_to_commitment": 2.0, "psychology.mending.gratitude": 2.0},
    "satisfaction_to_commitment": {"psychology.bonds.satisfaction_to_commitment": 0.4},
    "price_relief": {"psychology.choice.price_relief": -1.0},
    "attachment": {"psychology.choice.attachment": 5.0},
    "consideration": {"psychology.choice.consideration_power": 0.6},
    "forgiveness": {"psychology.appraisal.forgiveness": -0.9},
    "staying": {"psychology.choice.staying": 5.0},
    "recommending": {"psychology.voice.tell_commitment": 0.9},
    "grievance": {"psychology.choice.grievance": 15.0, "psychology.bonds.grievance_gain": 5.0,
                  "psychology.bonds.grievance_half_life_weeks": 200.0,
                  "psychology.bonds.lost_contact_grievance": 0.9},
    "reference_price": {"psychology.choice.reference_loss": 3.0, "psychology.choice.reference_step": 0.9},
    "voice": {"psychology.voice.base": 2.0, "psychology.voice.trust": 3.0, "psychology.voice.severity": 5.0,
              "psychology.voice.effort": -2.0},
    "recovery": {"psychology.mending.relation_answer": 0.1},
    "proactive_care": {"psychology.mending.care_recall": 1.0, "psychology.mending.care_weight": 0.1},
    "word_of_mouth": {"psychology.voice.word_joy": 0.9, "psychology.voice.word_loss": 0.9},
    "reviews": {"psychology.voice.review_share": 0.9, "psychology.voice.review_pull": 0.9},
    "knowledge": {"psychology.knowing.gain": 0.9, "psychology.appraisal.knowledge_quality": 0.4,
                  "psychology.knowing.loss_per_year": 2.0, "psychology.choice.personal_fit": 4.0},
    "personalisation": {"psychology.choice.personal_fit": 4.0},
    "contact_fatigue": {"psychology.knowing.fatigue": 0.9},
    "entitlement": {"psychology.appraisal.entitlement": 0.4},
    "surprise": {"psychology.appraisal.surprise_step": 0.9, "psychology.choice.experience": 5.0},
    "capacity": {"psychology.bonds.lost_contact_grievance": 0.9, "psychology.mood.lost_contact": 0.9},
    "advertising_stock": {"psychology.attention.advertising_half_life_weeks": 40.0},
    "salience": {"psychology.choice.salience": 6.0},
    "forgetting": {"psychology.attention.forgetting_per_year": 9.0, "psychology.attention.reminded_weeks": 1.0},
}
"""Numbers of each mechanism, far from their defaults."""
NOTED = {"advertising_stock": {"books.stock"}, "grievance": {"tie.grievance", "books.counts"},
         "habit": {"tie.habit", "books.counts"}, "reference_price": {"tie.reference_price"}}
"""What is written down even where nothing reads it: nobody acts on it at strength 0, as the test shows."""


@cache
def _as_it_is() -> Simulation:
    return _changed_by({})


@cache
def _without(name: str) -> Simulation:
    return _changed_by({f"mechanisms.{name}": 0.0})


def _changed_by(values: dict[str, float]) -> Simulation:
    scenario = small_market({**RICH, **values}, FIRMS, customers=250)
    return walked(scenario, 15, executor="numba" if HAS_NUMBA else "numpy")


def test_every_mechanism_is_tested() -> None:
    assert sorted(PARAMETERS) == sorted(MECHANISMS)


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_strength_zero_is_the_same_bits_whatever_the_numbers_of_the_mechanism(name: str) -> None:
    differences = set(differing(_without(name), _changed_by({**PARAMETERS[name], f"mechanisms.{name}": 0.0})))
    assert differences <= NOTED.get(name, set())


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_full_strength_makes_a_difference(name: str) -> None:
    """Otherwise the test above says nothing."""
    assert differing(_as_it_is(), _changed_by(PARAMETERS[name])) != []
    assert differing(_as_it_is(), _without(name)) != []


@pytest.mark.parametrize("name", ["mood", "word_of_mouth", "commitment", "capacity"])
def test_a_mechanism_leaves_unrelated_luck_alone(name: str) -> None:
    """With and without it: the same people are born, advertising reaches the same people in the first period."""
    with_it, without = _as_it_is(), _without(name)
    for column in ("me.rate", "me.basket", "me.proneness", "tie.taste", "tie.match", "need.own_weight"):
        assert np.array_equal(with_it.world.columns()[column], without.world.columns()[column])
    assert [int(key) for key in with_it.world.fate] == [int(key) for key in without.world.fate]
    assert np.array_equal(np.array(with_it.world.luck), np.array(without.world.luck))
    first = [walked(small_market({f"mechanisms.{name}": strong}, FIRMS, customers=250), 1) for strong in (0.0, 1.0)]
    assert np.array_equal(first[0].world.me.mean, first[1].world.me.mean)
    assert np.array_equal(first[0].world.me.wanted, first[1].world.me.wanted)


PLAIN: dict[str, Any] = {
    "market.friends.graph": "ring", "market.friends.each": 2, "mechanisms.reviews": 0.0, "mechanisms.capacity": 0.0,
    "psychology.voice.tell_joy": 1.0, "psychology.voice.tell_loss": 1.0,
}
WITHOUT_RELATIONS: dict[str, Any] = {
    "Rush": {"information": "sales", "spending": {"advertising": 0.01}, "budget_factor": 100.0},
    "Root": {"information": "sales", "surprise": 0.1, "quality": 0.8, "spending": {"advertising": 0.01},
             "budget_factor": 100.0},
}
"""Fixed amounts, never an empty account, nothing paid by known customer: no plan depends on what one customer does."""


def _reached(scenario: Scenario, who: int, periods: int) -> tuple[set[int], Simulation, Simulation]:
    """Who is different after one person's trust was changed, and both markets."""
    one = Simulation(scenario, 5, 3, Options("numpy", 1, records="totals"))
    one.step()
    other = one.fork()
    other.world.tie.trust[:, who] = 0.95
    other.world.tie.expectation[:, who] = 1.0
    for course in (one, other):
        for _ in range(periods):
            course.step()
    changed: set[int] = set()
    for name, column in one.world.columns().items():
        unequal = np.atleast_2d(column != other.world.columns()[name])
        changed |= set(np.flatnonzero(unequal.any(axis=0)).tolist())
    return changed, one, other


@pytest.mark.parametrize("periods", [1, 2, 4, 8])
def test_what_happens_to_customer_17_reaches_only_those_who_listen(periods: int) -> None:
    """On a ring word travels one step a period; whoever is further away lives the same life, bit for bit."""
    changed, *_ = _reached(small_market(PLAIN, WITHOUT_RELATIONS, customers=60), 17, periods)
    within = {(17 + step) % 60 for step in range(-(periods - 1), periods)}
    assert 17 in changed
    assert changed <= within, f"changed though out of earshot: {sorted(changed - within)}"


def test_word_does_travel() -> None:
    """Otherwise the test above says nothing."""
    changed, *_ = _reached(small_market(PLAIN, WITHOUT_RELATIONS, customers=60), 17, 24)
    assert len(changed) > 1


def test_without_friends_only_customer_17_is_different() -> None:
    overrides = {**PLAIN, "market.friends.graph": "none"}
    changed, one, other = _reached(small_market(overrides, WITHOUT_RELATIONS, customers=60), 17, 24)
    assert changed == {17}
    assert not np.array_equal(one.world.tie.trust[:, 17], other.world.tie.trust[:, 17])


def test_everything_off_is_a_market_without_inner_life() -> None:
    """No strength left: nobody's trust, mood, commitment or expectation ever moves."""
    course = walked(small_market(everything_off(), FIRMS), 12)
    tie, psychology = course.world.tie, course.scenario.psychology
    assert (tie.trust == np.float32(psychology.bonds.starting_trust)).all()
    assert not tie.commitment.any()
    assert not course.world.need.level.min() < psychology.needs.start
    assert not course.world.me.valence.any()
    assert not course.world.me.arousal.any()
    assert not tie.knowledge.any()
    assert tie.paid.any()
