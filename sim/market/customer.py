"""A customer as a Mesa agent: a view on one row of the columns, made when someone looks.

Reading changes nothing. Setting one of the changing columns is an intervention: it writes the column, and the run
remembers it as an event.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mesa
import numpy as np
from mesa.agent import AgentSet

from sim.engine.state import OUTCOMES, Me, Need, Tie
from sim.market.birth import NEED_NAMES
from sim.market.columns import STAGES, Rows, intervene, missing, stages, unknown, values
from sim.market.firm import Firm


class Column:
    """An attribute of a customer that is a cell of a column."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.__doc__ = f"Column {name!r} of " + ("the person." if name in Me._fields else "the tie to the last firm.")

    def __get__(self, customer: Any, owner: type | None = None) -> Any:
        if customer is None:
            return self
        world, row = customer.model.course.world, customer.row
        if self.name in Me._fields:
            return getattr(world.me, self.name)[row].item()
        last = int(world.me.last_firm[row])
        return missing(self.name) if last < 0 else getattr(world.tie, self.name)[last, row].item()

    def __set__(self, customer: Any, value: Any) -> None:
        intervene(customer.model, self.name, np.array([customer.row]), value)


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
        """Only asked for names that are not there: say which are."""
        raise AttributeError(unknown(name))

    def __setattr__(self, name: str, value: Any) -> None:
        intervene(self.model, name, np.array([self.row]), value)

    @property
    def present(self) -> bool:
        """Whether this person was in the market in the period that ended last."""
        return bool(values(self.model.course, "present", self._rows)[0])

    @property
    def firm(self) -> Firm | None:
        """Where this person bought last; None: nowhere yet."""
        last = int(self.model.course.world.me.last_firm[self.row])
        return list(self.model.firms.values())[last] if last >= 0 else None

    @property
    def stage(self) -> str:
        """The stage of the relation to the last firm: one of `STAGES`."""
        return STAGES[stages(self.model.course, self._rows)[0]]

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
        bits = int(self.model.course.world.me.outcome[self.row])
        return tuple(name for name, bit in OUTCOMES.items() if bits & bit)

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
        firm = self.firm
        return f"Customer({self.row}, firm={firm.name if firm else None!r})"

    @property
    def _rows(self) -> Rows:
        return np.array([self.row])


def _give_columns(names: Sequence[str]) -> None:
    for name in names:
        if name not in vars(Customer):
            setattr(Customer, name, Column(name))


_give_columns([*Me._fields, *Tie._fields])
