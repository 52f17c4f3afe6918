"""A grid over factors: its points, its table, its words, its files; and replaying one of its runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conducting import conduct
from stores import rewritten
from watched import FAILS, watched_market

import sim
from sim.runs.plan import Point, RunPlan
from sim.runs.stored_plan import read_results
from sim.scenario.load import load
from sim.statistics.intervals import mean_interval
from sim.studies.differences import BASE, difference_cells, point_table
from sim.studies.sweep import Sweep, points_of

MARKET = {"question": "Who stays?", "title": "Two", "firms": {"A": {}, "B": {"spending": {"advertising": 0.5}}},
          "clock": {"years": 1}, "market": {"customers": 80}, "runs": {"seed": 11, "replications": 4},
          "what_if": {"poor": {"firms": {"B": {"quality": 0.3}}}}}
FACTORS = {"firms.A.price": [9, 10.5], "market.customers": [60, 90, 120]}
OUTCOMES = ("market_share", "cumulative_profit_money")


@pytest.fixture(scope="module")
def found() -> Sweep:
    return sim.sweep(MARKET, FACTORS, outcomes=OUTCOMES)


def test_every_combination_is_a_point_and_the_last_factor_is_the_fastest(found: Sweep):
    points = [(point.changes["firms.A.price"], point.changes["market.customers"])
              for point in found.results.plan.points]
    assert points == [(9, 60), (9, 90), (9, 120), (10.5, 60), (10.5, 90), (10.5, 120)]
    assert found.results.base == "firms.A.price=9, market.customers=60"
    assert (found.n, found.results.plan.seed) == (4, 11), "as the scenario says"
    assert len(found.runs) == 6 * 4 * 2


def test_the_table_compares_every_point_with_the_first_run_by_run(found: Sweep):
    table = found.table()
    assert len(table) == 6 * 2 * 2
    row = table[(table["metric"] == "market_share") & (table["firm"] == "A") & (table["market.customers"] == 120)
                & (table["firms.A.price"] == 10.5)].iloc[0]
    runs = found.runs[found.runs["firm"] == "A"].set_index(["point", "replicate"])["market_share"]
    a, b = (runs[point].sort_index().to_numpy() for point in (found.results.base, row["point"]))
    cells, own = difference_cells(a, b), mean_interval(b)
    assert [row["mean"], row["mean_low"], row["mean_high"], row["n"]] == [own.value, own.low, own.high, 4]
    for name in ("difference", "low", "high", "variance_ratio", "correlation", "verdict"):
        assert row[name] == cells[name]
    assert (row["pairs"], row["won"]) == (4, cells["won_by_b"])
    first = table[table["point"] == found.results.base]
    assert set(first["verdict"]) == {BASE}
    assert first["difference"].isna().all()


def test_numbers_of_a_point_are_those_of_the_scenario_with_its_changes(found: Sweep):
    alone = sim.replicate(MARKET, 4, overrides={"firms.A.price": 10.5, "market.customers": 90})
    for firm in ("A", "B"):
        np.testing.assert_array_equal(
            found.results.values("firms.A.price=10.5, market.customers=90", "market_share", firm),
            alone.values("as written", "market_share", firm))


def test_it_is_explained_in_two_sentences_with_numbers(found: Sweep):
    words = found.explain("market_share")
    table = found.table("market_share")
    best = table[table["firm"] == "A"].sort_values("mean").iloc[-1]
    assert f"The market share of A is highest, {100 * best['mean']:.0f} %, at '{best['point']}'" in words
    assert "4 paired runs" in words
    assert "of 5 points differ" in words
    assert "of 5 comparisons about 0.25 miss by chance" in words
    assert words.count(". ") == 1
    with pytest.raises(ValueError, match="no firm 'C'"):
        found.explain("market_share", "C")


def test_what_if_overrides_and_year_hold_for_every_point():
    found = sim.sweep(MARKET, {"firms.A.price": [9]}, 2, what_if="poor", overrides={"market.customers": 70}, year=0.5,
                      seed=3, outcomes=["market_share"])
    world = found.results.plan.variants["firms.A.price=9"]
    assert (world.firms["B"].quality, world.market.customers, found.results.plan.end) == (0.3, 70, 0.5)
    assert [row.seed for row in found.results.rows] == [3, 4]


def test_it_is_saved_as_tables_words_and_settings(found: Sweep, tmp_path: Path):
    home = found.save(tmp_path / "a folder")
    assert len(pd.read_csv(home / "runs.csv")) == len(found.runs)
    assert pd.read_csv(home / "sweep.csv")["mean"].tolist() == found.table()["mean"].tolist()
    assert (home / "sweep.txt").read_text(encoding="utf-8").strip() == found.explain()
    settings = json.loads((home / "sweep.json").read_text(encoding="utf-8"))
    assert settings["factors"] == {"firms.A.price": [9, 10.5], "market.customers": [60, 90, 120]}
    assert (settings["seed"], settings["replications"]) == (11, 4)


def test_it_is_drawn_as_differences_from_the_first_point(found: Sweep, tmp_path: Path):
    import matplotlib.pyplot as plt

    forest = found.forest("market_share")
    assert forest["label"].tolist() == [point.name for point in found.results.plan.points[1:]]
    axes = found.plot(outcome="market_share")
    assert axes.get_figure() is not None
    plt.close("all")
    assert (found.save(tmp_path) / "sweep.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("factors", "sentence"),
    [
        ({}, "needs at least one factor"),
        ({"firms.A.price": []}, "one or more different values, not none"),
        ({"firms.A.price": [9, 9.0]}, "one or more different values, not 9, 9"),
        ({"a": range(1000), "b": range(1000)}, "at most 100,000 points, not 1,000,000"),
        ({"firms.A.service": [0.1], "firms.A.spending.service": [0.2]}, "Two factors are the same number"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(factors, sentence):
    with pytest.raises(ValueError, match=sentence):
        points_of(factors)


def test_wrong_points_are_all_told_before_anything_runs():
    with pytest.raises(sim.ScenarioError) as caught:
        sim.sweep(MARKET, {"firms.B.price": [9, -1, -2]}, 2)
    assert [problem.file for problem in caught.value.problems] == ["firms.B.price=-1", "firms.B.price=-2"]


def test_another_sweep_does_not_go_into_the_same_store_but_more_of_the_same_does(tmp_path: Path):
    store = tmp_path / "a.sqlite"
    one = {"outcomes": OUTCOMES, "store": store}
    sim.sweep(MARKET, {"firms.A.price": [9, 10]}, 2, **one)
    with pytest.raises(ValueError, match=r"it varies firms\.A\.price, not firms\.A\.quality"):
        sim.sweep(MARKET, {"firms.A.quality": [0.5]}, 2, **one)
    with pytest.raises(ValueError, match="its first seed is 11, not 12"):
        sim.sweep(MARKET, {"firms.A.price": [9, 10]}, 2, seed=12, **one)
    sim.sweep(MARKET, {"firms.A.price": [9, 10, 11]}, 3, **one)
    assert len(read_results(store).rows) == 9


def test_a_failed_run_at_one_point_costs_only_its_own_pairs(tmp_path: Path):
    scenario = watched_market(tmp_path, fails=6)
    points = (Point("a"), Point("b", {"firms.Root.settings.fails": 0}))
    results = conduct(RunPlan(scenario, points, 3, 5, OUTCOMES))
    table = point_table(results, ["market_share"]).set_index(["firm", "point"])
    assert table.loc[("Root", "a"), "n"] == 2
    assert table.loc[("Root", "b"), ["n", "pairs"]].tolist() == [3, 2]


def test_a_sweep_in_which_every_run_fails_says_why(tmp_path: Path):
    found = sim.sweep(watched_market(tmp_path, fails=6), {"firms.Root.quality": [0.6, 0.7]}, 1, seed=6)
    assert found.note == f"2 of 2 runs failed; the first: {FAILS.format(6)}."
    assert found.note in " ".join(str(found).split())


def test_a_row_of_a_store_is_run_again_with_every_number_equal(tmp_path: Path):
    store = tmp_path / "a.sqlite"
    sim.sweep(MARKET, {"firms.A.price": [9, 10]}, 2, outcomes=OUTCOMES, store=store, what_if="poor")
    for row in read_results(store).rows:
        again = sim.replay(store, row.number)
        assert (again.equal, again.differences, again.sentence) == (True, (), "Every number is equal.")
        assert again.row == row
    with pytest.raises(LookupError, match="has no row 99: its rows are 1 to 4"):
        sim.replay(store, 99)


def changed(store: Path, statement: str) -> Path:
    """A copy of a store in which something is not as it was."""
    copy = store.with_name("changed.sqlite")
    shutil.copy(store, copy)
    with rewritten(copy) as connection:
        connection.execute(statement)
    return copy


def test_a_replay_says_what_differs(tmp_path: Path):
    store = tmp_path / "a.sqlite"
    sim.sweep(MARKET, {"firms.A.price": [9, 10]}, 1, outcomes=OUTCOMES, store=store)
    value = float(read_results(store).values("firms.A.price=9", "market_share", "A")[0])
    one = sim.replay(changed(store, f"UPDATE runs SET outcomes = replace(outcomes, '{value!r}', '0.25')"), 1)
    assert not one.equal
    assert one.differences == (f"market_share of A was 0.25, is {value!r}",)
    other = sim.replay(changed(store, "UPDATE points SET patch = json_set(patch, '$.market.customers', 79)"), 1)
    assert other.differences[0] == "the scenario, or a strategy's file, is not as it was"
    waiting = changed(store, "UPDATE runs SET status = 'pending'")
    with pytest.raises(ValueError, match=r"Row 1 .* is still to be done"):
        sim.replay(waiting, 1)


def test_a_run_that_failed_is_replayed_with_its_reason(tmp_path: Path):
    store = tmp_path / "a.sqlite"
    scenario = watched_market(tmp_path, fails=5)
    conduct(RunPlan(scenario, (Point("a"),), 1, 5, OUTCOMES), store=store)
    again = sim.replay(store, 1)
    assert (again.equal, again.sentence) == (True, f"It fails again in the same way: {FAILS.format(5)}.")
    now = sim.replay(changed(store, "UPDATE study SET value = replace(value, '\"fails\": 5', '\"fails\": 9')"), 1)
    assert f"it failed with {FAILS.format(5)}, and now goes well" in now.sentence


def test_a_name_may_leave_out_a_section_where_one_fits():
    scenario = load(MARKET, {"firms.A.service": 0.3, "market.amplitude": 0.2, "firms.A.answered": 0.9})
    assert scenario.firms["A"].spending.service == 0.3
    assert scenario.market.season.amplitude == 0.2
    assert scenario.firms["A"].recovery.answered == 0.9
    for wrong in ("firms.A.depth", "firms.A.nothing", "nothing.at.all"):
        with pytest.raises(sim.ScenarioError, match="unknown key"):
            load(MARKET, {wrong: 0.1})
