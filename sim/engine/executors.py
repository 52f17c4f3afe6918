"""Two ways to run phases without compiling: one customer at a time (plain Python), and blocks (NumPy).

No rule lives here. An executor finds the rows a phase asks for, calls it, and writes what it returns; nobody else
writes. The phase cannot tell which executor called it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from sim.engine.phase import SCALARS, Phase
from sim.engine.state import ACCOUNTS, COUNTS, MARKET
from sim.engine.world import Totals, World

PLACE = {
    kind: {name: place for place, name in enumerate(names)}
    for kind, names in (("ledger", ACCOUNTS), ("count", COUNTS), ("market", MARKET))
}
LETTER = {"firms": "f", "needs": "n", "friends": "q", "occasions": "j"}
BLOCK = 2048
"""Customers in a block: small enough for the cache, large enough for NumPy."""


def widened(value: Any) -> Any:
    """A stored value as the rules want it: float64, int64, uint64 or bool."""
    kind = value.dtype.kind
    return value.copy() if kind == "b" else value.astype({"f": np.float64, "i": np.int64, "u": np.uint64}[kind])


class Row:
    """Values of one struct at one place, widened when they are first looked at."""

    def __init__(self, struct: Any, place: Any):
        self._struct, self._place = struct, place

    def __getattr__(self, column: str) -> Any:
        value = widened(getattr(self._struct, column)[self._place])
        self.__dict__[column] = value
        return value


class At:
    """Where a phase is being run: customers `i`, firm `f` (None: all firms at once), need, occasion, friend."""

    __slots__ = ("f", "i", "j", "k", "n", "q")

    def __init__(self, i: Any, f: Any = 0, n: int = 0, j: int = 0, q: int = 0) -> None:
        self.i, self.f, self.n, self.j, self.q = i, f, n, j, q
        self.k: Any = None  # the firm dealt with, when a phase asks for it

    def dealt_with(self, world: World) -> Any:
        """The firm that each customer deals with on this occasion."""
        if self.k is None:
            self.k = world.deal.firm[self.j, self.i].astype(np.int64)
        return self.k


def _all_firms(at: At) -> Any:
    return (slice(None), None) if at.f is None else at.f


PLACES: dict[str, tuple[str, Callable[[World, At], Any]]] = {
    "me": ("me", lambda _, at: at.i),
    "need": ("need", lambda _, at: (at.n, at.i)),
    "tie": ("tie", lambda _, at: (slice(None) if at.f is None else at.f, at.i)),
    "deal": ("deal", lambda _, at: (at.j, at.i)),
    "firm": ("firm", lambda _, at: _all_firms(at)),
    "luck": ("luck", lambda _, at: _all_firms(at)),
    "offer": ("offer", lambda _, at: (at.f, at.n)),
    "mine": ("tie", lambda world, at: (at.dealt_with(world), at.i)),
    "seller": ("firm", lambda world, at: at.dealt_with(world)),
    "chance": ("luck", lambda world, at: at.dealt_with(world)),
    "menu": ("offer", lambda world, at: (at.dealt_with(world), at.n)),
    "rumour": ("friend", lambda world, at: world.friend_of[at.q, at.i]),
    "told": ("tie", lambda world, at: (
        world.friend.said_firm[world.friend_of[at.q, at.i]].astype(np.int64), at.i)),
    "last": ("tie", lambda world, at: (np.maximum(world.me.last_firm[at.i], 0).astype(np.int64), at.i)),
}
"""For every argument that a phase may ask for: the struct behind it, and the place in it."""


def concerned(phase: Phase, world: World, at: At) -> Any:
    """Which of the customers `at.i` a phase concerns: the same index, a smaller one, or None."""
    if phase.among == "everyone":
        return at.i
    if phase.among == "hearers":
        test = world.friend.said_firm[world.friend_of[at.q, at.i]] >= 0
    else:
        test = world.me.wanted[at.i] > at.j
        if phase.among != "shoppers":
            test = test & (world.deal.firm[at.j, at.i] >= 0)
        if phase.among == "movers":
            test = test & (world.deal.second[at.j, at.i] == -9)
    if not isinstance(at.i, slice):
        return at.i if test else None
    found = np.flatnonzero(test)
    return found + at.i.start if len(found) else None


def together(phase: Phase) -> bool:
    """Whether all firms can be done in one array operation: each tie looks at itself only."""
    axes = [axis for axis in phase.over if axis != "occasions"]
    return axes == ["firms"] and not phase.adds and all(name.startswith("tie.") for name in phase.sets)


def by_occasion(phase: Phase) -> bool:
    """Whether a phase is repeated for each purchase somebody wants (not for each that could be wanted)."""
    return "occasions" in phase.over and phase.among != "everyone"


def grouped(phases: Sequence[Phase]) -> list[tuple[bool, list[Phase]]]:
    """Neighbouring phases that share the loop over occasions."""
    return [(key, list(group)) for key, group in itertools.groupby(phases, by_occasion)]


def run(phases: Sequence[Phase], world: World, totals: Totals, rows: Iterable[Any]) -> None:
    """Run phases on rows: whole numbers mean one customer at a time, slices mean blocks."""
    with np.errstate(over="ignore"):
        for i in rows:
            for occasions, group in grouped(phases):
                most = int(world.me.wanted[i].max(initial=0)) if occasions else 1
                for j in range(most):
                    _run_group(group, world, totals, At(i, j=j))


def _run_group(group: Sequence[Phase], world: World, totals: Totals, at: At) -> None:
    found: dict[str, Any] = {}  # whom each kind of phase concerns, until somebody's deal changes
    for phase in group:
        axes = [axis for axis in phase.over if not (axis == "occasions" and by_occasion(phase))]
        at_once = isinstance(at.i, slice) and together(phase)
        ranges = [[None] if at_once and axis == "firms" else range(world.sizes[axis]) for axis in axes]
        each_time = "friends" in axes
        if not each_time and phase.among not in found:
            found[phase.among] = concerned(phase, world, at)
        for numbers in itertools.product(*ranges):
            here = At(at.i, j=at.j)
            for axis, number in zip(axes, numbers, strict=True):
                setattr(here, LETTER[axis], number)
            i = concerned(phase, world, here) if each_time else found[phase.among]
            if i is not None:
                here.i = i
                _apply(phase, world, totals, here)
        if any(name.startswith("deal.") or name == "me.wanted" for name in phase.sets):
            found.clear()


def _apply(phase: Phase, world: World, totals: Totals, at: At) -> None:
    rows: list[Any] = []
    for name in phase.reads:
        if name in SCALARS:
            rows.append(np.uint64(at.j) if name == "occasion" else getattr(world, name))
        else:
            struct, place = PLACES[name]
            rows.append(Row(getattr(world, struct), place(world, at)))
    firm = at.dealt_with(world) if phase.adds and "firms" not in phase.over else at.f
    new = phase.function(*rows)
    new = new if isinstance(new, tuple) else (new,)
    places = {name: PLACES[name][1](world, at) for name in {target.split(".")[0] for target in phase.sets}}
    for target, value in zip(phase.sets, new, strict=False):
        name, column = target.split(".")
        getattr(getattr(world, PLACES[name][0]), column)[places[name]] = value
    for target, value in zip(phase.adds, new[len(phase.sets):], strict=True):
        kind, label = target.split(".")
        _total(getattr(totals, kind), PLACE[kind][label], firm, value)


def _total(table: Any, row: int, firm: Any, value: Any) -> None:
    if table.ndim == 1:
        table[row] += np.sum(value)
    elif isinstance(firm, np.ndarray):
        np.add.at(table[row], firm, value)  # exact: whole numbers only
    else:
        table[row, firm] += np.sum(value)
