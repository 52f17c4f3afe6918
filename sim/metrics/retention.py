"""Retention has several names, never one: kept after a year, repeat rate, defection as seen and as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import FIXED_POINT
from sim.metrics.arithmetic import ratio, unknown, unknown_at
from sim.metrics.registry import BOOKS, Reading, metric
from sim.records.history import first_purchases, kept_at, last_purchases, purchases_of
from sim.records.records import Floats, Ints, Records


def _kept_at(records: Records, period: int) -> Floats:
    return unknown_at(records) if records.transactions is None else ratio(*kept_at(records, period))


@metric("share", "customers active a year ago who are active now / customers active a year ago", "C67",
        reading=Reading("lately", _kept_at), label="customers kept for one year", better="higher", headline=4)
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
    before, people = purchases_of(records).between(0, period), records.people_count
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
        reading=Reading("all", _repeat_rate_at), better="higher")
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
        rows = purchases_of(records).between(period, period + 1)
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
    shape = (records.periods, len(records.firms))
    change = np.zeros((shape[0] + 1, shape[1]), dtype=np.int64)
    np.add.at(change.reshape(-1), spans.first * shape[1] + spans.firm, 1)
    np.add.at(change.reshape(-1), (spans.last + 1) * shape[1] + spans.firm, -1)
    stays_longer = records.people["leaves"][spans.customer] > spans.last + records.active_window
    places = spans.last[stays_longer] * shape[1] + spans.firm[stays_longer]
    gone = np.bincount(places, minlength=shape[0] * shape[1]).reshape(shape)
    known = np.arange(shape[0]) < shape[0] - records.active_window
    return np.where(known[:, None], ratio(gone, np.cumsum(change, axis=0)[:-1]), np.nan)


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
