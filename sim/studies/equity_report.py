"""Everything about the customer equity of a scenario in one object: what `sim equity` prints and saves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np

from sim.records.records import Records
from sim.runs.execute import ScenarioLike, prepared
from sim.runs.execution import Execution
from sim.runs.plan import AS_WRITTEN
from sim.runs.serialization import kept_as
from sim.runs.statements import mean_reconciliation, mean_statement, mirror_table, statement_of, truth
from sim.scenario.load import with_what_ifs
from sim.scenario.schema import Scenario
from sim.statistics.intervals import mean_interval
from sim.studies.compare import Comparison
from sim.studies.drivers import Drivers, drivers
from sim.studies.study import plan_of
from sim.text.console import Progress
from sim.text.files import write_csv
from sim.text.words import suggestion
from sim.valuation.cohort_formula import CohortFormula, cohort_formula
from sim.valuation.decomposition import GROUPS, ValueFactors, value_factors
from sim.valuation.statement import EquityStatement, waterfall_table

if TYPE_CHECKING:
    import pandas as pd

Value = TypeVar("Value")
PARTS = {"today": "today", "future": "future_net", "shared": "shared", "total": "total"}
RUNS, FUTURES = 10, 20


@kept_as("equity observations")
@dataclass(frozen=True)
class Observed:
    """What is noted of every run; a text gives the reason where something could not be computed."""

    ways: ValueFactors | None
    statement: EquityStatement | str
    mirror: CohortFormula | str


@dataclass
class EquityReport:
    """Customer equity of a scenario. `tables()` by name, `save(folder)` for CSV files and pictures.

    `study`: paired runs of the scenario and its what-ifs; `true_statement`: the statement of the last run on the basis
    of true expected values (None unless asked for); `drivers`: what value, brand and relationship add (None where the
    work was stopped before); `notes`: what could not be had, and why.
    """

    study: Comparison
    firms: tuple[str, ...]
    dates: tuple[float, float]
    true_statement: EquityStatement | None = None
    drivers: Drivers | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def scenario(self) -> Scenario:
        """The scenario as written."""
        return self.study.scenario

    @property
    def what_ifs(self) -> tuple[str, ...]:
        """Names of the what-ifs that were run."""
        return tuple(world for world in self.study.worlds if world != AS_WRITTEN)

    def equity(self) -> pd.DataFrame:
        """Customer equity at the end, first form: firm, part (today, future net of winning, shared, total), mean, ...

        With low, high (95 % t interval over runs) and n; money of the end of the run.
        """
        import pandas as pd

        found = [self.study.summaries[(AS_WRITTEN, k)] for k in self.study.complete]
        rows = []
        for firm in self.firms:
            for part, key in PARTS.items():
                cell = mean_interval([float(one.equity[key][one.firms.index(firm)]) for one in found])
                rows.append({"firm": firm, "part": part, "mean": cell.value, "low": cell.low, "high": cell.high,
                             "n": cell.n})
        return self._mine(pd.DataFrame(rows))

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table there is, by name: equity, statement, reconciliation, true_statement, ... (one file each)."""
        import pandas as pd

        found = {"equity": self.equity()}
        statements = [one for one in self._observed("statement") if isinstance(one, EquityStatement)]
        if statements:
            found["statement"] = mean_statement(statements)
            found["reconciliation"] = mean_reconciliation(statements)
        if self.true_statement is not None:
            found["true_statement"] = self.true_statement.table()
            found["true_reconciliation"] = self.true_statement.reconciliation()
        mirrors = [one for one in self._observed("mirror") if isinstance(one, CohortFormula)]
        if mirrors:
            found["mirror"] = mirror_table(mirrors, self.scenario.money.currency)
        if self.drivers is not None and self.drivers.study.n:
            found["drivers"] = self.drivers.table()
        if self.what_ifs:
            pairs = [(firm, AS_WRITTEN, world) for world in self.what_ifs
                     for firm in self.firms if firm in self.study.worlds[world].firms]
            found["break_even"] = pd.concat([self.study.break_even(*pair) for pair in pairs], ignore_index=True)
            if all(noted.ways is not None for noted in self.study.observed.values()):
                found["three_ways"] = pd.concat(
                    [self.study.three_ways(*pair, measure) for pair in pairs for measure in GROUPS], ignore_index=True)
        return {name: self._mine(table) for name, table in found.items()}

    def pictures(self, tables: Mapping[str, pd.DataFrame]) -> dict[str, tuple[str, pd.DataFrame]]:
        """File name → (picture, its table): the statement as waterfalls, equity, and the break-even of each what-if."""
        found: dict[str, tuple[str, pd.DataFrame]] = {}
        for part, name in (("today", "statement_today"), ("total", "statement_all")):
            if self.true_statement is not None:
                rows = self.true_statement.waterfall(part)
                found[name] = "equity_waterfall", rows[rows["firm"].isin(self.firms)]
            elif "statement" in tables:
                found[name] = "equity_waterfall", waterfall_table(tables["statement"], part, self.dates)
        for world in self.what_ifs:
            table = tables["break_even"]
            chosen = table[table["world_b"] == world]
            chosen.attrs = {**table.attrs, "years": self.study.end}
            found[f"break_even_{world}"] = "break_even", chosen
        return found

    def save(self, folder: str | Path) -> list[Path]:
        """Save every table as a CSV file and every picture as a PNG file; gives their paths."""
        from sim import figures

        home, tables = Path(folder), self.tables()
        saved = [write_csv(home / f"{name}.csv", table) for name, table in tables.items()]
        return saved + [figures.save(picture, rows, home / f"{name}.png")
                        for name, (picture, rows) in self.pictures(tables).items() if not rows.empty]

    def _observed(self, what: str) -> list[Any]:
        return [getattr(self.study.observed[(AS_WRITTEN, k)], what) for k in self.study.complete]

    def _mine(self, table: pd.DataFrame) -> pd.DataFrame:
        chosen = table[table["firm"].isin(self.firms)].reset_index(drop=True)
        chosen.attrs = {**table.attrs, "currency": self.scenario.money.currency}
        return chosen


