"""A flip in words: who is ahead as written, what would put the other option ahead, and what exactly was tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.statistics.intervals import SURE
from sim.studies.flip_search import SCREENING
from sim.studies.flip_step import Step
from sim.studies.plain_values import short_name
from sim.text.words import counted, joined

if TYPE_CHECKING:
    from sim.studies.flip import Flip
    from sim.studies.flip_proof import Proof

RULE = f"in at least {100 * SURE:.0f} % of paired runs"


def title(flip: Flip) -> str:
    """The result in a line."""
    best = flip.smallest
    if best is None:
        return "Nothing that was tried " + ("puts either option ahead" if flip.is_open else "reverses the advice")
    found, who = best.found, flip.put_ahead(best.found)
    if len(found.step.factors) > 1:
        return f"{who} wins if {len(found.step.factors)} numbers change together"
    factor = found.step.factors[0]
    return f"{who} wins with {short_name(factor)} {found.point.get(factor.path, factor.value or 0.0):.12g}"


def explained(flip: Flip) -> str:
    """The advice as written, and the smallest change that reverses it with the rule by which it does."""
    question, base = flip.order.question, flip.base.mean
    ahead = "it is too close to call who is ahead" if flip.is_open else f"{flip.winner} is ahead"
    first = (f"As written {ahead} in {question.words} ({question.amount(base.value, True)}, 95 % interval "
             f"{question.amount(base.low, True)} to {question.amount(base.high, True)}, {base.n} paired runs).")
    best, single = flip.smallest, flip.smallest_single
    if best is None:
        return f"{first} {_nothing(flip)}"
    what = "settles this" if flip.is_open else "reverses this"
    alone = ""
    if single is not None and single is not best:
        alone = f" With one factor alone: {_change(single)}; {_told(flip, single)}."
    return (f"{first} The smallest change found that {what} {RULE}, proven on fresh ones, is {_change(best)}. On more "
            f"luck, which decided nothing, {_told(flip, best)}.{alone}")


def _change(proof: Proof) -> str:
    """A change, how far it is, and where on the way to it the mean difference is 0."""
    found = proof.found
    if len(found.step.factors) > 1:
        border = f"after {100 * found.border / found.distance:.0f} % of that way"
        far = f": a distance of {found.distance:.2f}, where 1 is the whole range of one factor"
    else:
        factor, way = found.step.factors[0], found.step.direction[0]
        border = f"at {factor.at(factor.start + way * found.border):.3g}"
        far = f", {found.distance:.2f} of its range"
    return f"{found.words}{far}; in the mean they are level {border if found.border > 0 else 'as written already'}"


def _told(flip: Flip, proof: Proof) -> str:
    """What the last fresh run says, and whether that is less than the proof did."""
    question, mean = flip.order.question, proof.difference.mean
    less = ", less surely than in the proof" if proof.ahead.high < SURE else ""
    return (f"{flip.put_ahead(proof.found)} is then ahead in {proof.won} of {proof.ahead.n} pairs "
            f"({100 * proof.ahead.low:.0f} to {100 * proof.ahead.high:.0f} %{less}; mean difference "
            f"{question.amount(mean.value, True)}, 95 % interval {question.amount(mean.low, True)} to "
            f"{question.amount(mean.high, True)})")


def _nothing(flip: Flip) -> str:
    if flip.found:
        nearest = flip.proofs[flip.found[0].words]
        return (f"The search found {nearest.found.words}, but {flip.put_ahead(nearest.found)} was ahead in only "
                f"{nearest.won} of {nearest.ahead.n} fresh pairs, not {RULE}: there is no proven flip among what was "
                "tried.")
    who = "either option" if flip.is_open else flip.order.question.winner(-flip.base.mean.value)
    rest = "Values inside it" if len(flip.factors) == 1 else "Other combinations, and values inside the ranges,"
    return f"Nothing that was tried puts {who} surely ahead, {RULE}: {tried_words(flip)}. {rest} were not tried."


def tried_words(flip: Flip) -> str:
    """What was tried without success: single factors, pairs and groups, each moved to the ends of their ranges."""
    factors, steps = flip.factors, flip.tried
    if len(factors) == 1:
        return f"{factors[0].path} was moved to both ends of its range, {factors[0].low:g} and {factors[0].high:g}"
    alone = sum(len(step.factors) == 1 for step in steps)
    runs = f"{SCREENING} paired runs each" + (f", {flip.order.replications} for the strongest" if alone else "")
    parts = [f"each of {len(factors)} factors alone ({runs})", *_groups(steps, len(factors))]
    weak = "" if len(parts) > 1 else "; fewer than two of them pull that way"
    return f"{joined(parts)} went to the ends of {'its range' if len(parts) == 1 else 'their ranges'}{weak}"


def _groups(steps: list[Step], factors: int) -> list[str]:
    """Pairs and larger groups in words.

    >>> from sim.studies.factors import Factor
    >>> a, b, c = (Factor(name, 0, 1, 0.5) for name in "abc")
    >>> _groups([Step((a, b), (0.6, 0.8)), Step((a, c), (0.6, 0.8)), Step((a, b, c), (0.6, 0.64, 0.48))], 4)
    ['2 pairs of the strongest', '3 together']
    """
    sizes = [len(step.factors) for step in steps]
    if factors == 2:
        return ["both together"] if 2 in sizes else []
    pairs = [f"{counted(sizes.count(2), 'pair')} of the strongest"] if 2 in sizes else []
    return [*pairs, *(f"{size} together" for size in sorted(set(sizes)) if size > 2)]
