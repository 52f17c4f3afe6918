"""The study of damage: `python tests/evidence/fuzz.py [--seed 1] [--workers 2]`, some minutes on two cores.

100,000 scenario files and options, 1,000 damaged stores, saved runs and compiled loops, 200 command lines. Held against
each: no traceback, no fault of the program, no hang, nothing that acts on a terminal, an exit code of 0 or 2 (1 where
the command's help says what it means), and every file that was there is as it was.

Each case follows from the seed, its kind and its number: `--case files:17` does one again and shows it.
"""

from __future__ import annotations

import argparse
import faulthandler
import multiprocessing
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "helpers"))

from calling import HangError, called, contents, faults_of, limited, lost
from damaged_files import ROUGH, at_random, mutated, originals
from damaged_places import SmallCache, spoil_run, spoil_store
from drawn_lines import LOG, SMALL, option_line, whole_line

COUNTS = {"files": 90_000, "options": 10_000, "stores": 400, "runs": 300, "loops": 300, "lines": 200}
SECONDS = {"files": 10.0, "options": 10.0, "stores": 30.0, "runs": 30.0, "loops": 60.0, "lines": 120.0}
"""Computing time that a case may take."""
CHUNK = {"files": 500, "options": 200}
MEMORY = 8 * 2**30
QUICK = Path("/dev/shm")
"""Files of the memory, where a system has such."""
THEIRS = "years of work"


class Place:
    """A folder of this process in which cases are tried, with something of the user's in it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        self.texts = originals()
        os.environ["COLUMNS"] = "140"

    def fresh(self, kind: str) -> Path:
        """An empty folder but for what is the user's; the process stands in it."""
        here = self.folder / kind
        shutil.rmtree(here, ignore_errors=True)
        here.mkdir()
        (here / "thesis.txt").write_text(THEIRS, encoding="utf-8")
        os.chdir(here)
        return here

    def written(self, *arguments: str) -> Path:
        """A folder in which a small market and log lie, and what a command has left; made once."""
        name = self.folder / f"whole {arguments[0] if arguments else 'files'}"
        if not name.exists():
            name.mkdir()
            os.chdir(name)
            Path("small.yaml").write_text(SMALL, encoding="utf-8")
            Path("log.csv").write_text(LOG, encoding="utf-8")
            if arguments:
                done = called(*arguments)
                assert done.code == 0, done.err
        return name

    @cache  # noqa: B019 - one per process
    def loops(self) -> SmallCache:
        """Two compiled modules."""
        (self.folder / "loops").mkdir()
        return SmallCache(self.folder / "loops")


@cache
def place() -> Place:
    """That of this process."""
    return Place()


def arguments_of(kind: str, luck: random.Random) -> tuple[list[str], str]:
    """The command of a case, whose files lie in the folder one stands in then, and what it may change."""
    if kind == "files":
        place().fresh(kind)
        raw = at_random(luck, place().texts) if luck.random() < 0.15 else mutated(luck, place().texts, ROUGH)
        Path("case.yaml").write_bytes(raw)
        return luck.choices([["validate", "case.yaml"], ["explain", "case.yaml"], ["explain", "case.yaml", "--yaml"],
                             ["diff", "case.yaml", "base"]], [17, 1, 1, 1])[0], ""
    if kind == "options":
        place().fresh(kind)
        return option_line(luck), ""
    whole = {"stores": ("compare", "small.yaml", "--store", "s.sqlite", "--no-idle", "-n", "2", "--workers", "0"),
             "runs": ("run", "small.yaml", "-n", "1", "--no-idle", "--out", "mine"), "lines": ()}[kind]
    template = place().written(*whole)
    shutil.copytree(template, place().fresh(kind), dirs_exist_ok=True)
    if kind == "stores":
        spoil_store(luck, Path("s.sqlite"))
        row = str(luck.choice([0, 1, 2, 9, 2**63]))
        return luck.choice([["results", "s.sqlite"], ["results", "s.sqlite", "--json"], ["replay", "s.sqlite", row],
                            ["results", "s.sqlite", "--csv", "all.csv"]]), "s.sqlite-"
    if kind == "runs":
        spoil_run(luck, Path("mine"))
        return ["replay", "mine"], ""
    return whole_line(luck), "out"


