"""The key of a run holds what decides its numbers; a row that is done is never written again. Nothing is run here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim.runs import store_file
from sim.runs.plan import FIRST_PROOF, REMEMBERED, FixedPoint, Point, RunPlan, Variants
from sim.runs.store import MemoryStore, content_hash
from sim.runs.stored_plan import opened, patch_between, patched, read_results, stored_plan
from sim.runs.task import DONE, FAILED, PENDING, NotedReading, TaskResult, WatchedReading
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
        ((row, outcomes),) = store.runs((task.point,), (4, 5), "outcomes")
        assert (row.status, row.reason, row.seconds, outcomes) == (DONE, "", 1.0, first)
        assert store.settled() == 1
    with store_file.reading(path) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (4,)


def test_dates_are_ends_of_periods_within_the_run() -> None:
    def end(year: float, period: str = "quarter") -> float:
        scenario = load({"question": "?", "firms": {"A": {}, "B": {}}, "clock": {"years": 2, "period": period}})
        return plan(scenario, year=year).end

    assert [end(year) for year in (0.01, 0.3, 0.4, 2.0)] == [0.25, 0.25, 0.5, 2.0]
    assert (end(0.3, "month"), end(0.3, "week")) == (4 / 12, 0.3)
    for wrong in (0.0, 2.01):
        with pytest.raises(ValueError, match="above 0 and at most 2 years"):
            plan(year=wrong)


def test_a_fixed_point_is_its_own_scenario_whatever_the_base_says() -> None:
    base, other = market(), market(seed=9)
    assert FixedPoint("there", fixed=other).scenario(base) is other
    assert FixedPoint("here").scenario(base) is base


def test_plans_that_cannot_be_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="At least one replication"):
        plan(replications=0)
    assert plan(replications=1).layout.seeds == (4, 5)
    with pytest.raises(ValueError, match="at least one point"):
        plan(points=())
    with pytest.raises(ValueError, match="Two points are called 'b'"):
        plan(points=(Point("a"), Point("b"), Point("c"), Point("b")))


def test_a_layout_holds_every_factor_at_every_point() -> None:
    points = (Point("one", {"firms.A.price": 12.0}), Point("two", {"market.customers": 70, "firms.A.price": 8.0}))
    layout = plan(points=points, replications=3).layout
    assert (layout.points, layout.firms, layout.factors) == (
        ("one", "two"), ("A", "B"), ("firms.A.price", "market.customers"))
    assert layout.settings == {"one": {"firms.A.price": 12.0, "market.customers": 60},
                               "two": {"firms.A.price": 8.0, "market.customers": 70}}
    assert (layout.replications, layout.seeds) == (3, (4, 7))
    assert (layout.first(2).replications, layout.first(2).seeds) == (2, (4, 6))


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A store of two points and three replicates, in which nothing is done yet."""
    asked = plan(replications=3)
    if request.param == "memory":
        yield MemoryStore(asked)
    else:
        with opened(tmp_path / "study.sqlite", asked) as made:
            yield made


def done(task: Any, share: float = 0.5) -> TaskResult:
    return TaskResult(task, DONE, "", {"A": {"market_share": share}}, 1.0, {"kept": share})


def test_runs_are_planned_by_replicate_and_gone_on_with_where_they_stopped(store: Any) -> None:
    store.prepare(range(2))
    tasks = store.pending()
    assert [(one.number, one.point, one.replicate, one.seed) for one in tasks] == [
        (1, "as written", 0, 4), (2, "dear", 0, 4), (3, "as written", 1, 5), (4, "dear", 1, 5)]
    assert [one.number for one in store.pending(tasks[1])] == [3, 4]
    assert store.pending(tasks[3]) == []
    assert store.record([done(tasks[0]), TaskResult(tasks[3], FAILED, "bad luck", None, 2.0)]) == 2
    assert [one.number for one in store.pending()] == [2, 3]
    store.prepare(range(2, 3))
    assert [(one.number, one.replicate) for one in store.pending(tasks[2])] == [(5, 2), (6, 2)]


def test_what_is_settled_is_counted_by_replicate(store: Any) -> None:
    store.prepare(range(3))
    tasks = store.pending()
    store.record([done(tasks[0]), done(tasks[1]), TaskResult(tasks[4], FAILED, "bad luck", None, 2.0)])
    assert (store.settled(), store.settled(range(1)), store.settled(range(1, 2)), store.settled(range(1, 3))) == (
        3, 2, 0, 1)


