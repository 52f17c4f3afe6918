"""The difference between two what-ifs: its parts (acquisition, yield, length), and from when on it is for good."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.equity.checks import numbers
from sim.statistics.intervals import Floats, mean_interval
from sim.statistics.overtaking import Overtaking, overtaking_date
from sim.studies.differences import difference_cells
from sim.studies.study import Study
from sim.valuation.decomposition import GROUPS, TERMS, Factors, Measure, ValueFactors, decompose, is_known, value_of

if TYPE_CHECKING:
    import pandas as pd

TOLERANCE = 1e-9
"""The parts add up to the difference to this share of the larger of the two values (rounding of floating point)."""
ALL = "difference"
RATES = (0.0, 0.05, 0.10, 0.20)
PROFIT = "cumulative_profit_money"


def three_ways_table(
    study: Study, firms: Iterable[str], pair: tuple[str, str], measure: Measure = "customer_equity"
) -> pd.DataFrame:
    """Decomposition of a difference between two variants (second less first) into components, over paired runs.

    The components (`way`): acquisition, yield and length, each made of factors; shared costs stand beside them.

    Columns: firm, world_a, world_b, measure, way (acquisition, yield, length, shared costs, or `difference` for the
    sum), factor ("" for a whole way), mean_a, mean_b (the factor, or the measure in the last row, mean over runs), part
    (of the difference, money of the currency), low, high (t interval of the mean over runs), n, verdict, residual (what
    the parts leave over; 0 to `TOLERANCE` of the measure). A run in which something is not known does not count. The
    formulas are those of `sim.valuation.decomposition`, the parts Shapley's (Owen's within a way).

    Raises:
        ValueError: there is no such firm, world or measure, or the study noted no factors (`observe=value_factors`).
    """
    import pandas as pd

    if measure not in GROUPS:
        raise ValueError(f"measure: {measure!r} is not allowed; {' or '.join(GROUPS)}")
    rows = []
    for firm in firms:
        names = {"firm": firm, "world_a": pair[0], "world_b": pair[1], "measure": measure}
        rows += [{**names, **row} for row in _rows(_pairs_of_runs(study, firm, pair, measure), measure)]
    table = pd.DataFrame(rows)
    table.attrs["currency"] = study.scenario.money.currency
    return table


class _Pair:
    """One pair of runs: the factors in both variants, their values, and the parts of the difference."""

    def __init__(self, measure: Measure, a: Factors, b: Factors) -> None:
        self.a, self.b = a, b
        self.values = [value_of(measure, one) if is_known(measure, one) else np.nan for one in (a, b)]
        self.total = self.values[1] - self.values[0]
        self.parts = decompose(measure, a, b) if np.isfinite(self.total) else {}

    def way(self, members: tuple[str, ...]) -> float:
        """The part of a whole component."""
        return sum(self.parts[name] for name in members)


def _pairs_of_runs(study: Study, firm: str, pair: tuple[str, str], measure: Measure) -> list[_Pair]:
    """The complete replications in which both values are known."""
    study.check_names(worlds=pair)
    found = []
    for replicate in study.complete:
        both = []
        for world in pair:
            noted = study.observed.get((world, replicate))
            ways = getattr(noted, "ways", noted)
            if not isinstance(ways, ValueFactors):
                raise ValueError("The three ways need runs that kept purchases and were observed: use `sim.compare`.")
            if firm not in ways.firms:
                raise ValueError(f"There is no firm {firm!r} in {world!r}; its firms are {', '.join(ways.firms)}.")
            both.append(ways.factors[measure][ways.firms.index(firm)])
        found.append(_Pair(measure, *both))
    return [one for one in found if np.isfinite(one.total)]


def _rows(runs: list[_Pair], measure: Measure) -> list[dict[str, object]]:
    rows = []
    for way, members in GROUPS[measure].items():
        if way == TERMS and not any(run.way(members) for run in runs):
            continue
        alone = len(members) == 1 and np.ndim(runs[0].a[members[0]] if runs else 0.0) == 0
        parts = _cells([0.0] * len(runs), [run.way(members) for run in runs])
        rows.append({"way": way, "factor": "", **parts, **_means(runs, members[0] if alone else "")})
        for name in members if len(members) > 1 else ():
            parts = _cells([0.0] * len(runs), [run.parts[name] for run in runs])
            rows.append({"way": way, "factor": name, **parts, **_means(runs, name)})
    left = np.array([run.total - sum(run.parts.values()) for run in runs])
    whole = _cells(*([run.values[place] for run in runs] for place in (0, 1)))
    return [*rows, {"way": ALL, "factor": "", **whole, "residual": float(np.abs(left).max(initial=0.0))}]


def _means(runs: list[_Pair], factor: str) -> dict[str, float]:
    """Mean of a factor over runs, in each variant; NaN where none is named."""
    means = [mean_interval([float(factors[factor]) for factors in side]).value if factor else np.nan
             for side in ([run.a for run in runs], [run.b for run in runs])]
    return {"mean_a": means[0], "mean_b": means[1]}


def _cells(a: list[float], b: list[float]) -> dict[str, object]:
    cells = difference_cells(np.array(a), np.array(b))
    names = ("low", "high", "n", "verdict", "mean_a", "mean_b")
    return {"part": cells["difference"], **{name: cells[name] for name in names}}


def break_even_table(
    study: Study, firms: Iterable[str], pair: tuple[str, str], discount_rates: Iterable[float] | None = None
) -> pd.DataFrame:
    """From when on the second variant of `pair` is ahead of the first, per firm and discount rate.

    Rule in words: the lead of a run is the profit of the firm since the end of the warm-up in the second variant less
    that in the first, each period discounted to the end of the warm-up; break-even is the end of the first period from
    which the lead stays above 0 to the end. Periods before the two variants first differ do not count.

        lead(t) = Σ_{s ≤ t} (profit_b(s) − profit_a(s)) · (1 + rate)^−(years to period s)

    Columns: firm, world_a, world_b, discount_rate (per year), of_scenario (the scenario's own rate), runs, overtook (in
    how many runs b overtakes a), always_ahead (b from the first difference on), never (not ahead at the end),
    identical (no difference at all), year, low, high (median of the dates of those that overtook, with a bootstrap 95 %
    interval over runs; years since the end of the warm-up; NaN where none overtook), sentence. Rates are 0, 5, 10, 20 %
    and the scenario's unless given.

    Raises:
        ValueError: there is no such firm or variant, a rate is out of range, or the variants run for different times.
    """
    import pandas as pd

    names = list(firms)
    study.check_names(names, pair)
    if pair[0] == pair[1]:
        raise ValueError(f"{pair[0]!r} cannot overtake itself: name two worlds.")
    if not study.n:
        raise ValueError("No run is complete: there is nothing to compare.")
    own = study.scenario.money.discount_rate
    given = RATES if discount_rates is None else numbers("discount_rates", list(discount_rates), -0.99, 10.0)
    rates = sorted({*map(float, given), *([own] if discount_rates is None else [])})
    rows = []
    for firm in names:
        dates, profits = _profits(study, firm, pair)
        for rate in rates:
            found = _clock(pair, dates, [_lead(study, gained, dates, rate) for gained in profits])
            rows.append({"firm": firm, "world_a": pair[0], "world_b": pair[1], "discount_rate": rate,
                         "of_scenario": rate == own, **found})
    table = pd.DataFrame(rows)
    table.attrs.update(currency=study.scenario.money.currency, years=study.end)
    return table


def _profits(study: Study, firm: str, pair: tuple[str, str]) -> tuple[Floats, Floats]:
    """Dates, and of each complete replication the profit of every period in the second variant less that in the first.

    In minor units, whole numbers: what is the same is exactly the same.
    """
    both = []
    for world in pair:
        if firm not in study.worlds[world].firms:
            raise ValueError(f"There is no firm {firm!r} in {world!r}: it cannot break even there.")
        dates, totals = study.series(world, PROFIT, firm)
        totals = np.rint(totals[:, dates > 1e-9] * study.scenario.money.minor_units)
        both.append((dates[dates > 1e-9], np.diff(totals, prepend=0.0)))
    (dates, first), (other, second) = both
    if not np.array_equal(dates, other):
        raise ValueError(f"{pair[0]!r} and {pair[1]!r} have different periods: no date can be compared.")
    return dates, second - first


def _lead(study: Study, gained: Floats, dates: Floats, rate: float) -> Floats:
    """The discounted lead at the end of each period; NaN before the variants first differ."""
    later = study.scenario.money.margin_delay
    step = float(dates[0]) if dates.size else 1.0  # dates are the ends of periods
    lead: Floats = np.cumsum(gained * (1.0 + rate) ** -(dates - step + later * step))
    differs = np.flatnonzero(gained)
    lead[: int(differs[0]) if differs.size else lead.size] = np.nan
    return lead


def _clock(pair: tuple[str, str], dates: Floats, leads: list[Floats]) -> dict[str, Any]:
    """What the leads of all runs say together."""
    differing = [lead for lead in leads if np.isfinite(lead).any()]
    same = len(leads) - len(differing)
    found = Overtaking.of(pair, [overtaking_date(dates, lead) for lead in differing])
    sentence = found.sentence + (f" Identical in {same} more runs." if same else "")
    if not differing:
        sentence = f"{pair[0]} and {pair[1]} are identical in every run."
    low, high = (found.low, found.high) if found.overtook > 1 else (np.nan, np.nan)
    return {"runs": len(leads), "overtook": found.overtook, "always_ahead": found.always_ahead, "never": found.never,
            "identical": same, "year": found.year, "low": low, "high": high, "sentence": sentence}
