"""Better levers: on functions with a known best point, with noise that flatters, under a budget."""

import numpy as np
import pytest

import sim
from sim.scenario import load
from sim.studies.factors import Factor, range_caveats
from sim.studies.model import FRESH
from sim.studies.optimise import _affordable, front_of, searched
from sim.studies.optimum import NO_FRONT, NO_TRADE, START_ON_FRONT, UNSURE, WORSE

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
    assert unsure.findings()[0].verdict == UNSURE
    assert unsure.finding == "Nothing better than as written beyond sampling error"


def test_flattery_is_what_the_search_that_picked_the_best_promised_too_much():
    """Seeds of the search say +1; the further ones of the finalists and the fresh ones say 0."""
    def function(x, seed):
        return float(x["a"] > 0.5) * (seed < 1 + 4)

    found = sim.optimise(function, {"a": (0, 1)}, trials=12)
    assert found.flattery == pytest.approx(1.0)
    _, gain, searched_gain = found.findings()
    assert (gain.n, searched_gain.n) == (40, 4)
    assert searched_gain.value - gain.value == pytest.approx(1.0)


def test_where_even_the_best_is_worse_that_is_said():
    found = sim.optimise(hill, {"a": (0.2, 0.4), "b": (0.7, 0.9)})  # the start is the top
    assert found.best == {}
    assert found.is_worse
    assert not found.is_sure
    assert {one.verdict for one in found.findings()} == {WORSE}
    assert found.findings()[1].details["trials"] == 39
    assert found.findings()[1].value < 0
    assert found.finding == "Nothing that was tried beats the levers as written"


def test_values_at_the_end_of_a_range_and_ranges_without_the_written_value_are_told():
    found = sim.optimise(TINY, {"firms.Root.price": (7, 9)}, outcome="sold_units", trials=12, replications=2, checks=10)
    assert found.findings()[-1].caveats == (
        "firms.Root.price reaches the low end of its range (7 to 9), and what lies beyond was not tried",
        "as written firms.Root.price is 10, outside its range (7 to 9)")


def test_an_optimum_inside_its_range_is_told_without_more():
    assert not any(one.caveats for one in sim.optimise(hill, SQUARE).findings())


@pytest.mark.parametrize("goals", [(), ("sold_units", "market_share")])
def test_the_forecast_of_runs_is_an_upper_bound_and_not_far_above(goals):
    forecasts = []
    found = sim.optimise(TINY, {"firms.Root.price": (5, 20)}, goals, outcome=None if goals else "sold_units", trials=10,
                         replications=2, checks=10, progress=lambda done, total, what: forecasts.append(total))
    assert len(set(forecasts)) == 1
    assert found.settings()["runs"] <= forecasts[0] <= 1.2 * found.settings()["runs"]


def test_the_check_uses_luck_that_chose_nothing():
    seeds = set()

    def watched(x, seed):
        seeds.add(seed)
        return hill(x, seed)

    sim.optimise(watched, SQUARE, trials=8, seed=5)
    search = {seed for seed in seeds if seed < FRESH}
    assert search == set(range(5, 5 + 12))
    assert seeds - search == set(range(5 + FRESH, 5 + FRESH + 40))


def test_the_table_has_fresh_luck_first_then_finalists_then_the_search_each_from_best_to_worst():
    def noisy(x, seed):
        return hill(x, seed) + 0.1 * np.random.default_rng([seed, int(1e9 * x["a"])]).normal()

    found = sim.optimise(noisy, SQUARE, trials=16)
    table = found.table()
    assert table["role"].tolist()[:7] == ["best with new seeds", "start with new seeds", *["finalist"] * 5]
    assert table["n"].tolist()[:7] == [40, 40, *[12] * 5]
    assert set(table["n"][7:]) == {4}
    assert table["difference"][2:7].is_monotonic_decreasing
    assert table["difference"][7:].is_monotonic_decreasing
    assert (table["searched"][7:] == table["difference"][7:]).all()
    assert table["searched"][2:7].min() >= table["searched"][7:].max()  # the search picked the finalists
    assert (table.loc[table["role"] == "start", "difference"] == 0).all()
    assert {"a", "b"} <= set(table.columns)
    assert len(table) == len(found.trials) + 2


def test_the_picture_shows_what_counts_and_says_how_many_runs_it_is():
    shown = sim.optimise(hill, SQUARE, trials=12).picture_table()
    assert [label.rpartition(" (")[2] for label in shown["label"]] == ["new seeds)", *["finalist)"] * 5]
    assert shown.attrs["note"] == "New seeds (these count): 40 paired runs; finalists: 12 each."


def trade(x, seed):
    """u = a against v = 1 − a² − b: the front is b = 0. Luck moves the level of both, at every point alike."""
    luck = 100.0 * np.random.default_rng(seed).normal()
    return x["a"] + luck, 1 - x["a"] ** 2 - x["b"] + luck


def test_two_goals_give_a_front_that_nothing_checked_beats():
    found = sim.optimise(trade, SQUARE, goals=("u", "v"))
    table = found.table()
    front = table[table["on_front"]]
    assert len(front) >= 3
    fresh = table[table["role"] != "tried"]
    for row in front.to_dict("records"):
        beats = (fresh["goal_1"] >= row["goal_1"]) & (fresh["goal_2"] > row["goal_2"])
        assert not beats.any()
    assert front["b"].median() < 0.2
    assert table.attrs["goals"] == ["u", "v"]
    assert found.findings()[0].value == len(found.front)


