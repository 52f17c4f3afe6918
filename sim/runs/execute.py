"""From a scenario to records: the one place where studies meet the market."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, SupportsInt

from sim.market.simulation import Options, Simulation
from sim.records.records import Keep, Records
from sim.scenario.load import load, ready_to_run
from sim.scenario.schema import Scenario

ScenarioLike = Scenario | str | Path | Mapping[str, Any]


def prepared(what: ScenarioLike, overrides: Mapping[str, Any] | None = None, customers: int | None = None) -> Scenario:
    """The scenario meant: loaded where it is a name, a file or a mapping, changed by the overrides, with firms.

    Raises:
        ScenarioError: everything that is wrong with it, at once.
    """
    changes = dict(overrides or {})
    if customers is not None:
        changes["market.customers"] = customers
    return ready_to_run(load(what, changes))


def checked_seed(seed: int) -> int:
    """The seed itself, where it is a whole number from 0 to 2^53.

    >>> checked_seed(7)
    7
    """
    if isinstance(seed, bool) or not isinstance(seed, SupportsInt) or not 0 <= seed <= 2**53 or int(seed) != seed:
        raise ValueError(f"A seed is a whole number from 0 to 2^53, not {seed!r}.")
    return int(seed)


def whole_run(scenario: Scenario, seed: int, options: Options | None = None) -> Records:
    """Run one market to its end, without Mesa's face: the same as `sim.Market`, bit for bit."""
    first, people = checked_seed(seed), scenario.runs.world_seed
    course = Simulation(scenario, first, first if people is None else people, options)
    while not course.done:
        course.step()
    return course.records()


def run_market(scenario: Scenario, seed: int, keep: Keep) -> Records:
    """Run one market to its end and keep all purchases, only totals, or decide by size."""
    return whole_run(scenario, seed, Options(records=keep))
