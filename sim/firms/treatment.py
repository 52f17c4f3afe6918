"""Treatment by value: whom a firm leaves out, by an estimate made of what it records of its known customers.

Every estimate is made of the firm's own records of a person, so it needs information: identity
(`sim.firms.information`); `oracle` is the exception, for lessons. Models fitted to a firm's book (sBG, BG/NBD) are in
`sim.firms.forecasts`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema.firm import Estimate

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
GROUPS = 5
"""Groups of equal size for recency, frequency and money (Hughes 1994: quintiles)."""


@dataclass(frozen=True)
class KnownCustomers:
    """What a firm has in its records of each known customer, one value per person."""

    contribution: Whole  # paid less goods, service and relation so far, minor units
    year_before: Whole  # the same a year ago, as far as it was kept
    idle: Whole  # periods since the last purchase
    purchases: Whole  # so far
    paid: Whole  # so far, minor units
    ahead: Floats | None  # years or purchases to come by the firm's model; None where it has none
    margin_rate: Floats  # true purchases wanted x margin of one: hidden from firms


def quintile(values: Any) -> Whole:
    """The group of each value from 0 (lowest fifth) to 4; equal values are in one group.

    A value's group is the share of all values below it, in fifths.

    >>> quintile([10, 20, 30, 40, 50]).tolist(), quintile([1, 1, 1, 1, 9]).tolist()
    ([0, 1, 2, 3, 4], [0, 0, 0, 0, 4])
    """
    numbers = np.asarray(values)
    below = np.searchsorted(np.sort(numbers), numbers, side="left")
    return np.asarray(GROUPS * below // max(len(numbers), 1), dtype=np.int64)


def rfm(known: KnownCustomers) -> Whole:
    """Sum of the quintiles of recency, frequency and money: three times their mean, in whole numbers."""
    return quintile(-known.idle) + quintile(known.purchases) + quintile(known.paid)


def sbg(known: KnownCustomers) -> Whole:
    """Years to come x contribution of the last year, in whole minor units; without a model years are alike."""
    last_year = known.contribution - known.year_before
    return last_year if known.ahead is None else _money(last_year * known.ahead)


def bg_nbd(known: KnownCustomers) -> Whole:
    """Purchases of the coming year x mean contribution of one, in whole minor units.

    Without a model the coming years are as those so far: contribution.
    """
    if known.ahead is None:
        return known.contribution
    return _money(known.contribution / np.maximum(known.purchases, 1) * known.ahead)


def _money(amounts: Floats) -> Whole:
    """The nearest whole minor units."""
    return np.rint(amounts).astype(np.int64)


ESTIMATES: Mapping[Estimate, Callable[[KnownCustomers], NDArray[Any]]] = {
    "contribution": lambda known: known.contribution,
    "recency": lambda known: -known.idle,
    "frequency": lambda known: known.purchases,
    "rfm": rfm,
    "last_year": lambda known: known.contribution - known.year_before,
    "sbg": sbg,
    "bg_nbd": bg_nbd,
    "oracle": lambda known: known.margin_rate,
}
"""The score of every known customer: the higher, the sooner treated."""


def left_out(known: KnownCustomers, share: float, by: Estimate) -> NDArray[np.bool_]:
    """Which known customers are not treated: the given share, rounded down, with the lowest scores.

    Equal scores are told apart by contribution so far; who is still equal to the last one treated is treated too.

    >>> def people(*contribution):
    ...     money, none = np.array(contribution), np.zeros(len(contribution), np.int64)
    ...     return KnownCustomers(money, none, none, none, none, None, none * 1.0)
    >>> left_out(people(5, -2, 9, 1), 0.5, "contribution").tolist()
    [False, True, False, True]
    >>> left_out(people(5, -2, 9, 1), 0.5, "frequency").tolist()
    [False, True, False, True]
    """
    score, worth = ESTIMATES[by](known), known.contribution
    order = np.lexsort((worth, score))
    skipped = int(share * len(order))
    if skipped == 0:
        return np.zeros(len(order), dtype=np.bool_)
    last = order[min(skipped, len(order) - 1)]
    return np.asarray((score < score[last]) | ((score == score[last]) & (worth < worth[last])))
