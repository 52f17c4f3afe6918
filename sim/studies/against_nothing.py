"""Every firm against itself spending nothing: the third option of every decision, in paired runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.metrics.registry import metric_in_words
from sim.runs.execute import ScenarioLike, checked_seed, prepared
from sim.runs.execution import Execution, ExecutionOptions
from sim.runs.plan import AS_WRITTEN, FixedPoint, RunPlan
from sim.runs.results import Results
from sim.runs.runner import conduct
from sim.scenario.schema import Scenario
from sim.statistics.intervals import PairedDifference, paired_difference
from sim.studies.answer import Answer
from sim.studies.answer_table import DIFFERENCE, HIGH, LOW, Field
from sim.studies.differences import judged_cells, verdict_of
from sim.studies.keywords import check_keywords
from sim.studies.study import Side, Study
from sim.text.findings import HIGHER, IDENTICAL, LOWER, TOO_CLOSE, Finding
from sim.text.language import marked, tr, trn
from sim.text.numbers import signed
from sim.text.words import name_or_words

if TYPE_CHECKING:
    import pandas as pd

OUTCOME = "cumulative_discounted_profit_money"
RUNS = 8
"""Runs of every firm unless more are asked for: enough to see the sign, few enough to stand beside other results."""
FEWEST, SHARE, SMALL = 3, 3, 20
"""Beside a comparison: at least so many runs of every firm (where it has them), else one in `SHARE` of its own runs in
all; the base alone where that is more than half of its own runs and more than `SMALL`."""
IDLE: Mapping[str, Any] = {"strategy": "do_nothing", "settings": {}}
MESSAGES = {
    HIGHER: marked("{subject} earns {value:gap} more than if it spent nothing (95 % interval {interval:span}, "
                   "{won} of {n:count run})."),
    LOWER: marked("{subject} earns {value:gap} less than if it spent nothing (95 % interval {interval:span}, "
                  "{won} of {n:count run})."),
    TOO_CLOSE: marked("{subject} against spending nothing: too close to call ({value:signed}, "
                      "95 % interval {interval:span}, {won} of {n:count run})."),
    IDENTICAL: marked("{subject} spends nothing as it is."),
}


class AgainstNothing(Answer):
    """What each firm's spending brings it in all: discounted profit as written minus that of the same firm spending
    nothing, everybody else as written, with common random numbers; in every variant that was asked for.

    `table()`: variant, firm, difference, low, high (95 % interval), n, share_b, share_low, share_high (share of pairs
    in which spending is better), verdict, won (these pairs in words). `stopped`: whether Ctrl-C ended the runs;
    `left_out`: variants that would have taken too many. A variant in which every firm spends nothing as it is has no
    rows.
    """

    kind = "against_nothing"
    columns = (Field("firm", ""), Field("variant", "", when="variants"), DIFFERENCE, LOW, HIGH,
               Field("won", marked("better in")), Field("verdict", ""))

    def __init__(
        self, scenario: Scenario, pairs: Mapping[Side, PairedDifference], about: Mapping[str, Any], stopped: bool
    ) -> None:
        self.scenario, self.pairs, self.stopped = scenario, dict(pairs), stopped
        self.variants = tuple(dict.fromkeys(variant for variant, _ in self.pairs))
        self.left_out = 0
        self._about = dict(about)

    def __repr__(self) -> str:
        n = max((one.n for one in self.pairs.values()), default=0)
        return f"<Firms of {self.scenario.source.name} against spending nothing: {n} runs of each>"

    def difference(self, firm: str, variant: str = AS_WRITTEN) -> PairedDifference:
        """Discounted profit of a firm as written minus that of the same firm spending nothing."""
        return self.pairs[variant, firm]

    def table(self) -> pd.DataFrame:
        """One row for each firm in each variant, see the class."""
        import pandas as pd

        rows = [{"variant": variant, "firm": firm, **judged_cells(one), "won": _won(one)}
                for (variant, firm), one in self.pairs.items()]
        table = pd.DataFrame(rows)
        table.attrs.update(unit="money", currency=self.scenario.money.currency, outcome=metric_in_words(OUTCOME),
                           variants=len(self.variants) > 1)
        return table

    def lines(self) -> list[str]:
        """The table as it stands on a terminal, with what it is about above it; nothing where it is empty."""
        table = super().lines()
        head = tr("against spending nothing: {outcome}", outcome=metric_in_words(OUTCOME))
        return [head, *table] if table else []

    def findings(self) -> list[Finding]:
        """For each firm whether its spending pays."""
        found = []
        for (variant, firm), one in self.pairs.items():
            verdict = verdict_of(one.differences, one.mean)
            subject = firm if variant == self.variants[0] else f"{name_or_words(variant)}: {firm}"
            found.append(Finding(
                subject, metric_in_words(OUTCOME), one.mean.value, (one.mean.low, one.mean.high), one.n, verdict,
                "money", self.scenario.money.currency, MESSAGES.get(verdict, ""), {"won": _better(one)}))
        return found

    def in_short(self) -> dict[str, str]:
        """By variant all firms in a line: "Rush -EUR 192 (better in 0 of 8 runs), Root +EUR 120 (better in …)"."""
        words: dict[str, list[str]] = {}
        for (variant, firm), one in self.pairs.items():
            change = signed(one.mean.value, "money", self.scenario.money.currency)
            words.setdefault(variant, []).append(
                tr("{firm} {change} (better in {won})", firm=firm, change=change, won=_won(one)))
        return {variant: ", ".join(firms) for variant, firms in words.items()}

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        return {"design": self.kind, "scenario": self.scenario.source.name, "outcome": OUTCOME, **self._about}


def _better(one: PairedDifference) -> int:
    return int((one.differences > 0).sum())


def _won(one: PairedDifference) -> str:
    return trn("{better} of {count} run", "{better} of {count} runs", one.n, better=_better(one))


def point_name(firm: str, variant: str = AS_WRITTEN) -> str:
    """The point in which a firm spends nothing."""
    return f"{firm} spends nothing" if variant == AS_WRITTEN else f"{variant}: {firm} spends nothing"


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
    first = checked_seed(chosen.runs.seed if seed is None else seed)
    plan = RunPlan(chosen, (FixedPoint(AS_WRITTEN, fixed=chosen), *_resting({AS_WRITTEN: chosen}).values()),
                   replications, first, (OUTCOME,), year)
    results = conduct(plan, Execution.of(execution))
    written = {(AS_WRITTEN, firm): _by_replicate(results, AS_WRITTEN, firm) for firm in chosen.firms}
    return _answer(chosen, written, results)


def against_nothing_beside(
    study: Study, variants: Iterable[str] | None = None, firms: Collection[str] | None = None,
    execution: Execution | None = None,
) -> AgainstNothing:
    """The same beside a study: its own runs are those of the firms as written, only the idle ones are run.

    All its variants and firms unless some are named. At most `RUNS` runs of every firm; with several variants fewer, so
    that a comparison takes at most half as long again, and where that cannot be the first variant alone (`left_out`
    says how many others were).
    """
    chosen = {name: study.variants[name] for name in (study.variants if variants is None else variants)}
    points, own, runs = _resting(chosen, firms), study.n * len(chosen), min(RUNS, study.n)
    if len(chosen) > 1 and points:
        runs = min(runs, max(FEWEST, own // SHARE // len(points)))
        if runs * len(points) > max(own // 2, SMALL):
            base = against_nothing_beside(study, [next(iter(chosen))], firms, execution)
            base.left_out = len(chosen) - 1
            return base
    if not points or not runs:
        return AgainstNothing(study.scenario, {}, {"replications": 0, "seed": study.seed, "runs": 0}, False)
    written = {
        (variant, firm): dict(zip(study.complete[:runs], study.values(variant, OUTCOME, firm)[:runs], strict=True))
        for variant in dict.fromkeys(variant for variant, _ in points) for firm in chosen[variant].firms
        if firms is None or firm in firms
    }
    last = study.complete[runs - 1] + 1
    plan = RunPlan(study.scenario, tuple(points.values()), last, study.seed, (OUTCOME,), study.end)
    return _answer(study.scenario, written, conduct(plan, execution))


def _resting(variants: Mapping[str, Scenario], firms: Collection[str] | None = None) -> dict[Side, FixedPoint]:
    """A point for each firm (of those named) of each variant that does not spend nothing as it is."""
    points = {}
    for variant, scenario in variants.items():
        for firm, section in scenario.firms.items():
            idle = section.model_copy(update=IDLE)
            if idle != section and (firms is None or firm in firms):
                resting = scenario.model_copy(update={"firms": {**scenario.firms, firm: idle}})
                points[variant, firm] = FixedPoint(point_name(firm, variant), fixed=resting)
    return points


def _by_replicate(results: Results, point: str, firm: str) -> dict[int, float]:
    values = results.values(point, OUTCOME, firm)
    return dict(zip(results.complete, values.tolist(), strict=True))


def _answer(scenario: Scenario, written: Mapping[Side, Mapping[int, float]], results: Results) -> AgainstNothing:
    """As written minus spending nothing, replicate by replicate; a firm that spends nothing as it is equals itself."""
    layout, pairs = results.layout, {}
    for (variant, firm), mine in written.items():
        name = point_name(firm, variant)
        idle = _by_replicate(results, name, firm) if name in layout.points else mine
        both = [replicate for replicate in mine if replicate in idle and replicate in results.complete]
        if both:
            pairs[variant, firm] = paired_difference(
                np.array([idle[k] for k in both]), np.array([mine[k] for k in both]))
    about = {"replications": layout.replications, "seed": layout.seeds[0], "runs": sum(results.counts.values())}
    return AgainstNothing(scenario, pairs, about, results.stopped)
