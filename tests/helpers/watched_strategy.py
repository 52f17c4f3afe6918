"""A strategy for tests: notes every run, takes its time, fails for one seed, kills its process for another."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from sim.firms.plans import Plan, Seen
from sim.firms.strategies import Strategy
from sim.scenario.parameters import number


class Watched(Strategy):
    """As written, but watched: the seed is looked up in the walk that calls it."""

    fails: int = number(0, "seed", (0, 2**53), "the seed whose run fails")
    kills: int = number(0, "seed", (0, 2**53), "the seed whose run kills its process")

    def plan(self, seen: Seen) -> Plan:
        """The levers as written; a line in the file WATCHED_LOG at begin and end; WATCHED_SECONDS of rest."""
        course = walk()
        if course.now == course.periods - 1:
            note(course, seen.firm, "end")
        if course.now == 0:
            note(course, seen.firm, "begin")
            time.sleep(float(os.environ.get("WATCHED_SECONDS", "0")))
            if course.seed == self.fails:
                raise RuntimeError(f"luck {course.seed} is bad")
            if course.seed == self.kills:
                os._exit(9)
        return Plan.from_shares(seen.written, seen.allowance)


def walk() -> Any:
    """The walk through the periods that asks for a plan."""
    frame = sys._getframe()
    while frame is not None and not hasattr(frame.f_locals.get("self"), "world_seed"):
        frame = frame.f_back
    return frame.f_locals["self"]


def note(course: Any, firm: str, what: str) -> None:
    """One line, in one write, so that lines of several processes do not mix."""
    path = os.environ.get("WATCHED_LOG")
    if path:
        price = course.scenario.firms[firm].price
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, f"{os.getpid()} {course.seed} {price:g} {what}\n".encode())
        os.close(file)
