"""The winner flip on problems whose smallest change is known, and on shipped markets."""

import numpy as np
import pytest

import sim
from sim.experiments.factors import Factor
from sim.experiments.flip import ATTEMPTS
from sim.experiments.flip_search import SPREADS, Step, turns
from sim.experiments.model import FRESH

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
    assert found.smallest_single.found.distance == pytest.approx(0.25, abs=0.01)
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
    assert seeds["search"] == set(range(7, 27))
    assert seeds["fresh"] == set(range(7 + FRESH, 7 + FRESH + 40))


def test_a_change_that_fresh_luck_does_not_confirm_is_made_larger_with_new_luck():
    """The search is lucky: its seeds say that a = 0.1 is enough; fresh ones want 0.11."""
    def function(x, seed):
        return (0.2 if seed < FRESH else 0.22) - 2 * x["a"] + noise(seed, 0.001)

    found = sim.flip(function, {"a": (-1, 1)})
    proof = found.smallest
    assert 1 < proof.attempts <= ATTEMPTS
    assert 2 * proof.found.distance > 0.11


def test_no_flip_within_the_ranges_is_said():
    found = sim.flip(lambda x, seed: 5 - x["a"] - x["b"], SQUARE)
    assert found.smallest is None
    assert len(found.table()) == 1
    assert "No change of 2 factors within their ranges makes A surely win" in found.explain()


def test_a_flip_that_no_fresh_run_confirms_is_not_called_one():
    found = sim.flip(lambda x, seed: (0.1 if seed < FRESH else 5.0) - x["a"], {"a": (-1, 1)})
    assert found.found
    assert found.smallest is None
    assert "no proven flip" in found.explain()


def test_where_it_is_too_close_to_call_either_option_may_be_put_ahead():
    found = sim.flip(lambda x, seed: x["a"] + noise(seed, 1.0), {"a": (-10, 10)})
    assert found.is_open
    assert {found.put_ahead(one) for one in found.found} == {"A", "B"} or len(found.found) == 1
    assert "too close to call" in found.explain()
    assert "settles this" in found.explain()


def test_a_change_turns_the_winner_surely_or_not_at_all():
    assert turns(np.array([-1.0, -1.1, -0.9, -1.0]), 1.0)
    assert not turns(np.array([-1.0, -1.1, 0.9, -1.0]), 1.0)  # one pair of four disagrees
    assert not turns(np.array([-3.0, -0.1, -0.1, -0.2]), 1.0)  # too much spread: new runs may disagree
    assert not turns(np.array([np.nan]), 1.0)
    assert SPREADS > 1.645  # a margin above 95 % of a normal spread


def test_a_step_ends_where_the_first_factor_ends():
    step = Step((Factor("a", 0, 1, 0.5), Factor("b", 0, 1, 0.9)), (0.6, 0.8))
    assert step.reach == pytest.approx(0.125)
    assert step.point(step.reach)["b"] == pytest.approx(1.0)


def test_levers_and_single_options_are_refused():
    tiny = {"question": "Who?", "clock": {"years": 1.0}, "market": {"customers": 60}, "firms": {"Rush": {}, "Root": {}}}
    with pytest.raises(ValueError, match="is a lever"):
        sim.flip(tiny, {"firms.Root.quality": (0.5, 0.9)})
    with pytest.raises(ValueError, match="two options"):
        sim.flip(tiny, firm="Root")
    with pytest.raises(ValueError, match="at least 20"):
        sim.flip(tiny, proofs=5)
    with pytest.raises(ValueError, match="hold that"):
        sim.flip(tiny, {"product.margin": (0.6, 0.9)})


def test_the_leaky_bucket_turns_in_a_small_market():
    """Where quality is low and people buy seldom, relations do not pay: proven with fresh seeds."""
    found = sim.flip("leaky_bucket", {"product.base_quality": (0.5, 0.9), "people.purchases_per_year.mean": (3, 20)},
                     overrides={"market.customers": 400}, replications=5, proofs=20)
    best = found.smallest
    assert (found.winner, found.put_ahead(best.found)) == ("Root", "Rush")
    assert best.won >= 19
    other = sim.replicate("leaky_bucket", 6, seed=77_000, overrides={
        "market.customers": 400, **best.found.step.point(best.found.distance)})
    lead = (other.values("as written", "active_customers_people", "Root")
            - other.values("as written", "active_customers_people", "Rush"))
    assert (lead < 0).sum() >= 5


@pytest.mark.slow
@pytest.mark.parametrize("name", ["penny_goods", "leaky_bucket"])
def test_the_flip_of_a_shipped_market_reverses_95_percent_of_a_hundred_fresh_pairs(name):
    found = sim.flip(name)
    best = found.smallest
    assert best is not None
    change = best.found.step.point(best.found.distance)
    question = found.order.question
    world = sim.replicate(name, 100, seed=900_000, overrides=change)
    a, b = (world.values("as written", question.outcome, side.firm) for side in question.sides)
    assert (np.sign(b - a) == -best.found.sign).mean() >= 0.95
