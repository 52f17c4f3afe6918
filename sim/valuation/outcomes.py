"""What is read off a run at one date: metrics by firm."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sim.metrics.registry import Metric, all_metrics, define
from sim.records.records import Floats, Records, window_periods
from sim.scenario.calendar import Calendar
from sim.scenario.schema import Scenario
from sim.text.words import suggestion

EQUITY = "customer_equity_money"

Outcomes = dict[str, dict[str, float]]
"""Firm -> outcome -> number; NaN where a metric is not known."""


def metric_units() -> dict[str, str]:
    """Unit of every metric."""
    return {name: one.unit for name, one in all_metrics().items()}


def known_outcomes(names: Iterable[str | Metric] | str | Metric) -> tuple[str, ...]:
    """The names, each once, where all of them are metrics; a metric itself stands for its name.

    Raises:
        ValueError: there is no such metric, or none is named.

    >>> known_outcomes(["market_share", "market_share"]), known_outcomes("market_share")
    (('market_share',), ('market_share',))
    """
    asked = (names,) if isinstance(names, str | Metric) else tuple(names)
    outcomes = tuple(dict.fromkeys(_name_of(one) for one in asked))
    metrics = all_metrics()
    for name in outcomes:
        if name not in metrics:
            raise ValueError(f"There is no metric {name!r}; {suggestion(name, list(metrics))}")
    if not outcomes:
        raise ValueError("Name at least one outcome, e.g. customer_equity_money.")
    return outcomes


def _name_of(one: str | Metric) -> str:
    """The name of a metric; one that nobody knows yet becomes known."""
    if not isinstance(one, Metric):
        return one
    if all_metrics().get(one.name) is not one:
        define(one)
    return one.name


def outcomes_of(records: Records, outcomes: Iterable[str], year: float) -> Outcomes:
    """These metrics of every firm at a date (years from the end of the warm-up; the date is the end of a period).

    A survey metric takes the last survey up to the date. Customer equity is computed from what was known then.

    Raises:
        ValueError: the date is not inside the run.
    """
    place, metrics = period_at(records, year), all_metrics()
    columns = {name: value_at(metrics[name], records, place) for name in outcomes}
    return {firm: {name: float(values[f]) for name, values in columns.items()}
            for f, firm in enumerate(records.firms)}


def value_at(one: Metric, records: Records, place: int) -> Floats:
    """A metric at the end of a period [F]; of a survey metric the last survey up to it."""
    if one.kind != "survey":
        return one.at(records, place)
    whole: Floats = np.broadcast_to(one(records), (records.periods, len(records.firms)))
    return last_known(whole[: place + 1])


def period_at(records: Records, year: float) -> int:
    """The period that ends at a date; the first one for date 0 without a warm-up.

    Raises:
        ValueError: the date is not inside the run.
    """
    place = _period_that_ends(year, records.warm_up, records.periods_per_year)
    if not -1 <= place <= records.periods or year < 0:
        raise ValueError(f"Year {year:g} is not inside the run, which ends with year {records.years[-1]:g}.")
    return min(max(0, place), records.periods - 1)


def _period_that_ends(year: float, warm_up: int, periods_per_year: float) -> int:
    return warm_up + round(year * periods_per_year) - 1


def purchases_needed_from(scenario: Scenario, outcomes: Iterable[str], year: float) -> int:
    """The first period whose purchases these outcomes at this date are made of: a run need not keep any others.

    See `sim.metrics.registry.Reading`; customer equity looks back two years, or less.
    """
    metrics, calendar = all_metrics(), Calendar.of(scenario.clock)
    wanted = {metrics[name].reading.purchases for name in outcomes}
    if "all" in wanted:
        return 0
    per_year = float(calendar.periods_per_year)
    after = max(0, _period_that_ends(year, calendar.warm_up, per_year)) + 1
    if "lately" not in wanted:
        return after
    a_year = max(1, round(per_year))
    return max(0, after - a_year - max(a_year, window_periods(scenario, float(calendar.weeks_per_period))))


def last_known(values: Floats) -> Floats:
    """The last value in time that is a number, per firm; NaN where there is none.

    >>> last_known(np.array([[1.0, np.nan], [2.0, np.nan], [np.nan, np.nan]])).tolist()
    [2.0, nan]
    """
    known = np.isfinite(values)
    last = values.shape[0] - 1 - np.argmax(known[::-1], axis=0)
    return np.where(known.any(axis=0), values[last, np.arange(values.shape[1])], np.nan)
