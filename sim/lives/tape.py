"""What a market offered its people in every period: enough to live any of them again.

A market that is taped is run as always, compiled or not; between its passes the tape notes what people cannot change:
the firms' rows, the keys of the draws, whom a firm leaves out, and what everybody's friends said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import FirmRow, Offer, PeriodClock
from sim.engine.world import STORED, Totals, World
from sim.firms.book import Rows
from sim.market.simulation import Options, Simulation
from sim.numerics.draws import Fate, Luck
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
