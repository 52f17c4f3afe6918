"""Tables of a study run by run and over time, and which customers a variant changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sim.metrics.frames import customers_changed
from sim.records.records import Records
from sim.runs.results import ResultRow
from sim.runs.summary import SERIES, Summary, metric_units
from sim.statistics.intervals import mean_interval

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class CustomersChanged:
    """How many people ended differently in a variant than in the first one, and who (their numbers)."""

    world: str
    count: int
    people: int
    numbers: np.ndarray = field(repr=False)

    def __str__(self) -> str:
        """The sentence: N of M customers ended differently."""
        return f"{self.count:,} of {self.people:,} customers ended differently"


def customers_changed_in(runs: Mapping[str, Records], base: str) -> dict[str, CustomersChanged]:
    """By variant: who ended differently in its run than in that of `base`; runs with other people are left out."""
    found = {}
    for name, records in runs.items():
        if name != base and base in runs:
            try:
                numbers = customers_changed(runs[base], records)
            except ValueError:
                continue
            found[name] = CustomersChanged(name, int(numbers.size), records.people_count, numbers)
    return found


def runs_table(
    rows: Sequence[ResultRow], summaries: Mapping[tuple[str, int], Summary], year: float
) -> pd.DataFrame:
    """One row per run and firm: world, replicate, seed, status, reason, firm, and every metric at this date."""
    import pandas as pd

    cells = []
    for row in rows:
        about = {name: getattr(row, name) for name in ("replicate", "seed", "status", "reason", "seconds")}
        summary = summaries.get((row.point, row.replicate))
        for firm in (None,) if summary is None else summary.firms:
            numbers = {} if summary is None or firm is None else {
                metric: summary.value(metric, firm, year) for metric in metric_units()
            }
            cells.append({"world": row.point, **about, "firm": firm, **numbers})
    return pd.DataFrame(cells)


def over_time_table(
    summaries: Mapping[str, Sequence[Summary]], metric: str, end: float, confidence: float
) -> pd.DataFrame:
    """A metric over time up to the end: world, firm, year, mean, low, high (t interval over runs), n.

    Raises:
        ValueError: the metric is not kept over time.
    """
    import pandas as pd

    if metric not in SERIES:
        raise ValueError(f"{metric!r} is not kept over time; kept are {', '.join(SERIES)}.")
    parts = []
    for name, found in summaries.items():
        for firm in found[0].firms if found else ():
            lines = np.stack([one.series[metric][:, one.firms.index(firm)] for one in found])
            counted = found[0].dates <= end + 1e-9
            cells = [mean_interval(column, confidence) for column in lines[:, counted].T]
            parts.append(pd.DataFrame({
                "world": name, "firm": firm, "year": found[0].dates[counted],
                "mean": [cell.value for cell in cells], "low": [cell.low for cell in cells],
                "high": [cell.high for cell in cells], "n": len(found),
            }))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
