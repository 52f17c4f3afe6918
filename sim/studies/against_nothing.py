"""Every firm against itself spending nothing: the third option of every decision, in paired runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack

from sim.metrics.registry import metric_in_words
from sim.runs.execute import ScenarioLike, checked_seed, prepared
from sim.runs.execution import Execution, ExecutionOptions
from sim.runs.plan import AS_WRITTEN, FixedPoint, RunPlan
from sim.runs.results import Results
from sim.runs.runner import conduct
from sim.scenario.schema import Scenario
from sim.statistics.intervals import PairedDifference, paired_difference
from sim.studies.answer import Answer
from sim.studies.answer_table import Field
from sim.studies.differences import judged_cells, verdict_of
from sim.studies.keywords import check_keywords
from sim.text.findings import HIGHER, IDENTICAL, LOWER, TOO_CLOSE, Finding

if TYPE_CHECKING:
    import pandas as pd

OUTCOME = "cumulative_discounted_profit_money"
RUNS = 8
"""Runs of every firm unless more are asked for: enough to see the sign, few enough to stand beside other results."""
IDLE: Mapping[str, Any] = {"strategy": "do_nothing", "settings": {}}
MESSAGES = {
    HIGHER: "{subject} earns {value:gap} more than if it spent nothing (95 % interval {interval:span}, "
            "{won} of {n:count run}).",
    LOWER: "{subject} earns {value:gap} less than if it spent nothing (95 % interval {interval:span}, "
           "{won} of {n:count run}).",
    TOO_CLOSE: "{subject} against spending nothing: too close to call ({value:signed}, 95 % interval {interval:span}, "
               "{won} of {n:count run}).",
    IDENTICAL: "{subject} spends nothing as it is.",
}


class AgainstNothing(Answer):
    """What each firm's spending brings it in all: discounted profit as written minus that of the same firm spending
    nothing, everybody else as written, with common random numbers.

    `table()`: firm, difference, low, high (95 % interval), n, share_b, share_low, share_high (share of pairs in which
    spending is better), verdict, won (these pairs in words).
    """

    kind = "against_nothing"
    columns = (Field("firm", "against spending nothing"), Field("difference", "{outcome}", "signed"),
               Field("low", "from", "signed"), Field("high", "to", "signed"), Field("won", "better in"),
               Field("verdict", ""))

    def __init__(self, scenario: Scenario, results: Results) -> None:
        self.scenario, self.results = scenario, results
        self.firms = tuple(scenario.firms)

    def __repr__(self) -> str:
        return f"<Firms of {self.scenario.source.name} against spending nothing: {self.results.n} runs of each>"

    def difference(self, firm: str) -> PairedDifference:
        """Discounted profit of a firm as written minus that of the same firm spending nothing."""
        idle, written = (self.results.column(point, OUTCOME, firm, self.results.complete)
                         for point in (point_name(firm), AS_WRITTEN))
        return paired_difference(idle, written)

    def table(self) -> pd.DataFrame:
        """One row for each firm, see the class."""
        import pandas as pd

        rows = []
        for firm in self.firms if self.results.n else ():
            one = self.difference(firm)
            rows.append({"firm": firm, **judged_cells(one), "won": f"{(one.differences > 0).sum()} of {one.n} runs"})
        table = pd.DataFrame(rows)
        table.attrs.update(unit="money", currency=self.scenario.money.currency, outcome=metric_in_words(OUTCOME))
        return table

    def findings(self) -> list[Finding]:
        """For each firm whether its spending pays."""
        found = []
        for firm in self.firms if self.results.n else ():
            one = self.difference(firm)
            verdict = verdict_of(one.differences, one.mean)
            found.append(Finding(
                firm, metric_in_words(OUTCOME), one.mean.value, (one.mean.low, one.mean.high), one.n, verdict, "money",
                self.scenario.money.currency, MESSAGES.get(verdict, ""), {"won": int((one.differences > 0).sum())}))
        return found

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        layout = self.results.layout
        return {"design": self.kind, "scenario": self.scenario.source.name, "outcome": OUTCOME,
                "replications": layout.replications, "seed": layout.seeds[0], "runs": sum(self.results.counts.values())}


def point_name(firm: str) -> str:
    """The point in which a firm spends nothing."""
    return f"{firm} spends nothing"


def against_nothing(
    scenario: ScenarioLike, replications: int = RUNS, *, seed: int | None = None, year: float | None = None,
    overrides: Mapping[str, Any] | None = None, **execution: Unpack[ExecutionOptions],
) -> AgainstNothing:
    """Put `do_nothing` into each firm's place, one after the other, and see what its spending was worth.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: a number is out of range.
    """
    check_keywords(execution, ExecutionOptions, ("replications", "seed", "year", "overrides"))
    chosen = prepared(scenario, overrides)
    points = [FixedPoint(AS_WRITTEN, fixed=chosen)]
    for firm, section in chosen.firms.items():
        resting = {**chosen.firms, firm: section.model_copy(update=IDLE)}
        points.append(FixedPoint(point_name(firm), fixed=chosen.model_copy(update={"firms": resting})))
    plan = RunPlan(chosen, tuple(points), replications,
                   checked_seed(chosen.runs.seed if seed is None else seed), (OUTCOME,), year)
    return AgainstNothing(chosen, conduct(plan, Execution.of(execution)))
