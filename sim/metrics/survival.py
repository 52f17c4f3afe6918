"""How long customers stay: survival of ties (Kaplan and Meier 1958) and cohorts by the quarter they were won in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.equity.survival import kaplan_meier
from sim.metrics.arithmetic import order_of, ratio
from sim.records.history import purchases_of
from sim.records.records import Ints, Records

if TYPE_CHECKING:
    import pandas as pd

_SURVIVAL = {
    "firm": object, "age_periods": np.int64, "age_years": np.float64, "at_risk_people": np.int64,
    "lapsed_people": np.int64, "survival_share": np.float64, "low": np.float64, "high": np.float64,
}


def tie_durations(records: Records) -> tuple[Ints, Ints, np.ndarray]:
    """Firm, duration in periods and whether it lapsed, for every first spell of customer and firm.

    A spell begins with the first purchase. It lapses one active window after the last purchase before the first gap
    of that length: when the firm notices, without looking ahead. Cut off by the end of the record or by leaving the
    market.
    """
    rows = purchases_of(records)
    if not len(rows):
        none = np.empty(0, dtype=np.int64)
        return none, none, np.empty(0, dtype=bool)
    rows = rows.rows(order_of(rows.tie(records.people_count)))
    period = rows.period.astype(np.int64)
    starts = np.flatnonzero(np.r_[True, (np.diff(rows.customer) != 0) | (np.diff(rows.firm) != 0)])
    ends = np.r_[starts[1:], len(rows)] - 1
    window = records.active_window
    gap_after = np.r_[period[1:] - period[:-1], 0]
    gap_after[ends] = window  # nothing follows
    place = np.arange(len(rows))
    breaks = np.where(gap_after >= window, place, len(rows))
    last = period[np.minimum.reduceat(breaks, starts)]
    begin, customer = period[starts], rows.customer[starts]
    horizon = np.minimum(records.periods, records.people["leaves"].astype(np.int64)[customer])
    noticed = last + window
    lapsed = noticed < horizon
    return rows.firm[starts].astype(np.int64), np.where(lapsed, noticed, horizon) - begin, lapsed


def survival_table(records: Records, confidence: float = 0.95) -> pd.DataFrame:
    """Survival by firm: firm, age_periods, age_years, at_risk_people, lapsed_people, survival_share, low, high.

    See `sim.equity.survival.kaplan_meier`. A firm that nobody ever bought from has no rows.
    """
    import pandas as pd

    firm, duration, lapsed = tie_durations(records)
    parts = []
    for place, name in enumerate(records.firms):
        if not (firm == place).any():
            continue
        curve = kaplan_meier(duration[firm == place], lapsed[firm == place], confidence)
        parts.append(pd.DataFrame({
            "firm": name, "age_periods": curve.age, "age_years": curve.age / records.periods_per_year,
            "at_risk_people": curve.at_risk, "lapsed_people": curve.events,
            "survival_share": curve.share, "low": curve.low, "high": curve.high,
        }))
    if not parts:
        return pd.DataFrame({name: np.empty(0, dtype=kind) for name, kind in _SURVIVAL.items()})
    return pd.concat(parts, ignore_index=True)


def cohort_table(records: Records, cohort_periods: int | None = None) -> pd.DataFrame:
    """Retention of cohorts: of those won in the same time, how many are active customers at which age.

    Columns: firm, cohort (year and quarter since the end of the warm-up, or the year for longer cohorts), entry_period
    (first of the cohort), age_periods, age_years, people (won long enough ago to have that age), kept_people,
    retention_share = kept_people / people. `cohort_periods` is a quarter of a year unless given.
    """
    import pandas as pd

    width = max(1, records.year // 4) if cohort_periods is None else cohort_periods
    group = (np.arange(records.periods) + -records.warm_up % width) // width
    people, kept = _cohort_counts(records, group)
    cohort, firm, age = np.nonzero(people.swapaxes(0, 1))
    won, stayed = people[firm, cohort, age], kept[firm, cohort, age]
    entry = np.flatnonzero(np.diff(group, prepend=-1))
    names = np.array([_cohort_name(records, int(first), width) for first in entry], dtype=object)
    return pd.DataFrame({
        "firm": np.asarray(records.firms, dtype=object)[firm], "cohort": names[cohort], "entry_period": entry[cohort],
        "age_periods": age, "age_years": age / records.periods_per_year,
        "people": won, "kept_people": stayed, "retention_share": ratio(stayed, won),
    })


def _cohort_counts(records: Records, group: Ints) -> tuple[Ints, Ints]:
    """People won long enough ago, and of them active, by firm, cohort and age [F, cohorts, T].

    A purchase makes an active customer until the next one, the end of the active window or the end of the stay.
    """
    shape = (len(records.firms), int(group.max(initial=-1)) + 1, records.periods + 1)
    rows, people = purchases_of(records), records.people_count
    order = order_of(rows.tie(people))
    tie, period = rows.tie(people)[order], rows.period[order]
    starts = np.flatnonzero(np.diff(tie, prepend=-1))
    sizes, entry, who = np.diff(starts, append=len(rows)), period[starts], tie[starts]
    stay = np.minimum(records.people["leaves"][who % max(1, people)], records.periods)
    until = np.minimum(period + records.active_window, np.repeat(stay, sizes))
    same = tie[1:] == tie[:-1]
    until[:-1][same] = np.minimum(until[:-1][same], period[1:][same])
    birth: Ints = (who // max(1, people) * shape[1] + group[entry]) * shape[2] - entry  # + a period: a place in `shape`
    places = np.repeat(birth, sizes)

    def counted(places: Ints) -> Ints:
        return np.bincount(places, minlength=math.prod(shape)).reshape(shape)

    won = counted(birth + records.periods)
    reached = won.sum(axis=2, keepdims=True) - np.cumsum(won, axis=2)
    kept = np.cumsum(counted(places + period) - counted(places + until), axis=2)
    return reached[:, :, :-1], kept[:, :, :-1]


def _cohort_name(records: Records, entry: int, width: int) -> str:
    year = (entry - records.warm_up) / records.periods_per_year
    if width >= records.year:
        return f"year {int(np.floor(year)) + 1}"
    quarter = int(np.floor((year - np.floor(year)) * 4 + 1e-9)) + 1
    return f"year {int(np.floor(year)) + 1} Q{quarter}"
