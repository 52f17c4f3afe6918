"""What a market is judged by: the metrics that a scenario names, or those that fit its kind of market."""

from __future__ import annotations

from sim.scenario.schema import Scenario

CONTRACT = ("kept_one_year_share",)
"""Where everybody buys under contract, what counts is who stays."""
REPERTOIRE = ("repeat_rate_share", "wallet_share")
"""Where people buy here and there, what counts is how often they come back, and with which part of their money."""
FIRST_PAGE = (
    "customer_equity_money", "cumulative_discounted_profit_money", "kept_one_year_share", "truly_loyal_survey_share",
    "new_customers_last_year_people", "active_customers_people",
)
"""What a table on a terminal and the first page of a report have room for beside the headline."""
STANDARD = (
    *FIRST_PAGE, "cumulative_profit_money", "market_share", "satisfaction_0_1", "commitment_0_1",
    "complaints_per_purchase",
)
"""What studies show beside the headline unless metrics are named."""


def headline_of(scenario: Scenario) -> tuple[str, ...]:
    """The metrics that a scenario is judged by, the first above all: its own, else those of its kind of market.

    Contract markets (`product.contract.regular`): customers kept for one year. All others are repertoire markets, in
    which people buy at several firms: repeat rate and share of wallet (Ehrenberg 1988).

    >>> from sim.scenario.load import load
    >>> headline_of(load("coffee_shop")), headline_of(load("mobile_subscription"))
    (('repeat_rate_share', 'wallet_share'), ('kept_one_year_share',))
    """
    return tuple(scenario.headline) or (CONTRACT if scenario.product.contract.regular else REPERTOIRE)


def shown_metrics(scenario: Scenario, others: tuple[str, ...] = STANDARD) -> tuple[str, ...]:
    """What a study of a scenario shows unless metrics are named: its headline, then the others.

    >>> from sim.scenario.load import load
    >>> shown_metrics(load("mobile_subscription"), FIRST_PAGE)[:3]
    ('kept_one_year_share', 'customer_equity_money', 'cumulative_discounted_profit_money')
    """
    return tuple(dict.fromkeys((*headline_of(scenario), *others)))
