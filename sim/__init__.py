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
    from sim.firms.plans import Plan, Seen
    from sim.firms.strategies import Strategy
    from sim.market.customer import Customer
    from sim.market.firm import Firm
    from sim.market.market import Market
    from sim.records.records import Records
    from sim.reports.board import Report, report
    from sim.runs.replay import Replay, replay
    from sim.runs.run import Run, run
    from sim.scenario import Scenario, ScenarioError, load
    from sim.studies.calibrate import Calibration, calibrate
    from sim.studies.compare import Comparison, compare
    from sim.studies.draw import draw, save_pictures
    from sim.studies.drivers import Drivers, drivers
    from sim.studies.equity_report import EquityReport, equity_report
    from sim.studies.flip import Flip, flip
    from sim.studies.ladder import Ladder, ladder
    from sim.studies.optimise import Optimum, optimise
    from sim.studies.replicate import Replication, replicate
    from sim.studies.sample import Sample, sample
    from sim.studies.sensitivity import Sensitivity, sensitivity
    from sim.studies.stress import StressTest, stress
    from sim.studies.sweep import Sweep, sweep
    from sim.studies.truth import TruthStudy, truth
    from sim.studies.winner_map import WinnerMap, winner_map
    from sim.studies.written_study import study
    from sim.true_values.result import Truth

_HOMES = {
    "load": "sim.scenario", "Scenario": "sim.scenario", "ScenarioError": "sim.scenario",
    "run": "sim.runs.run", "Run": "sim.runs.run",
    "compare": "sim.studies.compare", "Comparison": "sim.studies.compare",
    "replicate": "sim.studies.replicate", "Replication": "sim.studies.replicate",
    "replay": "sim.runs.replay", "Replay": "sim.runs.replay",
    "drivers": "sim.studies.drivers", "Drivers": "sim.studies.drivers",
    "equity_report": "sim.studies.equity_report", "EquityReport": "sim.studies.equity_report",
    "truth": "sim.studies.truth", "TruthStudy": "sim.studies.truth", "Truth": "sim.true_values.result",
    "sweep": "sim.studies.sweep", "Sweep": "sim.studies.sweep",
    "sample": "sim.studies.sample", "Sample": "sim.studies.sample",
    "sensitivity": "sim.studies.sensitivity", "Sensitivity": "sim.studies.sensitivity",
    "winner_map": "sim.studies.winner_map", "WinnerMap": "sim.studies.winner_map",
    "flip": "sim.studies.flip", "Flip": "sim.studies.flip",
    "ladder": "sim.studies.ladder", "Ladder": "sim.studies.ladder",
    "stress": "sim.studies.stress", "StressTest": "sim.studies.stress",
    "optimise": "sim.studies.optimise", "Optimum": "sim.studies.optimise",
    "calibrate": "sim.studies.calibrate", "Calibration": "sim.studies.calibrate",
    "study": "sim.studies.written_study",
    "Market": "sim.market.market", "Customer": "sim.market.customer", "Firm": "sim.market.firm",
    "Records": "sim.records.records",
    "Strategy": "sim.firms.strategies", "Plan": "sim.firms.plans", "Seen": "sim.firms.plans",
    "draw": "sim.studies.draw", "save_pictures": "sim.studies.draw",
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
