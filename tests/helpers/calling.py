"""The command line called in this process, watched: what it says, what it leaves, how long it takes."""

from __future__ import annotations

import io
import re
import signal
import sys
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import typer

import sim.cli.app
from sim.cli.app import build
from sim.cli.errors import FAULT, REFUSED, explained
from sim.text.words import shown

THE_PROGRAMS = explained(ZeroDivisionError("x"))[1][-1].split(",")[0]
"""How the program says that a fault is its own."""
TRACEBACK = "Traceback (most recent call last)"
WAITING = 12
"""So many times its limit of computing time may pass on the clock: others use the machine, too."""


@cache
def group() -> Any:
    """The command with all its sub-commands; Typer makes it anew at each call otherwise."""
    return typer.main.get_command(build())



class Done(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str


class HangError(BaseException):
    """The time of a case is over."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Stop what takes longer, in computing time of this process (or waits for much longer).

    Raises:
        HangError: it took longer.
    """
    def stop(number: int, frame: Any) -> None:
        raise HangError(f"not done after {seconds:g} s")

    clocks = {signal.ITIMER_PROF: (signal.SIGPROF, 1), signal.ITIMER_REAL: (signal.SIGALRM, WAITING)}
    before = {number: signal.signal(number, stop) for number, _ in clocks.values()}
    try:
        for clock, (_, times) in clocks.items():
            signal.setitimer(clock, times * seconds)
        yield
    finally:
        for clock in clocks:
            signal.setitimer(clock, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def called(*arguments: str) -> Done:
    """`called("validate", "x.yaml")`: the exit code, and what went to stdout and stderr, as a pipe gets it."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
    code: Any = 0
    with patch.object(sys, "stdout", out), patch.object(sys, "stderr", err), patch.object(
        sys, "argv", ["sim", *arguments]
    ), patch.object(sim.cli.app, "build", group):
        try:
            sim.cli.app.main()
        except SystemExit as ended:
            code = ended.code
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode("utf-8"))  # type: ignore[attr-defined]
    return Done(code if isinstance(code, int) else 0 if code is None else 1, *texts)


def faults_of(arguments: list[str], seconds: float) -> tuple[int, list[str]]:
    """Call a command: its exit code, and all that it must never do and has done."""
    began = time.perf_counter()
    try:
        with limited(seconds):
            done = called(*arguments)
    except HangError as hang:
        return FAULT, [str(hang)]
    except BaseException as error:
        return FAULT, [f"{TRACEBACK}: {type(error).__name__}: {error}"]
    both = done.out + done.err
    found = []
    if HangError.__name__ in both:
        return FAULT, [f"not done after {time.perf_counter() - began:.0f} s"]
    if TRACEBACK in both:
        found.append("a traceback")
    if THE_PROGRAMS in both:
        found.append(f"a fault of the program: {done.err.strip().splitlines()[0][:200]}")
    raw = {letter for letter in both if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - {"\n", "\t"}
    if raw:
        found.append(f"raw {', '.join(sorted(map(ascii, raw)))}")
    if done.code not in (0, REFUSED) and not (done.code == FAULT and _may_say_no(arguments)):
        found.append(f"exit code {done.code}: {shown(done.err[:200])}")
    if done.code and not both.strip():
        found.append(f"exit code {done.code} without a word")
    return done.code, found


def _may_say_no(arguments: list[str]) -> bool:
    """Whether the help of a command says what an exit code of 1 means."""
    command = commands().get(next((word for word in arguments if not word.startswith("-")), ""))
    return command is not None and re.search(r"\b1: |Exit\s+code\s+1", command.help or "") is not None


def commands() -> dict[str, Any]:
    """The commands by name."""
    found: dict[str, Any] = group().commands
    return found


def contents(folder: Path) -> dict[str, bytes | None]:
    """What is in a folder and below it, by name; nothing for a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
            for path in sorted(folder.rglob("*"))}


def lost(before: dict[str, bytes | None], folder: Path, changing: str = "") -> list[str]:
    """What was there and is not as it was; `changing` may have changed."""
    after = contents(folder)
    return [f"{name} is {'changed' if name in after else 'gone'}" for name, content in before.items()
            if not (changing and name.startswith(changing)) and after.get(name, b"") != content]
