"""How many customers, how much they buy, and which part of the market that is."""

from __future__ import annotations

import numpy as np

from sim.metrics.arithmetic import last_year, ratio, unknown, unknown_at
from sim.metrics.registry import BOOKS, Reading, metric
from sim.records.history import wallets_at
from sim.records.records import Floats, Records


@metric("people", "people who bought within the active window, at the end of the period", kind="stock", reading=BOOKS,
        better="higher", headline=7)
def active_customers_people(records: Records) -> Floats:
    """Customers as the firm counts them."""
    return records.count("active_customers").astype(float)


@metric("people", "people who bought in the period", reading=BOOKS, better="higher")
def buyers_people(records: Records) -> Floats:
    """Buyers of the period."""
    return records.count("buyers").astype(float)


@metric("people", "people who bought for the first time", reading=BOOKS, better="higher")
def new_customers_people(records: Records) -> Floats:
    """Newly won customers."""
    return records.count("new_customers").astype(float)


@metric("people", "new customers of the last year, or so far", reading=BOOKS,
        label="new customers in the last year", better="higher", headline=6)
def new_customers_last_year_people(records: Records) -> Floats:
    """Newly won customers within a year."""
    return last_year(records.count("new_customers"), records.year).astype(float)


@metric("people", "people who had lapsed and bought again", reading=BOOKS, better="higher")
def returned_customers_people(records: Records) -> Floats:
    """Customers who came back."""
    return records.count("returned_customers").astype(float)


@metric("people", "customers whose active window ended without a purchase", reading=BOOKS, better="lower")
def lapsed_customers_people(records: Records) -> Floats:
    """Customers whom the firm now counts as lost."""
    return records.count("lapsed_customers").astype(float)


@metric("people", "people of whom the firm's information system knows something", kind="stock", reading=BOOKS,
        better="higher")
def known_customers_people(records: Records) -> Floats:
    """Customers in the database."""
    return records.count("known_customers").astype(float)


@metric("purchases", "purchases made at the firm", reading=BOOKS, better="higher")
def sold_units(records: Records) -> Floats:
    """Purchases; one purchase may hold several pieces (the basket), which count as one."""
    return records.count("units").astype(float)


@metric("share", "people aware of the firm / people in the market", kind="stock", reading=BOOKS, better="higher")
def aware_share(records: Records) -> Floats:
    """Share of the market that knows the firm."""
    return ratio(records.count("aware_people"), records.present()[:, None])


@metric("share", "buyers of the period / people in the market", "Ehrenberg 1988", reading=BOOKS, better="higher")
def penetration_share(records: Records) -> Floats:
    """Share of the market that bought here in the period."""
    return ratio(records.count("buyers"), records.present()[:, None])


@metric("share", "purchases at the firm / purchases at all firms", reading=BOOKS, better="higher", headline=8)
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
        reading=Reading("lately", _wallet_at), better="higher")
def wallet_share(records: Records) -> Floats:
    """Share of wallet of the firm's own customers. Needs transactions, else NaN."""
    history = records.history
    return unknown(records) if history is None else ratio(history.wallet_here, history.wallet_all)


@metric("share", "contacts that did not get through / contacts tried", "C109", reading=BOOKS, better="lower")
def lost_contacts_share(records: Records) -> Floats:
    """Share of contacts that met no free capacity."""
    return ratio(records.count("lost_contacts"), np.maximum(records.count("contacts"), records.count("lost_contacts")))
