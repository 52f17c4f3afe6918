"""A customer as a Mesa agent: a view on one row of the columns, and the columns as an observer reads and changes them.

Reading changes nothing. Setting one of the changing columns is an intervention: it writes the column, and the run
remembers it as an event.
"""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Any

import mesa
import numpy as np
from mesa.agent import AgentSet
from numpy.typing import NDArray

from sim.engine.executors import widened
from sim.engine.state import NEVER, OUTCOMES, Me, Need, Tie
from sim.engine.world import dtype_of
from sim.market.birth import NEED_NAMES
from sim.market.firm import Firm
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
COLUMNS = (*Me._fields, *Tie._fields)


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
        return np.asarray((me.enters[rows] <= now) & (now < me.leaves[rows]))
    if name in Me._fields:
        return np.asarray(widened(getattr(me, name)[rows]))
    if name not in Tie._fields:
        raise AttributeError(_unknown(name))
    column = getattr(tie, name)
    if firm is not None:
        return np.asarray(widened(column[firm, rows]))
    last = me.last_firm[rows].astype(np.intp)
    found = widened(column[np.maximum(last, 0), rows])
    return np.where(last >= 0, found, missing(name)).astype(found.dtype)


def stages(course: Simulation, rows: Rows, firm: int | None = None) -> NDArray[np.intp]:
    """The stage of each relation, as a place in `STAGES`."""
    idle, bought = values(course, "idle", rows, firm), values(course, "experiences", rows, firm)
    devoted = values(course, "commitment", rows, firm) >= course.parameters.devoted
    active = np.where(devoted, 4, np.where(bought == 1, 2, 3))
    stage = np.where(idle < course.parameters.active_window, active, np.where(bought > 0, 5, 1))
    return np.where(values(course, "present", rows), stage, 0).astype(np.intp)


def _unknown(name: str) -> str:
    return f"A customer has no {name!r}; {suggestion(name, [*COLUMNS, *EXTRAS])}."


def intervene(market: Any, name: str, rows: Rows, value: Any, firm: int | None = None) -> None:
    """Write a changing column of these people of a `Market` on purpose: one value for all, or one for each.

    Raises AttributeError for a column that may not be set, ValueError for values out of bounds and for ties of people
    who have no firm yet.
    """
    if name not in SETTABLE:
        raise AttributeError(f"{name!r} of a customer cannot be set; what can: {', '.join(SETTABLE)}."
                             if name in (*COLUMNS, *EXTRAS) else _unknown(name))
    course: Simulation = market.course
    world, new, (low, high) = course.world, np.asarray(value), SETTABLE[name]
    if name == "last_firm":
        high = len(course.book.names) - 1
    if new.dtype.kind not in "bifu" or not bool(np.all((new >= low) & (new <= high))):
        raise ValueError(f"{name} of a customer is a number from {low} to {high}, not {value!r}.")
    column: NDArray[Any] = getattr(world.me if name in Me._fields else world.tie, name)
    if column.dtype.kind == "i" and not bool(np.all(new == np.trunc(new))):
        raise ValueError(f"{name} of a customer is a whole number, not {value!r}.")
    if name in Me._fields:
        column[rows] = new
    else:
        to = np.full(len(rows), firm) if firm is not None else world.me.last_firm[rows].astype(np.intp)
        if bool(np.any(to < 0)):
            raise ValueError(f"{int(np.sum(to < 0))} of these customers have no firm yet, so no {name} towards it; "
                             'say which firm: customers.set(name, value, firm="…").')
        column[to, rows] = new
    market.note_intervention(name)


class Customer(mesa.Agent):  # type: ignore[misc]
    """One customer: a view on one row. Ask `market.customers[17]` for it; it is not registered with Mesa.

    Every column of the person (`rate`, `valence`, …) and of the tie to the last firm (`trust`, `satisfaction`, …) is an
    attribute. Without a firm yet, feelings are NaN and counts 0. The columns in `SETTABLE` may be set; a name that does
    not exist may not, because a view keeps nothing of its own.
    """

    pos = None

    def __init__(self, model: Any, row: int) -> None:  # Agent.__init__ is left out: it would register the view
        self.__dict__.update(model=model, row=row, unique_id=model.first_customer_id + row)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(_unknown(name))

    def __setattr__(self, name: str, value: Any) -> None:
        intervene(self.model, name, np.array([self.row]), value)

    @property
    def present(self) -> bool:
        """Whether this person was in the market in the period that ended last."""
        return bool(values(self.model.course, "present", np.array([self.row]))[0])

    @property
    def firm(self) -> Firm | None:
        """Where this person bought last; None: nowhere yet."""
        last = int(self.last_firm)
        return list(self.model.firms.values())[last] if last >= 0 else None

    @property
    def stage(self) -> str:
        """The stage of the relation to the last firm: one of `STAGES`."""
        return STAGES[stages(self.model.course, np.array([self.row]))[0]]

    @property
    def friends(self) -> AgentSet:
        """The people this one listens to: a set of customers."""
        world = self.model.course.world
        heard = np.unique(world.friend_of[:, self.row])
        return self.model.customers.at(heard[heard < world.n].astype(np.intp))

    @property
    def needs(self) -> dict[str, Need]:
        """Each need by name: its level (0 starved, 1 sated), the person's own weight, and this period's weight."""
        need = self.model.course.world.need
        return {
            name: Need(*(column[place, self.row].item() for column in need)) for place, name in enumerate(NEED_NAMES)
        }

    @property
    def happened(self) -> tuple[str, ...]:
        """What happened to this person in the period that ended last: names of `OUTCOMES`."""
        return tuple(name for name, bit in OUTCOMES.items() if int(self.outcome) & bit)

    def tie(self, firm: str | Firm) -> Tie:
        """The tie to one firm, all columns, read-only: `market.customers[17].tie("Root").trust`.

        Raises KeyError for an unknown firm.
        """
        place = self.model.place_of(firm)
        return Tie(*(column[place, self.row].item() for column in self.model.course.world.tie))

    def remove(self) -> None:
        """Refused: who comes and goes is part of the people.

        Raises TypeError.
        """
        raise TypeError("A customer cannot be removed; people enter and leave as the scenario says (market.growth).")

    def __repr__(self) -> str:
        return f"Customer({self.row}, firm={self.firm.name if self.firm else None!r})"


def _cell(name: str) -> property:
    """A cell of a column as an attribute of a customer."""

    def read(customer: Customer) -> Any:
        world, row = customer.model.course.world, customer.row
        if name in Me._fields:
            return getattr(world.me, name)[row].item()
        last = int(world.me.last_firm[row])
        return missing(name) if last < 0 else getattr(world.tie, name)[last, row].item()

    return property(read, doc=f"Column {name!r} of the {'person' if name in Me._fields else 'tie to the last firm'}.")


for _name in set(COLUMNS) - set(vars(Customer)):
    setattr(Customer, _name, _cell(_name))
