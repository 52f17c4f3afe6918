"""The coming years like the last one: the simplest forecast, and hard to beat (Wübben and Wangenheim 2008)."""

from __future__ import annotations

from sim.records.records import Floats
from sim.valuation.log import FirmLog

TITLE = "last year, continued"
SEES = "own purchases and costs by customer, one year back"


def last_year_continued(log: FirmLog) -> Floats:
    """Contribution per period of the last year, for the whole horizon: v = c · Σ_j worth_j.

    Nobody is ever lost here, and who did not buy for a year is worth nothing.

    Source: Wübben and Wangenheim (2008), "Instant customer base analysis", Journal of Marketing 72(3), who found such
    rules as good as models at telling the best customers.
    """
    return log.margin_per_period * float(log.terms.worth.sum())
