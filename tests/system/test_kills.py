"""Kills at random moments: whatever dies, the same command goes on, and nothing that was written down is run again."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import pytest
from conducting import conduct
from watched import OUTCOMES, Line, lines_of, watched_market, write_market

from sim.runs import store_file
from sim.runs.plan import Point, RunPlan
from sim.runs.store import content_hash

pytest.importorskip("distributed", reason="workers need the extra distributed")
ROOT = Path(__file__).resolve().parents[2]
SECONDS = 0.05
KILLS = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")


class Shot:
    """`sim sweep` over two prices in a process of its own, with two workers."""

    def __init__(self, folder: Path, seeds: int) -> None:
        self.folder, self.seeds = folder, seeds
        self.market = write_market(folder)
        self.store, self.log = folder / "study.sqlite", folder / "log"
        self.process: subprocess.Popen[str] | None = None

    @property
    def watch(self) -> dict[str, str]:
        """What the strategy is told."""
        return {"WATCHED_LOG": str(self.log), "WATCHED_SECONDS": str(SECONDS)}

    def start(self, **how: Any) -> None:
        """Begin, or go on."""
        command = [sys.executable, "-m", "sim", "sweep", str(self.market), "--factor", "firms.Root.price=9,11", "-n",
                   str(self.seeds), "--seed", "5", "--outcomes", ",".join(OUTCOMES), "--store", str(self.store),
                   "--workers", "2", "--json"]
        paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        self.process = subprocess.Popen(
            command, env={**os.environ, "PYTHONPATH": paths, **self.watch}, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, cwd=self.folder, **how,
        )

    def wait_for(self, runs: int) -> list[int]:
        """Until so many runs are written down; gives the processes of the workers."""
        assert self.process is not None
        until = time.monotonic() + 120
        while len(self.done()) < runs and self.process.poll() is None:
            assert time.monotonic() < until, "the sweep does not get on"
            time.sleep(0.02)
        if self.process.poll() is not None:
            return []
        below = psutil.Process(self.process.pid).children(recursive=True)
        return [child.pid for child in below if "spawn_main" in " ".join(child.cmdline())]

    def done(self) -> set[tuple[int, float]]:
        """Seed and price of the runs that are written down."""
        try:
            with store_file.reading(self.store) as connection:
                found = connection.execute("SELECT seed, factors FROM runs WHERE status = 'done'").fetchall()
        except (FileNotFoundError, ValueError):
            return set()
        return {(seed, json.loads(text)["firms.Root.price"]) for seed, text in found}

    def finish(self) -> tuple[int, str]:
        """Wait for the end: exit code and stderr."""
        assert self.process is not None
        out, err = self.process.communicate(timeout=180)
        assert self.process.returncode != 0 or '"event": "result"' in out
        return self.process.returncode, err

    def kill(self) -> None:
        """SIGKILL for the one who leads; its workers then end by themselves."""
        assert self.process is not None
        below = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        self.process.communicate()
        _, alive = psutil.wait_procs(below, timeout=20)
        assert not alive, "workers outlive the one who leads"

    def check(self, expected: str) -> Counter[tuple[int, float]]:
        """The store is that of an undisturbed study; gives how often each run was finished."""
        assert content_hash(self.store) == expected
        return Counter((line.seed, line.price) for line in self.lines())

    def lines(self) -> list[Line]:
        """Runs that were finished."""
        return lines_of(self.log)


def undisturbed(folder: Path, seeds: int) -> str:
    """Content hash of the same study, done here, in peace."""
    points = tuple(Point(f"firms.Root.price={price}", {"firms.Root.price": price}) for price in (9, 11))
    conduct(RunPlan(watched_market(folder), points, seeds, 5, OUTCOMES), store=folder / "peace.sqlite")
    return content_hash(folder / "peace.sqlite")


@KILLS
def test_a_killed_worker_and_a_killed_leader_lose_nothing(tmp_path: Path):
    seeds = 20
    shot = Shot(tmp_path, seeds)
    shot.start()
    for worker in shot.wait_for(3)[:1]:
        os.kill(worker, signal.SIGKILL)
    shot.wait_for(9)
    shot.kill()
    kept, before = shot.done(), len(shot.lines())
    assert 9 <= len(kept) < 2 * seeds
    shot.start()
    code, err = shot.finish()
    assert code == 0, err
    again = {(line.seed, line.price) for line in shot.lines()[before:]}
    assert not again & kept, "a run that was written down was done again"
    counted = shot.check(undisturbed(tmp_path / "peace", seeds))
    assert len(counted) == 2 * seeds


@pytest.mark.slow
def test_ctrl_c_stops_leader_and_workers_with_a_sentence(tmp_path: Path):
    shot = Shot(tmp_path, 100)
    shot.start(start_new_session=True)
    shot.wait_for(3)
    assert shot.process is not None
    os.killpg(shot.process.pid, signal.SIGINT)  # as a terminal does: everybody hears it
    code, err = shot.finish()
    assert code == 130, err
    assert "runs are kept; the same command goes on from there." in err
    assert "Traceback" not in err
    kept = shot.done()
    assert 3 <= len(kept) < 200
    shot.start()
    assert shot.finish()[0] == 0
    counted = shot.check(undisturbed(tmp_path / "peace", 100))
    assert all(counted[run] == 1 for run in kept)


def shoot_a_worker(folder: Path, seeds: int, after: int) -> None:
    shot = Shot(folder, seeds)
    shot.start()
    workers = shot.wait_for(after)
    if workers:
        os.kill(workers[after % len(workers)], signal.SIGKILL)
    code, err = shot.finish()
    assert code == 0, err
    counted = shot.check(undisturbed(folder / "peace", seeds))
    assert sum(counted.values()) - len(counted) <= 2 * MOST_IN_FLIGHT


def shoot_the_leader(folder: Path, seeds: int, after: int) -> None:
    shot = Shot(folder, seeds)
    shot.start()
    shot.wait_for(after)
    if shot.process is not None and shot.process.poll() is None:
        shot.kill()
    kept, before = shot.done(), len(shot.lines())
    shot.start()
    code, err = shot.finish()
    assert code == 0, err
    again = [(line.seed, line.price) for line in shot.lines()[before:]]
    assert not set(again) & kept, "a run that was written down was done again"
    assert len(again) == 2 * seeds - len(kept)
    shot.check(undisturbed(folder / "peace", seeds))


MOST_IN_FLIGHT = 20
"""Runs in a batch of 0.5 s at 0.05 s each, with room for a slow machine's first estimates; a worker has two."""


@KILLS
@pytest.mark.slow
@pytest.mark.parametrize("number", range(10))
def test_kills_at_random_moments_of_400_runs(tmp_path: Path, number: int):
    moment = random.Random(number).randint(1, 380)
    (shoot_the_leader if number % 2 else shoot_a_worker)(tmp_path, 200, moment)
