"""What a market offered its people in every period, and any of them lived again from it, in plain Python.

A market that is taped is run as always, compiled or not; between its passes the tape notes what people cannot change:
the firms' rows, the keys of the draws, whom a firm leaves out, and what everybody's friends said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.executors import At, run
from sim.engine.phase import Phase
from sim.engine.state import FirmRow, Offer, PeriodClock
from sim.engine.world import STORED, Totals, World
from sim.firms.book import Rows
from sim.market.birth import end_of_past
from sim.market.simulation import Options, Simulation
from sim.numerics.draws import Fate, Luck
from sim.period import PASSES
from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Frame:
    """One period as it was offered to everybody.

    `firm` has the share of contacts lost of this period; `left_out` [F, N] is whom each firm did not treat,
    `said_firm` and `said_tone` [N + 1] what people said in the period before.
    """

    firm: FirmRow
    offer: Offer
    p: Any
    clock: PeriodClock
    fate: Fate
    luck: Luck
    left_out: NDArray[np.bool_]
    said_firm: NDArray[np.int8]
    said_tone: NDArray[np.float32]


class Taped(Simulation):
    """A market that notes what it offers its people; its numbers are those of any other market."""

    def __init__(self, scenario: Scenario, seed: int, world_seed: int, options: Options | None = None) -> None:
        super().__init__(scenario, seed, world_seed, options)
        self.start = self.world.fork()
        self.frames: list[Frame] = []

    def _plan(self, totals: Totals) -> Rows:
        rows, world = super()._plan(totals), self.world
        self.frames.append(Frame(
            world.firm, world.offer, world.p, world.clock, world.fate, world.luck, world.tie.left_out.copy(),
            world.friend.said_firm.copy(), world.friend.said_tone.copy(),
        ))
        return rows

    def _load(self, capacity: NDArray[np.float64], totals: Totals) -> None:
        super()._load(capacity, totals)
        self.frames[-1] = replace(self.frames[-1], firm=self.world.firm)


def taped(scenario: Scenario, seed: int, options: Options | None = None) -> Taped:
    """Run a market to its end, with its tape."""
    people = scenario.runs.world_seed
    course = Taped(scenario, seed, seed if people is None else people, options)
    while not course.done:
        course.step()
    return course


def alone(world: World, who: int) -> World:
    """A world of one person of another world, with the places of that person's friends, who say nothing yet."""
    structs: dict[str, Any] = {}
    for name in STORED:
        if name != "friend":
            columns = getattr(world, name)
            structs[name] = type(columns)(*(column[..., who:who + 1].copy() for column in columns))
    friends = len(world.friend_of)
    kinds = world.friend
    said = type(kinds)(np.full(friends + 1, -1, kinds.said_firm.dtype), np.zeros(friends + 1, kinds.said_tone.dtype))
    return replace(world, **structs, friend=said,
                   friend_of=np.arange(friends, dtype=world.friend_of.dtype).reshape(friends, 1))


@dataclass(frozen=True)
class Step:
    """One step of a life: a phase, where it was run, what it read and what it returned.

    `firm`, `need`, `occasion` and `friend` are numbers, None where the phase is not about one; `read` has the rows by
    the names of the phase's arguments, `new` the values by the names of what they are written or added to.
    """

    period: int
    phase: Phase
    firm: int | None
    need: int | None
    occasion: int | None
    friend: int | None
    read: Mapping[str, Any]
    new: Mapping[str, Any]


@dataclass(frozen=True)
class ReplayedLife:
    """One person's whole run.

    `after[t]` has every column of this person after period t (by `struct.column`, the person's axis taken away),
    `totals[t]` what the period counted for this person alone.
    """

    who: int
    firms: tuple[str, ...]
    warm_up: int
    frames: tuple[Frame, ...]
    steps: tuple[tuple[Step, ...], ...]
    after: tuple[dict[str, NDArray[Any]], ...]
    totals: tuple[Totals, ...]

    @property
    def periods(self) -> int:
        """How many periods were lived."""
        return len(self.steps)


@dataclass
class _Witness:
    """Writes down the steps of the period that is being lived."""

    world: World
    period: int
    steps: list[Step] = field(default_factory=list)

    def __call__(self, phase: Phase, at: At, rows: dict[str, Any], new: tuple[Any, ...]) -> None:
        over, names = phase.over, (*phase.sets, *phase.adds)
        firm = at.f if "firms" in over else None
        for letter, asked in (("k", ("mine", "seller")), ("h", ("told",))):
            if phase.reads.keys() & set(asked):
                firm = at.index(letter, self.world)
        self.steps.append(Step(
            self.period, phase, None if firm is None else int(firm), at.n if "needs" in over else None,
            at.j if "occasions" in over else None, at.q if "friends" in over else None, rows,
            dict(zip(names, new, strict=True)),
        ))


def lived(market: Taped, who: int) -> ReplayedLife:
    """Live one person of a taped market again, from the first period to the last that was taped.

    Every column comes out bit for bit as in the market, whichever executor ran it.

    Raises:
        IndexError: there is no such person.
    """
    if not 0 <= who < market.start.n:
        raise IndexError(f"There is no person {who}; people of this market are numbered 0 to {market.start.n - 1}.")
    world, friends = alone(market.start, who), market.start.friend_of[:, who]
    steps, after, totals = [], [], []
    for now, frame in enumerate(market.frames):
        if 0 < now == market.book.past.ends:
            end_of_past(world, market.scenario, now)
        world.firm, world.offer, world.p, world.clock = frame.firm, frame.offer, frame.p, frame.clock
        world.fate, world.luck = frame.fate, frame.luck
        world.tie.left_out[:, 0] = frame.left_out[:, who]
        world.friend.said_firm[:-1], world.friend.said_tone[:-1] = frame.said_firm[friends], frame.said_tone[friends]
        witness, counted = _Witness(world, now), Totals.zero(len(market.book.names))
        for phases in PASSES.values():
            run(phases, world, counted, range(1), witness)
        steps.append(tuple(witness.steps))
        after.append({name: column[..., 0].copy() for name, column in world.columns().items()
                      if not name.startswith("friend.")})
        totals.append(counted)
    about = who, market.book.names, market.warm_up, tuple(market.frames)
    return ReplayedLife(*about, tuple(steps), tuple(after), tuple(totals))
