"""Customer equity as a metric among the others."""

from __future__ import annotations

import numpy as np

from sim.metrics.registry import Reading, metric
from sim.records.records import Floats, Records
from sim.valuation.person import customer_equity


def _at(records: Records, period: int) -> Floats:
    """Customer equity at the end of a period [F], from what was known then."""
    known = records if period == records.periods - 1 else records.until(period + 1)
    return customer_equity(known).customer_equity


@metric("money", "today's customers + customers still to be won − advertising − shared costs, discounted",
        "the form is told in sim.valuation.person; F07", "valuation", Reading("lately", _at),
        better="higher", headline=1)
def customer_equity_money(records: Records) -> Floats:
    """Customer equity at the end of each period, from what was known then. NaN without purchases."""
    return np.array([_at(records, period) for period in range(records.periods)])
