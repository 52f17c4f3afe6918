"""Where two lives of the same person part: the first thing that happens in one of them only, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np

from sim.lives.arithmetic import UtilityLine, lines_of
from sim.lives.facts import LifeEvent, facts_in
from sim.lives.replay import ReplayedLife, Step

OUTSIDE = ("firm", "seller", "offer", "menu", "rumour", "p", "m", "clock")
"""Rows that a person cannot change: what firms do, what friends said, the market."""
CHOICES = ("nothing", "chooses")


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
        return self.row in OUTSIDE


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

    `here` and `there` are the two facts in that place (None: nothing more happened in that period). `cause` is the
    step behind it, `weights` the lines of the choice that moved it, largest first (empty where it was no choice).
    `begins` is the first step at which any number differed: that far back the cause goes.
    """

    period: int
    here: LifeEvent | None
    there: LifeEvent | None
    cause: Cause | None
    weights: tuple[Weight, ...]
    begins: Cause | None


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
        for one, other in zip_longest(facts_in(ours), facts_in(theirs)):
            if one is None or other is None or one.what != other.what:
                return Parting(period, one, other, _cause(ours, theirs, one, other), _weights(ours, theirs, one, other),
                               _begins(here, there, period))
    return None


def _cause(
    ours: tuple[Step, ...], theirs: tuple[Step, ...], one: LifeEvent | None, other: LifeEvent | None
) -> Cause | None:
    """The first step behind one of the two facts."""
    for mine, their in _pairs(ours, theirs):
        known = [fact for step in (mine, their) if step is not None for fact in facts_in((step,))]
        if one in known or other in known:
            return _difference(mine, their)
    return None


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


def _begins(here: ReplayedLife, there: ReplayedLife, last: int) -> Cause | None:
    for ours, theirs in zip(here.steps[: last + 1], there.steps, strict=False):
        for mine, their in _pairs(ours, theirs):
            if mine is None or their is None or any(not _same(new, their.new[name]) for name, new in mine.new.items()):
                return _difference(mine, their)
    return None


def _difference(mine: Step | None, their: Step | None) -> Cause | None:
    step = mine or their
    if step is None:
        return None
    inputs = tuple(_inputs(mine, their)) if mine and their else ()
    return Cause(step.period, step.phase.name, step.firm, step.occasion, inputs)


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
        if not _same(value := getattr(mine.read[row], column), getattr(their.read[row], column))
    ]
    yield from sorted(found, key=lambda each: not each.outside)
