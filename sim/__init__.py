"""Clientele: an agent-based market laboratory. Customers with needs and emotions meet firms that deal or relate.

    import sim
    run = sim.run("first_look", seed=7)          # one run, as tables
    sim.compare("leaky_bucket").table()          # the what-ifs of a scenario, paired
    sim.replicate("first_look", 20).table()      # its firms side by side over 20 runs
    sim.drivers("first_look").table()            # what value, brand and relationship add
    sim.truth("first_look").scores()             # estimates of customer value against the true ones
    sim.flip("leaky_bucket").explain()           # the smallest change that reverses the winner, proven
    sim.draw("customers_over_time", run)         # a picture; `sim.figures.names()` lists them
    sim.report("leaky_bucket").save("r.html")    # a report for a board, in one file

Everything is loaded when first used: `import sim` loads neither mesa, pandas, numba nor matplotlib. Where each name
comes from stands once, in `__init__.pyi`, which type checkers read too; a study is found by its name.
"""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from typing import Any

_STUB = ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
_HOMES = {alias.name: line.module for line in _STUB.body if isinstance(line, ast.ImportFrom) and line.module != "sim"
          for alias in line.names}
_ROOMS = ("equity", "figures", "games", "teaching")
"""Folders that can be used without a second import: `sim.figures.names()`."""

__all__ = sorted([*_HOMES, "reload"])


def reload() -> None:
    """Load everything anew, so that an edited rule takes effect in a running notebook.

    Objects made before (markets, runs) stay as they are; make new ones.
    """
    import sys

    for name in [name for name in sys.modules if name.startswith(f"{__name__}.")]:
        del sys.modules[name]
        globals().pop(name.removeprefix(f"{__name__}."), None)


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    if name in _HOMES:
        return getattr(import_module(str(_HOMES[name])), name)
    from sim.registry import STUDIES

    if name in STUDIES.names():
        return STUDIES.find(name)
    raise AttributeError(f"module 'sim' has no {name!r}; it has {', '.join(sorted(_HOMES))}")


def __dir__() -> list[str]:
    """The public names and rooms."""
    return sorted({*__all__, *_ROOMS, *(name for name in globals() if name.startswith("__"))})
