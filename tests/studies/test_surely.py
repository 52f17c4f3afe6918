"""One meaning of "surely wins", and a tornado that says no more than the winner flip would."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.statistics.intervals import ADVICE_RUNS, SURE_RUNS, by_chance, mean_interval, surely_ahead
from sim.text.findings import TOO_CLOSE

TINY = {"question": "Who?", "clock": {"years": 1.0}, "market": {"customers": 150},
        "firms": {"Rush": {}, "Root": {"quality": 0.85}}}


def lead(at_low):
    """B leads by 10 as written; at the low end of `a` the lead is what the list says, seed by seed."""
    return lambda x, seed: at_low[(seed - 1) % len(at_low)] if x["a"] < -0.9 else 10.0 + 0.1 * (seed % 3)


def test_ahead_in_every_run_is_not_surely_ahead_where_runs_differ_much():
    """Four of four, and an interval beyond 0, but a normal spread would put one run in twenty on the other side."""
    differences = np.array([1.0, 4.0, 2.0, 5.0])
    assert mean_interval(differences).excludes_zero
    assert not surely_ahead(differences)
    found = sim.sensitivity(lead(-differences), {"a": (-1, 1)})
    assert found.table()["reverses"][0] == ""
    nowhere, ahead = found.findings()[-2:]
    assert (nowhere.verdict, nowhere.subject) == ("wins nowhere", "A")
    assert (ahead.verdict, ahead.subject, ahead.details["places"]) == ("ahead", "A", ["a at -1"])


def test_a_win_in_four_runs_is_read_again_from_eight():
    four = [-3.0, -3.1, -2.9, -3.0]
    assert surely_ahead(-np.array(four))
    turned = sim.sensitivity(lead(four), {"a": (-1, 1)})
    assert turned.table()["reverses"][0] == "low"
    assert turned.order.model.runs == 3 * 4 + (ADVICE_RUNS - 4) + (SURE_RUNS - 4)
    luck = sim.sensitivity(lead([*four, 2.0, -3.0, 2.5, -3.0]), {"a": (-1, 1)})
    assert luck.table()["reverses"][0] == ""


def test_a_tornado_and_a_flip_tell_the_same_advice_and_the_same_winner():
    noise = np.random.default_rng(5).normal(size=2000)

    def market(x, seed):
        return 3.0 + noise[seed % 1000] + 6 * x["a"] + (2.5 + noise[(7 * seed) % 2000]) * x["b"]

    ranges = dict.fromkeys("ab", (-1, 1))
    tornado, flip = sim.sensitivity(market, ranges), sim.flip(market, ranges)
    row = tornado.table().set_index("factor")
    assert (row["base"].iloc[0], row["base_n"].iloc[0]) == (flip.base.mean.value, flip.base.n)
    single = {found.direction.factors[0].path for found in flip.found if len(found.direction.factors) == 1}
    assert {path for path in "ab" if row.loc[path, "reverses"]} == single == {"a"}


def test_an_end_that_only_eight_runs_show_to_be_sure_is_found():
    """Of four runs one lies far off; of eight, all in all, the win is sure."""
    found = sim.sensitivity(lead([-3.0, -3.1, -0.9, -5.0, -3.0, -3.0, -3.0, -3.0]), {"a": (-1, 1)})
    assert not surely_ahead([3.0, 3.1, 0.9, 5.0])
    assert found.table()["reverses"][0] == "low"


def test_what_is_too_close_to_call_as_written_is_settled_not_reversed():
    found = sim.sensitivity(lambda x, seed: (1.0 if seed % 2 else -1.0) + 9 * x["a"], {"a": (-1, 1)})
    assert found.is_open
    assert found.table().attrs["is_open"] is True
    row = found.table().iloc[0]
    assert (row["winner_low"], row["winner_high"], row["reverses"]) == ("A", "B", "low and high")
    told = [(one.verdict, one.subject, one.details.get("places")) for one in found.findings()[1:]]
    assert told == [(TOO_CLOSE, "", None), ("wins", "A", ["a at -1"]), ("wins", "B", ["a at 1"])]


def test_bars_that_luck_can_have_made_do_not_matter_most():
    luck = np.array([30.0, -10.0, 25.0, -15.0])

    def shaken(x, seed):
        return 5.0 + x["sure"] + (luck[seed % 4] if x["shaky"] > 0.9 else 0.0)

    both = sim.sensitivity(shaken, {"shaky": (-1, 1), "sure": (-1, 1)})
    assert both.table()["clear"].tolist() == [False, True]
    assert both.finding == "Sure has the widest bar beyond sampling error"
    first = both.findings()[0]
    assert (first.verdict, first.subject) == ("widest", "sure")
    assert first.caveats == ("wider, but too close to call: shaky",)
    alone = sim.sensitivity(lambda x, seed: shaken({**x, "sure": 0.0}, seed), {"shaky": (-1, 1), "other": (0, 1)})
    assert alone.finding == "No factor moves it beyond sampling error"
    assert (alone.findings()[0].verdict, alone.findings()[0].outcome) == ("none", "the outcome, B minus A")


def test_what_moves_nothing_matters_nothing_and_a_level_of_shares_is_in_per_cent():
    found = sim.sensitivity(TINY, ["product.margin"], outcome="market_share", firm="Root", replications=2)
    assert [(one.verdict, one.outcome) for one in found.findings()] == [("nothing moves it", "market share of Root")]
    assert found.finding == "Nothing that was tried moves it"
    level = sim.sensitivity(TINY, {"people.purchases_per_year.mean": (2, 40)}, outcome="market_share", firm="Root",
                            replications=2).findings()[0]
    assert all(re.fullmatch(r"[0-9.]+ %", level.details[name]) for name in ("at_low", "at_high", "base"))


def test_a_difference_of_shares_is_in_points():
    first = sim.sensitivity(TINY, {"people.purchases_per_year.mean": (2, 40)}, outcome="market_share",
                            replications=2).findings()[0]
    assert all(re.fullmatch(r"([+-][0-9.]+ points|0)", first.details[name]) for name in ("at_low", "at_high", "base"))


def test_a_range_that_leaves_out_what_is_written_is_said_to():
    found = sim.sensitivity(TINY, {"product.margin": (0.85, 0.95)}, replications=2)
    assert "as written product.margin is 0.75, outside of the range that was tried" in found.findings()[-1].caveats


def test_a_function_without_numbers_is_told_in_a_sentence():
    with pytest.raises(ValueError, match="the outcome, B minus A: none of 12 runs gave a number"):
        sim.sensitivity(lambda x, seed: float("nan"), {"a": (0, 1)})


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=12))
def test_only_one_side_is_ever_sure_and_what_is_sure_is_beyond_luck(values):
    up, down = surely_ahead(values), surely_ahead([-value for value in values])
    assert not (up and down)
    if up:
        assert mean_interval(values).low > 0
        assert np.mean(np.array(values) > 0) >= 0.95


def test_one_run_is_never_sure():
    assert not surely_ahead([5.0])
    assert not surely_ahead([5.0, float("nan")])


@pytest.mark.parametrize(("comparisons", "words"), [
    (1, ""), (4, "one in twenty misses"), (20, "of 20, about 1 misses by chance"), (1000, "of 1,000, about 50 miss"),
])
def test_intervals_side_by_side_are_told_with_how_many_miss(comparisons, words):
    assert words in by_chance(comparisons)
    assert bool(by_chance(comparisons)) == (comparisons > 1)
