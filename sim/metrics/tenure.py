"""Retention by tenure: of everybody ever won, who is still a customer one, two, three years after the first purchase.

Other than `kept_one_year_share`, which looks at the customers of a year ago whenever they were won, this follows people
from their first purchase on, as a firm's own table of cohorts does.
"""

from __future__ import annotations

import numpy as np

from sim.history import purchases_of
from sim.metrics.arithmetic import ratio, unknown
from sim.metrics.registry import BOOKS, metric
from sim.records import Floats, Records

SOURCE = "cohort retention, e.g. Gupta & Lehmann 2003"


@metric("share", "customers won a year ago or longer who were active one year on / customers won a year ago or longer",
        SOURCE)
def stayed_one_year_share(records: Records) -> Floats:
    """Of those whose first purchase is at least a year ago, the share who were customers a year after it."""
    return _stayed(records, 1)


@metric("share", "customers won two years ago or longer who were active two years on / those won so long ago", SOURCE)
def stayed_two_years_share(records: Records) -> Floats:
    """Of those whose first purchase is at least two years ago, the share who were customers two years after it."""
    return _stayed(records, 2)


@metric("share", "customers won three years ago or longer who were active three years on / those won so long ago",
        SOURCE)
def stayed_three_years_share(records: Records) -> Floats:
    """Of those whose first purchase is at least three years ago, the share who were customers three years after it."""
    return _stayed(records, 3)


@metric("money", "revenue / purchases sold in the period", reading=BOOKS)
def price_paid_money(records: Records) -> Floats:
    """What a purchase brings on average, price cuts and baskets counted. NaN where nothing is sold."""
    return ratio(records.account("revenue") / records.minor_units, records.count("units"))


def _stayed(records: Records, years: int) -> Floats:
    """Share [T, F] of the customers won at least so many years before who were active that long after being won.

    Active means: bought within the active window and still in the market.
    """
    if records.transactions is None:
        return unknown(records)
    age, shape = years * records.year, (records.periods, len(records.firms))
    rows = purchases_of(records)
    pair = rows.firm.astype(np.int64) * records.people_count + rows.customer
    pairs, first, which = np.unique(pair, return_index=True, return_inverse=True)
    begun = rows.period[first].astype(np.int64)  # rows are in order of periods
    since = rows.period.astype(np.int64) - begun[which]
    lately = (since <= age) & (since > age - records.active_window)
    active = np.bincount(which[lately], minlength=pairs.size) > 0
    active &= records.people["leaves"].astype(np.int64)[pairs % max(1, records.people_count)] > begun + age
    known = begun + age < records.periods
    won, stayed = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    where = (begun[known] + age, pairs[known] // max(1, records.people_count))
    np.add.at(won, where, 1)
    np.add.at(stayed, where, active[known].astype(np.int64))
    return ratio(np.cumsum(stayed, axis=0), np.cumsum(won, axis=0))
