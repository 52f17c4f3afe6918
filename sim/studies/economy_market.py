"""What is measured of a product class: the measures and their targets, a market of typical firms, what one changes.

Published figures stand beside the measures to compare with; they are no targets, there is no verdict. What was
measured, where and when stands beside each number, for little of it was counted as here. The sources are in
docs/economy.md. A measure without an entry has none, as no published figure was found.

The market has a past of three years; at its end one firm has one lever otherwise, the same people and the same random
draws go on, and five years are counted. All firms are alike before: two of them, or as many as the file has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import nan
from typing import Any

import numpy as np

from sim.engine.state import ACCOUNTS, COSTS, COUNTS
from sim.firms.book import audience
from sim.firms.responses import LeverCurves, advertised
from sim.metrics.money import profit
from sim.records.records import Floats, Records
from sim.runs.plan import AS_WRITTEN, Point
from sim.scenario.effective import strengths, to_mapping
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.scenario.schema.firm import Spending
from sim.scenario.shipped import shipped_names

ELASTICITY = "mean -2.62, Bijmolt et al. 2005"
ADVERTISING = "short-term .12, long-term .24, Sethuraman, Tellis & Briesch 2011"
BUDGETS = "8 to 11 % of revenue, The CMO Survey"
CONTACTS = (
    "for a thousand contacts: television EUR 13.74, Germany 2012, RMS and AGF; median by medium USD 2.18 to 46.82,"
    " USA 2022, Solomon Partners; letters USD 500 to 3,000, Conversations Marketing; for a thousand clicks on search"
    " advertisements USD 1,400 (travel), 1,770 (restaurants), 5,160 (finance), USA 2021, WordStream and LocaliQ"
)
OF_CLASS: Mapping[str, Mapping[str, str]] = {
    "bank": {
        "marketing_share": "3.8 % of net revenue, 30 banks, USA 2024, EMI; 6 %, banks, USA 2017, Nichols",
        "profit_share": "36 % before loan losses and tax, community banks, USA 2017, FDIC",
        "cost_to_acquire": "most estimates near USD 200, retail banks, CustomerThink (undated)",
        "churn": "9.6 % changed their main bank in a year, USA 2011, and 8 %, 2023, J.D. Power",
    },
    "coffee_shop": {
        "contribution": "74 % after goods and packaging, Dutch Bros 2025; 31 % profit margin of its shops, 2023",
        "marketing_share": "2.6 % of sales, large restaurant chains, USA 2021, Restaurant Research",
        "profit_share": "5.2 % after tax, Dutch Bros 2024",
        "churn": "30 % unlikely to come back, restaurant brands, USA 2011, Restaurant Marketing Group;"
                 " 80 % of guests not back in a year, restaurants, USA 2023, DataDelivers",
    },
    "hotel": {
        "marketing_share": "15 to 25 % of room revenue, commissions included, Kalibri Labs 2016",
        "profit_share": "36.1 % gross operating profit, USA 2011, STR",
        "cost_to_keep": "loyalty programme USD 5.46 a room night, 1.6 % of revenue, USA 2024, CBRE",
        "churn": "over 90 % do not return to the same hotel, an estimate, Demand Calendar 2024",
    },
    "mobile_subscription": {
        "marketing_share": "15 to 20 % of service revenue to win and keep, handsets included, 26 operators,"
                           " mature markets 2014, tefficient",
        "profit_share": "30 to 33 % before depreciation, T-Mobile USA 2009",
        "cost_to_acquire": "USD 350, a third of it for the handset, USA 2002, InCode Telecom",
        "cost_to_keep": "over EUR 200, then under half of it, for each contract kept, T-Mobile Netherlands 2013,"
                        " tefficient",
        "churn": ".82 to 1.84 % a month (9 to 20 % a year), four operators, USA 2018, Market Realist",
    },
    "toothpaste": {
        "contribution": "59.1 % gross margin, Colgate-Palmolive 2010",
        "marketing_share": "10.6 % of sales for advertising, Colgate-Palmolive 2010",
        "profit_share": "23 % operating profit, Colgate-Palmolive 2011",
        "churn": "33 % of a brand's most loyal buyers left it in a year, 685 packaged brands, USA 2008,"
                 " CMO Council & Pointer Media Network",
    },
}  # fmt: skip
"""By class and measure: the figure, what was measured, where and when, the source."""
REACHED, MISSED, NO_TARGET = "reached", "missed", ""
NAMES = ("Alpha", "Beta")
PAST_YEARS, YEARS = 3, 5
"""Years before anything changes, and years that are counted after it (assumption: steady by then, then one horizon)."""
SPENT_ON = ("advertising", "relations", "service")
"""Accounts whose last euro is measured, as far as a typical firm of the class spends on them."""
ROOM = 2.5
"""How much larger the budget is than what typical firms spend: room for twice as much, and for what that leads to."""
PRICES, TOTALS, MIXES = (0.8, 0.9, 1.1, 1.25), (0.0, 0.25, 0.5, 1.5, 2.0), (0.0, 0.25, 0.5, 0.75, 1.0)
LESS, MORE, STEP = 0.75, 1.33, 1.2
"""Advertising for its elasticity, and the step of the last euro, against the reference."""
PROFIT_SHARE: Mapping[str, tuple[float, float]] = {"coffee_shop": (0.03, 0.15), "mobile_subscription": (0.10, 0.25)}
"""Plausible profit over revenue by class (assumption; a class that is not here has no target)."""


@dataclass(frozen=True)
class Measure:
    """A number about the class: its name, label and unit, the target written beforehand, published figures."""

    name: str
    label: str
    unit: str = ""
    low: float = nan
    high: float = nan
    published: str = ""

    def verdict(self, value: float) -> str:
        """Whether the value lies within the target."""
        if np.isnan(self.low) and np.isnan(self.high):
            return NO_TARGET
        return REACHED if not (value < self.low or value > self.high) and np.isfinite(value) else MISSED


MEASURES = (
    Measure("best_price", "best price (reference = 1)", "", 0.9, 1.1),
    Measure("price_elasticity", "price elasticity of purchases", "", published=ELASTICITY),
    Measure("contribution", "contribution over revenue", "share"),
    Measure("advertising_elasticity", "advertising elasticity of purchases", "", 0.05, 0.25,
            ADVERTISING),
    *(Measure(f"last_euro_{account}", f"gross return of the last euro on {account}", "", 0.5, 1.5)
      for account in SPENT_ON),
    Measure("best_total", "best spending over revenue", "share", 0.04, 0.20, BUDGETS),
    Measure("gain_over_nothing", "gain over spending nothing", "share", 0.10),
    Measure("best_mix", "best share of relations", "share", 0.05, 0.95),
    Measure("profit_share", "profit over revenue", "share"),
    Measure("marketing_share", "spending over revenue", "share", 0.04, 0.20, BUDGETS),
    Measure("notice_price", "price of a thousand notices", "money", published=CONTACTS),
    Measure("cost_to_acquire", "cost of a customer won", "money"),
    Measure("cost_to_keep", "cost of a customer kept", "money"),
    Measure("churn", "churn in a year", "share"),
)


def notices(records: Records) -> Floats:
    """How many notices advertising gave in every period, by firm [T, F]: notices per person and year, times people.

    A notice is advertising that registers: it makes a firm known to somebody or reminds of it, and shows the promise.
    They follow from the money that was booked, by the same curve as in the run.
    """
    scenario, found = records.scenario, []
    curves = LeverCurves.of(scenario, strengths(scenario)["advertising_stock"])
    stocks = [0.0] * len(records.firms)
    for booked, present in zip(records.account("advertising").tolist(), records.present().tolist(), strict=True):
        people = audience(scenario, present)
        stocks, of_one = advertised(curves, stocks, [curves.per_year(money, people) for money in booked])
        found.append([each * people / curves.periods for each in of_one])
    return np.array(found, dtype=np.float64)


def books(records: Records) -> dict[str, list[float]]:
    """What was booked and counted after the warm-up, by firm: accounts in money, purchases, notices, profit as it is
    and discounted to the end of the warm-up."""
    start, minor = records.warm_up, records.minor_units
    found: dict[str, Any] = {name: records.account(name)[start:].sum(axis=0) / minor for name in ACCOUNTS}
    found["purchases"] = records.counts[start:, COUNTS.index("units")].sum(axis=0).astype(np.float64)
    found["notices"] = notices(records)[start:].sum(axis=0)
    found["profit"] = found["revenue"] - sum(found[name] for name in COSTS)
    discount = np.nan_to_num(records.discount())[:, None]
    found["discounted_profit"] = (profit(records) * discount)[start:].sum(axis=0) / minor
    return {name: values.tolist() for name, values in found.items()}


OUTCOMES = {"cost_to_acquire": "cost_to_acquire_money", "cost_to_keep": "cost_to_keep_money",
            "churn": "kept_one_year_share"}
"""Measures that are metrics at the end of the run; churn is what is not kept."""


def classes() -> tuple[str, ...]:
    """The product classes that are shipped: markets without firms, for others to build on, and toothpaste."""
    found = {name: load(name) for name in shipped_names()}
    return tuple(name for name, one in found.items() if name == "toothpaste" or (not one.firms and one.extends))


def typical_shares(scenario: Scenario) -> dict[str, float]:
    """Shares of the budget of a typical firm of a class, by account: those of its past that are not 0."""
    spending = scenario.past.spending
    return {account: share for account in SPENT_ON if (share := getattr(spending, account)) > 0.0}


def measures_of(scenario: Scenario) -> tuple[Measure, ...]:
    """The measures of a class; some have targets of their own, and nothing is measured of accounts it does not use."""
    low, high = PROFIT_SHARE.get(scenario.source.name, (nan, nan))
    idle = {f"last_euro_{account}" for account in SPENT_ON if account not in typical_shares(scenario)}
    found = [replace(one, low=low, high=high) if one.name == "profit_share" else one
             for one in MEASURES if one.name not in idle]
    return tuple(replace(one, published=published(scenario.source.name, one.name, one.published)) for one in found)


def typical_market(scenario: Scenario) -> Scenario:
    """The market of a class with typical firms in it: before the warm-up ends as after it, all levers as in
    the past of the class; without events, what-ifs and expectations.

    The budget is multiplied by `ROOM` and the shares are divided by it: about as much is spent, and a firm that spends
    twice as much has enough left for recovery and the like.
    """
    said = to_mapping(scenario)
    names = list(scenario.firms) or NAMES
    usual = {account: share / ROOM for account, share in typical_shares(scenario).items()}
    firm = {**said["past"], "spending": {**dict.fromkeys(Spending.model_fields, 0.0), **usual}}
    budget = scenario.budget
    larger = {"per_person_per_year": ROOM * budget.per_person_per_year, "share": ROOM * budget.share}
    clock = {**said["clock"], "years": YEARS, "warm_up_years": PAST_YEARS}
    return load({
        **said, "past": firm, "firms": dict.fromkeys(names, firm), "clock": clock, "events": [], "expect": [],
        "what_if": {}, "budget": {**said["budget"], **larger},
    })


def points_of(market: Scenario) -> tuple[Point, ...]:
    """Every point: what the first firm does otherwise from the end of the past on."""
    firm, price = next(iter(market.firms)), market.product.price
    usual = typical_shares(market)
    all_of_it = sum(usual.values())

    def point(name: str, levers: Mapping[str, float]) -> Point:
        return Point(name, {f"firms.{firm}.{lever}": value for lever, value in levers.items()})

    def spending(**shares: float) -> dict[str, float]:
        return {f"spending.{account}": share for account, share in shares.items()}

    return (
        Point(AS_WRITTEN),
        *(point(f"price {factor:g}", {"price": price * factor}) for factor in PRICES),
        *(point(f"advertising {factor:g}", spending(advertising=usual["advertising"] * factor))
          for factor in (LESS, MORE)),
        *(point(f"more {account}", spending(**{account: share * STEP})) for account, share in usual.items()),
        *(point(f"total {factor:g}", spending(**{account: share * factor for account, share in usual.items()}))
          for factor in TOTALS),
        *(point(f"mix {share:g}", spending(
            **dict.fromkeys(SPENT_ON, 0.0) | {"advertising": all_of_it * (1 - share), "relations": all_of_it * share}))
          for share in MIXES),
    )


def published(scenario: str, measure: str, everywhere: str) -> str:
    """What is published about a measure in every class, and in this one.

    >>> published("toothpaste", "profit_share", ""), published("toothpaste", "best_mix", "")
    ('23 % operating profit, Colgate-Palmolive 2011', '')
    """
    return "; ".join(part for part in (everywhere, OF_CLASS.get(scenario, {}).get(measure, "")) if part)
