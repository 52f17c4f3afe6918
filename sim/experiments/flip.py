"""Winner flip: the smallest change of what nobody decides that reverses the advice, proven by running it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.experiments.answer import Answer
from sim.experiments.asking import Asked, FactorsLike, Options, Order, order
from sim.experiments.differences import verdict_of
from sim.experiments.factors import Factor
from sim.experiments.flip_search import MOST_STEPS, SCREENING, SURE, TOGETHER, Found, pulls, ways
from sim.experiments.model import FRESH, Answers, Changes
from sim.experiments.statistics import Interval, PairedDifference, paired_difference, wilson_interval

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS, PROOFS = 8, 40
ATTEMPTS, FARTHER = 6, 1.06
NORMAL_95 = 1.645
BASE_RUNS = 20
"""Runs from which the advice itself is read, where fewer are asked for in the search."""


@dataclass(frozen=True)
class Proof:
    """A change on fresh luck, beside the scenario as written: what new pairs of runs say.

    `ahead`: share of pairs in which the other option is ahead after the change (Wilson interval); `reversed`: pairs in
    which the winner as written was ahead before and is not after; `attempts`: how many proofs were needed: where fresh
    runs did not agree, the change was made 6 % larger and met new luck.
    """

    found: Found
    difference: PairedDifference
    ahead: Interval
    won: int
    reversed: int
    attempts: int

    @property
    def holds(self) -> bool:
        """Whether the other option is ahead in at least 95 % of fresh pairs, in their count and by their spread.

        By their spread: the mean lies 1.645 standard deviations beyond 0, the 95 % point of a normal distribution.
        """
        turned = -self.found.sign * self.difference.differences
        spread = float(turned.std(ddof=1)) if turned.size > 1 else 0.0
        return bool(self.ahead.value >= SURE and turned.mean() > NORMAL_95 * spread)


class Flip(Answer):
    """What would have to be otherwise for the other option to win."""

    kind = "flip"
    picture = "difference_forest"

    def __init__(self, asked: Order, factors: tuple[Factor, ...], base: PairedDifference) -> None:
        self.order, self.factors, self.base = asked, factors, base
        self.found: list[Found] = []
        self.proofs: dict[str, Proof] = {}

    def __repr__(self) -> str:
        """A few words about it."""
        return f"<Flip of {self.order.name}: {len(self.found)} ways found among {len(self.factors)} factors>"

    @property
    def is_open(self) -> bool:
        """Whether there is no advice to reverse: as written it is too close to call."""
        return not self.base.mean.excludes_zero

    @property
    def winner(self) -> str:
        """The option that is ahead as written, in the mean."""
        return self.order.question.winner(self.base.mean.value)

    def put_ahead(self, found: Found) -> str:
        """The option that a change puts ahead."""
        return self.order.question.winner(-found.sign)

    @property
    def smallest(self) -> Proof | None:
        """The smallest change that fresh runs confirm; None where there is none within the ranges."""
        held = [proof for proof in self.proofs.values() if proof.holds]
        return min(held, key=lambda proof: proof.found.distance) if held else None

    @property
    def smallest_single(self) -> Proof | None:
        """The same with one factor only."""
        held = [one for one in self.proofs.values() if one.holds and len(one.found.step.factors) == 1]
        return min(held, key=lambda proof: proof.found.distance) if held else None

    def table(self) -> pd.DataFrame:
        """The scenario as written, then every change found, the smallest first.

        label ("as written", or the change in short), change (in full), kind ("one factor", "pair", "5 together"),
        distance (in units of the factors' ranges), border (distance at which the mean difference is 0), winner (who is
        then ahead),
        difference (b − a; of fresh runs where the change was proven), low, high (95 % t interval), n, share_b,
        share_low, share_high (share of pairs in which b is ahead, Wilson), verdict, proven (holds on fresh luck; None:
        not tried), turned (pairs in which the other option is ahead), reversed (pairs whose winner as written was the
        one of the advice and is not now), attempts.
        """
        import pandas as pd

        rows = [{"label": "as written", "change": "", "kind": "", "distance": 0.0, "border": 0.0, "winner": self.winner,
                 **_cells(self.base), "proven": None, "turned": None, "reversed": None, "attempts": 0}]
        rows += [self._row(found) for found in self.found]
        table = pd.DataFrame(rows)
        best = self.smallest
        table.attrs.update(
            self.order.question.attrs(), n=PROOFS, seed=self.order.model.seed, winner=self.winner,
            finding="No change within the ranges reverses the advice" if best is None else self._title(best.found),
        )
        return table

    def _title(self, found: Found) -> str:
        """The result as a title."""
        who, factors = self.put_ahead(found), found.step.factors
        if len(factors) > 1:
            return f"{who} wins if {len(factors)} numbers change together"
        value = found.step.point(found.distance).get(factors[0].path, factors[0].value or 0.0)
        return f"{who} wins with {factors[0].short} {value:.3g}"

    def picture_table(self) -> pd.DataFrame:
        """The scenario as written and what was proven."""
        table = self.table()
        shown = table[table["n"] > 0].reset_index(drop=True)
        shown.attrs = table.attrs
        return shown

    def _row(self, found: Found) -> dict[str, Any]:
        proof = self.proofs.get(found.words)
        row: dict[str, Any] = {
            "label": found.step.short(found.distance), "change": found.words, "kind": found.kind,
            "distance": found.distance, "border": found.border, "winner": self.put_ahead(found),
        }
        if proof is None:
            nothing = dict.fromkeys(("difference", "low", "high", "share_b", "share_low", "share_high"), float("nan"))
            return {**row, **nothing, "n": 0, "verdict": "found in the search, not proven", "proven": None,
                    "turned": found.turned, "reversed": None, "attempts": 0}
        return {**row, **_cells(proof.difference), "proven": proof.holds, "turned": proof.won,
                "reversed": proof.reversed, "attempts": proof.attempts}

    def explain(self) -> str:
        """Two plain sentences: the advice as written, and the smallest change that reverses it."""
        question, base = self.order.question, self.base.mean
        interval = f"{question.amount(base.value, True)}, 95 % interval {question.amount(base.low, True)} to " \
                   f"{question.amount(base.high, True)}, {base.n} paired runs"
        ahead = "it is too close to call who is ahead" if self.is_open else f"{self.winner} is ahead"
        first = f"As written {ahead} in {question.words} ({interval})."
        best, single = self.smallest, self.smallest_single
        if best is None:
            return f"{first} {self._nothing()}"
        alone = ""
        if single is not None and single is not best:
            alone = f"; with one factor alone: {single.found.words} ({single.found.distance:.2f})"
        what = "settles this" if self.is_open else "reverses this"
        return (
            f"{first} The smallest change that {what} is {best.found.words}, {best.found.distance:.2f} of the range: "
            f"in {best.won} of {best.ahead.n} fresh paired runs {self.put_ahead(best.found)} is then ahead "
            f"({100 * best.ahead.low:.0f} to {100 * best.ahead.high:.0f} %){alone}."
        )

    def _nothing(self) -> str:
        tried = f"{len(self.factors)} factor{'s' if len(self.factors) > 1 else ''}"
        if self.found:
            return (f"A search over {tried} found {self.found[0].words}, but fresh runs did not confirm it "
                    f"in {100 * SURE:.0f} % of pairs: no proven flip within the ranges.")
        who = "either option" if self.is_open else self.order.question.winner(-self.base.mean.value)
        return (f"No change of {tried} within their ranges makes {who} surely win: not one alone, not a pair of the "
                "strongest, not the strongest together.")

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        model = self.order.model
        return {
            "design": self.kind, "scenario": self.order.name, "question": self.order.question.words,
            "replications": self.order.replications, "screening": SCREENING, "proofs": PROOFS, "seed": model.seed,
            "first_fresh_seed": model.seed + FRESH, "runs": model.runs,
            "factors": {factor.path: [factor.low, factor.high] for factor in self.factors},
        }


def flip(
    scenario: Asked, factors: FactorsLike | None = None, *, proofs: int = PROOFS, **options: Unpack[Options]
) -> Flip:
    """The smallest standardised change of uncertainties that reverses the advice, and its proof.

    First every factor is moved to both ends of its range. Then single factors that come near, pairs of the strongest,
    and the five strongest together are followed, and halved to the shortest distance at which the other option surely
    wins in `replications` runs (8). Where it is too close to call as written, there is no advice to reverse: then both
    options are tried. What is found is proven with `proofs` fresh seeds (40): the other option must be ahead in at
    least 95 % of pairs, by count and by spread; else the change is made 6 % larger and tried on new luck, five times at
    most.
    The search looks at ends first: a factor that turns the winner only in the middle of its range is not found.
    `factors` as in `sensitivity`; levers of firms are decisions, not uncertainties, and are refused.

    Raises:
        ValueError: there is no pair of options, a factor is a lever, or a number is out of range.
        ScenarioError: the scenario or a factor is wrong.

    >>> found = flip(lambda x, seed: 1 - x["a"], {"a": (-2, 2)})
    >>> found.smallest_single.found.words, found.smallest_single.won
    ('a from 0 to 1.03', 40)
    """
    asked = order(scenario, options, REPLICATIONS)
    if asked.question.a is None:
        raise ValueError("A flip needs two options: a pair of firms, or a firm and two of its worlds.")
    if proofs < 20:
        raise ValueError(f"A proof needs at least 20 fresh runs, not {proofs}.")
    chosen = asked.factors(factors)
    for factor in chosen:
        if factor.is_lever:
            raise ValueError(f"{factor.path} is a lever: somebody decides it. A flip asks for uncertainties; "
                             "`sim optimise` looks for better levers.")
        if factor.value is not None and not factor.low <= factor.value <= factor.high:
            raise ValueError(f"{factor.path} is {factor.value:g} as written: let its range hold that, "
                             f"not {factor.low:g} to {factor.high:g}.")
    asked.model.plan(BASE_RUNS + SCREENING * (2 * len(chosen) + 1) + MOST_STEPS * asked.replications + 4 * proofs)
    base = _advice(asked)
    found = Flip(asked, chosen, base)
    spread = float(base.differences.std(ddof=1)) if base.n > 1 else 0.0
    for sign in _leads(base):
        found.found += ways(asked, pulls(asked, chosen, sign, spread), sign)
    found.found.sort(key=lambda one: one.distance)
    _prove(found, proofs)
    return found


def _leads(base: PairedDifference) -> tuple[float, ...]:
    """Signs of the leads that could be turned: that of the advice, or both where there is none."""
    sign = 1.0 if base.mean.value > 0 else -1.0
    return (sign,) if base.mean.excludes_zero else (sign, -sign)


def _advice(asked: Order) -> PairedDifference:
    runs = max(BASE_RUNS, asked.replications)
    answers = asked.answers([{}], range(runs))
    return paired_difference(answers.a[0], answers.b[0])


def _prove(flip: Flip, proofs: int) -> None:
    """Prove what was found, the nearest first, until nothing unproven is nearer than the smallest that holds.

    The nearest change of a single factor is proven in any case: it is the one that people can argue about.
    """
    for kinds in ((1,), range(1, TOGETHER + 1)):
        while True:
            held = [proof.found.distance for proof in flip.proofs.values()
                    if proof.holds and len(proof.found.step.factors) in kinds]
            nearer = [one for one in flip.found if one.words not in flip.proofs and len(one.step.factors) in kinds
                      and one.distance < min(held, default=np.inf)]
            if not nearer:
                break
            proof = _proven(flip.order, nearer[0], proofs)
            flip.found[flip.found.index(nearer[0])] = proof.found
            flip.proofs[proof.found.words] = proof
            flip.found.sort(key=lambda one: one.distance)


def _proven(asked: Order, found: Found, proofs: int) -> Proof:
    """Fresh luck for a change; where it does not agree, more luck for a somewhat larger change."""
    for attempt in range(ATTEMPTS):
        first = FRESH + attempt * proofs
        points: list[Changes] = [{}, found.step.point(found.distance)]
        proof = _judged(asked.answers(points, range(first, first + proofs)), found, attempt + 1)
        longer = min(found.distance * FARTHER, found.step.reach)
        if proof.holds or longer <= found.distance:
            break
        found = replace(found, distance=longer)
    return proof


def _judged(answers: Answers, found: Found, attempts: int) -> Proof:
    sign, (before, after) = found.sign, answers.difference
    both = np.isfinite(before) & np.isfinite(after)
    turned = (sign * after < 0) & both
    return Proof(
        found, paired_difference(answers.a[1], answers.b[1]), wilson_interval(int(turned.sum()), int(both.sum())),
        int(turned.sum()), int((turned & (sign * before > 0)).sum()), attempts,
    )


def _cells(found: PairedDifference) -> dict[str, Any]:
    return {
        "difference": found.mean.value, "low": found.mean.low, "high": found.mean.high, "n": found.n,
        "share_b": found.ahead.value, "share_low": found.ahead.low, "share_high": found.ahead.high,
        "verdict": verdict_of(found.differences, found.mean),
    }
