"""Calibration: a few chosen parameters fitted to a user's few aggregates, with residuals and a warning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.runs.execute import checked_seed
from sim.runs.outcomes import known_outcomes
from sim.runs.summary import metric_units
from sim.statistics.intervals import Floats, Interval, known, mean_interval
from sim.studies.answer import Answer
from sim.studies.asking import Asked, FactorsLike, Options, Order, changed, order
from sim.studies.calibrate_words import explained, title, warnings_of
from sim.studies.factors import Factor, end_of
from sim.studies.fitting import Fit, Identification, fitted, points_needed
from sim.studies.model import FRESH, Changes, MarketModel
from sim.studies.question import Question, Side
from sim.text.words import counted, suggestion

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS, NOISE_RUNS, CHECKS = 4, 12, 20
TOLERANCE = 0.05
"""Tolerance of a target that gives none, as a part of its size (assumption)."""
MOST_PARAMETERS = 6
TargetLike = float | Sequence[float]
SCALES = {"share": (0.0, 1.0), "0..1": (0.0, 1.0), "-1..1": (-1.0, 1.0)}
"""Units whose values lie between two ends."""


@dataclass(frozen=True)
class Target:
    """An aggregate of a firm that the model shall reproduce, to within a tolerance (one standard error of it)."""

    firm: str
    outcome: str
    wanted: float
    tolerance: float

    @property
    def label(self) -> str:
        """The target as it was named."""
        return f"{self.firm}.{self.outcome}" if self.firm else self.outcome

    @property
    def unit(self) -> str:
        """Unit of the aggregate; empty where it is a function's."""
        return metric_units().get(self.outcome, "") if self.firm else ""


