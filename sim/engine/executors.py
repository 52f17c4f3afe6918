"""Two ways to run phases without compiling: one customer at a time (plain Python), and blocks (NumPy).

No rule lives here. An executor finds the rows a phase asks for, calls it, and writes what it returns; nobody else
writes. The phase cannot tell which executor called it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.phase import SCALARS, Phase
from sim.engine.state import ACCOUNTS, COUNTS, MARKET
from sim.engine.world import Totals, World

PLACE = {
    kind: {name: place for place, name in enumerate(names)}
    for kind, names in (("ledger", ACCOUNTS), ("count", COUNTS), ("market", MARKET))
}
BLOCK = 2048
"""Customers in a block: small enough for the cache, large enough for NumPy."""


def widened(value: Any) -> Any:
    """A stored value as the rules want it: float64, int64, uint64 or bool."""
    kind = value.dtype.kind
    return value.copy() if kind == "b" else value.astype({"f": np.float64, "i": np.int64, "u": np.uint64}[kind])


class Row:
    """Values of one struct at one place, widened when they are looked at."""

    __slots__ = ("_place", "_struct")

    def __init__(self, struct: Any, place: Any):
        self._struct, self._place = struct, place

    def __getattr__(self, column: str) -> Any:
        return widened(getattr(self._struct, column)[self._place])


@dataclass(frozen=True)
class At:
    """Where a phase is being run: customers `i`, firm `f` (None: all firms at once), need, occasion, friend."""

    i: Any
    f: Any = 0
    n: int = 0
    j: int = 0
    q: int = 0


def place_of(name: str, world: World, at: At) -> tuple[Any, Any]:
    """The struct behind an argument of a phase, and the place in it."""
    f = slice(None) if at.f is None else at.f
    column = (slice(None), None) if at.f is None else f
    if name in ("mine", "seller", "chance", "menu"):
        k = world.deal.firm[at.j, at.i].astype(np.int64)
        return {"mine": (world.tie, (k, at.i)), "seller": (world.firm, k), "chance": (world.luck, k),
                "menu": (world.offer, (k, at.n))}[name]
    if name == "told":
        return world.tie, (world.friend.said_firm[world.friend_of[at.q, at.i]].astype(np.int64), at.i)
    if name == "last":
        return world.tie, (np.maximum(world.me.last_firm[at.i], 0).astype(np.int64), at.i)
    places: dict[str, tuple[Any, Any]] = {
        "me": (world.me, at.i), "need": (world.need, (at.n, at.i)), "tie": (world.tie, (f, at.i)),
        "deal": (world.deal, (at.j, at.i)), "firm": (world.firm, column), "luck": (world.luck, column),
        "offer": (world.offer, (f, at.n)), "rumour": (world.friend, world.friend_of[at.q, at.i] if name == "rumour"
                                                      else 0),
    }
    return places[name]


def concerned(phase: Phase, world: World, at: At) -> Any:
    """Which of the customers `at.i` a phase concerns: the same index, a smaller one, or None."""
    if phase.among == "everyone":
        return at.i
    if phase.among == "shoppers":
        test = world.me.wanted[at.i] > at.j
    elif phase.among == "buyers":
        test = (world.me.wanted[at.i] > at.j) & (world.deal.firm[at.j, at.i] >= 0)
    elif phase.among == "movers":
        test = (world.me.wanted[at.i] > at.j) & (world.deal.firm[at.j, at.i] >= 0)
        test = test & (world.deal.second[at.j, at.i] == -9)
    else:
        test = world.friend.said_firm[world.friend_of[at.q, at.i]] >= 0
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
                wanted = world.me.wanted[i]
                most = int(wanted.max(initial=0)) if occasions else 1
                for j in range(most):
                    for phase in group:
                        _run_phase(phase, world, totals, At(i, j=j))


def _run_phase(phase: Phase, world: World, totals: Totals, at: At) -> None:
    axes = [axis for axis in phase.over if not (axis == "occasions" and by_occasion(phase))]
    at_once = isinstance(at.i, slice) and together(phase)
    ranges = [[None] if at_once and axis == "firms" else range(world.sizes[axis]) for axis in axes]
    letter = {"firms": "f", "needs": "n", "friends": "q", "occasions": "j"}
    fixed = concerned(phase, world, at) if "friends" not in axes else None
    for numbers in itertools.product(*ranges):
        here = At(**{"i": at.i, "j": at.j, **{letter[axis]: number for axis, number in zip(axes, numbers, strict=True)}})
        i = concerned(phase, world, here) if "friends" in axes else fixed
        if i is not None:
            _apply(phase, world, totals, At(i, here.f, here.n, here.j, here.q))


def _apply(phase: Phase, world: World, totals: Totals, at: At) -> None:
    rows = []
    for name in phase.reads:
        if name in SCALARS:
            rows.append(np.uint64(at.j) if name == "occasion" else getattr(world, name))
        else:
            rows.append(Row(*place_of(name, world, at)))
    buyers_firm = world.deal.firm[at.j, at.i].astype(np.int64) if phase.adds and "firms" not in phase.over else at.f
    new = phase.function(*rows)
    new = new if isinstance(new, tuple) else (new,)
    targets = [(name.split(".")[1], place_of(name.split(".")[0], world, at)) for name in phase.sets]
    for (column, (struct, place)), value in zip(targets, new, strict=False):
        getattr(struct, column)[place] = value
    for name, value in zip(phase.adds, new[len(phase.sets):], strict=True):
        kind, label = name.split(".")
        _total(getattr(totals, kind), PLACE[kind][label], buyers_firm, value, at.i)


def _total(table: Any, row: int, firm: Any, value: Any, i: Any) -> None:
    if table.ndim == 1:
        table[row] += np.sum(value)
    elif isinstance(firm, np.ndarray):
        np.add.at(table[row], firm, value)
    else:
        table[row, firm] += np.sum(value)
