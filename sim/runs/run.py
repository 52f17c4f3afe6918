"""One run of one market, as tables; saved into a folder, and run again from there."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim.lives.meeting import customer_of
from sim.lives.person import Person
from sim.metrics import frames
from sim.metrics.money import whale_curve
from sim.metrics.survival import cohort_table, survival_table
from sim.records.records import Keep, Records
from sim.runs.execute import ScenarioLike, prepared, run_market
from sim.runs.manifest import files_named, manifest_of, way_to
from sim.runs.saved import MANIFEST, SCENARIO, digests, is_run, read_manifest, saved_scenario
from sim.runs.statements import mirror_table, statement_of, truth
from sim.scenario.effective import effective_yaml
from sim.scenario.schema import Scenario
from sim.text.console import WIDTH, Progress, columns
from sim.text.files import write_csv, write_whole
from sim.text.numbers import amount
from sim.true_values.result import Truth, true_values
from sim.valuation import person
from sim.valuation.cohort_formula import cohort_formula
from sim.valuation.statement import EquityStatement

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("periods", "customers", "transactions", "ledger", "events", "surveys", "cohorts", "equity")
"""Tables of `Run` that are saved beside its scenario and its manifest."""


def _table(make: Callable[[Records], pd.DataFrame]) -> cached_property[pd.DataFrame]:
    """A table of a run, made when first asked for."""
    def of_run(run: Run) -> pd.DataFrame:
        return make(run.records)

    of_run.__doc__ = make.__doc__
    return cached_property(of_run)


class Run:
    """A finished run. Its tables are made when first asked for; changing a table changes nothing in the run."""

    periods = _table(frames.periods_frame)
    customers = _table(frames.customers_frame)
    ties = _table(frames.ties_frame)
    transactions = _table(frames.transactions_frame)
    ledger = _table(frames.ledger_frame)
    events = _table(frames.events_frame)
    surveys = _table(frames.surveys_frame)
    quadrants = _table(frames.quadrants_frame)
    flows = _table(frames.flows_frame)
    cohorts = _table(cohort_table)
    survival = _table(survival_table)
    equity = _table(person.equity_table)
    person_equity = _table(person.person_equity)
    whales = _table(whale_curve)

    def __init__(self, records: Records, started: datetime | None = None, seconds: float = 0.0) -> None:
        self.records = records
        self.started, self.seconds = started or datetime.now(UTC), seconds

    @classmethod
    def of(cls, scenario: Scenario, seed: int, keep: Keep) -> Run:
        """Run a market from beginning to end."""
        started, began = datetime.now(UTC), time.perf_counter()
        records = run_market(scenario, seed, keep)
        return cls(records, started, time.perf_counter() - began)

    @classmethod
    def load(cls, folder: str | Path) -> Run:
        """A saved run, run again from its effective scenario and seed (see `sim.replay` for the comparison).

        Where that gives other numbers than were saved, a warning says so.

        Raises:
            FileNotFoundError: there is no saved run in the folder.
            ValueError: the manifest cannot be read, or code of one's own is not found.
            ScenarioError: the stored scenario no longer fits this version.
        """
        manifest = read_manifest(folder)
        again = run_again(Path(folder), manifest)
        if again.manifest["fingerprint"] != manifest["fingerprint"]:
            warnings.warn(f"This is not the run that was saved in {folder}: sim.replay says what differs.",
                          stacklevel=2)
        return again

    def save(self, folder: str | Path, beside: Mapping[str, pd.DataFrame] | None = None) -> Path:
        """Save the run: effective scenario, manifest, tables, and other tables `beside` them, by name. The folder
        appears whole or not at all, and an older run in it is replaced.

        Raises:
            FileExistsError: the folder is there and is not a saved run.
        """
        place = Path(folder)
        way = way_to(self.scenario.source.folder, place) if files_named(self.scenario) else ""
        tables = {**tables_of(self), **(beside or {})}
        return write_whole(place, lambda aside: _write(self, aside, tables, way), is_run, "a saved run")

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
        return self.records.scenario

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Versions, seeds, hashes, machine and time."""
        return manifest_of(self.records, self.started, self.seconds)

    def __repr__(self) -> str:
        records = self.records
        return (f"<Run {records.scenario.source.name}: {', '.join(records.firms)}; {records.people_count:,} people, "
                f"{records.periods} periods, seed {records.seed}>")

    def __str__(self) -> str:
        """What matters at the end of the run, firm by firm, in 80 letters; everything is in `periods`."""
        from sim.metrics.headlines import FIRST_PAGE, shown_metrics
        from sim.metrics.registry import all_metrics, metric_in_words

        last, money = self.periods.groupby("firm", sort=False).tail(1).set_index("firm"), self.scenario.money.currency
        rows = [[f"year {self.records.years[-1]:g}", *last.index]]
        for name in shown_metrics(self.scenario, FIRST_PAGE):
            if name in last.columns:
                unit = all_metrics()[name].unit
                rows.append([metric_in_words(name), *(amount(float(value), unit, money) for value in last[name])])
        return "\n".join([repr(self), *columns(rows, width=WIDTH)])

    def _repr_html_(self) -> str:
        """The same for a notebook."""
        return f"<pre>{escape(str(self))}</pre>"

    def equity_statement(
        self, start: float, end: float, basis: Literal["estimate", "truth", "hindsight"] = "estimate", *,
        replications: int = 20, progress: Progress | None = None,
    ) -> EquityStatement:
        """The statement of customer equity between two dates: what was acquired, developed, lost, eroded.

        Dates are years since the end of the warm-up, at most the horizon (`money.equity_horizon_years`) apart. `basis`:
        "estimate" (first form, from what was known at each date: quick), "truth" (the mean of `replications` futures
        with policies frozen, see `true_values`, with its Monte Carlo error), "hindsight" (what the run then showed).
        Print `.text`; see `.table()`, `.reconciliation()`, `.people()`, `.waterfall()`, and `sim.valuation.statement`
        for the rules.

        Raises:
            ValueError: dates outside of the run or too far apart, an unknown basis, a run that kept no purchases, or
                a date too early to look back from (basis "estimate").
        """
        valuer = truth(replications, progress) if basis == "truth" else None
        return statement_of(self.records, start, end, basis, valuer)

    def customer(self, number: int, language: str | None = None) -> Person:
        """One person's life in this run: print it; see `customer_of` of `sim.lives.meeting`."""
        return customer_of(self.records, number, language)

    def simple_mirror(self, calibrated: float | None = None) -> pd.DataFrame:
        """A formula of a few lines (cohorts × retention × margin) beside this run, and where they part.

        Calibrated on the year that ends at `calibrated` (2 unless given; 1 after a warm-up). See
        `sim.valuation.cohort_formula` for the formula and `sim.runs.statements.mirror_table` for the columns.

        Raises:
            ValueError: the run kept no purchases, or is too short to calibrate and compare.
        """
        return mirror_table([cohort_formula(self.records, calibrated)], self.scenario.money.currency)

    def true_values(
        self, at: float, horizon: float | None = None, *, replications: int = 20,
        policies: Literal["frozen", "free"] = "frozen", progress: Progress | None = None,
    ) -> Truth:
        """What every person will truly still bring to every firm, with its Monte Carlo error.

        The market is run again to year `at` (which must give the run's own books, bit for bit), forked there, and run
        on in `replications` futures with new seeds, `horizon` years ahead (left out: `money.equity_horizon_years`). The
        true residual of a person at a firm is the mean over futures of Σ_j contribution_j × worth_j, with discount
        rate and timing of the scenario's `money`, in money of the valuation date.

        `policies="frozen"`: every firm goes on with the levers in force and the split of its budget that it last had;
        strategies do not change them and events on firms do not happen, events and seasons of the market do.
        `policies="free"`: strategies plan on and all events strike. See `sim.true_values`.

        Raises:
            ValueError: a date outside of the run, a horizon without length, fewer than 2 replications, or a run that
                cannot be repeated (changed by hand, or run with other rules).

        >>> small = run("first_look", seed=1, customers=60, overrides={"clock.years": 1})
        >>> table = small.true_values(0.5, 0.5, replications=2).table()
        >>> len(table), bool((table["residual_error_money"] >= 0).all())
        (120, True)
        """
        return true_values(self.records, at, horizon, replications=replications, policies=policies, progress=progress)


