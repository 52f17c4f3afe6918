"""From runs to the tables that pictures draw: means over runs with 95 % intervals.

Each function takes a `Study` (many runs: the replication of a scenario, or a comparison of variants) or a single `Run`,
and gives a tidy frame whose `attrs` hold the currency. The run is the unit, never the customer. With one run there is
no interval, and the columns `low` and `high` are left out. `world` chooses one variant of a comparison.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.metrics.registry import metric_in_words
from sim.records.records import Floats
from sim.runs.run import Run
from sim.runs.summary import WHALE_SHARES, Summary, metric_units, summarise
from sim.statistics.overtaking import Overtaking
from sim.studies.replicate import Replication
from sim.studies.study import Study

if TYPE_CHECKING:
    import pandas as pd

MOODS = ("delighted_share", "content_share", "disappointed_share", "angry_share")
QUADRANTS = {
    "true": "truly_loyal_survey_share", "latent": "latently_loyal_survey_share",
    "spurious": "spuriously_loyal_survey_share", "none": "not_loyal_survey_share",
}
_QUANTILES = {"lowest": 0.05, "lower": 0.25, "middle": 0.5, "upper": 0.75, "highest": 0.95}
EQUITY_PARTS = ("today", "future", "costs", "total")


def summaries_of(source: Study | Run, world: str | None = None) -> list[Summary]:
    """What is kept of each run: of the chosen variant of a study (the first unless given), or of a single run.

    Raises:
        ValueError: there is no such world, or no complete run.
    """
    if isinstance(source, Run):
        return [summarise(source.records, (float(source.records.years[-1]),))]
    chosen = source.base if world is None else world
    if chosen not in source.worlds:
        raise ValueError(f"There is no world {chosen!r}; the worlds are {', '.join(source.worlds)}.")
    found = [source.summaries[(chosen, replicate)] for replicate in source.complete]
    if not found:
        raise ValueError("No run is complete: there is nothing to make a table of.")
    return found


def over_time(source: Study | Run, metric: str, world: str | None = None) -> pd.DataFrame:
    """A metric by firm and period from the end of the warm-up on: year, firm, mean, (low, high,) n.

    Raises:
        ValueError: the metric is not kept over time.
    """
    import pandas as pd

    every = summaries_of(source, world)
    first = every[0]
    if metric not in first.series:
        raise ValueError(f"{metric!r} is not kept over time; kept are {', '.join(first.series)}.")
    lines = np.stack([one.series[metric] for one in every])
    counted = first.dates > 1e-9
    parts = [
        pd.DataFrame({"year": first.dates, "firm": firm, **means(lines[:, :, place])})[counted]
        for place, firm in enumerate(first.firms)
    ]
    return _with_currency(pd.concat(parts, ignore_index=True), source)


def profit(source: Study | Run, world: str | None = None) -> pd.DataFrame:
    """Profit to date, discounted, by firm and period; with two firms `attrs` say who overtakes whom and when."""
    table = over_time(source, "cumulative_discounted_profit_money", world)
    found = overtaking(source)
    if found is not None:
        table.attrs["crossing"] = found.crossing
        table.attrs["finding"] = found.headline
    return table


def overtaking(source: Study | Run) -> Overtaking | None:
    """Of two firms, which one overtakes the other in more runs, and when; None for anything but runs of two firms."""
    if not isinstance(source, Replication) or len(source.firms) != 2 or source.n < 2:
        return None
    first, second = source.firms
    both = source.overtaking((first, second)), source.overtaking((second, first))
    return max(both, key=lambda one: (one.overtook, one.always_ahead))


def quantiles(source: Study | Run, metric: str, world: str | None = None) -> pd.DataFrame:
    """How far runs lie apart in a metric over time: year, firm, middle, and with several runs lowest, lower, upper,
    highest (5, 25, 75 and 95 % of runs lie below), n.

    Raises:
        ValueError: the metric is not kept over time.
    """
    import pandas as pd

    every = summaries_of(source, world)
    if metric not in every[0].series:
        raise ValueError(f"{metric!r} is not kept over time; kept are {', '.join(every[0].series)}.")
    counted = every[0].dates > 1e-9
    lines = np.stack([one.series[metric] for one in every])[:, counted]
    names = {"middle": 0.5} if len(every) < 2 else _QUANTILES
    parts = [
        pd.DataFrame({"year": every[0].dates[counted], "firm": firm,
                      **{name: _quantile(lines[:, :, place], share) for name, share in names.items()},
                      "n": len(every)})
        for place, firm in enumerate(every[0].firms)
    ]
    found = pd.concat(parts, ignore_index=True)
    found.attrs.update(outcome=metric, outcome_words=metric_in_words(metric), unit=metric_units()[metric])
    return _with_currency(found, source)


def _quantile(lines: Floats, share: float) -> Floats:
    """A quantile over runs (the first axis), NaN left out; NaN where no run has a number.

    >>> _quantile(np.array([[1.0, np.nan], [3.0, np.nan]]), 0.5).tolist()
    [2.0, nan]
    """
    known = np.isfinite(lines).any(axis=0)
    found = np.full(lines.shape[1], np.nan)
    found[known] = np.nanquantile(lines[:, known], share, axis=0)
    return found


def worlds_over_time(study: Study, metric: str, firm: str) -> pd.DataFrame:
    """A metric of one firm in every variant of a comparison: year, world, firm, mean, (low, high,) n."""
    import pandas as pd

    parts = []
    for world in study.worlds:
        table = over_time(study, metric, world)
        parts.append(table[table["firm"] == firm].assign(world=world))
    return _with_currency(pd.concat(parts, ignore_index=True), study)


def mood(source: Study | Run, world: str | None = None) -> pd.DataFrame:
    """Mean shares of the four moods by firm and period: year, firm, the shares, n."""
    tables = [over_time(source, name, world) for name in MOODS]
    table = tables[0][["year", "firm", "n"]].copy()
    for name, part in zip(MOODS, tables, strict=True):
        table[name] = part["mean"]
    return _with_currency(table, source)


def loyalty(source: Study | Run, world: str | None = None) -> pd.DataFrame:
    """Quadrants of loyalty in the last survey: firm, quadrant, mean, (low, high,) n. Firms nobody answered are out."""
    import pandas as pd

    every = summaries_of(source, world)
    when = max(year for year, _ in every[0].values)
    rows = []
    for quadrant, metric in QUADRANTS.items():
        shares = means(np.stack([one.values[(when, metric)] for one in every]))
        rows.append(pd.DataFrame({"firm": every[0].firms, "quadrant": quadrant, **_as_shares(shares)}))
    table = pd.concat(rows, ignore_index=True).dropna(subset="mean")
    return _with_currency(table, source)


def cohorts(source: Study | Run, world: str | None = None) -> pd.DataFrame:
    """Retention of yearly cohorts: firm, cohort, age_years, mean, (low, high,) n. Empty without purchases.

    A cohort is followed for as long as all of its people have been watched: later, only those won early in the year
    would be left, and the line would bend for no other reason.
    """
    import pandas as pd

    every = summaries_of(source, world)
    kept = [(one.cohorts, one.dates) for one in every if one.cohorts is not None]
    weeks = source.scenario.market.active_window_weeks
    if len(kept) < len(every):
        return _with_currency(pd.DataFrame({"firm": [], "cohort": [], "age_years": [], "mean": [], "n": []}), source)
    keys = ["firm", "cohort", "age_years"]
    wide = pd.concat([_whole(*one, weeks / 52).set_index(keys)["retention_share"] for one in kept], axis=1)
    table = wide.reset_index()[keys].assign(**_as_shares(means(wide.to_numpy(dtype=float).T)))
    places = {firm: place for place, firm in enumerate(every[0].firms)}
    table = table.assign(place=table["firm"].map(places)).sort_values(["place", "cohort", "age_years"])
    table = _with_currency(table.drop(columns="place").reset_index(drop=True), source)
    table.attrs["active_window_weeks"] = weeks
    return table


def _whole(cohort: pd.DataFrame, dates: Floats, window_years: float) -> pd.DataFrame:
    """The ages that everybody of a cohort has reached.

    Left out are cohorts won before the warm-up ended, and those not watched for longer than the active window.
    """
    cohort = cohort[dates[cohort["entry_period"].to_numpy(dtype=int)] > 1e-9]
    groups = cohort.groupby(["firm", "cohort"], sort=False)
    whole = cohort[cohort["people"] == groups["people"].transform("max")]
    oldest = whole.groupby(["firm", "cohort"], sort=False)["age_years"].transform("max")
    return whole[oldest > window_years]


def _as_shares(found: dict[str, Any]) -> dict[str, Any]:
    """Intervals of shares held in 0..1."""
    return {name: np.clip(value, 0.0, 1.0) if name in ("low", "high") else value for name, value in found.items()}


def equity(source: Study | Run, world: str | None = None) -> pd.DataFrame:
    """Customer equity by firm and part (today, future, costs, total): firm, part, mean, (low, high,) n."""
    import pandas as pd

    every = summaries_of(source, world)
    parts = [
        pd.DataFrame({"firm": every[0].firms, "part": part, **means(np.stack([one.equity[part] for one in every]))})
        for part in EQUITY_PARTS
    ]
    table = _with_currency(pd.concat(parts, ignore_index=True), source)
    if isinstance(source, Replication) and len(source.firms) == 2 and source.n > 1:
        table.attrs["finding"] = _who_is_worth_more(source)
    return table


def _who_is_worth_more(study: Replication) -> str:
    """The difference in customer equity between two firms in a sentence."""
    row = study.table(["customer_equity_money"]).to_dict("records")[0]
    if not (row["low"] > 0 or row["high"] < 0):
        return f"What the customers are worth: {row['verdict']}"
    ahead, won = (row["firm_b"], row["won_by_b"]) if row["low"] > 0 else (row["firm_a"], row["n"] - row["won_by_b"])
    more = f"{study.scenario.money.currency} {abs(row['difference']):,.0f}"
    return f"{ahead}'s customers are worth {more} more ({won} of {row['n']} runs)"


def whales(source: Study | Run, world: str | None = None) -> pd.DataFrame:
    """Whale curves: firm, customers_share (0, .01, … 1, the best first), mean share of profit, (low, high,) n.

    NaN for a firm whose customers bring no profit together; empty where that is so of every firm.
    """
    import pandas as pd

    every = [(one.whales, one.firms) for one in summaries_of(source, world) if one.whales is not None]
    firms = every[0][1]
    shares = means(np.stack([one for one, _ in every]))
    parts = [
        pd.DataFrame({"firm": firm, "customers_share": WHALE_SHARES,
                      **{name: value if name == "n" else value[:, place] for name, value in shares.items()}})
        for place, firm in enumerate(firms)
    ]
    table = pd.concat(parts, ignore_index=True)
    table = _with_currency(table if table["mean"].notna().any() else table.iloc[:0].copy(), source)
    if len(firms) <= 2 and not table.empty:
        table.attrs["finding"] = _best_fifth(table)
    return table


def _best_fifth(table: pd.DataFrame) -> str:
    """What the best fifth of customers makes, in a sentence; nothing where a firm has no profit to share."""
    at = table[np.isclose(table["customers_share"], 0.2)].set_index("firm")["mean"]
    if at.isna().any():
        return ""
    parts = [f"{100 * share:.0f}\u00a0% of {firm}'s" for firm, share in at.items()]  # the sign stays with its number
    return f"The best fifth of customers makes {' and '.join(parts)} profit"


def means(every: Floats) -> dict[str, Any]:
    """Mean over runs (the first axis) with Student's t interval, NaN left out; no interval for a single run.

    >>> found = means(np.array([[1.0], [2.0], [3.0]]))
    >>> found["mean"].tolist(), found["low"].round(3).tolist(), found["n"]
    ([2.0], [-0.484], 3)
    """
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


def _with_currency(table: pd.DataFrame, source: Study | Run) -> pd.DataFrame:
    table.attrs["currency"] = source.scenario.money.currency
    return table
