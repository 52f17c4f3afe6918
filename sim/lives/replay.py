"""One person of a taped market, lived again in plain Python: every step, and every column after every period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from sim.engine.executors import At, run
from sim.engine.phase import Phase
from sim.engine.world import Totals, World
from sim.lives.tape import Frame, Taped, alone
from sim.market.birth import end_of_past
from sim.period import PASSES


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
