"""Winner flip: the smallest change of what nobody decides that reverses the advice, proven by running it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Unpack

from sim.runs.plan import AS_WRITTEN
from sim.statistics.intervals import ADVICE_RUNS, SURE, SURE_RUNS, PairedDifference, mean_interval, paired_difference
from sim.studies.answer import DesignAnswer
from sim.studies.answer_table import DIFFERENCE, LABEL, SHARE_B, VERDICT, Field
from sim.studies.asking import Asked, FactorsLike, Order, StudyOptions, order
from sim.studies.differences import judged_cells, mean_cells
from sim.studies.factors import Factor, short_name, spans
from sim.studies.flip_proof import Proof, prove
from sim.studies.flip_search import (
    ENDS_EACH,
    HALVINGS,
    PARTNERS,
    SCREENING,
    SINGLES,
    Direction,
    Found,
    likely_to_turn,
    search,
    slopes_against,
)
from sim.studies.keywords import checked_count
from sim.studies.model import FRESH
from sim.studies.settings import FlipSettings, default
from sim.text.findings import TOO_CLOSE, Finding
from sim.text.numbers import signed
from sim.text.words import counted

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS, MOST_NAMED = SURE_RUNS, 5
_MEAN = "{value:signed} (95 % interval {interval:span}, {n:count paired run})."
_CHANGE = ("{change}: a distance of {distance:.2f}, where 1 is the whole range of one factor. On average the options "
           "are level at {level}.")
MESSAGES = {
    "ahead": "As written {subject} is ahead: {outcome}, is " + _MEAN,
    TOO_CLOSE: "As written it is too close to call who is ahead: {outcome}, is " + _MEAN,
    "reverses": "The smallest change found that reverses this in at least 95 % of paired runs is " + _CHANGE,
    "settles": "The smallest change found that settles this in at least 95 % of paired runs is " + _CHANGE,
    "one factor": "The smallest such change of one factor alone is " + _CHANGE,
    "confirmed": "On new seeds that were not used in the search, {subject} is then ahead in {won} of "
                 "{n:count paired run} (95 % interval {share_low:percent} to {share_high:percent}); the mean "
                 "difference is {value:signed} (95 % interval {interval:span}).",
    "not confirmed": "No change is confirmed: the search found {change}, but on new seeds {subject} was ahead in only "
                     "{won} of {n:count paired run}, and at least 95 % are asked for.",
    "nothing": "No change that was tried puts {subject} ahead in at least 95 % of paired runs. Tried at the ends of "
               "the ranges: {tried:and}.",
}


class Flip(DesignAnswer):
    """What would have to be otherwise for the other option to win.

    `table()` has the scenario as written, then every change found, the smallest first: label ("as written", or the
    change in short), change (in full), kind ("one factor", "pair", "5 together"), distance (in units of the factors'
    ranges), border (distance at which the mean difference is 0), winner (who is then ahead; "too close to call" where
    the interval includes 0), difference (b − a; of a last run on new seeds that decided nothing, where the change was
    proven), low, high (95 % t interval), n, share_b, share_low, share_high (share of pairs in which b is ahead,
    Wilson), verdict, proven (a proof on new seeds confirmed it; None: not tried), turned (pairs in which the other
    option is ahead), reversed (pairs whose winner as written was the one of the advice and is not now), attempts (how
    many proofs).
    """

    kind = "flip"
    columns = (LABEL, Field("kind"), Field("distance"), Field("winner"), DIFFERENCE, SHARE_B, VERDICT)
    picture = "difference_forest"

    def __init__(self, asked: Order, factors: tuple[Factor, ...], base: PairedDifference, n_proofs: int) -> None:
        super().__init__(asked)
        self.factors, self.base, self.n_proofs = factors, base, n_proofs
        self.found: list[Found] = []
        self.tried: list[Direction] = []
        self.proofs: dict[str, Proof] = {}

    def __repr__(self) -> str:
        return (f"<Flip of {self.order.name}: {counted(len(self.found), 'way')} found among "
                f"{counted(len(self.factors), 'factor')}>")

    @property
    def is_open(self) -> bool:
        """Whether there is no advice to reverse: as written it is too close to call."""
        return not self.base.mean.excludes_zero

    @property
    def winner(self) -> str:
        """The option that is ahead as written, in the mean."""
        return self.question.winner(self.base.mean.value)

    def put_ahead(self, found: Found) -> str:
        """The option that a change puts ahead."""
        return self.question.winner(-found.sign)

    @property
    def smallest(self) -> Proof | None:
        """The smallest change that new seeds confirm; None where none of those tried is confirmed."""
        held = [proof for proof in self.proofs.values() if proof.holds]
        return min(held, key=lambda proof: proof.found.distance, default=None)

    @property
    def smallest_single(self) -> Proof | None:
        """The same with one factor only."""
        held = [proof for proof in self.proofs.values() if proof.holds and proof.found.size == 1]
        return min(held, key=lambda proof: proof.found.distance, default=None)

    def _rows(self) -> list[dict[str, Any]]:
        rows = [{"label": AS_WRITTEN, "change": "", "kind": "", "distance": 0.0, "border": 0.0,
                 **self._cells(self.base), "proven": None, "turned": None, "reversed": None, "attempts": 0}]
        for found in self.found:
            row: dict[str, Any] = {"label": found.direction.short(found.along), "change": found.words,
                                   "kind": found.kind, "distance": found.distance, "border": found.border}
            proof = self.proofs.get(found.words)
            if proof is not None:
                row |= {**self._cells(proof.difference), "proven": proof.holds, "turned": proof.won,
                        "reversed": proof.reversed, "attempts": proof.attempts}
            else:
                nothing = mean_interval([])
                row |= {**mean_cells(nothing, nothing), "winner": self.put_ahead(found), "proven": None,
                        "verdict": "found in the search, not proven", "turned": found.turned, "reversed": None,
                        "attempts": 0}
            rows.append(row)
        return rows

    def _cells(self, found: PairedDifference) -> dict[str, Any]:
        ahead = self.question.winner(found.mean.value) if found.mean.excludes_zero else TOO_CLOSE
        return {"winner": ahead, **judged_cells(found)}

    def _words(self) -> dict[str, Any]:
        note = (f"As written {self.base.n} paired runs; after a change {self.n_proofs} on new seeds." if self.proofs
                else f"{self.base.n} paired runs.")
        return {"n": self.n_proofs, "winner": self.winner, "note": note}

    def picture_table(self) -> pd.DataFrame:
        """The scenario as written and what was proven; the verdict is half of the interval and who is ahead."""
        table = self.table()
        shown = table[table["n"] > 0].reset_index(drop=True)
        verdicts = []
        for low, high, winner in zip(shown["low"], shown["high"], shown["winner"], strict=True):
            half = signed((high - low) / 2, self.question.unit).strip("+").removesuffix(" points")
            # blanks that hold together what a picture must not break
            who = TOO_CLOSE if winner == TOO_CLOSE else f"{winner} ahead".replace(" ", "\u00a0")
            verdicts.append(f"±\u00a0{half}: {who}")
        shown["verdict"] = verdicts
        shown.attrs = table.attrs
        return shown

    def _title(self) -> str:
        best = self.smallest
        if best is None:
            return "Nothing that was tried " + ("puts either option ahead" if self.is_open else "reverses the advice")
        who, values = self.put_ahead(best.found), best.found.direction.values(best.found.along)
        if len(values) > 1:
            return f"{who} wins if {len(values)} numbers change together"
        return f"{who} wins with {short_name(values[0][0])} {values[0][1]:.12g}"

    def findings(self) -> list[Finding]:
        """The advice as written, the smallest change that reverses it, and what runs on new seeds say of it."""
        best, single = self.smallest, self.smallest_single
        verdict = TOO_CLOSE if self.is_open else "ahead"
        found = [self.question.finding(self.winner, self.base.mean, MESSAGES[verdict], verdict)]
        if best is None:
            nearest = self.proofs[self.found[0].words] if self.found else None
            return [*found, _nothing(self) if nearest is None else self._proven(nearest, "not confirmed")]
        confirmed = [(best, "settles" if self.is_open else "reverses")]
        confirmed += [] if single is None or single is best else [(single, "one factor")]
        for proof, verdict in confirmed:
            less = "new seeds confirm it less often than the proof did" if proof.ahead.high < SURE else ""
            found += [self._proven(proof, verdict), self._proven(proof, "confirmed").with_caveats(less)]
        return found

    def _proven(self, proof: Proof, verdict: str) -> Finding:
        found = proof.found
        return self.question.finding(
            self.put_ahead(found), proof.difference.mean, MESSAGES[verdict], verdict,
            change=found.direction.words(found.along, MOST_NAMED), distance=found.distance,
            level=found.direction.level(found.border), won=proof.won, share_low=proof.ahead.low,
            share_high=proof.ahead.high)

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        model = self.order.model
        return {
            "design": self.kind, "scenario": self.order.name, "question": self.question.words,
            "replications": self.order.replications, "screening": SCREENING, "proofs": self.n_proofs,
            "seed": model.seed, "first_fresh_seed": model.seed + FRESH, "runs": model.runs,
            "factors": spans(self.factors),
        }


def _nothing(flip: Flip) -> Finding:
    """What was tried without success: single factors, pairs and groups, each moved to the ends of their ranges."""
    first, one = flip.factors[0], len(flip.factors) == 1
    sizes = Counter(len(direction.factors) for direction in flip.tried)
    groups = [counted(sizes[size], "pair") if size == 2 else f"{size} together" for size in sorted(sizes) if size > 1]
    alone = f"{first.path} at {first.low:g} and {first.high:g}" if one else f"each of {len(flip.factors)} factors alone"
    who = "either option" if flip.is_open else flip.question.winner(-flip.base.mean.value)
    few = not one and not groups
    return flip.question.finding(
        who, flip.base.mean, MESSAGES["nothing"], "nothing", tried=[alone, *groups]).with_caveats(
        "fewer than two factors work against the lead, so no combination was tried" if few else "",
        "values inside the ranges were not tried" if one or few
        else "other combinations and values inside the ranges were not tried")


def flip(
    scenario: Asked, factors: FactorsLike | None = None, *, proofs: int = default(FlipSettings, "proofs"),
    **options: Unpack[StudyOptions],
) -> Flip:
    """The smallest standardised change of uncertainties that reverses the advice, and its proof.

    First every factor is moved to both ends of its range (2 runs each). Then the four single factors that come
    nearest, pairs of the three strongest, and the five strongest together are followed to the corner where all of them
    are at an end, and halved to the shortest distance at which the other option surely wins in `replications` runs (8);
    where none of these turns the winner, all that work against the lead go to their ends together. Values are the short
    numbers that are printed, rounded away from the border. Where it is too close to call as written, there is no advice
    to reverse: then both options are tried.

    What is found is proven with `proofs` new seeds (40): the other option must be ahead in at least 95 % of pairs, by
    count and by spread; else the change is made 6 % larger and tried on other seeds, five times at most. What holds is
    run on `proofs` more seeds that decide nothing: their numbers are shown.
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
        raise ValueError("A flip needs two options: a pair of firms, or a firm and two of its what-ifs.")
    proofs = checked_count(proofs, 20, "A proof needs at least {} fresh runs")
    chosen = asked.factors(factors)
    _check_uncertain(chosen)
    advice_runs = max(ADVICE_RUNS, asked.replications)
    screening = SCREENING * 2 * len(chosen)
    likely = _search_runs(SINGLES + PARTNERS + 1, PARTNERS, asked.replications) + _proof_runs(1, proofs)
    asked.model.plan(advice_runs + screening + likely)
    answers = asked.answers([{}], range(advice_runs))
    found = Flip(asked, chosen, paired_difference(answers.a[0], answers.b[0]), proofs)
    _search(found)
    asked.model.plan(_proof_runs(min(len(found.found), 1), proofs), afresh=True)
    found.found, found.proofs = prove(asked, found.found, proofs)
    return found


