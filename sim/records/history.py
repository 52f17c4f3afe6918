"""One walk through the purchases: who was a customer when, who was kept a year, who spends how much where.

Everything is counted in whole numbers, so no order of adding matters. The walk costs periods × firms × people and
keeps one year of who was active, never the whole past.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from itertools import pairwise
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.records.transactions import Ints, Transactions

Flags = NDArray[np.bool_]
LONG_AGO = -1_000_000
REMEMBERED = 4
"""Periods whose active customers are kept at hand."""


class _Walked(Protocol):
    """What is read of a run here: `sim.records.records.Records` has it all."""

    @property
    def firms(self) -> tuple[str, ...]: ...
    @property
    def periods(self) -> int: ...
    @property
    def people(self) -> Mapping[str, NDArray[Any]]: ...
    @property
    def people_count(self) -> int: ...
    @property
    def active_window(self) -> int: ...
    @property
    def year(self) -> int: ...
    @property
    def purchases(self) -> Transactions: ...
    @property
    def worked_out(self) -> dict[str, Any]: ...
    def transactions_between(self, start: int, end: int) -> Transactions: ...


Run = TypeVar("Run", bound=_Walked)
Found = TypeVar("Found")


def once(function: Callable[[Run], Found]) -> Callable[[Run], Found]:
    """Have a pure function of a run worked out once for every run, so that several metrics share what it finds.

    What it finds stays as long as the run does and must not be changed: let it be small.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def shared(records: Run) -> Found:
        if name not in records.worked_out:
            records.worked_out[name] = function(records)
        found: Found = records.worked_out[name]
        return found

    return shared


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
    records: _Walked = field(repr=False, compare=False)

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


def purchases_of(records: _Walked) -> Transactions:
    """The rows with a purchase; empty when the run kept none."""
    return records.purchases


@once
def purchase_ties(records: _Walked) -> Ints:
    """The number of each purchase row's tie (`Transactions.tie`)."""
    return records.purchases.tie(records.people_count)


@once
def since_first(records: _Walked) -> Ints:
    """Of each purchase row: periods since this customer's first purchase at this firm."""
    since: Ints = records.purchases.period - first_purchases(records).ravel()[purchase_ties(records)]
    return since


def in_market(records: _Walked, period: int) -> Flags:
    """Who is in the market in a period [N]."""
    flags: Flags = (records.people["enters"] <= period) & (period < records.people["leaves"])
    return flags


def active_customers(records: _Walked) -> Iterator[tuple[int, Flags]]:
    """For each period, who is a customer of which firm at its end [F, N]: bought within the active window.

    The array is the same one every time, filled anew: copy it to keep it.
    """
    shape = (len(records.firms), records.people_count)
    last = np.full(shape[0] * shape[1], LONG_AGO, dtype=np.int32)
    active: Flags = np.zeros(shape, dtype=np.bool_)
    rows, window = purchases_of(records), records.active_window
    ties, moves = purchase_ties(records), _moves(records)
    here = in_market(records, 0)
    for period, (low, high) in enumerate(pairwise(rows.starts(np.arange(records.periods + 1)))):
        last[ties[low:high]] = period
        np.greater(last, period - window, out=active.reshape(-1))
        if moves[period]:
            here = in_market(records, period)
        if not here.all():
            active &= here
        yield period, active


def _moves(records: _Walked) -> Flags:
    """Whether somebody enters or leaves the market in each period [T]: in the others, those of before are in it."""
    moves: Flags = np.zeros(records.periods, dtype=np.bool_)
    for name in ("enters", "leaves"):
        when = records.people[name]
        moves[when[(when > 0) & (when < records.periods)]] = True
    return moves


def active_at(records: _Walked, period: int) -> Flags:
    """Who is a customer of which firm at the end of one period [F, N]; nobody before the first one.

    The last few are kept, as several metrics ask for the same ones: do not change them.
    """
    kept: dict[int, Flags] = records.worked_out.setdefault("sim.records.history.active_at", {})
    if period in kept:
        return kept[period]
    active: Flags = np.zeros((len(records.firms), records.people_count), dtype=np.bool_)
    if period >= 0:
        rows = records.transactions_between(period - records.active_window + 1, period + 1)
        active.reshape(-1)[rows.tie(records.people_count)[rows.units > 0]] = True
        active &= in_market(records, period)
    active.flags.writeable = False
    if len(kept) >= REMEMBERED:
        kept.clear()
    kept[period] = active
    return active


def kept_at(records: _Walked, period: int) -> tuple[Ints, Ints]:
    """At the end of one period [F]: customers of a year before who are customers now, and all customers of then."""
    then = active_at(records, period - records.year)
    return np.array(heads(active_at(records, period) & then)), np.array(heads(then))


def wallets_at(records: _Walked, period: int) -> tuple[Ints, Ints]:
    """At the end of one period [F]: what the firm's buyers of the last year spent in it, at the firm and at all firms.
    """
    shape = (len(records.firms), records.people_count)
    rows = records.transactions_between(period - records.year + 1, period + 1)
    rows = rows.rows(rows.units > 0)
    spent = rows.total(rows.amount, shape)
    bought: Flags = np.zeros(shape, dtype=np.bool_)
    bought.reshape(-1)[rows.tie(shape[1])] = True
    return spent.sum(axis=1), np.where(bought, spent.sum(axis=0), 0).sum(axis=1)


@once
def first_purchases(records: _Walked) -> Ints:
    """The period of everybody's first purchase at each firm [F, N]; −1 where there is none."""
    first = _extreme(records, np.minimum, records.periods)
    first[first == records.periods] = -1
    return first


@once
def last_purchases(records: _Walked) -> Ints:
    """The period of everybody's last purchase at each firm [F, N]; −1 where there is none."""
    return _extreme(records, np.maximum, -1)


def _extreme(records: _Walked, which: np.ufunc, never: int) -> Ints:
    rows, people = purchases_of(records), records.people_count
    when = np.full(len(records.firms) * people, never, dtype=np.int64)
    which.at(when, purchase_ties(records), rows.period.astype(np.int64))
    return when.reshape(len(records.firms), people)


def walk(records: _Walked) -> History:
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


def _walk_wallets(records: _Walked) -> tuple[Ints, Ints]:
    """Spending of the last year, kept up by adding the new period and taking off the oldest."""
    rows, firms, year = purchases_of(records).between(0, records.periods), len(records.firms), records.year
    here, everywhere = (np.zeros((records.periods, firms), dtype=np.int64) for _ in range(2))
    starts, ties = rows.starts(np.arange(records.periods + 1)), purchase_ties(records)
    np.add.at(here.reshape(-1), np.multiply(rows.period, firms, dtype=np.int64) + rows.firm, rows.amount)
    spent = np.zeros(records.people_count, dtype=np.int64)
    last = np.full((firms, records.people_count), LONG_AGO, dtype=np.int32)
    for period in range(records.periods):
        part = slice(starts[period], starts[period + 1])
        np.add.at(spent, rows.customer[part], rows.amount[part])
        last.reshape(-1)[ties[part]] = period
        if period >= year:
            gone = slice(starts[period - year], starts[period - year + 1])
            np.subtract.at(spent, rows.customer[gone], rows.amount[gone])
        everywhere[period] = np.where(last > period - year, spent, 0).sum(axis=1)
    so_far = np.cumsum(here, axis=0)
    so_far[year:] -= so_far[:-year].copy()
    return so_far, everywhere
