"""Stress test: does the advice survive a recession, a price war, a crisis, if they strike every option alike?

A stress strikes in the middle third of the time that is watched: long enough to hurt, early enough to see who recovers
(assumption). Sizes are assumptions; the direction is the literature's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from sim.runs.execute import ScenarioLike
from sim.runs.plan import AS_WRITTEN
from sim.scenario.schema import Scenario
from sim.statistics.intervals import Interval, PairedDifference, mean_interval, paired_difference
from sim.studies.answer import DesignAnswer
from sim.studies.answer_table import DIFFERENCE, HIGH, LABEL, LOW, SHARE_B, Field
from sim.studies.asking import Order, StudyOptions, order
from sim.studies.differences import interval_cells, judged_cells
from sim.studies.keywords import check_name
from sim.studies.model import Answers, Changes
from sim.studies.scenario_factors import numbers_in
from sim.text.findings import Finding

REPLICATIONS = 20
SURVIVES, CLOSE, REVERSED, NO_ADVICE = "survives", "too close to call", "reversed", "no advice to survive"

AHEAD = ("As written {subject} is ahead by {value:gap} ({outcome}: 95 % interval {interval:span}, "
         "{n:count paired run}).")
NOBODY_AHEAD = ("As written it is too close to call who is ahead ({outcome}: 95 % interval {interval:span}, "
                "{n:count paired run}), so there is no advice to test.")
FATES = {
    SURVIVES: "The advice survives {stresses:and}.", CLOSE: "Too close to call under {stresses:and}.",
    REVERSED: "The advice is reversed by {stresses:and}.",
}
NO_CHANGE = "No stress changes the difference."
CHANGE = "Largest change of the difference: {value:signed} under “{subject}” (interval {interval:span})."
CHANGE_CLOSE = CHANGE[:-1] + ", too close to call."
WEEKS_PER_YEAR = 52.0
DEMAND_LEFT = 0.75
"""Demand in the recession, as a share of the usual purchases (assumption: a deep one)."""
PRICE_MINDED = 1.3
"""Price sensitivity in the recession against the usual one (assumption)."""
WAR_CUT = 0.20
"""Price cut for everybody during the price war (assumption); who already cuts deeper, stays there."""
CRISIS_REACH, CRISIS_SEVERITY, CRISIS_WEEKS = 0.5, 0.5, 8.0
"""Half of all contacts fail, by half of the quality, for eight weeks (assumption)."""


@dataclass(frozen=True)
class Stress:
    """A stress: what it changes in a scenario that is watched for so many years, in words, and who says so."""

    name: str
    words: str
    source: str
    changes: Callable[[Scenario, float], dict[str, Any]]


def _events(scenario: Scenario, *more: dict[str, Any]) -> dict[str, Any]:
    """The scenario's own events, and more."""
    own = [event.model_dump(mode="json", exclude_none=True) for event in scenario.events]
    return {"events": [*own, *more]}


def _middle_third(years: float) -> dict[str, float]:
    return {"year": years / 3, "lasts_weeks": years / 3 * WEEKS_PER_YEAR}


def _recession(scenario: Scenario, years: float) -> dict[str, Any]:
    minded = min(100.0, scenario.people.price_sensitivity.mean * PRICE_MINDED)
    fall = {"kind": "market", **_middle_third(years), "set": {"demand": DEMAND_LEFT}}
    return {"people.price_sensitivity.mean": minded, **_events(scenario, fall)}


def _cuts(scenario: Scenario, years: float) -> list[dict[str, Any]]:
    return [
        {"kind": "levers", "firms": [name], **_middle_third(years),
         "set": {"price_cut": {"depth": max(WAR_CUT, firm.price_cut.depth), "every_weeks": 0.0, "to": "everyone"}}}
        for name, firm in scenario.firms.items()
    ]


def _outage(years: float) -> dict[str, Any]:
    return {"kind": "outage", "year": years / 3, "lasts_weeks": min(CRISIS_WEEKS, years / 3 * WEEKS_PER_YEAR),
            "reach": CRISIS_REACH, "severity": CRISIS_SEVERITY}


def _all(scenario: Scenario, years: float) -> dict[str, Any]:
    recession = _recession(scenario, years)
    return {**recession, "events": [*recession["events"], *_cuts(scenario, years), _outage(years)]}


