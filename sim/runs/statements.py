"""Statements of customer equity and the cohort formula: of one run on any basis, and the means over many runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.state import ACCOUNTS, COSTS
from sim.equity.checks import one_of
from sim.metrics.money import ACQUIRE
from sim.records.records import Records
from sim.statistics.intervals import Floats, mean_interval
from sim.text.console import Progress
from sim.true_values.horizon import OF_CUSTOMERS, Checkpoint, Horizon, checkpoint
from sim.valuation.cohort_formula import APART, CohortFormula
from sim.valuation.movements import GROUPS, LINES, PARTS, STEPS
from sim.valuation.statement import BASES, EquityStatement, equity_statement
from sim.valuation.valuing import StatementTerms, Valuation, ValuationHorizon, Valuer, estimate, hindsight

if TYPE_CHECKING:
    import pandas as pd

QUICK: dict[str, Valuer] = {"estimate": estimate, "hindsight": hindsight}
FUTURES = 20
MEASURES = {"customers": "people", "contribution": "money"}
"""What the cohort formula gives of every year, and its unit."""


def statement_of(
    records: Records, start: float, end: float, basis: str = "estimate", valuer: Valuer | None = None
) -> EquityStatement:
    """The statement of a run between two dates: see `sim.Run.equity_statement`. `valuer` replaces that of the basis."""
    one_of("basis", basis, tuple(BASES))
    how = valuer or QUICK.get(basis) or truth()
    return equity_statement(records, StatementTerms.of(records, start, end, basis), how)


def truth(replications: int = FUTURES, progress: Progress | None = None) -> Valuer:
    """Values by running the market on from the date many times, firms going on as before (`sim.true_values`).

    What winning customers and what all have in common will cost comes from the same futures. The futures of two dates
    have seeds of their own.
    """
    def valued(records: Records, ahead: ValuationHorizon) -> Valuation:
        per_year = records.periods_per_year
        look = Horizon.of(records, (ahead.start - records.warm_up) / per_year, ahead.periods / per_year, replications,
                          "frozen")
        market = checkpoint(records, look)
        draws, costs = _futures(market, progress)
        sooner = draws
        if ahead.short < ahead.periods:
            near = np.where(np.arange(look.periods) < ahead.short, look.weight, 0.0)
            sooner, _ = _futures(replace(market, ahead=replace(look, weight=near)), progress)
        return Valuation.of_draws(ahead.start, draws, sooner, costs, market.notes)

    return valued


def _futures(market: Checkpoint, progress: Progress | None) -> tuple[Floats, Floats]:
    """What every tie brings [R, F, N] and what is still to be paid (advertising, shared) [2, R, F] in each future."""
    ahead, start, values, costs = market.ahead, market.ahead.start, [], []
    for number in range(ahead.replications):
        if progress is not None:
            progress(number, ahead.replications, f"from period {start}, future {number + 1} of {ahead.replications}")
        future = market.future(number)
        spent, of_customers, all_costs = (
            future.ledger[start : start + ahead.periods, [ACCOUNTS.index(name) for name in names]].sum(axis=1)
            for names in (ACQUIRE, OF_CUSTOMERS, COSTS)
        )
        values.append(future.value)
        costs.append([ahead.weight @ spent, ahead.weight @ (all_costs - of_customers - spent)])
    if progress is not None:
        progress(ahead.replications, ahead.replications, "done")
    return np.stack(values), np.stack(costs, axis=1)


def mean_statement(statements: Sequence[EquityStatement]) -> pd.DataFrame:
    """The mean over runs of the same market, with 95 % t intervals: the table of a statement, over runs.

    Columns: firm, part, line, people (mean), mean, low, high (money of the currency), n (runs). The lines of the mean
    add up as those of each run do.

    Raises:
        ValueError: there is no statement, or they are of different firms or dates.
    """
    heads = _of_runs(statements, "heads")
    rows = [
        {"firm": firm, "part": part, "line": line, "people": float(heads[:, f, p, at].mean())}
        for f, firm in enumerate(statements[0].firms) for p, part in enumerate(PARTS) for at, line in enumerate(LINES)
    ]
    return _with_means(rows, statements, "amounts")


def mean_reconciliation(statements: Sequence[EquityStatement]) -> pd.DataFrame:
    """The mean over runs of the reconciliation: firm, group, step, mean, low, high (money of the currency), n."""
    firms = statements[0].firms if statements else ()
    rows = [{"firm": firm, "group": group, "step": step} for firm in firms for group in GROUPS for step in STEPS]
    return _with_means(rows, statements, "steps")


def _of_runs(statements: Sequence[EquityStatement], name: str) -> np.ndarray:
    """A field of every statement, runs first."""
    if not statements:
        raise ValueError("There is no statement to take the mean of.")
    if len({(one.firms, one.years, one.terms.basis) for one in statements}) > 1:
        raise ValueError("Only statements of the same firms, dates and basis have a mean.")
    return np.stack([getattr(one, name) for one in statements])


def _with_means(rows: list[dict[str, Any]], statements: Sequence[EquityStatement], name: str) -> pd.DataFrame:
    """The rows with mean and interval over runs of a field of the statements, in money of the currency."""
    import pandas as pd

    amounts = _of_runs(statements, name) / statements[0].minor_units
    cells = [mean_interval(column) for column in amounts.reshape(len(amounts), -1).T]
    table = pd.DataFrame(rows).assign(mean=[cell.value for cell in cells], low=[cell.low for cell in cells],
                                      high=[cell.high for cell in cells], n=len(amounts))
    table.attrs["currency"] = statements[0].money.currency
    return table


def mirror_table(mirrors: Sequence[CohortFormula], currency: str = "") -> pd.DataFrame:
    """The cohort formula over runs: one row per firm, what is mirrored (customers, contribution) and year.

    Columns: firm, measure, unit, year, calibration (the year the formula was calibrated on), simulated, mirrored (means
    over runs), difference (mirrored − simulated), low, high (95 % t interval of the paired difference), n (runs),
    difference_share (of simulated), parted (more than 10 % apart, and surely so where there are two runs or more:
    the interval excludes 0), retention_share, won_people, margin_money (what the simulation did in that year, the three
    numbers of the formula). `attrs["parted"]` holds the first year in which they part by (firm, measure), else None.

    Raises:
        ValueError: there is no run.
    """
    import pandas as pd

    if not mirrors:
        raise ValueError("No run is complete: there is nothing to mirror.")
    firms, years = mirrors[0].firms, mirrors[0].years
    table = pd.DataFrame([
        {"firm": firm, "measure": measure, "unit": unit, "year": float(year), "calibration": at == 0,
         **_mirrored(mirrors, measure, (at, f))}
        for f, firm in enumerate(firms) for measure, unit in MEASURES.items() for at, year in enumerate(years)
    ])
    since = table[table["parted"]].groupby(["firm", "measure"])["year"].min().to_dict()
    table.attrs["parted"] = {(firm, measure): since.get((firm, measure)) for firm in firms for measure in MEASURES}
    table.attrs["currency"] = currency
    return table


def _mirrored(mirrors: Sequence[CohortFormula], measure: str, place: tuple[int, int]) -> dict[str, Any]:
    """A measure in one year at one firm, simulated and by the formula."""
    def of_runs(name: str) -> Floats:
        return np.array([getattr(one, name)[place] for one in mirrors])

    simulated, mirrored = of_runs(measure), of_runs(f"mirrored_{measure}")
    both = np.isfinite(mirrored - simulated)
    apart, mean = mean_interval(mirrored - simulated), mean_interval(simulated[both]).value
    share = apart.value / abs(mean) if mean else float("nan")
    sure = apart.n < 2 or apart.excludes_zero or apart.low == apart.high != 0
    return {
        "simulated": mean, "mirrored": mean_interval(mirrored[both]).value, "difference": apart.value, "low": apart.low,
        "high": apart.high, "n": apart.n, "difference_share": share,
        "parted": bool(place[0] > 0 and abs(share) > APART and sure),
        "retention_share": mean_interval(of_runs("retention")).value, "won_people": mean_interval(of_runs("won")).value,
        "margin_money": mean_interval(of_runs("margin")).value,
    }
