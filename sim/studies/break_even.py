"""The break-even clock of two what-ifs: from when on one is ahead of the other for good, at several discount rates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.equity.checks import numbers
from sim.statistics.intervals import Floats
from sim.statistics.overtaking import Overtaking, overtaking_date
from sim.studies.study import Study

if TYPE_CHECKING:
    import pandas as pd

RATES = (0.0, 0.05, 0.10, 0.20)
PROFIT = "cumulative_profit_money"


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
