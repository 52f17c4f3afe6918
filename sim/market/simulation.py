"""The course of one market: the walk through its periods, without Mesa's clothes.

A period is: moment *plan* (events strike, firms plan) -> pass *hear and choose* -> moment *load* (contacts against
capacity) -> pass *serve and feel* -> moment *account* (books close, what was said is published).
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.compiled import warn_if_edited
from sim.engine.engine import Engine, Executor
from sim.engine.phase import Program
from sim.engine.state import COUNTS, FIXED_POINT, MARKET, PeriodClock
from sim.engine.world import Totals, World
from sim.firms.book import FirmBook, Rows
from sim.market.birth import born, born_alike, end_of_past
from sim.market.need import check_memory, periods_of
from sim.market.selection import Selection
from sim.numerics.draws import fate_of, luck_of
from sim.period import PASSES
from sim.period.constants import wave
from sim.records.recorder import Recorder, RunFacts
from sim.records.records import Keep, Records
from sim.scenario.effective import strengths
from sim.scenario.load import ready_to_run
from sim.scenario.schema import Scenario

Floats = NDArray[np.float64]
PROGRAM = Program(PASSES, compiler=f"{__package__}.compiling")
"""What is run in every period."""


@dataclass(frozen=True)
class Options:
    """How a market is run; none of it changes a number."""

    executor: Executor = "auto"
    threads: int | None = None
    block: int = 2048
    records: Keep = "auto"
    graph: Any = None  # a networkx graph of who listens to whom, instead of the scenario's
    shares_people: bool = False  # with other markets of the same people: only where nobody writes columns by hand
    keeps_from: int = 0  # first period of which purchases are kept


@dataclass
class Ratings:
    """Public reviews of each firm: faded number and faded sum of points."""

    number: Floats
    points: Floats
    half_weight: float

    def faded(self, kept: float, number: NDArray[np.int64], points: NDArray[np.int64]) -> Ratings:
        """After a period with new reviews."""
        return Ratings(self.number * kept + number, self.points * kept + points / FIXED_POINT, self.half_weight)

    @property
    def mean(self) -> Floats:
        """Mean rating, 0 to 1; a half where there is none."""
        return np.where(self.number > 0.0, self.points / np.maximum(self.number, 1e-12), 0.5)

    @property
    def weight(self) -> Floats:
        """How much a rating counts: n / (n + reviews at which it counts half)."""
        return self.number / (self.number + self.half_weight)


def lost_share(load: float, lines: int = 10) -> float:
    """Share of contacts that find all lines busy: Erlang's loss formula at an offered load of `load` x `lines`.

    `load` is contacts over capacity. B(0) = 1, B(k) = a B(k-1) / (k + a B(k-1)). Source: Erlang 1917 (C109).

    >>> round(lost_share(1.0), 4), lost_share(0.0)
    (0.2146, 0.0)
    """
    offered, blocked = load * lines, 1.0
    for k in range(1, lines + 1):
        blocked = offered * blocked / (k + offered * blocked)
    return blocked if load > 0.0 else 0.0


def engine_for(world: World, periods: int, options: Options) -> Engine:
    """The engine for so many periods of a world."""
    return Engine(world, PROGRAM, periods, options.executor, options.threads, options.block)


class Simulation:
    """One market while it runs. `step()` simulates one period; `records()` gives what happened so far."""

    def __init__(self, scenario: Scenario, seed: int, world_seed: int, options: Options | None = None) -> None:
        """Let the people be born and open the books of the firms.

        Raises NotEnoughMemoryError where they do not fit into memory.
        """
        warn_if_edited()
        self.scenario, self.seed, self.world_seed = ready_to_run(scenario), seed, world_seed
        check_memory(self.scenario)
        self.options = options or Options()
        strong = strengths(scenario)
        folder = Path(scenario.source.folder) if scenario.source.folder else None
        self.book = FirmBook(scenario, seed, strong["advertising_stock"], folder)
        calendar = self.book.calendar
        self.warm_up = calendar.warm_up
        self.periods = periods_of(scenario)
        self.weeks = float(calendar.weeks_per_period)
        self.world = self._born(strong)
        self.parameters = self.world.p
        self.engine = engine_for(self.world, self.periods, self.options)
        firms = len(self.book.names)
        self.ratings = Ratings(np.zeros(firms), np.zeros(firms), scenario.psychology.voice.rating_half_weight)
        self.totals = Totals.zero(firms)
        self.selection = Selection(scenario, self.parameters)
        self.capped = 0
        self.now = 0
        facts = RunFacts(
            scenario, seed, world_seed, self.book.names, self.periods, self.weeks,
            float(calendar.periods_per_year), self.warm_up, self.options.keeps_from,
        )
        self.recorder = Recorder(facts, self.world.me._asdict(), self.options.records)

    def _born(self, strong: dict[str, float]) -> World:
        if self.options.shares_people and self.options.graph is None:
            return born_alike(self.scenario, strong, self.world_seed, self.periods)
        return born(self.scenario, strong, self.world_seed, self.periods, self.options.graph)

    @property
    def done(self) -> bool:
        """Whether the last period has been walked."""
        return self.now >= self.periods

    def step(self) -> None:
        """Walk one period.

        Raises StopIteration after the last one.
        """
        if self.done:
            raise StopIteration(f"this market ran its {self.periods} periods; build a new one to run again")
        totals = Totals.zero(len(self.book.names))
        rows = self._plan(totals)
        self.engine.run("hear and choose", self.world, totals)
        self._load(rows.capacity, totals)
        self.engine.run("serve and feel", self.world, totals)
        self._account(rows, totals)
        self.now += 1

    def _plan(self, totals: Totals) -> Rows:
        """Moment: events strike, strategies plan, their rows stand for this period."""
        me = self.world.me
        if 0 < self.now == self.book.past.ends:
            end_of_past(self.world, self.scenario, self.now)
        present = (me.enters <= self.now) & (self.now < me.leaves)
        opening = self.book.open(self.now, int(np.count_nonzero(present)))
        totals.ledger += opening.lumps
        for record in opening.records:
            self.recorder.event(self.now, record["kind"], record.get("firm", ""), record["what"])
        rows = self.book.rows(opening, self.selection.mark(self.world, self.now, opening.plans))
        firm = rows.firm._replace(
            rating=self.ratings.mean, rated=self.ratings.weight, lost=np.zeros(len(self.book.names))
        )
        season, week = self.scenario.market.season, (self.now - self.warm_up) * self.weeks
        demand = wave(season.amplitude, season.peak_week, week) * opening.market.get("demand", 1.0)
        world = self.world
        world.firm, world.offer = firm, rows.offer
        world.p = self.parameters
        if "switching_cost" in opening.market:
            world.p = self.parameters._replace(switching_cost=float(opening.market["switching_cost"]))
        world.clock = PeriodClock(np.int64(self.now), np.float64(demand))
        world.fate, world.luck = fate_of(self.seed, self.now), luck_of(self.seed, self.now, self.book.name_keys)
        return rows

    def _load(self, capacity: Floats, totals: Totals) -> None:
        """Moment: contacts against capacity, hence the share of contacts that is lost."""
        contacts = totals.count[COUNTS.index("contacts")].tolist()
        lines = self.scenario.product.lines
        shares = [
            lost_share(asked / room, lines) if 0.0 < room < math.inf else float(room == 0.0)
            for asked, room in zip(contacts, capacity.tolist(), strict=True)
        ]
        self.world.firm = self.world.firm._replace(lost=np.array(shares))

    def _account(self, rows: Rows, totals: Totals) -> None:
        """Moment: the books close, the recorder writes, what was said today will be heard tomorrow."""
        self.book.close(rows, totals.ledger, totals.count)
        self.recorder.period(self.now, totals.ledger, totals.count, self.world.tie)
        self.recorder.strained(self.now, rows.strain)
        kept = 0.5 ** (self.weeks / self.scenario.psychology.voice.rating_half_life_weeks)
        count = totals.count
        self.ratings = self.ratings.faded(kept, count[COUNTS.index("reviews")], count[COUNTS.index("review_points")])
        self.world.friend.said_firm[:-1] = self.world.me.telling
        self.world.friend.said_tone[:-1] = self.world.me.tone
        self.capped += int(totals.market[MARKET.index("capped")])
        self.totals = totals

    def records(self) -> Records:
        """What happened so far."""
        return self.recorder.finish(self.world.tie, self.world.me)

    def fork(self, recorder: Recorder | None = None) -> Simulation:
        """The same market at the same moment, to be continued on its own: bit for bit the one never stopped.

        Copied is only what the next period writes into. What never changes is shared (people as they were born,
        friends, scenario, parameters, purchases of the past), and so is what every period replaces and nobody writes
        into (ratings, totals, rows of firms, states of the books). `recorder` takes down what happens from now on
        instead of a copy of this market's own; it must not change the market.
        """
        twin = copy.copy(self)
        twin.world, twin.book, twin.selection = self.world.fork(), self.book.fork(), self.selection.fork()
        twin.recorder = self.recorder.fork() if recorder is None else recorder
        return twin
