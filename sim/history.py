"""One walk through the purchases: who was a customer when, who was kept a year, who spends how much where.

Everything is counted in whole numbers, so no order of adding matters. The walk costs periods × firms × people and
keeps one year of who was active, never the whole past.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.records import Ints, Records, Transactions

Flags = NDArray[np.bool_]
LONG_AGO = -1_000_000


@dataclass(frozen=True)
class History:
    """Counts per period and firm [T, F].

    `active`: people in the market who bought within the active window. `active_year_ago`: of those who were active a
    year before (0 in the first year), and `kept`: how many of them are active now. `wallet_here`, `wallet_all`:
    minor units that the firm's buyers of the last year spent at it and at all firms in that year.
    """

    active: Ints
    active_year_ago: Ints
    kept: Ints
    wallet_here: Ints
    wallet_all: Ints


def purchases_of(records: Records) -> Transactions:
    """The rows with a purchase; empty when the run kept none."""
    return records.purchases


def by_period(rows: Transactions, periods: int) -> Iterator[tuple[int, Transactions]]:
    """Each period with its rows."""
    starts = np.searchsorted(rows.period, np.arange(periods + 1))
    for period in range(periods):
        yield period, rows.rows(slice(int(starts[period]), int(starts[period + 1])))


def in_market(records: Records, period: int) -> Flags:
    """Who is in the market in a period [N]."""
    flags: Flags = (records.people["enters"] <= period) & (period < records.people["leaves"])
    return flags


def active_customers(records: Records) -> Iterator[tuple[int, Flags]]:
    """For each period, who is a customer of which firm at its end [F, N]: bought within the active window.

    The array is the same one every time, filled anew: copy it to keep it.
    """
    last = np.full((len(records.firms), records.people_count), LONG_AGO, dtype=np.int32)
    active: Flags = np.zeros(last.shape, dtype=np.bool_)
    for period, rows in by_period(purchases_of(records), records.periods):
        last[rows.firm, rows.customer] = period
        np.greater(last, period - records.active_window, out=active)
        active &= in_market(records, period)
        yield period, active


def walk(records: Records) -> History:
    """Walk through all periods once."""
    shape = (records.periods, len(records.firms))
    history = History(*(np.zeros(shape, dtype=np.int64) for _ in range(5)))
    _walk_customers(records, history)
    _walk_wallets(records, history)
    return history


def _walk_customers(records: Records, history: History) -> None:
    year = records.year
    past: Flags = np.zeros((year, len(records.firms), records.people_count), dtype=np.bool_)
    for period, active in active_customers(records):
        slot = past[period % year]
        history.active[period] = np.count_nonzero(active, axis=1)
        if period >= year:
            history.active_year_ago[period] = np.count_nonzero(slot, axis=1)
            history.kept[period] = np.count_nonzero(slot & active, axis=1)
        slot[...] = active


def _walk_wallets(records: Records, history: History) -> None:
    """Spending of the last year, kept up by adding the new period and taking off the oldest."""
    rows, firms, year = purchases_of(records), len(records.firms), records.year
    starts = np.searchsorted(rows.period, np.arange(records.periods + 1))
    spent = np.zeros((firms, records.people_count), dtype=np.int64)
    units = np.zeros(spent.shape, dtype=np.int64)
    for period in range(records.periods):
        for when, sign in ((period, 1), (period - year, -1)):
            if when >= 0:
                part = slice(int(starts[when]), int(starts[when + 1]))
                where = (rows.firm[part], rows.customer[part])
                spent[where] += sign * rows.amount[part]
                units[where] += sign * rows.units[part].astype(np.int64)
        history.wallet_here[period] = spent.sum(axis=1)
        history.wallet_all[period] = np.where(units > 0, spent.sum(axis=0), 0).sum(axis=1)
