"""Newcomers, and retention, which has several names, never one: kept for a year, repeat rate, defection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.engine.state import FIXED_POINT
from sim.metrics.arithmetic import check_same_people, count_by_period, ratio, unknown, unknown_at
from sim.metrics.registry import BOOKS, Reading, metric
from sim.records.history import (
    active_customers,
    first_purchases,
    kept_at,
    last_purchases,
    once,
    purchase_ties,
    since_first,
)
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
    return unknown(records) if won is None else _over_a_year(won.value, won.newcomers, records.year)


@metric("share", "customers won in the year before last who bought again within a year / these customers", "C64",
        better="higher")
def newcomers_back_share(records: Records) -> Floats:
    """Of the newly won, the share who bought at the firm again within a year (in a later period than the first).

    For period t: customers whose first purchase lies in the year that ended a year ago. NaN until two years are known.
    """
    won = _won(records)
    return unknown(records) if won is None else _over_a_year(won.back, won.newcomers, records.year)


@dataclass(frozen=True)
class _Won:
    """By period of the first purchase and firm [T, F]: people, their discounted first year, those who came back."""

    newcomers: Ints
    value: Floats
    back: Ints


@once
def _won(records: Records) -> _Won | None:
    if records.transactions is None:
        return None
    people, first, since = max(records.people_count, 1), first_purchases(records).ravel(), since_first(records)
    again = np.zeros(first.size, dtype=np.bool_)
    again[purchase_ties(records)[(since > 0) & (since < records.year)]] = True
    newcomers, back = (count_by_period(records, first[pairs], pairs // people)
                       for pairs in (np.flatnonzero(first >= 0), np.flatnonzero(again)))
    return _Won(newcomers, _first_years_value(records, records.transactions, first), back)


def _first_years_value(records: Records, rows: Transactions, first: Ints) -> Floats:
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


def _kept_at(records: Records, period: int) -> Floats:
    return unknown_at(records) if records.transactions is None else ratio(*kept_at(records, period))


@metric("share", "customers active a year ago who are active now / customers active a year ago", "C67",
        reading=Reading("lately", _kept_at), label="customers kept for one year", better="higher",
        over_time=True)
def kept_one_year_share(records: Records) -> Floats:
    """Of the customers of a year ago, the share who are customers now. NaN in the first year.

    Active means: bought within the active window and still in the market. Who left and came back counts as kept.
    """
    history = records.history
    return unknown(records) if history is None else ratio(history.kept, history.active_year_ago)


def _repeat_rate_at(records: Records, period: int) -> Floats:
    """The repeat rate of one period, out of its purchases and everybody's last ones before it."""
    if records.transactions is None:
        return unknown_at(records)
    before, people = records.purchases.between(0, period), records.people_count
    last = np.full(people, -1, dtype=np.int64)
    last[before.customer] = before.period  # rows come by period: the last one stays
    here = _Bought.of(records, period)
    wanted = np.zeros(people, dtype=bool)
    wanted[here.buyers] = True
    shares = np.zeros((len(records.firms), people))
    latest = before.rows(np.flatnonzero(wanted[before.customer] & (before.period == last[before.customer])))
    shares[latest.firm, latest.customer] = latest.units / np.bincount(latest.customer, latest.units)[latest.customer]
    return ratio(*here.repeats(shares))


@metric("share", "next purchase at the firm again / purchases at the firm whose next purchase is in this period",
        reading=Reading("all", _repeat_rate_at), label="repeat rate", better="higher")
def repeat_rate_share(records: Records) -> Floats:
    """Repeat rate: P(the next purchase is at the same firm), dated by the next purchase.

    The order of purchases inside one period is not recorded: the expected value over all orders is taken, so a
    person with u of U purchases at the firm brings u·(u−1)/U of u·(U−1)/U inside the period, and (u/U)·(u'/U') of u/U
    from the last period with purchases to this one.
    """
    return unknown(records) if records.transactions is None else ratio(*repeat_counts(records))


def repeat_counts(records: Records) -> tuple[Ints, Ints]:
    """Numerator and denominator of the repeat rate [T, F], in FIXED_POINT parts of a purchase."""
    shares = np.zeros((len(records.firms), records.people_count))
    again, of_all = (np.zeros((records.periods, len(records.firms)), dtype=np.int64) for _ in range(2))
    for period in range(records.periods):
        here = _Bought.of(records, period)
        again[period], of_all[period] = here.repeats(shares)
        shares[:, here.buyers] = 0.0
        shares[here.firm, here.customer] = here.units / here.all_units
    return again, of_all


