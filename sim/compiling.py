"""Compile the engine into its cache: `python -m sim.compiling`. Runs aside while the first runs use NumPy."""

from __future__ import annotations

import sys
from pathlib import Path


def compile_now() -> None:
    """Compile every pass: one period of the smallest market."""
    from sim.course import Course, Options
    from sim.scenario.load import load

    tiny = load({"question": "Is everything compiled?", "firms": {"Root": {}}}, {"market.customers": 10})
    Course(tiny, 1, 1, Options(executor="numba", records="totals")).step()


def main(arguments: list[str]) -> None:
    """Compile, then take away the mark that says somebody is compiling."""
    try:
        compile_now()
    finally:
        for mark in arguments:
            Path(mark).unlink(missing_ok=True)


if __name__ == "__main__":
    main(sys.argv[1:])
