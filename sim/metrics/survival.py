"""How long customers stay: survival of ties (Kaplan and Meier 1958), cohorts by the time they were won, tenure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.equity.survival import kaplan_meier
from sim.metrics.arithmetic import count_by_period, order_of, ratio, unknown
from sim.metrics.registry import BOOKS, Metric, metric, named
from sim.records.history import first_purchases, purchase_ties, since_first
from sim.records.records import Floats, Ints, Records

if TYPE_CHECKING:
    import pandas as pd


def tie_durations(records: Records) -> tuple[Ints, Ints, np.ndarray]:
    """Firm, duration in periods and whether it lapsed, for every first spell of customer and firm.

    A spell begins with the first purchase and lapses in the period after the last purchase before the first gap of an
    active window. Whether a purchase was the last one is known only a window later, so everybody is watched until one
    window before the end of the record (or before leaving the market), and cut off there: otherwise all would stay for
    a window, and all who never came back would lapse at its end.
    """
    rows = records.purchases
    if not len(rows):
        none = np.empty(0, dtype=np.int64)
        return none, none, np.empty(0, dtype=bool)
    rows = rows.rows(order_of(purchase_ties(records)))
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
    watched_until = np.maximum(horizon - window, begin)
    lapsed = last < watched_until
    return rows.firm[starts].astype(np.int64), np.where(lapsed, last + 1, watched_until) - begin, lapsed


def survival_table(records: Records, confidence: float = 0.95) -> pd.DataFrame:
    """Survival by firm: firm, age_periods, age_years, at_risk_people, lapsed_people, survival_share, low, high.

    The share who bought at that age or later, see `tie_durations` and `sim.equity.survival.kaplan_meier`. A firm that
    nobody ever bought from has no rows. `attrs["active_window_weeks"]`: the gap that ends a spell.
    """
    import pandas as pd

    firm, duration, lapsed = tie_durations(records)
    curves = {name: kaplan_meier(duration[firm == place], lapsed[firm == place], confidence)
              for place, name in enumerate(records.firms) if (firm == place).any()}

    def column(field: str, kind: type = np.float64) -> np.ndarray:
        return np.concatenate([np.empty(0, kind), *(getattr(curve, field) for curve in curves.values())])

    age = column("age", np.int64)
    table = pd.DataFrame({
        "firm": np.repeat(np.array([*curves], dtype=object), [curve.age.size for curve in curves.values()]),
        "age_periods": age, "age_years": age / records.periods_per_year, "at_risk_people": column("at_risk", np.int64),
        "lapsed_people": column("events", np.int64), "survival_share": column("share"), "low": column("low"),
        "high": column("high"),
    })
    table.attrs["active_window_weeks"] = records.scenario.market.active_window_weeks
    return table


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


def whole_ages(cohort: pd.DataFrame, dates: Floats, window_years: float) -> pd.DataFrame:
    """Rows of a table of cohorts with the ages that everybody of a cohort has reached: 0, and from the window on.

    `dates`: of every period, in years. Until the active window has gone by everybody counts as a customer, whether they
    come back or not: these ages are left out, and cohorts won before the warm-up ended or not watched for longer.
    """
    cohort = cohort[dates[cohort["entry_period"].to_numpy(dtype=int)] > 1e-9]
    groups = cohort.groupby(["firm", "cohort"], sort=False)
    whole = cohort[cohort["people"] == groups["people"].transform("max")]
    oldest = whole.groupby(["firm", "cohort"], sort=False)["age_years"].transform("max")
    counts = (whole["age_years"] == 0) | (whole["age_years"] > window_years - 1e-9)
    return whole[(oldest > window_years) & counts]


def _cohort_counts(records: Records, group: Ints) -> tuple[Ints, Ints]:
    """People won long enough ago, and of them active, by firm, cohort and age [F, cohorts, T].

    A purchase makes an active customer until the next one, the end of the active window or the end of the stay.
    """
    shape = (len(records.firms), int(group.max(initial=-1)) + 1, records.periods + 1)
    rows, people = records.purchases, records.people_count
    order = order_of(purchase_ties(records))
    tie, period = purchase_ties(records)[order], rows.period[order]
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


def _stayed(years: int, ago: str, name: str, formula: str) -> Metric:
    """Retention by tenure: of everybody ever won, who was a customer so many years after the first purchase.

    Other than `kept_one_year_share`, which looks at the customers of a year ago whenever they were won, this follows
    people from their first purchase on, as a firm's own table of cohorts does.
    """
    def values(records: Records) -> Floats:
        return unknown(records) if records.transactions is None else _share_active_after(records, years * records.year)

    words = f"Of those whose first purchase is at least {ago} ago, the share who were customers {ago} after it."
    source = "cohort retention, e.g. Gupta & Lehmann 2003"
    return metric("share", formula, source, better="higher")(named(name, words, values))


stayed_one_year_share = _stayed(
    1, "a year", "stayed_one_year_share",
    "customers won a year ago or longer who were active one year on / customers won a year ago or longer")
stayed_two_years_share = _stayed(
    2, "two years", "stayed_two_years_share",
    "customers won two years ago or longer who were active two years on / those won so long ago")
stayed_three_years_share = _stayed(
    3, "three years", "stayed_three_years_share",
    "customers won three years ago or longer who were active three years on / those won so long ago")


def _share_active_after(records: Records, age: int) -> Floats:
    """Of the customers won at least `age` periods before, the share who were active that long after being won [T, F].

    Active means: bought within the active window and still in the market.
    """
    people, begun, since = max(1, records.people_count), first_purchases(records).ravel(), since_first(records)
    active = np.zeros(begun.size, dtype=np.bool_)
    active[purchase_ties(records)[(since <= age) & (since > age - records.active_window)]] = True
    known = np.flatnonzero((begun >= 0) & (begun + age < records.periods))
    when, firm = begun[known] + age, known // people
    stayed = active[known] & (records.people["leaves"].astype(np.int64)[known % people] > when)
    won, still = count_by_period(records, when, firm), count_by_period(records, when[stayed], firm[stayed])
    return ratio(np.cumsum(still, axis=0), np.cumsum(won, axis=0))


@metric("money", "revenue / purchases sold in the period", reading=BOOKS)
def price_paid_money(records: Records) -> Floats:
    """What a purchase brings on average, price cuts and baskets counted. NaN where nothing is sold."""
    return ratio(records.account("revenue") / records.minor_units, records.count("units"))
