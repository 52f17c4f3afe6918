"""What a firm sees against what is true, and what people bring by word of mouth, counted once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from markets import everything_off, small_market, walked

from sim.market.simulation import Options
from sim.numerics.elementary import HAS_NUMBA
from sim.true_values import Truth, true_values
from sim.true_values.seen import _Ages

FAST: Any = "numba" if HAS_NUMBA else "numpy"
BY_WORD_ONLY: dict[str, Any] = {
    **everything_off(word_of_mouth=1.0),
    "market.growth": {"kind": "bass", "start_share": 0.2, "imitation_per_year": 2.0},
    "market.aware_at_start": 1.0, "market.aware_on_entry": 0.0, "psychology.attention.search": 0.0,
    "budget.per_person_per_year": 0.0, "market.leave_per_year": 0.0, "product.contract.regular": True,
    "psychology.voice.tell_joy": 1.0, "psychology.choice.outside": -20.0, "clock.years": 2.0,
    "people.basket.variation": 0.0, "people.cost_to_serve.variation": 0.0, "people.price_sensitivity.variation": 0.0,
}
"""Newcomers know nobody, nobody advertises, nobody looks around: only friends can bring them."""


def truth_of(overrides: dict[str, Any], firms: Any = None, at: float = 1.0, people: int = 120, n: int = 4) -> Truth:
    records = walked(small_market(overrides, firms, people), 10_000, executor=FAST, records="all").records()
    return true_values(records, at, 1.0, replications=n, options=Options(FAST))


@pytest.fixture(scope="module")
def lively() -> Truth:
    return truth_of({"clock.years": 3.0, "market.leave_per_year": 0.3, "people.purchases_per_year.mean": 4.0,
                     "market.friends": {"graph": "random", "each": 2}}, at=2.0)


def test_what_a_window_shows_by_hand() -> None:
    """Four customers, last purchase 0, 0, 1 and 2 periods ago; two futures; a window of two periods."""
    ages = _Ages(
        people=np.array([2, 1, 1]), returned=np.array([[1, 0, 1], [2, 1, 0]]),
        value=np.array([[5.0, 0.0, 8.0], [9.0, 3.0, -1.0]]), per_period=2.0, worth=np.array([0.0, 1.0, 1.9]),
    )
    found = ages.split(2)
    assert (found["active_people"], found["silent_people"], found["n"]) == (3, 1, 2)
    assert found["active_but_gone_people"] == 1.0  # 2 in one future, 0 in the other
    assert found["active_but_gone_error"] == pytest.approx(1.0)
    assert found["silent_but_returning_people"] == 0.5
    assert found["gone_share_of_active"] == pytest.approx(1 / 3)
    assert found["wasted_money"] == pytest.approx((2.0 * (1.9 + 1.0) + 0.0) / 2)
    assert found["given_up_money"] == 3.5
    assert found["gap_money"] == pytest.approx(2.9 + 3.5)
    assert ages.split(1)["wasted_money"] == pytest.approx((2.0 * 1.0 + 0.0) / 2)
    everybody = ages.split(9)
    assert (everybody["active_people"], everybody["silent_people"]) == (4, 0)
    assert np.isnan(everybody["returning_share_of_silent"])
    assert everybody["wasted_money"] == pytest.approx((2.0 * (1 + 1) * 1.9 + 2.0 * 1 * 1.9) / 2)


def test_seen_and_true_add_up_to_everybody_who_ever_bought(lively: Truth) -> None:
    seen, table = lively.seen(), lively.table()
    for firm in lively.records.firms:
        ever = table[(table["firm"] == firm) & (table["purchases_units"] > 0)]
        mine = seen[seen["firm"] == firm]
        assert ((mine["active_people"] + mine["silent_people"]) == len(ever)).all()
        coming = mine["active_people"] - mine["active_but_gone_people"] + mine["silent_but_returning_people"]
        assert coming.to_numpy() == pytest.approx(ever["buys_again_probability"].sum())
        assert (np.diff(mine["active_people"]) >= 0).all()
        own = mine[mine["own_window"]].iloc[0]
        idle = ever["idle_periods"].to_numpy()
        silent = ever[idle >= lively.records.active_window]
        assert own["silent_people"] == len(silent) > 10
        assert own["given_up_money"] == pytest.approx(silent["residual_money"].sum())
        assert 0 < own["active_but_gone_people"] < own["active_people"]


def test_who_spends_nothing_on_relations_wastes_nothing_on_the_gone(lively: Truth) -> None:
    seen = lively.seen().set_index("firm")
    assert not seen.loc["Rush", "wasted_money"].any()
    assert (seen.loc["Root", "wasted_money"] > 0).all()


def test_a_window_is_a_length_of_time(lively: Truth) -> None:
    assert lively.seen([13.0]).window_periods.tolist() == [3, 3]
    with pytest.raises(ValueError, match="weeks above 0"):
        lively.seen([0.0])


@pytest.fixture(scope="module")
def by_word() -> Truth:
    return truth_of(BY_WORD_ONLY, {"Only": {"quality": 0.95}}, at=0.5)


def test_friends_who_come_because_of_a_word_are_what_it_brings(by_word: Truth) -> None:
    """Nobody else can bring them: what all speakers bring together is all that people still unaware will bring."""
    tie = by_word.market.course.world.tie
    found = by_word.brought_by_groups("Only", 1).iloc[0]
    unaware = ~tie.aware[0]
    first = np.mean([by_word.market.future(k).value[0][unaware].sum() for k in range(4)]) / 100
    assert found["people"] == int((tie.experiences[0] > 0).sum())
    assert found["brought_money"] * found["people"] == pytest.approx(first, rel=0.02)
    assert first > 100


def test_brought_value_is_everybody_elses_and_never_ones_own(by_word: Truth) -> None:
    speakers = np.flatnonzero(by_word.market.course.world.tie.experiences[0] > 0)[:3].tolist()
    table = by_word.brought_by(speakers).set_index("customer_id")
    for number in speakers:
        gains = []
        for k in range(4):
            more = by_word.market.future(k).value - by_word.market.future(k, np.array([number])).value
            assert more[0, number] == 0.0  # one's own value does not hang on one's own words here
            gains.append(more[0].sum() / 100)
        row = table.loc[number]
        assert row["brought_money"] == pytest.approx(np.mean(gains))
        assert row["brought_error_money"] == pytest.approx(np.std(gains, ddof=1) / 2)
        assert row["residual_money"] == pytest.approx(by_word.found.residual[0, number] / 100)
    assert (table["brought_money"] > 0).any()


def test_who_has_no_listeners_brings_exactly_nothing(lively: Truth) -> None:
    friends = lively.market.course.world.friend_of
    unheard = np.setdiff1d(np.arange(120), friends)[:3].tolist()
    assert unheard
    table = lively.brought_by(unheard, replications=2)
    assert not table["listeners_people"].any()
    assert not table[["brought_money", "brought_error_money"]].to_numpy().any()
    heard = lively.brought_by([int(friends[0, 0])], replications=2)
    assert heard["listeners_people"].iloc[0] >= 1
    alone = truth_of({"market.friends.graph": "none", "clock.years": 2.0}, n=2)
    assert not alone.brought_by([0, 1, 2])["brought_money"].any()


def test_groups_hold_all_customers_once_from_the_best_down(lively: Truth) -> None:
    table = lively.brought_by_groups("Root", 4, replications=2)
    there = (lively.market.course.world.tie.experiences[1] > 0) & lively.in_market
    assert table["people"].sum() == there.sum()
    assert (np.diff(table["residual_money"]) < 0).all()
    own = (table["residual_money"] * table["people"]).sum()
    assert own == pytest.approx(lively.found.residual[1][there].sum() / 100)


@pytest.mark.parametrize("customers", [[], [-1], [120], [3, 3]])
def test_people_who_are_not_there_cannot_be_silenced(lively: Truth, customers: list[int]) -> None:
    with pytest.raises(ValueError, match="numbers from 0 to 119, each once"):
        lively.brought_by(customers)


def test_wrong_groups_are_refused(lively: Truth) -> None:
    with pytest.raises(ValueError, match="no firm 'Ruth'"):
        lively.brought_by_groups("Ruth")
    with pytest.raises(ValueError, match="groups=0"):
        lively.brought_by_groups("Root", 0)
    with pytest.raises(ValueError, match="replications=1"):
        lively.brought_by([1], replications=1)