STRESSES: tuple[Stress, ...] = (
    Stress(
        "recession",
        f"people want {100 * (1 - DEMAND_LEFT):.0f} % fewer purchases in the middle third of the time, and mind prices "
        f"{100 * (PRICE_MINDED - 1):.0f} % more throughout",
        "direction: price sensitivity rises when the economy weakens (Gordon, Goldfarb & Li 2013); sizes: assumption",
        _recession,
    ),
    Stress(
        "price war",
        f"every firm sells at least {100 * WAR_CUT:.0f} % cheaper to everybody in the middle third of the time",
        "all cut, nobody gains by it: Heil & Helsen 2001, van Heerde, Gijsbrechts & Pauwels 2008; size: assumption",
        lambda scenario, years: _events(scenario, *_cuts(scenario, years)),
    ),
    Stress(
        "crisis",
        f"{100 * CRISIS_REACH:.0f} % of every firm's contacts fail by {CRISIS_SEVERITY:g} of quality for "
        f"{CRISIS_WEEKS:g} weeks, one third into the time",
        "failures of a whole class of product: Cleeren, van Heerde & Dekimpe 2013; sizes: assumption",
        lambda scenario, years: _events(scenario, _outage(years)),
    ),
    Stress("all at once", "recession, price war and crisis together", "assumption", _all),
)


class StressTest(DesignAnswer):
    """The difference between two options as written and in hard times.

    `table()` has one row for the scenario as written, then one per stress: label, words (what happens), source,
    difference (b − a), low, high (t interval: as written 95 % by itself, of the stresses so wide that all of them hold
    together at 95 %, Bonferroni), n, share_b, share_low, share_high (share of pairs in which b is ahead, at the same
    level), verdict, winner, fate ("survives", "too close to call", "reversed"), change (paired, against as written),
    change_low, change_high (held together as well), correlation (of the pair).
    """

    kind = "stress"
    columns = (LABEL, DIFFERENCE, LOW, HIGH, SHARE_B, Field("fate"))
    picture = "difference_forest"

    def __init__(self, asked: Order, stresses: tuple[Stress, ...], answers: Answers) -> None:
        super().__init__(asked)
        self.stresses, self.answers = stresses, answers

    def __repr__(self) -> str:
        return f"<Stress test of {self.order.name}: {', '.join(one.name for one in self.stresses)}>"

    def difference(self, place: int) -> PairedDifference:
        """The difference as written (0) or in a stress (1, 2, …).

        As written it is judged as everywhere else, by its own 95 % interval. Stresses are looked at side by side, so
        theirs are wider: all of them hold together at 95 % (Bonferroni).
        """
        return paired_difference(
            self.answers.a[place], self.answers.b[place], comparisons=len(self.stresses) if place else 1
        )

    def change(self, place: int) -> Interval:
        """What a stress (1, 2, …) makes of the difference, replication by replication; all hold jointly at 95 %."""
        plain = self.answers.difference
        return mean_interval(plain[place] - plain[0], 1 - 0.05 / len(self.stresses))

    @property
    def method(self) -> str:
        """How the intervals are made, in words."""
        more = len(self.stresses)
        return "95 % interval" + (f"; in stresses wider: all {more} hold together (Bonferroni)" if more > 1 else "")

    def fate(self, place: int) -> str:
        """What becomes of the advice in a stress (1, 2, …)."""
        before, after = self.difference(0).mean, self.difference(place).mean
        if not before.excludes_zero:
            return NO_ADVICE
        if not after.excludes_zero:
            return CLOSE
        return SURVIVES if (before.value > 0) == (after.value > 0) else REVERSED

    def _rows(self) -> list[dict[str, Any]]:
        rows = []
        names = [(AS_WRITTEN, "", ""), *((one.name, one.words, one.source) for one in self.stresses)]
        for place, (label, words, source) in enumerate(names):
            found = self.difference(place)
            sure = found.mean.excludes_zero
            rows.append({
                "label": label, "words": words, "source": source, **judged_cells(found),
                "winner": self.question.winner(found.mean.value) if sure else CLOSE,
                "fate": "" if place == 0 else self.fate(place), **interval_cells("change", self.change(place)),
                "correlation": found.correlation,
            })
        return rows

    def _words(self) -> dict[str, Any]:
        return {"method": self.method, "comparisons": len(self.stresses)}

    def _title(self) -> str:
        fates = [self.fate(place + 1) for place in range(len(self.stresses))]
        if NO_ADVICE in fates:
            return "Too close to call as written"
        held = fates.count(SURVIVES)
        if len(fates) == 1:
            return f"In {self.stresses[0].name} the advice {'survives' if held else f'is {fates[0]}'}"
        close = f", {fates.count(CLOSE)} too close to call" if CLOSE in fates else ""
        return f"The advice survives {held} of {len(fates)} stresses{close}"

    def findings(self) -> list[Finding]:
        """The advice as written, what becomes of it in each stress, and which stress changes the difference most."""
        question, base = self.question, self.difference(0).mean
        found = [question.finding(question.winner(base.value), base, AHEAD, "ahead") if base.excludes_zero
                 else question.finding("", base, NOBODY_AHEAD, NO_ADVICE)]
        fates: dict[str, list[str]] = {}
        for place, stress in enumerate(self.stresses, start=1):
            fates.setdefault(self.fate(place), []).append(stress.name)
        found += [Finding(AS_WRITTEN, question.words, verdict=fate, message=message, details={"stresses": fates[fate]})
                  for fate, message in FATES.items() if fate in fates]
        more = len(self.stresses)
        together = f"intervals of the {more} stresses are wider, so that all hold together at 95 %" if more > 1 else ""
        changes = {stress.name: self.change(place) for place, stress in enumerate(self.stresses, start=1)}
        hardest, change = max(changes.items(), key=lambda one: abs(one[1].value) if one[1].n else 0.0)
        message = CHANGE if change.excludes_zero else CHANGE_CLOSE if change.value else NO_CHANGE
        largest = question.finding(hardest, change, message, "" if change.excludes_zero else CLOSE)
        return [*found, largest.with_caveats(together)]

    def _settings(self) -> dict[str, Any]:
        stresses = {one.name: {"what": one.words, "source": one.source} for one in self.stresses}
        return {"stresses": stresses}


