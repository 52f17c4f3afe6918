"""The proof of a change that reverses the winner, on seeds that took no part in the search.

A proof that is repeated until it passes flatters itself. So what holds is run once more on seeds that decide nothing:
only those numbers are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.statistics.intervals import Interval, PairedDifference, paired_difference, surely_ahead, wilson_interval
from sim.studies.asking import Order
from sim.studies.flip_search import Found
from sim.studies.model import FRESH, Changes

ATTEMPTS, FARTHER = 6, 1.06
"""A change that new seeds do not confirm is made 6 % larger, five times at most, with other seeds each time."""
NORMAL_95 = 1.645


@dataclass(frozen=True)
class Proof:
    """A change beside the scenario as written, in pairs of runs with common random numbers.

    `difference`: paired difference b − a after the change; `won`: pairs in which the other option is ahead after it;
    `reversed`: pairs whose winner as written was ahead before and is not after; `holds`: whether a proof confirmed the
    change; `attempts`: how many proofs that took. The numbers are those of a last run on seeds of its own that decided
    nothing; where no proof passed, those of the last proof.
    """

    found: Found
    difference: PairedDifference
    won: int
    reversed: int
    holds: bool = False
    attempts: int = 0

    @property
    def ahead(self) -> Interval:
        """Share of pairs in which the other option is ahead after the change (Wilson interval)."""
        return wilson_interval(self.won, self.difference.n)


def prove(asked: Order, found: Sequence[Found], proofs: int) -> tuple[list[Found], dict[str, Proof]]:
    """Prove what was found, the nearest first, until nothing unproven is nearer than the smallest that holds.

    The nearest change of a single factor is proven in any case: it is the one that people can argue about. Gives what
    was found, as far as it had to be made larger, the nearest first, and the proofs by what they change.
    """
    proven: dict[str, Proof] = {}
    changes = list(found)
    for alone in (True, False):
        while (nearest := _unproven(changes, proven, alone)) is not None:
            proof = _proven(asked, nearest, proofs)
            changes[changes.index(nearest)] = proof.found
            proven[proof.found.words] = proof
    held = [proof for proof in proven.values() if proof.holds]
    last = _on_new_seeds(asked, [proof.found for proof in held], ATTEMPTS, proofs) if held else []
    for proof, again in zip(held, last, strict=True):
        proven[proof.found.words] = replace(again, holds=True, attempts=proof.attempts)
    return sorted(changes, key=lambda one: one.distance), proven


def _unproven(changes: Sequence[Found], proven: dict[str, Proof], alone: bool) -> Found | None:
    """The nearest change (of one factor `alone`) that is not proven, where none that holds is nearer."""
    held = min((proof.found.distance for proof in proven.values()
                if proof.holds and (proof.found.size == 1 or not alone)), default=np.inf)
    left = [one for one in changes if one.words not in proven and (one.size == 1 or not alone) and one.distance < held]
    return min(left, key=lambda one: one.distance, default=None)


def _proven(asked: Order, found: Found, proofs: int) -> Proof:
    """The proof of a change, made larger and run on other seeds until it holds or the attempts are used up.

    By their count and their spread: the mean lies 1.645 standard deviations beyond 0, the 95 % point of a normal
    distribution.
    """
    for attempt in range(ATTEMPTS):
        proof = _on_new_seeds(asked, [found], attempt, proofs)[0]
        holds = surely_ahead(-found.sign * proof.difference.differences, NORMAL_95)
        longer = min(found.along * FARTHER, found.direction.reach)
        if holds or longer <= found.along:
            break
        if attempt < ATTEMPTS - 1:
            found = replace(found, along=longer)
    return replace(proof, found=found, holds=holds, attempts=attempt + 1)


def _on_new_seeds(asked: Order, found: Sequence[Found], block: int, proofs: int) -> list[Proof]:
    """Changes beside the scenario as written, on a block of seeds that the search did not use."""
    first = FRESH + block * proofs
    points: list[Changes] = [{}, *(one.point for one in found)]
    answers = asked.answers(points, range(first, first + proofs))
    before, proven = answers.difference[0], []
    for k, one in enumerate(found, start=1):
        after = answers.difference[k]
        both = np.isfinite(before) & np.isfinite(after)
        turned = (one.sign * after < 0) & both
        reversed_ = turned & (one.sign * before > 0)
        proven.append(Proof(one, paired_difference(answers.a[k][both], answers.b[k][both]), int(turned.sum()),
                            int(reversed_.sum())))
    return proven
