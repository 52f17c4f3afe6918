"""The simple mirror over many runs: by year and firm, how far the formula is from the simulation, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.statistics.intervals import Floats, mean_interval
from sim.valuation.cohort_formula import APART, CohortFormula

if TYPE_CHECKING:
    import pandas as pd

OBSERVED = ("retention", "won", "margin")


def mirror_table(mirrors: Sequence[CohortFormula], currency: str = "") -> pd.DataFrame:
    """One row per firm, what is mirrored (customers, contribution) and year.

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
    first = mirrors[0]
    rows = [
        row for f, firm in enumerate(first.firms) for measure, unit in (("customers", "people"),
                                                                         ("contribution", "money"))
        for row in _rows(mirrors, (f, firm), measure, unit)
    ]
    table = pd.DataFrame(rows)
    since = table[table["parted"]].groupby(["firm", "measure"])["year"].min().to_dict()
    table.attrs["parted"] = {(firm, measure): since.get((firm, measure)) for firm in first.firms
                             for measure in ("customers", "contribution")}
    table.attrs["currency"] = currency
    return table


def _rows(mirrors: Sequence[CohortFormula], which: tuple[int, str], measure: str, unit: str) -> list[dict[str, Any]]:
    place, firm = which
    rows = []
    for at, year in enumerate(mirrors[0].years):
        simulated = _of_runs(mirrors, measure, at, place)
        mirrored = _of_runs(mirrors, f"mirrored_{measure}", at, place)
        apart = mean_interval(mirrored - simulated)
        both = np.isfinite(mirrored - simulated)
        means = mean_interval(simulated[both]).value, mean_interval(mirrored[both]).value
        share = apart.value / abs(means[0]) if means[0] else float("nan")
        sure = apart.n < 2 or apart.excludes_zero or apart.low == apart.high != 0
        numbers = {name: mean_interval(_of_runs(mirrors, name, at, place)).value for name in OBSERVED}
        rows.append({
            "firm": firm, "measure": measure, "unit": unit, "year": float(year), "calibration": at == 0,
            "simulated": means[0], "mirrored": means[1], "difference": apart.value, "low": apart.low,
            "high": apart.high, "n": apart.n, "difference_share": share,
            "parted": bool(at > 0 and abs(share) > APART and sure),
            "retention_share": numbers["retention"], "won_people": numbers["won"], "margin_money": numbers["margin"],
        })
    return rows


def _of_runs(mirrors: Sequence[CohortFormula], name: str, at: int, place: int) -> Floats:
    return np.array([getattr(one, name)[at, place] for one in mirrors])
