"""One walk through the purchases: who was a customer when, who was kept a year, who spends how much where.

Everything is counted in whole numbers, so no order of adding matters. The walk costs periods × firms × people and
keeps one year of who was active, never the whole past.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

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
    minor units that the firm's buyers of the last year spent at it and at all firms in that year (walked when first
    asked for).
    """

    active: Ints
    active_year_ago: Ints
    kept: Ints
    records: Records = field(repr=False, compare=False)

    @cached_property
    def _wallets(self) -> tuple[Ints, Ints]:
        return _walk_wallets(self.records)

    @property
    def wallet_here(self) -> Ints:
        """What the firm's buyers of the last year spent at it in that year."""
        return self._wallets[0]

    @property
    def wallet_all(self) -> Ints:
        """What the firm's buyers of the last year spent at all firms in that year."""
        return self._wallets[1]


def purchases_of(records: Records) -> Transactions:
    """The rows with a purchase; empty when the run kept none."""
    return records.purchases


def starts_of(rows: Transactions, periods: int) -> list[int]:
    """The first row of every period, and the end of the last one."""
    found: list[int] = np.searchsorted(rows.period, np.arange(periods + 1)).tolist()
    return found


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
    rows, window = purchases_of(records), records.active_window
    for period, (low, high) in enumerate(pairwise(starts_of(rows, records.periods))):
        last[rows.firm[low:high], rows.customer[low:high]] = period
        np.greater(last, period - window, out=active)
        active &= in_market(records, period)
        yield period, active


def active_at(records: Records, period: int) -> Flags:
    """Who is a customer of which firm at the end of one period [F, N]; nobody before the first one."""
    active: Flags = np.zeros((len(records.firms), records.people_count), dtype=np.bool_)
    if period < 0:
        return active
    rows = purchases_of(records)
    low, high = np.searchsorted(rows.period, (period - records.active_window + 1, period + 1)).tolist()
    active[rows.firm[low:high], rows.customer[low:high]] = True
    return active & in_market(records, period)


def walk(records: Records) -> History:
    """Walk through all periods once."""
    shape = (records.periods, len(records.firms))
    now, then, kept = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    year = records.year
    past: Flags = np.zeros((year, len(records.firms), records.people_count), dtype=np.bool_)
    for period, active in active_customers(records):
        slot = past[period % year]
        now[period] = heads(active)
        if period >= year:
            then[period] = now[period - year]
            kept[period] = heads(slot & active)
        slot[...] = active
    return History(now, then, kept, records)


def heads(flags: Flags) -> list[int]:
    """How many are true in each row (many times faster than along an axis, where rows are few)."""
    return [int(np.count_nonzero(row)) for row in flags]


def _walk_wallets(records: Records) -> tuple[Ints, Ints]:
    """Spending of the last year, kept up by adding the new period and taking off the oldest."""
    rows, firms, year = purchases_of(records), len(records.firms), records.year
    here, everywhere = (np.zeros((records.periods, firms), dtype=np.int64) for _ in range(2))
    starts = starts_of(rows, records.periods)
    spent = np.zeros((firms, records.people_count), dtype=np.int64)
    units = np.zeros(spent.shape, dtype=np.int64)
    for period in range(records.periods):
        for when, sign in ((period, 1), (period - year, -1)):
            if when >= 0:
                part = slice(starts[when], starts[when + 1])
                where = (rows.firm[part], rows.customer[part])
                spent[where] += sign * rows.amount[part]
                units[where] += sign * rows.units[part].astype(np.int64)
        here[period] = spent.sum(axis=1)
        everywhere[period] = np.where(units > 0, spent.sum(axis=0), 0).sum(axis=1)
    return here, everywhere
