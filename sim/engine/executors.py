"""Two ways to run phases without compiling: one customer at a time (plain Python), and blocks (NumPy).

No rule lives here. An executor finds the rows a phase asks for, calls it, and writes what it returns; nobody else
writes. The phase cannot tell which executor called it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.engine.phase import ARGUMENTS, SCALARS, Phase
from sim.engine.state import ACCOUNTS, COUNTS, MARKET, MOVED, NEEDS
from sim.engine.world import Totals, World

PLACE = {
    kind: {name: place for place, name in enumerate(names)}
    for kind, names in (("ledger", ACCOUNTS), ("count", COUNTS), ("market", MARKET))
}
LETTER = {"firms": "f", "needs": "n", "friends": "q", "occasions": "j"}
BLOCK = 2048
"""Customers in a block: small enough for the cache, large enough for NumPy."""


WIDE: dict[str, type[np.generic]] = {"f": np.float64, "i": np.int64, "u": np.uint64}
"""How the rules want floats, signed and unsigned whole numbers, however compactly they are stored."""


def widened(value: Any) -> Any:
    """A stored value as the rules want it: float64, int64, uint64 or bool; a copy."""
    return value.astype(WIDE.get(value.dtype.kind, value.dtype))


class At:
    """Where a phase is run: customers `i`, firm `f` and need `n` (None: all at once), occasion `j`, friend `q`."""

    __slots__ = ("f", "i", "j", "k", "n", "q")

    def __init__(self, i: Any, f: Any = 0, n: Any = 0, j: Any = 0, q: int = 0) -> None:
        self.i, self.f, self.n, self.j, self.q = i, f, n, j, q
        self.k: Any = None  # the firm dealt with, when a phase asks for it

    def dealt_with(self, world: World) -> Any:
        """The firm that each customer deals with on this occasion."""
        if self.k is None:
            self.k = world.deal.firm[self.j, self.i].astype(np.int64)
        return self.k

    def index(self, letter: str, world: World) -> Any:
        """What a letter of `ARGUMENTS` stands for here."""
        match letter:
            case "k":
                return self.dealt_with(world)
            case "x":
                return world.friend_of[self.q, self.i]
            case "h":
                return world.friend.said_firm[self.index("x", world)].astype(np.int64)
            case "l":
                return np.maximum(world.me.last_firm[self.i], 0).astype(np.int64)
        return getattr(self, letter)

    def place(self, name: str, world: World) -> Any:
        """The place of an argument in its struct; all firms or all needs at once are put before the customers."""
        letters = ARGUMENTS[name][1].split()
        parts = [self.index(letter, world) for letter in letters]
        if parts[-1] is None:  # no customers in the struct: an axis of its own
            return (slice(None), None) if len(parts) == 1 else (parts[0], np.arange(NEEDS)[:, None])
        return tuple(slice(None) if part is None else part for part in parts) if len(parts) > 1 else parts[0]


Seen = Callable[[Phase, At, dict[str, Any], tuple[Any, ...]], object]
"""Receives a phase, where it was run, the rows that it read and the values that it returned."""


def concerned(phase: Phase, world: World, at: At) -> Any:
    """Which of the customers `at.i` a phase concerns: the same index, a smaller one, or None."""
    if phase.among == "everyone":
        return at.i
    if phase.among == "undecided":
        test = world.me.draw[at.i] > world.me.cumulative[at.i]
    elif phase.among == "hearers":
        test = world.friend.said_firm[world.friend_of[at.q, at.i]] >= 0
    else:
        test = world.me.wanted[at.i] > at.j
        if phase.among != "shoppers":
            test = test & (world.deal.firm[at.j, at.i] >= 0)
        if phase.among == "movers":
            test = test & (world.deal.second[at.j, at.i] == MOVED)
    if not isinstance(at.i, slice):
        return at.i if test else None
    places = np.flatnonzero(test)
    return places + at.i.start if len(places) else None


def together(phase: Phase) -> str:
    """The axis (firms or needs) that can be done in one array operation: each tie or need looks at itself only."""
    axes = [axis for axis in phase.over if axis != "occasions"]
    for axis, struct in (("firms", "tie."), ("needs", "need.")):
        if axes == [axis] and not phase.adds and all(name.startswith(struct) for name in phase.sets):
            return axis
    return ""


def occasion_by_occasion(group: Sequence[Phase]) -> bool:
    """Whether each occasion leaves something that the next one looks at; else all can be done at once."""
    return not all(name.startswith("deal.") for phase in group for name in phase.sets)


def by_occasion(phase: Phase) -> bool:
    """Whether a phase is repeated for each purchase somebody wants (not for each that could be wanted)."""
    return "occasions" in phase.over and phase.among in ("shoppers", "buyers", "movers")


def grouped(phases: Sequence[Phase]) -> list[tuple[bool, list[Phase]]]:
    """Neighbouring phases that share the loop over occasions."""
    return [(key, list(group)) for key, group in itertools.groupby(phases, by_occasion)]


def run(phases: Sequence[Phase], world: World, totals: Totals, rows: Iterable[Any], seen: Seen | None = None) -> None:
    """Run phases on rows: whole numbers mean one customer at a time, slices mean blocks.

    `seen` is told of every step of single customers, after it was written.
    """
    with np.errstate(over="ignore"):
        for i in rows:
            for occasions, group in grouped(phases):
                if isinstance(i, slice) and occasions and not occasion_by_occasion(group):
                    _run_pairs(group, world, totals, i)
                    continue
                most = int(world.me.wanted[i].max(initial=0)) if occasions else 1
                for j in range(most):
                    _run_group(group, world, totals, At(i, j=j), seen)


def _run_pairs(group: Sequence[Phase], world: World, totals: Totals, block: slice) -> None:
    """All occasions of all shoppers of a block at once: pairs of an occasion and a person."""
    j, i = np.nonzero(np.arange(int(world.me.wanted[block].max(initial=0)))[:, None] < world.me.wanted[block])
    i += block.start
    for phase in group:
        here = slice(None) if phase.among == "shoppers" else world.deal.firm[j, i] >= 0
        pairs = At(i[here], j=j[here])
        ranges = [range(world.sizes[axis]) for axis in phase.over if axis != "occasions"]
        for numbers in itertools.product(*ranges):
            firm = numbers[0] if numbers else 0  # firms are the only other axis of a choice
            _apply(phase, world, totals, At(pairs.i, f=firm, j=pairs.j))


def _run_group(group: Sequence[Phase], world: World, totals: Totals, at: At, seen: Seen | None) -> None:
    whom: dict[str, Any] = {}  # whom each kind of phase concerns, until somebody's deal changes
    for phase in group:
        if phase.when and not (attrgetter(phase.when)(world) > 0.0).any():
            continue  # no firm has what it is about
        axes = [axis for axis in phase.over if not (axis == "occasions" and by_occasion(phase))]
        at_once = together(phase) if isinstance(at.i, slice) else ""
        ranges = [[None] if axis == at_once else range(world.sizes[axis]) for axis in axes]
        each_time = phase.among in ("hearers", "undecided")
        if not each_time and phase.among not in whom:
            whom[phase.among] = concerned(phase, world, at)
        for numbers in itertools.product(*ranges):
            here = At(at.i, j=at.j)
            for axis, number in zip(axes, numbers, strict=True):
                setattr(here, LETTER[axis], number)
            i = concerned(phase, world, here) if each_time else whom[phase.among]
            if i is not None:
                here.i = i
                _apply(phase, world, totals, here, seen)
        if any(name.startswith("deal.") or name == "me.wanted" for name in phase.sets):
            whom.clear()


def _apply(phase: Phase, world: World, totals: Totals, at: At, seen: Seen | None = None) -> None:
    rows: list[Any] = []
    for name, fields in phase.reads.items():
        if name in SCALARS:
            rows.append(np.uint64(at.j) if name == "occasion" else getattr(world, name))
        else:
            struct, place = getattr(world, ARGUMENTS[name][0]), at.place(name, world)
            rows.append(SimpleNamespace(**{field: widened(getattr(struct, field)[place]) for field in fields}))
    firm = at.dealt_with(world) if phase.adds and "firms" not in phase.over else at.f
    new = phase.function(*rows)
    new = new if isinstance(new, tuple) else (new,)
    places = {name: at.place(name, world) for name in phase.written}
    for (name, column), value in zip(phase.targets, new, strict=False):
        getattr(getattr(world, ARGUMENTS[name][0]), column)[places[name]] = value
    for (kind, label), value in zip(phase.totals, new[len(phase.sets):], strict=True):
        _total(getattr(totals, kind), PLACE[kind][label], firm, value)
    if seen is not None:
        seen(phase, at, dict(zip(phase.reads, rows, strict=True)), new)


def _total(table: Any, row: int, firm: Any, value: Any) -> None:
    if table.ndim == 1:
        table[row] += np.sum(value)
    elif isinstance(firm, np.ndarray):
        np.add.at(table[row], firm, value)  # exact: whole numbers only
    else:
        table[row, firm] += np.sum(value)
