"""A market can be forked at any moment; the fork goes on as the one that was never stopped."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from markets import differing, random_market, small_market, walked


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
