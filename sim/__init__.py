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

Everything is loaded when first used: `import sim` loads neither mesa, pandas, numba nor matplotlib.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.customer import Customer
    from sim.experiments.calibrate import Calibration, calibrate
    from sim.experiments.compare import Comparison, compare
    from sim.experiments.drivers import Drivers, drivers
    from sim.experiments.equity_report import EquityReport, equity_report
    from sim.experiments.flip import Flip, flip
    from sim.experiments.ladder import Ladder, ladder
    from sim.experiments.optimise import Optimum, optimise
    from sim.experiments.replicate import Replication, replicate
    from sim.experiments.run import Run, run
    from sim.experiments.sample import Sample, sample
    from sim.experiments.sensitivity import Sensitivity, sensitivity
    from sim.experiments.store import Replay, replay
    from sim.experiments.stress import StressTest, stress
    from sim.experiments.sweep import Sweep, sweep
    from sim.experiments.truth import Truth, TruthStudy, truth
    from sim.experiments.winner_map import WinnerMap, winner_map
    from sim.experiments.written_study import study
    from sim.firms import Firm
    from sim.market import Market
    from sim.pictures import draw, save_pictures
    from sim.plans import Plan, Seen
    from sim.records import Records
    from sim.reports.board import Report, report
    from sim.scenario import Scenario, ScenarioError, load
    from sim.strategies import Strategy

_HOMES = {
    "load": "sim.scenario", "Scenario": "sim.scenario", "ScenarioError": "sim.scenario",
    "run": "sim.experiments.run", "Run": "sim.experiments.run",
    "compare": "sim.experiments.compare", "Comparison": "sim.experiments.compare",
    "replicate": "sim.experiments.replicate", "Replication": "sim.experiments.replicate",
    "replay": "sim.experiments.store", "Replay": "sim.experiments.store",
    "drivers": "sim.experiments.drivers", "Drivers": "sim.experiments.drivers",
    "equity_report": "sim.experiments.equity_report", "EquityReport": "sim.experiments.equity_report",
    "truth": "sim.experiments.truth", "Truth": "sim.experiments.truth", "TruthStudy": "sim.experiments.truth",
    "sweep": "sim.experiments.sweep", "Sweep": "sim.experiments.sweep",
    "sample": "sim.experiments.sample", "Sample": "sim.experiments.sample",
    "sensitivity": "sim.experiments.sensitivity", "Sensitivity": "sim.experiments.sensitivity",
    "winner_map": "sim.experiments.winner_map", "WinnerMap": "sim.experiments.winner_map",
    "flip": "sim.experiments.flip", "Flip": "sim.experiments.flip",
    "ladder": "sim.experiments.ladder", "Ladder": "sim.experiments.ladder",
    "stress": "sim.experiments.stress", "StressTest": "sim.experiments.stress",
    "optimise": "sim.experiments.optimise", "Optimum": "sim.experiments.optimise",
    "calibrate": "sim.experiments.calibrate", "Calibration": "sim.experiments.calibrate",
    "study": "sim.experiments.written_study",
    "Market": "sim.market", "Customer": "sim.customer", "Firm": "sim.firms", "Records": "sim.records",
    "Strategy": "sim.strategies", "Plan": "sim.plans", "Seen": "sim.plans",
    "draw": "sim.pictures", "save_pictures": "sim.pictures",
    "report": "sim.reports.board", "Report": "sim.reports.board",
}

_ROOMS = ("equity", "figures")
"""Folders that can be used without a second import: `sim.figures.names()`."""

__all__ = [
    "Calibration", "Comparison", "Customer", "Drivers", "EquityReport", "Firm", "Flip", "Ladder", "Market", "Optimum",
    "Plan", "Records", "Replay", "Replication", "Report", "Run", "Sample", "Scenario", "ScenarioError", "Seen",
    "Sensitivity", "Strategy", "StressTest", "Sweep", "Truth", "TruthStudy", "WinnerMap", "calibrate", "compare",
    "draw", "drivers", "equity_report", "flip", "ladder", "load", "optimise", "reload", "replay", "replicate", "report",
    "run", "sample", "save_pictures", "sensitivity", "stress", "study", "sweep", "truth", "winner_map",
]


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
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module 'sim' has no {name!r}; it has {', '.join(sorted(_HOMES))}")


def __dir__() -> list[str]:
    """The public names and rooms."""
    return sorted({*_HOMES, *_ROOMS, "reload", *(name for name in globals() if name.startswith("__"))})
