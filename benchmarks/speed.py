"""How fast, how large: `python benchmarks/speed.py` prints every figure of the engine, with its target, in one run.

Rates are customer-periods per second *of processor time* for everything on one thread, because a busy machine would
slow the long samples (plain objects) more than the short ones and so flatter the engine. Two threads are compared
with one by the clock on the wall. Samples of all ways to run alternate; figures are medians.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "oracle"))

from bench_market import four_firms
from naive_market import NaiveMarket

from sim.market.simulation import Options, Simulation

SEED, WORLD_SEED = 7, 3
SIZES = {1_000: (9, 48), 10_000: (7, 12), 100_000: (5, 4)}
"""Customers: (samples of each way to run, periods in a sample; one period in a sample of plain objects).

Samples of a small market are long enough for a run's own rhythm: one period after another, as users run them, and not
each time the first period after a second of something else."""
NAMES = ("plain Mesa objects", "NumPy", "numba, 1 thread", "numba, 2 threads")


@dataclass
class Way:
    """One way to run the same market, and how long its samples took per period."""

    step: Callable[[], None]
    periods: int
    processor: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def sample(self) -> None:
        """Time some periods."""
        processor, wall = time.process_time(), time.perf_counter()
        for _ in range(self.periods):
            self.step()
        self.processor.append((time.process_time() - processor) / self.periods)
        self.wall.append((time.perf_counter() - wall) / self.periods)


def course_of(customers: int, executor: Any, threads: int | None = None, periods: int = 60) -> Simulation:
    """The benchmark's market on one executor."""
    options = Options(executor=executor, threads=threads, records="totals")
    return Simulation(four_firms(customers, periods), SEED, WORLD_SEED, options)


