"""Two variants, the same people: who was kept, and how much of the difference is a selection effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.metrics.arithmetic import ratio
from sim.records.history import Flags, active_customers
from sim.records.records import Records

if TYPE_CHECKING:
    import pandas as pd


def retention_of_same_people(a: Records, b: Records, firm: str, split: int) -> pd.DataFrame:
    """Retention from period `split` on, of the customers that the firm had then in both variants and in each alone.

    Columns: period, years_since_split, people_in_both, kept_in_a_share, kept_in_b_share (the same people),
    all_in_a_share, all_in_b_share (each variant's own customers at the split), treated_share = same people, b − a: how
    they were treated, acquired_share = the rest of all b − all a: who had been won.

    Raises:
        ValueError: the variants do not have the same people, the firm, or the period, or kept no purchases.
    """
    import pandas as pd

    _check(a, b, firm, split)
    kept_a, kept_b = _active_from(a, firm, split), _active_from(b, firm, split)
    own_a, own_b = kept_a[0], kept_b[0]
    both = own_a & own_b

    def share(kept: Flags, of: Flags) -> np.ndarray:
        return ratio((kept & of).sum(axis=1), np.array(int(of.sum())))

    table = pd.DataFrame({
        "period": np.arange(split, min(a.periods, b.periods)),
        "people_in_both": int(both.sum()),
        "kept_in_a_share": share(kept_a, both), "kept_in_b_share": share(kept_b, both),
        "all_in_a_share": share(kept_a, own_a), "all_in_b_share": share(kept_b, own_b),
    })
    table.insert(1, "years_since_split", (table["period"] - split) / a.periods_per_year)
    table["treated_share"] = table["kept_in_b_share"] - table["kept_in_a_share"]
    table["acquired_share"] = table["all_in_b_share"] - table["all_in_a_share"] - table["treated_share"]
    return table


def customers_changed(a: Records, b: Records) -> np.ndarray:
    """Numbers of the people who ended differently: paid another total to some firm, or bought last elsewhere.

    Firms are matched by name; a firm that is missing in one variant counts as nothing paid there.

    Raises:
        ValueError: the variants do not have the same people.
    """
    _check_people(a, b)
    changed = np.zeros(a.people_count, dtype=bool)
    nothing = np.zeros(a.people_count, dtype=np.int64)
    for firm in dict.fromkeys((*a.firms, *b.firms)):
        paid = [run.ties["paid"][run.firms.index(firm)] if firm in run.firms else nothing for run in (a, b)]
        changed |= paid[0] != paid[1]
    names = [np.array([*run.firms, ""], dtype=object)[run.me["last_firm"].astype(np.int64)] for run in (a, b)]
    changed |= names[0] != names[1]
    numbers: np.ndarray = np.asarray(a.people["number"])[changed]
    return numbers


def _active_from(records: Records, firm: str, split: int) -> Flags:
    place = records.firms.index(firm)
    kept: Flags = np.array([active[place].copy() for period, active in active_customers(records) if period >= split])
    return kept


def _check_people(a: Records, b: Records) -> None:
    if a.people_count != b.people_count or not np.array_equal(a.people["number"], b.people["number"]):
        raise ValueError("The two runs do not have the same people: compare runs with the same world seed and size.")


def _check(a: Records, b: Records, firm: str, split: int) -> None:
    _check_people(a, b)
    if a.transactions is None or b.transactions is None:
        raise ValueError('Retention of the same people needs purchases: run with records="all" or fewer customers.')
    for run in (a, b):
        if firm not in run.firms:
            raise ValueError(f"There is no firm {firm!r}; the firms are {', '.join(run.firms)}.")
    if not 0 <= split < min(a.periods, b.periods):
        raise ValueError(f"The split must be a period from 0 to {min(a.periods, b.periods) - 1}, not {split}.")
