"""What a firm's information system holds at a date: the log from which customers are valued."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.records.records import Floats, Ints, Records


@dataclass(frozen=True)
class Terms:
    """The terms of a valuation: the same for every estimator and for the truth.

    `worth` [H]: worth at the valuation date of one unit of money of each coming period; its length is the horizon.
    `window`: periods without a purchase after which the firm counts somebody as lost.
    """

    worth: Floats
    periods_per_year: float
    discount_rate: float  # per year
    window: int

    @property
    def discount(self) -> float:
        """Discount per period."""
        return float((1.0 + self.discount_rate) ** (1.0 / self.periods_per_year) - 1.0)

    @property
    def horizon(self) -> int:
        """How many coming periods count."""
        return int(self.worth.size)

    @property
    def timing(self) -> float:
        """Factor of a sum discounted one period more: 1 + discount for a first margin at the start, else 1."""
        return float(self.worth[0]) * (1.0 + self.discount)


@dataclass(frozen=True)
class Purchases:
    """One row per period, firm and customer, in this order. `customer` are places in the market, money is in units of
    the currency; rows with 0 units are costs without a purchase.
    """

    period: Ints
    customer: Ints
    firm: Ints
    units: Ints
    amount: Floats
    margin: Floats

    def where(self, which: np.ndarray) -> Purchases:
        """Some of the rows."""
        return Purchases(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class FirmLog:
    """A firm's own log up to a date, and the terms of the question.

    `own` holds its own rows only. `panel` are the purchases of everybody at all firms, as a panel of households would
    show them: a firm has them only if it buys them, so an estimator that looks there must say so. `firm` is the firm's
    place in the panel, `firms` how many there are. `at` is the first period that is not known yet.
    """

    own: Purchases
    panel: Purchases
    firm: int
    firms: int
    at: int
    terms: Terms

    @classmethod
    def of(cls, records: Records, firm: str, at: int, worth: Floats) -> FirmLog:
        """The log of a firm in a run at the start of period `at`.

        Raises:
            ValueError: the run kept no purchases, or there is no such firm.
        """
        if records.transactions is None:
            raise ValueError('This run kept no purchases, so nothing can be estimated: run it with records="all".')
        if firm not in records.firms:
            raise ValueError(f"There is no firm {firm!r}; the firms are {', '.join(records.firms)}.")
        rows, unit = records.until(at).transactions, records.minor_units
        assert rows is not None
        period, customer, seller, units = (column.astype(np.int64)
                                           for column in (rows.period, rows.customer, rows.firm, rows.units))
        every = Purchases(period, customer, seller, units, rows.amount / unit, rows.margin / unit)
        place = records.firms.index(firm)
        terms = Terms(worth, records.periods_per_year, records.scenario.money.discount_rate, records.active_window)
        panel = every.where(every.units > 0)
        return cls(every.where(every.firm == place), panel, place, len(records.firms), at, terms)

    def until(self, period: int) -> FirmLog:
        """The log as it was at an earlier date."""
        own, panel = self.own, self.panel
        return replace(self, own=own.where(own.period < period), panel=panel.where(panel.period < period), at=period)

    @cached_property
    def bought(self) -> Purchases:
        """The firm's own rows with a purchase."""
        return self.own.where(self.own.units > 0)

    @cached_property
    def customers(self) -> Ints:
        """Everybody who ever bought from the firm, by place in the market [n]; estimates come in this order."""
        return np.unique(self.bought.customer)

    @property
    def first(self) -> Ints:
        """Period of each customer's first purchase [n]."""
        first = np.full(self.customers.size, np.iinfo(np.int64).max)
        np.minimum.at(first, self.places(self.bought), self.bought.period)
        return first

    @property
    def last(self) -> Ints:
        """Period of each customer's last purchase [n]."""
        last = np.full(self.customers.size, -1)
        np.maximum.at(last, self.places(self.bought), self.bought.period)
        return last

    @property
    def active(self) -> np.ndarray:
        """Who bought within the active window [n]: all that a firm can see of who is still a customer."""
        return self.at - 1 - self.last < self.terms.window

    @property
    def span(self) -> int:
        """How many periods are looked back on: a year, or half of the log where that is shorter."""
        return max(1, min(round(self.terms.periods_per_year), self.at // 2))

    @property
    def recent(self) -> Purchases:
        """The firm's own rows of the span."""
        return self.own.where(self.own.period >= self.at - self.span)

    @property
    def margin_per_period(self) -> Floats:
        """Contribution of each customer per period over the span [n], all costs booked on the customer taken off."""
        rows = self.recent
        return self.total(rows.where(np.isin(rows.customer, self.customers)), "margin") / self.span

    def places(self, rows: Purchases) -> Ints:
        """Where the customers of these rows stand among `customers`."""
        return np.searchsorted(self.customers, rows.customer)

    def total(self, rows: Purchases, column: str) -> Floats:
        """Sum of a column of these rows by customer [n]."""
        weights = np.asarray(getattr(rows, column), dtype=np.float64)
        return np.bincount(self.places(rows), weights=weights, minlength=self.customers.size).astype(np.float64)
