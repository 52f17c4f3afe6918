"""The truth laboratory over several runs: every run has its own truth, and the run is the unit of every interval."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from math import isfinite, isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.market.need import periods_of
from sim.market.simulation import Options
from sim.runs.ahead import Work, look_ahead, stepped
from sim.runs.execute import ScenarioLike, checked_seed, prepared, run_market
from sim.scenario.calendar import Calendar
from sim.scenario.schema import Scenario
from sim.statistics.intervals import mean_interval
from sim.text.console import Progress, columns
from sim.text.files import write_csv, write_whole
from sim.text.numbers import MISSING
from sim.text.words import counted, suggestion
from sim.true_values.horizon import Policies
from sim.true_values.result import Truth, true_values

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.true_values.scores import Own

ABOUT = "truth.json"
SCORES = ("mean_absolute_error_money", "bias_money", "rank_correlation", "misdirected_share")
"""What is reported of an estimator, with an interval over runs."""


@dataclass(frozen=True)
class TruthPlan:
    """What is computed in every run.

    Left out: two thirds of the run, to the quarter of a year, as the date, and the scenario's horizon of equity.
    """

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
        return max(1, round(scenario.clock.years * 4 * 2 / 3)) / 4 if self.at is None else float(self.at)


@dataclass(repr=False)
class TruthStudy:
    """Truth and estimates of several runs: `scores()`, `seen()`; `last` is the truth of the last run in full."""

    scenario: Scenario
    plan: TruthPlan
    seeds: list[int] = field(default_factory=list)
    last: Truth | None = None
    note: str = ""
    brought: pd.DataFrame | None = None
    rows: dict[str, list[pd.DataFrame]] = field(default_factory=lambda: {"scores": [], "seen": []}, repr=False)

    def __repr__(self) -> str:
        plan = self.plan
        at = "" if self.last is None else f"year {self.last.at:g} to {self.last.at + self.last.horizon:g}, "
        return (f"<{type(self).__name__} of {self.scenario.source.name}: {at}{plan.replications} futures of each of "
                f"{counted(len(self.seeds), 'run')}>")

    def __str__(self) -> str:
        """Every estimator in a line; `scores()` has all of it."""
        rows = [["firm", "estimator", "bias", "mean error", "rank", "to wrong people"]]
        for row in self.scores().to_dict("records") if self.seeds else ():
            found = (row[name] for name in SCORES)
            error, bias, rank, wrong = (MISSING if isnan(one) else f"{one:,.2f}" for one in found)
            rows.append([row["firm"], row["title"], bias, error, rank, wrong])
        return "\n".join([repr(self), *columns(rows, left=(0, 1))])

    def _repr_html_(self) -> str:
        """The same for a notebook."""
        return f"<pre>{escape(str(self))}</pre>"

    @property
    def firms(self) -> tuple[str, ...]:
        """The firms whose customers are estimated."""
        return (self.plan.firm,) if self.plan.firm is not None else tuple(self.scenario.firms)

    def ask_what_is_brought(self, groups: int = 5, progress: Progress | None = None) -> pd.DataFrame:
        """What groups of every firm's customers bring by word of mouth in the last run: see `Truth.brought_by_groups`.

        Kept in `brought`. Own value and value brought are two columns, never one sum.

        Raises:
            ValueError: no run is done, or a firm has fewer customers than groups.
        """
        import pandas as pd

        if self.last is None:
            raise ValueError("No run is done: there is nobody to ask about.")
        parts = [self.last.brought_by_groups(firm, groups, progress=progress) for firm in self.firms]
        self.brought = pd.concat(parts, ignore_index=True)
        return self.brought

    def runs(self, table: str = "scores") -> pd.DataFrame:
        """The rows of every run (of "scores" or "seen"), with `run` and `seed` in front."""
        import pandas as pd

        runs = enumerate(zip(self.seeds, self.rows[table], strict=True))
        joined = pd.concat([rows.assign(run=number, seed=seed) for number, (seed, rows) in runs], ignore_index=True)
        return joined[["run", "seed", *joined.columns.drop(["run", "seed"])]]

    def scores(self) -> pd.DataFrame:
        """One row per firm and estimator: means over runs with 95 % intervals (Student's t; NaN for one run).

        Columns: firm, estimator, title, sees, firm_could (in every run), n (runs), customers_people (mean),
        true_mean_money; mean_absolute_error_money, bias_money, rank_correlation and misdirected_share, each with its
        mean, `..._low` and `..._high`; reason (why it could not be computed in some run, else "").
        """
        import pandas as pd

        found = []
        for (firm, estimator), rows in self.runs().groupby(["firm", "estimator"], sort=False):
            row: dict[str, Any] = {
                "firm": firm, "estimator": estimator, "title": rows["title"].iloc[0], "sees": rows["sees"].iloc[0],
                "firm_could": bool(rows["firm_could"].all()),
                "n": int(rows["misdirected_share"].notna().sum()), "customers_people": rows["customers_people"].mean(),
                "true_mean_money": rows["true_mean_money"].mean(),
            }
            for name in SCORES:
                over = mean_interval(rows[name].to_numpy(dtype=float))
                row |= {name: over.value, f"{name}_low": over.low, f"{name}_high": over.high}
            found.append(row | {"reason": next((text for text in rows["reason"] if text), "")})
        return pd.DataFrame(found)

    def seen(self) -> pd.DataFrame:
        """One row per firm and window: means over runs of the columns of `Truth.seen`, without errors over futures."""
        rows = self.runs("seen")
        rows = rows[rows["firm"].isin(self.firms)]
        keys = ["firm", "window_weeks", "window_periods", "own_window"]
        kept = [name for name in rows.columns if name.endswith(("_people", "_money")) or "_share_" in name]
        return rows.groupby(keys, sort=False)[kept].mean().reset_index().assign(n=len(self.seeds))

    def draw(self, firm: str, ax: Axes | None = None) -> Axes:
        """Draw the last run's estimates of a firm's customers against the truth: see `Truth.draw`."""
        assert self.last is not None
        return self.last.draw(firm, ax, self.plan.own)

    def save(self, folder: str | Path) -> Path:
        """Save all tables as CSV and a picture per firm; the folder appears whole or not at all.

        Raises:
            FileExistsError: the folder is there and holds something else.
        """
        return write_whole(Path(folder), lambda aside: _write(self, aside), is_truth, "a saved truth study")


def truth(
    scenario: ScenarioLike, plan: TruthPlan | None = None, *, seed: int | None = None,
    overrides: Mapping[str, Any] | None = None, customers: int | None = None, **asked: Any,
) -> TruthStudy:
    """Run a scenario several times and hold every estimator against the true values of each run.

    `asked` are the fields of a `TruthPlan`: at, horizon, replications (futures of each run), runs, policies,
    windows_weeks, firm, own (estimators of your own by title), progress. Run k has the seed `seed + k`.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: a date, a number or a firm that is not allowed.

    >>> study = truth("first_look", at=0.5, horizon=0.5, runs=1, replications=2, customers=200, firm="Root")
    >>> study.scores().columns[:3].tolist(), len(study.seen()["window_weeks"])
    (['firm', 'estimator', 'title'], 5)
    """
    chosen = prepared(scenario, overrides, customers)
    what = plan or TruthPlan(**asked)
    if isinstance(what.runs, bool) or int(what.runs) != what.runs or what.runs < 1:
        raise ValueError(f"runs={what.runs!r}: a whole number of runs, at least 1.")
    if what.firm is not None and what.firm not in chosen.firms:
        raise ValueError(f"There is no firm {what.firm!r}; {suggestion(what.firm, chosen.firms)}.")
    first = checked_seed(chosen.runs.seed if seed is None else seed)
    study = TruthStudy(chosen, what)
    _look_ahead(chosen, what, first)
    try:
        for number in range(what.runs):
            _one(study, first + number)
    except KeyboardInterrupt:
        if study.last is None:
            raise
        study.note = f"Stopped after {len(study.seeds)} of {what.runs} runs; their results are shown."
    return study


def _look_ahead(scenario: Scenario, plan: TruthPlan, seed: int) -> None:
    """Say what the runs and their futures need before they are begun."""
    calendar = Calendar.of(scenario.clock)
    years = scenario.money.equity_horizon_years if plan.horizon is None else plan.horizon
    if not isfinite(years):
        return  # refused below, by name
    ahead = (plan.replications + 1) * round(years * calendar.periods_per_year)
    work = Work(plan.runs * (plan.replications + 2),
                plan.runs * scenario.market.customers * (periods_of(scenario) + ahead))
    look_ahead(scenario, work, lambda: stepped(scenario, seed, Options()))


def _one(study: TruthStudy, seed: int) -> None:
    plan, done = study.plan, len(study.seeds)
    steps = plan.replications + 2

    def tell(step: int, _total: int, words: str) -> None:
        if plan.progress is not None:
            plan.progress(done * steps + step + 1, plan.runs * steps, words)

    tell(-1, steps, f"run {done + 1} of {plan.runs}")
    found = true_values(run_market(study.scenario, seed, "all"), plan.date(study.scenario), plan.horizon,
                        replications=plan.replications, policies=plan.policies, progress=tell)
    scores, seen = found.scores(plan.firm, plan.own), found.seen(plan.windows_weeks)
    study.rows["scores"].append(scores)
    study.rows["seen"].append(seen)
    study.last = found
    study.seeds.append(seed)


def is_truth(folder: Path) -> bool:
    """Whether a folder holds a saved truth study."""
    return (folder / ABOUT).is_file()


def about(study: TruthStudy) -> dict[str, Any]:
    """What a study is about, ready for JSON."""
    last = study.last
    assert last is not None
    return {
        "scenario": study.scenario.source.name, "firms": list(study.firms), "seeds": study.seeds,
        "currency": study.scenario.money.currency, "valuation_year": last.at, "horizon_years": last.horizon,
        "discount_rate": study.scenario.money.discount_rate, "first_margin": study.scenario.money.first_margin,
        "futures": last.ahead.replications, "policies": last.ahead.policies, "notes": list(last.notes),
    }


def _write(study: TruthStudy, aside: Path) -> None:
    from sim import figures
    from sim.true_values.scores import picture_table

    last = study.last
    assert last is not None
    tables = {
        "scores": study.scores(), "seen": study.seen(), "runs": study.runs(), "values": last.table(),
        "estimates": last.estimates(study.plan.firm, study.plan.own),
    }
    if study.brought is not None:
        tables["brought"] = study.brought
    for name, table in tables.items():
        write_csv(aside / f"{name}.csv", table)
    for number, firm in enumerate(study.firms, start=1):
        table = picture_table(last, firm, study.plan.own)
        if not table.empty:
            plain = "".join(letter if letter.isalnum() else "_" for letter in firm)
            figures.save("true_against_estimated", table, aside / f"true_against_estimated-{number}-{plain}.png")
    (aside / ABOUT).write_text(json.dumps(about(study), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
