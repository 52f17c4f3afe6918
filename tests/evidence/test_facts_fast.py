"""A few published regularities, small and with generous bounds; the study itself is `python tests/evidence/facts.py`.

Each law is also broken on purpose: with its driver off it must go.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import fact_brands
import fact_contracts
import fact_money
import fact_service
import pytest
from fact_list import FACTS
from fact_runs import TRIALS
from fact_table import Fact, Part, counted
from markets import warm_cache

from sim.numerics.elementary import HAS_NUMBA
from sim.scenario import Scenario
from sim.scenario.parameters import declared

SEED = 4001
SMALL = {"market.customers": 10_000, "clock.years": 2.0}
Numbers = dict[str, float]


@cache
def brands(**changes: Any) -> Numbers:
    return fact_brands.measure(SEED, {**SMALL, **{name.replace("__", "."): value for name, value in changes.items()}})


@cache
def service() -> Numbers:
    return fact_service.measure(SEED)


@pytest.fixture(autouse=True, scope="module")
def _compiled_once() -> None:
    if HAS_NUMBA:
        warm_cache()


def test_small_brands_have_fewer_and_less_frequent_buyers() -> None:
    found = brands()
    assert found["slope"] > 0.5
    assert 1.05 < found["w_ratio"] < 1.5
    assert found["b_ratio"] > 3.0


def test_brands_share_buyers_in_proportion_to_size_as_the_theory_says() -> None:
    found = brands()
    assert found["duplication_corr"] > 0.95
    assert found["D_spread"] < 0.12
    assert found["D_from_theory"] < 0.12


def test_purchase_counts_are_negative_binomial_and_the_top_fifth_makes_about_half() -> None:
    found = brands()
    assert found["dissimilarity"] < 0.03
    assert found["zeros_off"] < 0.02
    assert 0.45 < found["top_fifth"] < 0.65
    assert 0.70 < found["moderation_quarter"] < found["moderation_year"] < 0.97


def test_small_brands_lose_more_of_their_buyers() -> None:
    assert brands()["defection_smallest"] > brands()["defection_largest"] + 0.03


def test_without_standing_taste_brands_do_not_differ_in_size() -> None:
    found = brands(mechanisms__taste=0)
    assert found["b_ratio"] < 1.3
    assert found["S"] > 3 * brands()["S"]


def test_with_equal_purchase_rates_neither_the_top_fifth_nor_duplication_is_left() -> None:
    found = brands(people__purchases_per_year__shape=1000)
    assert found["top_fifth"] < 0.40
    assert found["D"] < 0.95
    assert found["dissimilarity"] > 0.04


def test_who_stayed_longer_stays_more_surely() -> None:
    found = fact_contracts.measure(SEED, {"market.customers": 2500})
    assert found["r1"] < found["r2"] < found["r4"] + 0.02
    assert found["rise"] > 0.05
    assert found["worth_ratio"] > 1.1


def test_the_top_box_comes_back_more_often_than_the_second() -> None:
    found = service()
    assert found["top_box_odds"] > 1.4
    assert 0.3 < found["liking_corr"] < 0.8
    assert found["wallet_corr"] < found["liking_corr"]


def test_bad_news_weighs_more_than_good() -> None:
    assert 1.1 < fact_service.impulse(SEED)["asymmetry"] < 2.5


def test_the_worse_it_is_the_more_complain_and_the_fewer_come_back() -> None:
    found = service()
    assert found["complain_unfailed"] < found["complain_minor"] < found["complain_major"]
    assert found["effect_light"] < found["effect_heavy"] < 0.0
    ladder = fact_service.ladder(SEED)
    for answer in ("silent", "unresolved", "resolved", "fast"):
        assert ladder[f"major_{answer}"] < ladder[f"minor_{answer}"], answer
    assert ladder["major_fast"] > ladder["major_silent"] + 0.05


def test_the_recovery_paradox_does_not_appear() -> None:
    assert service()["paradox_mild_first"] < 0.0


def test_profit_is_a_whale_and_tenure_says_little_of_it() -> None:
    found = service()
    assert 1.1 < found["whale_peak"] < 2.0
    assert 0.1 < found["tenure_corr"] < 0.5
    alike = fact_service.measure(SEED, {"people.cost_to_serve.variation": 0, "people.basket.variation": 0})
    assert alike["whale_peak"] < 1.1
    assert alike["tenure_corr"] > found["tenure_corr"] + 0.1


def test_the_loyal_mind_the_price_less() -> None:
    found = fact_money.elasticity(SEED)
    assert found["rise"] < -0.8
    assert found["cut"] < -0.3
    assert found["loyal_less"] > 0.5


def test_customers_won_with_a_deep_cut_are_worth_less() -> None:
    found = fact_money.welcome(SEED)
    assert 0.2 < found["newcomer_worth"] < 0.9
    assert found["newcomers_more"] > 1.0


MEASURED = {"m": {"good": [1.0, 1.1, 1.2], "bad": [5.0, 5.1, 5.2]}}


@pytest.mark.parametrize(("parts", "verdict"), [
    ((Part("m", "good", "x", 0.0, 2.0),), "in"),
    ((Part("m", "good", "x", 0.0, 2.0), Part("m", "bad", "y", 0.0, 2.0)), "partly"),
    ((Part("m", "bad", "y", 0.0, 2.0), Part("m", "good", "x")), "out"),
    ((Part("m", "good", "x", 0.9, 2.0),), "in, at the edge"),
])
def test_a_verdict_looks_at_judged_parts_alone(parts: tuple[Part, ...], verdict: str) -> None:
    fact = Fact("F00", "", "", "input", "", parts, "")
    assert fact.verdict(MEASURED) == verdict
    assert counted([fact], MEASURED).count("1") == 1


def test_every_part_belongs_to_a_trial_and_every_parameter_named_exists() -> None:
    names = {one.name for one in declared(Scenario)}
    for fact in FACTS:
        assert any(part.judged for part in fact.parts), fact.number
        assert {part.market for part in fact.parts + fact.off} <= set(TRIALS), fact.number
        dotted = [word for word in re.findall(r"`([^`]+)`", fact.driver + fact.note) if "." in word]
        assert set(dotted) <= names, fact.number
    assert len({fact.number for fact in FACTS}) == len(FACTS)
