"""Retention by tenure: of everybody ever won, who is still a customer one, two, three years after the first purchase.

Other than `kept_one_year_share`, which looks at the customers of a year ago whenever they were won, this follows people
from their first purchase on, as a firm's own table of cohorts does.
"""

from __future__ import annotations

import numpy as np

from sim.metrics.arithmetic import ratio, unknown
from sim.metrics.registry import BOOKS, metric
from sim.records.history import first_purchases, purchases_of
from sim.records.records import Floats, Records

SOURCE = "cohort retention, e.g. Gupta & Lehmann 2003"


@metric("share", "customers won a year ago or longer who were active one year on / customers won a year ago or longer",
        SOURCE, better="higher")
def stayed_one_year_share(records: Records) -> Floats:
    """Of those whose first purchase is at least a year ago, the share who were customers a year after it."""
    return _stayed(records, 1)


@metric("share", "customers won two years ago or longer who were active two years on / those won so long ago", SOURCE,
        better="higher")
def stayed_two_years_share(records: Records) -> Floats:
    """Of those whose first purchase is at least two years ago, the share who were customers two years after it."""
    return _stayed(records, 2)


@metric("share", "customers won three years ago or longer who were active three years on / those won so long ago",
        SOURCE, better="higher")
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
    age, shape, people = years * records.year, (records.periods, len(records.firms)), records.people_count
    begun, rows = first_purchases(records).ravel(), purchases_of(records)
    tie = rows.tie(people)
    since = rows.period - begun[tie]
    active = np.zeros(begun.size, dtype=np.bool_)
    active[tie[(since <= age) & (since > age - records.active_window)]] = True
    known = np.flatnonzero((begun >= 0) & (begun + age < records.periods))
    firm, person = known // max(1, people), known % max(1, people)
    stayed = active[known] & (records.people["leaves"].astype(np.int64)[person] > begun[known] + age)
    where, size = (begun[known] + age) * shape[1] + firm, shape[0] * shape[1]
    all_won, all_stayed = (np.bincount(places, minlength=size).reshape(shape) for places in (where, where[stayed]))
    return ratio(np.cumsum(all_stayed, axis=0), np.cumsum(all_won, axis=0))
