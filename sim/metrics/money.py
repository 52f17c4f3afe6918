"""Profit and loss by firm, what a customer costs (an output, never an input), and profit by customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.equity import concentration
from sim.metrics.arithmetic import from_warm_up, last_year, money, ratio
from sim.metrics.registry import BOOKS, metric
from sim.records.records import Floats, Ints, Records

if TYPE_CHECKING:
    import pandas as pd

ACQUIRE = ("advertising",)
KEEP = ("relations", "information", "system", "rewards", "recovery", "care", "win_back")
SERVE = ("serving", "service", "people", "capacity")


def profit(records: Records) -> Ints:
    """Revenue less all costs, per period and firm [T, F], minor units. Price cuts are already missing in revenue."""
    return records.account("revenue") - records.costs()


@metric("money", "account revenue of the ledger", reading=BOOKS, better="higher")
def revenue_money(records: Records) -> Floats:
    """What customers paid in the period."""
    return money(records, records.account("revenue"))


@metric("money", "account price_cuts of the ledger (a memorandum: already missing in revenue)", reading=BOOKS)
def price_cuts_money(records: Records) -> Floats:
    """Revenue given away by price cuts in the period."""
    return money(records, records.account("price_cuts"))


@metric("money", "advertising + service + people + capacity + relations + information + system + rewards + recovery + "
        "care + win-back", reading=BOOKS)
def marketing_money(records: Records) -> Floats:
    """What the firm spent in the period on winning, serving better and keeping customers."""
    return money(records, records.costs(*ACQUIRE, *KEEP, "service", "people", "capacity"))


@metric("money", "revenue − all costs", reading=BOOKS, better="higher")
def profit_money(records: Records) -> Floats:
    """Profit of the period, not discounted."""
    return money(records, profit(records))


@metric("money", "sum of profit since the end of the warm-up", kind="cumulative", reading=BOOKS,
        label="profit to date", better="higher", over_time=True)
def cumulative_profit_money(records: Records) -> Floats:
    """Profit to date, not discounted. NaN during the warm-up."""
    return money(records, from_warm_up(records, profit(records)))


@metric("money", "sum of profit · (1 + annual rate)^−(years since the warm-up) since the end of the warm-up",
        "timing: money.first_margin", "cumulative", reading=BOOKS,
        label="discounted profit to date", better="higher", over_time=True)
def cumulative_discounted_profit_money(records: Records) -> Floats:
    """Profit to date, discounted to the end of the warm-up (see `Records.discount`). NaN during the warm-up."""
    factor = np.nan_to_num(records.discount())[:, None]
    return from_warm_up(records, money(records, profit(records)) * factor)


@metric("money", "sum of revenue · (1 + annual rate)^−(years since the warm-up) since the end of the warm-up",
        "timing: money.first_margin", "cumulative", reading=BOOKS, label="discounted revenue to date", better="higher")
def cumulative_discounted_revenue_money(records: Records) -> Floats:
    """What customers paid to date, discounted as profit is. NaN during the warm-up."""
    factor = np.nan_to_num(records.discount())[:, None]
    return from_warm_up(records, money(records, records.account("revenue")) * factor)


@metric("money", "last year's advertising / new and returned customers of last year", "C71", reading=BOOKS,
        better="lower")
def cost_to_acquire_money(records: Records) -> Floats:
    """Money spent per customer won, over the last year or so far. Mass advertising also reminds those who are won."""
    won = records.count("new_customers") + records.count("returned_customers")
    return ratio(_last_years_costs(records, ACQUIRE), last_year(won, records.year))


@metric("money", "last year's relations, information, system, rewards, recovery, care, win-back / "
        "mean active customers", "C71", reading=BOOKS, better="lower")
def cost_to_keep_money(records: Records) -> Floats:
    """Money spent per customer and year on keeping, over the last year or so far."""
    return ratio(_last_years_costs(records, KEEP), _mean_customers(records))


@metric("money", "last year's serving, service, people, capacity / mean active customers", "C71", reading=BOOKS,
        better="lower")
def cost_to_serve_money(records: Records) -> Floats:
    """Money spent per customer and year on serving, over the last year or so far (goods not included)."""
    return ratio(_last_years_costs(records, SERVE), _mean_customers(records))


def _last_years_costs(records: Records, accounts: tuple[str, ...]) -> Floats:
    return money(records, last_year(records.costs(*accounts), records.year))


def _mean_customers(records: Records) -> Floats:
    """Active customers, mean of the last year."""
    periods = np.minimum(np.arange(records.periods) + 1, records.year)[:, None]
    return last_year(records.count("active_customers"), records.year) / periods


def customer_profit(records: Records) -> Ints:
    """What each person brought each firm over the whole run [F, N], minor units: paid less all costs of this person.

    Costs that are not allocated to customers (mass advertising, service, people, capacity) are not in it. What was
    given away to win somebody (`acquired`) is already missing in what was paid, or stands in `relation`.
    """
    total: Ints = records.ties["paid"] - records.ties["served"] - records.ties["relation"]
    return total


def whale_curve(records: Records) -> pd.DataFrame:
    """The whale curve: cumulative profit over customers, the most profitable first (Cooper and Kaplan 1991).

    Columns: firm, customers_share, cumulative_profit_money, profit_share (of its final value; NaN where that is not
    positive). Customers are all who ever bought or cost something; a firm without any has no rows. See
    `sim.equity.concentration.whale_curve`.
    """
    import pandas as pd

    curves = {name: curve for name, curve in zip(records.firms, _curves(records), strict=True) if curve is not None}

    def column(field: str) -> np.ndarray:
        return np.concatenate([np.empty(0), *(getattr(curve, field) for curve in curves.values())])

    return pd.DataFrame({
        "firm": np.repeat(np.array([*curves], dtype=object), [curve.share.size for curve in curves.values()]),
        "customers_share": column("customers"),
        "cumulative_profit_money": column("cumulative") / records.minor_units, "profit_share": column("share"),
    })


def whale_shares(records: Records, customers: Floats) -> Floats:
    """Share of a firm's profit that its best customers make, at these shares of its customers [shares, F].

    NaN for a firm without customers, or whose customers bring no profit together.
    """
    shares = np.full((customers.size, len(records.firms)), np.nan)
    for place, curve in enumerate(_curves(records)):
        if curve is not None and not np.isnan(curve.share[-1]):
            shares[:, place] = curve.at(customers)
    return shares


def _curves(records: Records) -> list[concentration.WhaleCurve | None]:
    """The curve of every firm, in minor units; None for one without customers."""
    profits, bought = customer_profit(records), records.ties["experiences"] > 0
    return [
        concentration.whale_curve(profit[some]) if (some := had | (profit != 0)).any() else None
        for profit, had in zip(profits, bought, strict=True)
    ]
