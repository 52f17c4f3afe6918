"""What is read off a run beside a few outcomes: its summary, and what somebody wants to note of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sim.records.records import Records
from sim.runs.outcomes import Outcomes
from sim.runs.summary import Summary, summarise

Observe = Callable[[Records], Any]
"""Notes something of a run: a function of a module, or a frozen dataclass, so that it can travel and be named."""


class Reading(Protocol):
    """Reads outcomes at a date off a run, and what else is kept of it (something that `packed` can pack)."""

    def __call__(self, records: Records, outcomes: tuple[str, ...], year: float) -> tuple[Outcomes, Any]:
        """The outcomes by firm, and what is kept."""

    @property
    def name(self) -> str:
        """Says what is kept; readings of the same name keep the same."""


@dataclass(frozen=True)
class Kept:
    """What is kept of a run in a comparison or replication: its summary, and what was noted beside it."""

    summary: Summary
    noted: Any = None


@dataclass(frozen=True)
class WholeReading:
    """Every metric at these dates, the lines over time, and what `observe` notes."""

    dates: tuple[float, ...]
    observe: Observe | None = None

    def __call__(self, records: Records, outcomes: tuple[str, ...], year: float) -> tuple[Outcomes, Kept]:
        """The outcomes by firm, out of the summary (`year` must be one of the dates), and what is kept."""
        summary = summarise(records, self.dates)
        found = {firm: {name: summary.value(name, firm, year) for name in outcomes} for firm in records.firms}
        return found, Kept(summary, None if self.observe is None else self.observe(records))

    @property
    def name(self) -> str:
        """Says what is kept; readings of the same name keep the same."""
        return f"summary in years {', '.join(f'{date:g}' for date in self.dates)}; {name_of(self.observe)}"


def name_of(observe: Observe | None) -> str:
    """A name for what notes something: that of the function, or for a dataclass what it was made with.

    >>> name_of(None), name_of(summarise)
    ('nothing else', 'summarise')
    """
    return "nothing else" if observe is None else getattr(observe, "__qualname__", None) or repr(observe)
