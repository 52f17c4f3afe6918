"""What an offer costs beside its goods: quality, surprise, benefits, few failures, and being bound.

All costs are in reference prices, and each is 0 at what is usual. Below what is usual they are savings, so that a poor
offer is a cheap one. What costs more than usual counts against the budget and pauses while the account is empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import FirmRow
from sim.scenario.schema.firm import Benefits
from sim.scenario.schema.market import Product

Floats = NDArray[np.float64]

USUAL_BENEFITS: Floats = np.array(list(Benefits().model_dump().values()), dtype=np.float64)
"""Benefits by need that the cost of goods includes."""
LEAST_FAILURES = 0.01
"""Added to every failure rate, so that a process that never fails has a price too (assumption: 1 % of purchases)."""


class Delivered(NamedTuple):
    """What firms deliver in a period and what it costs, each [F]."""

    quality: Floats
    failure: Floats
    unit_cost: Floats  # reference prices


def delivered(product: Product, firm: FirmRow, benefits: Floats, on: Floats) -> Delivered:
    """The offer as written where `on` is 1; where it is 0, the account is empty, nothing that costs more than usual."""
    quality = np.where(on > 0.0, np.asarray(firm.quality), np.minimum(firm.quality, product.base_quality))
    failure = np.asarray(firm.failure)
    if product.failure_cost > 0.0:
        failure = np.where(on > 0.0, failure, np.maximum(failure, product.base_failure_rate))
    cost = product.quality_cost * (quality - product.base_quality) + product.surprise_cost * (on * firm.surprise)
    cost = cost + benefits_cost(product, usual_when_paused(product, benefits, on == 0.0))
    return Delivered(quality, failure, cost + failures_cost(product, failure))


def usual_when_paused(product: Product, benefits: Floats, paused: Sequence[bool] | NDArray[np.bool_]) -> Floats:
    """Benefits [F, 5]; of a firm whose account is empty at most the usual ones, if better ones cost anything."""
    if product.benefit_cost == 0.0 or not any(paused):
        return benefits
    return np.where(np.asarray(paused)[:, None], np.minimum(benefits, USUAL_BENEFITS), benefits)


def benefits_cost(product: Product, benefits: Any) -> Any:
    """Cost of one purchase that serves the needs like this: benefit_cost x sum over needs of benefit² - default².

    The square makes every further step dearer (the form is an assumption).

    >>> product = Product(benefit_cost=0.5)
    >>> [round(float(benefits_cost(product, np.array([0.7, 0.6, 0.5, esteem, 0.4]))), 4) for esteem in (0.4, 0.5, 1.0)]
    [-0.045, 0.0, 0.375]
    """
    return product.benefit_cost * (benefits * benefits - USUAL_BENEFITS * USUAL_BENEFITS).sum(axis=-1)


def failures_cost(product: Product, rate: Any) -> Any:
    """Cost of one purchase in a process that fails so often: failure_cost x ((base + .01) / (rate + .01) - 1).

    Steep towards no failures at all, and a saving of less than failure_cost where everything fails: the rising branch
    of costs of conformance (Juran, Quality Control Handbook, 1951; the form is an assumption).

    >>> product = Product(failure_cost=0.1)
    >>> [round(float(failures_cost(product, rate)), 3) for rate in (0.17, 0.08, 0.035, 0.0)]
    [-0.05, 0.0, 0.1, 0.8]
    """
    return product.failure_cost * ((product.base_failure_rate + LEAST_FAILURES) / (rate + LEAST_FAILURES) - 1.0)


def concession(product: Product, price_weight: float, lock: Floats, minor_units: int) -> NDArray[np.int64]:
    """Whole minor units paid to a newcomer for being bound: price x lock_foreseen x lock / weight of price.

    A lock of as many units of utility as the reference price weighs is worth one reference price each time it is felt:
    about once under a contract, often where people buy here and there. Who foresees that asks for as much, so captive
    customers are bought dearly (Klemperer 1995; Farrell and Klemperer 2007).
    Where nobody minds money (weight 0), nobody is paid. It is owed, so it goes on while the account is empty.

    >>> concession(Product(price=10.0, lock_foreseen=0.5), 6.0, np.array([0.0, 3.0]), 100).tolist()
    [0, 250]
    """
    worth = product.lock_foreseen * lock / price_weight if price_weight > 0.0 else 0.0 * lock
    return np.floor(worth * product.price * minor_units + 0.5).astype(np.int64)
