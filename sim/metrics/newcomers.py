"""What newly won customers are worth and whether they come back (C64, F20)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.history import purchases_of
from sim.metrics.arithmetic import ratio, unknown
from sim.metrics.registry import metric
from sim.records import Floats, Ints, Records


@metric("money", "discounted contribution of the first year of customers won in the year before last / these customers",
        "Lewis 2006 (F20)")
def newcomer_value_money(records: Records) -> Floats:
    """What a newly won customer brings in the first year: contribution after all costs of this customer.

    For period t: customers whose first purchase lies in the year that ended a year ago; each one's contribution over
    a year from the first purchase, discounted to it. NaN until two years are known or where nobody was won.
    """
    won = _won(records)
    if won is None:
        return unknown(records)
    return _over_a_year(won.value, won.newcomers, records.year)


@metric("share", "customers won in the year before last who bought again within a year / these customers", "C64")
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


def _won(records: Records) -> _Won | None:
    rows = records.transactions
    if rows is None:
        return None
    shape = (records.periods, len(records.firms))
    never = records.periods
    first = np.full((shape[1], records.people_count), never, dtype=np.int64)
    bought = purchases_of(records)
    np.minimum.at(first, (bought.firm, bought.customer), bought.period.astype(np.int64))
    first[first == never] = -1
    newcomers = np.zeros(shape, dtype=np.int64)
    firm, person = np.nonzero(first >= 0)
    np.add.at(newcomers, (first[firm, person], firm), 1)
    value = _discounted(records, first, shape)
    start = first[bought.firm, bought.customer]
    within = (bought.period > start) & (bought.period < start + records.year)
    people = max(records.people_count, 1)
    returned = np.divmod(np.unique(bought.firm[within].astype(np.int64) * people + bought.customer[within]), people)
    back = np.zeros(shape, dtype=np.int64)
    np.add.at(back, (first[returned], returned[0]), 1)
    return _Won(newcomers, value, back)


def _discounted(records: Records, first: Ints, shape: tuple[int, int]) -> Floats:
    rows = records.transactions
    value = np.zeros(shape)
    if rows is not None:
        start = first[rows.firm, rows.customer]
        age = rows.period - start
        within = (start >= 0) & (age >= 0) & (age < records.year)
        factor = (1.0 + records.scenario.money.discount_rate) ** (-age[within] / records.periods_per_year)
        np.add.at(value, (start[within], rows.firm[within]), rows.margin[within] * factor / records.minor_units)
    return value


def _over_a_year(total: Floats | Ints, people: Ints, year: int) -> Floats:
    """Sum over the customers won in the year that ended a year ago, divided by their number; NaN before."""
    result: Floats = np.full(people.shape, np.nan)
    many, all_of_them = np.cumsum(total, axis=0), np.cumsum(people, axis=0)
    for t in range(2 * year - 1, people.shape[0]):
        end, start = t - year, t - 2 * year
        before = (many[start], all_of_them[start]) if start >= 0 else (0, 0)
        result[t] = ratio(many[end] - before[0], all_of_them[end] - before[1])
    return result
