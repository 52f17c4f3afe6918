"""Customers one by one: tenure, profit, and the price they pay (F16-F18)."""

from __future__ import annotations

from functools import partial

import numpy as np

from sim.evidence.fact import Fact, FactTrial, Numbers, Part
from sim.evidence.markets import FIRMS, SERVICE, YEAR, StudyMarket, correlation, service
from sim.metrics.money import customer_profit, whale_curve
from sim.metrics.retention import tie_spans
from sim.records.history import since_first


def tenure_and_profit(market: StudyMarket) -> Numbers:
    """F16: customers won in the first year: time from first to last purchase against profit in four years."""
    records = market.watched[0]
    spans = tie_spans(records)
    early = spans.first < YEAR
    tenure = (spans.last - spans.first)[early].astype(np.float64)
    profit = customer_profit(records)[spans.firm[early], spans.customer[early]].astype(np.float64)
    long, rich = tenure > np.median(tenure), profit > np.median(profit)
    return {"tenure_corr": correlation(tenure, profit), "off_diagonal": float((long != rich).mean())}


def whales(market: StudyMarket) -> Numbers:
    """F18: peak of cumulative profit over its total, and the share of the best fifth; mean over firms."""
    table = whale_curve(market.watched[0])
    peaks, tops = [], []
    for _, one in table.groupby("firm"):
        curve = one["profit_share"].to_numpy()
        peaks.append(curve.max())
        tops.append(curve[int(0.2 * curve.size) - 1])
    return {"whale_peak": float(np.mean(peaks)), "whale_top": float(np.mean(tops))}


def prices_paid(market: StudyMarket) -> Numbers:
    """F17: what customers of two years and more pay in the last year, over what those of less than a year pay, less 1.

    The price is what is paid over the list price of what is bought.
    """
    records = market.watched[0]
    rows, since = records.purchases, since_first(records)
    last_year = rows.period >= records.periods - YEAR
    paid = []
    for who in (since >= 2 * YEAR, since < YEAR):
        some = rows.rows(who & last_year)
        paid.append(some.amount.sum() / (some.amount + some.given).sum())
    return {"old_pay_more": float(paid[0] / paid[1] - 1.0)}


SAME_COST = {"people.cost_to_serve.variation": 0}
CUTS = {f"firms.{name}.{lever}": value for name in FIRMS for lever, value in
        {"price_cut.depth": 0.2, "price_cut.every_weeks": 13, "spending.advertising": 0.3, "spending.relations": 0.3
         }.items()}
"""Ordinary promotions by all firms, and less spending, so that there is money for them."""
TRIALS = {
    "service": FactTrial(service),
    "service, same cost": FactTrial(service, SAME_COST),
    "service, same cost and basket": FactTrial(service, {**SAME_COST, "people.basket.variation": 0}),
    "promotions": FactTrial(service, CUTS),
}
part = partial(Part, "service")

FACTS = (
    Fact(
        "F16", "Tenure and profit",
        "correlation .15-.50; 25-50 % of customers long but poor or short but rich",
        "Reinartz & Kumar 2002", "emergent", SERVICE, {"service": tenure_and_profit},
        (part("tenure_corr", "correlation", 0.15, 0.50), part("off_diagonal", "off the diagonal", 0.25, 0.50)),
        "Differences in cost to serve and in baskets",
        (
            Part("service, same cost", "tenure_corr", "equal cost to serve: correlation"),
            Part("service, same cost and basket", "tenure_corr", "and equal baskets: correlation"),
            Part("service, same cost and basket", "off_diagonal", "and equal baskets: off the diagonal"),
        ),
    ),
    Fact(
        "F17", "The long-standing do not pay more",
        "price paid by long-standing customers against new ones: the same (consumers) to 7 % less (business)",
        "Reinartz & Kumar 2002", "input", f"{SERVICE}; and with a fifth off in one week of 13",
        {"service": prices_paid, "promotions": prices_paid},
        (
            part("old_pay_more", "two years and more against under one, at list price", -0.07, 0.01, 3),
            Part("promotions", "old_pay_more", "with promotions", -0.07, 0.01, 3),
        ),
        "Nothing: no price depends on tenure, so at list price it is trivially so",
        note="With promotions it could fail: new customers may come when it is cheap.",
    ),
    Fact(
        "F18", "Whale curve",
        "cumulative profit peaks at 110-200 % of the total; best fifth of customers 100-225 %",
        "Cooper & Kaplan 1991", "emergent", SERVICE, {"service": whales},
        (part("whale_peak", "peak", 1.10, 2.00), part("whale_top", "best fifth", 1.00, 2.25)),
        "`people.cost_to_serve.variation`",
        (
            Part("service, same cost", "whale_peak", "equal cost to serve: peak"),
            Part("service, same cost", "whale_top", "its best fifth"),
            Part("service, same cost and basket", "whale_peak", "and equal baskets: peak"),
        ),
    ),
)
