"""Statements of customer equity: of one run on any basis, and the mean over many runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sim.engine.state import ACCOUNTS, COSTS
from sim.equity.checks import one_of
from sim.metrics.money import ACQUIRE
from sim.records.records import Records
from sim.statistics.intervals import Floats, mean_interval
from sim.text.console import Progress
from sim.true_values.cash_flows import OF_CUSTOMERS
from sim.true_values.horizon import Checkpoint, Horizon, checkpoint
from sim.true_values.notes import notes
from sim.valuation.movements import GROUPS, LINES, PARTS, STEPS
from sim.valuation.statement import BASES, EquityStatement, equity_statement
from sim.valuation.valuing import StatementTerms, Valuation, ValuationHorizon, Valuer, estimate, hindsight

if TYPE_CHECKING:
    import pandas as pd


QUICK: dict[str, Valuer] = {"estimate": estimate, "hindsight": hindsight}
FUTURES = 20


def statement_of(
    records: Records, start: float, end: float, basis: str = "estimate", valuer: Valuer | None = None
) -> EquityStatement:
    """The statement of a run between two dates: see `sim.Run.equity_statement`. `valuer` replaces that of the basis.

    Raises:
        ValueError: wrong dates, an unknown basis, or a run that cannot be valued.
    """
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
        remarks = notes(records, look, market)
        return Valuation.of_draws(ahead.start, draws, sooner, costs, remarks)

    return valued


def _futures(market: Checkpoint, progress: Progress | None) -> tuple[Floats, Floats]:
    """What every tie brings [R, F, N] and what is still to be paid (advertising, shared) [2, R, F] in each future."""
    ahead, start = market.ahead, market.ahead.start
    brought, costs = [], []
    for number in range(ahead.replications):
        if progress is not None:
            progress(number, ahead.replications, f"from period {start}, future {number + 1} of {ahead.replications}")
        market.use_compiled()
        found = market.future(number)
        ledger = found.ledger[start : start + ahead.periods]
        spent = ledger[:, [ACCOUNTS.index(name) for name in ACQUIRE]].sum(axis=1)
        of_customers = ledger[:, [ACCOUNTS.index(name) for name in OF_CUSTOMERS]].sum(axis=1)
        all_costs = ledger[:, [ACCOUNTS.index(name) for name in COSTS]].sum(axis=1)
        brought.append(found.value)
        costs.append([ahead.weight @ spent, ahead.weight @ (all_costs - of_customers - spent)])
    if progress is not None:
        progress(ahead.replications, ahead.replications, "done")
    return np.stack(brought), np.stack(costs, axis=1)


def mean_statement(statements: Sequence[EquityStatement]) -> pd.DataFrame:
    """The mean over runs of the same market, with 95 % t intervals: the table of a statement, over runs.

    Columns: firm, part, line, people (mean), mean, low, high (money of the currency), n (runs). The lines of the mean
    add up as those of each run do.

    Raises:
        ValueError: there is no statement, or they are of different firms or dates.
    """
    import pandas as pd

    heads = _stack([one.heads for one in statements], statements)
    rows = [
        {"firm": firm, "part": part, "line": line, "people": float(heads[:, f, p, at].mean())}
        for f, firm in enumerate(statements[0].firms) for p, part in enumerate(PARTS) for at, line in enumerate(LINES)
    ]
    table = pd.DataFrame(rows).assign(**_means(_stack([one.amounts for one in statements], statements), statements))
    table.attrs["currency"] = statements[0].money.currency
    return table


def mean_reconciliation(statements: Sequence[EquityStatement]) -> pd.DataFrame:
    """The mean over runs of the reconciliation: firm, group, step, mean, low, high (money of the currency), n.

    Raises:
        ValueError: there is no statement, or they are of different firms or dates.
    """
    import pandas as pd

    values = _means(_stack([one.steps for one in statements], statements), statements)
    rows = [{"firm": firm, "group": group, "step": step}
            for firm in statements[0].firms for group in GROUPS for step in STEPS]
    table = pd.DataFrame(rows).assign(**values)
    table.attrs["currency"] = statements[0].money.currency
    return table


def _stack(arrays: Sequence[np.ndarray], statements: Sequence[EquityStatement]) -> np.ndarray:
    if not statements:
        raise ValueError("There is no statement to take the mean of.")
    if len({(one.firms, one.years, one.terms.basis) for one in statements}) > 1:
        raise ValueError("Only statements of the same firms, dates and basis have a mean.")
    return np.stack(arrays)


def _means(amounts: np.ndarray, statements: Sequence[EquityStatement]) -> dict[str, Floats | int]:
    """Mean and interval over runs (the first axis), flat, in money of the currency."""
    flat = (amounts / statements[0].minor_units).reshape(len(amounts), -1)
    cells = [mean_interval(column) for column in flat.T]
    return {"mean": np.array([cell.value for cell in cells]), "low": np.array([cell.low for cell in cells]),
            "high": np.array([cell.high for cell in cells]), "n": len(amounts)}
