"""Buy till you die: BG/NBD for how often, Gamma-Gamma for how much."""

from __future__ import annotations

import numpy as np

from sim.equity.btyd import fit_bg_nbd, fit_gamma_gamma
from sim.records.records import Floats
from sim.valuation.log import FirmLog

TITLE = "BG/NBD × Gamma-Gamma"
SEES = "own purchases by customer, and the contribution of all customers together"


def bg_nbd_gamma_gamma(log: FirmLog) -> Floats:
    """v = (discounted purchases to expect) · (spend per purchase to expect) · (contribution per unit of revenue).

    A log in periods says in which period somebody bought, not when: the u purchases of one period are spread evenly
    over it, the k-th at k/(u + 1). Frequency is all purchases but the first, recency the time from the first to the
    last, T the time from the first to the date. Spend is a customer's mean over repeat purchases. The last factor is
    that of the whole firm over the last year, as the model knows no costs of a single customer.

    Raises:
        ValueError: nobody bought twice, or spend has no finite mean.
    """
    rows, first, last, terms = log.bought, log.first, log.last, log.terms
    units, spent = log.total(rows, "units"), log.total(rows, "amount")
    opening = rows.where(rows.period == first[log.places(rows)])
    closing = rows.where(rows.period == last[log.places(rows)])
    at_first = 1.0 / (log.total(opening, "units") + 1.0)
    at_last = log.total(closing, "units")
    begins, ends = first + at_first, last + at_last / (at_last + 1.0)
    repeats = np.round(units) - 1.0
    recency = np.where(repeats > 0, ends - begins, 0.0)
    alive = fit_bg_nbd(repeats, recency, log.at - begins)
    coming = np.asarray(alive.discounted_expected_residual_transactions(
        repeats, recency, log.at - begins, terms.discount, terms.horizon)) * terms.timing
    first_spend = log.total(opening, "amount") / log.total(opening, "units")
    mean_spend = np.where(repeats > 0, (spent - first_spend) / np.maximum(repeats, 1.0), 0.0)
    spend = np.asarray(fit_gamma_gamma(repeats, mean_spend).expected_spend(repeats, mean_spend), dtype=np.float64)
    if not np.isfinite(spend).all():
        raise ValueError("in the Gamma-Gamma model of this log, spend has no finite mean (q is 1 or less)")
    share = float(log.recent.margin.sum()) / max(float(log.recent.amount.sum()), 1e-9)
    return np.asarray(coming * spend * share)
