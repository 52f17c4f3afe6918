"""What a market needs of the machine: how large it is, and how much memory it takes."""

from __future__ import annotations

import os
from pathlib import Path

from sim.records.recorder import KEEP_UP_TO
from sim.scenario.calendar import Calendar
from sim.scenario.schema import Scenario

PER_PERSON, PER_TIE, PER_PURCHASE = 650, 190, 70
"""Bytes of a person, of a person and a firm, and of a person and a period where purchases are kept (20 to 160: it
depends on how often people buy). Measured on shipped scenarios of 20,000 to 200,000 people, 2 to 8 firms."""
GB, WORTH_A_LOOK = 1e9, 2e8


class NotEnoughMemoryError(MemoryError):
    """A market is larger than the memory that is free; the message says how large."""


def periods_of(scenario: Scenario) -> int:
    """Periods that a run walks, those of the warm-up too."""
    calendar = Calendar.of(scenario.clock)
    return calendar.warm_up + max(1, round(scenario.clock.years * calendar.periods_per_year))


def memory_of(scenario: Scenario) -> float:
    """Bytes that a run of the scenario takes at most, about.

    >>> from sim.scenario.load import load
    >>> round(memory_of(load("first_look", {"market.customers": 1_000_000})) / GB, 1)
    1.0
    """
    people, periods = scenario.market.customers, periods_of(scenario)
    kept = people * periods if people * periods <= KEEP_UP_TO else 0
    return float(people * (PER_PERSON + PER_TIE * len(scenario.firms)) + PER_PURCHASE * kept)


def free_memory() -> float:
    """Bytes of memory that are free for new work; all that the machine has where it does not say; else no limit."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        kilobytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
        return 1024.0 * (kilobytes["MemAvailable"] + kilobytes.get("SwapFree", 0))
    except (OSError, ValueError, KeyError, IndexError):
        pass
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        return float("inf")


def fitting(scenario: Scenario, at_once: int) -> int:
    """How many runs of a scenario fit into the memory that is free at the same time: at least one."""
    needed = memory_of(scenario)
    if at_once * needed <= WORTH_A_LOOK:
        return at_once
    return max(1, min(at_once, int(free_memory() // needed)))


def check_memory(scenario: Scenario) -> None:
    """Refuse a market that does not fit into the memory that is free.

    Raises:
        NotEnoughMemoryError: it would need more.
    """
    needed = memory_of(scenario)
    if needed > WORTH_A_LOOK and needed > (free := free_memory()):
        raise NotEnoughMemoryError(
            f"{scenario.market.customers:,} people need about {needed / GB:.1f} GB of memory, and {free / GB:.1f} GB "
            "are free: fewer people (market.customers) answer the same question.")
