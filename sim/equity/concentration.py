"""How unevenly something is spread over customers: whale curve, share of the top, Gini coefficient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.equity.checks import Floats, column, number, numbers


@dataclass(frozen=True)
class WhaleCurve:
    """Profit added up over customers, the most profitable first: share of customers so far, their profit (money).

    `share`: that profit over the profit of all; NaN where that is not above 0, because shares of a loss say nothing.
    """

    customers: Floats
    cumulative: Floats
    share: Floats

    @property
    def peak(self) -> float:
        """The highest point of the curve, as a share of the profit of all: what it would be without the loss-makers."""
        return float(self.share.max())

    def at(self, customers: Any) -> Floats:
        """The share of profit made by the best share of customers, 0..1; between two customers on a straight line."""
        wanted = numbers("customers", customers, 0.0, 1.0)
        return np.asarray(np.interp(wanted, np.r_[0.0, self.customers], np.r_[0.0, self.share]))


def whale_curve(profit: Any) -> WhaleCurve:
    """The whale curve of profits by customer (money [n], at least one; losses are negative).

    Raises:
        TypeError, ValueError: not a column of numbers, or no customer.

    Source: Cooper and Kaplan (1991), Harvard Business Review 69(3).

    >>> curve = whale_curve([60, -40, 80])
    >>> curve.cumulative.tolist(), curve.share.round(3).tolist()
    ([80.0, 140.0, 100.0], [0.8, 1.4, 1.0])
    """
    found = column("profit", profit)
    cumulative = np.cumsum(np.sort(found)[::-1])
    final = float(cumulative[-1])
    share = cumulative / final if final > 0 else np.full(cumulative.size, np.nan)
    return WhaleCurve((np.arange(cumulative.size) + 1) / cumulative.size, cumulative, share)


def top_share(values: Any, top: float = 0.2) -> float:
    """Share of the sum that the largest values have: of the best fifth, unless told otherwise.

    `values`: one per customer [n], may be negative. `top`: share of customers, 0..1; a fraction of a customer counts in
    part. The result is above 1 where the others lose money, and NaN where the sum is not above 0.

    Raises:
        TypeError, ValueError: not a column of numbers, no customer, or a share outside 0..1.

    Source: the definition (algebra); the usual question is "80 : 20".

    >>> round(top_share([6, 1, 1, 1, 1]), 3), round(top_share([4, 3, 2, 1], 0.3), 3)
    (0.6, 0.46)
    """
    found = np.sort(column("values", values))[::-1]
    wanted = number("top", top, 0.0, 1.0) * found.size
    total, whole = float(found.sum()), int(wanted)
    part = found[:whole].sum() + (wanted - whole) * (found[whole] if whole < found.size else 0.0)
    return float(part / total) if total > 0 else float("nan")


def gini(values: Any) -> float:
    """Gini coefficient: 0 where all have the same, near 1 where one has all: Σ (2k − n − 1)·x_k / (n·Σ x), x sorted.

    Half the mean difference between two customers over the mean, 0 to 1 − 1/n; NaN where all are 0. `values`: one per
    customer [n], each at least 0.

    Raises:
        TypeError, ValueError: not a column of numbers of at least 0, or no customer.

    Source: Gini (1912); the form for sorted values in Dixon, Weiner, Mitchell-Olds and Woodley (1987), Ecology 68(5).

    >>> gini([1, 1, 1]), gini([0, 0, 0, 8])
    (0.0, 0.75)
    """
    found = np.sort(column("values", values, 0.0))
    n, total = found.size, float(found.sum())
    return float(((2.0 * np.arange(1, n + 1) - n - 1.0) * found).sum() / (n * total)) if total > 0 else float("nan")
