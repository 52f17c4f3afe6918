"""The truth laboratory over several runs: every run has its own truth, and the run is the unit of every interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiments.engine import ScenarioLike, checked_seed, prepared, run_market
from sim.experiments.statistics import mean_interval
from sim.experiments.truth.ahead import Policies, Progress
from sim.experiments.truth.result import Truth, true_values
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.truth.scores import Own

SCORES = ("mean_absolute_error_money", "bias_money", "rank_correlation", "misdirected_share")
"""What is told of an estimator, with an interval over runs."""


@dataclass(frozen=True)
class Plan:
    """What is asked of every run. Left out: two thirds of the run as the date, the scenario's horizon of equity."""

    at: float | None = None
    horizon: float | None = None
    replications: int = 20
    runs: int = 3
    policies: Policies = "frozen"
    windows_weeks: Sequence[float] | None = None
    firm: str | None = None
    own: Own | None = None
    progress: Progress | None = None

    def date(self, scenario: Scenario) -> float:
        """The valuation date, in years from the end of the warm-up."""
        if self.at is not None:
            return float(self.at)
        from sim.calendar import Calendar

        per_year = float(Calendar.of(scenario.clock).periods_per_year)
        return max(1, round(scenario.clock.years * per_year * 2 / 3)) / per_year


@dataclass
class TruthStudy:
    """Truth and estimates of several runs: `scores()`, `seen()`; `last` is the truth of the last run in full."""

    scenario: Scenario
    plan: Plan
    seeds: list[int] = field(default_factory=list)
    last: Truth | None = None
    rows: dict[str, list[pd.DataFrame]] = field(default_factory=lambda: {"scores": [], "seen": []}, repr=False)

    @property
    def firms(self) -> tuple[str, ...]:
        """The firms whose customers are estimated."""
        return (self.plan.firm,) if self.plan.firm is not None else tuple(self.scenario.firms)

    def runs(self, table: str = "scores") -> pd.DataFrame:
        """The rows of every run (of "scores" or "seen"), with `run` and `seed` in front."""
        import pandas as pd

        parts = [
            rows.assign(run=number, seed=seed)
            for number, (seed, rows) in enumerate(zip(self.seeds, self.rows[table], strict=True))
        ]
        joined = pd.concat(parts, ignore_index=True)
        return joined[["run", "seed", *(name for name in joined.columns if name not in ("run", "seed"))]]

    def scores(self) -> pd.DataFrame:
        """One row per firm and estimator: means over runs with 95 % intervals (Student's t; NaN for one run).

        Columns: firm, estimator, title, sees, n (runs), customers_people (mean), true_mean_money, and for each of
        mean_absolute_error_money, bias_money, rank_correlation, misdirected_share its mean, `..._low`, `..._high`;
        reason (why it could not be computed in some run, else "").
        """
        import pandas as pd

        found = []
        for (firm, estimator), rows in self.runs().groupby(["firm", "estimator"], sort=False):
            row: dict[str, Any] = {
                "firm": firm, "estimator": estimator, "title": rows["title"].iloc[0], "sees": rows["sees"].iloc[0],
                "n": int(rows["rank_correlation"].notna().sum()), "customers_people": rows["customers_people"].mean(),
                "true_mean_money": rows["true_mean_money"].mean(),
            }
            for name in SCORES:
                over = mean_interval(rows[name].to_numpy(dtype=float))
                row |= {name: over.value, f"{name}_low": over.low, f"{name}_high": over.high}
            found.append(row | {"reason": next((text for text in rows["reason"] if text), "")})
        return pd.DataFrame(found)

    def seen(self) -> pd.DataFrame:
        """One row per firm and window: means over runs of the columns of `Truth.seen` (errors over futures left out).
        """
        rows = self.runs("seen")
        keys = ["firm", "window_weeks", "window_periods", "own_window"]
        kept = [name for name in rows.columns if name.endswith(("_people", "_money")) or "_share_" in name]
        table = rows.groupby(keys, sort=False)[kept].mean().reset_index()
        table = table[table["firm"].isin(self.firms)].reset_index(drop=True)
        return table.assign(n=len(self.seeds))

    def picture_table(self, firm: str) -> pd.DataFrame:
        """The table of the picture `true_against_estimated`: estimates and true values of the last run."""
        assert self.last is not None
        table = self.last.estimates(firm, self.plan.own).dropna(subset=["estimate_money"])
        scores = self.last.scores(firm, self.plan.own).set_index("title")["rank_correlation"].dropna()
        table.attrs["rank_correlation"] = {str(title): float(value) for title, value in scores.items()}
        table.attrs["firm"] = firm
        return table

    def save(self, folder: str | Path) -> Path:
        """Save all tables as CSV and a picture per firm; the folder appears whole or not at all.

        Raises:
            FileExistsError: the folder is there and holds something else.
        """
        from sim.experiments.truth.saving import save

        return save(self, Path(folder))


def truth(
    scenario: ScenarioLike, plan: Plan | None = None, *, seed: int | None = None,
    overrides: Mapping[str, Any] | None = None, customers: int | None = None, **asked: Any,
) -> TruthStudy:
    """Run a scenario several times and hold every estimator against the true values of each run.

    `asked` are the fields of a `Plan`: at, horizon, replications (futures of each run), runs, policies, windows_weeks,
    firm, own (estimators of your own by title), progress. Run k has the seed `seed + k`.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: a date, a number or a firm that is not allowed.

    >>> study = truth("first_look", at=0.5, horizon=0.5, runs=1, replications=2, customers=200, firm="Root")
    >>> study.scores().columns[:3].tolist(), len(study.seen()["window_weeks"])
    (['firm', 'estimator', 'title'], 5)
    """
    chosen = prepared(scenario, overrides, customers)
    what = plan or Plan(**asked)
    if isinstance(what.runs, bool) or int(what.runs) != what.runs or what.runs < 1:
        raise ValueError(f"runs={what.runs!r}: a whole number of runs, at least 1.")
    if what.firm is not None and what.firm not in chosen.firms:
        from sim.scenario.words import suggestion

        raise ValueError(f"There is no firm {what.firm!r}; {suggestion(what.firm, chosen.firms)}.")
    first = checked_seed(chosen.runs.seed if seed is None else seed)
    study = TruthStudy(chosen, what)
    steps = what.replications + 2
    for number in range(what.runs):
        tell = _told(what.progress, number * steps, what.runs * steps)
        tell(0, steps, f"run {number + 1} of {what.runs}")
        records = run_market(chosen, first + number, "all")
        study.last = true_values(
            records, what.date(chosen), what.horizon, replications=what.replications, policies=what.policies,
            progress=lambda done, total, words, tell=tell: tell(done + 1, total + 1, words),  # type: ignore[misc]
        )
        study.rows["scores"].append(study.last.scores(what.firm, what.own))
        study.rows["seen"].append(study.last.seen(what.windows_weeks))
        study.seeds.append(first + number)
    return study


def _told(progress: Progress | None, before: int, total: int) -> Progress:
    """Progress of one run as progress of all."""
    if progress is None:
        return lambda _done, _total, _words: None
    return lambda done, _total, words: progress(before + done, total, words)
