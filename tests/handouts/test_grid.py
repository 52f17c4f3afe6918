"""The points of a handout: which are run, paired how, and in a market of which size."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from handout_market import FIRM, LEAVING, MARKET, PROMISE, RUNS, SEED, small_page

import sim
from sim.handouts.grid import FEWEST, chosen_sliders, people_for, point_of, run_grid
from sim.scenario import shipped_names
from sim.scenario.dotted import value_at
from sim.scenario.effective import effective_mapping
from sim.scenario.load import load

EQUITY = "customer_equity_money"


def test_the_first_two_sliders_of_the_scenario_have_seven_points_and_its_own_value_is_one() -> None:
    first, second = chosen_sliders(load(MARKET))
    assert (first.path, second.path) == (PROMISE, LEAVING)
    assert first.values == (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    assert first.values[first.base] == 0.7  # what a firm promises where nothing is said
    assert first.farthest == 0
    assert len(second.values) == 7
    assert second.values[second.base] == load(MARKET).market.leave_per_year


def test_three_sliders_have_five_points_each_and_ranges_may_be_given() -> None:
    found = chosen_sliders(load(MARKET), {PROMISE: (0.5, 0.9), LEAVING: None, "product.margin": None})
    assert [len(one.values) for one in found] == [5, 5, 5]
    assert found[0].values[0] == 0.5
    assert found[2].values[found[2].base] == load(MARKET).product.margin


def test_whole_numbers_stay_whole() -> None:
    (found,) = chosen_sliders(load(MARKET), {"market.friends.each": (2, 6)})
    assert all(isinstance(value, int) for value in found.values)
    assert len(set(found.values)) == len(found.values)


def test_what_cannot_be_a_slider_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 3 sliders, not 4"):
        chosen_sliders(load(MARKET), dict.fromkeys([PROMISE, LEAVING, "product.price", "product.margin"]))
    with pytest.raises(ValueError, match="names no sliders"):
        chosen_sliders(load({**MARKET, "controls": []}))
    with pytest.raises(sim.ScenarioError, match="promise"):
        chosen_sliders(load(MARKET), {"firms.Root.promis": None})


def test_a_slider_that_cannot_move_is_refused() -> None:
    still = {"path": "market.leave_per_year", "words": "Who leaves", "range": [0, 0.2], "step": 5}
    market = load({**MARKET, "controls": [still]}, {"market.leave_per_year": 0})
    with pytest.raises(ValueError, match="nothing between 0 and 0"):
        chosen_sliders(market)


@pytest.mark.parametrize("name", [name for name in shipped_names() if load(name).controls])
def test_every_corner_of_every_shipped_scenario_is_a_market(name: str) -> None:
    scenario = load(name)
    found = chosen_sliders(scenario)
    assert len(found) == 2
    ends = [(0, len(one.values) - 1) for one in found]
    for places in product(*ends):
        variant = point_of(scenario, found, places)
        told = effective_mapping(variant)
        for one, place in zip(found, places, strict=True):
            assert value_at(told, one.path) == one.values[place]


def test_the_points_come_in_the_order_of_the_page_and_only_change_what_is_not_as_written() -> None:
    grid = small_page().grid
    assert len(grid.points) == 49
    assert [grid.number(point.places) for point in grid.points] == list(range(49))
    assert grid.points[grid.base].scenario.source.overrides == {}
    far = grid.points[grid.far].scenario
    assert far.source.overrides == {PROMISE: 0.3}
    assert far.firms["Root"].promise == 0.3


@pytest.mark.parametrize("places", [(0, 6), (6, 0), (4, 1)])
def test_a_point_is_what_running_it_alone_gives(places: tuple[int, int]) -> None:
    grid = small_page().grid
    point = grid.points[grid.number(places)]
    changes = {one.path: one.values[place] for one, place in zip(grid.sliders, places, strict=True)}
    alone = sim.replicate(MARKET, RUNS, seed=SEED, overrides=changes)
    for (metric, firm), values in point.values.items():
        assert values.tolist() == pytest.approx(alone.values(alone.base, metric, firm).tolist(), nan_ok=True, abs=0)


def test_a_run_that_went_wrong_leaves_a_gap_and_pairs_stay_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.runs import task

    before = task.read_run

    def damaged(scenario, seed, *rest, **more):  # type: ignore[no-untyped-def]
        if seed == SEED + 1 and scenario.firms["Root"].promise == 0.3:
            raise ValueError("a run that goes wrong")
        return before(scenario, seed, *rest, **more)

    monkeypatch.setattr(task, "read_run", damaged)
    sliders = chosen_sliders(load(MARKET), {PROMISE: None})
    grid = run_grid(load(MARKET), sliders, (EQUITY,), SEED, RUNS)
    hurt, whole = grid.points[0], grid.points[grid.base]
    assert (hurt.n, whole.n) == (RUNS - 1, RUNS)
    assert np.isnan(hurt.values[EQUITY, FIRM]).tolist() == [False, True, False]
    again = small_page().grid
    for k in (0, 2):
        assert hurt.values[EQUITY, FIRM][k] == again.points[again.far].values[EQUITY, FIRM][k]


def test_a_point_without_a_single_run_ends_it_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.runs import task

    before = task.read_run

    def damaged(scenario, *rest, **more):  # type: ignore[no-untyped-def]
        if scenario.firms["Root"].promise == 0.9:
            raise ValueError("a run that goes wrong")
        return before(scenario, *rest, **more)

    monkeypatch.setattr(task, "read_run", damaged)
    with pytest.raises(ValueError, match="a run that goes wrong"):
        run_grid(load(MARKET), chosen_sliders(load(MARKET), {PROMISE: None}), (EQUITY,), SEED, 2)


def test_ctrl_c_ends_it() -> None:
    def stopped(done: int, _total: int, _what: str) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_grid(load(MARKET), chosen_sliders(load(MARKET), {PROMISE: None}), (EQUITY,), SEED, 2, stopped)


def test_there_are_fewer_people_where_all_points_would_take_too_long() -> None:
    small, large = load(MARKET), load(MARKET, {"market.customers": 500_000})
    assert people_for(small, 49) == 150
    assert FEWEST <= people_for(large, 125) < people_for(large, 49) < people_for(large, 7) < 500_000
    assert people_for(large, 100_000) == FEWEST


def test_progress_is_that_of_all_points() -> None:
    told: list[tuple[int, int]] = []
    run_grid(load(MARKET), chosen_sliders(load(MARKET), {PROMISE: None}), (EQUITY,), SEED, 2,
             lambda done, total, what: told.append((done, total)))
    assert {total for _, total in told} == {14}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (14, 14)
