"""One run among many: done from beginning to end; what is read off it is `sim.valuation.outcomes`."""

from __future__ import annotations

from sim.market.simulation import Options, Simulation
from sim.records.records import Records
from sim.runs.execute import checked_seed
from sim.scenario.schema import Scenario
from sim.valuation.outcomes import Outcomes, known_outcomes, outcomes_of

__all__ = ["Outcomes", "known_outcomes", "outcomes_of", "whole_run"]


def whole_run(scenario: Scenario, seed: int, options: Options | None = None) -> Records:
    """Run one market to its end. The same market as `sim.run`, bit for bit.

    Raises:
        ValueError: the seed is not a whole number from 0 to 2^53.
    """
    luck = checked_seed(seed)
    people = scenario.runs.world_seed
    course = Simulation(scenario, luck, luck if people is None else people, options)
    while not course.done:
        course.step()
    return course.records()
