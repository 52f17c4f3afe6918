"""The proof of a flip on luck that chose nothing, and a last run that decides nothing: only that one is told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.statistics.intervals import (
    Floats,
    Interval,
    PairedDifference,
    paired_difference,
    surely_ahead,
    wilson_interval,
)
from sim.studies.asking import Order
from sim.studies.flip_search import TOGETHER, Found
from sim.studies.model import FRESH, Changes

ATTEMPTS, FARTHER = 6, 1.06
"""A change that fresh runs do not confirm is made 6 % larger, five times at most, and meets new luck each time."""
NORMAL_95 = 1.645


@dataclass(frozen=True)
class Pairs:
    """A change beside the scenario as written in pairs of runs with the same luck.

    `ahead`: share of pairs in which the other option is ahead after the change (Wilson interval); `won`: how many;
    `reversed`: pairs in which the winner as written was ahead before and is not after.
    """

    difference: PairedDifference
    ahead: Interval
    won: int
    reversed: int

    def surely_turned(self, sign: float) -> bool:
        """Whether the other option is ahead in at least 95 % of pairs, in their count and by their spread.

        By their spread: the mean lies 1.645 standard deviations beyond 0, the 95 % point of a normal distribution.
        """
        return surely_ahead(-sign * self.difference.differences, NORMAL_95)


@dataclass(frozen=True)
class Proof:
    """What fresh runs say of a change.

    `holds`: whether a proof confirmed it; `attempts`: how many proofs that took. `pairs`: a last run on luck of its own
    that decided nothing, since a proof that is repeated until it passes flatters itself; where no proof passed, the
    last of them.
    """

    found: Found
    pairs: Pairs
    holds: bool
    attempts: int

    @property
    def won(self) -> int:
        """Pairs in which the other option is ahead after the change."""
        return self.pairs.won

    @property
    def reversed(self) -> int:
        """Pairs whose winner as written was ahead before and is not after."""
        return self.pairs.reversed

    @property
    def ahead(self) -> Interval:
        """Share of pairs in which the other option is ahead after the change."""
        return self.pairs.ahead

    @property
    def difference(self) -> PairedDifference:
        """Paired difference b − a after the change."""
        return self.pairs.difference


def prove(asked: Order, found: Sequence[Found], proofs: int) -> tuple[list[Found], dict[str, Proof]]:
    """Prove what was found, the nearest first, until nothing unproven is nearer than the smallest that holds.

    The nearest change of a single factor is proven in any case: it is the one that people can argue about. Gives what
    was found, as far as it had to be made larger, the nearest first, and the proofs by what they change.
    """
    proven: dict[str, Proof] = {}
    changes = list(found)
    largest = max((len(one.step.factors) for one in changes), default=1)
    for kinds in ((1,), range(1, max(largest, TOGETHER) + 1)):
        while (nearest := _unproven(changes, proven, kinds)) is not None:
            proof = _proven(asked, nearest, proofs)
            changes[changes.index(nearest)] = proof.found
            proven[proof.found.words] = proof
    return sorted(changes, key=lambda one: one.distance), _run_once_more(asked, proven, proofs)


def _unproven(changes: Sequence[Found], proven: dict[str, Proof], kinds: Collection[int]) -> Found | None:
    """The nearest change of some kinds that is not proven, where none that holds is nearer."""
    held = min((proof.found.distance for proof in proven.values()
                if proof.holds and len(proof.found.step.factors) in kinds), default=np.inf)
    left = [one for one in changes if one.words not in proven and len(one.step.factors) in kinds
            and one.distance < held]
    return min(left, key=lambda one: one.distance, default=None)


def _proven(asked: Order, found: Found, proofs: int) -> Proof:
    """Fresh luck for a change; where it does not agree, more luck for a somewhat larger change."""
    for attempt in range(ATTEMPTS):
        pairs = _pairs(asked, [found], attempt, proofs)[0]
        holds, longer = pairs.surely_turned(found.sign), min(found.along * FARTHER, found.step.reach)
        if holds or longer <= found.along:
            break
        if attempt < ATTEMPTS - 1:
            found = replace(found, along=longer)
    return Proof(found, pairs, holds, attempt + 1)


def _run_once_more(asked: Order, proven: dict[str, Proof], proofs: int) -> dict[str, Proof]:
    """Every change that holds on luck that no proof has seen; whatever comes out is told and changes nothing."""
    held = [proof for proof in proven.values() if proof.holds]
    last = _pairs(asked, [proof.found for proof in held], ATTEMPTS, proofs) if held else []
    again = {proof.found.words: replace(proof, pairs=pairs) for proof, pairs in zip(held, last, strict=True)}
    return {**proven, **again}


def _pairs(asked: Order, found: Sequence[Found], block: int, proofs: int) -> list[Pairs]:
    """Changes beside the scenario as written, on a block of fresh seeds."""
    first = FRESH + block * proofs
    points: list[Changes] = [{}, *(one.point for one in found)]
    answers = asked.answers(points, range(first, first + proofs))
    before = answers.difference[0]
    return [_judged(one.sign, before, answers.a[k], answers.b[k]) for k, one in enumerate(found, start=1)]


def _judged(sign: float, before: Floats, a: Floats, b: Floats) -> Pairs:
    after = b - a
    both = np.isfinite(before) & np.isfinite(after)
    turned = (sign * after < 0) & both
    return Pairs(paired_difference(a[both], b[both]), wilson_interval(int(turned.sum()), int(both.sum())),
                 int(turned.sum()), int((turned & (sign * before > 0)).sum()))
