"""What a winner map says: who wins on how much of it, where the border runs, and what winning means there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.studies.differences import TOO_CLOSE
from sim.text.words import counted, number_in_words

if TYPE_CHECKING:
    from sim.studies.winner_map import WinnerMap

Points = Sequence[tuple[float, float]]


def words_of(found: WinnerMap) -> str:
    """The sentences of a winner map."""
    question, often = found.order.question, found.order.replications
    a, b, close = (100 * found.shares().get(name, 0.0) for name in (question.option_a, question.option_b, TOO_CLOSE))
    over = " and ".join(f"{factor.path} ({number_in_words(factor.low)} to {number_in_words(factor.high)})"
                        for factor in found.factors)
    return (
        f"Over {over}, {question.option_a} wins on {a:.0f} % of the map in {question.outcome_words}, "
        f"{question.option_b} on {b:.0f} %, and {close:.0f} % is too close to call ({_area(found)}"
        f"{counted(len(found.cells), 'cell')}, {often} paired runs each, {found.more_runs} where it is close). "
        f"{_where(found)} A cell has a winner where its mean difference is beyond luck, though single runs may go the "
        "other way; each is judged by itself, and where nobody is ahead one in twenty gets a winner by chance."
    )


def _area(found: WinnerMap) -> str:
    """On which scales the area of the map is measured, where that is not the plain one."""
    logs = [factor.path for factor in found.factors if factor.scale == "log"]
    if not logs:
        return ""
    return "area on logarithmic scales, " if len(logs) == 2 else f"area with {logs[0]} on a logarithmic scale, "


def _where(found: WinnerMap) -> str:
    """Where the border between the winners runs, or where the only winner begins to be sure."""
    border, edge, winners = found.border(), found.edge(), found.winners()
    if border:
        return f"The border between them, where both are level, runs at {_span(found, border)}."
    if len(winners) == 2:
        return f"Where the border between them runs cannot be told; sure wins end at {_span(found, edge)}."
    if winners and edge:
        who = winners[0]
        return (f"Only {who} wins on this map, so no border between winners runs through it; {who} begins to be sure "
                f"at {_span(found, edge)}, and more runs would move that line.")
    return "No border runs through this map."


def _span(found: WinnerMap, points: Points) -> str:
    """Over which values points lie."""
    sides = zip(found.factors, zip(*points, strict=True), strict=True)
    return ", ".join(f"{factor.path} {min(values):.3g} to {max(values):.3g}" for factor, values in sides)
