"""Running passes: which executor, how many threads. The results are the same bits whatever is chosen here.

Compiling is done aside: the first runs use NumPy while another process fills the cache; later runs load it.
`CLIENTELE_BACKGROUND=0` switches it off. One process at a time compiles, whoever asked.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args

from sim.engine import compiled
from sim.engine.cache import cache_folder
from sim.engine.executors import BLOCK, run
from sim.engine.generating import Names
from sim.engine.phase import Program
from sim.engine.world import Totals, World
from sim.numerics.elementary import HAS_NUMBA

Executor = Literal["auto", "python", "numpy", "numba"]
COMPILING_PAYS = 3_000_000
"""Customer-periods from which a cold compile (10 to 20 s) is worth its time."""
LOADING_PAYS = 20_000
"""Customer-periods from which loading a compiled engine from the cache (0.2 s) is worth its time."""
THREADS_PAY = 20_000
"""Customers from which a second thread pays."""
COMPILES_AT_MOST = 180.0
"""Seconds after which a compiling process counts as dead."""


def chosen(executor: Executor, world: World, program: Program, periods: int) -> str:
    """The executor that will run: as asked, or the fastest for this much work that is ready.

    Raises ValueError for an unknown name, and ImportError where numba is asked for and cannot be imported.
    """
    if executor not in get_args(Executor):
        allowed = ", ".join(get_args(Executor))
        raise ValueError(f"executor={executor!r}: there is no such executor; choose from {allowed}")
    if executor == "numba" and not HAS_NUMBA:
        raise ImportError('executor="numba": numba cannot be imported here; use "numpy" (the same numbers, slower)')
    if executor != "auto":
        return executor
    if not HAS_NUMBA:
        return "numpy"
    work, names = world.n * periods, Names.of(world.p, world.m)
    if work >= COMPILING_PAYS or compiled.loaded(program, names):
        return "numba"
    if work < LOADING_PAYS:
        return "numpy"
    if compiled.warm(program, names):
        return "numba"
    compile_aside(program.compiler)
    return "numpy"


def compile_aside(compiler: str) -> bool:
    """Start a process that compiles the engine into the cache, unless one is at it. Says whether it was started.

    `compiler` is a module that does it when it is run with the path of the mark to take away; "" for none.
    """
    folder = cache_folder()
    if not compiler or os.environ.get("CLIENTELE_BACKGROUND") == "0" or not sys.executable or folder is None:
        return False
    mark = folder / f"compiling_{compiled.rules_hash()}"
    try:
        if mark.exists() and time.time() - mark.stat().st_mtime > COMPILES_AT_MOST:
            mark.unlink(missing_ok=True)
        mark.touch(exist_ok=False)
    except OSError:
        return False
    paths = os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", ""))))
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", compiler, str(mark)], env={**os.environ, "PYTHONPATH": paths},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )
    except OSError:
        mark.unlink(missing_ok=True)
        return False
    process.returncode = 0  # nobody waits for it, on purpose: Python shall not warn that it is still running
    return True


class Engine:
    """Runs the passes of a program on a world. `threads=None`: two or more only where they pay."""

    def __init__(
        self, world: World, program: Program, periods: int = 1, executor: Executor = "auto",
        threads: int | None = None, block: int = BLOCK,
    ) -> None:
        if threads is not None and threads < 1:
            raise ValueError(f"threads={threads}: at least 1")
        if block < 1:
            raise ValueError(f"block={block}: at least 1 customer")
        self.executor = chosen(executor, world, program, periods)
        self.block, self.program = block, program
        self.kernels = compiled.kernels(program, Names.of(world.p, world.m)) if self.executor == "numba" else {}
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
        many = world.n >= THREADS_PAY and self.executor == "numba"
        self.threads = threads if threads is not None else (cores if many else 1)

    def run(self, name: str, world: World, totals: Totals) -> None:
        """Run one pass of the program on everybody and add up what it counts."""
        cuts = [world.n * place // self.threads for place in range(self.threads + 1)]
        parts = [(low, high) for low, high in pairwise(cuts) if high > low]
        work = self._work(name, world)
        if len(parts) == 1:
            work(*parts[0], totals)
        elif parts:
            shares = [Totals.zero(totals.count.shape[1]) for _ in parts]
            with ThreadPoolExecutor(len(parts)) as pool:
                list(pool.map(lambda part, share: work(*part, share), parts, shares))
            for share in shares:
                totals.add(share)

    def _work(self, name: str, world: World) -> Any:
        if self.executor == "numba":
            kernel, common = self.kernels[name], compiled.packed(world)
            return lambda low, high, totals: compiled.call(kernel, world, totals, (low, high, self.block), common)
        phases, size = self.program.passes[name], self.block
        if self.executor == "python":
            return lambda low, high, totals: run(phases, world, totals, range(low, high))
        return lambda low, high, totals: run(
            phases, world, totals, [slice(a, min(a + size, high)) for a in range(low, high, size)]
        )

    def __deepcopy__(self, memo: dict[int, Any]) -> Engine:
        """An engine has no state: forks of a market share it."""
        return self
