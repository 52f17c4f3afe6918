"""Regularities of repeat buying (Ehrenberg 1988): penetration and frequency, duplication, NBD counts, top fifth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.equity import concentration
from sim.equity.nbd import Nbd, shape_from_zeros
from sim.metrics.arithmetic import ratio
from sim.records.records import Floats, Ints, Records


def purchase_counts(records: Records, start: int = 0, end: int | None = None) -> Ints:
    """Purchases per firm and person [F, N] in periods start..end−1, from the transactions.

    Raises:
        ValueError: the run kept no purchases.
    """
    if records.transactions is None:
        raise ValueError('Buying patterns need purchases: run with records="all" or fewer customers.')
    rows = records.purchases.between(start, records.periods if end is None else end)
    return rows.total(rows.units, (len(records.firms), records.people_count))


def penetration_table(records: Records, start: int = 0, end: int | None = None) -> pd.DataFrame:
    """Double jeopardy: firm, penetration_share (buyers / people), purchases_per_buyer, market_share.

    People are all who were in the market at some time in periods start..end−1.
    """
    counts, last = purchase_counts(records, start, end), records.periods if end is None else end
    people = np.count_nonzero((records.people["enters"] < last) & (records.people["leaves"] > start))
    buyers, units = (counts > 0).sum(axis=1), counts.sum(axis=1)
    return pd.DataFrame({
        "firm": records.firms, "penetration_share": ratio(buyers, np.array(people)),
        "purchases_per_buyer": ratio(units, buyers), "market_share": ratio(units, units.sum()),
    })


@dataclass(frozen=True)
class Duplication:
    """Duplication of purchase: `shared` [F, F] is the share of row's buyers who also bought column's.

    `penetration` [F]; `coefficient` is D in shared = D · penetration of the column, fitted over all pairs.
    """

    shared: Floats
    penetration: Floats
    coefficient: float

    @property
    def per_firm(self) -> Floats:
        """D of each firm [F]: mean duplication of its column over its penetration; near-constant by the law."""
        others = ~np.eye(len(self.penetration), dtype=bool) & np.isfinite(self.shared)
        return ratio(np.where(others, self.shared, 0.0).sum(axis=0), others.sum(axis=0) * self.penetration)


def duplication(counts: Ints, people: int) -> Duplication:
    """How firms share their buyers: b(j|i) = D·b(j), D by mean duplication over mean penetration of the pairs.

    Counts: purchases [F, N]. NaN where a firm has no buyers; D is NaN with one firm. Source: Ehrenberg 1988.

    >>> table = duplication(np.array([[1, 1, 0, 0], [1, 0, 1, 0]]), people=4)
    >>> table.shared[0].tolist(), table.coefficient
    ([1.0, 0.5], 1.0)
    """
    bought = counts > 0
    both = bought.astype(np.float64) @ bought.T.astype(np.float64)  # whole numbers below 2^53: exact in any order
    penetration = ratio(np.diag(both), np.array(people))
    shared = ratio(both, np.diag(both)[:, None])
    others = ~np.eye(len(counts), dtype=bool) & np.isfinite(shared)
    across = np.broadcast_to(penetration, shared.shape)
    coefficient = float(ratio(shared[others].sum(), across[others].sum()))
    return Duplication(shared, penetration, coefficient)


def top_share(counts: Ints, top: float = 0.2) -> float:
    """Share of all purchases made by the most frequent fifth of buyers; fractions of a person count in part.

    >>> round(top_share(np.array([6, 1, 1, 1, 1, 0, 0])), 3)
    0.6
    """
    bought = counts[counts > 0]
    return concentration.top_share(bought, top) if bought.size else float("nan")


def fit_nbd_by_zeros(mean: float, zero_share: float) -> Nbd:
    """The NBD with this mean and this share of non-buyers (Ehrenberg's method of mean and zeros).

    Poisson where there are fewer non-buyers than even Poisson has; NaN shape when nobody bought.

    >>> round(fit_nbd_by_zeros(1.456, 0.44).shape, 2)
    0.78
    """
    mean = float(mean)
    if not 0 < zero_share < 1 or mean <= 0:
        return Nbd(mean, float("inf") if mean > 0 else float("nan"))
    return Nbd(mean, shape_from_zeros(mean, zero_share))


def fit_nbd_by_moments(counts: Ints) -> Nbd:
    """The NBD with the mean and variance of the counts: K = M²/(V − M); Poisson where V ≤ M."""
    if not counts.size:
        return Nbd(float("nan"), float("nan"))
    mean, square = int(counts.sum()) / counts.size, int((counts.astype(np.int64) ** 2).sum()) / counts.size
    extra = square - mean * mean - mean
    return Nbd(mean, mean * mean / extra if extra > 1e-12 else float("inf"))


def dissimilarity(counts: Ints, fitted: Nbd) -> float:
    """Index of dissimilarity, 0..1: the share of people who would have to be moved, ½·Σ|observed − expected|.

    Counts beyond the largest observed belong to one class. NaN without people or without purchases.
    """
    if not counts.size or not np.isfinite(fitted.mean) or np.isnan(fitted.shape):
        return float("nan")
    largest = int(counts.max())
    observed = np.bincount(counts, minlength=largest + 1) / counts.size
    expected = fitted.probabilities(largest)
    return float((np.abs(observed - expected).sum() + max(0.0, 1.0 - expected.sum())) / 2)
