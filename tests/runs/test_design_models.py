"""The market behind a design: pairing, memory, stores, failing runs, Ctrl-C."""

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.runs.stored_plan import read_results
from sim.studies.asking import order
from sim.studies.model import FRESH, FunctionModel, function_questions, point_name

TINY = {
    "question": "Deals or relations?", "clock": {"years": 1.0}, "market": {"customers": 120},
    "firms": {"Rush": {"spending": {"advertising": 0.8}}, "Root": {"spending": {"relations": 0.6}, "quality": 0.8}},
    "what_if": {"worse": {"firms": {"Root": {"quality": 0.5}}}},
    "runs": {"seed": 40},
}


def test_a_function_is_asked_once_per_point_and_replicate():
    asked = []

    def function(x, seed):
        asked.append((x["a"], seed))
        return x["a"] * seed

    model = FunctionModel(function, function_questions(function, []), seed=10)
    first = model.answers([{"a": 1.0}, {"a": 2.0}, {"a": 1.0}], range(2))[0]
    assert first.difference.tolist() == [[10.0, 11.0], [20.0, 22.0], [10.0, 11.0]]
    model.answers([{"a": 1.0}], range(3))
    assert asked == [(1.0, 10), (1.0, 11), (2.0, 10), (2.0, 11), (1.0, 12)]
    assert model.runs == 5


def test_the_market_answers_as_a_comparison_does():
    """Seeds, what-ifs and firms are those of `sim.compare`: the same numbers."""
    asked = order(TINY, {"pair": ["as written", "worse"], "firm": "Root", "outcome": "market_share"}, 2)
    found = asked.answers([{}])
    compared = sim.compare(TINY, 2, what_if="worse")
    assert found.a[0].tolist() == compared.values("as written", "market_share", "Root").tolist()
    assert found.b[0].tolist() == compared.values("worse", "market_share", "Root").tolist()


def test_points_are_paired_and_later_replicates_join_the_earlier_ones():
    asked = order(TINY, {"outcome": "market_share"}, 2)
    whole = order(TINY, {"outcome": "market_share"}, 4).answers([{}, {"product.margin": 0.4}])
    first = asked.answers([{}])
    more = asked.answers([{}, {"product.margin": 0.4}], range(4))
    assert more.difference[0, :2].tolist() == first.difference[0].tolist()
    assert more.difference.tolist() == whole.difference.tolist()


def test_with_a_store_nothing_is_run_twice_and_proofs_lie_in_it_too(tmp_path: Path, monkeypatch):
    store = tmp_path / "study.sqlite"
    options = {"outcome": "market_share", "store": store}
    points = [{}, {"product.margin": 0.4}]
    one = order(TINY, options, 2)
    plain, fresh = one.answers(points), one.answers(points[:1], range(FRESH, FRESH + 2))
    assert [path.name for path in tmp_path.glob("*.sqlite")] == ["study.sqlite"]
    found = read_results(store)
    assert (found.proofs, found.layout.replications, found.layout.seeds) == (2, 2, (40, 42))
    assert len(read_results(store, proofs=True).table()) == 2 * (4 + 2)
    monkeypatch.setattr("sim.runs.task.whole_run", None)  # a run would now fail
    again = order(TINY, options, 2)
    assert again.answers(points).difference.tolist() == plain.difference.tolist()
    assert again.answers(points[:1], range(FRESH, FRESH + 2)).difference.tolist() == fresh.difference.tolist()


def test_a_store_is_carried_on_with_more_replicates_and_more_points(tmp_path: Path):
    options = {"outcome": "market_share", "store": tmp_path / "study.sqlite"}
    short = order(TINY, options, 2)
    short.answers([{}])
    grown = short.answers([{}, {"product.margin": 0.4}], range(3))
    bare = order(TINY, {"outcome": "market_share"}, 3).answers([{}, {"product.margin": 0.4}])
    assert grown.difference.tolist() == bare.difference.tolist()


def test_a_run_that_fails_is_left_out_and_the_others_count(monkeypatch):
    import sim.runs.task as work

    plain = work.whole_run

    def run(scenario, seed, *more):
        if seed == 41:
            raise RuntimeError("bad luck")
        return plain(scenario, seed, *more)

    monkeypatch.setattr(work, "whole_run", run)
    asked = order(TINY, {"outcome": "market_share"}, 3)
    found = asked.answers([{}])
    assert np.isfinite(found.difference[0]).tolist() == [True, False, True]
    assert np.isfinite(found.mean[0])
    assert "bad luck" in asked.model.failed[0]


def test_when_every_run_fails_the_reason_is_told(monkeypatch):
    def run(*given):
        raise RuntimeError("no luck at all")

    monkeypatch.setattr("sim.runs.task.whole_run", run)
    with pytest.raises(ValueError, match="no luck at all"):
        order(TINY, {"outcome": "market_share"}, 2).answers([{}])


def test_ctrl_c_stops_a_design_and_says_what_was_left():
    def stop(done, total, what):
        if done == 2:
            raise KeyboardInterrupt

    asked = order(TINY, {"outcome": "market_share", "progress": stop}, 3)
    with pytest.raises(KeyboardInterrupt, match="still to do"):
        asked.answers([{}, {"product.margin": 0.4}])


def test_progress_goes_on_over_all_steps_of_a_design():
    told = []
    asked = order(TINY, {"outcome": "market_share", "progress": lambda *words: told.append(words[:2])}, 2)
    asked.model.plan(6)
    asked.answers([{}])
    asked.answers([{"product.margin": 0.4}, {"product.margin": 0.3}])
    assert told[-1] == (6, 6)
    assert {total for _, total in told} == {6}
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_names_of_points_say_what_changes_and_long_ones_are_hashes_of_it():
    assert point_name({"a": 1.5}, "worse") == "worse: a=1.5"
    many = {f"product.number_{k}": float(k) for k in range(9)}
    assert point_name(many) == point_name(dict(reversed(many.items())))
    assert point_name(many) != point_name({**many, "product.number_1": 2.0})
    assert len(point_name({"events": [{"kind": "outage", "note": "x" * 300}]})) < 40
