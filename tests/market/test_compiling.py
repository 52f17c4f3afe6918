"""Which executor many runs together get, and that the engine is compiled before anybody waits for it."""

from __future__ import annotations

import pytest
from markets import small_market, walked

from sim.engine import compiled
from sim.engine.generating import Names
from sim.market import compiling
from sim.numerics.elementary import HAS_NUMBA

pytestmark = pytest.mark.skipif(not HAS_NUMBA, reason="numba cannot be imported here")


@pytest.mark.parametrize(
    ("work", "warm", "background", "executor", "compiles"),
    [
        (1e3, True, True, "auto", False), (1e6, True, True, "numba", False), (1e6, True, False, "numba", False),
        (1e6, False, True, "auto", False), (1e6, False, False, "numpy", False), (1e9, False, False, "numba", True),
    ],
)
def test_compiled_where_it_is_ready_or_pays(monkeypatch, work, warm, background, executor, compiles):
    done = []
    monkeypatch.setattr(compiled, "warm", lambda program, names: warm)
    monkeypatch.setattr(compiling, "compile_now", lambda: done.append(1))
    assert compiling.ready_executor(work, background) == executor
    assert bool(done) == compiles


def test_without_numba_every_run_decides(monkeypatch):
    monkeypatch.setattr("sim.numerics.elementary.HAS_NUMBA", False)
    assert compiling.ready_executor(1e9) == "auto"


def test_what_is_asked_for_is_what_a_market_runs():
    """The loops looked for in the cache are those of a market with people, though nobody is born to look."""
    market = walked(small_market(customers=20), 0)
    assert compiling._names() == Names.of(market.world.p, market.world.m)
