"""Who is compared in what, and what the paired runs say of it: the answer, its numbers, and other circumstances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import pandas as pd

from sim.metrics.headlines import FIRST_PAGE, shown_metrics
from sim.metrics.registry import better_of, metric_in_words
from sim.reports.stored import kept_by
from sim.reports.variants import SortedVariants, Variant, described, variant_name
from sim.runs.summary import EQUITY, metric_units
from sim.statistics.intervals import Floats, mean_interval
from sim.studies.differences import difference_cells
from sim.studies.study import Study
from sim.text.findings import HIGHER, IDENTICAL, LOWER, ONE_RUN, TOO_CLOSE, UNKNOWN, Finding, sentence
from sim.text.numbers import amount, signed, span
from sim.text.words import counted

MANY = 6
"""From so many circumstances on they are counted, not named."""
MOST_NUMBERS = 7
"""Metrics that the first page has room for."""

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
class Contest:
    """The sides with one number per paired run. Sides are firms of one variant, or variants of one `firm`."""

    metric: str
    sides: Mapping[str, Floats]
    year: float
    currency: str
    firm: str = ""  # whose variants are compared; empty where the sides are firms
    expected_pair: tuple[str, str] | None = None  # of firms that the scenario itself compares; None: the two on top

    @property
    def unit(self) -> str:
        """Unit of the metric."""
        return metric_units()[self.metric]

    @property
    def words(self) -> str:
        """What is compared: customer equity after 3 years."""
        whose = f"{self.firm}'s " if self.firm else ""
        return f"{whose}{metric_in_words(self.metric)} after {counted(self.year, 'year')}"

    def called(self, side: str) -> str:
        """A side in a sentence."""
        return variant_name(side) if self.firm else side

    def short(self, side: str) -> str:
        """A side as the head of a column."""
        return self.called(side).removeprefix("the plan ")

    @property
    def pair(self) -> tuple[str, str] | None:
        """The two that matter, (a, b) so that b leads in the mean; None where there is no other.

        Of firms the `expected_pair`, else those with the largest means; of variants the first (as written) and the one
        furthest above it, or where none is above it, the one nearest to it.
        """
        means = {name: mean_interval(values).value for name, values in self.sides.items() if len(values)}
        known = {name: mean for name, mean in means.items() if mean == mean}
        if len(known) < 2:
            return None
        first = next(iter(self.sides))
        if self.firm and first in known:
            best = max((name for name in known if name != first), key=lambda name: known[name])
            return (first, best) if known[best] >= known[first] else (best, first)
        expected = self.expected_pair
        among = expected if expected is not None and set(expected) <= set(known) else tuple(known)
        best, second = sorted(among, key=lambda name: -known[name])[:2]
        return second, best

    def cells(self, a: str, b: str) -> dict[str, Any]:
        """The paired difference b − a (see `difference_cells`)."""
        return difference_cells(self.sides[a], self.sides[b])

    def finding(self, verdict: str, message: str, **details: object) -> Finding:
        """A finding about the metric, with the words that its unit and its direction ask for."""
        above, ahead = ("is ahead of", "ahead") if better_of(self.metric) == "higher" else ("is above", "higher")
        things = f" {self.unit}" if self.unit in ("people", "purchases") else ""
        return Finding("", self.words, verdict=verdict, unit=self.unit, currency=self.currency, message=message,
                       details={"above": above, "ahead": ahead, "things": things, **details})


def contest_of(study: Study, variants: SortedVariants, metric: str | None = None) -> Contest:
    """What a study's report compares, at its end.

    Where what-ifs change only what one firm decides, these variants are the options, for that firm. Else the firms are
    compared, in the first variant: those two that the scenario's first expectation about two firms names, else all. The
    metric, unless given, is that of the first expectation about these sides (of options: about the end of the run),
    else customer equity.

    Raises:
        ValueError: there is no such metric.
    """
    scenario, currency, decided = study.scenario, study.scenario.money.currency, set(variants.decisions)
    if variants.firm:
        claims = [one for one in scenario.expect if one.against == "what_if" and {one.above, one.below} & decided
                  and one.year in (None, scenario.clock.years)]
    else:
        claims = [one for one in scenario.expect if one.against == "firm" and one.what_if is None
                  and {one.firm, one.above or one.below} <= set(scenario.firms)]
    expected = claims[0].metric if claims else EQUITY
    # where a store did not keep it: customer equity, or the first that it kept
    metric = metric or next(name for name in (expected, EQUITY, *metric_units()) if kept_by(study, name))
    if variants.firm:
        sides = {name: study.values(name, metric, variants.firm) for name in (study.base, *variants.decisions)}
        return Contest(metric, sides, study.end, currency, variants.firm)
    pair = (claims[0].firm, str(claims[0].above or claims[0].below)) if claims else None
    return Contest(metric, _by_firm(study, study.base, metric), study.end, currency, expected_pair=pair)


def _by_firm(study: Study, variant: str, metric: str) -> dict[str, Floats]:
    return {firm: study.values(variant, metric, firm) for firm in study.worlds[variant].firms}


def key_numbers(study: Study, contest: Contest) -> pd.DataFrame:
    """The headline metrics of the two sides that matter: metric, label, unit, and the cells of their difference."""
    rows = []
    wanted = dict.fromkeys((contest.metric, *shown_metrics(study.scenario, FIRST_PAGE)))
    shown = [metric for metric in wanted if kept_by(study, metric)][:MOST_NUMBERS]
    for metric in shown if contest.pair is not None else ():
        values = [study.values(side, metric, contest.firm) if contest.firm
                  else study.values(study.base, metric, side) for side in contest.pair or ()]
        about = {"metric": metric, "label": metric_in_words(metric), "unit": metric_units()[metric]}
        rows.append({**about, **difference_cells(*values)})
    return pd.DataFrame([row for row in rows if row["n"]])


def in_words(label: str, cells: Mapping[Any, Any], unit: str, currency: str) -> dict[str, str]:
    """The cells of one line of a table of differences."""
    return {
        "label": label, "a": amount(cells["mean_a"], unit, currency), "b": amount(cells["mean_b"], unit, currency),
        "difference": signed(cells["difference"], unit, currency), "interval": interval_in_words(cells, unit),
        "ahead": f"{cells['won_by_b']} of {cells['n']}", "verdict": str(cells["verdict"]),
    }


def interval_in_words(cells: Mapping[Any, Any], unit: str, currency: str = "") -> str:
    """The interval of a difference; a single run has none."""
    return span(cells["low"], cells["high"], unit, currency) if isfinite(cells["low"]) else "no interval"


def ranking(contest: Contest) -> list[dict[str, str]]:
    """All options of one firm by their means, each against the first; none where there are not more than two."""
    first, *others = contest.sides
    if not contest.firm or len(others) < 2:
        return []
    cells = {side: contest.cells(first, side) for side in contest.sides}
    rows = {side: in_words(contest.short(side), found, contest.unit, contest.currency) for side, found in cells.items()}
    rows[first] |= {"difference": "-", "interval": "-", "ahead": "-", "verdict": "compared with"}
    return [rows[side] for side in sorted(rows, key=lambda side: -float(cells[side]["mean_b"]))]


@dataclass(frozen=True)
class BoardAnswer:
    """The answer and, behind it, how sure it is."""

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
        """Whether one may call it: the interval leaves out zero."""
        return self.finding.verdict == HIGHER


def answered(contest: Contest) -> BoardAnswer:
    """The answer in plain words, with its interval and the number of runs; "too close to call" where it is."""
    if contest.pair is None:
        return _alone(contest)
    a, b = contest.pair
    cells = contest.cells(a, b)
    verdict = str(cells["verdict"])
    about = {"first": contest.called(b), "second": contest.called(a), "won": cells["won_by_b"], "n": cells["n"],
             "value": cells["difference"], "interval": (cells["low"], cells["high"])}
    support = [contest.finding(verdict, SUPPORT[verdict], **about)] if verdict in SUPPORT else []
    if len(contest.sides) > 2 and not contest.firm and contest.expected_pair is None and verdict != IDENTICAL:
        support.append(Finding("", n=len(contest.sides), message=OF_SEVERAL))
    return BoardAnswer(contest.finding(verdict, ANSWERS[verdict], **about), support)


def _alone(contest: Contest) -> BoardAnswer:
    """The level of the only side that has one."""
    for side, values in contest.sides.items():
        mean = mean_interval(values)
        if mean.n:
            answer, support = (
                contest.finding("alone", words["alone"], first=contest.called(side), value=mean.value, low=mean.low,
                                high=mean.high, n=mean.n) for words in (ANSWERS, SUPPORT))
            return BoardAnswer(answer, [support])
    return BoardAnswer(contest.finding(UNKNOWN, ANSWERS[UNKNOWN]))


@dataclass(frozen=True)
class Circumstance:
    """The two sides of the answer in another variant: what differs, what the runs say, whether the answer reverses."""

    variant: Variant
    outcome: str
    interval: str
    front: str  # in how many of how many paired runs the leader of the answer is in front
    reverses: bool
    open: bool  # too close to call, where the answer as written is clear
    leader: str = ""  # who is ahead then; empty where it is too close to call


def under_circumstances(study: Study, variants: SortedVariants, contest: Contest) -> list[Circumstance]:
    """The two sides of the answer in every circumstance. Empty where the sides are variants themselves."""
    if contest.pair is None or contest.firm:
        return []
    clear, (second, first) = contest.cells(*contest.pair)["low"] > 0, contest.pair
    found = []
    for variant in described(study.scenario, variants.circumstances):
        there = replace(contest, sides=_by_firm(study, variant.name, contest.metric))
        if not set(contest.pair) <= set(there.sides):
            continue
        cells = there.cells(second, first)
        leader = {HIGHER: first, LOWER: second}.get(cells["verdict"], "")
        leads = there.finding("leads", CIRCUMSTANCES["leads"], subject=leader, value=cells["difference"])
        found.append(Circumstance(
            variant, sentence(leads) if leader else str(cells["verdict"]),
            interval_in_words(cells, there.unit, there.currency), f"{cells['won_by_b']} of {cells['n']}",
            reverses=clear and leader == second, open=clear and not leader, leader=leader))
    return found


def summed_up(found: Sequence[Circumstance], contest: Contest) -> list[Finding]:
    """What all circumstances together say; nothing where none was tried."""
    if not found or contest.pair is None:
        return []
    second, first = contest.pair
    led = {side: [one.variant.title for one in found if one.leader == side] for side in contest.pair}
    reversing = [one.variant.title for one in found if one.reverses]
    unclear = [one.variant.title for one in found if one.open]
    verdicts: list[tuple[str, str, list[str]]]
    if len(found) > MANY:
        verdicts = [("counted", first, [])]
    elif reversing:
        verdicts = [("reversed", first, reversing)]
    elif unclear:
        verdicts = [("open", first, unclear)]
    elif contest.cells(second, first)["low"] > 0:
        verdicts = [("stays", first, [])]
    else:
        verdicts = [("elsewhere", side, names) for side, names in led.items() if names]
    counts = {"first": first, "won": len(led[first]), "second": second, "lost": len(led[second])}
    return [Finding(subject, n=len(found), verdict=verdict, message=CIRCUMSTANCES[verdict],
                    details={**counts, "names": "; ".join(names)}) for verdict, subject, names in verdicts]