def _write(found: Run, folder: Path, tables: Mapping[str, pd.DataFrame], way: str) -> None:
    (folder / SCENARIO).write_text(effective_yaml(found.scenario), encoding="utf-8")
    for name, table in tables.items():
        write_csv(folder / f"{name}.csv", table)
    manifest = {**found.manifest, **({"folder": way} if way else {}), "files": digests(folder)}
    text = json.dumps(manifest, indent=2, ensure_ascii=False, default=str)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def run_again(folder: Path, manifest: Mapping[str, Any]) -> Run:
    """The run of a folder and its manifest, run again, whatever that gives."""
    keep: Keep = "all" if manifest.get("purchases_kept", True) else "totals"
    return Run.of(saved_scenario(folder, manifest), manifest["seed"], keep)


def tables_of(found: Run) -> dict[str, pd.DataFrame]:
    """The tables of a run that are saved, by name."""
    return {name: getattr(found, name) for name in TABLES}


def run(
    scenario: ScenarioLike,
    *,
    seed: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    customers: int | None = None,
    progress: Progress | None = None,
    records: Keep = "auto",
) -> Run:
    """Run a scenario once: a name, a file, a mapping or a loaded scenario.

    `seed` decides all that happens by chance in the run (left out: `runs.seed`); the people come from
    `runs.world_seed`, and from the seed where that is left out. `customers` is short for
    `overrides={"market.customers": ...}`. `records`: keep purchases "all", only "totals", or decide by size ("auto").

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: the seed is not a whole number from 0 to 2^53.
    """
    chosen = prepared(scenario, overrides, customers)
    run_seed = chosen.runs.seed if seed is None else seed
    if progress is not None:
        progress(0, 1, chosen.source.name)
    result = Run.of(chosen, run_seed, records)
    if progress is not None:
        progress(1, 1, chosen.source.name)
    return result
