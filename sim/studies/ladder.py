"""Mechanism ladder: mechanisms added one by one, and each left out or doubled alone; what each contributes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Unpack, overload

import numpy as np

from sim.metrics.headlines import headline_of
from sim.runs.execute import ScenarioLike
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.statistics.intervals import Floats, Interval, by_chance, mean_interval
from sim.studies.answer import DesignAnswer
from sim.studies.answer_table import Field
from sim.studies.asking import Order, StudyOptions, order
from sim.studies.differences import interval_cells
from sim.studies.economy_market import typical_market
from sim.studies.expected_mechanisms import EXPECTED, expected_in
from sim.studies.mechanism_effects import Measured, MechanismEffects
from sim.studies.model import Changes, MarketModel
from sim.studies.question import Question, Side
from sim.studies.rungs import NOTHING, STARTS, Rung, Switch, rungs_of, switches_of, without
from sim.text.findings import TOO_CLOSE, Finding
from sim.text.words import counted, suggestion

REPLICATIONS, ALONE_REPLICATIONS = 6, 8
PROFIT = "cumulative_discounted_profit_money"
START = "start"

SURE = "beyond sampling error"
LEVEL = ("{outcome}: {start:amount} at the start, {value:amount} with {mechanisms:count mechanism} "
         "({n:count paired run}).")
DIFFERENCE = LEVEL.replace(":amount", ":signed")
STEPS = {
    SURE: "{what} beyond sampling error: {subject}, {value:signed} (95 % interval {interval:span}).",
    TOO_CLOSE: "{what}: {subject}, {value:signed} (95 % interval {interval:span}), too close to call.",
}


class Ladder(DesignAnswer):
    """A waterfall from a market without mechanisms to the scenario as written.

    `climbed` [rungs + 1, replications]: the difference at the start and after every rung;
    `alone` [rungs, replications]: the difference with everything but one mechanism.

    `table()` has one row per rung in the order in which mechanisms are added; the first is the start:
    rung (0: start), mechanism, label, level (that brings it), strength, added (change of the difference when it is
    added), added_low, added_high, total (difference after it), total_low, total_high, left_out (what is lost when
    this mechanism alone is missing: full difference minus difference without it), left_out_low, left_out_high, n.
    Intervals are 95 % t intervals of paired differences, each by itself (`attrs["comparisons"]` of them). What is
    added sums to the full difference exactly; what is left out need not, because mechanisms work together.
    """

    kind = "ladder"
    columns = (
        Field("mechanism"), Field("level"), Field("added", form="signed"), Field("added_low", "from", "signed"),
        Field("added_high", "to", "signed"), Field("total", form="signed"), Field("left_out", "missed", "signed"),
    )
    picture = "ladder_waterfall"

    def __init__(self, asked: Order, rungs: tuple[Rung, ...], numbers: tuple[Floats, Floats]) -> None:
        super().__init__(asked)
        self.rungs = rungs
        self.climbed, self.alone = numbers

    def __repr__(self) -> str:
        return f"<Ladder of {self.order.name}: {counted(len(self.rungs), 'mechanism')}>"

    def _rows(self) -> list[dict[str, Any]]:
        start = Rung(START, "", float("nan"), "before the first mechanism")
        steps = [(start, mean_interval(self.climbed[0]), mean_interval([])),
                 *((rung, self.added(k), self.missed(k)) for k, rung in enumerate(self.rungs))]
        rows = []
        for k, (rung, added, missed) in enumerate(steps):
            total = mean_interval(self.climbed[k])
            rows.append({
                "rung": k, "mechanism": rung.mechanism, "label": rung.label, "level": rung.level,
                "strength": rung.strength, **interval_cells("added", added), **interval_cells("total", total),
                **interval_cells("left_out", missed), "n": total.n,
            })
        return rows

    def _words(self) -> dict[str, Any]:
        return {"comparisons": self.comparisons}

    def added(self, k: int) -> Interval:
        """What rung k adds when it comes after those before it."""
        return mean_interval(self.climbed[k + 1] - self.climbed[k])

    def missed(self, k: int) -> Interval:
        """What is lost when mechanism k alone is missing."""
        return mean_interval(self.climbed[-1] - self.alone[k])

    @property
    def comparisons(self) -> int:
        """How many intervals are judged side by side: a step up and a missing one for every mechanism."""
        return 2 * len(self.rungs)

    def _title(self) -> str:
        """The largest step beyond sampling error."""
        steps = [self.added(k) for k in range(len(self.rungs))]
        sure, widest = _largest(steps, sure=True), _largest(steps)
        if sure is None or widest is None:
            return "No single step is beyond sampling error"
        most = "Takes most away" if steps[sure].value < 0 else "Adds most"
        wider = abs(steps[widest].value) > abs(steps[sure].value)
        return f"{most}{' beyond sampling error' if wider else ''}: {self.rungs[sure].label or self._name(sure)}"

    def _name(self, k: int) -> str:
        return self.rungs[k].mechanism.replace("_", " ")

    def findings(self) -> list[Finding]:
        """From where to where, the largest steps, and what is lost most when one mechanism is left out."""
        start, full = (mean_interval(self.climbed[place]) for place in (0, -1))
        found = [self.question.finding(
            self.order.name, full, LEVEL if self.question.a is None else DIFFERENCE, start=start.value,
            mechanisms=len(self.rungs))]
        steps, missed = ([of(k) for k in range(len(self.rungs))] for of in (self.added, self.missed))
        found += self._steps("Largest step", steps)
        found += self._steps("Largest contribution when left out alone", missed) if len(self.rungs) > 1 else []
        found[-1] = found[-1].with_caveats(by_chance(self.comparisons).rstrip("."))
        return found

    def _steps(self, what: str, steps: Sequence[Interval]) -> list[Finding]:
        """The largest step beyond sampling error, and a larger one that is too close to call."""
        found = []
        for k in dict.fromkeys((_largest(steps, sure=True), _largest(steps))):
            if k is not None:
                verdict = SURE if steps[k].excludes_zero else TOO_CLOSE
                found.append(self.question.finding(self._name(k), steps[k], STEPS[verdict], verdict, what=what))
        return found

    def _settings(self) -> dict[str, Any]:
        return {"mechanisms": [rung.mechanism for rung in self.rungs]}


@overload
def ladder(scenario: ScenarioLike, start: str = ..., **options: Unpack[StudyOptions]) -> Ladder: ...
@overload
def ladder(
    scenario: ScenarioLike, start: str = ..., *, each_off: bool = ..., doubled: bool = ..., expected: bool = ...,
    **options: Unpack[StudyOptions],
) -> Ladder | MechanismEffects: ...
def ladder(
    scenario: ScenarioLike, start: str = NOTHING, *, each_off: bool = False, doubled: bool = False,
    expected: bool = False, **options: Unpack[StudyOptions],
) -> Ladder | MechanismEffects:
    """Add the scenario's mechanisms one by one in the order of the levels, and leave each out alone.

    The ladder begins with no mechanism at all (`start="none"`), or with a whole level ("basic", "heart"), and ends with
    the scenario as written; mechanisms that it has switched off are no rungs. The order is that of the levels, and
    inside a level that of its file; contributions depend on the order, so read them beside what each is missed by.

    With `each_off` nothing is climbed: each mechanism is switched off alone, and with `doubled` also doubled alone, and
    what that does to the scenario's headline and to discounted profit is judged (`MechanismEffects`): of one `firm`, of
    a `pair` (the difference), or as the mean over all firms. A market without firms gets typical ones. `expected`
    alone: only the mechanisms of which something was expected in this scenario, each by its own metric.

    Raises:
        ValueError: there is no such start, or no mechanism beyond it; `doubled` without `each_off`; nothing expected.
        ScenarioError: the scenario is wrong.
    """
    if start not in STARTS:
        raise ValueError(f"A ladder cannot start with {start!r}; {suggestion(start, STARTS)}")
    if expected and (each_off or doubled):
        raise ValueError("What is expected is switched off anyway: say `expected` alone.")
    if each_off:
        return each_alone(scenario, options, start, doubled)
    if expected:
        return as_expected(scenario, options)
    if doubled:
        raise ValueError("Mechanisms are doubled one at a time: say each_off as well.")
    asked = order(scenario, options, REPLICATIONS)
    assert asked.scenario is not None
    rungs = rungs_of(asked.scenario, start)
    if not rungs:
        raise ValueError(f"{asked.name} has no mechanism beyond {start!r}: there is nothing to climb.")
    points: list[Changes] = [without(rungs[k:]) for k in range(len(rungs) + 1)]
    points += [without((rung,)) for rung in rungs]
    asked.model.plan(len(points) * asked.replications)
    found = asked.answers(points).difference
    return Ladder(asked, rungs, (found[: len(rungs) + 1], found[len(rungs) + 1 :]))


def _largest(found: Sequence[Interval], sure: bool = False) -> int | None:
    """The place of the largest step, or of the largest whose interval leaves out 0."""
    places = [k for k, one in enumerate(found) if one.value and (one.excludes_zero or not sure)]
    return max(places, key=lambda k: abs(found[k].value), default=None)


def each_alone(
    scenario: ScenarioLike, options: StudyOptions, start: str = NOTHING, doubled: bool = False
) -> MechanismEffects:
    """Switch each mechanism beyond a start off alone (and double it alone), see `sim.studies.ladder.ladder`."""
    chosen = _with_firms(scenario, options)
    outcome = options.get("outcome")
    outcomes = tuple(dict.fromkeys((*((outcome,) if outcome else headline_of(chosen)), PROFIT)))
    switches = switches_of(rungs_of(chosen, start), doubled)
    if not switches:
        raise ValueError(f"{chosen.source.name} has no mechanism beyond {start!r}: there is nothing to switch off.")
    asked, whose = _asked(chosen, options, outcomes)
    return MechanismEffects(asked, switches, _measured(asked, outcomes, switches), whose)


def as_expected(scenario: ScenarioLike, options: StudyOptions) -> MechanismEffects:
    """Switch off, each alone, the mechanisms that are expected to matter in a scenario, each read by its own metric.

    Intervals are corrected for all mechanisms of which something is expected, here or elsewhere.
    """
    chosen = _with_firms(scenario, options)
    expected = expected_in(chosen.source.name)
    switches = switches_of([rung for rung in rungs_of(chosen) if rung.mechanism in expected], doubled=False)
    if not switches:
        places = ", ".join(dict.fromkeys(one.scenario for one in EXPECTED.values()))
        raise ValueError(f"No mechanism is expected to matter in {chosen.source.name}; of others it is in {places}.")
    outcomes = tuple(dict.fromkeys(expected[one.rung.mechanism].metric for one in switches))
    firm = next(iter(expected.values())).firm
    asked, whose = _asked(chosen, options if firm is None else {**options, "firm": firm}, outcomes)
    measured = _measured(asked, outcomes, switches)
    return MechanismEffects(asked, switches, measured, whose, (expected, len(EXPECTED)))


def _with_firms(scenario: ScenarioLike, options: StudyOptions) -> Scenario:
    """The scenario, changed; a product class without firms gets typical ones (`typical_market`)."""
    chosen = load(scenario, dict(options.get("overrides") or {}))
    return chosen if chosen.firms else typical_market(chosen).from_source(chosen.source)


def _asked(scenario: Scenario, options: StudyOptions, outcomes: Sequence[str]) -> tuple[Order, str]:
    """What is run, and of whom the outcomes are: of a firm or a pair that is named, else of every firm."""
    asked = order(scenario, {**options, "overrides": None}, ALONE_REPLICATIONS, outcomes)
    question, model = asked.question, asked.model
    if options.get("pair") is not None:
        return asked, f"{question.option_b} minus {question.option_a}"
    firm, firms = options.get("firm"), list(scenario.firms)
    if firm is not None or len(firms) == 1:
        return asked, question.option_b
    assert isinstance(model, MarketModel)
    every = [replace(one, a=None, b=Side(name, one.b.what_if)) for one in model.questions for name in firms]
    return replace(asked, model=MarketModel(scenario, every, model.seed, model.execution)), f"{len(firms)} firms (mean)"


def _measured(asked: Order, outcomes: Sequence[str], switches: Sequence[Switch]) -> list[Measured]:
    """Run everything; the firms of one outcome are put together as their mean."""
    points: list[Changes] = [{}, *(one.point for one in switches)]
    asked.model.plan(len(points) * asked.replications)
    questions, answers = asked.model.questions, asked.model.answers(points, asked.replicates)
    found = []
    for outcome in outcomes:
        mine = [(question, one) for question, one in zip(questions, answers, strict=True)
                if question.outcome == outcome]
        values = np.mean([one.difference for _, one in mine], axis=0)
        levels = [level[0] for question, one in mine for level in _levels(question, one)]
        found.append(Measured(outcome, values[0], values[1:], float(np.nanmean(levels))))
    return found


def _levels(question: Question, found: Any) -> tuple[Any, ...]:
    """The outcome of each option of a question, not their difference."""
    return (found.b,) if question.a is None else (found.a, found.b)
