"""All customers as a Mesa AgentSet whose bulk operations are column operations.

A million customers cost nothing until someone looks at one; single views are kept only as long as somebody holds them.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import Any, Self, SupportsIndex

import numpy as np
from mesa.agent import AgentSet
from numpy.typing import ArrayLike, NDArray

from sim.engine.state import Tie
from sim.market.customer import COLUMNS, STAGES, Customer, Rows, intervene, missing, stages, values
from sim.market.firm import Firm

try:  # Mesa 3.5 keeps it in a file of its own
    from mesa.agentset import GroupBy
except ImportError:
    from mesa.agent import GroupBy


class RowSet(AgentSet):  # type: ignore[misc]
    """Rows of one market in an order: a container of views and their columns. See `Customers`."""

    def __init__(self, market: Any, rows: Rows | None = None) -> None:  # AgentSet.__init__ would hold every agent
        self.model, self.random = market, market.random
        self._all = rows is None
        self.rows: Rows = np.arange(market.course.world.n) if rows is None else rows

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Customer]:
        return map(self._view, self.rows.tolist())

    def _view(self, row: int) -> Customer:
        views = self.model._views
        view: Customer | None = views.get(row)
        if view is None:
            view = views[row] = Customer(self.model, row)
        return view

    def __contains__(self, agent: object) -> bool:
        return isinstance(agent, Customer) and agent.model is self.model and bool(self._member[agent.row])

    def __getitem__(self, item: SupportsIndex | slice) -> Any:
        if isinstance(item, slice):
            return [self._view(row) for row in self.rows[item].tolist()]
        return self._view(int(self.rows[item]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RowSet):
            return NotImplemented
        return self.model is other.model and set(self.rows.tolist()) == set(other.rows.tolist())

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> Self:
        return self.at(self.rows.copy())

    copy = __copy__

    def __getstate__(self) -> dict[str, Any]:
        return {"model": self.model, "random": self.random, "_all": self._all, "rows": self.rows}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def __repr__(self) -> str:
        return f"<{len(self):,} customers>"

    def column(self, name: str, firm: str | Firm | None = None) -> NDArray[Any]:
        """A copy of a column, in the order of this set: float64, int64 or bool.

        Columns of ties are those to `firm`, or to each one's last firm where none is given (NaN, 0 or False where there
        is no firm yet). Raises AttributeError for an unknown column, KeyError for an unknown firm.
        """
        place = None if firm is None else self.model.place_of(firm)
        return values(self.model.course, name, self.rows, place)

    def where(self, mask: ArrayLike) -> Self:
        """Those for whom the mask is true; one truth value for each customer of this set.

        Raises ValueError for a mask of another length or kind.
        """
        chosen = np.asarray(mask)
        if chosen.dtype != np.bool_ or chosen.shape != self.rows.shape:
            raise ValueError(f"where() wants {len(self)} truth values, one for each customer, "
                             f"not {chosen.dtype} of shape {chosen.shape}.")
        return self.at(self.rows[chosen])

    def at(self, rows: Rows) -> Self:
        """The customers with these numbers, in this order."""
        return type(self)(self.model, rows)

    def add(self, agent: Any) -> None:
        """Add a customer of the same market to a selection."""
        if not isinstance(agent, Customer) or agent.model is not self.model:
            raise TypeError(f"only customers of the same market can be added, not {agent!r}")
        if agent not in self:
            self._put(np.append(self.rows, agent.row), inplace=True)

    def discard(self, agent: Any) -> None:
        """Take a customer out of a selection, if it is there."""
        if agent in self:
            self._put(self.rows[self.rows != agent.row], inplace=True)

    def remove(self, agent: Any) -> None:
        """Take a customer out of a selection; raises KeyError where it is not there."""
        if agent not in self:
            raise KeyError(agent)
        self.discard(agent)

    def _from_iterable(self, agents: Iterable[Any]) -> Any:
        """Unions and the like of sets of customers are sets of customers."""
        found = list(agents)
        if all(isinstance(one, Customer) and one.model is self.model for one in found):
            return self.at(np.array(list(dict.fromkeys(one.row for one in found)), dtype=np.intp))
        return AgentSet(found, self.random)

    def _put(self, rows: Rows, inplace: bool) -> Self:
        if not inplace:
            return self.at(rows)
        if self._all:
            raise ValueError("market.customers are all customers and stay so; leave inplace out, or work on a copy().")
        self.rows = rows
        self.__dict__.pop("_member", None)
        return self

    def _values(self, name: str) -> Any:
        """Values of an attribute: an array for columns, else a list."""
        if name in COLUMNS:
            return self.column(name)
        if name == "row":
            return self.rows.copy()
        if name == "stage":
            return [STAGES[place] for place in stages(self.model.course, self.rows).tolist()]
        if name == "firm":
            firms = [*self.model.firms.values(), None]
            return [firms[last] for last in self.column("last_firm").tolist()]
        return [getattr(view, name) for view in self]

    @cached_property
    def _member(self) -> NDArray[np.bool_]:
        found = np.zeros(self.model.course.world.n, dtype=np.bool_)
        found[self.rows] = True
        return found

    @property
    def _agents(self) -> dict[Customer, None]:
        """What Mesa's own methods would walk over, should one be left."""
        return dict.fromkeys(self)


