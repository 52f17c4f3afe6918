"""Compile the engine into its cache: `python -m sim.market.compiling`. Runs aside while the first runs use NumPy."""

from __future__ import annotations

import sys
from pathlib import Path

from sim.engine import compiled, engine
from sim.engine.generating import Names
from sim.market.simulation import PROGRAM, Options, Simulation
from sim.numerics import elementary
from sim.period.constants import constants, strengths_row
from sim.scenario.effective import strengths
from sim.scenario.load import load
from sim.scenario.schema import Scenario

COMPILING_PAYS_FOR_MANY = 20_000_000
"""Customer-periods of many runs together from which waiting for a cold compile (10 to 20 s) pays at once."""


def compile_now() -> None:
    """Compile every pass: one period of the smallest market."""
    Simulation(_tiny(), 1, 1, Options(executor="numba", records="totals")).step()


def _tiny() -> Scenario:
    """A market of ten."""
    return load({"question": "Is everything compiled?", "firms": {"Root": {}}}, {"market.customers": 10})


def _names() -> Names:
    """The names that the compiled loops depend on: the same for every scenario."""
    scenario = _tiny()
    return Names.of(constants(scenario), strengths_row(strengths(scenario)))


def is_ready() -> bool:
    """Whether nothing has to be compiled: it has been, on this machine, or it cannot be."""
    return not elementary.HAS_NUMBA or compiled.warm(PROGRAM, _names())


def will_compile(work: float) -> bool:
    """Whether `ready_executor` compiles first, for half a minute, for so many customer-periods."""
    return work >= COMPILING_PAYS_FOR_MANY and not is_ready()


def ready_executor(work: float, background: bool = True) -> str:
    """The executor for many runs of so many customer-periods together; where it is "numba", the cache is filled.

    Compiled where it has been compiled before, or where there is so much to do that waiting for it pays. Else "auto":
    each run decides; `background` says whether it may then have the engine compiled aside.
    """
    if not elementary.HAS_NUMBA or work < engine.LOADING_PAYS:
        return "auto"
    if is_ready():
        return "numba"
    if work >= COMPILING_PAYS_FOR_MANY:
        compile_now()
        return "numba"
    return "auto" if background else "numpy"


if __name__ == "__main__":
    try:
        compile_now()
    finally:  # take away the marks that say somebody is compiling
        for mark in sys.argv[1:]:
            Path(mark).unlink(missing_ok=True)