def stress(
    scenario: ScenarioLike, stresses: Sequence[str] | None = None, **options: Unpack[StudyOptions]
) -> StressTest:
    """Put both options through hard times and see whether the advice survives.

    `stresses`: names from `STRESSES` ("recession", "price war", "crisis", "all at once"; all of them unless named).
    Options that are variants of the scenario are stressed within their variants.

    Raises:
        ValueError: there is no pair of options, no such stress, or a variant compared changes what a stress does.
        ScenarioError: the scenario is wrong.
    """
    asked = order(scenario, options, REPLICATIONS)
    if asked.question.a is None:
        raise ValueError("A stress test needs two options: a pair of firms, or a firm and two of its worlds.")
    assert asked.scenario is not None
    chosen = _chosen(stresses)
    years = asked.question.year or asked.scenario.clock.years
    points: list[Changes] = [{}, *(one.changes(asked.scenario, years) for one in chosen)]
    _check_worlds(asked, asked.scenario, points)
    asked.model.plan(len(points) * asked.replications)
    return StressTest(asked, chosen, asked.answers(points))


def _chosen(names: Sequence[str] | None) -> tuple[Stress, ...]:
    known = {one.name: one for one in STRESSES}
    if names is None:
        return STRESSES
    for name in names:
        check_name("stress", name, known)
    if not names:
        raise ValueError("Name at least one stress.")
    return tuple(known[name] for name in dict.fromkeys(names))


def _check_worlds(asked: Order, scenario: Scenario, points: list[Changes]) -> None:
    """Refuse variants that change what a stress changes: one would overwrite the other."""
    for side in asked.question.sides:
        if side.what_if is not None:
            overlay = scenario.what_if[side.what_if]
            taken = set(numbers_in(overlay)) | {key.split(".")[0] for key in overlay if key.startswith("events")}
            for path in {path for point in points for path in point} & taken:
                raise ValueError(f"The what-if {side.what_if!r} changes {path}, and so does a stress: put the what-if "
                                 "into a scenario of its own and stress that.")
