"""Courses of markets, quick enough to follow a slider: the base is kept, only the changed variant is run."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.app.choice import PageChoice
from sim.engine.engine import LOADING_PAYS
from sim.engine.world import Totals
from sim.firms.book import Rows
from sim.lives.person import Person
from sim.lives.side_by_side import Meeting
from sim.lives.tape import Taped
from sim.market.compiling import ready_executor
from sim.market.simulation import Options
from sim.metrics.registry import all_metrics, kept_over_time
from sim.records.records import Floats, Records, window_periods
from sim.scenario.effective import strengths
from sim.scenario.schema import Scenario
from sim.studies.against_nothing import OUTCOME

Kept = TypeVar("Kept")
NOBODY = -1


class SupersededError(Exception):
    """Something newer was asked for: this run is not wanted any more."""


@dataclass(frozen=True)
class Where:
    """Where everybody stands at the end of a period [N]: `firm` they last bought from (-1: none yet, or not in the
    market), whether they are a `customer` there still, and what they feel towards it, 0 to 1."""

    firm: NDArray[np.int8]
    customer: NDArray[np.bool_]
    satisfaction: NDArray[np.float32]
    bond: NDArray[np.float32]


class Course(Taped):
    """A market run to its end that noted, period by period, where its people stand."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        people = scenario.runs.world_seed
        executor: Any = ready_executor(LOADING_PAYS)
        super().__init__(scenario, seed, seed if people is None else people,
                         Options(executor=executor, records="all", shares_people=True))
        self.stands: list[Where] = []
        self.bond = "commitment" if strengths(scenario)["commitment"] else "trust"
        self._window = window_periods(scenario, self.weeks)
        self._everybody = np.arange(len(self.world.me.number))

    def _account(self, rows: Rows, totals: Totals) -> None:
        super()._account(rows, totals)
        me, tie, now = self.world.me, self.world.tie, self.now
        there = (me.enters <= now) & (now < me.leaves)
        place = np.maximum(me.last_firm, 0), self._everybody
        self.stands.append(Where(
            np.where(there, me.last_firm, NOBODY).astype(np.int8),
            there & (me.last_firm >= 0) & (tie.idle[place] < self._window),
            tie.satisfaction[place].astype(np.float32), getattr(tie, self.bond)[place].astype(np.float32)))

    @cached_property
    def run(self) -> Records:
        """What the run remembers."""
        return self.records()

    @cached_property
    def series(self) -> dict[str, Floats]:
        """Every metric that is drawn over time [T, F], by name."""
        return series_of(self.run)


def series_of(records: Records) -> dict[str, Floats]:
    """Every metric that is drawn over time [T, F], by name: from the end of the warm-up on."""
    shape, every = (records.periods, len(records.firms)), all_metrics()
    names = dict.fromkeys((*kept_over_time(), OUTCOME))
    return {name: np.broadcast_to(every[name](records), shape)[records.warm_up:] for name in names}


def walked(scenario: Scenario, seed: int, wanted: Callable[[], bool] = lambda: True) -> Course:
    """A market, run to its end.

    Raises:
        SupersededError: it was not wanted any more.
    """
    course = Course(scenario, seed)
    while not course.done:
        if not wanted():
            raise SupersededError
        course.step()
    return course


class Recent:
    """The things that were used last, by key, at most so many."""

    def __init__(self, most: int) -> None:
        self.most, self._lock, self._kept = most, Lock(), OrderedDict[Hashable, Any]()

    def get(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What is kept under a key, made where there is nothing yet."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: Kept = self._kept[key]
                return found
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
        return made


class Courses:
    """The runs of a server, shared by its sessions: a few whole ones, and the lines over time of many."""

    def __init__(self) -> None:
        self._whole, self._lines = Recent(12), Recent(4000)

    def course(self, scenario: Scenario, seed: int, wanted: Callable[[], bool] = lambda: True) -> Course:
        """One variant with one seed.

        Raises:
            SupersededError: it was not wanted any more.
        """
        return self._whole.get((scenario.source.hash, seed), lambda: walked(scenario, seed, wanted))

    def lines(self, scenario: Scenario, seed: int, wanted: Callable[[], bool]) -> dict[str, Floats]:
        """Every metric over time of one variant with one seed.

        Raises:
            SupersededError: it was not wanted any more.
        """
        return self._lines.get((scenario.source.hash, seed), lambda: walked(scenario, seed, wanted).series)

    def pair(self, choice: PageChoice, wanted: Callable[[], bool] = lambda: True) -> Pair:
        """Both variants of a choice.

        Raises:
            SupersededError: they are not wanted any more.
            ScenarioError: the values do not go together.
        """
        base = self.course(choice.scenario, choice.seed, wanted)
        return Pair(choice, base, base if not choice.differs else self.course(choice.changed, choice.seed, wanted))


@dataclass(frozen=True)
class Pair:
    """Two variants with the same people and the same random draws: as written (`here`), and changed (`there`)."""

    choice: PageChoice
    here: Course
    there: Course

    @property
    def firms(self) -> tuple[str, ...]:
        """The firms of both, those as written first."""
        return tuple(dict.fromkeys((*self.here.run.firms, *self.there.run.firms)))

    @property
    def years(self) -> Floats:
        """The ends of the periods that both have, in years."""
        return min((one.run.years[one.run.warm_up:] for one in (self.here, self.there)), key=len)

    def line(self, changed: bool, metric: str, firm: str) -> Floats | None:
        """A metric of a firm over time in one variant; None where the firm is not in it."""
        course = self.there if changed else self.here
        if firm not in course.run.firms:
            return None
        return course.series[metric][:len(self.years), course.run.firms.index(firm)]

    def ahead(self, metric: str) -> str:
        """The firm that is ahead at the end of the changed variant."""
        firms = self.there.run.firms
        return firms[int(np.nanargmax(self.there.series[metric][-1]))]

    @property
    def same_people(self) -> bool:
        """Whether the two variants have the same people."""
        return len(self.here.stands[0].firm) == len(self.there.stands[0].firm)

    def meeting(self, number: int, language: str, names: tuple[str, str]) -> Meeting | Person:
        """One customer, and where the two lives part, if there are two."""
        if self.here is self.there or not self.same_people:
            return Person(self.there, number, language)
        return Meeting(names, Person(self.here, number, language), Person(self.there, number, language))
