"""What everybody was expected, at a date, to bring every firm: the first form's estimate, or what the run then showed.

A valuation gives one number per person and firm, in minor units of money of its date, and what belongs to no person.
Every person has a value for every firm: today's customers (bought within the active window), and everybody else (in the
market without being a customer: prospects and lapsed; or still to come). So nobody counts twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.metrics.money import ACQUIRE, profit
from sim.records.history import Flags, active_at, in_market
from sim.records.records import Floats, Ints, Records
from sim.valuation.decomposition import contributions
from sim.valuation.person import Equity, customer_equity


@dataclass(frozen=True)
class StatementTerms:
    """Between which periods, valued how: the basis in a word, the horizon in periods."""

    start: int
    end: int
    horizon: int
    basis: str

    @classmethod
    def of(cls, records: Records, start: float, end: float, basis: str) -> StatementTerms:
        """Dates in years since the end of the warm-up, turned into periods and checked.

        Raises:
            ValueError: a date outside of the run, dates in the wrong order or further apart than the horizon.
        """
        per_year = records.periods_per_year
        last = records.years[-1] if records.periods else 0.0
        for name, year in (("start", start), ("end", end)):
            if not (np.isfinite(year) and -1e-9 <= year <= last + 1e-9):
                raise ValueError(f"{name}: year {year:g} is not inside the run; a year from 0 to {last:g}")
        first, after = (records.warm_up + round(year * per_year) for year in (start, end))
        horizon = max(1, round(records.scenario.money.equity_horizon_years * per_year))
        if after <= first:
            raise ValueError(f"end: year {end:g} must lie at least one period after the start, year {start:g}")
        if after - first > horizon:
            raise ValueError(f"end: year {end:g} lies more than the horizon ({horizon / per_year:g} years) after year "
                             f"{start:g}; choose dates closer together or a longer money.equity_horizon_years")
        return cls(first, after, horizon, basis)


@dataclass(frozen=True)
class Members:
    """Who everybody is to every firm when so many periods are over: four classes, each person in one of them.

    `customer` [F, N]: bought within the active window and in the market; `other` [F, N]: in the market, not a customer;
    `to_come`, `left` [N]: not yet, and no longer, in the market.
    """

    customer: Flags
    other: Flags
    to_come: Flags
    left: Flags


@dataclass(frozen=True)
class Valuation:
    """Expected value at the start of period `start`, in minor units of that date.

    `persons` [F, N]: contributions of the coming periods up to the horizon, discounted. `sooner`: the part of it within
    the first `short` periods. `costs` [2, F]: what winning customers (advertising), and what all have in common, will
    still cost over the horizon. `draws`, `sooner_draws` [R, F, N], `cost_draws` [2, R, F]: the futures of which these
    are the means; None where the value has no Monte Carlo error. `notes`: what to know before believing it.
    """

    start: int
    persons: Floats
    sooner: Floats
    costs: Floats
    draws: Floats | None = None
    sooner_draws: Floats | None = None
    cost_draws: Floats | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def of_draws(cls, start: int, draws: Floats, sooner: Floats, costs: Floats, notes: tuple[str, ...]) -> Valuation:
        """The means of futures, which are kept for their errors."""
        return cls(start, draws.mean(axis=0), sooner.mean(axis=0), costs.mean(axis=1), draws, sooner, costs, notes)


@dataclass(frozen=True)
class ValuationHorizon:
    """What is valued: from the start of period `start`, `periods` ahead, and the part within `short` periods."""

    start: int
    periods: int
    short: int


Valuer = Callable[[Records, ValuationHorizon], Valuation]


def members(records: Records, start: int) -> Members:
    """The classes after `start` periods; before the first period nobody is a customer."""
    seen = max(start - 1, 0)
    customer, present = active_at(records, start - 1), in_market(records, seen)
    to_come: Flags = records.people["enters"] > seen
    return Members(customer, present & ~customer, to_come, ~present & ~to_come)


def estimate(records: Records, ahead: ValuationHorizon) -> Valuation:
    """The first form of customer equity (`sim.valuation.person`), from what was known at the date.

    It knows the customers one by one and everybody else as one pool: the pool's value is shared equally among its
    people, and stands against the cost to win them where there is nobody in it.

    Raises:
        ValueError: the date is too early to look back, or a firm had customers for less than the time looked back on.
    """
    if records.transactions is None or ahead.start < 2:
        raise ValueError(_too_early(records, ahead.start, "it needs two periods and kept purchases"))
    known, per_year = records.until(ahead.start), records.periods_per_year
    equity, sooner = (customer_equity(known, periods / per_year) for periods in (ahead.periods, ahead.short))
    for firm, value in zip(records.firms, equity.customer_equity, strict=True):
        if not np.isfinite(value):
            raise ValueError(_too_early(records, ahead.start, f"{firm} had no customer a year before"))
    classes = members(records, ahead.start)
    pool = classes.other | classes.to_come
    heads = np.count_nonzero(pool, axis=1)

    def spread(value: Equity) -> Floats:
        share = np.divide(value.future, heads, out=np.zeros(heads.shape), where=heads > 0)
        return records.minor_units * np.where(pool, share[:, None], value.residual)

    of_nobody = np.where(heads > 0, 0.0, equity.future)
    costs = records.minor_units * np.stack([equity.advertising - of_nobody, equity.shared_costs])
    return Valuation(ahead.start, spread(equity), spread(sooner), costs)


def hindsight(records: Records, ahead: ValuationHorizon) -> Valuation:
    """What the run then showed, to the horizon or to the end of the record: values that are known to the last cent.

    Raises:
        ValueError: the run kept no purchases.
    """
    rows = records.transactions
    if rows is None:
        raise ValueError('Hindsight needs purchases: run with records="all" or fewer customers.')
    worth, wait = np.nan_to_num(records.discount(ahead.start)), np.arange(records.periods) - ahead.start
    shape = (len(records.firms), records.people_count)

    def brought(periods: int) -> Floats:
        inside = np.where(wait < periods, worth, 0.0)[rows.period]
        value = np.bincount(rows.tie(shape[1]), weights=rows.margin * inside, minlength=shape[0] * shape[1])
        return np.asarray(value, dtype=np.float64).reshape(shape)

    inside = np.where(wait < ahead.periods, worth, 0.0)[:, None]
    spent = records.costs(*ACQUIRE)
    shared = contributions(records) - spent - profit(records)
    costs = np.stack([(spent * inside).sum(axis=0), (shared * inside).sum(axis=0)])
    return Valuation(ahead.start, brought(ahead.periods), brought(ahead.short), costs)


def whole(values: Floats, groups: NDArray[np.bool_]) -> Ints:
    """Whole minor units [F, N] whose sum over the people of a group, and over all others, is the rounded sum.

    Every number is less than one unit away from its value.

    >>> whole(np.array([[0.4, 0.4, 0.4, 7.6]]), np.array([[True, True, True, False]])).tolist()
    [[0, 1, 0, 8]]
    """
    units = np.zeros(values.shape, dtype=np.int64)
    for firm, group in enumerate(groups):
        for flags in (group, ~group):
            sums = np.floor(np.cumsum(values[firm, flags]) + 0.5).astype(np.int64)
            units[firm, flags] = np.diff(sums, prepend=0)
    return units


def _too_early(records: Records, start: int, why: str) -> str:
    year = (start - records.warm_up) / records.periods_per_year
    return f"Customer equity cannot be estimated at year {year:g}: {why}. Take a later date."
