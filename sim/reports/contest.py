"""Who is compared in what, and what the paired runs say about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sim.metrics.registry import better_of, metric_in_words
from sim.reports.stored import StoredStudy
from sim.reports.words import amount, counted, first_capital, lead, named, span, years
from sim.reports.worlds import Worlds
from sim.runs.summary import EQUITY, metric_units
from sim.scenario.schema import Expectation, Scenario
from sim.statistics.intervals import Floats, mean_interval
from sim.studies.differences import IDENTICAL, ONE_RUN, TOO_CLOSE, difference_cells
from sim.studies.study import Study


@dataclass(frozen=True)
class Contest:
    """The sides with one number per paired run. Sides are firms of one world, or worlds of one `firm`."""

    metric: str
    sides: Mapping[str, Floats]
    year: float
    currency: str
    firm: str = ""
    """Whose worlds are compared; empty where the sides are firms."""
    asked: tuple[str, str] | None = None
    """The two firms that the scenario itself compares; None: the two on top."""

    @property
    def unit(self) -> str:
        """Unit of the metric."""
        return metric_units()[self.metric]

    @property
    def more_is_better(self) -> bool:
        """Whether who has more may be called "ahead"."""
        return better_of(self.metric) == "higher"

    @property
    def words(self) -> str:
        """What is compared: customer equity after 3 years."""
        whose = f"{self.firm}'s " if self.firm else ""
        return f"{whose}{metric_in_words(self.metric)} after {years(self.year)}"

    def called(self, side: str) -> str:
        """A side in a sentence."""
        return named(side) if self.firm else side

    def short(self, side: str) -> str:
        """A side as the head of a column."""
        return self.called(side).removeprefix("the plan ")

    @property
    def pair(self) -> tuple[str, str] | None:
        """The two that matter, (a, b) so that b leads in the mean; None where there is no other.

        Of firms the two that are `asked` about, else those with the largest means; of worlds the first (as written) and
        the one furthest above it, or where none is above it, the one nearest to it.
        """
        known = {name: mean_interval(values).value for name, values in self.sides.items() if len(values)}
        known = {name: value for name, value in known.items() if value == value}
        if len(known) < 2:
            return None
        first = next(iter(self.sides))
        if self.firm and first in known:
            best = max((name for name in known if name != first), key=lambda name: known[name])
            return (first, best) if known[best] >= known[first] else (best, first)
        among = self.asked if self.asked is not None and set(self.asked) <= set(known) else tuple(known)
        best, second = sorted(among, key=lambda name: -known[name])[:2]
        return second, best

    def interval(self, cells: Mapping[str, Any]) -> str:
        """The interval of a difference for a sentence; differences of shares are points."""
        low, high = float(cells["low"]), float(cells["high"])
        return span(low, high, self.unit, self.currency, signed=self.unit == "share").replace("+", "")

    def cells(self, a: str, b: str) -> dict[str, Any]:
        """The paired difference b − a (see `difference_cells`)."""
        return difference_cells(self.sides[a], self.sides[b])


@dataclass(frozen=True)
class Answer:
    """The answer in a sentence, how sure it is, and whether one may call it."""

    sentence: str
    surety: str
    clear: bool


def contest_of(study: Study, worlds: Worlds, metric: str | None = None) -> Contest:
    """What a study's report compares, at its end.

    Where what-ifs change only what one firm decides, these worlds are the options, for that firm. Else the firms are
    compared, in the first world: those two that the scenario's first expectation about two firms
    names, else all. The metric, unless given, is that of the first expectation about these sides (of options: about
    the end of the run), else customer equity.

    Raises:
        ValueError: there is no such metric.
    """
    scenario = study.scenario
    if worlds.firm:
        metric = metric or _kept(study, _metric_about(scenario, list(worlds.decisions)))
        sides = {name: study.values(name, metric, worlds.firm) for name in (study.base, *worlds.decisions)}
        return Contest(metric, sides, study.end, scenario.money.currency, worlds.firm)
    claim = _first_between_firms(scenario)
    metric = metric or _kept(study, EQUITY if claim is None else claim.metric)
    asked = None if claim is None else (claim.firm, str(claim.above or claim.below))
    return Contest(metric, _firms_in(study, study.base, metric), study.end, scenario.money.currency, asked=asked)


def elsewhere(study: Study, contest: Contest, world: str) -> Contest:
    """The same firms in another world."""
    return replace(contest, sides=_firms_in(study, world, contest.metric))


def _firms_in(study: Study, world: str, metric: str) -> dict[str, Floats]:
    return {firm: study.values(world, metric, firm) for firm in study.worlds[world].firms}


def _kept(study: Study, metric: str) -> str:
    """The metric, or where a store did not keep it, customer equity, or the first that it kept."""
    if not isinstance(study, StoredStudy) or metric in study.kept:
        return metric
    return EQUITY if EQUITY in study.kept else study.kept[0]


def _metric_about(scenario: Scenario, worlds: list[str]) -> str:
    for claim in scenario.expect:
        if claim.against == "what_if" and _at_end(scenario, claim) and {claim.above, claim.below} & set(worlds):
            return claim.metric
    return EQUITY


def _first_between_firms(scenario: Scenario) -> Expectation | None:
    firms = scenario.firms
    for claim in scenario.expect:
        other = claim.above or claim.below
        if claim.what_if is None and claim.against == "firm" and claim.firm in firms and other in firms:
            return claim
    return None


def _at_end(scenario: Scenario, claim: Expectation) -> bool:
    return claim.year is None or claim.year == scenario.clock.years


def answered(contest: Contest) -> Answer:
    """The answer in plain words, with its interval and the number of runs; "too close to call" where it is."""
    pair = contest.pair
    if pair is None:
        return _alone(contest)
    a, b = pair
    cells = contest.cells(a, b)
    first, second, runs = contest.called(b), contest.called(a), counted(cells["n"], "paired run")
    gap = lead(cells["difference"], contest.unit, contest.currency)
    interval = contest.interval(cells)
    ahead = f"{first} {'ahead' if contest.more_is_better else 'higher'} in {cells['won_by_b']} of them"
    if cells["verdict"] == IDENTICAL:
        return Answer(f"No difference at all between {second} and {first} in {contest.words}.",
                      f"Identical in every one of {runs}.", False)
    several = len(contest.sides) > 2 and not contest.firm and contest.asked is None
    of_several = f" Of {len(contest.sides)} firms these two are at the top." if several else ""
    if cells["verdict"] == TOO_CLOSE:
        return Answer(f"Too close to call: {first} or {second}, in {contest.words}.",
                      f"On average {first} has {gap} more, but the 95 % interval, {interval}, holds zero ({runs}, "
                      f"{ahead}).{of_several}", False)
    verb = "is ahead of" if contest.more_is_better else "is above"
    if cells["verdict"] == ONE_RUN:
        return Answer(f"In this one run {first} {verb} {second} in {contest.words}, by {gap}.",
                      f"One run only: luck is in it, and there is no interval.{of_several}", False)
    return Answer(first_capital(f"{first} {verb} {second} in {contest.words}, by {gap}."),
                  f"95 % interval {interval}; {runs}, {ahead}.{of_several}", True)


def _alone(contest: Contest) -> Answer:
    """The level of the only side."""
    for name, values in contest.sides.items():
        found = mean_interval(values)
        if found.n:
            told = amount(found.value, contest.unit, contest.currency)
            interval = span(found.low, found.high, contest.unit, contest.currency)
            surety = f"95 % interval {interval}; {counted(found.n, 'run')}. There is nobody to compare with."
            return Answer(f"{first_capital(contest.called(name))}: {contest.words} is {told}.", surety, False)
    return Answer("Nothing can be said: no run is complete.", "", False)
