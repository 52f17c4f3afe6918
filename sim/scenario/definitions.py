"""The definitions of the course texts in our own words, and what measures them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sim.scenario.shipped import read_file

FILE = Path(__file__).with_name("definitions.yaml")


@dataclass(frozen=True)
class Definition:
    """A term, what it means, the textbook claims it belongs to, and the metrics that measure it (none: nothing does).

    Term and words are English; who shows them calls `tr`.
    """

    term: str
    words: str
    claims: tuple[str, ...]
    metrics: tuple[str, ...]


@cache
def definitions() -> tuple[Definition, ...]:
    """All of them, in the order of the course.

    >>> [one.metrics for one in definitions() if one.term == "customer equity"]
    [('customer_equity_money',)]
    """
    found = read_file(FILE).data["definitions"]
    return tuple(Definition(one["term"], one["words"], tuple(one["claims"]), tuple(one["metrics"])) for one in found)