class Calibration(Answer):
    """Fitted parameters, how well they reproduce the targets on fresh luck, and what the targets cannot tell."""

    kind = "calibration"
    picture = "target_residuals"

    def __init__(self, asked: Order, parts: tuple[tuple[Factor, ...], tuple[Target, ...]], fit: Fit) -> None:
        self.order, self.fit = asked, fit
        self.parameters, self.targets = parts
        self.noisy_tolerances: Floats = np.array([one.tolerance for one in self.targets])
        self.identification = Identification.of(fit.jacobian)
        self.before: Floats = np.empty((0, 0))
        self.after: Floats = np.empty((0, 0))

    def __repr__(self) -> str:
        """A few words about it."""
        return (f"<Calibration of {self.order.name}: {counted(len(self.parameters), 'parameter')}, "
                f"{counted(len(self.targets), 'target')}>")

    @property
    def changes(self) -> Changes:
        """The fitted parameters by dotted name: overrides for any other command."""
        return {factor.path: factor.at(place) for factor, place in zip(self.parameters, self.fit.place, strict=True)}

    def reproduced(self, k: int) -> Interval:
        """What the fitted model gives for target k on fresh luck."""
        return mean_interval(self.after[k])

    def misfit(self, k: int) -> float:
        """How far target k is missed, in tolerances."""
        return (self.reproduced(k).value - self.targets[k].wanted) / self.targets[k].tolerance

    def misfit_in_fit(self, k: int) -> float:
        """How far target k was missed in the runs of the fit itself, in tolerances."""
        return float(self.fit.residuals[k] * self.noisy_tolerances[k] / self.targets[k].tolerance)

    @property
    def missed(self) -> tuple[int, ...]:
        """Targets that are missed by more than one tolerance on fresh luck, by number."""
        return tuple(k for k in range(len(self.targets)) if not abs(self.misfit(k)) <= 1.0)

    def interval(self, k: int) -> tuple[float, float]:
        """95 % interval of parameter k if every target is known to within its tolerance, held inside the range."""
        error, place = 1.96 * float(self.identification.errors[k]), float(self.fit.place[k])
        low, high = (self.parameters[k].at(min(1.0, max(0.0, end))) for end in (place - error, place + error))
        return low, high

    def table(self) -> pd.DataFrame:
        """One row per target, on fresh luck.

        label, firm, target (metric), unit, wanted, tolerance, as_written (mean before), fitted (mean after),
        fitted_low, fitted_high (95 % t interval over runs), residual (fitted − wanted), difference (residual in
        tolerances), low, high, fits (missed by at most one tolerance), verdict (the same in words), n.
        """
        import pandas as pd

        rows = []
        for k, target in enumerate(self.targets):
            now = self.reproduced(k)
            low, high = ((end - target.wanted) / target.tolerance for end in (now.low, now.high))
            rows.append({
                "label": target.label, "firm": target.firm, "target": target.outcome, "unit": target.unit,
                "wanted": target.wanted, "tolerance": target.tolerance,
                "as_written": mean_interval(self.before[k]).value, "fitted": now.value, "fitted_low": now.low,
                "fitted_high": now.high, "residual": now.value - target.wanted, "difference": self.misfit(k),
                "low": low, "high": high, "fits": k not in self.missed,
                "verdict": "missed" if k in self.missed else "within its tolerance", "n": now.n,
            })
        table = pd.DataFrame(rows)
        table.attrs.update(finding=self.finding, currency=self.order.question.currency, seed=self.order.model.seed,
                           n=CHECKS, question="fitted minus wanted, in tolerances")
        return table

    def parameter_table(self) -> pd.DataFrame:
        """One row per parameter, with its fitted value and how surely the targets tell it.

        parameter, label, unit, as_written, fitted, low, high, range_low, range_high, at_end (of its range: "low",
        "high" or ""), identified. low, high: ±1.96 standard errors if every target is known to within its tolerance,
        held inside the range.
        """
        import pandas as pd

        rows = []
        for k, factor in enumerate(self.parameters):
            low, high = self.interval(k)
            fitted_value = factor.at(float(self.fit.place[k]))
            rows.append({
                "parameter": factor.path, "label": factor.words, "unit": factor.unit, "as_written": factor.value,
                "fitted": fitted_value, "low": low, "high": high, "range_low": factor.low, "range_high": factor.high,
                "at_end": end_of(factor, fitted_value), "identified": k not in self.identification.loose,
            })
        return pd.DataFrame(rows)

    def tables(self) -> dict[str, pd.DataFrame]:
        """The table of targets and the table of parameters."""
        return {self.kind: self.table(), f"{self.kind}_parameters": self.parameter_table()}

    @property
    def warning(self) -> str:
        """What is wrong: targets missed, values at an end of their range, parameters not told; empty where nothing."""
        return " ".join(warnings_of(self))

    @property
    def finding(self) -> str:
        """The result as a title."""
        return title(self)

    def explain(self) -> str:
        """Plain sentences: the fitted values with intervals, how well they do, and what the targets cannot tell."""
        return explained(self)

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        return {
            **self.order.settings(self.kind), "question": self.finding, "fitted": dict(self.changes),
            "warning": self.warning, "targets": {one.label: [one.wanted, one.tolerance] for one in self.targets},
            "parameters": {factor.path: [factor.low, factor.high] for factor in self.parameters},
        }


