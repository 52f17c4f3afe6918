"""The winner flip on problems whose smallest change is known, and on shipped markets."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import sim
from sim.studies.factors import Factor, plain_value
from sim.studies.flip_proof import ATTEMPTS
from sim.studies.flip_search import SPREADS, Direction, turns
from sim.studies.model import FRESH


def finding(study, verdict):
    return next((one for one in study.findings() if one.verdict == verdict), None)


SQUARE = {"a": (-1.0, 1.0), "b": (-1.0, 1.0)}


def noise(seed, spread):
    return spread * np.random.default_rng(seed).normal()


def test_the_smallest_single_change_is_found_where_it_is():
    """1 − 2a turns at a = 0.5: a quarter of the range of 2."""
    found = sim.flip(lambda x, seed: 1 - 2 * x["a"] + 0.5 * x["b"], {"a": (-1, 1), "b": (-1, 1)})
    single = found.smallest_single
    assert single.found.distance == pytest.approx(0.25, abs=0.01)
    assert single.found.border == pytest.approx(0.25, abs=0.01)
    assert (found.winner, found.put_ahead(single.found)) == ("B", "A")
    assert single.won == single.reversed == 40


def test_a_pair_turns_the_winner_sooner_than_one_factor():
    """1 − a − b turns at a = b = 0.5: √(0.25² + 0.25²) of the ranges, against 0.5 for one alone."""
    found = sim.flip(lambda x, seed: 1 - x["a"] - x["b"], {"a": (-2, 2), "b": (-2, 2)})
    assert found.smallest.found.kind == "pair"
    assert found.smallest.found.distance == pytest.approx(np.sqrt(2) * 0.125, abs=0.012)
    assert found.smallest_single.found.distance == pytest.approx(0.25, abs=0.012)
    assert found.table()["distance"].is_monotonic_increasing


def test_with_noise_the_change_is_large_enough_for_fresh_luck():
    """1 − 4a + noise of 0.5: half the pairs turn at a = 0.25; 95 % only at a = (1 + 1.645·0.5)/4 = 0.456."""
    found = sim.flip(lambda x, seed: 1 - 4 * x["a"] + noise(seed, 0.5), {"a": (-1, 1)})
    best = found.smallest
    value = 2 * best.found.distance
    assert 0.43 < value < 0.8
    assert best.found.border < best.found.distance
    fresh = np.array([1 - 4 * value + noise(seed, 0.5) for seed in range(50_000, 52_000)])
    assert (fresh < 0).mean() >= 0.93
    assert best.ahead.value >= 0.95


def test_proofs_use_luck_that_chose_nothing():
    seeds = {"search": set(), "fresh": set()}

    def watched(x, seed):
        seeds["fresh" if seed >= FRESH else "search"].add(seed)
        return 1 - 2 * x["a"]

    sim.flip(watched, {"a": (-1, 1)}, seed=7)
    proof, last = (set(range(7 + FRESH + block * 40, 7 + FRESH + block * 40 + 40)) for block in (0, ATTEMPTS))
    assert seeds["search"] == set(range(7, 27))
    assert seeds["fresh"] == proof | last


def test_a_change_that_fresh_luck_does_not_confirm_is_made_larger_with_new_luck():
    """The search is lucky: its seeds say that a = 0.1 is enough; fresh ones want 0.11."""
    def function(x, seed):
        return (0.2 if seed < FRESH else 0.22) - 2 * x["a"] + noise(seed, 0.001)

    found = sim.flip(function, {"a": (-1, 1)})
    proof = found.smallest
    assert 1 < proof.attempts <= ATTEMPTS
    assert 2 * proof.found.distance > 0.11


def test_what_is_told_is_a_last_run_that_decided_nothing():
    """The proofs are lucky in every pair; the last run is not, and its numbers are told all the same."""
    def function(x, seed):
        last = seed >= 1 + FRESH + ATTEMPTS * 40
        return 1 - 2 * x["a"] + (0.4 * (seed % 4 == 0) if last else 0.0)

    found = sim.flip(function, {"a": (-1, 1)})
    best = found.smallest
    assert (best.holds, best.attempts, best.won, best.ahead.n) == (True, 1, 30, 40)
    told = finding(found, "confirmed")
    assert (told.subject, told.details["won"], told.n) == ("A", 30, 40)
    assert (told.details["share_low"], told.details["share_high"]) == pytest.approx((0.60, 0.86), abs=0.006)
    assert told.caveats == ("new seeds confirm it less often than the proof did",)
    row = found.table().iloc[1]
    assert row["proven"]
    assert row["difference"] == pytest.approx(1 - 2 * best.found.point["a"] + 0.1)


def test_the_corner_of_a_pair_is_run_before_it_is_said_that_nothing_turns_the_winner():
    """1 − 0.7 a − 0.4 b turns at a = 1, b = 0.75 only: a is at its end long before b is."""
    found = sim.flip(lambda x, seed: 1 - 0.7 * x["a"] - 0.4 * x["b"], SQUARE)
    best = found.smallest
    assert found.smallest_single is None
    assert best.found.point["a"] == 1.0
    assert 0.75 < best.found.point["b"] < 0.79
    assert best.found.distance == pytest.approx(np.hypot(0.5, 0.375), abs=0.02)


def test_weak_factors_go_to_their_ends_too_where_the_strong_ones_do_not_suffice():
    found = sim.flip(lambda x, seed: 1 - 0.98 * x["a"] - 0.04 * x["b"], SQUARE)
    assert found.smallest.found.kind == "pair"
    assert found.smallest.found.point["a"] == 1.0


def test_where_only_all_together_turn_the_winner_that_is_found():
    names = "abcdefgh"
    found = sim.flip(lambda x, seed: 1 - 0.15 * sum(x[name] for name in names), dict.fromkeys(names, (-1, 1)))
    assert found.smallest.found.kind == "8 together"
    assert "wins if 8 numbers change together" in found.table().attrs["finding"]


def test_no_flip_within_the_ranges_is_said_with_what_was_tried():
    found = sim.flip(lambda x, seed: 5 - x["a"] - x["b"], SQUARE)
    assert found.smallest is None
    assert len(found.table()) == 1
    nothing = finding(found, "nothing")
    assert nothing.subject == "A"
    assert nothing.details["tried"] == ["each of 2 factors alone", "1 pair"]
    assert nothing.caveats == ("other combinations and values inside the ranges were not tried",)
    assert found.table().attrs["finding"] == "Nothing that was tried reverses the advice"


def test_one_factor_is_told_as_one():
    found = sim.flip(lambda x, seed: 5 - x["a"], {"a": (-1, 2)})
    nothing = finding(found, "nothing")
    assert nothing.details["tried"] == ["a at -1 and 2"]
    assert nothing.caveats == ("values inside the ranges were not tried",)
    assert "1 factor>" in repr(found)


def test_groups_that_were_tried_are_counted():
    found = sim.flip(lambda x, seed: 9 - sum(x.values()), dict.fromkeys("abcdefg", (-1, 1)))
    assert finding(found, "nothing").details["tried"] == [
        "each of 7 factors alone", "3 pairs", "5 together", "7 together"]


def test_a_group_of_one_is_no_group():
    found = sim.flip(lambda x, seed: 5 - x["a"], SQUARE)
    assert "fewer than two factors work against the lead, so no combination was tried" in (
        finding(found, "nothing").caveats)


def test_the_numbers_that_are_printed_are_the_ones_that_were_run_and_lie_beyond_the_border():
    run = set()

    def watched(x, seed):
        if seed >= FRESH:
            run.add((x["a"], x["b"]))
        return 1 - x["a"] / 300 - x["b"] * 1.2345

    found = sim.flip(watched, {"a": (-1000, 1000), "b": (-7 / 9, 7 / 9)})
    best = found.smallest
    printed = {part.split()[0]: float(part.split()[-1]) for part in best.found.words.split(", ")}
    assert (printed["a"], printed["b"]) in run
    assert watched(printed, 1) < 0
    assert all(len(f"{value:g}".strip("-0.").replace(".", "")) <= 4 for value in printed.values())


def test_the_rule_and_the_border_of_the_means_are_told():
    found = sim.flip(lambda x, seed: 1 - 4 * x["a"] + noise(seed, 0.5), {"a": (-1, 1)})
    change = finding(found, "reverses")
    assert "reverses this in at least 95 % of paired runs" in change.message
    assert change.details["change"].startswith("a from 0 to")
    level = float(change.details["level"].removeprefix("a "))
    assert level == pytest.approx(0.25, abs=0.12)
    assert level < found.smallest.found.point["a"]


def test_the_picture_says_who_is_ahead_by_what_and_how_surely():
    ranges = {"people.purchases_per_year.mean": (-1, 1), "margin": (-1, 1)}
    found = sim.flip(lambda x, seed: 1 - 2 * x["people.purchases_per_year.mean"] + noise(seed, 0.1), ranges)
    shown = found.picture_table()
    assert shown["label"].tolist()[1].startswith("purchases per year: mean 0 → 0.")
    assert not shown["label"].str.contains("_").any()
    half = (shown["high"] - shown["low"]).iloc[0] / 2
    assert shown["verdict"].iloc[0] == f"±\u00a0{half:.3f}: B\u00a0ahead"
    assert shown["verdict"].iloc[1].startswith("±\u00a00.0")
    assert shown.attrs["note"] == "As written 20 paired runs; after a change 40 on new seeds."


def test_nobody_is_named_the_winner_of_what_is_too_close_to_call():
    found = sim.flip(lambda x, seed: x["a"] + noise(seed, 1.0), {"a": (-0.1, 0.1)})
    assert found.table()["winner"].tolist() == ["too close to call"]


def test_the_settings_say_how_many_proofs_there_were():
    found = sim.flip(lambda x, seed: 1 - 2 * x["a"], {"a": (-1, 1)}, proofs=25)
    assert found.settings()["proofs"] == found.table().attrs["n"] == found.smallest.ahead.n == 25


def test_a_flip_that_no_fresh_run_confirms_is_not_called_one():
    found = sim.flip(lambda x, seed: (0.1 if seed < FRESH else 5.0) - x["a"], {"a": (-1, 1)})
    assert found.found
    assert found.smallest is None
    assert finding(found, "not confirmed").details["won"] == 0


def test_where_it_is_too_close_to_call_either_option_may_be_put_ahead():
    found = sim.flip(lambda x, seed: x["a"] + noise(seed, 1.0), {"a": (-10, 10)})
    assert found.is_open
    assert {found.put_ahead(one) for one in found.found} == {"A", "B"} or len(found.found) == 1
    assert finding(found, "too close to call").subject == found.winner
    assert finding(found, "settles") is not None


def test_a_change_turns_the_winner_surely_or_not_at_all():
    assert turns(np.array([-1.0, -1.1, -0.9, -1.0]), 1.0)
    assert not turns(np.array([-1.0, -1.1, 0.9, -1.0]), 1.0)  # one pair of four disagrees
    assert not turns(np.array([-3.0, -0.1, -0.1, -0.2]), 1.0)  # too much spread: new runs may disagree
    assert not turns(np.array([np.nan]), 1.0)
    assert SPREADS > 1.645  # a margin above 95 % of a normal spread


def test_a_factor_at_the_end_of_its_range_stays_there_and_the_others_go_on_to_the_corner():
    direction = Direction((Factor("a", 0, 1, 0.5), Factor("b", 0, 1, 0.9)), (0.6, 0.8))
    assert direction.point(0.05) == {"a": 0.53, "b": 0.94}
    assert direction.moves(0.125) == pytest.approx([0.075, 0.1])
    assert direction.moves(0.3) == pytest.approx([np.sqrt(0.3**2 - 0.1**2), 0.1])
    assert direction.reach == pytest.approx(np.hypot(0.5, 0.1))
    assert direction.point(direction.reach) == {"a": 1.0, "b": 1.0}
    assert direction.moves(9.0) == pytest.approx([0.5, 0.1])


@given(st.lists(st.tuples(st.floats(0.05, 0.95), st.floats(-1, 1)), min_size=1, max_size=5), st.floats(0, 1))
def test_a_step_is_as_long_as_it_says_and_stays_inside_the_ranges(parts, share):
    assume(all(abs(way) > 0.01 for _, way in parts))
    direction = Direction(tuple(Factor(f"f{k}", 0, 1, start) for k, (start, _) in enumerate(parts)),
                tuple(way for _, way in parts))
    moves = direction.moves(share * direction.reach)
    places = np.array([start for start, _ in parts]) + moves
    assert np.linalg.norm(moves) == pytest.approx(share * direction.reach, abs=1e-9)
    assert places.min() >= -1e-12
    assert places.max() <= 1 + 1e-12
    assert (moves * [way for _, way in parts] >= 0).all()


@given(st.floats(-50, 50), st.floats(0.1, 1000), st.floats(0.05, 0.95), st.floats(-1, 1))
def test_a_printed_number_is_never_nearer_than_the_move_except_at_the_end_of_the_range(low, size, start, move):
    factor = Factor("f", low, low + size, low + start * size)
    room = 1 - start if move > 0 else start
    move = float(np.clip(move, -room, room))
    assume(abs(move) > 1e-3)
    value, exact = plain_value(factor, move), factor.at(start + move)
    way = np.sign(move)
    assert low - 1e-9 <= value <= low + size + 1e-9
    assert float(f"{value:.12g}") == value
    assert way * (value - exact) >= -1e-3 * room * size
    assert abs(value - exact) <= 0.0101 * room * size
    if abs(move) < 0.999 * room:
        assert way * (value - exact) >= -1e-9 * size


def test_levers_and_single_options_are_refused():
    tiny = {"question": "Who?", "clock": {"years": 1.0}, "market": {"customers": 60}, "firms": {"Rush": {}, "Root": {}}}
    with pytest.raises(ValueError, match="is a lever"):
        sim.flip(tiny, {"firms.Root.quality": (0.5, 0.9)})
    with pytest.raises(ValueError, match="two options"):
        sim.flip(tiny, firm="Root")
    with pytest.raises(ValueError, match="at least 20"):
        sim.flip(tiny, proofs=5)
    with pytest.raises(ValueError, match=r"at least 20 fresh runs, not 22\.5"):
        sim.flip(tiny, proofs=22.5)
    with pytest.raises(ValueError, match="hold that"):
        sim.flip(tiny, {"product.margin": (0.8, 0.9)})


def test_the_leaky_bucket_turns_in_a_small_market():
    """Where quality is low and people buy seldom, relations do not pay: proven with fresh seeds."""
    forecasts = []
    found = sim.flip("leaky_bucket", {"product.base_quality": (0.5, 0.9), "people.purchases_per_year.mean": (1.5, 20)},
                     overrides={"market.customers": 800}, replications=5, proofs=20,
                     progress=lambda done, total, what: forecasts.append(total))
    best = found.smallest
    assert 0.4 < forecasts[0] / found.settings()["runs"] < 2.5
    assert (found.winner, found.put_ahead(best.found)) == ("Root", "Rush")
    assert best.holds
    assert best.won >= 17
    other = sim.replicate("leaky_bucket", 6, seed=77_000, overrides={
        "market.customers": 800, **best.found.direction.point(best.found.distance)})
    lead = (other.values("as written", "active_customers_people", "Root")
            - other.values("as written", "active_customers_people", "Rush"))
    assert (lead < 0).sum() >= 5


@pytest.mark.slow
@pytest.mark.parametrize("name", ["penny_goods", "leaky_bucket"])
def test_the_flip_of_a_shipped_market_reverses_95_percent_of_a_hundred_fresh_pairs(name):
    found = sim.flip(name)
    best = found.smallest
    assert best is not None
    change = best.found.direction.point(best.found.distance)
    question = found.order.question
    world = sim.replicate(name, 100, seed=900_000, overrides=change)
    a, b = (world.values("as written", question.outcome, side.firm) for side in question.sides)
    assert (np.sign(b - a) == -best.found.sign).mean() >= 0.95
