"""What happened to a few people of a compiled market: a second program that reads columns, counts and keys of draws.

It knows nothing of `sim.lives`. A watched person is a part of the market of its own: the compiled pass is run on that
one row with counts of its own, so what it counts is this person's alone. The purchases of a period are told apart by
running the pass on copies of the market in which the person wanted one purchase less, and one less, and so on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from sim.engine.state import COMPLAINED, COUNTS, MAJOR, MENDED, MOVED
from sim.engine.world import Totals, World
from sim.market.simulation import Options, Simulation
from sim.numerics.draws import uniform
from sim.records.records import Records
from sim.scenario.schema import Scenario

Fact = tuple[int, int | None, str, int | None, float]
"""Period, occasion, kind, firm, amount."""
HEAR, SERVE = "hear and choose", "serve and feel"


class WatchedMarket(Simulation):
    """A market that writes down what happens to some of its people; its numbers are those of any other."""

    def __init__(self, scenario: Scenario, seed: int, watched: Sequence[int], executor: Any = "numba") -> None:
        people = scenario.runs.world_seed
        super().__init__(scenario, seed, seed if people is None else people, Options(executor=executor, records="all"))
        self.watched, self.facts = list(watched), {who: Counter[Fact]() for who in watched}
        self.engine = _OneByOne(self)


class _OneByOne:
    """Runs a pass on everybody, the watched people one at a time."""

    def __init__(self, market: WatchedMarket) -> None:
        self.market, self.plain = market, market.engine

    def run(self, name: str, world: World, totals: Totals) -> None:
        market = self.market
        before = {who: _seen(world, who) for who in market.watched} if name == HEAR else {}
        work = self.plain._work(name, world)
        ends = [0, *sorted({end for who in market.watched for end in (who, who + 1)}), world.n]
        for low, high in pairwise(ends):
            if high == low:
                continue
            mine, alone = Totals.zero(totals.count.shape[1]), high == low + 1 and low in market.facts
            steps = self._steps(world, low) if alone and name == SERVE else []
            chosen = world.deal.firm[:, low].copy() if alone else None
            work(low, high, mine)
            totals.add(mine)
            if alone:
                found = (_heard(world, low, before[low], mine) if name == HEAR
                         else _served(world, low, chosen, [*steps, (mine, _seen(world, low))]))
                market.facts[low].update((market.now, *fact) for fact in found)

    def _steps(self, world: World, who: int) -> list[tuple[Totals, dict[str, Any]]]:
        """Counts and columns as they would be after one purchase of the period, after two, …, short of the last."""
        found = []
        for wanted in range(1, int(world.me.wanted[who])):
            twin, counted = world.fork(), Totals.zero(world.tie.trust.shape[0])
            twin.me.wanted[who] = wanted
            self.plain._work(SERVE, twin)(who, who + 1, counted)
            found.append((counted, _seen(twin, who)))
        return found


def _seen(world: World, who: int) -> dict[str, Any]:
    return {name: column[..., who].copy() for name, column in world.columns().items()}


def _count(totals: Totals, name: str) -> Any:
    return totals.count[COUNTS.index(name)]


def _heard(world: World, who: int, before: dict[str, Any], mine: Totals) -> Iterator[Any]:
    """The first pass: coming and going, who is known, friends, contacts, calls, and what is chosen."""
    me, now = world.me, int(world.clock.now)
    if now == me.enters[who] and now > 0:
        yield None, "enters", None, 0.0
    if now == me.leaves[who]:
        yield None, "leaves", None, 0.0
    known = before["tie.aware"].copy()
    for firm in range(len(known)):
        yield from _noticed(world, who, firm, before, known)
    yield from _friends(world, who, known)
    for firm in range(len(known)):
        touches, unwelcome, cared = (_count(mine, name)[firm] for name in ("touches", "unwelcome_touches", "cared"))
        for kind, number in (("contact", touches - unwelcome), ("unwelcome", unwelcome), ("asked", cared)):
            yield from [(None, kind, firm, 0.0)] * int(number)
        if _count(mine, "win_back_contacts")[firm]:
            faded = np.float32(np.float64(before["tie.grievance"][firm]) * world.p.grievance_kept)
            trust, grievance = world.tie.trust[firm, who], world.tie.grievance[firm, who]
            mended = trust != before["tie.trust"][firm] or grievance != faded
            yield None, "mended_reason" if mended else "called_back", firm, 0.0
    for occasion in range(int(me.wanted[who])):
        firm = int(world.deal.firm[occasion, who])
        yield (occasion, "nothing", None, 0.0) if firm < 0 else (occasion, "chooses", firm, 0.0)


def _noticed(world: World, who: int, firm: int, before: dict[str, Any], known: Any) -> Iterator[Any]:
    """Advertising and forgetting, then looking around, by the draws of the market."""
    number, luck = world.me.number[who].astype(np.uint64), world.luck
    with np.errstate(over="ignore"):
        reached = bool(world.me.present[who]) and uniform(luck.notice[firm], number) < world.firm.reach[firm]
        found = uniform(luck.search[firm], number) < float(world.me.searching[who])
    was = bool(known[firm])
    if was and not reached:
        known[firm] = not _forgot(world, who, firm, before)
        if not known[firm]:
            yield None, "forgets", firm, 0.0
    elif reached and not was:
        known[firm] = True
        yield None, "advertisement", firm, 0.0
    if found and not known[firm]:
        known[firm] = True
        yield None, "finds", firm, 0.0


def _forgot(world: World, who: int, firm: int, before: dict[str, Any]) -> bool:
    p, m = world.p, world.m
    idle = before["tie.idle"][firm] + 1
    unreminded = before["tie.experiences"][firm] == 0 or idle > p.reminded
    habit = float(np.float32(np.float64(before["tie.habit"][firm]) * p.habit_kept))
    with np.errstate(over="ignore"):
        draw = uniform(world.luck.forget[firm], world.me.number[who].astype(np.uint64))
    return bool(world.me.present[who] and unreminded and draw < m.forgetting * p.forget * (1.0 - m.habit * habit))


def _friends(world: World, who: int, known: Any) -> Iterator[Any]:
    """What friends said in the period before, one after the other."""
    p, m = world.p, world.m
    if not world.me.present[who] or m.word_of_mouth <= 0.0:
        return
    for friend in world.friend_of[:, who]:
        firm, tone = int(world.friend.said_firm[friend]), float(world.friend.said_tone[friend])
        if firm < 0:
            continue
        if not known[firm]:
            known[firm] = True
            yield None, "hears", firm, tone
        elif tone * (p.word_joy if tone > 0.0 else p.word_loss) != 0.0:
            yield None, "praise" if tone > 0.0 else "warning", firm, tone


def _served(world: World, who: int, chosen: Any, states: list[tuple[Totals, dict[str, Any]]]) -> Iterator[Any]:
    """The second pass, purchase by purchase: what was counted after each, less what was counted before it."""
    empty = Totals.zero(world.tie.trust.shape[0])
    for occasion in range(int(world.me.wanted[who])):
        (before, _), (after, columns) = states[occasion - 1] if occasion else (empty, {}), states[occasion]
        counted = {name: _count(after, name) - _count(before, name) for name in COUNTS}
        first, last = int(chosen[occasion]), int(columns["deal.firm"][occasion])
        for firm in np.flatnonzero(counted["lost_contacts"]).tolist():
            yield occasion, "lost" if firm == first else "lost_again", firm, 0.0
        assert columns["deal.second"][occasion] == MOVED or not counted["lost_contacts"].any()
        if last >= 0:
            paid = float((after.ledger - before.ledger)[0, last])  # the first account: revenue
            yield from _bought(occasion, last, {name: int(each[last]) for name, each in counted.items()}, columns, paid)
    for firm in np.flatnonzero(_count(states[-1][0], "lapsed_customers")).tolist():
        yield None, "lapses", firm, 0.0


def _bought(occasion: int, firm: int, counted: dict[str, int], columns: dict[str, Any], paid: float) -> Iterator[Any]:
    outcome = int(columns["me.outcome"])
    kind = "buys_first" if counted["new_customers"] else "buys_again" if counted["returned_customers"] else "buys"
    assert counted["units"] == 1
    yield occasion, kind, firm, paid
    if counted["failures"]:
        yield occasion, "serious" if outcome & MAJOR else "failure", firm, float(columns["me.severity"])
    if counted["problems"]:
        yield occasion, "complains" if counted["complaints"] else "silent", firm, 0.0
    repaired, tone = float(columns["me.repaired"]), float(columns["me.tone"])
    if counted["mended"] or counted["cared"]:
        yield occasion, "mended" if counted["mended"] else "cared", firm, repaired
    elif outcome & COMPLAINED and not outcome & MENDED:
        yield occasion, "ignored", firm, 0.0
    for name, kind in (("told_joy", "recommends"), ("told_loss", "warns")):
        if counted[name]:
            yield occasion, kind, firm, tone
    if counted["reviews"]:
        yield occasion, "reviews", firm, 0.0


def on_record(scenario: Scenario, seed: int, watched: Sequence[int], executor: Any = "numba") -> tuple[
        dict[int, Counter[Fact]], Records]:
    """What happened to some people of a market, and its records."""
    market = WatchedMarket(scenario, seed, watched, executor)
    while not market.done:
        market.step()
    return market.facts, market.records()
