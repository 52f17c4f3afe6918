"""What every study takes besides its own: the outcome, the firms, replications and seeds, and where it is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim.runs.execute import ScenarioLike, checked_seed, prepared
from sim.runs.execution import Execution, ExecutionOptions
from sim.scenario.schema import Scenario
from sim.studies.factors import Factor, Range
from sim.studies.keywords import check_keywords
from sim.studies.model import Answers, Changes, Function, FunctionModel, MarketModel, Model, function_questions
from sim.studies.question import Question, Wanted, question_of
from sim.studies.scenario_factors import WORLD, factors_of, numbers_in, two_ends

FactorsLike = str | Sequence[str] | Mapping[str, Range | None]
Asked = ScenarioLike | Function


class StudyOptions(ExecutionOptions, total=False):
    """Keywords that every study takes; all may be left out.

    The question (see `question_of`): `outcome` a metric; `pair` two firms, or two variants of one `firm`; `firm` alone
    for its level; `what_if` the variant in which both are compared; `year` when (the end).
    Replications: `replications` runs of every point, `seed` of the first (the scenario's); replication k has the seed
    `seed + k` at every point. `overrides`: changes of the scenario by dotted name.
    How the runs are done: see `ExecutionOptions`.
    """

    outcome: str | None
    pair: Sequence[str] | None
    firm: str | None
    what_if: str | None
    year: float | None
    replications: int | None
    seed: int | None
    overrides: Mapping[str, Any] | None


@dataclass(frozen=True)
class Order:
    """What a study runs: the model, its scenario (None: a function), how many replications."""

    model: Model
    scenario: Scenario | None
    replications: int

    @property
    def question(self) -> Question:
        """What is measured in every run (the first question, where there are several)."""
        return self.model.questions[0]

    def answers(self, points: Sequence[Changes], replicates: range | None = None) -> Answers:
        """Results of the (first) question at points, for the replications of the search unless others are given."""
        return self.model.answers(points, self.replicates if replicates is None else replicates)[0]

    @property
    def name(self) -> str:
        """Name of the scenario, or "function"."""
        return "function" if self.scenario is None else self.scenario.source.name

    @property
    def replicates(self) -> range:
        """The replications of the search."""
        return range(self.replications)

    def settings(self, design: str) -> dict[str, Any]:
        """Settings that every study has: scenario, question, replications, seed, runs."""
        return {
            "design": design, "scenario": self.name, "question": self.question.words,
            "replications": self.replications, "seed": self.model.seed, "runs": self.model.runs,
        }

    def factors(self, wanted: FactorsLike | None) -> tuple[Factor, ...]:
        """The factors meant (None: those of the world).

        Those that the question's own variants change are refused, or left out of a group.

        Raises:
            ValueError: there is none, or a what-if that is asked about sets one of them.
        """
        if self.scenario is None:
            found = self._of_function(wanted)
        else:
            found = self._of_scenario(self.scenario, WORLD if wanted is None else wanted)
        if not found:
            raise ValueError("There is no factor to vary: name one, e.g. product.margin.")
        return found

    def _of_function(self, wanted: FactorsLike | None) -> tuple[Factor, ...]:
        """Factors of a function: as written each stands in the middle of its range."""
        if not isinstance(wanted, Mapping):
            raise ValueError("A function needs factors with ranges: {name: (low, high)}.")
        found = []
        for path, span in wanted.items():
            if span is None:
                raise ValueError(f"{path}: a factor of a function needs a range, (low, high).")
            low, high = two_ends(path, span)
            found.append(Factor(path, low, high, 0.5 * (low + high)))
        assert isinstance(self.model, FunctionModel)
        self.model.base = {factor.path: factor.at(0.5) for factor in found}
        return tuple(found)

    def _of_scenario(self, scenario: Scenario, wanted: FactorsLike) -> tuple[Factor, ...]:
        """Factors that no variant of the question sets: a change would overwrite what the variant is about."""
        factors = factors_of(scenario, wanted)
        variants = {side.what_if for side in self.question.sides if side.what_if is not None}
        taken = {path: variant for variant in variants for path in numbers_in(scenario.what_if[variant])}
        for factor in factors:
            if factor.path in taken and not isinstance(wanted, str):
                raise ValueError(f"{factor.path} is what {taken[factor.path]!r} changes: it cannot be a factor too.")
        return tuple(factor for factor in factors if factor.path not in taken)


def order(asked: Asked, options: StudyOptions, replications: int, outcomes: Sequence[str] = ()) -> Order:
    """Make an order ready: load the scenario, find the question, check the numbers.

    `replications` is the study's own default; `outcomes` ask the same question of several outcomes.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: an option is.
    """
    check_keywords(options, StudyOptions)
    number = options.get("replications")
    number = replications if number is None else number
    if isinstance(number, bool) or int(number) != number or number < 2:
        raise ValueError(f"At least two replications are needed for an interval, not {number}.")
    seed, outcome = options.get("seed"), options.get("outcome")
    execution = Execution.of(options)
    if callable(asked):
        questions = function_questions(asked, list(outcomes) or ([] if outcome is None else [outcome]))
        return Order(FunctionModel(asked, questions, checked_seed(1 if seed is None else seed)), None, int(number))
    scenario = prepared(asked, options.get("overrides"))
    wanted = Wanted(outcome, options.get("firm"), options.get("pair"), options.get("what_if"), options.get("year"))
    several = [question_of(scenario, replace(wanted, outcome=name)) for name in outcomes or (outcome,)]
    first_seed = checked_seed(scenario.runs.seed if seed is None else seed)
    return Order(MarketModel(scenario, several, first_seed, execution), scenario, int(number))


def changed(factors: Sequence[Factor], places: Sequence[float]) -> Changes:
    """The point at these places of the ranges; a factor that stands at the scenario's own value is not changed."""
    point = {}
    for factor, place in zip(factors, places, strict=True):
        value = factor.at(float(place))
        if factor.value is None or abs(value - factor.value) > 1e-9 * max(1.0, abs(factor.value)):
            point[factor.path] = value
    return point
