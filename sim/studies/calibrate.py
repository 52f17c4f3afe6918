"""Calibration: a few chosen parameters fitted to a user's few aggregates, with residuals and a warning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.runs.execute import checked_seed
from sim.statistics.intervals import Floats, known, mean_interval
from sim.studies.answer import Answer
from sim.studies.answer_table import LABEL, OF_ROW, VERDICT, Field, table_lines
from sim.studies.asking import Asked, FactorsLike, Order, StudyOptions, changed, order
from sim.studies.factors import Factor, end_of, range_caveats
from sim.studies.fitting import Fit, Identification, Target, TargetLike, fitted, points_needed, target_of
from sim.studies.model import FRESH, Changes, MarketModel
from sim.studies.question import Question, Side
from sim.text.findings import Finding
from sim.text.words import counted, joined

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS, NOISE_RUNS, CHECKS = 4, 12, 20
MOST_PARAMETERS = 6
IDENTIFIED = "Fitted {subject} = {value:.4g} (95 % interval {low:.3g} to {high:.3g})."
NOT_IDENTIFIED = "Fitted {subject} = {value:.4g}, which the targets do not determine."
MET = "{value} of {targets:count target} met to within tolerance ({n:count run} with new seeds)."
LARGEST_MISS = "Largest deviation: {subject}, {value:amount} against {wanted:amount} ({misfit:.1f} tolerances)."

PARAMETERS = (
    Field("parameter"), Field("fitted"), Field("low", "from"), Field("high", "to"), Field("as_written"),
    Field("range_low"), Field("range_high"), Field("identified"),
)


class Calibration(Answer):
    """Fitted parameters, how well they reproduce the targets with new seeds, and what the targets cannot identify.

    `noisy_tolerances`: those that the fit was judged by; `before` and `after` [targets, runs]: what the model gives
    with new seeds as written and as fitted.
    """

    kind = "calibration"
    columns = (LABEL, *(Field(name, form="amount", unit=OF_ROW) for name in (
        "wanted", "tolerance", "as_written", "fitted")), VERDICT)
    picture = "target_residuals"

    def __init__(
        self, asked: Order, parts: tuple[tuple[Factor, ...], tuple[Target, ...]], fit: Fit, noisy_tolerances: Floats,
        values: Sequence[Floats],
    ) -> None:
        self.order, self.fit, self.noisy_tolerances = asked, fit, noisy_tolerances
        self.parameters, self.targets = parts
        self.before, self.after = values
        self.identification = Identification.of(fit.jacobian)
        self.reproduced = [mean_interval(runs) for runs in self.after]
        self.misfits = [(now.value - target.wanted) / target.tolerance
                        for now, target in zip(self.reproduced, self.targets, strict=True)]
        self.missed = tuple(k for k, misfit in enumerate(self.misfits) if not abs(misfit) <= 1.0)

    def __repr__(self) -> str:
        return (f"<Calibration of {self.order.name}: {counted(len(self.parameters), 'parameter')}, "
                f"{counted(len(self.targets), 'target')}>")

    @property
    def changes(self) -> Changes:
        """The fitted parameters by dotted name: overrides for any other command."""
        return {factor.path: factor.at(place) for factor, place in zip(self.parameters, self.fit.place, strict=True)}

    def table(self) -> pd.DataFrame:
        """One row per target, with new seeds.

        label, firm, target (metric), unit, wanted, tolerance, as_written (mean before), fitted (mean after),
        fitted_low, fitted_high (95 % t interval over runs), residual (fitted − wanted), difference (residual in
        tolerances), low, high, fits (missed by at most one tolerance), verdict (the same in words), n.
        """
        import pandas as pd

        rows = []
        for k, (target, now) in enumerate(zip(self.targets, self.reproduced, strict=True)):
            low, high = ((end - target.wanted) / target.tolerance for end in (now.low, now.high))
            rows.append({
                "label": target.label, "firm": target.firm, "target": target.outcome, "unit": target.unit,
                "wanted": target.wanted, "tolerance": target.tolerance,
                "as_written": mean_interval(self.before[k]).value, "fitted": now.value, "fitted_low": now.low,
                "fitted_high": now.high, "residual": now.value - target.wanted, "difference": self.misfits[k],
                "low": low, "high": high, "fits": k not in self.missed,
                "verdict": "missed" if k in self.missed else "within its tolerance", "n": now.n,
            })
        table = pd.DataFrame(rows)
        table.attrs.update(finding=self.finding, currency=self.order.question.currency, seed=self.order.model.seed,
                           n=CHECKS, question="fitted minus wanted, in tolerances")
        return table

    def parameter_table(self) -> pd.DataFrame:
        """One row per parameter, with its fitted value and how well the targets identify it.

        parameter, label, unit, as_written, fitted, low, high, range_low, range_high, at_end (of its range: "low",
        "high" or ""), identified. low, high: ±1.96 standard errors if every target is known to within its tolerance,
        held inside the range.
        """
        import pandas as pd

        rows = []
        for k, factor in enumerate(self.parameters):
            place, error = float(self.fit.place[k]), 1.96 * float(self.identification.errors[k])
            low, high = (factor.at(min(1.0, max(0.0, end))) for end in (place - error, place + error))
            rows.append({
                "parameter": factor.path, "label": factor.words, "unit": factor.unit, "as_written": factor.value,
                "fitted": factor.at(place), "low": low, "high": high, "range_low": factor.low,
                "range_high": factor.high, "at_end": end_of(factor, factor.at(place)),
                "identified": k not in self.identification.loose,
            })
        return pd.DataFrame(rows)

    def tables(self) -> dict[str, pd.DataFrame]:
        """The table of targets and the table of parameters."""
        return {self.kind: self.table(), f"{self.kind}_parameters": self.parameter_table()}

    def lines(self) -> list[str]:
        """Both tables as they stand on a terminal."""
        return [*super().lines(), "", *table_lines(self.parameter_table(), PARAMETERS)]

    @property
    def caveats(self) -> tuple[str, ...]:
        """What is wrong: targets missed, values at an end of their range, parameters that are not identified."""
        return tuple(_caveats(self))

    @property
    def warning(self) -> str:
        """The caveats as one text; empty where there is none."""
        return "; ".join(self.caveats)

    @property
    def finding(self) -> str:
        """The result as a title."""
        n = len(self.targets)
        if n == 1:
            return f"The target is {'missed' if self.missed else 'met'}"
        return f"{n - len(self.missed)} of {n} targets met"

    def findings(self) -> list[Finding]:
        """The fitted values with intervals, how many targets they meet, and the largest deviation."""
        found = []
        for row in self.parameter_table().to_dict("records"):
            ends = {"low": row["low"], "high": row["high"]}
            found.append(Finding(row["parameter"], row["label"], row["fitted"], tuple(ends.values()), unit=row["unit"],
                                 message=IDENTIFIED if row["identified"] else NOT_IDENTIFIED, details=ends))
        caveats = self.caveats
        if len(self.identification.loose) < len(self.parameters):
            caveats = ("intervals of parameters hold if every target is known to within its tolerance", *caveats)
        worst = max(range(len(self.targets)), key=lambda k: abs(self.misfits[k]))
        target, now = self.targets[worst], self.reproduced[worst]
        return [
            *found,
            Finding("targets", value=len(self.targets) - len(self.missed), n=self.reproduced[0].n, message=MET,
                    details={"targets": len(self.targets)}),
            Finding(target.label, target.outcome, now.value, n=self.reproduced[0].n, unit=target.unit,
                    currency=self.order.question.currency, message=LARGEST_MISS, caveats=caveats,
                    details={"wanted": target.wanted, "misfit": abs(self.misfits[worst])}),
        ]

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        return {
            **self.order.settings(self.kind), "question": self.finding, "fitted": dict(self.changes),
            "warning": self.warning, "targets": {one.label: [one.wanted, one.tolerance] for one in self.targets},
            "parameters": {factor.path: [factor.low, factor.high] for factor in self.parameters},
        }


def calibrate(
    scenario: Asked, targets: Mapping[str, TargetLike], parameters: FactorsLike, **options: Unpack[StudyOptions]
) -> Calibration:
    """Fit a few parameters to a few aggregates.

    `targets`: "FIRM.metric" → value, or (value, tolerance); a tolerance left out is 5 % of the value. Useful metrics:
    stayed_one_year_share, stayed_two_years_share, stayed_three_years_share (retention by tenure), kept_one_year_share,
    price_paid_money, market_share, complaints_per_purchase. `parameters`: dotted names or ranges, one to six.
    `replications` runs of every point (4), with common random numbers; a noisy target weighs less. The fit is judged
    on 20 runs with new seeds.

    Raises:
        ValueError: a target or a parameter is wrong, or too few points gave every aggregate.
        ScenarioError: the scenario or a range is wrong.

    >>> found = calibrate(lambda x, seed: (x["a"] + x["b"], x["a"] * x["b"]), {"sum": (0.9, 0.01),
    ...                   "product": (0.2, 0.002)}, {"a": (0, 0.45), "b": (0.45, 1)})
    >>> {name: round(value, 2) for name, value in found.changes.items()}, found.warning
    ({'a': 0.4, 'b': 0.5}, '')
    """
    asked, wanted = _order(scenario, targets, options)
    chosen = asked.factors(parameters)
    if len(chosen) > MOST_PARAMETERS:
        raise ValueError(f"Calibration fits 1 to {MOST_PARAMETERS} parameters, not {len(chosen)}: choose a few.")
    asked.model.plan(NOISE_RUNS + points_needed(len(chosen)) * asked.replications + 2 * CHECKS)
    aims, tolerances = np.array([one.wanted for one in wanted]), _with_noise(asked, wanted)

    def residuals(places: Floats) -> Floats:
        points = [changed(chosen, row) for row in places]
        answers = asked.model.answers(points, asked.replicates)
        found: Floats = (np.array([one.mean for one in answers]).T - aims) / tolerances
        return found

    start = np.array([factor.start for factor in chosen])
    fit = fitted(residuals, start, asked.model.seed)
    answers = asked.model.answers([{}, changed(chosen, fit.place.tolist())], range(FRESH, FRESH + CHECKS))
    before_and_after = [np.array([one.difference[place] for one in answers]) for place in (0, 1)]
    return Calibration(asked, (chosen, wanted), fit, tolerances, before_and_after)


def _caveats(found: Calibration) -> Iterator[str]:
    by_chance: list[str] = []
    out_of_reach: list[str] = []
    for k in found.missed:
        target = found.targets[k]
        in_fit = float(found.fit.residuals[k] * found.noisy_tolerances[k] / target.tolerance)
        (by_chance if abs(in_fit) <= 1.0 else out_of_reach).append(target.label)
    if by_chance:
        yield (f"met in the {found.order.replications} runs of the fit but missed with new seeds, so use more "
               f"replications: {joined(by_chance)}")
    if out_of_reach:
        yield f"out of reach with these parameters inside their ranges: {joined(out_of_reach)}"
    yield from range_caveats(found.parameters, [found.changes])
    loose = [found.parameters[k].path for k in found.identification.loose]
    targets, parameters = len(found.targets), len(found.parameters)
    if loose or targets < parameters:
        why = (f"{counted(targets, 'target')} for {counted(parameters, 'parameter')}" if targets < parameters
               else "other values do nearly as well")
        yield (f"not identified: {joined(loose) or 'the parameters together'} ({why}), so fix some, or add targets "
               "that depend on them")


def _with_noise(asked: Order, wanted: tuple[Target, ...]) -> Floats:
    """Tolerances with the noise of a mean over the runs of a point: √(tolerance² + s²/replications).

    s is the standard deviation over twelve runs as written; a noisy target shall not pull as if it were exact.
    """
    answers = asked.model.answers([{}], range(NOISE_RUNS))
    with_noise = []
    for one, answer in zip(wanted, answers, strict=True):
        values = known(answer.difference[0])
        spread = float(values.std(ddof=1)) if values.size > 1 else 0.0
        with_noise.append(float(np.sqrt(one.tolerance**2 + spread**2 / asked.replications)))
    return np.array(with_noise)


def _order(
    scenario: Asked, targets: Mapping[str, TargetLike], options: StudyOptions
) -> tuple[Order, tuple[Target, ...]]:
    """The order with one question per target."""
    if not isinstance(targets, Mapping):
        raise ValueError("Targets come with their values: {'Root.kept_one_year_share': 0.6}.")
    if not targets:
        raise ValueError("Name at least one target, e.g. {'Root.kept_one_year_share': 0.6}.")
    asked = order(scenario, options, REPLICATIONS, list(targets) if callable(scenario) else ())
    wanted = tuple(target_of(asked.scenario, name, value) for name, value in targets.items())
    if asked.scenario is None:
        return asked, wanted
    model = asked.model
    assert isinstance(model, MarketModel)
    questions = [Question(one.outcome, None, Side(one.firm, options.get("what_if")), options.get("year"),
                          asked.question.currency) for one in wanted]
    model = MarketModel(asked.scenario, questions, checked_seed(model.seed), model.execution)
    return Order(model, asked.scenario, asked.replications), wanted