def speeds(customers: int) -> dict[str, dict[str, float]]:
    """Seconds per period of each way to run: processor and wall, medians."""
    samples, periods = SIZES[customers]
    length = samples * periods + 12
    ways = {
        "plain Mesa objects": Way(NaiveMarket(four_firms(customers, length), SEED, WORLD_SEED).step, 1),
        "NumPy": Way(course_of(customers, "numpy", None, length).step, max(1, periods // 8)),
        "numba, 1 thread": Way(course_of(customers, "numba", 1, length).step, periods),
        "numba, 2 threads": Way(course_of(customers, "numba", 2, length).step, periods),
    }
    for way in ways.values():  # a market in motion; compiled
        way.step()
        way.step()
    for _ in range(samples):
        for way in ways.values():
            way.sample()
    found = {name: {"processor": statistics.median(way.processor), "wall": statistics.median(way.wall)}
             for name, way in ways.items()}
    found["passes"] = {"share": share_of_passes(course_of(customers, "numba", 1))}
    return found


def share_of_passes(course: Simulation) -> float:
    """Share of a period that goes into the compiled rules; the rest is plans, books and records, whatever the size."""
    inside, run = 0.0, course.engine.run

    def timed(*arguments: Any) -> None:
        nonlocal inside
        start = time.process_time()
        run(*arguments)
        inside += time.process_time() - start

    course.step()
    course.step()
    course.engine.run = timed  # type: ignore[method-assign]
    start = time.process_time()
    for _ in range(10):
        course.step()
    return inside / (time.process_time() - start)


def scaling() -> dict[str, float]:
    """Processor seconds per customer-period at a hundred thousand and at a million, numba on one thread."""
    cost = {}
    ways = {size: Way(course_of(size, "numba", 1).step, periods) for size, periods in ((100_000, 4), (1_000_000, 1))}
    for way in ways.values():
        way.step()
        way.step()
    for _ in range(4):
        for way in ways.values():
            way.sample()
    for size, way in ways.items():
        cost[str(size)] = statistics.median(way.processor) / size
    return cost


def million() -> dict[str, float]:
    """A million customers and sixty periods, in a process of its own: time and peak memory."""
    import resource

    start = time.perf_counter()
    course = course_of(1_000_000, "numba")
    born = time.perf_counter() - start
    while not course.done:
        course.step()
    unit = 1 if sys.platform == "darwin" else 1024
    return {"born": born, "seconds": time.perf_counter() - start, "threads": course.engine.threads,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit}


def first_picture() -> dict[str, float]:
    """Two thousand customers, sixty periods on NumPy: from the scenario in hand to the last period."""
    walls, processors = [], []
    for _ in range(5):
        scenario = four_firms(2_000)
        wall, processor = time.perf_counter(), time.process_time()
        course = Simulation(scenario, SEED, WORLD_SEED, Options(executor="numpy"))
        while not course.done:
            course.step()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return {"wall": statistics.median(walls), "processor": statistics.median(processors), "first": walls[0]}


def memory() -> dict[str, float]:
    """Bytes of all columns per customer."""
    return {"bytes": course_of(10_000, "numpy").world.bytes_per_customer()}


PARTS: dict[str, Callable[[], Any]] = {
    **{f"speed {size}": (lambda size=size: speeds(size)) for size in SIZES},
    "memory": memory, "scaling": scaling, "million": million, "first picture": first_picture,
}


def apart(part: str) -> Any:
    """One part in a process of its own, so that no part warms, fills or fragments another's memory."""
    done = subprocess.run([sys.executable, __file__, "--part", part], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{part}: {done.stderr.strip()}")
    return json.loads(done.stdout.splitlines()[-1])


def line(what: str, value: str, target: str, reached: bool) -> None:
    """One figure beside its target."""
    print(f"  {what:<58}{value:>14}   target {target:<10} {'reached' if reached else 'NOT reached'}")


def tell_speed(size: int, found: dict[str, dict[str, float]]) -> None:
    """The table of one size, and the targets that belong to it."""
    print(f"\n{size:,} customers, 4 firms, level full, months")
    seconds = {name: found[name]["processor"] for name in NAMES}
    threads_gain = found["numba, 1 thread"]["wall"] / found["numba, 2 threads"]["wall"]
    seconds["numba, 2 threads"] = seconds["numba, 1 thread"] / threads_gain
    slowest = seconds["plain Mesa objects"]
    print(f"  {'':<22}{'customer-periods / s':>22}{'x plain objects':>18}{'x NumPy':>10}")
    for name in NAMES:
        rate, over = size / seconds[name], slowest / seconds[name]
        print(f"  {name:<22}{rate:>22,.0f}{over:>18,.1f}{seconds['NumPy'] / seconds[name]:>10.2f}")
    over_objects, over_numpy = slowest / seconds["numba, 1 thread"], seconds["NumPy"] / seconds["numba, 1 thread"]
    least = {1_000: 80, 100_000: 150}.get(size)
    if least:
        line("numba on 1 thread over plain objects", f"{over_objects:,.1f} x", f">= {least} x", over_objects >= least)
    print(f"  share of a compiled period inside the rules: {found['passes']['share']:.0%}; the rest is plans and books")
    line("numba on 1 thread over NumPy", f"{over_numpy:,.1f} x", ">= 5 x", over_numpy >= 5.0)


def report() -> None:
    """Every part, one after the other."""
    print("Rates by processor time; two threads by the clock against one. Medians of alternating samples.")
    for size in SIZES:
        tell_speed(size, apart(f"speed {size}"))
    print("\nsize")
    found = apart("memory")["bytes"]
    line("columns per customer at 4 firms", f"{found:,.0f} bytes", "<= 900", found <= 900)
    cost = apart("scaling")
    growth = cost["1000000"] / cost["100000"]
    line("cost per customer-period at 1,000,000 over 100,000", f"{growth:.2f} x", "<= 2 x", growth <= 2.0)
    whole = apart("million")
    print(f"  {'a million customers x 60 periods, ' + str(int(whole['threads'])) + ' threads':<58}"
          f"{whole['seconds']:>11.0f} s   of which {whole['born']:.0f} s for births and compiled code")
    line("its peak memory, everything included", f"{whole['peak'] / 2**30:.2f} GB", "< 2 GB", whole["peak"] < 2e9)
    quick = apart("first picture")
    line("2,000 customers x 60 periods on NumPy, processor time", f"{quick['processor']:.2f} s", "< 1 s",
         quick["processor"] < 1.0)
    print(f"  by the clock: median {quick['wall']:.2f} s, the first of five {quick['first']:.2f} s")
    print("\nThe gain of paired comparisons: python benchmarks/pairing.py")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--part", choices=PARTS, help="one part only, as JSON")
    part = asked.parse_args().part
    if part:
        print(json.dumps(PARTS[part]()))
    else:
        report()
