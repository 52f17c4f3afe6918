"""Results depend on the scenario and the seeds, and on nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from markets import differing, digest, random_market, small_market, walked

from sim.market.simulation import Options, Simulation
from sim.numerics.elementary import HAS_NUMBA
from sim.scenario.load import load

ANOTHER_PROCESS = """
import sys
sys.path.insert(0, sys.argv[1])
from markets import digest, random_market, walked
print(digest(walked(random_market(12, customers=50), 12, executor=sys.argv[2])))
"""


def _digest_elsewhere(executor: str, hash_seed: str) -> str:
    helpers = Path(__file__).parents[1] / "helpers"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ANOTHER_PROCESS, str(helpers), executor],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )
    return done.stdout.strip()


@pytest.mark.system
@pytest.mark.parametrize(("executor", "hash_seed"), [("numpy", "0"), ("numpy", "4711"), ("numba", "1"), ("numba", "2")])
def test_another_process_with_another_hash_seed_gives_the_same_digest(executor: str, hash_seed: str) -> None:
    """With numba the second process reads the compiled passes from the cache of the first."""
    if executor == "numba" and not HAS_NUMBA:
        pytest.skip("numba cannot be imported here")
    here = digest(walked(random_market(12, customers=50), 12))
    assert _digest_elsewhere(executor, hash_seed) == here


def test_another_market_alive_changes_nothing() -> None:
    first, second = random_market(21, customers=30), random_market(22, customers=40)
    alone = walked(first, 8), walked(second, 8)
    together = Simulation(first, 5, 3, Options("numpy", 1)), Simulation(second, 5, 3, Options("numpy", 1))
    for _ in range(8):
        for course in together:
            course.step()
    assert [differing(*pair) for pair in zip(alone, together, strict=True)] == [[], []]


@pytest.mark.parametrize("seed", [5, 12, 13])
def test_being_watched_changes_nothing(seed: int) -> None:
    """Records kept in full, in totals, looked at in between, columns copied: the same market."""
    scenario = random_market(seed)
    watched = Simulation(scenario, 5, 3, Options("numpy", 1, records="all"))
    for _ in range(12):
        watched.step()
        watched.records()
        {name: column.mean() for name, column in watched.world.columns().items() if column.size}
    assert differing(walked(scenario, 12), watched) == []


def test_the_same_seeds_give_the_same_market_and_others_another() -> None:
    scenario = small_market(customers=100)
    assert digest(walked(scenario, 6)) == digest(walked(scenario, 6))
    assert digest(walked(scenario, 6)) != digest(walked(scenario, 6, seed=6))
    other_people = walked(scenario, 6, world_seed=4)
    assert not np.array_equal(other_people.world.me.rate, walked(scenario, 6).world.me.rate)


def test_a_what_if_that_changes_nothing_differs_by_exactly_nothing() -> None:
    data = {"question": "Who stays?", "market": {"customers": 80}, "firms": {"Rush": {}, "Root": {"quality": 0.7}}}
    written_out = {"firms.Rush.quality": 0.7, "psychology.choice.get": 9.0, "mechanisms.trust": 1.0}
    one, same = load(data), load(data, written_out)
    assert differing(walked(one, 12), walked(same, 12)) == []


def test_people_do_not_depend_on_how_many_others_there_are() -> None:
    """Customer 17 is the same person among 50 and among 400 (who their friends are does depend on it)."""
    few, many = walked(small_market(customers=50), 0).world, walked(small_market(customers=400), 0).world
    for struct in ("me", "tie", "need"):
        for name, column in getattr(few, struct)._asdict().items():
            assert np.array_equal(column, getattr(many, struct)._asdict()[name][..., :50]), f"{struct}.{name}"


def test_luck_does_not_depend_on_how_many_others_there_are() -> None:
    """With plans in fixed amounts per head and nobody to listen to, the first 50 live the same lives."""
    overrides = {"market.friends.graph": "none", "mechanisms.reviews": 0.0, "budget.per_person_per_year": 0.0}
    few, many = walked(small_market(overrides, customers=50), 12), walked(small_market(overrides, customers=400), 12)
    for name, column in few.world.columns().items():
        if not name.startswith("friend."):
            assert np.array_equal(column, many.world.columns()[name][..., :50]), name
