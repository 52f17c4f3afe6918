"""Brand switching as a Markov chain (Rust, Lemon and Zeithaml 2004)."""

from __future__ import annotations

import numpy as np

from sim.equity.markov import switching_value
from sim.records.records import Floats
from sim.valuation.log import FirmLog, Purchases

TITLE = "Markov switching"
SEES = "purchases of everybody at all firms (a panel, which a firm must buy), own costs"


def markov_switching(log: FirmLog) -> Floats:
    """Value of the purchases to come, by the brand bought last and the brand-switching matrix of the whole panel.

    The matrix counts, over all people, which firm each purchase went to after which. Within a period the order is not
    known: expected counts over all orders are taken (n_f·n_g/n for f ≠ g, n_f·(n_f − 1)/n for f = g, and shares ×
    shares from one period with purchases to the next). A person buys as often per year as since their first purchase
    anywhere, and every purchase from the firm brings the firm's mean contribution over the last year. Nobody is ever
    lost to the market: customers only switch.

    Raises:
        ValueError: nobody bought twice at all.
    """
    terms, panel = log.terms, log.panel
    counts, latest = _switches(panel, log.firms)
    if not counts.sum():
        raise ValueError("nobody bought twice, so switching is not known")
    rows = counts.sum(axis=1, keepdims=True)
    matrix = np.where(rows > 0, counts / np.where(rows > 0, rows, 1.0), np.eye(log.firms))
    matrix = matrix / matrix.sum(axis=1, keepdims=True)
    people = log.customers
    start = np.full(people.max() + 1, log.at)
    mine = panel.where(np.isin(panel.customer, people))
    np.minimum.at(start, mine.customer, mine.period)
    often = np.bincount(mine.customer, weights=mine.units, minlength=start.size)[people]
    rate = often / (log.at - start[people]) * terms.periods_per_year
    gain = float(log.recent.margin.sum()) / max(float(log.recent.units.sum()), 1.0)
    years = terms.horizon / terms.periods_per_year
    value = np.zeros(people.size)
    for each in np.unique(rate):
        by_last_brand = switching_value(matrix, float(each), years, terms.discount_rate, 1.0)[:, log.firm]
        by_last_brand[log.firm] -= 1.0  # the purchase just made is past
        value[rate == each] = latest[people[rate == each]] @ by_last_brand
    return value * gain


def _switches(panel: Purchases, firms: int) -> tuple[Floats, Floats]:
    """Expected number of switches from firm to firm [F, F], and the shares of each person's last period [N, F]."""
    order = np.lexsort((panel.period, panel.customer))
    customer, period = panel.customer[order], panel.period[order]
    new = np.ones(order.size, dtype=np.bool_)
    new[1:] = (customer[1:] != customer[:-1]) | (period[1:] != period[:-1])
    visit = np.cumsum(new) - 1
    bought = np.zeros((int(new.sum()), firms))
    np.add.at(bought, (visit, panel.firm[order]), panel.units[order])
    who, number = customer[new], bought.sum(axis=1, keepdims=True)
    shares = bought / number
    within = shares.T @ bought - np.diag(shares.sum(axis=0))
    again = who[1:] == who[:-1]
    between = shares[:-1][again].T @ shares[1:][again]
    latest = np.zeros((int(customer.max(initial=-1)) + 1, firms))
    final = np.ones(who.size, dtype=np.bool_)
    final[:-1] = ~again
    latest[who[final]] = shares[final]
    return within + between, latest
