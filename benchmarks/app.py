"""How quickly the live page answers: from a slider to two charts, the first chart after a start, thirty sessions.

    python benchmarks/app.py            # 2,000 people over 36 months, thirty sessions: more than three minutes
    python benchmarks/app.py --quick    # fewer moves and sessions: does it work?

A slider is moved in a session of the server, as a browser would; the time runs until the numbers of both charts have
gone out to it (what the browser needs to draw them, some 20 ms, is not in it). The cache of compiled rules is warm.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import panel as pn
import panel_material_ui  # noqa: F401 - what the page is made of
from bokeh.client import pull_session
from bokeh.models import ColumnDataSource

import sim

TARGET_MILLISECONDS, TARGET_START_SECONDS = 150.0, 5.0
MARKET = """
extends: first_look
question: Does a promise pay?
clock: {years: 3, warm_up_years: 0}
market: {customers: 2000}
controls:
  - {path: firms.Root.promise, words: "What Root promises", range: [0.3, 0.9], step: 0.01}
"""


@contextmanager
def served(file: Path) -> Iterator[tuple[str, float]]:
    """The address of a server of its own, and the seconds from its start until it says so."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # whoever stops this stops the server with it
    began = time.perf_counter()
    server = subprocess.Popen([sys.executable, "-m", "sim", "app", str(file), "--no-show"], stdout=subprocess.PIPE,
                              encoding="utf-8", env={**os.environ, "PYTHONPATH": str(Path(sim.__file__).parents[1])})
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        yield next(word for word in line.split() if word.startswith("http")), time.perf_counter() - began
    finally:
        server.kill()
        server.communicate()


class Session:
    """One session of the page, as a browser has it."""

    def __init__(self, address: str) -> None:
        self.session = pull_session(url=address)
        self.document = self.session.document
        self.drawn = 0.0
        self.document.on_change(self._changed)
        for one in self.document.select({"type": ColumnDataSource}):
            self._looked_at(one)
        found = (getattr(one, "data", None) for one in self.document.select({}))
        self.slider = next(one for one in found if str(getattr(one, "label", "")).startswith("What Root"))

    def _changed(self, event: Any) -> None:
        self._looked_at(getattr(event, "column_source", None) or getattr(event, "model", None))

    def _looked_at(self, source: Any) -> None:
        """Note when numbers of the second chart come, those of the first come before; intervals come behind them."""
        data = getattr(source, "data", {})
        if len(data.get("apart0", ())) and np.isnan(np.asarray(data["low0"], dtype=float)).all():
            self.drawn = time.perf_counter()

    def wait(self) -> float:
        """Until numbers of the charts come: the moment at which they did."""
        self.session._connection._loop_until(lambda: bool(self.drawn))  # the client has no public way to listen
        return self.drawn

    def move(self, value: float) -> float:
        """Move the slider: the milliseconds until both charts have new numbers."""
        self.session.force_roundtrip()  # what was filled in meanwhile is read first
        self.drawn, began = 0.0, time.perf_counter()
        self.slider.value = value
        return 1000 * (self.wait() - began)

    def close(self) -> None:
        """Leave."""
        self.session.close()


def alone(address: str, moves: int) -> list[float]:
    """One person at one page, who looks at every picture for half a second."""
    session = Session(address)
    session.wait()
    found = []
    for move in range(moves):
        time.sleep(0.5)
        found.append(session.move(0.3 + 0.01 * (move * 7 % 60)))
    session.close()
    return found


def together(address: str, sessions: int, moves: int) -> list[float]:
    """So many people at once, each of whom moves a slider every three seconds or so."""
    found: list[float] = []

    def one(number: int) -> None:
        luck = random.Random(number)
        session = Session(address)
        session.wait()
        for _ in range(moves):
            time.sleep(6 * luck.random())
            found.append(session.move(0.3 + 0.01 * luck.randrange(60)))
        session.close()

    threads = [Thread(target=one, args=(number,)) for number in range(sessions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def main() -> None:
    """Print every measure, and whether it is as quick as it shall be."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer moves and sessions")
    quick = parser.parse_args().quick
    pn.extension()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "market.yaml"
        file.write_text(MARKET, encoding="utf-8")
        sim.run(file)  # whoever compiles, it is not the page
        with served(file) as (address, started):
            began = time.perf_counter()
            first = Session(address)
            chart = started + first.wait() - began
            first.close()
            print(f"start to first chart: {chart:.1f} s (at most {TARGET_START_SECONDS:g})")
            told("slider to two charts", alone(address, 8 if quick else 40), TARGET_MILLISECONDS)
            sessions = 4 if quick else 30
            told(f"{sessions} sessions at once", together(address, sessions, 2 if quick else 6))


def told(what: str, times: list[float], target: float = 0.0) -> None:
    """Median and 95th percentile in a line."""
    median, slow = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    aim = f" (median at most {target:g} ms)" if target else ""
    print(f"{what}: median {median:.0f} ms, 95 % within {slow:.0f} ms, {len(times)} moves{aim}", flush=True)


if __name__ == "__main__":
    main()
