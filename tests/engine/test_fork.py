"""A market can be forked at any moment; the fork goes on as the one that was never stopped."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from markets import differing, random_market, small_market, walked

from sim.engine.world import BORN
from sim.market.simulation import Simulation
from sim.period import PASSES
from sim.scenario.load import load


@pytest.mark.parametrize("seed", [3, 11, 12, 31])
@pytest.mark.parametrize("executor", ["numpy", "numba"])
def test_a_fork_goes_on_as_the_market_that_was_never_stopped(seed: int, executor: str) -> None:
    if executor == "numba":
        pytest.importorskip("numba")
    scenario = random_market(seed)
    never_stopped = walked(scenario, 16, executor=executor, records="all")
    original = walked(scenario, 7, executor=executor, records="all")
    fork = original.fork()
    before = {name: column.copy() for name, column in original.world.columns().items()}
    for _ in range(9):
        fork.step()
    assert all(np.array_equal(column, before[name]) for name, column in original.world.columns().items())
    for _ in range(9):
        original.step()
    assert differing(never_stopped, fork) == []
    assert differing(never_stopped, original) == []
    assert fork.records().transactions is not None
    for name in ("period", "customer", "firm", "amount", "margin"):
        kept, other = getattr(never_stopped.records().transactions, name), getattr(fork.records().transactions, name)
        assert np.array_equal(kept, other)


EVENTFUL: dict[str, Any] = {
    "question": "Is nothing lost at a fork?",
    "clock": {"period": "month", "years": 2.0, "warm_up_years": 0.25},
    "market": {"customers": 90, "growth": {"kind": "bass", "start_share": 0.3, "imitation_per_year": 2.0},
               "leave_per_year": 0.3, "season": {"amplitude": 0.3}},
    "product": {"contract": {"regular": True, "weeks": 26.0, "inertia": 0.6}},
    "budget": {"mode": "share_of_revenue", "share": 0.2},
    "firms": {
        "Rush": {"strategy": "transactional", "capacity": 40},
        "Root": {"strategy": "relationship", "information": "emotion", "care": {"proactive": 0.5},
                 "win_back": {"reach": 3.0}, "price_cut": {"depth": 0.2, "every_weeks": 13}},
        "Copy": {"strategy": "follower", "settings": {"copies": "Rush", "lag_weeks": 9}},
    },
    "events": [
        {"kind": "outage", "year": 0.2, "lasts_weeks": 30, "severity": 0.6, "firms": ["Root"]},
        {"kind": "levers", "year": 0.4, "lasts_weeks": 20, "set": {"lock": 2.0}, "firms": ["Rush"]},
        {"kind": "strategy", "year": 0.6, "strategy": "mixed", "firms": ["Copy"]},
        {"kind": "market", "year": 0.5, "lasts_weeks": 26, "set": {"demand": 0.6, "switching_cost": 1.0}},
    ],
}
"""Everything that has a memory: diffusion, contracts, seasons, strategies that look back, events in the middle."""


def _onward(course: Simulation, periods: int) -> Simulation:
    for _ in range(periods):
        course.step()
    return course


@pytest.mark.parametrize(("executor", "at"), [
    ("python", 7), *((fast, at) for fast in ("numpy", "numba") for at in (0, 1, 6, 11)),
])
def test_nothing_is_lost_at_a_fork_whenever_it_is_taken(executor: str, at: int) -> None:
    """With events under way, contracts, diffusion and strategies that look back: columns, books, purchases, events."""
    if executor == "numba":
        pytest.importorskip("numba")
    scenario, end = load(EVENTFUL, {"market.customers": 14 if executor == "python" else 90}), 14
    whole = walked(scenario, end, executor=executor, records="all")
    original = walked(scenario, at, executor=executor, records="all")
    first = _onward(original.fork(), end - at)
    second = _onward(original.fork(), end - at)
    for fork in (first, second, _onward(original, end - at)):
        assert differing(whole, fork) == []
        assert fork.book.states == whole.book.states
        assert fork.totals.market.tolist() == whole.totals.market.tolist()
        assert fork.capped == whole.capped
        assert fork.recorder._events == whole.recorder._events
        purchases, expected = fork.records().transactions, whole.records().transactions
        assert purchases is not None
        assert expected is not None
        for name, column in vars(expected).items():
            assert np.array_equal(getattr(purchases, name), column), name


def test_a_fork_of_a_fork_goes_on_as_the_market_that_was_never_stopped() -> None:
    whole = walked(load(EVENTFUL), 12)
    fork = walked(load(EVENTFUL), 2)
    for _ in range(5):
        fork = _onward(fork.fork(), 2)
    assert differing(whole, fork) == []


def test_a_fork_copies_what_changes_and_shares_what_was_born() -> None:
    """Nothing that a phase writes is shared, so no fork can reach into another."""
    written = {target for phases in PASSES.values() for phase in phases for _, target in phase.targets}
    born = {column for columns in BORN.values() for column in columns}
    assert not born & written
    course = walked(load(EVENTFUL), 3)
    fork = course.fork()
    assert fork.world.friend_of is course.world.friend_of
    for name, column in course.world.columns().items():
        struct, field = name.split(".")
        shared = np.shares_memory(column, fork.world.columns()[name])
        assert shared == (field in BORN.get(struct, ())), name


def test_a_market_cannot_be_forked_in_the_middle_of_a_period() -> None:
    course = walked(load(EVENTFUL), 2)
    course.book.open(2, 50)
    with pytest.raises(RuntimeError, match="between two periods"):
        course.fork()


def test_a_fork_is_free_to_go_its_own_way() -> None:
    """What happens to the fork does not happen to the original."""
    original = walked(small_market(customers=60), 3)
    fork = original.fork()
    fork.world.tie.trust[:] = 0.0
    fork.step()
    assert original.now == 3
    assert fork.now == 4
    assert original.world.tie.trust.any()


def test_records_of_a_market_survive_pickling() -> None:
    records = walked(small_market(customers=60), 5, records="all").records()
    again = pickle.loads(pickle.dumps(records))
    assert np.array_equal(records.ledger, again.ledger)
    assert np.array_equal(records.ties["trust"], again.ties["trust"])


def test_a_finished_market_says_so() -> None:
    course = walked(small_market({"clock.years": 0.25}, customers=20), 99)
    assert course.done
    assert course.periods == 3
    with pytest.raises(StopIteration, match="ran its 3 periods"):
        course.step()
