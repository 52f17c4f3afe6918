"""How long it takes to meet a customer, and to say why a result differs: `python benchmarks/lives.py`.

Seconds of processor time, because a busy machine would slow the clock on the wall; `sim why` also by the clock. Its
pair differs in eight groups of decisions, the most there are: 256 combinations of 2,000 people over 36 months.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

import sim
from sim.lives.meeting import chosen
from sim.lives.person import Person
from sim.lives.side_by_side import Meeting
from sim.lives.tape import taped
from sim.market.simulation import Options
from sim.scenario.load import load, ready_to_run, with_what_if

SIZE = {"market.customers": 2_000, "clock.years": 3}
DECISIONS: dict[str, Any] = {
    "price": 4.2, "quality": 0.75, "promise": 0.6, "spending.advertising": 0.3, "information": "identity",
    "recovery.answered": 0.9, "win_back.reach": 0.2, "lock": 0.1,
}


def meetings(people: int) -> None:
    """A market with its tape, one life, and two lives with their parting and stories."""
    scenario = load("silent_exit", SIZE)
    variants = [ready_to_run(each) for each in (scenario, with_what_if(scenario, "easy_to_complain"))]
    taped(variants[0], 1, Options(records="all"))  # rules are loaded
    began = time.process_time()
    markets = [taped(each, 1, Options(records="all")) for each in variants]
    tape = (time.process_time() - began) / 2
    alone, both = [], []
    for seed in range(people):
        who = chosen("random", [markets[0].records()], seed)
        began = time.process_time()
        here = Person(markets[0], who)
        alone.append(time.process_time() - began)
        str(Meeting(("as written", "easy_to_complain"), here, Person(markets[1], who)))
        both.append(time.process_time() - began)
    print(f"a market of 2,000 people with its tape: {tape:.2f} s")
    print(f"one life lived again: median {statistics.median(alone):.2f} s, longest of {people} {max(alone):.2f} s")
    print(f"two lives, where they part, both stories: median {statistics.median(both):.2f} s, "
          f"longest {max(both):.2f} s (target 1 s)")


def reasons(replications: int) -> None:
    """`sim why` with all combinations of eight decisions."""
    scenario = load("first_look", SIZE)
    firm = next(iter(scenario.firms))
    other = load(scenario, {f"firms.{firm}.{path}": value for path, value in DECISIONS.items()})
    processor, wall = time.process_time(), time.perf_counter()
    found = sim.why(scenario, other, firm=firm, replications=replications)
    processor, wall = time.process_time() - processor, time.perf_counter() - wall
    print(f"sim why, {len(found.compared.groups)} decisions, {found.order.model.runs:,} runs"
          f"{' (orders drawn)' if found.compared.orders else ''}: {processor:.0f} s of processor time, {wall:.0f} s by "
          f"the clock; ten replications take {10 / replications * processor:.0f} s of processor time (target: 240)")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, default=20)
    arguments.add_argument("--replications", type=int, default=10)
    asked = arguments.parse_args()
    meetings(asked.people)
    reasons(asked.replications)
