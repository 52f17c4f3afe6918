"""One run among many, reduced to the few numbers that were asked for: outcomes by firm at one date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sim.course import Course, Options
from sim.experiments.engine import checked_seed
from sim.scenario.schema import Scenario
from sim.valuation.outcomes import Outcomes, known_outcomes, outcomes_of, purchases_needed_from

__all__ = ["Outcomes", "known_outcomes", "outcomes_of", "run_for_outcomes"]


def run_for_outcomes(
    scenario: Scenario, seed: int, outcomes: Iterable[str], year: float, options: Options | None = None
) -> Outcomes:
    """Run one market to its end and keep only these numbers. The same market as `sim.run`, bit for bit.

    Raises:
        ValueError: the seed is not a whole number from 0 to 2^53, or the date is not inside the run.
    """
    luck = checked_seed(seed)
    people = scenario.runs.world_seed
    wanted = tuple(outcomes)
    needed = purchases_needed_from(scenario, wanted, year)
    how = replace(options or Options(), shares_people=True, keeps_from=needed)
    course = Course(scenario, luck, luck if people is None else people, how)
    while not course.done:
        course.step()
    return outcomes_of(course.records(), wanted, year)
