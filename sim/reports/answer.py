"""What the paired runs say: the answer, and what becomes of it under the circumstances that the scenario names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.reports.contest import Contest, in_variant, interval_in_words
from sim.reports.variants import SortedVariants, Variant, described
from sim.statistics.intervals import mean_interval
from sim.studies.study import Study
from sim.text.findings import HIGHER, IDENTICAL, LOWER, ONE_RUN, TOO_CLOSE, UNKNOWN, Finding, sentence

MANY = 6
"""From so many circumstances on they are counted, not named."""

ANSWERS = {
    HIGHER: "{first} {above} {second} in {outcome}, by {value:gap}{things}.",
    TOO_CLOSE: "Too close to call: {first} or {second}, in {outcome}.",
    IDENTICAL: "No difference at all between {second} and {first} in {outcome}.",
    ONE_RUN: "In this one run {first} {above} {second} in {outcome}, by {value:gap}{things}.",
    "alone": "{first}: {outcome} is {value:amount}.",
    UNKNOWN: "Nothing can be said: no run is complete.",
}
SUPPORT = {
    HIGHER: "95 % interval {interval:span}{things}; {n:count paired run}, {first} {ahead} in {won} of them.",
    TOO_CLOSE: "On average {first} has {value:gap}{things} more, but the 95 % interval, {interval:span}{things}, holds "
               "zero ({n:count paired run}, {first} {ahead} in {won} of them).",
    IDENTICAL: "Identical in every one of {n:count paired run}.",
    ONE_RUN: "One run only: its sampling error is not known, and there is no interval.",
    "alone": "95 % interval {low:amount} to {high:amount}; {n:count run}. There is nobody to compare with.",
}
OF_SEVERAL = "Of {n} firms these two are at the top."
CIRCUMSTANCES = {
    "leads": "{subject} {ahead} by {value:gap}{things}",
    "counted": "Of {n} other circumstances: {first} ahead in {won}, {second} ahead in {lost}, the rest too close to "
               "call.",
    "reversed": "The answer is reversed with {names}.",
    "open": "No other circumstance that was tried ({n}) reverses the answer; too close to call: {names}.",
    "stays": "{subject} stays in front in every other circumstance that was tried ({n}).",
    "elsewhere": "In other circumstances {subject} is ahead: {names}.",
}


@dataclass(frozen=True)
class BoardAnswer:
    """The answer and, behind it, how sure it is; `clear`: whether one may call it."""

    finding: Finding
    support: Sequence[Finding] = ()

    @property
    def sentence(self) -> str:
        """The answer in a sentence."""
        return sentence(self.finding)

    @property
    def surety(self) -> str:
        """How sure it is, in sentences."""
        return " ".join(map(sentence, self.support))

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.finding.verdict == HIGHER


def _finding(contest: Contest, verdict: str, message: str, **details: object) -> Finding:
    """A finding about the metric of the contest, with the words that its unit and its direction ask for."""
    words = ({"above": "is ahead of", "ahead": "ahead"} if contest.more_is_better
             else {"above": "is above", "ahead": "higher"})
    things = f" {contest.unit}" if contest.unit in ("people", "purchases") else ""
    return Finding("", contest.words, verdict=verdict, unit=contest.unit, currency=contest.currency, message=message,
                   details={**words, "things": things, **details})


def answered(contest: Contest) -> BoardAnswer:
    """The answer in plain words, with its interval and the number of runs; "too close to call" where it is."""
    if contest.pair is None:
        return _alone(contest)
    a, b = contest.pair
    cells = contest.cells(a, b)
    verdict = str(cells["verdict"])
    about = {"first": contest.called(b), "second": contest.called(a), "won": cells["won_by_b"], "n": cells["n"],
             "value": cells["difference"], "interval": (cells["low"], cells["high"])}
    support = [_finding(contest, verdict, SUPPORT[verdict], **about)] if verdict in SUPPORT else []
    several = len(contest.sides) > 2 and not contest.firm and contest.expected_pair is None
    if several and verdict != IDENTICAL:
        support.append(Finding("", n=len(contest.sides), message=OF_SEVERAL))
    return BoardAnswer(_finding(contest, verdict, ANSWERS[verdict], **about), support)


def _alone(contest: Contest) -> BoardAnswer:
    """The level of the only side."""
    for name, values in contest.sides.items():
        found = mean_interval(values)
        if found.n:
            about = {"first": contest.called(name), "value": found.value, "low": found.low, "high": found.high,
                     "n": found.n}
            return BoardAnswer(_finding(contest, "alone", ANSWERS["alone"], **about),
                               [_finding(contest, "alone", SUPPORT["alone"], **about)])
    return BoardAnswer(_finding(contest, UNKNOWN, ANSWERS[UNKNOWN]))


@dataclass(frozen=True)
class Circumstance:
    """The two sides of the answer in another variant: what differs, what the runs say, whether the answer reverses."""

    variant: Variant
    outcome: str
    interval: str
    front: str
    """In how many of how many paired runs the leader of the answer is in front."""
    reverses: bool
    open: bool
    """Too close to call, where the answer as written is clear."""
    leader: str = ""
    """Who is ahead then; empty where it is too close to call."""


def under_circumstances(study: Study, variants: SortedVariants, contest: Contest) -> list[Circumstance]:
    """The two sides of the answer in every circumstance. Empty where the sides are variants themselves."""
    if contest.pair is None or contest.firm:
        return []
    clear = contest.cells(*contest.pair)["low"] > 0
    found = []
    for variant in described(study.scenario, variants.circumstances):
        there = in_variant(study, contest, variant.name)
        if set(contest.pair) <= set(there.sides):
            found.append(_circumstance(variant, there, contest.pair, clear))
    return found


def _circumstance(variant: Variant, there: Contest, pair: tuple[str, str], clear: bool) -> Circumstance:
    cells = there.cells(*pair)
    verdict, outcome, leader = cells["verdict"], str(cells["verdict"]), ""
    if verdict in (HIGHER, LOWER):
        leader = pair[1] if verdict == HIGHER else pair[0]
        outcome = sentence(_finding(there, "leads", CIRCUMSTANCES["leads"], subject=leader, value=cells["difference"]))
    interval, front = interval_in_words(cells, there.unit, there.currency), f"{cells['won_by_b']} of {cells['n']}"
    return Circumstance(variant, outcome, interval, front, clear and verdict == LOWER, clear and not leader, leader)


def summed_up(found: Sequence[Circumstance], contest: Contest) -> list[Finding]:
    """What all circumstances together say; nothing where none was tried."""
    if not found or contest.pair is None:
        return []
    second, first = contest.pair
    led = {side: [one.variant.title for one in found if one.leader == side] for side in contest.pair}
    reversing = [one.variant.title for one in found if one.reverses]
    unclear = [one.variant.title for one in found if one.open]
    if len(found) > MANY:
        counts = {"first": first, "won": len(led[first]), "second": second, "lost": len(led[second])}
        return [_of_circumstances("counted", found, first, **counts)]
    if reversing:
        return [_of_circumstances("reversed", found, first, names="; ".join(reversing))]
    if unclear:
        return [_of_circumstances("open", found, first, names="; ".join(unclear))]
    if contest.cells(second, first)["low"] > 0:
        return [_of_circumstances("stays", found, first)]
    return [_of_circumstances("elsewhere", found, side, names="; ".join(names)) for side, names in led.items() if names]


def _of_circumstances(verdict: str, found: Sequence[Circumstance], subject: str, **details: object) -> Finding:
    return Finding(subject, n=len(found), verdict=verdict, message=CIRCUMSTANCES[verdict], details=details)
