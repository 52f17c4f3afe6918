"""What a told number is worth: a run that gives it again, and who is ahead over several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.text.language import tr
from sim.text.words import suggestion

RUNS = 10
"""Runs by which it is judged who is ahead."""


def value_of(scenario: Any, seed: int, metric: str, firm: str, overrides: Mapping[str, Any] | None = None) -> float:
    """A metric of a firm at the end of one run.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: there is no such metric or firm, or the seed is none.
    """
    found = values_of(scenario, seed, metric, overrides)
    if firm not in found:
        raise ValueError(tr("There is no firm {firm} here; {there}", firm=repr(firm), there=suggestion(firm, found)))
    return found[firm]


def values_of(scenario: Any, seed: int, metric: str, overrides: Mapping[str, Any] | None = None) -> dict[str, float]:
    """A metric of every firm at the end of one run.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: there is no such metric, or the seed is none.
    """
    from sim.runs.execute import checked_seed, prepared, run_market
    from sim.runs.outcomes import known_outcomes, outcomes_of

    chosen = prepared(scenario, overrides)
    found = outcomes_of(run_market(chosen, checked_seed(seed), "auto"), known_outcomes([metric]), chosen.clock.years)
    return {firm: values[metric] for firm, values in found.items()}


def sure_leader(scenario: Any, metric: str) -> str:
    """Who of the first two firms is ahead over ten runs, by the 95 % interval of the paired difference; "" for nobody.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: there is no such metric.
    """
    from sim.studies.replicate import replicate

    row = replicate(scenario, RUNS).table([metric]).iloc[0]
    return str(row["firm_b"]) if row["low"] > 0 else str(row["firm_a"]) if row["high"] < 0 else ""


def leader_of(scenario: Any, metric: str, seed: int) -> str:
    """Who is surely ahead; where nobody is, who is ahead in the run of this seed.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: there is no such metric, or the seed is none.
    """
    found = sure_leader(scenario, metric)
    if found:
        return found
    values = values_of(scenario, seed, metric)
    return max(values, key=lambda firm: values[firm])


def same_number(told: float, true: float) -> bool:
    """Whether a number is another one, rounded to as many digits as it is told with (three at least).

    >>> same_number(1234.6, 1234.567), same_number(1230, 1234.567), same_number(1234.7, 1234.567)
    (True, True, False)
    """
    digits = max(3, len(f"{abs(told):.15g}".replace(".", "").strip("0")))
    return abs(told - true) <= 1e-9 * abs(true) or f"{told:.{digits}g}" == f"{true:.{digits}g}"
