"""What becomes of the answer under the circumstances that the scenario itself names."""

from __future__ import annotations

from dataclasses import dataclass

from sim.reports.contest import Contest, elsewhere
from sim.reports.options import World, told
from sim.reports.words import lead, span
from sim.reports.worlds import Worlds
from sim.studies.differences import IDENTICAL, ONE_RUN, TOO_CLOSE, UNKNOWN
from sim.studies.study import Study

MANY = 6
"""From so many circumstances on they are counted, not named."""


@dataclass(frozen=True)
class Otherwise:
    """A circumstance: what is otherwise, what the runs say then, and whether that reverses the answer."""

    world: World
    said: str
    interval: str
    front: str
    """In how many of how many paired runs the leader of the answer is in front."""
    reverses: bool
    open: bool
    """Too close to call, where the answer as written is clear."""
    leader: str = ""
    """Who is ahead then; empty where it is too close to call."""


def under_circumstances(study: Study, worlds: Worlds, contest: Contest) -> list[Otherwise]:
    """The two sides of the answer once more in every circumstance. Empty where the sides are worlds themselves."""
    pair = contest.pair
    if pair is None or contest.firm:
        return []
    a, b = pair
    clear = contest.cells(a, b)["low"] > 0
    found = []
    for world in told(study.scenario, worlds.circumstances):
        there = elsewhere(study, contest, world.name)
        if not {a, b} <= set(there.sides):
            continue
        cells = there.cells(a, b)
        interval = span(cells["low"], cells["high"], contest.unit, contest.currency, signed=True)
        front = f"{cells['won_by_b']} of {cells['n']}"
        unclear = cells["verdict"] in (TOO_CLOSE, IDENTICAL, UNKNOWN, ONE_RUN)
        said, leader = str(cells["verdict"]), ""
        if not unclear:
            leader = b if cells["difference"] > 0 else a
            gap = lead(cells["difference"], contest.unit, contest.currency)
            said = f"{leader} {'ahead' if contest.more_is_better else 'higher'} by {gap}"
        reverses = clear and not unclear and cells["difference"] < 0
        found.append(Otherwise(world, said, interval, front, reverses, clear and unclear, leader))
    return found


def summed_up(found: list[Otherwise], contest: Contest) -> str:
    """One sentence about all circumstances; nothing where none was tried."""
    if not found or contest.pair is None:
        return ""
    leader = contest.pair[1]
    if len(found) > MANY:
        counts = [f"{side} ahead in {sum(one.leader == side for one in found)}" for side in contest.pair[::-1]]
        return f"Of {len(found)} other circumstances: {', '.join(counts)}, the rest too close to call."
    turned = [one.world.title for one in found if one.reverses]
    unsure = [one.world.title for one in found if one.open]
    if turned:
        return f"The answer is reversed with {'; '.join(turned)}."
    how_many = {1: "In the other circumstance", 2: "In both other circumstances"}
    tried = how_many.get(len(found), f"In all {len(found)} other circumstances")
    if unsure:
        return f"{tried} the answer is not reversed; too close to call: {'; '.join(unsure)}."
    if contest.cells(*contest.pair)["low"] > 0:
        return f"{tried} that {'was' if len(found) == 1 else 'were'} tried {leader} stays in front."
    ways = [f"{side} with {'; '.join(one.world.title for one in found if one.leader == side)}"
            for side in contest.pair if any(one.leader == side for one in found)]
    return f"It can be called elsewhere: {'. '.join(ways)}." if ways else ""
