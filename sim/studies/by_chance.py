"""The coin toss beside a result: what the headline would be in the same market with every mechanism switched off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Unpack

from sim.metrics.headlines import headline_of
from sim.runs.execute import ScenarioLike, checked_seed, prepared
from sim.runs.execution import Execution, ExecutionOptions
from sim.runs.plan import Point, RunPlan
from sim.runs.results import Results
from sim.runs.runner import conduct
from sim.scenario.effective import MECHANISMS
from sim.statistics.intervals import Interval, mean_interval
from sim.studies.keywords import check_keywords

BY_CHANCE = "by chance alone"
RUNS = 8
"""Runs unless others are asked for: enough for a floor in whole percent, few enough to stand beside other results."""
ALL_OFF: Mapping[str, Any] = {f"mechanisms.{name}": 0.0 for name in MECHANISMS}


@dataclass(frozen=True)
class ByChance:
    """The floor under a headline: `metrics` it is made of, `firms`, and the `results` of the runs behind it."""

    metrics: tuple[str, ...]
    firms: tuple[str, ...]
    results: Results

    def level(self, metric: str, firm: str) -> Interval:
        """Mean of a metric of a firm over the runs, with its 95 % t interval."""
        return mean_interval(self.results.column(BY_CHANCE, metric, firm, self.results.complete))

    def levels(self) -> dict[str, tuple[float, ...]]:
        """The means by metric, one for each firm; nothing where no run was done."""
        return {metric: tuple(self.level(metric, firm).value for firm in self.firms)
                for metric in self.metrics if self.results.n}


def by_chance(
    scenario: ScenarioLike, replications: int = RUNS, *, seed: int | None = None, year: float | None = None,
    overrides: Mapping[str, Any] | None = None, **execution: Unpack[ExecutionOptions],
) -> ByChance:
    """Run a scenario with the strength of every mechanism at 0 and read off what the scenario is judged by.

    People then buy by price, chance and who comes to mind; nothing they live through changes them. What a headline
    is above this floor is what the mechanisms make of the firms' efforts. The runs have the seeds of the first ones
    of the scenario as written.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: a number is out of range.

    >>> small = {"question": "Who stays?", "firms": {"A": {}, "B": {}}, "clock": {"years": 1},
    ...          "market": {"customers": 40}}
    >>> by_chance(small, 2).metrics
    ('repeat_rate_share', 'wallet_share')
    """
    check_keywords(execution, ExecutionOptions, ("replications", "seed", "year", "overrides"))
    chosen = prepared(scenario, overrides)
    metrics = headline_of(chosen)
    plan = RunPlan(chosen, (Point(BY_CHANCE, ALL_OFF),), replications,
                   checked_seed(chosen.runs.seed if seed is None else seed), metrics, year)
    return ByChance(metrics, tuple(chosen.firms), conduct(plan, Execution.of(execution)))
