"""How many customers, how much they buy, and which part of the market that is."""

from __future__ import annotations

import numpy as np

from sim.metrics.arithmetic import from_warm_up, last_year, ratio, unknown, unknown_at
from sim.metrics.registry import BOOKS, Reading, metric, of_counts
from sim.records.history import wallets_at
from sim.records.records import Floats, Records

active_customers_people = of_counts(
    "active_customers", "active_customers_people", "Customers as the firm counts them.",
    "people who bought within the active window, at the end of the period", kind="stock", better="higher",
    over_time=True)
buyers_people = of_counts(
    "buyers", "buyers_people", "Buyers of the period.", "people who bought in the period", better="higher")
new_customers_people = of_counts(
    "new_customers", "new_customers_people", "Newly won customers.", "people who bought for the first time",
    better="higher")


@metric("people", "new customers of the last year, or so far", reading=BOOKS,
        label="new customers in the last year", better="higher")
def new_customers_last_year_people(records: Records) -> Floats:
    """Newly won customers within a year."""
    return last_year(records.count("new_customers"), records.year).astype(float)


returned_customers_people = of_counts(
    "returned_customers", "returned_customers_people", "Customers who came back.",
    "people who had lapsed and bought again", better="higher")
lapsed_customers_people = of_counts(
    "lapsed_customers", "lapsed_customers_people", "Customers whom the firm now counts as lost.",
    "customers whose active window ended without a purchase", better="lower")
known_customers_people = of_counts(
    "known_customers", "known_customers_people", "Customers in the database.",
    "people of whom the firm's information system knows something", kind="stock", better="higher")
sold_units = of_counts(
    "units", "sold_units", "Purchases; one purchase may hold several pieces (the basket), which count as one.",
    "purchases made at the firm", better="higher")


@metric("people", "active customers at the end of the warm-up + new and returned customers since", kind="cumulative",
        reading=BOOKS, label="customers won to date", better="higher")
def won_to_date_people(records: Records) -> Floats:
    """Customers there were at the start and all who were won since, won back included. NaN during the warm-up."""
    won = records.count("new_customers") + records.count("returned_customers")
    at_start = records.count("active_customers")[records.warm_up - 1] if records.warm_up else 0
    return from_warm_up(records, won) + at_start


@metric("months", "sum of active customers · months of a period since the end of the warm-up", kind="cumulative",
        reading=BOOKS, label="months with customers", better="higher")
def customer_time_months(records: Records) -> Floats:
    """Months of being a customer, over all customers to date. NaN during the warm-up."""
    return from_warm_up(records, records.count("active_customers") * (12.0 / records.periods_per_year))


@metric("share", "people aware of the firm / people in the market", kind="stock", reading=BOOKS, better="higher")
def aware_share(records: Records) -> Floats:
    """Share of the market that knows the firm."""
    return ratio(records.count("aware_people"), records.present()[:, None])


@metric("share", "buyers of the period / people in the market", "Ehrenberg 1988", reading=BOOKS, better="higher")
def penetration_share(records: Records) -> Floats:
    """Share of the market that bought here in the period."""
    return ratio(records.count("buyers"), records.present()[:, None])


@metric("share", "purchases at the firm / purchases at all firms", reading=BOOKS, better="higher",
        over_time=True)
def market_share(records: Records) -> Floats:
    """Share of purchases."""
    units = records.count("units")
    return ratio(units, units.sum(axis=1, keepdims=True))


@metric("share", "revenue of the firm / revenue of all firms", reading=BOOKS, better="higher")
def revenue_share(records: Records) -> Floats:
    """Share of the money spent."""
    revenue = records.account("revenue")
    return ratio(revenue, revenue.sum(axis=1, keepdims=True))


def _wallet_at(records: Records, period: int) -> Floats:
    return unknown_at(records) if records.transactions is None else ratio(*wallets_at(records, period))


@metric("share", "spending of its buyers of the last year: at the firm / at all firms", "C12",
        reading=Reading("lately", _wallet_at), label="share of wallet", better="higher")
def wallet_share(records: Records) -> Floats:
    """Share of wallet of the firm's own customers. Needs transactions, else NaN."""
    history = records.history
    return unknown(records) if history is None else ratio(history.wallet_here, history.wallet_all)


@metric("share", "contacts that did not get through / contacts tried", "C109", reading=BOOKS, better="lower")
def lost_contacts_share(records: Records) -> Floats:
    """Share of contacts that met no free capacity."""
    return ratio(records.count("lost_contacts"), np.maximum(records.count("contacts"), records.count("lost_contacts")))
