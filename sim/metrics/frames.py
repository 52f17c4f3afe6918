"""A run as tidy tables: one row per thing, units in the names of columns, money in units of the currency."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.state import ACCOUNTS
from sim.metrics.registry import Metric, collect, period_metrics
from sim.records.history import purchases_of
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
    firms, periods = len(records.firms), records.periods
    columns: dict[str, Any] = {
        "period": np.repeat(np.arange(periods), firms), "year": np.repeat(records.years, firms),
        "firm": np.tile(np.array(records.firms, dtype=object), periods),
    }
    shape = (periods, firms)
    columns.update({name: np.broadcast_to(one(records), shape).reshape(-1) for name, one in metrics.items()})
    return pd.DataFrame(columns)


def ledger_frame(records: Records) -> pd.DataFrame:
    """One row per period, firm and account: period, year, firm, account, amount_money, amount (minor units)."""
    import pandas as pd

    periods, accounts, firms = records.ledger.shape
    amount = records.ledger.transpose(0, 2, 1).reshape(-1)
    return pd.DataFrame({
        "period": np.repeat(np.arange(periods), firms * accounts),
        "year": np.repeat(records.years, firms * accounts),
        "firm": np.tile(np.repeat(np.array(records.firms, dtype=object), accounts), periods),
        "account": np.tile(np.array(ACCOUNTS, dtype=object), periods * firms),
        "amount": amount, "amount_money": amount / records.minor_units,
    })


def transactions_frame(records: Records) -> pd.DataFrame:
    """One row per period, firm and customer with a purchase.

    Columns: customer_id, firm, period, year, units (purchases), amount, price_cut, margin (all three in minor units,
    exact), amount_money, price_cut_money, margin_money. The sum of `amount` by firm is the ledger's revenue, exactly.
    Empty when the run was too big to keep purchases.
    """
    import pandas as pd

    rows = purchases_of(records)
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

    rows = [
        {
            "period": wave.period, "year": records.years[wave.period], "firm": firm, "quadrant": name,
            "people": wave.quadrants[at, place], "share": _part(wave.quadrants, at, place),
            "inner_people": wave.inner_quadrants[at, place], "inner_share": _part(wave.inner_quadrants, at, place),
        }
        for wave in records.surveys for place, firm in enumerate(records.firms) for at, name in enumerate(QUADRANTS)
    ]
    return pd.DataFrame(rows)


def flows_frame(records: Records) -> pd.DataFrame:
    """Moves between quadrants from one survey to the next: period, year, firm, start, end, people (both answered)."""
    import pandas as pd

    from sim.metrics.loyalty import survey_moves

    moves = survey_moves(records)
    names = np.array(QUADRANTS, dtype=object)
    return pd.DataFrame({
        "period": moves["period"], "year": records.years[moves["period"].astype(np.int64)],
        "firm": firm_names(records, moves["firm"]), "start": names[moves["start"].astype(np.int64)],
        "end": names[moves["end"].astype(np.int64)], "people": moves["people"],
    })


def _part(people: np.ndarray, at: int, place: int) -> float:
    everybody = int(people[:, place].sum())
    return float(people[at, place]) / everybody if everybody else float("nan")