def test_runs_are_read_by_seed_then_in_the_order_that_is_asked_for(store: Any) -> None:
    store.prepare(range(3))
    tasks = store.pending()
    store.record([done(tasks[2], 0.25), TaskResult(tasks[3], FAILED, "bad luck", None, 2.0)])
    rows = store.runs(("as written", "dear"), (5, 7), "outcomes")
    assert [(row.point, row.seed, row.status, row.reason, row.seconds, content) for row, content in rows] == [
        ("as written", 5, DONE, "", 1.0, {"A": {"market_share": 0.25}}), ("dear", 5, FAILED, "bad luck", 2.0, None),
        ("as written", 6, PENDING, "", 0.0, None), ("dear", 6, PENDING, "", 0.0, None)]
    assert [row.replicate for row, _ in store.runs(("dear",), (4, 7))] == [0, 1, 2]
    ((_, kept), (_, none)) = store.runs(("as written",), (4, 6), "kept")[::-1]
    assert (kept, none) == ({"kept": 0.25}, None)
    assert store.runs(("dear",), (5, 6))[0][1] is None


def test_what_lies_behind_a_replicate_is_forgotten(store: Any) -> None:
    store.prepare(range(3))
    tasks = store.pending()
    store.record([done(one) for one in tasks[:4]])
    store.forget_after(1)
    assert (len(store.runs(("as written", "dear"), (4, 7))), store.pending()) == (4, [])
    store.forget_after(0)
    assert len(store.runs(("as written", "dear"), (4, 7))) == 2


def test_the_same_market_at_two_points_is_one_run(tmp_path: Path) -> None:
    same = (Point("as written"), Point("again", {"firms.A.price": market().firms["A"].price}))
    asked = plan(points=same, replications=1)
    with opened(tmp_path / "study.sqlite", asked) as in_file:
        for store in (in_file, MemoryStore(asked)):
            store.prepare(range(1))
            (task,) = store.pending()
            assert store.record([done(task)]) == 2
            assert store.settled() == 2


def test_what_failed_is_done_again_where_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "study.sqlite"
    with opened(path, plan()) as store:
        store.prepare(range(2))
        tasks = store.pending()
        store.record([done(tasks[0]), *(TaskResult(one, FAILED, "bad luck", None, 2.0) for one in tasks[1:])])
    with opened(path, plan(replications=1), retry_failed=True) as store:
        assert [(one.point, one.replicate) for one in store.pending()] == [("dear", 0)]
    with opened(path, plan()) as store:
        assert (store.settled(), len(store.pending())) == (3, 1)


def test_what_a_store_says_has_one_hash_whenever_and_in_which_order_it_was_made(tmp_path: Path) -> None:
    def made(name: str, seconds: float, share: float = 0.5, backwards: bool = False, **changes: Any) -> str:
        with opened(tmp_path / name, plan()) as store:
            store.prepare(range(2))
            for task in store.pending()[:: -1 if backwards else 1]:
                store.record([replace(done(task, share), seconds=seconds, **changes)])
        return content_hash(tmp_path / name)

    assert made("a", 1.0) == made("b", 9.0, backwards=True)
    assert made("c", 1.0, share=0.25) != made("d", 1.0)
    assert made("f", 1.0, kept={"kept": 0.75}) != made("e", 1.0)
    assert len(made("g", 1.0)) == 16
    hashes = set()
    for reason in ("bad luck", "worse luck"):  # nothing is kept of a run that failed
        with opened(tmp_path / reason, plan()) as store:
            store.prepare(range(1))
            store.record([TaskResult(task, FAILED, reason, None, 1.0) for task in store.pending()])
        hashes.add(content_hash(tmp_path / reason))
    assert len(hashes) == 2
    with opened(tmp_path / "two", plan()), opened(tmp_path / "one", plan(points=(Point("as written"),))):
        pass
    assert content_hash(tmp_path / "two") != content_hash(tmp_path / "one")  # points without a run count, too


