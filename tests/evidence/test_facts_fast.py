"""A few published regularities, small and with generous bounds; the study itself is `sim facts`.

Each law is also broken on purpose: with its driver off it must go.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from markets import warm_cache

from sim.evidence.fact import Numbers, all_trials, numbers_of
from sim.evidence.markets import StudyMarket
from sim.market.simulation import Options
from sim.numerics.elementary import HAS_NUMBA
from sim.scenario import load

SEED = 4001


@cache
def found(trial: str, **changes: Any) -> Numbers:
    scenario = load(all_trials()[trial].scenario(), {name.replace("__", "."): value for name, value in changes.items()})
    return numbers_of(trial, StudyMarket(scenario, SEED, Options(executor="numba" if HAS_NUMBA else "numpy")))


def brands(trial: str = "brands") -> Numbers:
    return found(trial, market__customers=10_000, clock__years=2.0)


def service() -> Numbers:
    return found("service")


@pytest.fixture(autouse=True, scope="module")
def _compiled_once() -> None:
    if HAS_NUMBA:
        warm_cache()


def test_small_brands_have_fewer_and_less_frequent_buyers() -> None:
    seen = brands()
    assert seen["slope"] > 0.5
    assert 1.05 < seen["w_ratio"] < 1.5
    assert seen["b_ratio"] > 3.0


def test_brands_share_buyers_in_proportion_to_size_as_the_theory_says() -> None:
    seen = brands()
    assert seen["duplication_corr"] > 0.95
    assert seen["D_spread"] < 0.12
    assert seen["D_from_theory"] < 0.12


def test_purchase_counts_are_negative_binomial_and_the_top_fifth_makes_about_half() -> None:
    seen = brands()
    assert seen["dissimilarity"] < 0.03
    assert seen["zeros_off"] < 0.02
    assert 0.45 < seen["top_fifth"] < 0.65
    assert 0.70 < seen["moderation_quarter"] < seen["moderation_year"] < 0.97


def test_small_brands_lose_more_of_their_buyers() -> None:
    assert brands()["defection_smallest"] > brands()["defection_largest"] + 0.03


def test_without_standing_taste_brands_do_not_differ_in_size() -> None:
    seen = brands("brands, no taste")
    assert seen["b_ratio"] < 1.3
    assert seen["S"] > 3 * brands()["S"]


def test_with_equal_purchase_rates_neither_the_top_fifth_nor_duplication_is_left() -> None:
    seen = brands("brands, equal rates")
    assert seen["top_fifth"] < 0.40
    assert seen["D"] < 0.95
    assert seen["dissimilarity"] > 0.04


def test_who_stayed_longer_stays_more_surely() -> None:
    seen = found("contracts", market__customers=2500)
    assert seen["r1"] < seen["r2"] < seen["r4"] + 0.02
    assert seen["rise"] > 0.05
    assert seen["worth_ratio"] > 1.1


def test_the_top_box_comes_back_more_often_than_the_second() -> None:
    seen = service()
    assert seen["top_box_odds"] > 1.4
    assert 0.3 < seen["liking_corr"] < 0.8
    assert seen["wallet_corr"] < seen["liking_corr"]


def test_bad_news_weighs_more_than_good() -> None:
    assert 1.1 < found("impulse")["asymmetry"] < 2.5


def test_the_worse_it_is_the_more_complain_and_the_fewer_come_back() -> None:
    seen = service()
    assert seen["complain_unfailed"] < seen["complain_minor"] < seen["complain_major"]
    assert seen["effect_light"] < seen["effect_heavy"] < 0.0
    ladder = found("ladder")
    for answer in ("silent", "unresolved", "resolved", "fast"):
        assert ladder[f"major_{answer}"] < ladder[f"minor_{answer}"], answer
    assert ladder["major_fast"] > ladder["major_silent"] + 0.05


def test_the_recovery_paradox_does_not_appear() -> None:
    assert service()["paradox_mild_first"] < 0.0


def test_profit_is_a_whale_and_tenure_says_little_of_it() -> None:
    seen = service()
    assert 1.1 < seen["whale_peak"] < 2.0
    assert 0.1 < seen["tenure_corr"] < 0.5
    alike = found("service, same cost and basket")
    assert alike["whale_peak"] < 1.1
    assert alike["tenure_corr"] > seen["tenure_corr"] + 0.1


def test_the_loyal_mind_the_price_less() -> None:
    seen = found("price")
    assert seen["rise"] < -0.8
    assert seen["cut"] < -0.3
    assert seen["loyal_less"] > 0.5


def test_customers_won_with_a_deep_cut_are_worth_less() -> None:
    seen = found("welcome")
    assert 0.2 < seen["newcomer_worth"] < 0.9
    assert seen["newcomers_more"] > 1.0


def test_who_was_told_by_a_friend_is_at_least_as_good_a_customer() -> None:
    seen = service()
    assert seen["won_friend"] > 30
    assert seen["won_advert"] > seen["won_friend"]
    assert 0.8 < seen["value_ratio"] < 2.2


def test_trust_satisfaction_and_commitment_tell_something_of_next_year() -> None:
    seen = service()
    assert all(0.05 < seen[name] < 0.6 for name in ("trust", "satisfaction", "commitment", "composite"))
    assert seen["t_level"] > 5


def test_nobody_pays_more_for_having_stayed() -> None:
    assert service()["old_pay_more"] == 0.0
    assert abs(found("promotions")["old_pay_more"]) < 0.05


def test_a_programme_moves_the_light_more_than_the_heavy_and_less_when_all_have_one() -> None:
    seen = found("programme")
    assert seen["light"] > seen["heavy"]
    assert 0.0 < seen["wallet"] < 0.15
    assert abs(seen["wallet_all"]) < seen["wallet"] / 2
    assert 0.02 < seen["given_back"] <= 0.05  # it was paid: the account was not empty


def test_inertia_is_what_a_contact_can_break() -> None:
    assert found("campaign")["contacted"] > 0.5
    assert found("campaign")["backfires"] > found("campaign, no inertia")["backfires"]


def test_a_customer_is_worth_more_by_retention_than_by_margin_than_by_the_cost_to_win_them() -> None:
    seen = found("contracts", market__customers=2500)
    assert seen["of_retention"] > 2.0 > seen["of_margin"] > 1.0 > seen["of_acquisition_cost"] > 0.0
