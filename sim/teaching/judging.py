"""A forecast against what the runs show: the right winner, the right side, inside the interval."""

from __future__ import annotations

from sim.teaching.forecasts import TOO_CLOSE, Answer, Revealed, Said
from sim.text.language import tr
from sim.text.words import nearest

NEAR = 0.05
"""How far from a number an answer may lie and still be right, as a share of it."""


def nearest_of(name: str, pair: list[str]) -> str | None:
    """The one of two that a word names, or "too close to call"; None where it is neither."""
    folded = {one.casefold(): one for one in (*pair, TOO_CLOSE)}
    return folded.get(name.strip().casefold()) or (TOO_CLOSE if nearest(name, [TOO_CLOSE]) else None)


def right_winner(said: Said, found: Revealed) -> bool | None:
    """Whether the winner was named; None where the runs name none, or none was forecast."""
    if "winner" not in said.said or not found.pair:
        return None
    named = nearest_of(str(said.said["winner"]), found.pair)
    if not found.winner:
        return True if named == TOO_CLOSE else None
    return named == found.winner


def signed_difference(said: Said, found: Revealed) -> float | None:
    """The difference that was forecast as the second minus the first; None where there is none."""
    difference = said.said.get("difference")
    if not isinstance(difference, float) or len(found.pair) != 2:
        return None
    named = nearest_of(str(said.said.get("winner", found.pair[1])), found.pair)
    if named is None:
        return None
    return -difference if (named == found.pair[0]) != found.less_wins else difference


def placed(name: str, value: float, ends: tuple[float, float]) -> str:
    """Where a number lies, beside an interval."""
    if ends[0] <= value <= ends[1]:
        return tr("{name}: your answer lies inside the interval.", name=name)
    return tr("{name}: your answer lies below the interval.", name=name) if value < ends[0] else \
        tr("{name}: your answer lies above the interval.", name=name)


def fits(name: str, said: Answer, fact: Answer | tuple[float, float]) -> str:
    """How an answer fits a number, an interval or a word."""
    if isinstance(fact, tuple) and isinstance(said, float):
        return placed(name, said, fact)
    if not (isinstance(fact, float) and isinstance(said, float)):
        return tr("{name}: your answer is right.", name=name) if str(said).casefold() == str(fact).casefold() else \
            tr("{name}: your answer is another one.", name=name)
    if abs(said - fact) <= NEAR * abs(fact):
        return tr("{name}: your answer is right.", name=name)
    return tr("{name}: your answer is too low.", name=name) if said < fact else \
        tr("{name}: your answer is too high.", name=name)
