"""The tables of the study of neutrality, out of its verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.statistics.ranks import rank_correlations
from sim.studies.neutrality_market import RANGES, RIVALS, ROLES
from sim.studies.neutrality_verdicts import SURELY, Verdicts
from sim.text.findings import TOO_CLOSE

if TYPE_CHECKING:
    import pandas as pd

Found = Mapping[tuple[str, str, str], Verdicts]
"""Verdicts by ranges, rival and outcome."""
PROFIT, EQUITY = "cumulative_discounted_profit_money", "customer_equity_money"
OUTCOMES: Mapping[str, str] = {PROFIT: "discounted profit", EQUITY: "customer equity"}
MONEY_OVER_COST = "money a customer brings a year over the cost of a relation"
LEADS = ("relations minus deals", "spending nothing minus the better of both")


def shares_table(verdicts: Found) -> pd.DataFrame:
    """Shares of markets by who earns most, see `Neutrality.table`."""
    import pandas as pd

    rows = []
    for (ranges, rival, outcome), found in verdicts.items():
        row: dict[str, Any] = {"ranges": ranges, "rival": rival, "outcome": OUTCOMES[outcome],
                               "n": len(found.markets.values)}
        for name, share in found.shares.items():
            column = name if name in ROLES else "too_close"
            row |= {column: share.value, f"{column}_low": share.low, f"{column}_high": share.high}
        rows.append(row | {f"{name}_ahead": share.value for name, share in found.in_the_mean.items()})
    return pd.DataFrame(rows)


def decides_table(verdicts: Found) -> pd.DataFrame:
    """Rank correlations of every dimension with two leads in profit over reference revenue, typical rival.

    ranges, lead, label, correlation, low, high; the strongest of each lead first.
    """
    import pandas as pd

    parts = []
    for ranges, factors in RANGES.items():
        found = verdicts[ranges, "typical", PROFIT]
        markets = found.markets
        columns = {factor.label: markets.column(factor.path) for factor in factors}
        columns |= {"money a customer brings a year": markets.brought,
                    "cost of a relation (knowing + relation spend)": markets.relation_cost,
                    "contribution (margin - serving - handling)": markets.contribution,
                    MONEY_OVER_COST: markets.brought / markets.relation_cost}
        for lead, values in zip(LEADS, (found.lead, found.idle_lead), strict=True):
            part = pd.DataFrame([
                {"ranges": ranges, "lead": lead, "label": label, "correlation": one.value, "low": one.low,
                 "high": one.high} for label, one in rank_correlations(columns, values).items()])
            parts.append(part.sort_values("correlation", key=lambda column: -column.abs()))
    return pd.concat(parts, ignore_index=True)


def parts_table(both: Mapping[str, Verdicts]) -> pd.DataFrame:
    """Who is ahead in the mean, for equal groups of markets by money over the cost of a relation, by rival."""
    import pandas as pd

    return pd.DataFrame([{"rival": rival, **row} for rival, found in both.items() for row in found.parts()])


def points_table(verdicts: Found) -> pd.DataFrame:
    """Every market: its values, and for each rival and outcome who surely earns most and the means over runs."""
    import pandas as pd

    parts = []
    for ranges in RANGES:
        markets = verdicts[ranges, "typical", PROFIT].markets
        part = pd.DataFrame({"ranges": ranges, "brought": markets.brought, "relation_cost": markets.relation_cost})
        part = part.join(pd.DataFrame(list(markets.values)))
        for (of, rival, outcome), found in verdicts.items():
            if of == ranges:
                part[f"{rival}: {OUTCOMES[outcome]}: earns most"] = _names(found.winners)
                for number, role in enumerate(ROLES):
                    part[f"{rival}: {OUTCOMES[outcome]}: {role}"] = found.means[:, number]
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def border_table(both: Mapping[str, Verdicts]) -> pd.DataFrame:
    """The markets in the plane of money and cost, and in `attrs["borders"]` the lines between them."""
    import pandas as pd

    found = both["typical"]
    table = pd.DataFrame({"x": found.markets.brought, "y": found.markets.relation_cost,
                          "winner": _names(found.winners)})
    costs = np.geomspace(table["y"].min(), table["y"].max(), 40).tolist()
    borders = {("typical", share): found.border(share, costs) for share in SURELY}
    borders |= {(rival, 0.5): both[rival].border(0.5, costs) for rival in RIVALS}
    table.attrs["borders"] = {key: line for key, line in borders.items() if line}
    return table


def _names(numbers: np.ndarray) -> list[str]:
    return [ROLES[number] if number >= 0 else TOO_CLOSE for number in numbers.tolist()]
