"""Winner flip: the smallest change of what nobody decides that reverses the advice, proven by running it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any, Unpack

from sim.statistics.intervals import ADVICE_RUNS, SURE_RUNS, PairedDifference, paired_difference
from sim.studies.answer import Answer
from sim.studies.asking import Asked, FactorsLike, Options, Order, order
from sim.studies.counts import checked_count
from sim.studies.differences import TOO_CLOSE, in_words, verdict_of
from sim.studies.factors import Factor
from sim.studies.flip_proof import Proof, prove
from sim.studies.flip_search import HALVINGS, PARTNERS, SCREENING, SINGLES, Found, pulls, ways
from sim.studies.flip_step import Step
from sim.studies.flip_words import explained, title
from sim.studies.model import FRESH
from sim.text.words import counted

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS, PROOFS = SURE_RUNS, 40


class Flip(Answer):
    """What would have to be otherwise for the other option to win."""

    kind = "flip"
    picture = "difference_forest"

    def __init__(self, asked: Order, factors: tuple[Factor, ...], base: PairedDifference, n_proofs: int) -> None:
        self.order, self.factors, self.base, self.n_proofs = asked, factors, base, n_proofs
        self.found: list[Found] = []
        self.tried: list[Step] = []
        self.proofs: dict[str, Proof] = {}

    def __repr__(self) -> str:
        """A few words about it."""
        return (f"<Flip of {self.order.name}: {counted(len(self.found), 'way')} found among "
                f"{counted(len(self.factors), 'factor')}>")

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
        """The smallest change that fresh runs confirm; None where none of those tried is confirmed."""
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
        then ahead; "too close to call" where the interval holds 0), difference (b − a; of a last fresh run that decided
        nothing, where the change was proven), low, high (95 % t interval), n, share_b, share_low, share_high (share of
        pairs in which b is ahead, Wilson), verdict, proven (a proof on fresh luck confirmed it; None: not tried),
        turned (pairs in which the other option is ahead), reversed (pairs whose winner as written was the one of the
        advice and is not now), attempts (how many proofs).
        """
        import pandas as pd

        rows = [{"label": "as written", "change": "", "kind": "", "distance": 0.0, "border": 0.0,
                 **self._cells(self.base), "proven": None, "turned": None, "reversed": None, "attempts": 0}]
        rows += [self._row(found) for found in self.found]
        table = pd.DataFrame(rows)
        table.attrs.update(self.order.question.attrs(), n=self.n_proofs, seed=self.order.model.seed,
                           winner=self.winner, finding=title(self), note=self._note())
        return table

    def _note(self) -> str:
        return (f"As written {self.base.n} paired runs; after a change {self.n_proofs} fresh ones." if self.proofs
                else f"{self.base.n} paired runs.")

    def picture_table(self) -> pd.DataFrame:
        """The scenario as written and what was proven; the verdict says who is ahead, and the interval."""
        table = self.table()
        shown = table[table["n"] > 0].reset_index(drop=True)
        shown["verdict"] = [self._in_short(row) for row in shown.to_dict("records")]
        shown.attrs = table.attrs
        return shown

    def _in_short(self, row: Mapping[Hashable, Any]) -> str:
        """Half of the interval and who is ahead; blanks that hold together what a picture must not break."""
        half = in_words((row["high"] - row["low"]) / 2, self.order.question.unit).removesuffix(" %")
        who = TOO_CLOSE if row["winner"] == TOO_CLOSE else f"{row['winner']} ahead".replace(" ", "\u00a0")
        return f"±\u00a0{half}: {who}"

    def _row(self, found: Found) -> dict[str, Any]:
        proof = self.proofs.get(found.words)
        row: dict[str, Any] = {
            "label": found.step.short(found.along), "change": found.words, "kind": found.kind,
            "distance": found.distance, "border": found.border,
        }
        if proof is None:
            nothing = dict.fromkeys(("difference", "low", "high", "share_b", "share_low", "share_high"), float("nan"))
            return {**row, "winner": self.put_ahead(found), **nothing, "n": 0, "turned": found.turned,
                    "verdict": "found in the search, not proven", "proven": None, "reversed": None, "attempts": 0}
        return {**row, **self._cells(proof.difference), "proven": proof.holds, "turned": proof.won,
                "reversed": proof.reversed, "attempts": proof.attempts}

    def _cells(self, found: PairedDifference) -> dict[str, Any]:
        ahead = self.order.question.winner(found.mean.value) if found.mean.excludes_zero else TOO_CLOSE
        return {
            "winner": ahead, "difference": found.mean.value, "low": found.mean.low, "high": found.mean.high,
            "n": found.n, "share_b": found.ahead.value, "share_low": found.ahead.low, "share_high": found.ahead.high,
            "verdict": verdict_of(found.differences, found.mean),
        }

    def explain(self) -> str:
        """Plain sentences: the advice as written, the smallest change that reverses it, what fresh runs say of it."""
        return explained(self)

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        model = self.order.model
        return {
            "design": self.kind, "scenario": self.order.name, "question": self.order.question.words,
            "replications": self.order.replications, "screening": SCREENING, "proofs": self.n_proofs,
            "seed": model.seed, "first_fresh_seed": model.seed + FRESH, "runs": model.runs,
            "factors": {factor.path: [factor.low, factor.high] for factor in self.factors},
        }


