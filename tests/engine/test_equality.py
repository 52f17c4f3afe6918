"""One text of the rules, three ways to run it: plain Python, NumPy and numba give the same bits."""

from __future__ import annotations

from functools import cache

import pytest
from markets import differing, random_market, state_of, walked

from sim.market.simulation import Simulation
from sim.numerics.elementary import HAS_NUMBA
from sim.scenario.schema import Scenario

needs_numba = pytest.mark.skipif(not HAS_NUMBA, reason="numba cannot be imported here")
COMPILED = [pytest.param("numba", threads, block, marks=needs_numba) for threads in (1, 2) for block in (1, 37, 2048)]
BLOCKS = [("numpy", threads, block) for threads in (1, 2) for block in (1, 37, 2048)]
WAYS = [("python", 1, 2048), ("python", 2, 37), *BLOCKS, *COMPILED]
PEOPLE = {1: 20, 2: 20, 4: 14, 9: 8, 31: 4}
LEVELS = ("basic", "heart", "full")


def scenario_for(firms: int, level: str) -> Scenario:
    return random_market(1000 + 10 * firms + LEVELS.index(level), customers=PEOPLE[firms], firms=firms, level=level)


@cache
def reference(firms: int, level: str) -> Simulation:
    return walked(scenario_for(firms, level), 3)


@cache
def long_walk(seed: int) -> Simulation:
    return walked(random_market(seed), 30)


@pytest.mark.parametrize(("executor", "threads", "block"), WAYS)
@pytest.mark.parametrize("firms", sorted(PEOPLE))
def test_every_way_of_running_a_market_gives_the_same_bits(firms: int, executor: str, threads: int, block: int) -> None:
    slow = executor == "python" or (executor == "numpy" and block == 1)
    for level in (LEVELS[firms % 3 :][:1] if slow else LEVELS):
        other = walked(scenario_for(firms, level), 3, executor=executor, threads=threads, block=block)
        assert differing(reference(firms, level), other) == []


@needs_numba
@pytest.mark.parametrize("seed", range(20))
def test_numpy_and_numba_agree_over_many_periods_of_a_random_market(seed: int) -> None:
    other = walked(random_market(seed), 30, executor="numba", threads=2, block=7)
    assert differing(long_walk(seed), other) == []


@needs_numba
def test_many_people_in_many_blocks_on_two_threads() -> None:
    scenario = random_market(4, customers=5000, firms=3, level="full")
    one = walked(scenario, 6, block=1024)
    for threads, block in ((1, 2048), (2, 2048), (2, 37)):
        assert differing(one, walked(scenario, 6, executor="numba", threads=threads, block=block)) == []


def test_a_difference_of_one_bit_would_be_seen() -> None:
    scenario = random_market(1, customers=20, firms=2)
    one, other = walked(scenario, 2), walked(scenario, 2)
    other.world.tie.trust.view("uint32")[1, 7] ^= 1
    assert differing(one, other) == ["tie.trust"]


def test_the_random_markets_are_alive() -> None:
    """A test of equality says something only where much happens: most counts and accounts must move in some market."""
    moved: set[str] = set()
    for seed in range(20):
        course = long_walk(seed)
        moved |= {name for name, values in state_of(course).items() if values.any()}
        counts = course.recorder.counts[: course.now].any(axis=(0, 2))
        moved |= {f"count.{place}" for place, happened in enumerate(counts) if happened}
    missing = {f"count.{place}" for place in range(len(counts))} - moved
    assert not missing, f"never counted in any random market: {missing}"
