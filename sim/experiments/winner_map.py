"""Winner map: two factors, who wins where and with what confidence, finer where the border runs.

The map is tiled with cells; each is judged by paired runs at its centre. Cells that are too close to call get more
runs, and cells along the border are split in three both ways (the centre of the middle part is the old one, so nothing
is run twice).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.experiments.answer import Answer
from sim.experiments.asking import Asked, Options, Order, changed, order
from sim.experiments.differences import TOO_CLOSE
from sim.experiments.factors import NOT_A_FACTOR, WORLD_SECTIONS, Factor, Range, what_if_numbers
from sim.experiments.flip_search import SCREENING, pulls
from sim.experiments.statistics import Floats, known, mean_interval, share_ahead

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS, CELLS, DEPTH = 6, 5, 1
"""Runs of every cell, cells per side at first, how often cells along the border are split."""
MORE_RUNS = 2
"""Cells that are too close to call get so many times the runs."""
MOST_SPLIT = 12
"""Cells that are split at one depth, those beside a change of sign first (assumption: what a minute holds)."""


@dataclass(frozen=True)
class Cell:
    """A rectangle of the map in units of the ranges: its centre and half its sides; `depth` 0 is the first grid."""

    x: float
    y: float
    half_x: float
    half_y: float
    depth: int = 0

    def parts(self) -> list[Cell]:
        """Nine cells in its place; the middle one has the same centre."""
        step_x, step_y = 2 * self.half_x / 3, 2 * self.half_y / 3
        return [
            Cell(self.x + i * step_x, self.y + j * step_y, self.half_x / 3, self.half_y / 3, self.depth + 1)
            for j in (-1, 0, 1) for i in (-1, 0, 1)
        ]

    def touches(self, other: Cell) -> bool:
        """Whether two cells share a side (or a part of one)."""
        gap_x = abs(self.x - other.x) - (self.half_x + other.half_x)
        gap_y = abs(self.y - other.y) - (self.half_y + other.half_y)
        return (abs(gap_x) < 1e-9 and gap_y < -1e-9) or (abs(gap_y) < 1e-9 and gap_x < -1e-9)


class WinnerMap(Answer):
    """Who wins in every cell of the map."""

    kind = "winner_map"
    picture = "winner_map"

    def __init__(self, asked: Order, factors: tuple[Factor, Factor]) -> None:
        self.order, self.factors = asked, factors
        self.cells: list[Cell] = []
        self.values: dict[Cell, Floats] = {}

    def __repr__(self) -> str:
        """A few words about it."""
        x, y = self.factors
        return f"<Winner map of {self.order.name}: {x.path} × {y.path}, {len(self.cells)} cells>"

    def table(self) -> pd.DataFrame:
        """One row per cell; the cells tile the map.

        x, y (centre, in the factors' own units), x_low, x_high, y_low, y_high (its sides), difference (mean of b − a),
        low, high (95 % t interval), n (paired runs), share_b, share_low, share_high (share of pairs in which b is
        ahead, Wilson), winner (option a, option b or "too close to call": an option wins where the interval of the mean
        difference excludes 0), depth (0: first grid). `attrs`: x_factor, y_factor, x_label, y_label, x_unit, y_unit,
        x_scale, y_scale ("linear" or "log"), here (x, y as written), border (points at which the verdict changes),
        and the words of the question. Each cell is judged by itself: no adjustment for their number.
        """
        import pandas as pd

        table = pd.DataFrame([self._row(cell) for cell in self.cells])
        x, y = self.factors
        table.attrs.update(
            self.order.question.attrs(), n=self.order.replications, seed=self.order.model.seed, finding=self.finding,
            here=tuple(factor.value for factor in self.factors), border=self.border(),
            x_factor=x.path, y_factor=y.path, x_label=x.words, y_label=y.words, x_unit=x.unit, y_unit=y.unit,
            x_scale=x.scale, y_scale=y.scale,
        )
        return table

    def _row(self, cell: Cell) -> dict[str, Any]:
        x, y = self.factors
        mean, ahead = mean_interval(self.values[cell]), share_ahead(self.values[cell])
        return {
            "x": x.at(cell.x), "y": y.at(cell.y), "x_low": x.at(cell.x - cell.half_x),
            "x_high": x.at(cell.x + cell.half_x), "y_low": y.at(cell.y - cell.half_y),
            "y_high": y.at(cell.y + cell.half_y), "difference": mean.value, "low": mean.low, "high": mean.high,
            "n": mean.n, "share_b": ahead.value, "share_low": ahead.low, "share_high": ahead.high,
            "winner": self.winner(cell), "depth": cell.depth,
        }

    def winner(self, cell: Cell) -> str:
        """Who wins in a cell, or that it is too close to call."""
        mean = mean_interval(self.values[cell])
        spread = known(self.values[cell])
        sure = mean.excludes_zero or (spread.size > 1 and spread[0] != 0 and (spread == spread[0]).all())
        return self.order.question.winner(mean.value) if sure else TOO_CLOSE

    def border(self) -> list[tuple[float, float]]:
        """Points (x, y) at which the verdict changes from one cell to the next.

        Where the sign of the mean difference changes too, the point at which it is 0, on the line between the centres;
        else the middle between them.
        """
        x, y = self.factors
        points = []
        for one, other in _neighbours(self.cells):
            if self.winner(one) != self.winner(other):
                above, below = (float(np.nanmean(self.values[cell])) for cell in (one, other))
                part = above / (above - below) if above * below < 0 else 0.5
                points.append((x.at(one.x + part * (other.x - one.x)), y.at(one.y + part * (other.y - one.y))))
        return sorted(points)

    def shares(self) -> dict[str, float]:
        """Share of the map's area by winner, on the scales of the factors."""
        found: dict[str, float] = {}
        for cell in self.cells:
            found[self.winner(cell)] = found.get(self.winner(cell), 0.0) + 4 * cell.half_x * cell.half_y
        return found

    @property
    def finding(self) -> str:
        """The result as a title."""
        question, shares = self.order.question, self.shares()
        ahead = max((question.option_a, question.option_b), key=lambda name: shares.get(name, 0.0))
        return f"{ahead} wins on {100 * shares.get(ahead, 0.0):.0f} % of this map"

    def explain(self) -> str:
        """Two plain sentences: who wins on how much of the map, and where the border runs."""
        question, (x, y) = self.order.question, self.factors
        a, b, close = (100 * self.shares().get(name, 0.0) for name in (question.option_a, question.option_b, TOO_CLOSE))
        first = (
            f"Over {x.path} ({x.low:g} to {x.high:g}) and {y.path} ({y.low:g} to {y.high:g}), {question.option_a} wins "
            f"on {a:.0f} % of the map in {question.outcome_words}, {question.option_b} on {b:.0f} %, and {close:.0f} % "
            f"is too close to call ({len(self.cells)} cells, {self.order.replications} paired runs each, more where it "
            "is close)."
        )
        border = self.border()
        if not border:
            return f"{first} No border runs through this map."
        xs, ys = zip(*border, strict=True)
        return (f"{first} The border runs from {x.path} {min(xs):.3g} to {max(xs):.3g} and {y.path} {min(ys):.3g} to "
                f"{max(ys):.3g}.")

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        return {
            **self.order.settings(self.kind),
            "factors": {factor.path: [factor.low, factor.high] for factor in self.factors}, "cells": len(self.cells),
        }


def winner_map(
    scenario: Asked, factors: Sequence[str] | Mapping[str, Range] | None = None, *, cells: int = CELLS,
    depth: int = DEPTH, **options: Unpack[Options],
) -> WinnerMap:
    """Who wins where, over two factors.

    `factors`: two dotted names or ranges by dotted name; left out: the numbers that the scenario's what-ifs change,
    where there are two, else the two that pull most against the lead (a screen of two runs at both ends of every
    factor of the world). The first grid has `cells` by `cells` cells (5), each with `replications` runs (6), twice as
    many where it is too close to call; cells along the border (a neighbour has another verdict) are split `depth`
    times (1), at most twelve at a time.

    Raises:
        ValueError: there is no pair of options, there are not two factors, or a number is out of range.
        ScenarioError: the scenario or a factor is wrong.

    >>> found = winner_map(lambda x, seed: x["a"] - x["b"], {"a": (0, 1), "b": (0, 1)}, cells=3)
    >>> {name: round(share, 2) for name, share in sorted(found.shares().items())}
    {'A': 0.44, 'B': 0.44, 'too close to call': 0.11}
    """
    asked = order(scenario, options, REPLICATIONS)
    if asked.question.a is None:
        raise ValueError("A winner map needs two options: a pair of firms, or a firm and two of its worlds.")
    if not 2 <= cells <= 50 or not 0 <= depth <= 4:
        raise ValueError(f"A map has 2 to 50 cells per side and is refined 0 to 4 times, not {cells} and {depth}.")
    chosen = asked.factors(_default(asked) if factors is None and asked.scenario is not None else factors)
    if len(chosen) != 2:
        raise ValueError(f"A winner map needs two factors, not {len(chosen)}.")
    found = WinnerMap(asked, (chosen[0], chosen[1]))
    split = MOST_SPLIT * 9 * depth
    asked.model.plan(round(1.5 * asked.replications * (cells**2 + split)))  # about half of the cells are run twice
    half = 0.5 / cells
    centres = [(2 * k + 1) * half for k in range(cells)]
    _judge(found, [Cell(x, y, half, half) for y in centres for x in centres])
    for _ in range(depth):
        edge = along_border(found)
        found.cells = [cell for cell in found.cells if cell not in edge]
        _judge(found, [part for cell in edge for part in cell.parts()])
    return found


def _default(asked: Order) -> list[str]:
    """What the scenario's what-ifs change; where that is fewer than two, what pulls most against the lead."""
    assert asked.scenario is not None
    as_written = all(side.what_if is None for side in asked.question.sides)
    named = [path for path in what_if_numbers(asked.scenario) if path.startswith(WORLD_SECTIONS) and as_written]
    usable = [path for path in named if path not in NOT_A_FACTOR]
    if len(usable) >= 2:
        return usable[:2]
    base = asked.answers([{}], range(SCREENING)).mean[0]
    pulling = pulls(asked, asked.factors(None), 1.0 if base > 0 else -1.0, 0.0)
    return [pull.factor.path for pull in pulling[:2]]


def _judge(found: WinnerMap, cells: list[Cell]) -> None:
    """Run cells, and those that are then too close to call once more."""
    found.cells += cells
    often = found.order.replications
    for runs in (often, MORE_RUNS * often):
        chosen = [cell for cell in cells if cell not in found.values or found.winner(cell) == TOO_CLOSE]
        points = [changed(found.factors, (cell.x, cell.y)) for cell in chosen]
        if points:
            found.values.update(zip(chosen, found.order.answers(points, range(runs)).difference, strict=True))


def along_border(found: WinnerMap) -> list[Cell]:
    """Cells with a neighbour that has another verdict, those beside a change of sign first, at most `MOST_SPLIT`."""
    between, beside = set(), set()
    for one, other in _neighbours(found.cells):
        if np.nanmean(found.values[one]) * np.nanmean(found.values[other]) < 0:
            between |= {one, other}
        if found.winner(one) != found.winner(other):
            beside |= {one, other}
    edge = [cell for cell in found.cells if cell in between & beside]
    edge += [cell for cell in found.cells if cell in beside - between]
    return edge[:MOST_SPLIT]


def _neighbours(cells: Sequence[Cell]) -> list[tuple[Cell, Cell]]:
    return [(one, other) for k, one in enumerate(cells) for other in cells[k + 1 :] if one.touches(other)]
