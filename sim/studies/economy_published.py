"""Published figures beside the measures of a product class: to compare with; they are no targets, there is no verdict.

What was measured, where and when stands beside each number, for little of it was counted as here. The sources are in
docs/economy.md. A measure without an entry has none, as no published figure was found.
"""

from __future__ import annotations

from collections.abc import Mapping

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


def published(scenario: str, measure: str, everywhere: str) -> str:
    """What is published about a measure in every class, and in this one.

    >>> published("toothpaste", "profit_share", ""), published("toothpaste", "best_mix", "")
    ('23 % operating profit, Colgate-Palmolive 2011', '')
    """
    return "; ".join(part for part in (everywhere, OF_CLASS.get(scenario, {}).get(measure, "")) if part)