def tried(kind: str, number: int, seed: int) -> tuple[int, list[str]]:
    """One case: the exit code, and what is wrong."""
    luck = random.Random(f"{seed} {kind} {number}")
    if kind == "loops":
        try:
            loops = place().loops()
            with limited(SECONDS[kind]):
                return 0, loops.faults(luck)
        except (Exception, HangError) as error:
            return 1, [f"{type(error).__name__}: {error}"]
    arguments, changing = arguments_of(kind, luck)
    here = Path.cwd()
    before = contents(here)
    code, faults = faults_of(arguments, SECONDS[kind])
    return code, [*faults, *lost(before, here, changing)]


def chunk(kind: str, numbers: Sequence[int], seed: int) -> tuple[Counter[int], list[tuple[int, list[str]]]]:
    """Exit codes, and the cases that are not held; the process ends where nothing else stops a case."""
    codes, found = Counter[int](), []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in numbers:
            faulthandler.dump_traceback_later(30 * SECONDS[kind], exit=True, file=sys.__stderr__)
            code, wrong = tried(kind, number, seed)
            codes[code] += 1
            if wrong:
                found.append((number, wrong))
    faulthandler.cancel_dump_traceback_later()
    return codes, found


def study(kind: str, count: int, seed: int, workers: int) -> int:
    """All cases of a kind; prints those that are not held and gives their number."""
    size, began, wrong, codes = CHUNK.get(kind, 10), time.perf_counter(), 0, Counter[int]()
    chunks = [range(first, min(count, first + size)) for first in range(0, count, size)]
    limit = (resource.RLIMIT_AS, (MEMORY, MEMORY))
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), resource.setrlimit, limit) as pool:
        waiting = {pool.submit(chunk, kind, numbers, seed): numbers for numbers in chunks}
        for done in as_completed(waiting):
            numbers = waiting[done]
            try:
                of_chunk, found = done.result()
                codes += of_chunk
            except BrokenProcessPool:
                found = [(numbers[0], [f"the process ended in one of the cases {numbers[0]} to {numbers[-1]}"])]
            for number, faults in found:
                wrong += 1
                print(f"  {kind}:{number}: {'; '.join(faults)}", flush=True)
    ended = ", ".join(f"{times:,} with {code}" for code, times in sorted(codes.items()))
    print(f"{kind}: {count:,} cases, seed {seed}: {wrong} not held; {ended} ({time.perf_counter() - began:.0f} s)",
          flush=True)
    return wrong


def again(kind: str, number: int, seed: int) -> int:
    """Do one case again and show it; its folder stays."""
    _, faults = tried(kind, number, seed)
    if kind != "loops":
        arguments, _ = arguments_of(kind, random.Random(f"{seed} {kind} {number}"))
        print(f"cd {Path.cwd()}\nsim {arguments!r}")
        done = called(*arguments)
        print(f"exit code {done.code}\n--- stdout\n{done.out[-3000:]!a}\n--- stderr\n{done.err[-3000:]}")
    print("\n".join(faults) or "held")
    return len(faults)


def main() -> int:
    """The study as a command; exit code 1 where a case is not held."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--share", type=float, default=1.0, help="this part of the cases")
    parser.add_argument("--kind", choices=COUNTS, action="append", help="only these kinds")
    parser.add_argument("--case", help="one case again, e.g. files:17")
    asked = parser.parse_args()
    if asked.case:
        kind, _, number = asked.case.partition(":")
        return min(1, again(kind, int(number), asked.seed))
    began, wrong, total = time.perf_counter(), 0, 0
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=QUICK if os.access(QUICK, os.W_OK) else None) as folder:
        os.environ["TMPDIR"] = folder  # where the processes make theirs
        for kind in asked.kind or COUNTS:
            count = max(1, round(asked.share * COUNTS[kind]))
            wrong += study(kind, count, asked.seed, asked.workers)
            total += count
    print(f"{total:,} cases, seed {asked.seed}, {time.perf_counter() - began:.0f} s: "
          f"{'all held' if not wrong else f'{wrong} NOT held; one again: --seed {asked.seed} --case KIND:NUMBER'}")
    return min(1, wrong)


if __name__ == "__main__":
    sys.exit(main())