@dataclass(frozen=True)
class _Bought:
    """The purchases of one period: a row for each customer and firm; `all_units`: of the customer at all firms."""

    firm: NDArray[Any]
    customer: NDArray[Any]
    units: NDArray[Any]
    all_units: NDArray[Any]
    buyers: NDArray[np.intp]

    @classmethod
    def of(cls, records: Records, period: int) -> _Bought:
        rows = records.purchases.between(period, period + 1)
        everywhere = np.bincount(rows.customer, rows.units, records.people_count)
        return cls(rows.firm, rows.customer, rows.units, everywhere[rows.customer], np.flatnonzero(everywhere))

    def repeats(self, shares: Floats) -> tuple[Ints, Ints]:
        """Purchases [F] that followed one at the same firm, and those that followed one at the firm, wherever made.

        `shares` [F, N]: of everybody's purchases in the last period with any, the share at each firm. In FIXED_POINT
        parts of a purchase, so that no order of adding matters.
        """
        again, of_all = np.zeros(len(shares), dtype=np.int64), _parts(shares[:, self.buyers]).sum(axis=1)
        np.add.at(again, self.firm, _parts(self.units * (self.units - 1) / self.all_units)
                  + _parts(shares[self.firm, self.customer] * (self.units / self.all_units)))
        np.add.at(of_all, self.firm, _parts(self.units * (self.all_units - 1) / self.all_units))
        return again, of_all


def _parts(purchases: Floats) -> Ints:
    return np.floor(purchases * FIXED_POINT + 0.5).astype(np.int64)


@metric("share", "customers lapsed in the period / customers active at the end of the period before", reading=BOOKS,
        better="lower")
def defection_seen_share(records: Records) -> Floats:
    """Defection per period as the firm can see it: through the active window, hence late. NaN in the first period."""
    before = np.vstack([np.zeros((1, len(records.firms)), dtype=np.int64), records.count("active_customers")[:-1]])
    return ratio(records.count("lapsed_customers"), before)


@metric("share", "customers whose last purchase is in the period / customers who bought by then and still buy",
        better="lower")
def defection_true_share(records: Records) -> Floats:
    """Defection per period as it is: never again at this firm, from the whole record to its end.

    A last purchase counts as defection unless the person leaves the market within one active window after it.
    NaN in the last active window of the record: nobody knows yet.
    """
    if records.transactions is None:
        return unknown(records)
    spans = tie_spans(records)
    begun, ended = (count_by_period(records, when, spans.firm) for when in (spans.first, spans.last))
    still_buy = np.cumsum(begun, axis=0) - np.cumsum(ended, axis=0) + ended
    stays = records.people["leaves"][spans.customer] > spans.last + records.active_window
    gone = count_by_period(records, spans.last[stays], spans.firm[stays])
    known = np.arange(records.periods) < records.periods - records.active_window
    return np.where(known[:, None], ratio(gone, still_buy), np.nan)


@dataclass(frozen=True)
class Spans:
    """First and last purchase of every pair of customer and firm that ever met, by firm and customer."""

    firm: Ints
    customer: Ints
    first: Ints
    last: Ints


def tie_spans(records: Records) -> Spans:
    """First and last period with a purchase, per customer and firm."""
    first, last = first_purchases(records).ravel(), last_purchases(records).ravel()
    met, people = np.flatnonzero(first >= 0), max(1, records.people_count)
    return Spans(met // people, met % people, first[met], last[met])


def retention_of_same_people(a: Records, b: Records, firm: str, split: int) -> pd.DataFrame:
    """Retention from period `split` on, of the customers that the firm had then in both variants and in each alone.

    Columns: period, years_since_split, people_in_both, kept_in_a_share, kept_in_b_share (the same people),
    all_in_a_share, all_in_b_share (each variant's own customers at the split), treated_share = same people, b − a: how
    they were treated, acquired_share = the rest of all b − all a: who had been won.

    Raises:
        ValueError: the variants do not have the same people, the firm, or the period, or kept no purchases.
    """
    check_same_people(a, b)
    if a.transactions is None or b.transactions is None:
        raise ValueError('Retention of the same people needs purchases: run with records="all" or fewer customers.')
    for run in (a, b):
        if firm not in run.firms:
            raise ValueError(f"There is no firm {firm!r}; the firms are {', '.join(run.firms)}.")
    periods = min(a.periods, b.periods)
    if not 0 <= split < periods:
        raise ValueError(f"The split must be a period from 0 to {periods - 1}, not {split}.")
    active = [np.array([now[run.firms.index(firm)].copy() for period, now in active_customers(run) if period >= split])
              for run in (a, b)]
    both = active[0][0] & active[1][0]
    table = pd.DataFrame({"period": np.arange(split, periods)})
    table["years_since_split"], table["people_in_both"] = (table["period"] - split) / a.periods_per_year, both.sum()
    for group, of in (("kept", (both, both)), ("all", (active[0][0], active[1][0]))):
        for name, kept, mine in zip("ab", active, of, strict=True):
            table[f"{group}_in_{name}_share"] = ratio((kept & mine).sum(axis=1), np.array(mine.sum()))[: len(table)]
    table["treated_share"] = table["kept_in_b_share"] - table["kept_in_a_share"]
    table["acquired_share"] = table["all_in_b_share"] - table["all_in_a_share"] - table["treated_share"]
    return table
