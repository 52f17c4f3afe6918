"""Retention has several names, never one: kept after a year, repeat rate, defection as seen and as it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.state import FIXED_POINT
from sim.metrics.arithmetic import order_of, ratio, unknown, unknown_at
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


@metric("share", "next purchase at the firm again / purchases at the firm whose next purchase is in this period",
        better="higher")
def repeat_rate_share(records: Records) -> Floats:
    """Repeat rate: P(the next purchase is at the same firm), dated by the next purchase.

    The order of purchases inside one period is not recorded: the expected value over all orders is taken, so a
    person with u of U purchases at the firm brings u·(u−1)/U of u·(U−1)/U inside the period, and (u/U)·(u'/U') of u/U
    from this period to the next one with purchases.
    """
    if records.transactions is None:
        return unknown(records)
    again, all_of_them = repeat_counts(records)
    return ratio(again, all_of_them)


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


def repeat_counts(records: Records) -> tuple[Ints, Ints]:
    """Numerator and denominator of the repeat rate [T, F], in FIXED_POINT parts of a purchase."""
    again = np.zeros((records.periods, len(records.firms)), dtype=np.int64)
    of_all = np.zeros_like(again)
    rows = purchases_of(records)
    if not len(rows):
        return again, of_all
    order = order_of(rows.customer)  # periods, and firms inside them, keep their order
    customer = rows.customer[order]
    firm, period = rows.firm[order].astype(np.int64), rows.period[order].astype(np.int64)
    here = rows.units[order].astype(np.float64)
    starts = np.flatnonzero(np.r_[True, (np.diff(customer) != 0) | (np.diff(period) != 0)])
    group = np.repeat(np.arange(starts.size), np.diff(np.r_[starts, len(rows)]))
    everywhere = np.add.reduceat(here, starts)[group]
    share = here / everywhere
    _add(again, (period, firm), here * (here - 1) / everywhere)
    _add(of_all, (period, firm), here * (everywhere - 1) / everywhere)

    follows = np.zeros(starts.size, dtype=bool)  # whether the next group is a later purchase of the same person
    follows[:-1] = customer[starts[1:]] == customer[starts[:-1]]
    leaving = np.flatnonzero(follows[group])
    arrival = period[starts[group[leaving] + 1]]
    _add(of_all, (arrival, firm[leaving]), share[leaving])

    firms = len(records.firms)  # where the next group holds the same firm: look it up among (group, firm)
    places = group * firms + firm
    wanted = places[leaving] + firms
    found = np.minimum(np.searchsorted(places, wanted), places.size - 1)
    same = np.flatnonzero(places[found] == wanted)
    _add(again, (arrival[same], firm[leaving[same]]), share[leaving[same]] * share[found[same]])
    return again, of_all


def _add(total: Ints, where: tuple[Ints, Ints], parts: Floats) -> None:
    """Add parts of purchases as whole numbers, so that no order of adding matters."""
    period, firm = where
    np.add.at(total.reshape(-1), period * total.shape[1] + firm, np.floor(parts * FIXED_POINT + 0.5).astype(np.int64))
