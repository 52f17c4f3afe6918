"""The tables of the study of neutrality, out of its verdicts, and how they stand on a terminal and in a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.statistics.pooled import rank_correlations
from sim.studies.factors import Factor
from sim.studies.neutrality_market import RANGES, RIVALS, ROLES
from sim.studies.neutrality_verdicts import SURELY, Verdicts
from sim.text.console import columns
from sim.text.findings import TOO_CLOSE
from sim.text.numbers import percent

if TYPE_CHECKING:
    import pandas as pd

Found = Mapping[tuple[str, str, str], Verdicts]
"""Verdicts by ranges, rival and outcome."""
PROFIT, EQUITY = "cumulative_discounted_profit_money", "customer_equity_money"
OUTCOMES: Mapping[str, str] = {PROFIT: "discounted profit", EQUITY: "customer equity"}
MONEY_OVER_COST = "money a customer brings a year over the cost of a relation"
LEADS = ("relations minus deals", "spending nothing minus the better of both")
MARK, END_MARK = "<!-- neutrality:begin -->", "<!-- neutrality:end -->"
MOST_DECIDING = 5
WHO = {"deals": "deals", "relations": "relations", "idle": "spending nothing", "too_close": "too close to call"}
PICTURE = "pictures/profit_border.png"
Rows = list[list[str]]


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


def on_terminal(shares: pd.DataFrame, decides: pd.DataFrame, parts: pd.DataFrame) -> list[str]:
    """The shares, what decides, and the groups by money over cost."""
    return [
        "Earns most, share of markets (95 % interval)", *columns(_shares(shares), (0, 1, 2)), "",
        "What decides: rank correlations over markets with leads in profit, typical rival",
        *columns(_decides(decides.groupby(["ranges", "lead"], sort=False).head(MOST_DECIDING)), (0, 1, 2)), "",
        "Ahead in the mean, by what a customer brings a year for each euro that a relation costs",
        *columns(_parts(parts)),
    ]


def in_markdown(
    about: str, words: str, tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
    ranges: Mapping[str, Sequence[Factor]],
) -> str:
    """The picture, the findings, the tables and the ranges."""
    shares, decides, parts = tables
    chosen = decides.groupby(["ranges", "lead"], sort=False).head(MOST_DECIDING)
    return "\n\n".join([
        f"{about}.", f"![Who earns most, by what a customer brings a year and what a relation costs]({PICTURE})", words,
        "## Shares", _table(_shares(shares)), "## What decides", _table(_decides(chosen)),
        "## By money over the cost of a relation", _table(_parts(parts)), "## Ranges", _table(_ranges(ranges)),
    ])


def _table(rows: Rows) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], ["---"] * len(rows[0]), *rows[1:]))


def _shares(table: pd.DataFrame) -> Rows:
    return [["ranges", "rival", "outcome", *WHO.values(), "spending nothing ahead", "markets"], *(
        [row["ranges"], row["rival"], row["outcome"],
         *(_share(row[name], row[f"{name}_low"], row[f"{name}_high"]) for name in WHO),
         percent(row["idle_ahead"]), str(row["n"])] for row in table.to_dict("records"))]


def _share(value: float, low: float, high: float) -> str:
    return f"{percent(value)} ({100 * low:.0f}-{100 * high:.0f})"


def _decides(table: pd.DataFrame) -> Rows:
    return [["ranges", "lead", "goes with", "rank correlation", "95 % interval"], *(
        [row["ranges"], row["lead"], row["label"], f"{row['correlation']:+.2f}",
         f"{row['low']:+.2f} to {row['high']:+.2f}"] for row in table.to_dict("records"))]


def _parts(table: pd.DataFrame) -> Rows:
    return [["rival", "euros brought per euro", "deals", "relations", "spending nothing", "markets"], *(
        [row["rival"], f"{row['from']:,.3g} to {row['to']:,.3g}", percent(row["deals"]),
         _share(row["relations"], row["relations_low"], row["relations_high"]), percent(row["idle"]), str(row["n"])]
        for row in table.to_dict("records"))]


def _ranges(ranges: Mapping[str, Sequence[Factor]]) -> Rows:
    """Every dimension once, where it is the same in all sets."""
    rows: dict[Factor, list[str]] = {}
    for name, factors in ranges.items():
        for factor in factors:
            rows.setdefault(factor, []).append(name)
    return [["dimension", "number", "from", "to", "unit", "spread", "in", "source"], *(
        [one.label, f"`{one.path}`", f"{one.low:g}", f"{one.high:g}", one.unit,
         "even in logarithms" if one.scale == "log" else "even", "both" if len(sets) > 1 else sets[0], one.source]
        for one, sets in rows.items())]
