"""Where two lives of the same person part: the first thing that happens in one of them only, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.engine.phase import ARGUMENTS
from sim.lives.arithmetic import UtilityLine, lines_of
from sim.lives.facts import LifeEvent, facts_in
from sim.lives.tape import ReplayedLife, Step

OUTSIDE = ("firm", "seller", "offer", "menu", "rumour", "p", "m", "clock")
"""Rows that a person cannot change: what firms do, what friends said, the market."""
CHOICES = ("nothing", "chooses")
MEMORY = {"leaving the last firm": "me.leaving", "habit": "tie.habit", "commitment": "tie.commitment",
          "grievance": "tie.grievance", "satisfaction so far": "tie.satisfaction", "mood": "me.valence",
          "price": "tie.cut", "risk felt": "tie.trust", "benefit expected": "tie.expectation",
          "surprise expected": "tie.surprise_expected"}
"""Lines of a choice that rest on what was lived through, each by its column."""
ECHOES = ("rating", "rated")
"""Columns of firms that only repeat what others lived through: a cause that is no echo is looked for first."""
DEALT_WITH = ("seller", "menu")
Traced = tuple[str, int | None]
"""A column, and the firm it is about."""


@dataclass(frozen=True)
class Input:
    """One number that a step read and that is not the same in both lives; `row` is an argument of the phase."""

    row: str
    column: str
    here: float
    there: float

    @property
    def outside(self) -> bool:
        """Whether it comes from outside of the person."""
        return self.row in OUTSIDE or self.column == "left_out"


@dataclass(frozen=True)
class Cause:
    """A step whose outcome differs between two lives, and what of its inputs differs: the outside first."""

    period: int
    phase: str
    firm: int | None
    occasion: int | None
    inputs: tuple[Input, ...]


@dataclass(frozen=True)
class Weight:
    """One line of the arithmetic of a firm's offer, in both lives."""

    firm: int
    name: str
    here: float
    there: float

    @property
    def moved(self) -> float:
        """How much more utility it gives there."""
        return self.there - self.here


@dataclass(frozen=True)
class Parting:
    """The first thing that happened in one of two lives only.

    `here` and `there` are the two facts in that place (None: it did not happen there). `cause` is the step behind it,
    `weights` the lines of the choice that moved it, largest first (empty where it was no choice). `root` is the step
    to which the number behind it goes back and at which something from outside differed (None: there is none).
    """

    period: int
    here: LifeEvent | None
    there: LifeEvent | None
    cause: Cause | None
    weights: tuple[Weight, ...]
    root: Cause | None


def parting(here: ReplayedLife, there: ReplayedLife) -> Parting | None:
    """The first moment where two lives of the same person part; None where the same happened in both.

    Two lives are the same as long as the same kinds of things happen, with the same firms, in the same order; what
    was paid and how it felt may differ before.

    Raises:
        ValueError: the lives are not of one person in markets with the same firms.
    """
    if here.who != there.who or here.firms != there.firms:
        raise ValueError("Two lives can be compared where they are of the same person, in markets with the same firms.")
    for period, (ours, theirs) in enumerate(zip(here.steps, there.steps, strict=False)):
        if [fact.what for fact in facts_in(ours)] != [fact.what for fact in facts_in(theirs)]:
            mine, their = next(pair for pair in _pairs(ours, theirs) if _happened(pair[0]) != _happened(pair[1]))
            one, other = (_alone(first, second) for first, second in ((mine, their), (their, mine)))
            cause, weights = _difference(mine, their, _happened), _weights(ours, theirs, one, other)
            root = _root(here, there, period, _asked(cause, weights))
            return Parting(period, one, other, cause, weights, root)
    return None


def _happened(step: Step | None) -> list[tuple[int | None, str, int | None]]:
    return [] if step is None else [fact.what for fact in facts_in((step,))]


def _alone(step: Step | None, other: Step | None) -> LifeEvent | None:
    """The first thing that happened in a step and not in the other."""
    found = [] if step is None else facts_in((step,))
    return next((fact for fact in found if fact.what not in _happened(other)), None)


def _weights(ours: tuple[Step, ...], theirs: tuple[Step, ...], one: LifeEvent | None, other: LifeEvent | None
             ) -> tuple[Weight, ...]:
    """For a choice that differs: the lines of the two options that moved most, those that explain it first."""
    chosen = [fact for fact in (one, other) if fact is not None and fact.kind in CHOICES]
    if len(chosen) < 2 or chosen[0].firm == chosen[1].firm:
        return ()
    found: list[tuple[float, Weight]] = []
    for direction, fact in zip((-1.0, 1.0), chosen, strict=True):
        mine, their = (_offer(steps, fact.firm) for steps in (ours, theirs))
        for a, b in zip(mine, their, strict=False):
            weight = Weight(fact.firm or 0, a.name, a.utility, b.utility)
            found.append((direction * weight.moved, weight))
    return tuple(weight for pull, weight in sorted(found, key=lambda each: -each[0]) if pull > 0.0)