def _check_uncertain(factors: tuple[Factor, ...]) -> None:
    for factor in factors:
        if factor.is_lever:
            raise ValueError(f"{factor.path} is a lever: somebody decides it. A flip asks for uncertainties; "
                             "`sim optimise` looks for better levers.")
        if factor.value is not None and not factor.low <= factor.value <= factor.high:
            raise ValueError(f"{factor.path} is {factor.value:g} as written: let its range hold that, "
                             f"not {factor.low:g} to {factor.high:g}.")


def _search(flip: Flip) -> None:
    """Every change that turns the lead as written; where it is too close to call, that turns either lead."""
    asked, base = flip.order, flip.base
    spread = float(base.differences.std(ddof=1)) if base.n > 1 else 0.0
    lead = 1.0 if base.mean.value > 0 else -1.0
    for sign in (lead, -lead) if flip.is_open else (lead,):
        slopes = slopes_against(asked, flip.factors, sign, spread)
        turning, directions = likely_to_turn(slopes)
        # slopes of two runs count too few: what goes along with a factor that turns the winner turns it, too
        turning = min(directions, turning + PARTNERS) if turning else 0
        asked.model.plan(_search_runs(directions, turning, asked.replications)
                         + _proof_runs(min(turning, 1), flip.n_proofs), afresh=True)
        found, tried = search(asked, slopes, sign)
        flip.found += found
        flip.tried += tried
    flip.found.sort(key=lambda one: one.distance)


def _search_runs(tried: int, turning: int, replications: int) -> int:
    """About how many runs a search takes: the end of every direction, and halvings where it turns the winner."""
    return (tried * ENDS_EACH + turning * HALVINGS) * replications


def _proof_runs(changes: int, proofs: int) -> int:
    """About how many runs the proofs of some changes take: each proven twice, and once more, beside the start."""
    return 3 * (1 + changes) * proofs if changes else 0


