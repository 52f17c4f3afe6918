"""The key of a run holds what decides its numbers; a row that is done is never written again. Nothing is run here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim.runs import store_file
from sim.runs.plan import Point, RunPlan
from sim.runs.stored_plan import opened
from sim.runs.task import DONE, FAILED, NotedReading, TaskResult, WatchedReading
from sim.scenario.load import load
from sim.scenario.schema import Scenario

OUTCOMES = ("market_share",)


def market(**runs: Any) -> Scenario:
    return load({"question": "Who stays?", "firms": {"A": {}, "B": {}}, "clock": {"years": 2},
                 "market": {"customers": 60}, "runs": runs})


def plan(scenario: Scenario | None = None, **changes: Any) -> RunPlan:
    asked = {"points": (Point("as written"), Point("dear", {"firms.A.price": 12.0})), "replications": 2, "seed": 4,
             "outcomes": OUTCOMES, **changes}
    return RunPlan(scenario or market(), **asked)


def note(*facts: Any) -> None:
    """What is noted of a run."""


def another(*facts: Any) -> None:
    """Something else."""


@pytest.mark.parametrize("change", [
    {"year": 1.0}, {"seed": 5}, {"outcomes": ("market_share", "profit_money")}, {"reading": NotedReading(note)},
    {"points": (Point("as written", {"firms.B.price": 11.0}),)},
])
def test_what_decides_the_numbers_is_in_the_key(change: dict[str, Any]) -> None:
    assert plan(**change).key("as written", 0) != plan().key("as written", 0)


def test_the_date_is_the_end_of_the_run_unless_given() -> None:
    assert plan(year=2.0).key("as written", 0) == plan().key("as written", 0)
    assert plan(year=1.0).key("as written", 0) != plan(year=0.5).key("as written", 0)


def test_the_seed_of_a_replicate_is_that_of_the_plan_and_as_many_more() -> None:
    assert plan(seed=4).key("dear", 1) == plan(seed=5).key("dear", 0)
    assert plan(seed=4).key("dear", 1) != plan(seed=4).key("dear", 0)


def test_people_of_another_seed_make_another_run() -> None:
    keys = {world: plan(market(world_seed=world)).key("as written", 0) for world in (4, 9)}
    assert keys[4] != keys[9]
    made = plan()
    own = made.key("as written", 0)
    for people, same in ((4, True), (9, False)):  # left out it is the seed of the run, here 4
        made.facts["as written"] = replace(made.facts["as written"], people=people)
        assert (made.key("as written", 0) == own) is same


def test_points_that_are_the_same_market_share_their_runs_unless_somebody_watches_by_name() -> None:
    same = (Point("as written"), Point("again", {"firms.A.price": market().firms["A"].price}))
    assert plan(points=same).key("as written", 0) == plan(points=same).key("again", 0)
    watched = plan(points=same, reading=WatchedReading(note))
    assert watched.key("as written", 0) != watched.key("again", 0)
    assert plan(reading=NotedReading(another)).key("dear", 0) != plan(reading=NotedReading(note)).key("dear", 0)


def test_a_row_that_is_done_is_not_written_again(tmp_path: Path) -> None:
    path, first, second = tmp_path / "study.sqlite", {"A": {"market_share": 0.25}}, {"A": {"market_share": 0.75}}
    with opened(path, plan()) as store:
        store.prepare(range(2))
        task = store.pending()[0]
        assert store.record([TaskResult(task, DONE, "", first, 1.0)]) == 1
        assert store.record([TaskResult(task, DONE, "", second, 2.0)]) == 0
        assert store.record([TaskResult(task, FAILED, "luck is bad", None, 3.0)]) == 0
        store.prepare(range(2))
        ((row, outcomes),) = [one for one in store.runs((task.point,), (4, 5), "outcomes")]
        assert (row.status, row.reason, row.seconds, outcomes) == (DONE, "", 1.0, first)
        assert store.settled() == 1
    with store_file.reading(path) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (4,)