def flip(
    scenario: Asked, factors: FactorsLike | None = None, *, proofs: int = PROOFS, **options: Unpack[Options]
) -> Flip:
    """The smallest standardised change of uncertainties that reverses the advice, and its proof.

    First every factor is moved to both ends of its range (2 runs each). Then the four single factors that come
    nearest, pairs of the three strongest, and the five strongest together are followed to the corner where all of them
    are at an end, and halved to the shortest distance at which the other option surely wins in `replications` runs (8);
    where none of these turns the winner, all that pull go to their ends together. Values are the short numbers that are
    printed, rounded away from the border. Where it is too close to call as written, there is no advice to reverse: then
    both options are tried.

    What is found is proven with `proofs` fresh seeds (40): the other option must be ahead in at least 95 % of pairs, by
    count and by spread; else the change is made 6 % larger and tried on new luck, five times at most. What holds meets
    `proofs` more seeds that decide nothing: they are what is told.
    The search looks at ends first: a factor that turns the winner only in the middle of its range is not found.
    `factors` as in `sensitivity`; levers of firms are decisions, not uncertainties, and are refused.

    Raises:
        ValueError: there is no pair of options, a factor is a lever, or a number is out of range.
        ScenarioError: the scenario or a factor is wrong.

    >>> found = flip(lambda x, seed: 1 - x["a"], {"a": (-2, 2)})
    >>> found.smallest_single.found.words, found.smallest_single.won
    ('a from 0 to 1.04', 40)
    """
    asked = order(scenario, options, REPLICATIONS)
    if asked.question.a is None:
        raise ValueError("A flip needs two options: a pair of firms, or a firm and two of its worlds.")
    proofs = checked_count(proofs, 20, "A proof needs at least {} fresh runs")
    chosen = asked.factors(factors)
    for factor in chosen:
        if factor.is_lever:
            raise ValueError(f"{factor.path} is a lever: somebody decides it. A flip asks for uncertainties; "
                             "`sim optimise` looks for better levers.")
        if factor.value is not None and not factor.low <= factor.value <= factor.high:
            raise ValueError(f"{factor.path} is {factor.value:g} as written: let its range hold that, "
                             f"not {factor.low:g} to {factor.high:g}.")
    asked.model.plan(max(ADVICE_RUNS, asked.replications) + SCREENING * 2 * len(chosen)
                     + _search_runs(len(chosen), asked.replications) + _proof_runs(2, proofs))
    found = Flip(asked, chosen, _advice(asked), proofs)
    _search(found)
    asked.model.plan(_proof_runs(min(len(found.found), 2), proofs), afresh=True)
    found.found, found.proofs = prove(asked, found.found, proofs)
    return found


def _search(flip: Flip) -> None:
    """Every way that turns the lead as written; both leads where there is none."""
    asked, base = flip.order, flip.base
    spread = float(base.differences.std(ddof=1)) if base.n > 1 else 0.0
    for sign in _leads(base):
        pulling = pulls(asked, flip.factors, sign, spread)
        asked.model.plan(_search_runs(len(pulling), asked.replications) + _proof_runs(2, flip.n_proofs), afresh=True)
        searched = ways(asked, pulling, sign)
        flip.found += searched.found
        flip.tried += searched.tried
    flip.found.sort(key=lambda one: one.distance)


def _search_runs(factors: int, replications: int) -> int:
    """About how many runs a search among so many factors takes: every end, and halvings for two ways in three."""
    steps = min(factors, SINGLES) + (0, 0, 1, PARTNERS)[min(factors, 3)] + (factors > 2)
    return steps * replications * (1 + 2 * HALVINGS // 3)


def _proof_runs(changes: int, proofs: int) -> int:
    """About how many runs the proofs of some changes take: each proven twice, and once more, beside the start."""
    return 3 * (1 + changes) * proofs if changes else 0


def _leads(base: PairedDifference) -> tuple[float, ...]:
    """Signs of the leads that could be turned: that of the advice, or both where there is none."""
    sign = 1.0 if base.mean.value > 0 else -1.0
    return (sign,) if base.mean.excludes_zero else (sign, -sign)


def _advice(asked: Order) -> PairedDifference:
    runs = max(ADVICE_RUNS, asked.replications)
    answers = asked.answers([{}], range(runs))
    return paired_difference(answers.a[0], answers.b[0])
