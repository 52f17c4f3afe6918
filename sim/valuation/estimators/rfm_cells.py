"""Recency, frequency, monetary value: what people of the same cell brought before (Hughes 1994)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.equity.rfm import rfm_score, rfm_table
from sim.records.records import Floats
from sim.valuation.log import FirmLog

if TYPE_CHECKING:
    import pandas as pd

TITLE = "RFM cells"
SEES = "own purchases and costs by customer"
FEWEST = 5
"""Customers from which a cell has a mean of its own."""


def rfm_cells(log: FirmLog) -> Floats:
    """v = the mean of what customers of the same cell brought in the second half of the past.

    Quintiles by recency, frequency and spend are made at the middle of the log; for each cell the discounted
    contribution of the periods since then is averaged (over at most the horizon) and carried to the whole horizon by
    the annuity. Today's customers get the mean of their cell of today. A cell with fewer than five customers gets the
    mean of all with the same sum of classes; a sum that nobody had lies between its neighbours.

    Raises:
        ValueError: nobody had bought by the middle of the log.
    """
    middle, worth = log.at // 2, log.terms.worth
    past = log.until(middle)
    if past.customers.size == 0:
        raise ValueError("nobody had bought by the middle of the past, so no cell has a mean")
    length = min(log.at - middle, worth.size)
    rows = log.own.where((log.own.period >= middle) & (log.own.period < middle + length)
                         & np.isin(log.own.customer, past.customers))
    brought = np.bincount(past.places(rows), weights=rows.margin * worth[rows.period - middle],
                          minlength=past.customers.size) * (worth.sum() / worth[:length].sum())
    return _means_of_cells(_scores(past), brought, _scores(log))


def _scores(log: FirmLog) -> pd.DataFrame:
    """Classes of every customer of the log, in their order."""
    import pandas as pd

    rows = log.bought
    frame = pd.DataFrame({"customer_id": rows.customer, "date": rows.period, "amount": rows.amount})
    table = rfm_table(frame, end=log.at - 1, unit=1)
    return rfm_score(table.sort_values("customer_id")).reset_index(drop=True)


def _means_of_cells(then: pd.DataFrame, brought: Floats, now: pd.DataFrame) -> Floats:
    """The value of each of today's customers: the mean of the cell, else of the sum of classes."""
    cells = then.assign(value=brought).groupby("rfm_cell")["value"].agg(["mean", "size"])
    of_cell = now["rfm_cell"].map(cells.loc[cells["size"] >= FEWEST, "mean"]).to_numpy(dtype=np.float64)
    sums = then.assign(value=brought).groupby("rfm_score")["value"].mean()
    of_sum = np.interp(now["rfm_score"], sums.index.to_numpy(dtype=np.float64), sums.to_numpy())
    return np.where(np.isnan(of_cell), of_sum, of_cell)