def equity_report(
    scenario: ScenarioLike,
    firm: str | None = None,
    replications: int = RUNS,
    *,
    dates: tuple[float | None, float | None] = (None, None),
    what_if: Iterable[str] | None = None,
    seed: int | None = None,
    basis: Literal["truth", "estimate"] = "truth",
    progress: Progress | None = None,
) -> EquityReport:
    """Customer equity of a scenario: both parts, statement, drivers, cohort formula, and what-ifs where there are any.

    `firm`: only this one; `dates`: opening and closing of the statement in years (half of the run and its end unless
    given, at most the horizon apart); `what_if`: names of the what-ifs (all unless given); `basis`: "truth" adds the
    statement of the last run on true expected values, "estimate" leaves it out.

    Raises:
        ScenarioError: the scenario or a what-if is wrong.
        ValueError: there is no such firm, or a number is out of range.
    """
    chosen = prepared(scenario)
    if firm is not None and firm not in chosen.firms:
        raise ValueError(f"There is no firm {firm!r}; {suggestion(firm, chosen.firms)}")
    between = statement_dates(chosen, dates)
    names = list(chosen.what_if) if what_if is None else list(what_if)
    worlds = {AS_WRITTEN: chosen, **with_what_ifs(chosen, names)}
    first = chosen.runs.seed if seed is None else seed
    plan = plan_of(worlds, replications, first, observe=Noting(between))
    study = Comparison.conducted(plan, Execution(progress=progress))
    report = EquityReport(study, tuple(chosen.firms) if firm is None else (firm,), between)
    if study.note:
        report.notes.append(study.note)
    if study.n and not study.stopped:
        _more(report, basis, progress)
    if report.true_statement is not None:
        report.notes += [f"Statement: {one}" for one in report.true_statement.notes]
    for what in ("statement", "mirror") if study.n else ():
        report.notes += sorted({one for one in report._observed(what) if isinstance(one, str)})
    return report


def _more(report: EquityReport, basis: str, progress: Progress | None) -> None:
    """The parts that take longest; Ctrl-C leaves out what is not done."""
    study = report.study
    try:
        if basis == "truth":
            try:
                report.true_statement = statement_of(study.last[AS_WRITTEN], *report.dates, "truth",
                                                     truth(FUTURES, progress))
            except ValueError as error:
                report.notes.append(str(error))
        report.drivers = drivers(report.scenario, report.firms, study.replications, seed=study.seed, progress=progress)
        if report.drivers.study.note:
            report.notes.append(f"Drivers: {report.drivers.study.note}")
    except KeyboardInterrupt:
        report.notes.append("Stopped before everything was done; what was finished is shown.")


@dataclass(frozen=True)
class Noting:
    """Notes of a run: decomposition always; statement (between two dates) and cohort formula of the base only."""

    dates: tuple[float, float]

    def __call__(self, records: Records) -> Observed:
        """What is kept of a run."""
        if records.scenario.source.what_if is not None:
            return Observed(value_factors(records), "", "")
        return Observed(value_factors(records), _or_reason(lambda: statement_of(records, *self.dates)),
                        _or_reason(lambda: cohort_formula(records)))


def _or_reason(compute: Callable[[], Value]) -> Value | str:
    """What is computed, or why it could not be."""
    try:
        return compute()
    except ValueError as error:
        return str(error)


def statement_dates(scenario: Scenario, wanted: tuple[float | None, float | None]) -> tuple[float, float]:
    """Opening and closing of the statement: as wanted, else the second half of the run, at most the horizon long.

    Raises:
        ValueError: the dates are outside of the run or in the wrong order.
    """
    years, horizon = scenario.clock.years, scenario.money.equity_horizon_years
    end = float(years if wanted[1] is None else wanted[1])
    half = float(np.floor(end / 2)) if end >= 2 else end / 2
    start = max(half, end - horizon) if wanted[0] is None else float(wanted[0])
    if not (np.isfinite([start, end]).all() and 0 <= start < end <= years):
        raise ValueError(f"The statement goes from year {start:g} to year {end:g}; the first must be below the second, "
                         f"both within 0 to {years:g}.")
    return start, end
