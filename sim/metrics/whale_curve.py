"""The whale curve: cumulative profit over customers, the most profitable first (Cooper and Kaplan 1991)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.records import Ints, Records

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

    Customers are all who ever bought or cost something. `profit_share` is cumulative profit over its final value; NaN
    where that is not positive. n log n.
    """
    import pandas as pd

    profits = customer_profit(records)
    parts = []
    for place, name in enumerate(records.firms):
        customers = (records.ties["experiences"][place] > 0) | (profits[place] != 0)
        cumulative = np.cumsum(np.sort(profits[place][customers])[::-1])
        final = int(cumulative[-1]) if cumulative.size else 0
        parts.append(pd.DataFrame({
            "firm": name, "customers_share": (np.arange(cumulative.size) + 1) / max(1, cumulative.size),
            "cumulative_profit_money": cumulative / records.minor_units,
            "profit_share": cumulative / final if final > 0 else np.full(cumulative.size, np.nan),
        }))
    return pd.concat(parts, ignore_index=True)
