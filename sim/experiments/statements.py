"""Statements of customer equity: of one run on any basis, and the mean over many runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.equity.checks import one_of
from sim.experiments.statistics import Floats, mean_interval
from sim.records import Records
from sim.valuation.movements import GROUPS, LINES, PARTS, STEPS
from sim.valuation.statement import EquityStatement, equity_statement
from sim.valuation.valuing import Terms, Valuer, estimate, hindsight

if TYPE_CHECKING:
    import pandas as pd

BASES: dict[str, Valuer] = {"estimate": estimate, "hindsight": hindsight}


def statement_of(records: Records, start: float, end: float, basis: str = "estimate") -> EquityStatement:
    """The statement of a run between two dates: see `sim.Run.equity_statement`.

    Raises:
        ValueError: wrong dates, an unknown basis, or a run that cannot be valued.
    """
    one_of("basis", basis, tuple(BASES))
    return equity_statement(records, Terms.of(records, start, end, basis), BASES[basis])


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
    table.attrs["currency"] = statements[0].records.scenario.money.currency
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
    table.attrs["currency"] = statements[0].records.scenario.money.currency
    return table


def _stack(arrays: Sequence[np.ndarray], statements: Sequence[EquityStatement]) -> np.ndarray:
    if not statements:
        raise ValueError("There is no statement to take the mean of.")
    if len({(one.firms, one.years, one.terms.basis) for one in statements}) > 1:
        raise ValueError("Only statements of the same firms, dates and basis have a mean.")
    return np.stack(arrays)


def _means(amounts: np.ndarray, statements: Sequence[EquityStatement]) -> dict[str, Floats | int]:
    """Mean and interval over runs (the first axis), flat, in money of the currency."""
    flat = (amounts / statements[0].records.minor_units).reshape(len(amounts), -1)
    cells = [mean_interval(column) for column in flat.T]
    return {"mean": np.array([cell.value for cell in cells]), "low": np.array([cell.low for cell in cells]),
            "high": np.array([cell.high for cell in cells]), "n": len(amounts)}
