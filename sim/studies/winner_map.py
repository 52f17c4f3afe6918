"""Winner map: two factors, who wins where and with what confidence, finer where the border runs.

The map is tiled with cells; each is judged by paired runs at its centre. Cells that are too close to call get more
runs, and cells along the border are split in three both ways (the centre of the middle part is the old one, so nothing
is run twice). A cell is looked at twice at most; each look is so strict that both together miss as often as one would
at 95 %.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from sim.statistics.intervals import Floats, Interval, mean_interval, share_ahead
from sim.studies.answer import DesignAnswer
from sim.studies.asking import Asked, Order, StudyOptions, changed, order
from sim.studies.differences import mean_cells
from sim.studies.factors import Factor, Range, spans
from sim.studies.flip_search import SCREENING, slopes_against
from sim.studies.map_cells import NO_NUMBER, Cell, map_lines, neighbours, sides_of
from sim.studies.scenario_factors import NOT_A_FACTOR, WORLD_SECTIONS, what_if_numbers
from sim.studies.settings import WinnerMapSettings, default
from sim.text.findings import TOO_CLOSE, Finding
from sim.text.numbers import percent
from sim.text.words import counted, number_in_words

REPLICATIONS = 6
MORE_RUNS = 2
"""Cells that are too close to call get so many times the runs."""
LOOK = 1 - 0.0294
"""Confidence of each of two looks that together have 95 %, the second with twice the runs (Pocock 1977)."""
MOST_SPLIT = 12
"""Cells that are split at one depth, those beside a change of sign first (assumption: what a minute holds)."""
OVER = ("The map shows {outcome}, over {factors:and}, in {n:count cell} of {runs} paired runs each, {more_runs} where "
        "it is close.")
CAVEATS = ("a cell has a winner where the 95 % interval of the mean difference excludes 0, and single runs can still "
           "go the other way",
           "each cell is judged by itself: where nobody is ahead, one in twenty gets a winner by chance")
MESSAGES = {
    "share": "{subject} wins on {value:percent} of the map.",
    TOO_CLOSE: "{value:percent} of the map is too close to call.",
    NO_NUMBER: "On {value:percent} of the map no run gives a number.",
    "border": "The two options are level along a line that runs at {where:and}.",
    "no border known": "Both options win somewhere, but the runs do not show where they are level; sure wins end at "
                       "{where:and}.",
    "one winner": "Only {subject} wins anywhere, so no border runs through this map; its wins begin to be sure at "
                  "{where:and}.",
    "no border": "No border runs through this map.",
}


class WinnerMap(DesignAnswer):
    """Who wins in every cell of the map.

    `table()` has one row per cell; the cells tile the map: x, y (centre, in the factors' own units), x_low, x_high,
    y_low, y_high (its sides), difference (mean of b − a), low, high (t interval; both looks at a cell together hold at
    95 %), n (paired runs), share_b, share_low, share_high (share of pairs in which b is ahead, Wilson), winner (option
    a, option b, "too close to call" or "no number": an option wins where the interval of the mean difference excludes
    0), depth (0: first grid). `attrs`: x_factor, y_factor, x_label, y_label, x_unit, y_unit, x_scale, y_scale
    ("linear" or
    "log"), here (x, y as written), border (points between the winners at which both are level; none where only one wins
    somewhere), edge (points at which a sure win ends), comparisons (cells), method (of the intervals), and the words of
    the question. Each cell is judged by itself: where nobody is ahead anywhere, one cell in twenty gets a winner all
    the same.
    """

    kind = "winner_map"
    picture = "winner_map"

    def __init__(self, asked: Order, factors: tuple[Factor, Factor]) -> None:
        super().__init__(asked)
        self.factors = factors
        self.cells: list[Cell] = []
        self.values: dict[Cell, Floats] = {}

    def __repr__(self) -> str:
        x, y = self.factors
        return f"<Winner map of {self.order.name}: {x.path} × {y.path}, {counted(len(self.cells), 'cell')}>"

    def _rows(self) -> list[dict[str, Any]]:
        x, y = self.factors
        return [{
            "x": x.at(cell.x), "y": y.at(cell.y), "x_low": x.at(cell.x - cell.half_x),
            "x_high": x.at(cell.x + cell.half_x), "y_low": y.at(cell.y - cell.half_y),
            "y_high": y.at(cell.y + cell.half_y), **mean_cells(self.mean(cell), share_ahead(self.values[cell])),
            "winner": self.winner(cell), "depth": cell.depth,
        } for cell in self.cells]

    def _words(self) -> dict[str, Any]:
        x, y = self.factors
        return {
            "here": (x.value, y.value), "border": self.border(), "edge": self.edge(), "x_factor": x.path,
            "y_factor": y.path, "x_label": x.words, "y_label": y.words, "x_unit": x.unit, "y_unit": y.unit,
            "x_scale": x.scale, "y_scale": y.scale, "comparisons": len(self.cells),
            "method": "95 % over both looks at a cell (Pocock)",
        }

    def lines(self) -> list[str]:
        """The map in letters."""
        return map_lines(self.table())

    def mean(self, cell: Cell) -> Interval:
        """The mean difference in a cell, with an interval that holds over both looks at it."""
        return mean_interval(self.values[cell], LOOK)

    def winner(self, cell: Cell) -> str:
        """Who wins in a cell, or that it is too close to call, or that no run of it gave a number."""
        mean = self.mean(cell)
        if not mean.n:
            return NO_NUMBER
        return self.question.winner(mean.value) if mean.excludes_zero else TOO_CLOSE

    @property
    def more_runs(self) -> int:
        """Runs of a cell that is too close to call."""
        return MORE_RUNS * self.order.replications

    def winners(self) -> list[str]:
        """The options that win somewhere."""
        found = self.shares()
        return [name for name in (self.question.option_a, self.question.option_b) if name in found]

    def border(self) -> list[tuple[float, float]]:
        """Points (x, y) between the winners at which both are level.

        Between neighbouring cells whose mean differences have different signs, the point at which it is 0 on the line
        between the centres; where cells are too close to call, only in a stretch of them that lies between both
        winners. None where not both win somewhere: a sign that turns among cells that are too close is noise.
        """
        if len(self.winners()) < 2:
            return []
        sides = sides_of(self.cells, {cell: self.winner(cell) for cell in self.cells})
        points = []
        for one, other in neighbours(self.cells):
            above, below = (self.mean(cell).value for cell in (one, other))
            if above * below < 0 and len(sides[one] | sides[other]) == 2:
                points.append(self._between(one, other, above / (above - below)))
        return sorted(points)

    def edge(self) -> list[tuple[float, float]]:
        """Points (x, y) at which a sure win ends: the middle between neighbours with different verdicts.

        Where this runs depends on the number of runs: more of them make more cells sure.
        """
        return sorted(self._between(one, other, 0.5) for one, other in neighbours(self.cells)
                      if self.winner(one) != self.winner(other))

    def _between(self, one: Cell, other: Cell, part: float) -> tuple[float, float]:
        x, y = self.factors
        return x.at(one.x + part * (other.x - one.x)), y.at(one.y + part * (other.y - one.y))

    def shares(self) -> dict[str, float]:
        """Share of the map's area by winner, on the scales of the factors."""
        found: dict[str, float] = {}
        for cell in self.cells:
            found[self.winner(cell)] = found.get(self.winner(cell), 0.0) + 4 * cell.half_x * cell.half_y
        return found

    def _title(self) -> str:
        shares, winners = self.shares(), self.winners()
        if not winners:
            return "Nobody surely leads anywhere on this map"
        ahead = max(winners, key=lambda name: shares[name])
        return f"{ahead} wins on {percent(shares[ahead])} of this map"

    def findings(self) -> list[Finding]:
        """Who wins on how much of the map, where the border runs, and what winning means."""
        question, shares = self.question, self.shares()
        over = Finding("map", question.words, n=len(self.cells), message=OVER, details={
            "factors": [f"{one.path} ({number_in_words(one.low)} to {number_in_words(one.high)}"
                        f"{', on a log scale' if one.scale == 'log' else ''})" for one in self.factors],
            "runs": self.order.replications, "more_runs": self.more_runs})
        parts = [Finding(name, question.outcome_words, shares.get(name, 0.0), n=len(self.cells), unit="share",
                         verdict="share", message=MESSAGES[name if name in (TOO_CLOSE, NO_NUMBER) else "share"])
                 for name in (question.option_a, question.option_b, TOO_CLOSE, NO_NUMBER)
                 if name != NO_NUMBER or name in shares]
        return [over, *parts, self._border_found().with_caveats(*CAVEATS)]

    def _border_found(self) -> Finding:
        """Where the border between the winners runs, or where the only winner begins to be sure."""
        border, edge, winners = self.border(), self.edge(), self.winners()
        verdict = ("border" if border else "no border known" if len(winners) == 2
                   else "one winner" if winners and edge else "no border")
        where = [f"{factor.path} {min(values):.3g} to {max(values):.3g}"
                 for factor, values in zip(self.factors, zip(*(border or edge), strict=True), strict=False)]
        return Finding(" and ".join(winners), self.question.words, verdict=verdict, message=MESSAGES[verdict],
                       details={"where": where})

    def _settings(self) -> dict[str, Any]:
        return {"factors": spans(self.factors), "cells": len(self.cells)}


def winner_map(
    scenario: Asked, factors: Sequence[str] | Mapping[str, Range] | None = None, *,
    cells: int = default(WinnerMapSettings, "cells"), depth: int = default(WinnerMapSettings, "depth"),
    **options: Unpack[StudyOptions],
) -> WinnerMap:
    """Who wins where, over two factors.

    `factors`: two dotted names or ranges by dotted name; left out: the numbers that the scenario's what-ifs change,
    where there are two, else the two that work most against the lead (a screen of two runs at both ends of every
    factor of market, product and people). The first grid has `cells` by `cells` cells (5), each with `replications`
    runs (6), twice as many where it is too close to call; cells along the border (a neighbour has another verdict) are
    split `depth` times (1), at most twelve at a time. A cell has a winner where the mean difference is beyond sampling
    error, at 95 % over both looks; that is less than to win surely, as a winner flip asks for: single runs can go the
    other way.

    Raises:
        ValueError: there is no pair of options, there are not two factors, or a number is out of range.
        ScenarioError: the scenario or a factor is wrong.

    >>> found = winner_map(lambda x, seed: x["a"] - x["b"], {"a": (0, 1), "b": (0, 1)}, cells=3)
    >>> {name: round(share, 2) for name, share in sorted(found.shares().items())}
    {'A': 0.44, 'B': 0.44, 'too close to call': 0.11}
    """
    asked = order(scenario, options, REPLICATIONS)
    if asked.question.a is None:
        raise ValueError("A winner map needs two options: a pair of firms, or a firm and two of its what-ifs.")
    if not 2 <= cells <= 50 or not 0 <= depth <= 4:
        raise ValueError(f"A map has 2 to 50 cells per side and is refined 0 to 4 times, not {cells} and {depth}.")
    runs = most_runs(asked.replications, cells, depth)
    chosen = asked.factors(_default(asked, runs) if factors is None and asked.scenario is not None else factors)
    if len(chosen) != 2:
        raise ValueError(f"A winner map needs two factors, not {len(chosen)}.")
    found = WinnerMap(asked, (chosen[0], chosen[1]))
    asked.model.plan(runs)
    half = 0.5 / cells
    centres = [(2 * k + 1) * half for k in range(cells)]
    _judge(found, [Cell(x, y, half, half) for y in centres for x in centres])
    for _ in range(depth):
        edge = along_border(found)
        found.cells = [cell for cell in found.cells if cell not in edge]
        _judge(found, [part for cell in edge for part in cell.parts()])
    return found


def most_runs(replications: int, cells: int, depth: int) -> int:
    """Paired runs that a map needs at most: every cell looked at twice, as many split as may be.

    Of the nine parts of a cell that is split, the middle one has been run.
    """
    split = min(MOST_SPLIT, cells**2) + (depth - 1) * MOST_SPLIT if depth else 0
    return MORE_RUNS * replications * (cells**2 + 8 * split)


def _default(asked: Order, runs: int) -> list[str]:
    """What the scenario's what-ifs change; where that is fewer than two, what works most against the lead.

    `runs`: how many the map itself will need, so that the whole is planned at once.
    """
    assert asked.scenario is not None
    as_written = all(side.what_if is None for side in asked.question.sides)
    named = [path for path in what_if_numbers(asked.scenario) if path.startswith(WORLD_SECTIONS) and as_written]
    usable = [path for path in named if path not in NOT_A_FACTOR]
    if len(usable) >= 2:
        return usable[:2]
    factors = asked.factors(None)
    asked.model.plan(SCREENING * (2 * len(factors) + 1) + runs)
    base = asked.answers([{}], range(SCREENING)).mean[0]
    slopes = slopes_against(asked, factors, 1.0 if base > 0 else -1.0, 0.0)
    return [slope.factor.path for slope in slopes[:2]]


def _judge(found: WinnerMap, cells: list[Cell]) -> None:
    """Run cells, and those that are then too close to call once more."""
    found.cells += cells
    often = found.order.replications
    for runs in (often, found.more_runs):
        chosen = [cell for cell in cells if cell not in found.values or found.winner(cell) == TOO_CLOSE]
        points = [changed(found.factors, (cell.x, cell.y)) for cell in chosen]
        if points:
            found.values.update(zip(chosen, found.order.answers(points, range(runs)).difference, strict=True))


def along_border(found: WinnerMap) -> list[Cell]:
    """Cells with a neighbour that has another verdict, those beside a change of sign first, at most `MOST_SPLIT`."""
    between, beside = set(), set()
    for one, other in neighbours(found.cells):
        if found.mean(one).value * found.mean(other).value < 0:
            between |= {one, other}
        if found.winner(one) != found.winner(other):
            beside |= {one, other}
    edge = [cell for cell in found.cells if cell in between & beside]
    edge += [cell for cell in found.cells if cell in beside - between]
    return edge[:MOST_SPLIT]
