"""Runs of a study share the cores of the machine: the same rows in the same order as one after the other."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from conducting import conduct

import sim
from sim.numerics.elementary import HAS_NUMBA
from sim.runs import execution, pools
from sim.runs.plan import Point, RunPlan
from sim.runs.task import Task, TaskResult
from sim.scenario.load import load

MARKET = {
    "question": "Who stays?", "clock": {"period": "month", "years": 1}, "market": {"customers": 400},
    "firms": {"A": {}, "B": {"quality": 0.8}}, "what_if": {"dear": {"firms": {"A": {"price": 12.0}}}},
}


@pytest.fixture
def three_cores(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Three cores, whatever this machine has; gives the names of the threads that did runs."""
    used: set[str] = set()
    real = pools.run_batch

    def watched(batch: Any) -> list[TaskResult]:
        used.add(threading.current_thread().name)
        return real(batch)

    monkeypatch.setattr(execution, "cores", lambda: 3)
    monkeypatch.setattr(pools, "run_batch", watched)
    return used


@pytest.mark.skipif(not HAS_NUMBA, reason="without numba runs are done one after the other")
def test_threads_give_the_same_table_as_one_run_after_the_other(three_cores: set[str]) -> None:
    plan = RunPlan(load(MARKET), (Point("a"), Point("b", {"firms.A.price": 9.0})), 6, 1)
    sim.run(MARKET)  # the engine is loaded
    threaded = conduct(plan).table()
    assert len(three_cores) > 1
    three_cores.clear()
    serial = conduct(plan, workers=0).table()
    assert three_cores == {"MainThread"}
    assert threaded.equals(serial)


def test_a_precise_comparison_needs_as_many_runs_in_threads_as_without(three_cores: set[str]) -> None:
    threaded = sim.compare(MARKET, precision=0.2)
    serial = sim.compare(MARKET, precision=0.2, workers=0)
    assert threaded.n == serial.n
    assert threaded.table("all").equals(serial.table("all"))


def test_results_come_in_the_order_of_the_tasks_and_few_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "run_batch", lambda some: [some[0].number])
    ahead = []

    def tasks() -> Any:
        for number in range(20):
            ahead.append(number)
            yield Task(number, str(number), "a", number, number)

    def pack(some: Any) -> Any:
        return some

    found = []
    for results in pools.in_threads(tasks(), pack, 3):
        found.append(results[0])
        assert len(ahead) - len(found) <= 4
    assert found == list(range(20))


def test_fewer_than_no_workers_are_refused() -> None:
    with pytest.raises(ValueError, match="workers=-1: 0"):
        sim.compare(MARKET, 2, workers=-1)
