"""The lines of a statement of customer equity: sums of whole minor units over classes of persons, with their errors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.records.history import Flags
from sim.records.records import Floats, Ints, Records
from sim.valuation.valuing import Members, StatementTerms, Valuation, whole

PARTS = ("today", "future", "shared", "total")
LINES = ("opening", "acquired", "developed", "lost", "eroded", "costs to come", "closing")
GROUPS = ("customers at the opening", "everybody else", "all")
STEPS = ("opening", "unwinding", "contributions", "horizon", "not foreseen", "rounding", "closing")


class Sum(NamedTuple):
    """One line of a part: `first` times the opening plus `second` times the closing value of these persons [F, N]."""

    who: Flags
    first: int
    second: int


class Movements:
    """Two valuations in whole minor units, and who changed class how [F, N]."""

    def __init__(self, opening: Valuation, closing: Valuation, classes: tuple[Members, Members]) -> None:
        self.opening, self.closing, self.classes = opening, closing, classes
        self.before, self.after = (who.customer for who in classes)
        self.v0, self.v1 = whole(opening.persons, self.before), whole(closing.persons, self.after)
        self.sooner = whole(closing.sooner, self.after)

    def lines(self, part: str) -> dict[str, Sum]:
        """What each line of a part adds up; costs that belong to nobody are added later."""
        if part == "shared":
            return {}
        before, after, everybody = self.before, self.after, np.ones_like(self.before)
        won, lost, change = ~before & after, before & ~after, self.v1 - self.v0
        if part == "total":
            stay, opening, closing, sides = before == after, everybody, everybody, ((-1, 1), (-1, 1))
        elif part == "today":
            stay, opening, closing, sides = before & after, before, after, ((0, 1), (-1, 0))
        else:
            stay, opening, closing, sides = ~before & ~after, ~before, ~after, ((-1, 0), (0, 1))
        return {
            "opening": Sum(opening, 1, 0), "acquired": Sum(won, *sides[0]), "lost": Sum(lost, *sides[1]),
            "developed": Sum(stay & (change > 0), -1, 1), "eroded": Sum(stay & (change < 0), -1, 1),
            "closing": Sum(closing, 0, 1),
        }

    def cell(self, line: Sum, costs: tuple[int, ...], times: int, which: int) -> tuple[Ints, Floats]:
        """One amount of one date (0 opening, 1 closing) [F], whole minor units, with its Monte Carlo standard error.

        `costs` are the kinds of costs to come that are in it, `times` how often.
        """
        valued, whole_values = ((self.opening, self.v0), (self.closing, self.v1))[which]
        factor = line[1 + which]
        amount = factor * total(whole_values, line.who)
        for kind in costs:
            amount += times * rounded(valued.costs[kind])
        if valued.draws is None or valued.cost_draws is None:
            return amount, np.zeros(len(amount))
        draws = np.zeros((len(valued.draws), len(amount)))
        if factor:
            draws += factor * np.where(line.who, valued.draws, 0.0).sum(axis=2)
        for kind in costs:
            draws += times * valued.cost_draws[kind]
        return amount, standard_error(draws)


COSTS_OF = {"today": (), "future": (0,), "shared": (1,), "total": (0, 1)}
"""Which costs to come a part bears: for winning customers (0), and those that all have in common (1)."""
TIMES = {"opening": (-1, 0), "costs to come": (1, -1), "closing": (0, -1)}
"""How often a line has the costs to come of the opening and of the closing."""


def movements(both: Movements) -> tuple[Ints, Floats, Ints]:
    """Amounts, Monte Carlo errors and persons behind each line [F, PARTS, LINES]."""
    shape = (len(both.v0), len(PARTS), len(LINES))
    amounts, errors, heads = np.zeros(shape, dtype=np.int64), np.zeros(shape), np.zeros(shape, dtype=np.int64)
    nobody = Sum(np.zeros_like(both.before), 0, 0)
    gone = {"opening": both.classes[0].left, "closing": both.classes[1].left}
    for p, part in enumerate(PARTS):
        sums = both.lines(part)
        for at, name in enumerate(LINES):
            line = sums.get(name, nobody)
            for which, times in enumerate(TIMES.get(name, (0, 0))):
                amount, error = both.cell(line, COSTS_OF[part] if times else (), times, which)
                amounts[:, p, at] += amount
                errors[:, p, at] = np.hypot(errors[:, p, at], error)
            heads[:, p, at] = np.count_nonzero(line.who & ~gone.get(name, np.False_), axis=1)
    return amounts, errors, heads


def reconciled(records: Records, terms: StatementTerms, both: Movements) -> tuple[Ints, Floats]:
    """Steps and errors [F, GROUPS, STEPS] from the opening to the closing value of the same persons."""
    received, interest = _receipts(records, terms)
    grown = _growth(records) ** (terms.end - terms.start)
    unwinding = both.opening.persons * (grown - 1.0) - interest
    surprise = both.closing.sooner - both.opening.persons - unwinding + received
    shape = (len(both.v0), len(GROUPS), len(STEPS))
    steps, errors = np.zeros(shape, dtype=np.int64), np.zeros(shape)
    draws, sooner = both.closing.draws, both.closing.sooner_draws
    beyond = None if draws is None or sooner is None else draws - sooner
    for group, who in enumerate((both.before, ~both.before, np.ones_like(both.before))):
        opening, closing = total(both.v0, who), total(both.v1, who)
        lines = [
            opening, rounded(np.where(who, unwinding, 0.0).sum(axis=1)), -total(received, who),
            closing - total(both.sooner, who), rounded(np.where(who, surprise, 0.0).sum(axis=1)),
        ]
        steps[:, group] = np.stack([*lines, closing - sum(lines), closing], axis=1)
        first = error_of(both.opening.draws, who)
        unsure = {
            "opening": first, "unwinding": (grown - 1.0) * first, "horizon": error_of(beyond, who),
            "not foreseen": np.hypot(grown * first, error_of(sooner, who)), "closing": error_of(draws, who),
        }
        for name, error in unsure.items():
            errors[:, group, STEPS.index(name)] = error
    return steps, errors


def _receipts(records: Records, terms: StatementTerms) -> tuple[Ints, Floats]:
    """Contributions between the dates, and the interest on them up to the closing [F, N], minor units."""
    rows = records.transactions
    shape = (len(records.firms), records.people_count)
    received, interest = np.zeros(shape, dtype=np.int64), np.zeros(shape)
    if rows is not None:
        rows = rows.rows((rows.period >= terms.start) & (rows.period < terms.end))
        later = records.scenario.money.margin_delay
        grown = _growth(records) ** (terms.end - rows.period - later)
        np.add.at(received, (rows.firm, rows.customer), rows.margin)
        np.add.at(interest, (rows.firm, rows.customer), rows.margin * (grown - 1.0))
    return received, interest


def _growth(records: Records) -> float:
    """What one unit of money grows to in a period."""
    return float((1.0 + records.scenario.money.discount_rate) ** (1.0 / records.periods_per_year))


def rounded(values: Floats) -> Ints:
    """Whole minor units, halves upwards; nothing smaller than a millionth decides."""
    return np.floor(np.round(values, 6) + 0.5).astype(np.int64)


def total(values: Ints, who: Flags) -> Ints:
    """Sum over some persons [F]."""
    return np.asarray(np.where(who, values, 0).sum(axis=1))


def error_of(draws: Floats | None, who: Flags) -> Floats:
    """Standard error over futures [R, F, N] of the value of some persons [F]; 0 where there is nothing unsure."""
    if draws is None:
        return np.zeros(len(who))
    return standard_error(np.where(who, draws, 0.0).sum(axis=2))


def standard_error(draws: Floats) -> Floats:
    """Standard error of the mean over futures (the first axis)."""
    return np.asarray(draws.std(axis=0, ddof=1) / np.sqrt(len(draws)))