def test_all_options_of_a_front_are_told_and_drawn_against_the_start_with_the_same_luck():
    """Levels differ by luck between the search and the check; differences from the start do not."""
    found = sim.optimise(trade, SQUARE, goals=("u", "v"))
    table, shown = found.table(), found.picture_table()
    assert table["goal_1"].tolist() == pytest.approx((table["a"] - 0.5).tolist())
    assert table["goal_2"].tolist() == pytest.approx((0.25 + 0.5 - table["a"] ** 2 - table["b"]).tolist())
    assert table["role"].tolist()[0] == "start"
    assert set(shown["n"]) == {40}
    assert len(shown) == 9
    assert "tried" not in set(shown["role"])
    assert table.attrs["goal_words"] == ["u, against as written", "v, against as written"]


def test_levers_as_written_can_be_on_the_front():
    found = sim.optimise(lambda x, seed: (x["a"], -x["a"]), {"a": (0, 1)}, goals=("u", "v"))
    assert found.table()["on_front"][0]
    assert found.findings()[0].value == 8
    assert found.findings()[1].message == START_ON_FRONT
    assert [one.value for one in found.findings()[2:4]] == [0.5, -0.5]  # as written
    assert found.finding == "8 options beside the levers as written, none better in both goals"


def test_a_front_that_reaches_both_ends_of_a_range_says_so():
    notes = range_caveats((Factor("a", 0, 1, 0.5), Factor("b", 0, 1, 0.5)), [{"a": 0.01, "b": 0.3}, {"a": 1.0}])
    assert notes == ["a reaches both ends of its range (0 to 1), and what lies beyond was not tried"]


def test_an_end_beyond_which_nothing_is_allowed_is_told_as_that():
    (note,) = range_caveats((Factor("firms.Root.spending.relations", 0, 0.8, 0.2),), [
        {"firms.Root.spending.relations": 0.0}])
    assert note.endswith("reaches the low end of its range (0 to 0.8), and nothing beyond is allowed")


def test_where_nothing_beats_the_start_there_is_no_front():
    found = sim.optimise(lambda x, seed: (-abs(x["a"]), -abs(x["a"])), {"a": (-1, 1)}, goals=("u", "v"), trials=12)
    assert found.front == []
    assert found.findings()[0].message == NO_FRONT
    assert found.findings()[0].details["goals"] == ["u", "v"]
    assert found.finding == "Nothing beats the levers as written"


def test_differences_of_shares_are_drawn_in_points():
    found = sim.optimise(TINY, {"firms.Root.price": (5, 20)}, ("market_share", "sold_units"), trials=8, replications=2,
                         checks=10)
    table, shown = found.table(), found.picture_table()
    assert shown.attrs["goal_units"] == ["points", "purchases"]
    fresh = table[table["role"] != "tried"]
    assert shown["goal_1_low"].tolist() == pytest.approx((100 * fresh["goal_1_low"]).tolist())
    assert shown["goal_2"].tolist() == pytest.approx(fresh["goal_2"].tolist())
    assert "label" not in shown.columns  # the picture names levers itself


def test_where_one_point_is_best_in_both_goals_there_is_nothing_to_trade():
    found = sim.optimise(lambda x, seed: (hill(x, seed), 2 * hill(x, seed)), SQUARE, goals=("u", "v"))
    assert len(found.front) == 1
    assert found.findings()[1].message == NO_TRADE
    assert len(found.checks) == 9
    assert found.finding == "One option is best in both goals"


def test_a_front_is_what_no_other_point_beats():
    points = np.array([[0.0, 3.0], [1.0, 2.0], [2.0, 0.0], [0.5, 1.0], [1.0, 2.0]])
    assert front_of(points).tolist() == [True, True, True, False, True]


def test_shares_of_spending_are_scaled_down_to_the_budget_and_others_are_kept():
    scenario = load(TINY)
    asked = sim.studies.asking.order(scenario, {"firm": "Root"}, 2)
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
    ({"firms.Root.quality": (0.3, 0.6)}, {"trials": 9.5}, r"at least 8 trials, not 9\.5"),
    ({"firms.Root.quality": (0.3, 0.6)}, {"goals": "market_share"}, "Name two goals"),
    ({"firms.Root.price": 3}, {}, "firms.Root.price: a range is two numbers, low and high, not 3"),
    ({"firms.Root.price": "35"}, {}, "a range is two numbers, low and high, not '35'"),
    ({"firms.Root.price": (3, "x")}, {}, "a range is two numbers"),
    ({"firms.Root.price": (3, 4, 5)}, {}, "a range is two numbers"),
    (["firms.Root.price"], {}, "Levers come with their ranges"),
])
def test_wrong_requests_are_refused_in_plain_words(levers, more, words):
    with pytest.raises(ValueError, match=words):
        sim.optimise(TINY, levers, **more)


@pytest.mark.parametrize("span", [3, "03", (1, None)])
def test_a_range_of_a_function_is_two_numbers_too(span):
    with pytest.raises(ValueError, match="a: a range is two numbers, low and high"):
        sim.optimise(hill, {"a": span})


def test_one_lever_is_one_lever():
    assert repr(sim.optimise(hill, SQUARE, trials=8)).endswith(" of 2 levers>")
    assert repr(sim.optimise(lambda x, seed: x["a"], {"a": (0, 1)}, trials=8)).endswith(": 7 trials of 1 lever>")


def test_a_search_begins_with_the_start():
    points = searched(lambda x: -x, [0.25], 8)
    assert points[0].tolist() == [0.25]
    assert len(points) == 8