def _offer(steps: tuple[Step, ...], firm: int | None) -> list[UtilityLine]:
    step = next((step for step in steps if step.phase.name == "weigh" and step.firm == firm and firm is not None), None)
    return [] if step is None else lines_of(step)


def _asked(cause: Cause | None, weights: tuple[Weight, ...]) -> set[Traced]:
    """The columns whose difference is to be explained: that of the line a choice turns on, else what the step read."""
    if weights:
        line = weights[0]
        return {(MEMORY[line.name], line.firm)} if line.name in MEMORY else set()
    if cause is None or any(each.outside for each in cause.inputs):
        return set()
    if cause.inputs or cause.occasion is None:
        return _inside(cause)
    return {("me.wanted", None), ("me.mean", None)}  # a purchase that only one of them wanted


def _inside(cause: Cause) -> set[Traced]:
    return {(name, cause.firm) for each in cause.inputs if not each.outside
            for name in (f"{ARGUMENTS[each.row][0]}.{each.column}",)}


def _root(here: ReplayedLife, there: ReplayedLife, last: int, wanted: set[Traced]) -> Cause | None:
    """Backwards through the steps that wrote a wanted column, until one read something else from outside."""
    echo: Cause | None = None
    for period in range(last, -1, -1):
        for mine, their in reversed(list(_pairs(here.steps[period], there.steps[period]))):
            if not wanted or mine is None or their is None:
                continue
            written = {one: target for one in wanted for target in _written(mine, their, *one)}
            cause = _difference(mine, their, _values_of(written.values())) if written else None
            if cause is None:
                continue
            if any(each.outside and each.column not in ECHOES for each in cause.inputs):
                return cause
            echo = echo or (cause if any(each.outside for each in cause.inputs) else None)
            wanted = (wanted - written.keys()) | _inside(cause)
    return echo


def _written(mine: Step, their: Step, name: str, firm: int | None) -> list[str]:
    """As what a step wrote this column (of this firm), where it wrote something else in the other life."""
    struct, column = name.split(".")
    if struct == "tie" and firm is not None and mine.firm != firm:
        return []
    return [target for target in mine.phase.sets if target.partition(".")[2] == column
            and ARGUMENTS[target.partition(".")[0]][0] == struct and not _same(mine.new[target], their.new[target])]


def _values_of(targets: Iterable[str]) -> Callable[[Step], Any]:
    names = list(targets)
    return lambda step: [float(step.new[name]) for name in names]


def _difference(mine: Step | None, their: Step | None, seen: Callable[[Step], Any]) -> Cause | None:
    """The inputs that differ; where some of them alone change what is seen of the step, only these."""
    step = mine or their
    if step is None:
        return None
    inputs = list(_inputs(mine, their)) if mine and their else []
    alone = [each for each in inputs if mine and their and seen(_with(mine, their, each)) != seen(mine)]
    return Cause(step.period, step.phase.name, step.firm, step.occasion, tuple(alone or inputs))


def _with(mine: Step, their: Step, one: Input) -> Step:
    """A step as it would have been with one number of the other life."""
    row, value = mine.read[one.row], getattr(their.read[one.row], one.column)
    other = (row._replace(**{one.column: value}) if hasattr(row, "_replace")
             else SimpleNamespace(**{**vars(row), one.column: value}))
    read = {**mine.read, one.row: other}
    with np.errstate(over="ignore"):
        new = mine.phase.function(*(read[name] for name in mine.phase.reads))
    names = (*mine.phase.sets, *mine.phase.adds)
    return replace(mine, read=read, new=dict(zip(names, new if isinstance(new, tuple) else (new,), strict=True)))


def _pairs(ours: tuple[Step, ...], theirs: tuple[Step, ...]) -> Iterator[tuple[Step | None, Step | None]]:
    """The steps of a period in their order, each beside the same step of the other life (None: it has no such step)."""
    known, shared = {_place(step): step for step in theirs}, {_place(step) for step in ours}
    ahead = iter(theirs)
    for step in ours:
        other = known.get(_place(step))
        for alone in ahead if other is not None else ():
            if alone is other:
                break
            if _place(alone) not in shared:
                yield None, alone
        yield step, other
    yield from ((None, step) for step in ahead if _place(step) not in shared)


def _place(step: Step) -> tuple[Any, ...]:
    firm = None if step.friend is not None else step.firm  # a friend may speak of another firm there
    return step.phase.name, firm if "firms" in step.phase.over else None, step.need, step.occasion, step.friend


def _same(one: Any, other: Any) -> bool:
    return bool(np.array_equal(one, other, equal_nan=True))


def _inputs(mine: Step, their: Step) -> Iterator[Input]:
    """Numbers read that differ: those from outside first."""
    found = [
        Input(row, column, float(value), float(getattr(their.read[row], column)))
        for row, columns in mine.phase.reads.items() for column in columns
        if (mine.firm == their.firm or row not in DEALT_WITH)  # the rows of two firms are no cause
        and not _same(value := getattr(mine.read[row], column), getattr(their.read[row], column))
    ]
    yield from sorted(found, key=lambda each: not each.outside)