def test_a_stored_plan_is_the_plan_again(tmp_path: Path) -> None:
    path, asked = tmp_path / "study.sqlite", plan(year=1.5, replications=3)
    with opened(path, asked) as store:
        store.prepare(range(3))
    again = stored_plan(path)
    assert (again.seed, again.replications, again.end, again.outcomes) == (4, 3, 1.5, OUTCOMES)
    assert [again.key(name, 2) for name in asked.facts] == [asked.key(name, 2) for name in asked.facts]
    layout = read_results(path).layout
    assert (layout.points, layout.firms, layout.factors, layout.replications, layout.seeds) == (
        ("as written", "dear"), ("A", "B"), ("firms.A.price",), 3, (4, 7))
    assert layout.settings["dear"] == {"firms.A.price": 12.0}
    with store_file.reading(path) as connection:
        assert connection.execute('SELECT replicate, "firms.A.price" FROM results WHERE point = ?', ("dear",)
                                  ).fetchall() == [(0, 12.0), (1, 12.0), (2, 12.0)]
        assert connection.execute("SELECT count(DISTINCT session) FROM manifest").fetchone() == (1,)
    with opened(tmp_path / "none", asked):
        pass
    assert (stored_plan(tmp_path / "none").replications, read_results(tmp_path / "none").layout.seeds) == (1, (0, 0))
    with opened(path, asked):
        pass
    with store_file.reading(path) as connection:
        assert connection.execute("SELECT count(DISTINCT session) FROM manifest").fetchone() == (1,)


@pytest.mark.parametrize(("base", "other", "patch"), [
    ({"a": 1}, {"a": 1}, {}), ({"a": 1}, {"a": 2}, {"a": 2}), ({"a": 1}, {}, {"a": None}), ({}, {"a": {}}, {"a": {}}),
    ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, {"a": {"c": None}}), ({"a": {"b": 1}}, {"a": 3}, {"a": 3}),
    ({"a": 3}, {"a": {"b": 1}}, {"a": {"b": 1}}), ({"a": [1, 2]}, {"a": [1]}, {"a": [1]}),
])
def test_a_patch_turns_one_mapping_into_the_other(base: Any, other: Any, patch: Any) -> None:
    assert patch_between(base, other) == patch
    assert patched(base, patch) == other


def test_proofs_on_new_seeds_lie_beside_a_study_and_are_read_where_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "study.sqlite"
    with opened(path, plan()) as store:
        store.prepare(range(2))
        store.prepare(range(FIRST_PROOF, FIRST_PROOF + 3))
    usual, proven = read_results(path), read_results(path, proofs=True)
    assert (usual.layout.replications, usual.layout.seeds, usual.proofs) == (2, (4, 6), 6)
    assert (proven.layout.replications, proven.layout.seeds) == (5, (4, 4 + FIRST_PROOF + 3))
    assert (stored_plan(path).replications, stored_plan(path).seed) == (2, 4)


def test_what_differs_in_another_scenario_is_told_up_to_three_values(tmp_path: Path) -> None:
    path = tmp_path / "study.sqlite"
    with opened(path, plan()):
        pass
    for count, says in ((3, r"firms\.A\.lock is 0 there, 1 here\)\."), (5, r", 2 more\)\.")):
        changes = {"firms.A.lock": 1.0, "firms.A.promise": 0.5, "firms.A.quality": 0.5, "firms.A.rewards": 0.1,
                   "firms.A.surprise": 0.1}
        scenario = load({"question": "Who stays?", "firms": {"A": {}, "B": {}}, "clock": {"years": 2},
                         "market": {"customers": 60}}, dict([*changes.items()][:count]))
        with pytest.raises(ValueError, match=says), opened(path, plan(scenario)):
            pass


def test_where_the_scenario_of_a_store_lies_is_found_from_the_store(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "market.yaml").write_text("question: Who stays?\nfirms: {A: {}, B: {}}\n")
    asked = plan(load(tmp_path / "mine" / "market.yaml"))
    with opened(tmp_path / "study.sqlite", asked):
        pass
    source = stored_plan(tmp_path / "study.sqlite").scenario.source
    assert (Path(source.folder), source.name) == (tmp_path / "mine", asked.scenario.source.name)


def test_a_plan_has_twenty_replicates_unless_told() -> None:
    assert RunPlan(market()).layout.seeds == (1, 21)


def test_a_run_is_as_large_as_its_people_times_its_periods() -> None:
    assert plan().facts["as written"].size == plan().scenario.market.customers * 24


def test_no_more_scenarios_are_kept_at_hand_than_said() -> None:
    points = tuple(Point(f"point {number}", {"firms.A.quality": 0.3 + 0.005 * number}) for number in range(70))
    variants = replace(plan(), points=points).variants
    for name in variants:
        assert variants[name].firms["A"].quality == pytest.approx(0.3 + 0.005 * int(name.split()[1]))
    assert isinstance(variants, Variants)
    assert len(variants._at_hand) == REMEMBERED
