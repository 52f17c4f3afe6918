"""Where a firm's money was short: months with an empty account, what was left undone, what could not be spent.

Information on customers, quality above base, price cuts, rewards, answers to complaints, care and win-back are paid
before anything is planned. What they use up is missing for advertising, service, people, capacity and relations; and
while the account is empty, everything that counts against the budget pauses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.state import BUDGETED
from sim.metrics.arithmetic import from_warm_up, money
from sim.metrics.registry import BOOKS, metric
from sim.records.records import Floats, Records

UNPLANNED = ("quality", "price_cuts", "rewards", "recovery", "care", "win_back")
"""Accounts that take from what could be planned: they follow from levers and customers. What it costs to know customers
is paid before anything is planned."""


@metric("months", "12 / periods in a year × periods since the warm-up in which nothing was left to spend",
        kind="cumulative", reading=BOOKS, label="months with an empty account", better="lower")
def empty_account_months(records: Records) -> Floats:
    """Months so far in which the firm's account was empty, so that everything that counts against it paused."""
    return from_warm_up(records, records.strain.empty * (12.0 / records.periods_per_year))


@metric("money", "sum since the warm-up of what plans with the same split of the whole grant would spend beyond them",
        kind="cumulative", reading=BOOKS, label="planned money that was not there", better="lower")
def unspent_plans_money(records: Records) -> Floats:
    """Money for advertising, service, people, capacity and relations that other things had used up, so far."""
    return from_warm_up(records, money(records, records.strain.unspent.sum(axis=1)))


@dataclass(frozen=True)
class StrainTotals:
    """A whole run from the end of its warm-up on, by firm: `months` in all, months with an `empty` account [F], months
    in which something was left `undone` for it [PAUSES, F]; in money of the currency what was `spent` on each planned
    account and could not be (`unspent`) [BUDGETED, F], and what was `used` by everything else [UNPLANNED, F].
    """

    months: float
    empty: Floats
    undone: Floats
    spent: Floats
    unspent: Floats
    used: Floats


def strain_totals(records: Records) -> StrainTotals:
    """Add up the strain of a run."""
    since, month = records.warm_up, 12.0 / records.periods_per_year
    strain = records.strain

    def booked(accounts: tuple[str, ...]) -> Floats:
        return money(records, np.stack([records.account(name)[since:].sum(axis=0) for name in accounts]))

    return StrainTotals(
        (records.periods - since) * month, strain.empty[since:].sum(axis=0) * month,
        strain.undone[since:].sum(axis=0) * month, booked(BUDGETED), money(records, strain.unspent[since:].sum(axis=0)),
        booked(UNPLANNED),
    )