class Groups(GroupBy):  # type: ignore[misc]
    """Mesa's GroupBy, with `agg` on columns."""

    def agg(self, attr_name: str, func: Callable[[Any], Any]) -> dict[Any, Any]:
        """An aggregate of an attribute for each group."""
        return {
            key: group.agg(attr_name, func) if isinstance(group, RowSet)
            else func([getattr(one, attr_name) for one in group])
            for key, group in self.groups.items()
        }


class Customers(RowSet):
    """Customers of one market, in an order. `market.customers` are all of them; selections are new sets.

    Everything an AgentSet does works here: select, agg, get, set, groupby, do, map, sort, shuffle, len, in, [ ].
    `where(mask)`, `column(name)` and `at(rows)` are its own. Names of columns are answered from the columns; functions
    are given views. Shuffling uses Mesa's `random`, which no result of the market depends on.
    """

    def get(self, attr_names: str | list[str], handle_missing: str = "error", default_value: Any = None) -> list[Any]:
        """Values of an attribute, or lists of values of several attributes, one for each customer."""
        if handle_missing not in ("error", "default"):
            raise ValueError(f"handle_missing={handle_missing!r}: one of 'error' or 'default'")
        if not isinstance(attr_names, str):
            each = [self.get(name, handle_missing, default_value) for name in attr_names]
            return [list(row) for row in zip(*each, strict=True)] if each else [[] for _ in range(len(self))]
        if handle_missing == "default" and attr_names not in COLUMNS and not hasattr(Customer, attr_names):
            return [default_value] * len(self)
        found = self._values(attr_names)
        return list(found.tolist() if isinstance(found, np.ndarray) else found)

    def agg(self, attribute: str, func: Callable[[Any], Any] | Iterable[Callable[[Any], Any]]) -> Any:
        """A function (or several) of the values of an attribute; columns come as arrays.

        Columns of ties (trust, satisfaction, …) are taken over those who have a firm; where nobody has one, the
        function gets the one value that `missing` says (NaN for feelings).
        """
        found = self._values(attribute)
        if attribute in Tie._fields:
            met = found[self.column("last_firm") >= 0]
            found = met if len(met) else np.array([missing(attribute)])
        results = [one(found) for one in ([func] if callable(func) else func)]
        plain = [result.item() if isinstance(result, np.generic) else result for result in results]
        return plain[0] if callable(func) else plain

    def select(
        self, filter_func: Callable[[Any], bool] | None = None, at_most: int | float = math.inf, inplace: bool = False,
        agent_type: type[Any] | None = None,
    ) -> Self:
        """Those who pass, in order; at most so many, or at most a share of all where `at_most` is a float up to 1."""
        most = int(len(self) * at_most) if isinstance(at_most, float) and at_most <= 1.0 else at_most
        if agent_type is not None and not issubclass(Customer, agent_type):
            most = 0
        if filter_func is None:
            return self._put(self.rows[: int(min(most, len(self)))].copy(), inplace)
        chosen = (view.row for view in self if filter_func(view))
        return self._put(np.array([*islice(chosen, int(min(most, len(self))))], dtype=np.intp), inplace)

    def sort(self, key: Callable[[Any], Any] | str, ascending: bool = False, inplace: bool = False) -> Self:
        """In the order of an attribute or a function, the largest first unless `ascending`; ties keep their order."""
        if isinstance(key, str) and key in COLUMNS:
            found = self.column(key)
            order = np.argsort(found, kind="stable")
            if not ascending:
                order = len(found) - 1 - np.argsort(found[::-1], kind="stable")[::-1]
            return self._put(self.rows[order], inplace)
        by = operator.attrgetter(key) if isinstance(key, str) else key
        rows = [view.row for view in sorted(self, key=by, reverse=not ascending)]
        return self._put(np.array(rows, dtype=np.intp), inplace)

    def shuffle(self, inplace: bool = False) -> Self:
        """In a random order from Mesa's `random`: fine for looking, no part of any result."""
        rows = self.rows.tolist()
        self.random.shuffle(rows)
        return self._put(np.array(rows, dtype=np.intp), inplace)

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Call a function or a method for each view."""
        self.map(method, *args, **kwargs)
        return self

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Shuffle, then do."""
        self.shuffle().do(method, *args, **kwargs)
        return self

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Results of a function or a method for each view."""
        if isinstance(method, str):
            return [getattr(view, method)(*args, **kwargs) for view in self]
        return [method(view, *args, **kwargs) for view in self]

    def set(self, attr_name: str, value: Any, firm: str | Firm | None = None) -> Self:
        """Intervene: write one value for all (or an array with one for each) into a changing column.

        See `sim.market.customer.SETTABLE`; ties are those to `firm`, else to the last firm.
        """
        intervene(self.model, attr_name, self.rows, value, None if firm is None else self.model.place_of(firm))
        return self

    def groupby(self, by: Callable[[Any], Any] | str, result_type: str = "agentset") -> Groups:
        """Groups by an attribute or a function, in the order of their first members: Mesa's GroupBy."""
        keys = self.map(by) if callable(by) else self.get(by)
        found: dict[Any, list[int]] = {}
        for key, row in zip(keys, self.rows.tolist(), strict=True):
            found.setdefault(key, []).append(row)
        groups = {key: self.at(np.array(rows, dtype=np.intp)) for key, rows in found.items()}
        return Groups(groups if result_type == "agentset" else {key: list(group) for key, group in groups.items()})

    def to_list(self) -> list[Customer]:
        """A list of views."""
        return list(self)
