"""How long customers stay where retention never changes (the geometric lifetime).

Whoever is won counts as a customer in the first period; at the end of every period a share `retention` renews.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.equity.checks import broadcast, numbers, plain


def survival_share(retention: Any, periods: Any) -> Any:
    """Share that is still there after so many renewals: S(t) = r^t.

    Args:
        retention: 0..1.
        periods: number of renewals, at least 0; fractions are allowed.

    Returns:
        A share: a float, or an array where one was given.

    Raises:
        TypeError: an argument is not made of numbers.
        ValueError: outside its range, or arrays that do not fit.

    Source: the geometric distribution (algebra).

    >>> round(survival_share(0.8, 5), 5)
    0.32768
    """
    r, t = numbers("retention", retention, 0.0, 1.0), numbers("periods", periods, 0.0)
    broadcast(retention=r, periods=t)
    return plain(np.asarray(r**t))


def mean_lifetime(retention: Any) -> Any:
    """Expected number of periods as a customer, the first included: 1 / (1 − r).

    Raises:
        TypeError: not made of numbers.
        ValueError: retention outside 0..1, or 1: then nobody ever leaves.

    Source: the geometric distribution (algebra).

    >>> round(mean_lifetime(0.8), 9)
    5.0
    """
    r = numbers("retention", retention, 0.0, 1.0, open_ends="high")
    return plain(np.asarray(1.0 / (1.0 - r)))


def median_lifetime(retention: Any) -> Any:
    """After how many renewals (fractions included) half is left: ln ½ / ln r; 0 where nobody renews.

    Raises:
        TypeError: not made of numbers.
        ValueError: retention outside 0..1, or 1: then nobody ever leaves.

    Source: the geometric distribution (algebra).

    >>> round(median_lifetime(0.8), 6)
    3.106284
    """
    r = numbers("retention", retention, 0.0, 1.0, open_ends="high")
    with np.errstate(divide="ignore"):
        return plain(np.asarray(np.log(0.5) / np.log(r)))
