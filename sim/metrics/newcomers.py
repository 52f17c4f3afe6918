"""What newly won customers are worth and whether they come back (C64, F20)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.metrics.arithmetic import ratio, unknown
from sim.metrics.registry import metric
from sim.records.history import first_purchases, once, purchases_of
from sim.records.records import Floats, Ints, Records
from sim.records.transactions import Transactions


@metric("money", "discounted contribution of the first year of customers won in the year before last / these customers",
        "Lewis 2006 (F20)", label="value of a new customer", better="higher")
def newcomer_value_money(records: Records) -> Floats:
    """What a newly won customer brings in the first year: contribution after all costs of this customer.

    For period t: customers whose first purchase lies in the year that ended a year ago; each one's contribution over
    a year from the first purchase, discounted to it. NaN until two years are known or where nobody was won.
    """
    won = _won(records)
    if won is None:
        return unknown(records)
    return _over_a_year(won.value, won.newcomers, records.year)


@metric("share", "customers won in the year before last who bought again within a year / these customers", "C64",
        better="higher")
def newcomers_back_share(records: Records) -> Floats:
    """Of the newly won, the share who bought at the firm again within a year (in a later period than the first).

    For period t: customers whose first purchase lies in the year that ended a year ago. NaN until two years are known.
    """
    won = _won(records)
    if won is None:
        return unknown(records)
    return _over_a_year(won.back, won.newcomers, records.year)


@dataclass(frozen=True)
class _Won:
    """By period of the first purchase and firm [T, F]: people, their discounted first year, those who came back."""

    newcomers: Ints
    value: Floats
    back: Ints


@once
def _won(records: Records) -> _Won | None:
    rows = records.transactions
    if rows is None:
        return None
    shape, people = (records.periods, len(records.firms)), records.people_count
    first = first_purchases(records).ravel()
    met = np.flatnonzero(first >= 0)
    newcomers = _counted(first[met], met // max(people, 1), shape)
    bought = purchases_of(records)
    tie = bought.tie(people)
    since = bought.period - first[tie]
    again = np.zeros(first.size, dtype=np.bool_)
    again[tie[(since > 0) & (since < records.year)]] = True
    returned = np.flatnonzero(again)
    back = _counted(first[returned], returned // max(people, 1), shape)
    return _Won(newcomers, _discounted(records, rows, first), back)


def _counted(period: Ints, firm: Ints, shape: tuple[int, int]) -> Ints:
    """How many there are of each period and firm [T, F]."""
    return np.bincount(period * shape[1] + firm, minlength=shape[0] * shape[1]).astype(np.int64).reshape(shape)


def _discounted(records: Records, rows: Transactions, first: Ints) -> Floats:
    """Contribution of everybody's first year, discounted to the first purchase, by its period and firm [T, F]."""
    year, firms = records.year, len(records.firms)
    start = first[rows.tie(records.people_count)]
    age = rows.period - start
    within = np.flatnonzero((start >= 0) & (age >= 0) & (age < year))
    worth = (1.0 + records.scenario.money.discount_rate) ** (-np.arange(year) / records.periods_per_year)
    amounts = rows.margin[within] * worth[age[within]] / records.minor_units
    places = start[within] * firms + rows.firm[within]
    value = np.bincount(places, amounts, records.periods * firms)  # added in the order of the rows
    return value.astype(np.float64, copy=False).reshape(-1, firms)


def _over_a_year(total: Floats | Ints, people: Ints, year: int) -> Floats:
    """Sum over the customers won in the year that ended a year ago, divided by their number; NaN before."""
    result: Floats = np.full(people.shape, np.nan)
    nobody = np.zeros((1, people.shape[1]))
    many, everybody = (np.concatenate([nobody, np.cumsum(each, axis=0)]) for each in (total, people))
    result[2 * year - 1 :] = ratio(many[year:-year] - many[: -2 * year], everybody[year:-year] - everybody[: -2 * year])
    return result
