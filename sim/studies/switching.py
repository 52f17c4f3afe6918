"""The runs behind the effects of mechanisms: each one off alone, or doubled alone, with common random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sim.metrics.headlines import headline_of
from sim.runs.execute import ScenarioLike
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.studies.asking import Order, StudyOptions, order
from sim.studies.economy_market import typical_market
from sim.studies.expected_mechanisms import EXPECTED, expected_in
from sim.studies.mechanism_effects import Measured, MechanismEffects
from sim.studies.model import Changes, MarketModel
from sim.studies.question import Question, Side
from sim.studies.rungs import NOTHING, Switch, rungs_of, switches_of

PROFIT = "cumulative_discounted_profit_money"
REPLICATIONS = 8


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
    asked = order(scenario, {**options, "overrides": None}, REPLICATIONS, outcomes)
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
