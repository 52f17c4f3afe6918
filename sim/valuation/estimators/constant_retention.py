"""The formula of the textbooks: one margin, one retention rate, one discount rate."""

from __future__ import annotations

import numpy as np

from sim.equity.clv import lifetime_value
from sim.records.records import Floats
from sim.valuation.log import FirmLog

TITLE = "constant retention"
SEES = "own purchases and costs by customer, one year back"


def constant_retention(log: FirmLog) -> Floats:
    """v = c · Σ_j r^j · worth_j for who bought within the active window, 0 for everybody else.

    c: the customer's own contribution per period over the last year. r: of those who were active a year ago, the share
    that is active now, per period: (kept / active then)^(1 / periods). Each coming margin, the first one too, needs a
    renewal, as in `sim.valuation.person`. Timing as in the scenario's `money.first_margin`.

    Raises:
        ValueError: nobody was active a year ago, so retention is not known.
    """
    terms, span = log.terms, log.span
    before = log.until(log.at - span)
    then = before.customers[before.active]
    if then.size == 0:
        raise ValueError("nobody was a customer a year before, so retention is not known")
    kept = np.isin(then, log.customers[log.active]).sum() / then.size
    retention = float(kept ** (1.0 / span))
    multiple = lifetime_value(1.0, retention, terms.discount, timing="renewal", periods=terms.horizon) * terms.timing
    return np.where(log.active, log.margin_per_period * multiple, 0.0)
