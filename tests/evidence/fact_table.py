"""What a fact is: parts with a range each, fixed before the first run; and how the table is printed.

Verdict: *in* when the mean over seeds of every part lies in its range, *out* when none does, *partly* between. "At the
edge" is added where the 95 % interval of some part reaches over the end of its range.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.statistics.intervals import Interval, mean_interval

Measured = Mapping[str, Mapping[str, Sequence[float]]]
"""By market and name: one number per seed."""


@dataclass(frozen=True)
class Part:
    """One measured number: in which market, under which name, the range it should lie in (None: only told)."""

    market: str
    name: str
    words: str
    low: float = -math.inf
    high: float = math.inf
    digits: int = 2

    @property
    def judged(self) -> bool:
        """Whether the verdict looks at it."""
        return math.isfinite(self.low) or math.isfinite(self.high)

    def interval(self, measured: Measured) -> Interval:
        """Mean over seeds with its interval."""
        return mean_interval(measured[self.market][self.name])

    def holds(self, measured: Measured) -> bool:
        """Whether the mean lies in the range."""
        return self.low <= self.interval(measured).value <= self.high

    def at_edge(self, measured: Measured) -> bool:
        """Whether the interval reaches over an end of the range."""
        found = self.interval(measured)
        return found.low < self.low <= found.high or found.low <= self.high < found.high

    def told(self, measured: Measured) -> str:
        """In words: what, mean, interval, and a mark where it is judged."""
        found = self.interval(measured)
        mark = "" if not self.judged else (" ✓" if self.holds(measured) else " ✗")
        return f"{self.words} {_number(found.value, self.digits)} {_between(found, self.digits)}{mark}"


@dataclass(frozen=True)
class Fact:
    """A published regularity, its parts, and what the same numbers are with a mechanism switched off."""

    number: str
    name: str
    target: str
    kind: str
    where: str
    parts: tuple[Part, ...]
    driver: str
    off: tuple[Part, ...] = ()
    note: str = ""

    def verdict(self, measured: Measured) -> str:
        """In, partly or out, and whether it stands at the edge."""
        judged = [part for part in self.parts if part.judged]
        held = sum(part.holds(measured) for part in judged)
        word = "in" if held == len(judged) else "out" if held == 0 else "partly"
        edge = any(part.at_edge(measured) for part in judged)
        return f"{word}, at the edge" if edge else word

    def runs(self, measured: Measured) -> int:
        """How many seeds stand behind the parts (the fewest)."""
        return min(part.interval(measured).n for part in self.parts)


def _number(value: float, digits: int) -> str:
    return "unknown" if math.isnan(value) else f"{value:.{digits}f}"


def _between(found: Interval, digits: int) -> str:
    return "" if math.isnan(found.low) else f"[{_number(found.low, digits)}, {_number(found.high, digits)}]"


def counted(facts: Sequence[Fact], measured: Measured) -> str:
    """How many facts are in, partly, out."""
    words = [fact.verdict(measured).split(",")[0] for fact in facts]
    return ", ".join(f"{words.count(word)} {word}" for word in ("in", "partly", "out"))


def plain(facts: Sequence[Fact], measured: Measured) -> str:
    """The table for a console: a few lines per fact."""
    lines = []
    for fact in facts:
        lines.append(f"{fact.number} {fact.name}: {fact.verdict(measured).upper()} (n = {fact.runs(measured)}, "
                     f"{fact.kind}; {fact.where})")
        lines.append(f"    target   {fact.target}")
        lines += [f"    measured {part.told(measured)}" for part in fact.parts]
        lines.append(f"    driver   {fact.driver}")
        lines += [f"    changed  {part.told(measured)}" for part in fact.off]
        lines += [f"    note     {fact.note}"] if fact.note else []
    return "\n".join([*lines, "", counted(facts, measured)])


def as_markdown(facts: Sequence[Fact], measured: Measured) -> str:
    """The table for docs/facts.md."""
    rows = ["| fact | target (source) | kind | level and scenario | measured: mean [95 % interval] | verdict | "
            "driver, and the same changed |", "|---|---|---|---|---|---|---|"]
    for fact in facts:
        found = "<br>".join([*(part.told(measured) for part in fact.parts), f"n = {fact.runs(measured)} runs"])
        note = [fact.note] if fact.note else []
        changed = "<br>".join([fact.driver, *(part.told(measured) for part in fact.off), *note])
        rows.append(f"| **{fact.number}** {fact.name} | {fact.target} | {fact.kind} | {fact.where} | {found} | "
                    f"**{fact.verdict(measured)}** | {changed} |")
    return "\n".join(rows) + "\n"
