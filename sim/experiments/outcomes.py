"""One run among many, reduced to the few numbers that were asked for: outcomes by firm at one date."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sim.course import Course, Options
from sim.experiments.engine import checked_seed
from sim.experiments.summary import EQUITY, last_known, metric_units, period_at
from sim.metrics.registry import shipped_metrics
from sim.records import Floats, Records
from sim.scenario.schema import Scenario
from sim.scenario.words import suggestion
from sim.valuation.person import customer_equity

Outcomes = dict[str, dict[str, float]]
"""Firm -> outcome -> number; NaN where a metric is not known."""


def known_outcomes(names: Iterable[str]) -> tuple[str, ...]:
    """The names themselves, each once, where all of them are metrics.

    Raises:
        ValueError: there is no such metric, or none is named.

    >>> known_outcomes(["market_share", "market_share"])
    ('market_share',)
    """
    found = tuple(dict.fromkeys(names))
    units = metric_units()
    for name in found:
        if name not in units:
            raise ValueError(f"There is no metric {name!r}; {suggestion(name, list(units))}")
    if not found:
        raise ValueError("Name at least one outcome, e.g. customer_equity_money.")
    return found


def outcomes_of(records: Records, outcomes: Iterable[str], year: float) -> Outcomes:
    """These metrics of every firm at a date: the numbers that `summarise` gives, without all the others.

    Raises:
        ValueError: the date is not inside the run.
    """
    place, metrics = period_at(records, year), shipped_metrics()
    shape, found = (records.periods, len(records.firms)), {}
    for name in outcomes:
        if name == EQUITY:
            whole = place == records.periods - 1
            values = customer_equity(records if whole else records.until(place + 1)).customer_equity
        else:
            array: Floats = np.broadcast_to(metrics[name](records), shape)
            values = last_known(array[: place + 1]) if metrics[name].kind == "survey" else array[place]
        found[name] = values
    return {
        firm: {name: float(values[f]) for name, values in found.items()} for f, firm in enumerate(records.firms)
    }


def run_for_outcomes(
    scenario: Scenario, seed: int, outcomes: Iterable[str], year: float, options: Options | None = None
) -> Outcomes:
    """Run one market to its end and keep only these numbers. The same market as `sim.run`, bit for bit.

    Raises:
        ValueError: the seed is not a whole number from 0 to 2^53, or the date is not inside the run.
    """
    luck = checked_seed(seed)
    people = scenario.runs.world_seed
    course = Course(scenario, luck, luck if people is None else people, options)
    while not course.done:
        course.step()
    return outcomes_of(course.records(), outcomes, year)
