"""One run of one market, as tables; saved, loaded and replayed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim.metrics import frames
from sim.records.records import Keep, Records
from sim.runs.execute import ScenarioLike, prepared, run_market
from sim.runs.manifest import Timing, manifest_of
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from sim.true_values.result import Truth
    from sim.valuation.statement import EquityStatement

Progress = Callable[[int, int, str], None]
"""Told (runs done, runs in all, what is done)."""


class Run:
    """A finished run. Its tables are made when first asked for; changing a table changes nothing in the run."""

    def __init__(self, records: Records, timing: Timing | None = None) -> None:
        self.records = records
        self.timing = timing or Timing.now()

    def __repr__(self) -> str:
        """A few words about the run."""
        records = self.records
        return (f"<Run {records.scenario.source.name}: {', '.join(records.firms)}; {records.people_count:,} people, "
                f"{records.periods} periods, seed {records.seed}>")

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
        return self.records.scenario

    @cached_property
    def periods(self) -> pd.DataFrame:
        """One row per period and firm with every metric (see `sim.metrics.frames.periods_frame`)."""
        return frames.periods_frame(self.records)

    @cached_property
    def customers(self) -> pd.DataFrame:
        """One row per person."""
        return frames.customers_frame(self.records)

    @cached_property
    def ties(self) -> pd.DataFrame:
        """One row per person and firm at the end."""
        return frames.ties_frame(self.records)

    @cached_property
    def transactions(self) -> pd.DataFrame:
        """One row per period, firm and customer with a purchase; empty when the run was too big to keep them."""
        return frames.transactions_frame(self.records)

    @cached_property
    def ledger(self) -> pd.DataFrame:
        """One row per period, firm and account."""
        return frames.ledger_frame(self.records)

    @cached_property
    def events(self) -> pd.DataFrame:
        """What happened when."""
        return frames.events_frame(self.records)

    @cached_property
    def surveys(self) -> pd.DataFrame:
        """One row per survey and firm."""
        return frames.surveys_frame(self.records)

    @cached_property
    def quadrants(self) -> pd.DataFrame:
        """Loyalty quadrants of every survey, beside the inner truth."""
        return frames.quadrants_frame(self.records)

    @cached_property
    def flows(self) -> pd.DataFrame:
        """Moves between loyalty quadrants from survey to survey."""
        return frames.flows_frame(self.records)

    @cached_property
    def cohorts(self) -> pd.DataFrame:
        """Retention by the quarter in which customers were won."""
        from sim.metrics.survival import cohort_table

        return cohort_table(self.records)

    @cached_property
    def survival(self) -> pd.DataFrame:
        """Kaplan-Meier survival of customers by firm."""
        from sim.metrics.survival import survival_table

        return survival_table(self.records)

    @cached_property
    def equity(self) -> pd.DataFrame:
        """Customer equity by firm at the end, with its parts."""
        from sim.valuation.person import equity_table

        return equity_table(self.records)

    @cached_property
    def person_equity(self) -> pd.DataFrame:
        """Value to date, residual and total per person and firm."""
        from sim.valuation.person import person_equity

        return person_equity(self.records)

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
        from sim.runs.statements import statement_of, truth

        valuer = truth(replications, progress) if basis == "truth" else None
        return statement_of(self.records, start, end, basis, valuer)

    def simple_mirror(self, calibrated: float | None = None) -> pd.DataFrame:
        """A formula of a few lines (cohorts × retention × margin) beside this run, and where they part.

        Calibrated on the year that ends at `calibrated` (2 unless given; 1 after a warm-up). See
        `sim.valuation.cohort_formula` for the formula and `sim.runs.cohort_formula.mirror_table` for the columns.

        Raises:
            ValueError: the run kept no purchases, or is too short to calibrate and compare.
        """
        from sim.runs.cohort_formula import mirror_table
        from sim.valuation.cohort_formula import cohort_formula

        return mirror_table([cohort_formula(self.records, calibrated)], self.scenario.money.currency)

    def true_values(
        self, at: float, horizon: float | None = None, *, replications: int = 20,
        policies: Literal["frozen", "free"] = "frozen", progress: Progress | None = None,
    ) -> Truth:
        """What every person will truly still bring to every firm, with its Monte Carlo error.

        The world is run again to year `at` (which must give the run's own books, bit for bit), forked there, and run
        on in `replications` futures with new luck, `horizon` years ahead (left out: `money.equity_horizon_years`). The
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
        from sim.true_values.result import true_values

        return true_values(self.records, at, horizon, replications=replications, policies=policies, progress=progress)

    @cached_property
    def whales(self) -> pd.DataFrame:
        """The whale curve by firm."""
        from sim.metrics.whale_curve import whale_curve

        return whale_curve(self.records)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Versions, seeds, hashes, machine and time."""
        return manifest_of(self.records, self.timing)

    def save(self, folder: str | Path) -> Path:
        """Save the run: effective scenario, manifest and tables. The folder appears whole or not at all.

        Raises:
            FileExistsError: the folder is there and is not a saved run.
        """
        from sim.runs.run_files import save_run

        return save_run(self, Path(folder))

    @classmethod
    def load(cls, folder: str | Path) -> Run:
        """A saved run, run again from its effective scenario and seed (see `sim.replay` for the comparison).

        Raises:
            FileNotFoundError: there is no saved run in the folder.
        """
        from sim.runs.run_files import saved_run

        scenario, seed, keep = saved_run(folder)
        timing, began = Timing.now(), time.perf_counter()
        return cls(run_market(scenario, seed, keep), replace(timing, seconds=time.perf_counter() - began))


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

    `seed` is the luck of the run (left out: `runs.seed`); the people come from `runs.world_seed`, and from the seed
    where that is left out. `customers` is short for `overrides={"market.customers": ...}`. `records`: keep purchases
    "all", only "totals", or decide by size ("auto").

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: the seed is not a whole number from 0 to 2^53.
    """
    chosen = prepared(scenario, overrides, customers)
    luck = chosen.runs.seed if seed is None else seed
    timing, began = Timing.now(), time.perf_counter()
    if progress is not None:
        progress(0, 1, chosen.source.name)
    result = run_market(chosen, luck, records)
    if progress is not None:
        progress(1, 1, chosen.source.name)
    return Run(result, replace(timing, seconds=time.perf_counter() - began))
