"""A run as tidy tables: one row per thing, units in the names of columns, money in units of the currency."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.state import ACCOUNTS
from sim.metrics.arithmetic import check_same_people, ratio
from sim.metrics.registry import Metric, collect, period_metrics
from sim.records.records import Records
from sim.records.surveys import QUADRANTS

if TYPE_CHECKING:
    import pandas as pd


def firm_names(records: Records, places: Any) -> np.ndarray:
    """Names of firms by their places; "" for −1 (nobody)."""
    names: np.ndarray = np.array([*records.firms, ""], dtype=object)[np.asarray(places, dtype=np.int64)]
    return names


def periods_frame(records: Records, extra: Iterable[Metric] = ()) -> pd.DataFrame:
    """One row per period and firm: period, year (0 at the end of the warm-up), firm, then every metric.

    `extra` are metrics of your own, made with `sim.metrics.registry.metric`.
    """
    import pandas as pd

    metrics = collect([*period_metrics().values(), *extra])
    shape = periods, firms = records.periods, len(records.firms)
    return pd.DataFrame({
        "period": np.repeat(np.arange(periods), firms), "year": np.repeat(records.years, firms),
        "firm": np.tile(np.array(records.firms, dtype=object), periods),
        **{name: np.broadcast_to(one(records), shape).reshape(-1) for name, one in metrics.items()},
    })


def ledger_frame(records: Records) -> pd.DataFrame:
    """One row per period, firm and account: period, year, firm, account, amount_money, amount (minor units)."""
    import pandas as pd

    periods, accounts, firms = records.ledger.shape
    places = pd.MultiIndex.from_product([range(periods), records.firms, ACCOUNTS], names=["period", "firm", "account"])
    table = places.to_frame(index=False)
    table.insert(1, "year", np.repeat(records.years, firms * accounts))
    amount = records.ledger.transpose(0, 2, 1).reshape(-1)
    return table.assign(amount=amount, amount_money=amount / records.minor_units)


def transactions_frame(records: Records) -> pd.DataFrame:
    """One row per period, firm and customer with a purchase.

    Columns: customer_id, firm, period, year, units (purchases), amount, price_cut, margin (all three in minor units,
    exact), amount_money, price_cut_money, margin_money. The sum of `amount` by firm is the ledger's revenue, exactly.
    Empty when the run was too big to keep purchases.
    """
    import pandas as pd

    rows = records.purchases
    table = pd.DataFrame({
        "customer_id": np.asarray(records.people["number"])[rows.customer], "firm": firm_names(records, rows.firm),
        "period": rows.period, "year": records.years[rows.period], "units": rows.units,
        "amount": rows.amount, "price_cut": rows.given, "margin": rows.margin,
    })
    for name in ("amount", "price_cut", "margin"):
        table[f"{name}_money"] = table[name] / records.minor_units
    return table


def customers_frame(records: Records) -> pd.DataFrame:
    """One row per person: who they are, their mood at the end, where they bought last, what they paid in all."""
    import pandas as pd

    traits = {name: column for name, column in records.people.items() if name != "number"}
    return pd.DataFrame({
        "customer_id": records.people["number"], **traits,
        "purchases_units": records.ties["experiences"].sum(axis=0, dtype=np.int64),
        "paid_money": records.ties["paid"].sum(axis=0) / records.minor_units,
        "last_firm": firm_names(records, records.me["last_firm"]),
        "valence": records.me["valence"], "arousal": records.me["arousal"],
    })


def ties_frame(records: Records) -> pd.DataFrame:
    """One row per person and firm at the end: customer_id, firm, trust, commitment, ..., money as totals of the run."""
    import pandas as pd

    firms, people = len(records.firms), records.people_count
    columns: dict[str, Any] = {
        "customer_id": np.tile(records.people["number"], firms),
        "firm": np.repeat(np.array(records.firms, dtype=object), people),
    }
    for name, column in records.ties.items():
        amount = name in ("paid", "served", "relation", "acquired")
        columns[f"{name}_money" if amount else name] = (column / records.minor_units if amount else column).reshape(-1)
    return pd.DataFrame(columns)


def surveys_frame(records: Records) -> pd.DataFrame:
    """One row per survey and firm: people surveyed and answers, quadrants (answered and inner), NPS."""
    import pandas as pd

    rows = [
        {
            "period": wave.period, "year": records.years[wave.period], "firm": firm,
            "asked_people": wave.asked[place], "answered_people": wave.answered[place],
            **{f"{name}_people": wave.quadrants[at, place] for at, name in enumerate(QUADRANTS)},
            **{f"inner_{name}_people": wave.inner_quadrants[at, place] for at, name in enumerate(QUADRANTS)},
            **{f"{name}_people": getattr(wave, name)[place] for name in ("promoters", "passives", "detractors")},
            **{f"attitude_box_{box + 1}_people": wave.attitude_boxes[box, place] for box in range(5)},
        }
        for wave in records.surveys for place, firm in enumerate(records.firms)
    ]
    table = pd.DataFrame(rows)
    if rows:
        answered = table["answered_people"].where(table["answered_people"] > 0)
        table["nps_points"] = 100.0 * (table["promoters_people"] - table["detractors_people"]) / answered
    return table


def events_frame(records: Records) -> pd.DataFrame:
    """One row per event: period, year, kind, firm ("" for the whole market), what."""
    import pandas as pd

    return pd.DataFrame(list(records.events), columns=["period", "year", "kind", "firm", "what"])


def quadrants_frame(records: Records) -> pd.DataFrame:
    """Loyalty quadrants of every survey: period, year, firm, quadrant, people, share, inner_people, inner_share."""
    import pandas as pd

    rows = []
    for wave in records.surveys:
        share, inner = (ratio(people, people.sum(axis=0)) for people in (wave.quadrants, wave.inner_quadrants))
        rows += [
            {
                "period": wave.period, "year": records.years[wave.period], "firm": firm, "quadrant": name,
                "people": wave.quadrants[at, place], "share": share[at, place],
                "inner_people": wave.inner_quadrants[at, place], "inner_share": inner[at, place],
            }
            for place, firm in enumerate(records.firms) for at, name in enumerate(QUADRANTS)
        ]
    return pd.DataFrame(rows)


def flows_frame(records: Records) -> pd.DataFrame:
    """Moves between quadrants from one survey to the next, among those who answered both.

    Columns: period and year (of the later survey), firm, start, end, people. Empty without single answers.
    """
    import pandas as pd

    waves = [(wave.period, wave.answers) for wave in records.surveys if wave.answers is not None]
    periods, moves = [], []
    for (_, before), (period, after) in pairwise(waves):
        earlier, later = (answers["firm"].astype(np.int64) * records.people_count + answers["customer"]
                          for answers in (before, after))
        _, old, new = np.intersect1d(earlier, later, assume_unique=True, return_indices=True)
        move = (before["firm"][old].astype(np.int64) * 4 + before["quadrant"][old]) * 4 + after["quadrant"][new]
        moves.append(np.bincount(move, minlength=16 * len(records.firms)))
        periods.append(np.full(moves[-1].size, period))
    people, when = (np.concatenate([np.empty(0, dtype=np.int64), *parts]) for parts in (moves, periods))
    place, names = np.arange(people.size) % (16 * len(records.firms)), np.array(QUADRANTS, dtype=object)
    return pd.DataFrame({
        "period": when, "year": records.years[when], "firm": firm_names(records, place // 16),
        "start": names[place // 4 % 4], "end": names[place % 4], "people": people,
    })


def customers_changed(a: Records, b: Records) -> np.ndarray:
    """Numbers of the people who paid another total to some firm, or bought last elsewhere, in one of two runs.

    Firms are matched by name; a firm that is missing in one variant counts as nothing paid there.

    Raises:
        ValueError: the variants do not have the same people.
    """
    check_same_people(a, b)
    changed = firm_names(a, a.me["last_firm"]) != firm_names(b, b.me["last_firm"])
    nothing = np.zeros(a.people_count, dtype=np.int64)
    for firm in dict.fromkeys((*a.firms, *b.firms)):
        paid = [run.ties["paid"][run.firms.index(firm)] if firm in run.firms else nothing for run in (a, b)]
        changed |= paid[0] != paid[1]
    numbers: np.ndarray = np.asarray(a.people["number"])[changed]
    return numbers
