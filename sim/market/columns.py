"""Columns of customers as an observer reads and changes them."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.engine.executors import widened
from sim.engine.state import NEVER, Me, Tie
from sim.engine.world import dtype_of
from sim.market.simulation import Simulation
from sim.text.words import suggestion

Rows = NDArray[np.intp]
STAGES = ("absent", "none", "first_time", "repeat", "committed", "lapsed")
"""The stages of a relation, towards one firm: not in the market, nothing bought yet, one purchase, more than one,
committed (commitment at or above `devoted`), and no purchase within the active window."""

SHARE, AT_LEAST_0 = (0.0, 1.0), (0.0, math.inf)
SETTABLE = MappingProxyType({
    # of the person
    "valence": (-1.0, 1.0), "arousal": SHARE, "last_firm": (-1, 31), "bound": (0, NEVER),
    # of the person and the last firm
    "aware": (0, 1), "expectation": AT_LEAST_0, "surprise_expected": AT_LEAST_0, "satisfaction": SHARE, "trust": SHARE,
    "commitment": SHARE, "habit": SHARE, "grievance": SHARE, "failed": SHARE, "reference_price": AT_LEAST_0,
    "knowledge": SHARE, "contacts": AT_LEAST_0, "experiences": (0, NEVER), "idle": (0, NEVER),
})
"""What an intervention may change, and within which bounds. Money is not among it: the ledger adds up."""


EXTRAS = ("present", "firm", "stage", "friends", "needs", "happened", "tie", "unique_id", "row")


def missing(name: str) -> float | int | bool:
    """The value of a tie's column for somebody without a firm: NaN, 0 purchases, never bought, not aware."""
    kind = np.dtype(dtype_of(name)).kind
    if kind == "f":
        return math.nan
    return False if kind == "b" else NEVER if name == "idle" else 0


def values(course: Simulation, name: str, rows: Rows, firm: int | None = None) -> NDArray[Any]:
    """A copy of a column for these people, as float64, int64 or bool; ties are those to `firm`, else to the last firm.

    Raises AttributeError for an unknown column.
    """
    me, tie = course.world.me, course.world.tie
    if name == "present":
        now = max(course.now - 1, 0)
        here: NDArray[Any] = (me.enters[rows] <= now) & (now < me.leaves[rows])
        return here
    if name in Me._fields:
        return np.asarray(widened(getattr(me, name)[rows]))
    if name not in Tie._fields:
        raise AttributeError(unknown(name))
    column = getattr(tie, name)
    if firm is not None:
        return np.asarray(widened(column[firm, rows]))
    last = me.last_firm[rows].astype(np.intp)
    found = widened(column[np.maximum(last, 0), rows])
    return np.where(last >= 0, found, missing(name)).astype(found.dtype)


def stages(course: Simulation, rows: Rows, firm: int | None = None) -> NDArray[np.intp]:
    """The stage of each relation, as a place in `STAGES`."""
    p = course.parameters
    idle, bought = values(course, "idle", rows, firm), values(course, "experiences", rows, firm)
    devoted = values(course, "commitment", rows, firm) >= p.devoted
    fresh = np.where(devoted, 4, np.where(bought == 1, 2, 3))
    stage = np.where(idle < p.active_window, fresh, np.where(bought > 0, 5, 1))
    return np.where(values(course, "present", rows), stage, 0).astype(np.intp)


def unknown(name: str) -> str:
    """What to say when a customer has no such column."""
    return f"A customer has no {name!r}; {suggestion(name, [*Me._fields, *Tie._fields, *EXTRAS])}."


class ChangedMarket(Protocol):
    """What an intervention needs of a market."""

    @property
    def course(self) -> Simulation:
        """The columns and the period."""

    def note_intervention(self, column: str) -> None:
        """Remember it."""


def intervene(market: ChangedMarket, name: str, rows: Rows, value: Any, firm: int | None = None) -> None:
    """Write a changing column of these people on purpose: one value for all, or one for each.

    Raises AttributeError for a column that may not be set, ValueError for values out of bounds and for ties of people
    who have no firm yet.
    """
    if name not in SETTABLE:
        known = name in Me._fields or name in Tie._fields or name in EXTRAS
        raise AttributeError(
            f"{name!r} of a customer cannot be set; what can: {', '.join(SETTABLE)}." if known else unknown(name)
        )
    low, high = SETTABLE[name]
    new, course = np.asarray(value), market.course
    if name == "last_firm":
        high = len(course.book.names) - 1
    if new.dtype.kind not in "bifu" or not bool(np.all((new >= low) & (new <= high))):
        raise ValueError(f"{name} of a customer is a number from {low} to {high}, not {value!r}.")
    of_person = name in Me._fields
    column: NDArray[Any] = getattr(course.world.me if of_person else course.world.tie, name)
    if column.dtype.kind == "i" and not bool(np.all(new == np.trunc(new))):
        raise ValueError(f"{name} of a customer is a whole number, not {value!r}.")
    if of_person:
        column[rows] = new
    else:
        to = np.full(len(rows), firm) if firm is not None else course.world.me.last_firm[rows].astype(np.intp)
        if bool(np.any(to < 0)):
            raise ValueError(f"{int(np.sum(to < 0))} of these customers have no firm yet, so no {name} towards it; "
                             'say which firm: customers.set(name, value, firm="…").')
        column[to, rows] = new
    market.note_intervention(name)
