"""What a sweep costs beside the engine: `python benchmarks/sweep.py` (about three minutes; `--quick` for a look).

1,000 runs of 2,000 customers over 60 months, four firms, on two workers, kept in a store, with the standard outcomes:
at least 0.85 times the runs per second of the bare engine (people are born, all periods are walked and recorded,
nothing is read off). The bare engine is measured in the same run, before and after the sweep, in two ways: on two
threads of one process, and, as the harder measure, in two processes. The sweep's time is that of the whole call,
workers begun and ended; beside it stand the time without that, and both in processor time, which a busy machine
disturbs less. Memory: leader and workers together, looked at twice a second.

The sweep's points differ in a price: their people are the same, so a worker draws them once for the runs of a replicate
that it does, and keeps the purchases that these look at, those of the last two years. The bare engine draws and
records everything anew each time.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psutil
from bench_market import four_firms

from sim.market.simulation import Options, Simulation
from sim.runs.execution import Execution
from sim.runs.plan import Point, RunPlan
from sim.runs.runner import conduct

CUSTOMERS, PERIODS, WORKERS = 2_000, 60, 2
PRICES = tuple(9.0 + 0.25 * step for step in range(10))


def bare(seeds: range) -> None:
    """The engine alone: the markets of the sweep's first point."""
    scenario = four_firms(CUSTOMERS, PERIODS)
    for seed in seeds:
        course = Simulation(scenario, seed, seed, Options(executor="numba", threads=1))
        while not course.done:
            course.step()


def bare_on_threads(runs: int) -> float:
    """Runs per second of the bare engine on two threads of this process."""
    bare(range(1))
    began = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(bare, [range(runs // WORKERS)] * WORKERS))
    return runs / (time.perf_counter() - began)


def bare_in_processes(runs: int) -> tuple[float, float]:
    """Runs per second, and processor seconds per run, in two processes that are warm before the clock starts."""
    command = [sys.executable, __file__, "--bare", str(runs // WORKERS)]
    crew = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(WORKERS)]
    for one in crew:
        assert one.stdout is not None
        assert one.stdout.readline().strip() == "ready"
    began = time.perf_counter()
    for one in crew:  # all of them before anybody is waited for
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    processor = sum(float(one.communicate()[0]) for one in crew)
    return runs / (time.perf_counter() - began), processor / runs


def as_one_of_two(runs: int) -> None:
    """Get warm, wait for the word, do the runs."""
    bare(range(1))
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.process_time()
    bare(range(runs))
    print(time.process_time() - began)


class Watch:
    """What this process and its children took together: the most memory (bytes), and processor seconds."""

    def __init__(self) -> None:
        self.most, self._over = 0, threading.Event()
        self._seconds: dict[int, float] = {}
        self._before = sum(psutil.Process().cpu_times()[:2])
        self._watch = threading.Thread(target=self._look, daemon=True)

    @property
    def seconds(self) -> float:
        """Processor seconds so far."""
        return sum(self._seconds.values()) - self._before

    def __enter__(self) -> Watch:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()

    def _look(self) -> None:
        me = psutil.Process()
        while not self._over.wait(0.5):
            total = 0
            for one in (me, *me.children(recursive=True)):
                try:
                    total += one.memory_info().rss
                    self._seconds[one.pid] = sum(one.cpu_times()[:2])
                except psutil.Error:
                    continue
            self.most = max(self.most, total)


def swept(runs: int) -> dict[str, Any]:
    """Runs per second of the sweep: whole, and from the first run that came back to the last; its peak memory."""
    points = tuple(Point(f"price {price:g}", {"firms.Root.price": price}) for price in PRICES)
    asked = RunPlan(four_firms(CUSTOMERS, PERIODS), points, max(1, runs // len(PRICES)))
    told: list[tuple[float, int]] = []
    with tempfile.TemporaryDirectory() as folder, Watch() as watch:
        began = time.perf_counter()
        found = conduct(asked, Execution(
            Path(folder) / "study.sqlite", WORKERS,
            progress=lambda done, _total, _what: told.append((time.perf_counter(), done)),
        ))
        seconds = time.perf_counter() - began
        assert found.n == asked.replications, found.note
        size = (Path(folder) / "study.sqlite").stat().st_size
    first = next(entry for entry in told if entry[1] > 0)
    last = next(entry for entry in told if entry[1] == len(found.layout.points) * asked.replications)
    inner = (last[1] - first[1]) / max(1e-9, last[0] - first[0])
    return {"runs": last[1], "seconds": seconds, "whole": last[1] / seconds, "inner": inner, "memory": watch.most,
            "size": size, "processor": watch.seconds / last[1]}


def report(runs: int, samples: int) -> None:
    """Every figure beside its target."""
    print(f"{runs:,} runs, {CUSTOMERS:,} customers x {PERIODS} months, 4 firms, {WORKERS} workers, standard outcomes")
    few = max(WORKERS, runs // (2 * samples))
    threads, processes, seconds = [], [], []
    sweep: dict[str, Any] = {}
    for half in range(2):
        for _ in range(samples):
            threads.append(bare_on_threads(few))
            speed, processor = bare_in_processes(few)
            processes.append(speed)
            seconds.append(processor)
        if half == 0:
            sweep = swept(runs)
    on_threads, in_processes = statistics.median(threads), statistics.median(processes)
    print(f"  bare engine: {on_threads:.1f} runs/s on two threads, {in_processes:.1f} in two processes")
    print(f"  sweep: {sweep['whole']:.1f} runs/s in all ({sweep['seconds']:.0f} s), {sweep['inner']:.1f} once at work; "
          f"the store has {sweep['size'] / sweep['runs']:,.0f} bytes per run")
    line("sweep over the bare engine on two threads", sweep["whole"] / on_threads, 0.85)
    line("sweep over the bare engine in two processes (harder)", sweep["whole"] / in_processes, 0.85)
    line("the same without beginning and ending the workers", sweep["inner"] / in_processes, 0.85)
    line("processor time of the bare engine over the sweep's", statistics.median(seconds) / sweep["processor"], 0.85)
    memory = sweep["memory"] / 2**30
    print(f"  {'memory of leader and workers together':<58}{memory:>8.2f} GB  target < 1 GB  "
          f"{'reached' if memory < 1 else 'NOT reached'}")


def line(what: str, ratio: float, target: float) -> None:
    """One ratio beside its target."""
    print(f"  {what:<58}{ratio:>8.2f}     target >= {target:.2f}  {'reached' if ratio >= target else 'NOT reached'}")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true", help="100 runs: a look, too few for a figure")
    asked.add_argument("--bare", type=int, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.bare:
        as_one_of_two(given.bare)
    else:
        report(*((100, 1) if given.quick else (1_000, 2)))
