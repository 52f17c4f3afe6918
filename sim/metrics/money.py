"""Profit and loss by firm, and what a customer costs. Costs to acquire and keep are outputs, never inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.metrics.arithmetic import last_year, money, ratio
from sim.metrics.registry import BOOKS, metric
from sim.records.records import Floats, Ints, Records

ACQUIRE = ("advertising",)
KEEP = ("relations", "rewards", "recovery", "care", "win_back")
SERVE = ("serving", "service", "people", "capacity")


def profit(records: Records) -> Ints:
    """Revenue less all costs, per period and firm [T, F], minor units. Price cuts are already missing in revenue."""
    return records.account("revenue") - records.costs()


def _from_warm_up(records: Records, values: NDArray[Any]) -> Floats:
    """Cumulative sum from the end of the warm-up in the order of time; NaN before."""
    counted = np.arange(records.periods)[:, None] >= records.warm_up
    return np.where(counted, np.cumsum(np.where(counted, values, 0), axis=0), np.nan)


@metric("money", "account revenue of the ledger", reading=BOOKS, better="higher")
def revenue_money(records: Records) -> Floats:
    """What customers paid in the period."""
    return money(records, records.account("revenue"))


@metric("money", "account price_cuts of the ledger (a memorandum: already missing in revenue)", reading=BOOKS)
def price_cuts_money(records: Records) -> Floats:
    """Revenue given away by price cuts in the period."""
    return money(records, records.account("price_cuts"))


@metric("money", "advertising + service + people + capacity + relations + rewards + recovery + care + win-back",
        reading=BOOKS)
def marketing_money(records: Records) -> Floats:
    """What the firm spent in the period on winning, serving better and keeping customers."""
    names = (*ACQUIRE, *KEEP, "service", "people", "capacity")
    return money(records, records.costs(*names))


@metric("money", "revenue − all costs", reading=BOOKS, better="higher")
def profit_money(records: Records) -> Floats:
    """Profit of the period, not discounted."""
    return money(records, profit(records))


@metric("money", "sum of profit since the end of the warm-up", kind="cumulative", reading=BOOKS,
        label="profit to date", better="higher", headline=2)
def cumulative_profit_money(records: Records) -> Floats:
    """Profit to date, not discounted. NaN during the warm-up."""
    return money(records, _from_warm_up(records, profit(records)))


@metric("money", "sum of profit · (1 + annual rate)^−(years since the warm-up) since the end of the warm-up",
        "timing: money.first_margin", "cumulative", reading=BOOKS,
        label="discounted profit to date", better="higher", headline=3)
def cumulative_discounted_profit_money(records: Records) -> Floats:
    """Profit to date, discounted to the end of the warm-up (see `Records.discount`). NaN during the warm-up."""
    factor = np.nan_to_num(records.discount())[:, None]
    return _from_warm_up(records, money(records, profit(records)) * factor)


def _per(records: Records, costs: Ints, people: Ints) -> Floats:
    return ratio(money(records, last_year(costs, records.year)), people)


@metric("money", "last year's advertising / new and returned customers of last year", "C71", reading=BOOKS,
        better="lower")
def cost_to_acquire_money(records: Records) -> Floats:
    """Money spent per customer won, over the last year or so far. Mass advertising also reminds those who are won."""
    won = records.count("new_customers") + records.count("returned_customers")
    return _per(records, records.costs(*ACQUIRE), last_year(won, records.year))


def _mean_customers(records: Records) -> Floats:
    """Active customers, mean of the last year."""
    spent = np.minimum(np.arange(records.periods) + 1, records.year)[:, None]
    return last_year(records.count("active_customers"), records.year) / spent


@metric("money", "last year's relations, rewards, recovery, care, win-back / mean active customers", "C71",
        reading=BOOKS, better="lower")
def cost_to_keep_money(records: Records) -> Floats:
    """Money spent per customer and year on keeping, over the last year or so far."""
    return ratio(money(records, last_year(records.costs(*KEEP), records.year)), _mean_customers(records))


@metric("money", "last year's serving, service, people, capacity / mean active customers", "C71", reading=BOOKS,
        better="lower")
def cost_to_serve_money(records: Records) -> Floats:
    """Money spent per customer and year on serving, over the last year or so far (goods not included)."""
    return ratio(money(records, last_year(records.costs(*SERVE), records.year)), _mean_customers(records))
