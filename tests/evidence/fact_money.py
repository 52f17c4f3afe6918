"""Money: tenure and profit, whales, a welcome discount, price elasticity (F16, F18, F20, F21, F22)."""

from __future__ import annotations

import numpy as np
from fact_markets import FIRMS, Changes, brands, service, walked

from sim.metrics.arithmetic import ratio
from sim.metrics.buying_patterns import purchase_counts
from sim.metrics.money import customer_profit, whale_curve
from sim.metrics.retention import newcomer_value_money, tie_spans
from sim.records.records import Ints, Records
from sim.scenario import load
from sim.scenario.load import with_what_if

YEAR = 52
STEP = 0.10
"""The price of the first firm goes up or down by so much."""
AT_LEAST = 3
"""Purchases in the year before from which somebody has a share of wallet to speak of (F22)."""


def tenure_and_profit(records: Records) -> dict[str, float]:
    """F16: customers won in the first year: time from first to last purchase against profit in four years."""
    spans = tie_spans(records)
    early = spans.first < YEAR
    tenure = (spans.last - spans.first)[early].astype(np.float64)
    profit = customer_profit(records)[spans.firm[early], spans.customer[early]].astype(np.float64)
    long, rich = tenure > np.median(tenure), profit > np.median(profit)
    return {"tenure_corr": float(np.corrcoef(tenure, profit)[0, 1]), "off_diagonal": float((long != rich).mean())}


def whales(records: Records) -> dict[str, float]:
    """F18: peak of cumulative profit over its total, and the share of the best fifth; mean over firms."""
    table = whale_curve(records)
    peaks, tops = [], []
    for _, one in table.groupby("firm"):
        curve = one["profit_share"].to_numpy()
        peaks.append(curve.max())
        tops.append(curve[int(0.2 * curve.size) - 1])
    return {"whale_peak": float(np.mean(peaks)), "whale_top": float(np.mean(tops))}


def welcome(seed: int, changes: Changes | None = None) -> dict[str, float]:
    """F20: first-year contribution of customers won with 35 % off, over that of customers won without; same world."""
    scenario = load("welcome_discount", {"market.customers": 6000, **(changes or {})})
    value, won = [], []
    for world in (scenario, with_what_if(scenario, "no_welcome")):
        records = walked(world, seed)
        value.append(float(newcomer_value_money(records)[-1, 0]))
        won.append(float(records.count("new_customers")[-24:-12, 0].sum()))
    return {"newcomer_worth": value[0] / value[1], "newcomers_more": won[0] / won[1]}


def elasticity(seed: int, changes: Changes | None = None) -> dict[str, float]:
    """F21 and F22: the first firm's price 10 % up, 10 % down, for the third year; the same people as with neither.

    Elasticity: ln(units / units before) / ln(price / price before). Loyalty: share of purchases at the firm in the
    year before, in quarters of those who bought three times or more, at least once here.
    """
    base = _third_year(seed, None, changes)
    up, down = (_third_year(seed, 1.0 + sign * STEP, changes) for sign in (1, -1))
    before, usual, dearer, cheaper = base[0], base[1], up[1], down[1]
    rise = _elastic(usual.sum(), dearer.sum(), 1.0 + STEP)
    cut = _elastic(usual.sum(), cheaper.sum(), 1.0 - STEP)
    found = {"rise": rise, "cut": cut, "elasticity": (rise + cut) / 2}
    every = before.sum(axis=0)
    who = np.flatnonzero((every >= AT_LEAST) & (before[0] > 0))
    order = np.argsort(ratio(before[0], every)[who], kind="stable")
    for quarter, places in enumerate(np.array_split(order, 4)):
        few = who[places]
        found[f"quarter_{quarter + 1}"] = (
            _elastic(usual[few].sum(), dearer[few].sum(), 1.0 + STEP)
            + _elastic(usual[few].sum(), cheaper[few].sum(), 1.0 - STEP)) / 2
    found["loyal_less"] = found["quarter_4"] - found["quarter_1"]
    return found


def _third_year(seed: int, factor: float | None, changes: Changes | None) -> tuple[Ints, Ints]:
    """Purchases by firm and person in the second year, and at the first firm by person in the third."""
    price = 10.0 * (factor or 1.0)
    events = [{"kind": "levers", "year": 2.0, "firms": [FIRMS[0]], "set": {"price": price}}] if factor else []
    records = walked(service({"clock.years": 3.0, "events": events, **(changes or {})}), seed)
    year_before = purchase_counts(records, YEAR, 2 * YEAR)
    return year_before, purchase_counts(records, 2 * YEAR + 1, records.periods)[0]


def brand_elasticity(seed: int, changes: Changes | None = None) -> dict[str, float]:
    """F21 where the published mean comes from: a brand of packaged goods (the third, 15 %), 10 % dearer or cheaper."""
    units = {}
    for factor in (1.0, 1.0 + STEP, 1.0 - STEP):
        event = {"kind": "levers", "year": 1.0, "firms": ["Cedro"], "set": {"price": 2.5 * factor}}
        own = {"market.customers": 12_000, "clock.years": 2.0, "events": [event] if factor != 1.0 else []}
        records = walked(brands({**own, **(changes or {})}), seed)
        units[factor] = purchase_counts(records, 2 * YEAR + 1, records.periods)[records.firms.index("Cedro")].sum()
    rise, cut = (_elastic(units[1.0], units[factor], factor) for factor in (1.0 + STEP, 1.0 - STEP))
    return {"rise": rise, "cut": cut, "elasticity": (rise + cut) / 2}


def _elastic(before: float, after: float, price: float) -> float:
    return float(np.log(after / before) / np.log(price))
