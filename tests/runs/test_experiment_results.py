"""Points x replicates: order, pairing, outcomes, failures, stopping."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pytest
from conducting import conduct
from watched import FAILS, OUTCOMES, lines_of, priced, watched_market

import sim
from sim.runs.outcomes import outcomes_of
from sim.runs.plan import Point, RunPlan
from sim.runs.results import Results
from sim.runs.summary import metric_units, summarise
from sim.scenario.errors import ScenarioError
from sim.scenario.load import load

TWO = {"question": "Who stays?", "firms": {"A": {}, "B": {"spending": {"advertising": 0.5}}},
       "clock": {"years": 1}, "market": {"customers": 80},
       "what_if": {"dear": {"firms": {"A": {"price": 12.0}}}, "third": {"firms": {"C": {}}}}}


@pytest.fixture(scope="module")
def scenario():
    return load(TWO)


def test_outcomes_are_the_numbers_of_the_summary_at_every_date(scenario):
    records = sim.run(scenario, seed=3).records
    for year in (0.5, 1.0):
        whole = summarise(records, (year,))
        found = outcomes_of(records, tuple(metric_units()), year)
        for firm in records.firms:
            for metric in metric_units():
                np.testing.assert_equal(found[firm][metric], whole.value(metric, firm, year), err_msg=metric)


def test_runs_of_an_experiment_are_the_runs_of_the_comparison(scenario):
    study = sim.compare(scenario, 3, seed=7, what_if="dear")
    points = (Point("as written"), Point("dear", what_if="dear"))
    found = conduct(RunPlan(scenario, points, 3, 7, tuple(metric_units())))
    for point in ("as written", "dear"):
        for metric in metric_units():
            for firm in ("A", "B"):
                np.testing.assert_array_equal(found.values(point, metric, firm), study.values(point, metric, firm))


def test_runs_are_replication_major_and_paired(scenario):
    found = conduct(RunPlan(scenario, (Point("a"), Point("b", {"firms.A.price": 9.0})), 2, 40, ("market_share",)))
    assert [(row.point, row.replicate, row.seed, row.status) for row in found.rows] == [
        ("a", 0, 40, "done"), ("b", 0, 40, "done"), ("a", 1, 41, "done"), ("b", 1, 41, "done")]
    assert (found.complete, found.n, found.failed, found.note) == ([0, 1], 2, [], "")
    assert all(row.seconds > 0 for row in found.rows)


def test_table_has_a_row_for_each_run_and_firm_with_effective_values_of_factors(scenario):
    points = (Point("as written"), Point("more", {"market.customers": 90}), Point("dear", what_if="dear"),
              Point("three", {"firms.A.price": 9.0}, "third"))
    found = conduct(RunPlan(scenario, points, 2, 1, OUTCOMES))
    table = found.table()
    assert table.columns.tolist() == ["point", "replicate", "seed", "status", "reason", "firm",
                                      "market.customers", "firms.A.price", *OUTCOMES]
    assert len(table) == 2 * (2 + 2 + 2 + 3)
    by_point = table.groupby("point")
    assert by_point["market.customers"].first().to_dict() == {"as written": 80, "more": 90, "dear": 80, "three": 80}
    assert by_point["firms.A.price"].first().dropna().to_dict() == {"dear": 12.0, "three": 9.0}
    assert found.layout.firms == ("A", "B", "C")
    assert np.isnan(found.values("dear", "market_share", "C")).all(), "there is no C in that point"
    assert np.isfinite(found.values("three", "market_share", "C")).all()
    row = table[(table["point"] == "dear") & (table["firm"] == "B") & (table["replicate"] == 1)]
    assert row["market_share"].item() == found.values("dear", "market_share", "B")[1]


def test_the_same_run_at_two_points_is_done_once(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("WATCHED_LOG", str(tmp_path / "log"))
    scenario = watched_market(tmp_path / "market")
    points = (Point("as written"), Point("the same", {"firms.Root.price": 10}), Point("other", {"firms.Root.price": 9}))
    found = conduct(RunPlan(scenario, points, 3, 1, OUTCOMES))
    assert len(lines_of(tmp_path / "log")) == 6
    assert found.n == 3
    np.testing.assert_array_equal(found.values("as written", "market_share", "Root"),
                                  found.values("the same", "market_share", "Root"))


def test_a_run_that_fails_is_a_row_and_the_rest_goes_on(tmp_path: Path):
    scenario = watched_market(tmp_path, fails=7)
    found = conduct(priced(scenario, 4, prices=(9.0, 11.0), seed=4))  # seeds 4, 5, 6, 7: the 7th run is the first bad
    assert [row.status for row in found.rows] == ["done"] * 6 + ["failed"] * 2
    assert found.rows[6].reason == FAILS.format(7)
    assert found.complete == [0, 1, 2]
    assert found.note == f"2 of 8 runs failed; the first: {FAILS.format(7)}."
    failed = found.table().iloc[-1]
    assert failed["status"] == "failed"
    assert math.isnan(failed["market_share"])
    assert failed["firm"] != failed["firm"], "no firm has numbers"


def test_pairs_use_every_replicate_that_two_points_share(scenario):
    found = conduct(RunPlan(scenario, (Point("a"), Point("b", {"firms.A.price": 9.0})), 3, 1, ("market_share",)))
    a, b = found.pairs("a", "b", "market_share", "A")
    np.testing.assert_array_equal(b, found.values("b", "market_share", "A"))
    assert len(a) == len(found.own_values("a", "market_share", "A")) == 3


def test_until_ends_the_study_after_the_first_replicate_that_is_enough(scenario):
    asked: list[list[int]] = []

    def enough(results: Results) -> bool:
        asked.append(results.complete)
        return results.n >= 3

    found = conduct(RunPlan(scenario, (Point("a"), Point("b", {"firms.A.price": 9.0})), 8, 1, ("market_share",)),
                    until=enough)
    assert asked == [[0], [0, 1], [0, 1, 2]]
    assert len(found.rows) == 6
    assert found.layout.replications == 3


def test_ctrl_c_gives_what_is_done(scenario):
    def stop(done: int, total: int, what: str) -> None:
        if done == 3:
            raise KeyboardInterrupt

    found = conduct(RunPlan(scenario, (Point("a"), Point("b", {"firms.A.price": 9.0})), 4, 1, ("market_share",)),
                    progress=stop)
    assert found.note == "Stopped after 3 of 8 runs; 1 replicate is complete."
    assert [row.status for row in found.rows] == ["done"] * 3 + ["pending"] * 5


def test_running_here_leaves_the_environment_alone(scenario, monkeypatch):
    monkeypatch.delenv("CLIENTELE_BACKGROUND", raising=False)
    monkeypatch.setattr("sim.engine.engine.compile_aside", lambda compiler: False)
    conduct(RunPlan(scenario, (Point("a"),), 1, 1, ("market_share",)))
    assert "CLIENTELE_BACKGROUND" not in os.environ


def test_progress_is_told_from_none_to_all(scenario):
    told: list[tuple[int, int, str]] = []
    conduct(RunPlan(scenario, (Point("a"),), 2, 1, ("market_share",)), progress=lambda *words: told.append(words))
    assert told == [(0, 2, "a, run 1 of 2"), (1, 2, "a, run 1 of 2"), (2, 2, "a, run 2 of 2"), (2, 2, "done")]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"replications": 0}, "At least one replication is needed, not 0"),
        ({"seed": -1}, "A seed is a whole number"),
        ({"outcomes": ("market_shar",)}, "no metric 'market_shar'; did you mean market_share"),
        ({"outcomes": ()}, "at least one outcome"),
        ({"points": ()}, "at least one point"),
        ({"points": (Point("a"), Point("a", {"firms.A.price": 9}))}, "Two points are called 'a'"),
        ({"year": 2.0}, "at most 1 years, not 2"),
        ({"points": (Point("a", {"firms.A.pric": 9}), Point("b", {"firms.A.price": -1}))}, "did you mean price"),
    ],
)
def test_an_experiment_that_cannot_be_is_refused_before_anything_runs(scenario, changes, sentence):
    given = {"scenario": scenario, "points": (Point("a"),), "replications": 2, "seed": 1, "outcomes": OUTCOMES}
    with pytest.raises(ValueError, match=sentence):
        RunPlan(**{**given, **changes})


def test_everything_that_is_wrong_with_points_is_told_at_once(scenario):
    with pytest.raises(ScenarioError) as caught:
        RunPlan(scenario, (Point("a", {"firms.A.pric": 9}), Point("b", {"firms.A.price": -1})), 1, 1)
    assert {problem.file for problem in caught.value.problems} == {"a", "b"}


def test_names_that_are_not_there_are_answered_with_the_nearest(scenario):
    found = conduct(RunPlan(scenario, (Point("a"),), 1, 1, ("market_share",)))
    for words, hint in ((("b", "market_share", "A"), "no point 'b'"), (("a", "trust_0_1", "A"), "no outcome"),
                        (("a", "market_share", "AA"), "no firm 'AA' in this study; did you mean A")):
        with pytest.raises(ValueError, match=hint):
            found.values(*words)


def test_many_points_are_not_all_kept_at_hand(scenario):
    points = tuple(Point(f"p{k}", {"firms.A.price": 9.0 + k / 1000}) for k in range(100))
    asked = RunPlan(scenario, points, 1, 1, ("market_share",))
    assert asked.variants["p99"].firms["A"].price == 9.099
    assert asked.variants["p0"].firms["A"].price == 9.0
    assert len(asked.variants) == 100
    assert len(asked.variants._at_hand) <= 64