def calibrate(
    scenario: Asked, targets: Mapping[str, TargetLike], parameters: FactorsLike, **options: Unpack[Options]
) -> Calibration:
    """Fit a few parameters to a few aggregates.

    `targets`: "FIRM.metric" → value, or (value, tolerance); a tolerance left out is 5 % of the value. Useful metrics:
    stayed_one_year_share, stayed_two_years_share, stayed_three_years_share (retention by tenure), kept_one_year_share,
    price_paid_money, market_share, complaints_per_purchase. `parameters`: dotted names or ranges, one to six.
    `replications` runs of every point (4), with the same luck; a target that luck blurs weighs less. The fit is judged
    on 20 fresh runs.

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
    found = Calibration(asked, (chosen, wanted), fitted(residuals, start, asked.model.seed))
    found.noisy_tolerances = tolerances
    fresh = range(FRESH, FRESH + CHECKS)
    answers = asked.model.answers([{}, changed(chosen, found.fit.place.tolist())], fresh)
    found.before = np.array([one.difference[0] for one in answers])
    found.after = np.array([one.difference[1] for one in answers])
    return found


def _with_noise(asked: Order, wanted: tuple[Target, ...]) -> Floats:
    """Tolerances with the noise of a mean over the runs of a point: √(tolerance² + s²/replications).

    s is the standard deviation over twelve runs as written; what luck blurs shall not pull as if it were sharp.
    """
    answers = asked.model.answers([{}], range(NOISE_RUNS))
    with_noise = []
    for one, answer in zip(wanted, answers, strict=True):
        values = known(answer.difference[0])
        spread = float(values.std(ddof=1)) if values.size > 1 else 0.0
        with_noise.append(float(np.sqrt(one.tolerance**2 + spread**2 / asked.replications)))
    return np.array(with_noise)


def _order(scenario: Asked, targets: Mapping[str, TargetLike], options: Options) -> tuple[Order, tuple[Target, ...]]:
    """The order with one question per target."""
    if not isinstance(targets, Mapping):
        raise ValueError("Targets come with their values: {'Root.kept_one_year_share': 0.6}.")
    if not targets:
        raise ValueError("Name at least one target, e.g. {'Root.kept_one_year_share': 0.6}.")
    asked = order(scenario, options, REPLICATIONS, list(targets) if callable(scenario) else ())
    wanted = tuple(_target(asked, name, value) for name, value in targets.items())
    if asked.scenario is None:
        return asked, wanted
    model = asked.model
    assert isinstance(model, MarketModel)
    questions = [Question(one.outcome, None, Side(one.firm, options.get("what_if")), options.get("year"),
                          asked.question.currency) for one in wanted]
    model = MarketModel(asked.scenario, questions, checked_seed(model.seed), model.execution)
    return Order(model, asked.scenario, asked.replications), wanted


def _target(asked: Order, name: str, given: TargetLike) -> Target:
    values = _numbers(name, given)
    tolerance = values[1] if len(values) > 1 else TOLERANCE * abs(values[0])
    if tolerance <= 0:
        raise ValueError(f"{name}: give a tolerance above 0, as in ({values[0]:g}, 0.01).")
    if asked.scenario is None:
        return Target("", name, values[0], tolerance)
    firm, _, outcome = name.rpartition(".")
    if firm not in asked.scenario.firms:
        raise ValueError(f"{name}: a target is FIRM.metric; {suggestion(firm or name, asked.scenario.firms)}")
    target = Target(firm, known_outcomes([outcome])[0], values[0], tolerance)
    _check_scale(target)
    return target


def _numbers(name: str, given: TargetLike) -> list[float]:
    """A target's value, or its value and tolerance."""
    parts = list(given) if isinstance(given, Sequence | np.ndarray) and not isinstance(given, str) else [given]
    numbers = all(isinstance(one, int | float | np.number) and not isinstance(one, bool) for one in parts)
    if not numbers or not 1 <= len(parts) <= 2 or not np.isfinite([float(one) for one in parts]).all():
        raise ValueError(f"{name}: a target is a value, or a value and its tolerance, not {given!r}.")
    return [float(one) for one in parts]


def _check_scale(target: Target) -> None:
    """A share of 30 was meant as 30 %."""
    if target.unit not in SCALES:
        return
    low, high = SCALES[target.unit]
    for what, value, least in (("it lies", target.wanted, low), ("its tolerance lies", target.tolerance, 0.0)):
        if not least <= value <= high:
            per_cent = f"; {value:g} % is {value / 100:g}" if target.unit == "share" and 1 < value <= 100 else ""
            raise ValueError(f"{target.label}: {what} between {least:g} and {high:g}, not at {value:g}{per_cent}.")
