"""Better levers: on functions with a known best point, with noise that flatters, under a budget."""

import numpy as np
import pytest

import sim
from sim.experiments.model import FRESH
from sim.experiments.optimise import _affordable
from sim.experiments.search import front_of, searched
from sim.scenario import load

SQUARE = {"a": (0.0, 1.0), "b": (0.0, 1.0)}
TINY = {
    "question": "Who?", "clock": {"years": 1.0}, "market": {"customers": 100},
    "firms": {"Rush": {}, "Root": {"spending": {"advertising": 0.3, "service": 0.2, "people": 0.1}}},
}


def hill(x, seed):
    return 1 - (x["a"] - 0.3) ** 2 - (x["b"] - 0.8) ** 2


def test_the_top_of_a_hill_is_found():
    found = sim.optimise(hill, SQUARE)
    assert found.best["a"] == pytest.approx(0.3, abs=0.1)
    assert found.best["b"] == pytest.approx(0.8, abs=0.1)
    assert found.gain.mean.value == pytest.approx(0.13, abs=0.02)
    assert found.is_sure
    assert len(found.trials) >= 40


def test_the_aim_may_be_low():
    found = sim.optimise(lambda x, seed: -hill(x, seed), SQUARE, aim="low")
    assert found.best["a"] == pytest.approx(0.3, abs=0.1)
    assert found.gain.mean.value < 0
    assert found.is_sure


def test_the_same_seed_finds_the_same_and_another_seed_looks_elsewhere():
    one, two, other = (sim.optimise(hill, SQUARE, trials=16, seed=seed) for seed in (3, 3, 4))
    assert [trial.changes for trial in one.trials] == [trial.changes for trial in two.trials]
    assert [trial.changes for trial in one.trials] != [trial.changes for trial in other.trials]


def test_where_all_is_luck_the_search_flatters_and_the_check_does_not():
    def luck(x, seed):
        return np.random.default_rng([seed, int(1e9 * x["a"])]).normal()

    found = [sim.optimise(luck, {"a": (0, 1)}, seed=seed, trials=24) for seed in range(1, 11)]
    assert np.mean([one.flattery for one in found]) > 0.3  # the best of many means, on the luck that chose it
    assert sum(one.is_sure for one in found) <= 2  # one in forty would be by chance alone
    assert abs(np.mean([one.gain.mean.value for one in found])) < 0.25
    unsure = next(one for one in found if not one.is_sure)
    assert "not surely better" in unsure.explain()
    assert unsure.finding == "Nothing surely better than as written"


def test_the_check_uses_luck_that_chose_nothing():
    seeds = set()

    def watched(x, seed):
        seeds.add(seed)
        return hill(x, seed)

    sim.optimise(watched, SQUARE, trials=8, seed=5)
    search = {seed for seed in seeds if seed < FRESH}
    assert search == set(range(5, 5 + 12))
    assert seeds - search == set(range(5 + FRESH, 5 + FRESH + 40))


def test_the_table_has_fresh_luck_first_and_then_the_search_from_best_to_worst():
    table = sim.optimise(hill, SQUARE, trials=12).table()
    assert table["role"].tolist()[:2] == ["best on fresh luck", "start on fresh luck"]
    searched_rows = table[table["role"].isin(["tried", "start"])]
    assert searched_rows["mean"].is_monotonic_decreasing
    assert (table.loc[table["role"] == "start", "difference"] == 0).all()
    assert {"a", "b"} <= set(table.columns)


def test_two_goals_give_a_front_that_nothing_tried_beats():
    """u = a against v = 1 − a² − b: the front is b = 0."""
    found = sim.optimise(lambda x, seed: (x["a"], 1 - x["a"] ** 2 - x["b"]), SQUARE, goals=("u", "v"))
    table = found.table()
    front = table[table["on_front"]]
    assert len(front) >= 3
    for row in front.to_dict("records"):
        beats = (table["goal_1"] >= row["goal_1"]) & (table["goal_2"] > row["goal_2"])
        assert not beats[table["on_front"]].any()
    assert front["b"].median() < 0.2
    assert table.attrs["goals"] == ["u", "v"]
    assert "lie on the front between" in found.explain()


def test_where_one_point_is_best_in_both_goals_there_is_nothing_to_trade():
    found = sim.optimise(lambda x, seed: (hill(x, seed), 2 * hill(x, seed)), SQUARE, goals=("u", "v"))
    assert len(found.front) == 1
    assert "nothing to trade" in found.explain()
    assert found.finding == "One way is best in both goals"


def test_a_front_is_what_no_other_point_beats():
    points = np.array([[0.0, 3.0], [1.0, 2.0], [2.0, 0.0], [0.5, 1.0], [1.0, 2.0]])
    assert front_of(points).tolist() == [True, True, True, False, True]


def test_shares_of_spending_are_scaled_down_to_the_budget_and_others_are_kept():
    scenario = load(TINY)
    asked = sim.experiments.asking.order(scenario, {"firm": "Root"}, 2)
    levers = asked.factors({"firms.Root.spending.service": (0, 1), "firms.Root.spending.relations": (0, 1)})
    point = _affordable(scenario, levers, {"firms.Root.spending.service": 0.9, "firms.Root.spending.relations": 0.6})
    assert sum(point.values()) == pytest.approx(0.6)  # advertising 0.3 and people 0.1 stay
    assert point["firms.Root.spending.service"] / point["firms.Root.spending.relations"] == pytest.approx(1.5)
    load(scenario, point)
    cheap = {"firms.Root.spending.service": 0.1}
    assert _affordable(scenario, levers, cheap) == cheap


def test_a_market_is_optimised_within_its_budget():
    found = sim.optimise(TINY, {"firms.Root.spending.service": (0, 1), "firms.Root.price": (5, 20)},
                         outcome="sold_units", trials=12, replications=2, checks=10)
    assert found.order.question.words == "sold of Root"
    for trial in found.trials:
        assert trial.changes.get("firms.Root.spending.service", 0.2) <= 0.6 + 1e-9
    assert found.gain.mean.value > 0
    assert found.best["firms.Root.price"] < 9  # cheaper sells more


@pytest.mark.parametrize(("levers", "more", "words"), [
    ({"product.margin": (0.3, 0.6)}, {}, "is no lever"),
    ({"firms.Root.quality": (0.3, 0.6), "firms.Rush.quality": (0.3, 0.6)}, {}, "one firm at a time"),
    ({}, {}, "at least one lever"),
    ({"firms.Root.quality": (0.3, 0.6)}, {"goals": ["market_share"]}, "two goals"),
    ({"firms.Root.quality": (0.3, 0.6)}, {"aim": "highest"}, "'high' or 'low'"),
    ({"firms.Root.quality": (0.3, 0.6)}, {"trials": 4}, "at least 8 trials"),
    ({"firms.Root.quality": (0.3, 0.6)}, {"checks": 2}, "at least 10 fresh runs"),
])
def test_wrong_requests_are_refused(levers, more, words):
    with pytest.raises(ValueError, match=words):
        sim.optimise(TINY, levers, **more)


def test_a_search_begins_with_the_start():
    points = searched(lambda x: -x, [0.25], 8)
    assert points[0].tolist() == [0.25]
    assert len(points) == 8
