"""The whale curve: cumulative profit over customers, the most profitable first (Cooper and Kaplan 1991)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.equity import concentration
from sim.records.records import Floats, Ints, Records

if TYPE_CHECKING:
    import pandas as pd


def customer_profit(records: Records) -> Ints:
    """What each person brought each firm over the whole run [F, N], minor units: paid less all costs of this person.

    Costs that are not allocated to customers (mass advertising, service, people, capacity) are not in it. What was
    given away to win somebody (`acquired`) is already missing in what was paid.
    """
    ties = records.ties
    total: Ints = ties["paid"] - ties["served"] - ties["relation"]
    return total


def whale_curve(records: Records) -> pd.DataFrame:
    """Per firm and customer, the best first: firm, customers_share, cumulative_profit_money, profit_share.

    Customers are all who ever bought or cost something; a firm without any has no rows. `profit_share` is cumulative
    profit over its final value; NaN where that is not positive. See `sim.equity.concentration.whale_curve`.
    """
    import pandas as pd

    parts = [
        pd.DataFrame({
            "firm": name, "customers_share": curve.customers,
            "cumulative_profit_money": curve.cumulative / records.minor_units, "profit_share": curve.share,
        })
        for name, curve in zip(records.firms, _curves(records), strict=True) if curve is not None
    ]
    if not parts:
        numbers = ("customers_share", "cumulative_profit_money", "profit_share")
        return pd.DataFrame({"firm": np.empty(0, dtype=object), **{name: np.empty(0) for name in numbers}})
    return pd.concat(parts, ignore_index=True)


def whale_shares(records: Records, customers: Floats) -> Floats:
    """Share of a firm's profit that its best customers make, at these shares of its customers [shares, F].

    NaN for a firm without customers, or whose customers bring no profit together.
    """
    unknown = np.full(customers.size, np.nan)
    return np.stack([
        unknown if curve is None or np.isnan(curve.share[-1]) else curve.at(customers) for curve in _curves(records)
    ], axis=1)


def _curves(records: Records) -> list[concentration.WhaleCurve | None]:
    """The curve of every firm, in minor units; None for one without customers."""
    profits, bought = customer_profit(records), records.ties["experiences"] > 0
    return [
        concentration.whale_curve(profit[some]) if (some := had | (profit != 0)).any() else None
        for profit, had in zip(profits, bought, strict=True)
    ]
