"""From runs to the tables that pictures draw and the command line prints: means over runs with 95 % intervals.

The run is the unit, never the customer. Each function takes finished runs of one scenario (`Records`, anything that has
them as `.records`, or a `Digest`) and gives a tidy frame whose `attrs` hold the currency. With one run there is no
interval, and the columns `low` and `high` are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.equity.person import customer_equity
from sim.experiments.statistics import bootstrap_interval
from sim.metrics.registry import shipped_metrics
from sim.metrics.survival import cohort_table
from sim.records import Floats, Records
from sim.scenario.words import suggestion

if TYPE_CHECKING:
    import pandas as pd

MOODS = ("delighted_share", "content_share", "disappointed_share", "angry_share")
QUADRANTS = {
    "true": "truly_loyal_survey_share", "latent": "latently_loyal_survey_share",
    "spurious": "spuriously_loyal_survey_share", "none": "not_loyal_survey_share",
}
PROFIT_TO_DATE = "cumulative_discounted_profit_money"


TABLED = (
    "active_customers_people", PROFIT_TO_DATE, *MOODS, *QUADRANTS.values(), "kept_one_year_share",
    "new_customers_last_year_people",
)
"""Metrics that every digest holds."""


@dataclass(frozen=True)
class Digest:
    """What is kept of a run when many are run: metrics [T, F], parts of equity [F], retention of yearly cohorts."""

    firms: tuple[str, ...]
    years: Floats
    warm_up: int
    currency: str
    metrics: Mapping[str, Floats]
    equity: Mapping[str, Floats]
    cohorts: pd.DataFrame | None


def digest(run: Any, metrics: Sequence[str] = ()) -> Digest:
    """Keep of a run (`Records`, or anything that has them as `.records`) what tables need, and more metrics by name.

    Raises:
        ValueError: there is no metric of that name.
    """
    if isinstance(run, Digest):
        return run
    records: Records = run if isinstance(run, Records) else run.records
    shipped = shipped_metrics()
    strange = [name for name in metrics if name not in shipped]
    if strange:
        raise ValueError(f"There is no metric {strange[0]!r}; {suggestion(strange[0], shipped)}")
    found = {name: shipped[name](records) for name in dict.fromkeys((*TABLED, *metrics))}
    worth = customer_equity(records)
    equity_parts = {
        "today": worth.today, "future": worth.future, "costs": -(worth.advertising + worth.shared_costs),
        "total": worth.customer_equity,
    }
    kept = None if records.transactions is None else cohort_table(records, records.year)
    currency = records.scenario.money.currency
    return Digest(records.firms, records.years, records.warm_up, currency, found, equity_parts, kept)


def digests_of(runs: Sequence[Any]) -> list[Digest]:
    """The digests of runs.

    Raises:
        ValueError: there is no run, or the runs do not have the same firms and periods.
    """
    found = [digest(run) for run in runs]
    if not found:
        raise ValueError("There is no run to make a table of.")
    if len({(one.firms, one.years.size) for one in found}) > 1:
        raise ValueError("The runs differ in their firms or in their length: make one table for each scenario.")
    return found


def values(runs: Sequence[Any], metric: str) -> Floats:
    """A metric of all runs [R, T, F]; NaN where it has no meaning.

    Raises:
        ValueError: the digests do not hold this metric.
    """
    every = digests_of(runs)
    if metric not in every[0].metrics:
        raise ValueError(f"The runs were kept without {metric!r}; they hold {', '.join(every[0].metrics)}.")
    return np.stack([one.metrics[metric] for one in every])


def at_end(runs: Sequence[Any], metric: str) -> Floats:
    """The last known value of a metric in each run [R, F]; NaN where it is never known."""
    every = values(runs, metric)
    known = np.isfinite(every)
    last = every.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1)
    found: Floats = np.where(known.any(axis=1), np.take_along_axis(every, last[:, None], axis=1)[:, 0], np.nan)
    return found


def over_time(runs: Sequence[Any], metric: str) -> pd.DataFrame:
    """A metric by firm and period: period, year, firm, mean, (low, high,) n. From the end of the warm-up on."""
    import pandas as pd

    first = digests_of(runs)[0]
    every = values(runs, metric)
    counted = np.arange(first.years.size) >= first.warm_up
    parts = []
    for place, firm in enumerate(first.firms):
        part = pd.DataFrame({"period": np.arange(first.years.size), "year": first.years, "firm": firm})
        parts.append(part.assign(**_summary(every[:, :, place]))[counted])
    return _with_currency(pd.concat(parts, ignore_index=True), first)


def mood(runs: Sequence[Any]) -> pd.DataFrame:
    """Mean shares of the four moods by firm and period: period, year, firm, the shares, n."""
    tables = [over_time(runs, name) for name in MOODS]
    table = tables[0][["period", "year", "firm"]].copy()
    for name, part in zip(MOODS, tables, strict=True):
        table[name] = part["mean"]
    table["n"] = len(runs)
    return _with_currency(table, digests_of(runs)[0])


def loyalty(runs: Sequence[Any]) -> pd.DataFrame:
    """Quadrants of loyalty in the last survey: firm, quadrant, mean, (low, high,) n."""
    import pandas as pd

    first = digests_of(runs)[0]
    rows = []
    for quadrant, metric in QUADRANTS.items():
        part = pd.DataFrame({"firm": first.firms, "quadrant": quadrant})
        rows.append(part.assign(**_summary(at_end(runs, metric))))
    return _with_currency(pd.concat(rows, ignore_index=True), first)


def cohorts(runs: Sequence[Any]) -> pd.DataFrame:
    """Retention of yearly cohorts: firm, cohort, age_years, mean, (low, high,) n. Empty without purchases."""
    import pandas as pd

    every = digests_of(runs)
    kept = [one.cohorts for one in every if one.cohorts is not None]
    if len(kept) < len(every):
        return pd.DataFrame({"firm": [], "cohort": [], "age_years": [], "mean": [], "n": []})
    keys = ["firm", "cohort", "age_years"]
    wide = pd.concat([table.set_index(keys)["retention_share"] for table in kept], axis=1)
    table = wide.reset_index()[keys].assign(**_summary(wide.to_numpy(dtype=float).T))
    order = {firm: place for place, firm in enumerate(every[0].firms)}
    table = table.sort_values(keys, key=lambda column: column.map(order) if column.name == "firm" else column)
    return _with_currency(table.reset_index(drop=True), every[0])


def equity(runs: Sequence[Any]) -> pd.DataFrame:
    """Customer equity by firm and part (today, future, costs, total): firm, part, mean, (low, high,) n."""
    import pandas as pd

    every = digests_of(runs)
    tables = [
        pd.DataFrame({"firm": every[0].firms, "part": part}).assign(
            **_summary(np.stack([one.equity[part] for one in every]))
        )
        for part in every[0].equity
    ]
    return _with_currency(pd.concat(tables, ignore_index=True), every[0])


@dataclass(frozen=True)
class Crossing:
    """When one firm's profit to date overtakes another's for good: median over the runs in which it does.

    `year` with its interval `low`..`high` (bootstrap over runs; NaN with fewer than two) counts from the end of the
    warm-up; `crossed` of `runs` runs did. `ahead` is the share of runs in which the overtaker ends ahead.
    """

    overtaker: str
    overtaken: str
    year: float
    low: float
    high: float
    crossed: int
    runs: int


def crossing(runs: Sequence[Any]) -> Crossing | None:
    """Of two firms, the one that falls behind first and ends ahead in most runs, and when it overtakes.

    None with another number of firms, or where nobody overtakes in at least half of the runs.
    """
    first = digests_of(runs)[0]
    if len(first.firms) != 2:
        return None
    profit = values(runs, PROFIT_TO_DATE)
    for behind, ahead in ((0, 1), (1, 0)):
        gap = profit[:, :, behind] - profit[:, :, ahead]
        years = np.array([_overtakes(row, first.years) for row in gap])
        happened = np.isfinite(years)
        if happened.mean() >= 0.5:
            middle = bootstrap_interval(years[happened])
            low, high = (middle.low, middle.high) if middle.n > 1 else (np.nan, np.nan)
            names = first.firms[behind], first.firms[ahead]
            return Crossing(*names, middle.value, low, high, int(happened.sum()), len(years))
    return None


def _overtakes(gap: Floats, years: Floats) -> float:
    """The year from which a gap stays above 0 to the end after having been below; NaN where it never does."""
    known = np.flatnonzero(np.isfinite(gap))
    behind = known[gap[known] < 0]
    if behind.size == 0 or behind[-1] == known[-1]:
        return float("nan")
    return float(years[behind[-1] + 1])


def _summary(every: Floats) -> dict[str, Any]:
    """Mean over runs (first axis) with Student's t interval, NaN left out; no interval for a single run."""
    from scipy.special import stdtrit

    known = np.isfinite(every)
    n = known.sum(axis=0)
    total = np.where(known, every, 0.0).sum(axis=0)
    mean = np.divide(total, n, out=np.full(n.shape, np.nan), where=n > 0)
    found: dict[str, Any] = {"mean": mean}
    if every.shape[0] > 1:
        off = np.where(known, every - mean, 0.0)
        freedom = np.maximum(n - 1, 1)
        half = stdtrit(freedom, 0.975) * np.sqrt((off * off).sum(axis=0) / freedom / np.maximum(n, 1))
        half = np.where(n > 1, half, np.nan)
        found |= {"low": mean - half, "high": mean + half}
    return {**found, "n": every.shape[0]}


def _with_currency(table: pd.DataFrame, run: Digest) -> pd.DataFrame:
    table.attrs["currency"] = run.currency
    return table
