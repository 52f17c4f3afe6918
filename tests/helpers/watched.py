"""A small market whose runs are watched, as a file in a folder of its own, and studies of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.runs.plan import Point, RunPlan
from sim.scenario.load import load
from sim.scenario.schema import Scenario

HERE = Path(__file__).parent
OUTCOMES = ("market_share", "cumulative_profit_money")
FAILS = ("the strategy 'watched' of Root fails: RuntimeError: luck {} is bad (watched_strategy.py, line 30: "
         'raise RuntimeError(f"luck {{course.seed}} is bad"))')
"""What is said of a run that the strategy fails on purpose."""
TEXT = """
question: Who stays?
clock: {{period: quarter, years: 1}}
market: {{customers: 60}}
firms:
  Rush: {{}}
  Root: {{price: 10, strategy: "{strategy}:Watched", settings: {{{settings}}}}}
"""


@dataclass(frozen=True)
class Line:
    """One line of the log: which process, which run (seed and price), begin or end."""

    process: int
    seed: int
    price: float
    what: str


def write_market(folder: Path, **settings: float) -> Path:
    """The scenario file; its strategy is the one beside this module."""
    folder.mkdir(parents=True, exist_ok=True)
    told = ", ".join(f"{name}: {value}" for name, value in settings.items())
    path = folder / "watched.yaml"
    path.write_text(TEXT.format(settings=told, strategy=(HERE / "watched_strategy.py").as_posix()), encoding="utf-8")
    return path


def watched_market(folder: Path, **settings: float) -> Scenario:
    """The scenario, loaded."""
    return load(write_market(folder, **settings))


def priced(scenario: Scenario, replications: int, prices: tuple[float, ...] = (9.0, 11.0), seed: int = 5) -> RunPlan:
    """An experiment over Root's price."""
    points = tuple(Point(f"price {price:g}", {"firms.Root.price": price}) for price in prices)
    return RunPlan(scenario, points, replications, seed, OUTCOMES)


def lines_of(log: Path, what: str = "end") -> list[Line]:
    """What the log says."""
    if not log.exists():
        return []
    found = [text.split() for text in log.read_text(encoding="utf-8").splitlines()]
    return [Line(int(a), int(b), float(c), d) for a, b, c, d in found if d == what]
