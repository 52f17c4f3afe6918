"""What a study costs beside its runs: wall time over that of the same runs on the bare engine, with as many threads.

    python benchmarks/studies.py            # shipped sizes, a few minutes
    python benchmarks/studies.py --quick    # fewer people and runs: does it work?

Every study is done once. The runs that it did (scenario, seed, options) are written down and done again by the engine
alone: no outcomes are read, nothing is kept, no table is made. The last line is a single warm run on one thread.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import sim
from sim.market.simulation import Options, Simulation
from sim.records.records import Records
from sim.runs import task
from sim.runs.execute import whole_run
from sim.runs.execution import cores
from sim.scenario.schema import Scenario

TARGET, TARGET_SECONDS = 1.15, 0.025
Call = tuple[Scenario, int, Options | None]


@dataclass
class Watch:
    """Writes down every run that a study does."""

    calls: list[Call] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, scenario: Scenario, seed: int, options: Options | None = None) -> Records:
        """The run itself, and a note of it."""
        with self._lock:
            self.calls.append((scenario, seed, options))
        return whole_run(scenario, seed, options)


def studies(people: int | None, few: bool) -> dict[str, Callable[[], Any]]:
    """The studies at the sizes they have unless something is asked for; with `few`, the smallest that make sense."""
    changed = {} if people is None else {"market.customers": people}
    some: dict[str, Any] = {"replications": 2} if few else {}

    def prepared(name: str) -> Scenario:
        return sim.load(name, changed)

    return {
        "compare": lambda: sim.compare(prepared("leaky_bucket"), **some),
        "replicate": lambda: sim.replicate(prepared("leaky_bucket"), **some),
        "sweep": lambda: sim.sweep(prepared("first_look"), {"firms.Root.price": [4.0, 4.5, 5.0]}, **some),
        "ladder": lambda: sim.ladder(prepared("first_look"), **some),
        "sensitivity": lambda: sim.sensitivity(prepared("first_look"), **some),
        "winner_map": lambda: sim.winner_map(prepared("penny_goods"), {
            "product.price": (0.8, 80.0), "people.purchases_per_year.mean": (6.0, 48.0)}, **some),
        "flip": lambda: sim.flip(prepared("leaky_bucket"), **({"proofs": 20, **some} if few else {})),
    }


def finished(study: Callable[[], Any]) -> None:
    """The study, its table and its words: what a person waits for."""
    found = study()
    found.table()
    found.explain()


def bare(calls: list[Call]) -> float:
    """Seconds for these runs on the engine alone, on as many threads as a study uses."""
    began = time.perf_counter()
    with ThreadPoolExecutor(cores()) as pool:
        for _ in pool.map(lambda call: whole_run(*call), calls):
            pass
    return time.perf_counter() - began


def measured(study: Callable[[], Any]) -> tuple[int, float, float]:
    """How many runs a study did, its seconds, and the seconds of the bare runs."""
    watch = Watch()
    task.whole_run = watch  # type: ignore[attr-defined]
    try:
        began = time.perf_counter()
        finished(study)
        seconds = time.perf_counter() - began
    finally:
        task.whole_run = whole_run  # type: ignore[attr-defined]
    return len(watch.calls), seconds, bare(watch.calls)


def warm_run(times: int = 40) -> tuple[float, float]:
    """Median and best processor seconds of a run of 2,000 people over 36 months, compiled, on one thread."""
    scenario = sim.load("first_look", {"market.customers": 2000, "clock.years": 3})
    found = []
    for seed in range(times):
        began = time.process_time()
        course = Simulation(scenario, seed, seed, Options("numba", threads=1))
        while not course.done:
            course.step()
        course.records()
        found.append(time.process_time() - began)
    return statistics.median(found[2:]), min(found[2:])


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true", help="300 people, 2 runs of each point")
    asked.add_argument("--only", help="one study by name")
    given = asked.parse_args()
    warm_run(3)
    print(f"a study over the same runs on the bare engine, {cores()} threads")
    print(f"  {'study':<12} {'runs':>6} {'study, s':>10} {'bare, s':>10} {'ratio':>7}")
    for name, study in studies(300 if given.quick else None, given.quick).items():
        if given.only not in (None, name):
            continue
        runs, seconds, alone = measured(study)
        verdict = "" if given.quick else "reached" if seconds / alone <= TARGET else "NOT reached"
        line = f"  {name:<12} {runs:>6,} {seconds:>10.2f} {alone:>10.2f} {seconds / alone:>7.2f}   {verdict}"
        print(line, flush=True)
    median, best = warm_run()
    verdict = "reached" if median <= TARGET_SECONDS else "NOT reached"
    print(f"  a warm run of 2,000 people x 36 months on one thread: {1000 * median:.0f} ms of processor time, best "
          f"{1000 * best:.0f} ms   target <= {1000 * TARGET_SECONDS:.0f} ms   {verdict}")


if __name__ == "__main__":
    main()
