"""Survival of durations, some of them cut off before the end (Kaplan and Meier 1958), and mean and median life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.equity.checks import Floats, Ints, number, whole, whole_column

LONGEST = 10_000_000
"""Ages are counted one by one up to the longest duration."""


@dataclass(frozen=True)
class Survival:
    """A survival curve: at each age, how many were at risk, how many events, the share left and its interval."""

    age: Ints
    at_risk: Ints
    events: Ints
    share: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Life:
    """A length of life in periods with its interval; NaN where it is not known."""

    value: float
    low: float
    high: float


def kaplan_meier(duration: Any, event: Any, confidence: float = 0.95) -> Survival:
    """Survival of durations, some of which were cut off before the event.

    S(t) = Π (1 − d/n) over ages up to t; variance S²·Σ d/(n·(n − d)) (Greenwood 1926); normal interval held in 0..1.
    Whoever is cut off at age t was at risk at t.

    Args:
        duration: age at the event or where watching ended, whole periods from 0 [n], at least one.
        event: whether it was the event [n]: booleans, or 0 and 1.
        confidence: of the interval, between 0 and 1.

    Returns:
        The curve at ages 0, 1, …, the longest duration.

    Raises:
        TypeError: not made of numbers, or of truth values.
        ValueError: outside its range, nobody, or columns of different length.

    Source: Kaplan and Meier (1958), Journal of the American Statistical Association 53; Greenwood (1926).

    >>> curve = kaplan_meier([1, 2, 2, 3], [True, True, False, True])
    >>> curve.share.round(4).tolist()
    [1.0, 0.75, 0.5, 0.0]
    """
    from scipy.special import ndtri

    lasted = whole_column("duration", duration, 0, LONGEST)
    ended_so = _truths("event", event, lasted.size)
    level = number("confidence", confidence, 0.0, 1.0, open_ends="both")
    ages = np.arange(int(lasted.max()) + 1)
    ended = np.bincount(lasted, minlength=ages.size)
    at_risk = lasted.size - np.r_[0, np.cumsum(ended)[:-1]]
    events = np.bincount(lasted[ended_so], minlength=ages.size)
    share = np.cumprod(1.0 - events / at_risk)
    left = at_risk - events
    step = np.divide(events, at_risk * left, out=np.zeros(ages.size), where=left > 0)
    half = float(ndtri(0.5 + level / 2)) * share * np.sqrt(np.cumsum(step))
    return Survival(ages, at_risk, events, share, np.maximum(share - half, 0.0), np.minimum(share + half, 1.0))


def median_life(curve: Survival) -> Life:
    """The age at which half, or less, is left; its interval is where the curve's band crosses one half.

    Periods; NaN where the curve, or an end of its band, never falls so far. At the confidence of the curve.

    Raises:
        TypeError: not a survival curve.

    Source: Brookmeyer and Crowley (1982), Biometrics 38(1).

    >>> median_life(kaplan_meier([1, 2, 2, 3], [True, True, False, True]))
    Life(value=2.0, low=1.0, high=3.0)
    """
    _curve(curve)

    def crossed(share: Floats) -> float:
        below = np.flatnonzero(share <= 0.5 * (1.0 + 1e-12))
        return float(curve.age[below[0]]) if below.size else float("nan")

    return Life(crossed(curve.share), crossed(curve.low), crossed(curve.high))


def restricted_mean_life(curve: Survival, until: int | None = None, confidence: float = 0.95) -> Life:
    """Mean number of periods up to an age: the area below the curve, Σ S(t) for t = 0 … until − 1.

    A mean without such an end cannot be known as long as somebody is cut off. Variance: Σ d/(n·(n − d)) · A(t)², A(t)
    being the area between t and the end; normal interval, held in 0 … until.

    Args:
        curve: from `kaplan_meier`.
        until: the age, 1 to the longest duration; None: the longest duration, at least 1.
        confidence: of the interval, between 0 and 1.

    Returns:
        Periods.

    Raises:
        TypeError: not a survival curve, or not a number.
        ValueError: outside its range.

    Source: Irwin (1949), Journal of Hygiene 47(2), for the area; its variance in Klein and Moeschberger (2003),
    Survival Analysis, section 4.5.

    >>> life = restricted_mean_life(kaplan_meier([1, 2, 2, 3], [True, True, False, True]))
    >>> life.value, round(life.low, 2), round(life.high, 2)
    (2.25, 1.44, 3.0)
    """
    from scipy.special import ndtri

    _curve(curve)
    longest = int(curve.age[-1])
    if until is None and longest < 1:
        raise ValueError("curve: everybody was watched for less than one period; at least one duration of 1 or more")
    end = longest if until is None else whole("until", until, 1, longest)
    level = number("confidence", confidence, 0.0, 1.0, open_ends="both")
    area_from = np.cumsum(curve.share[:end][::-1])[::-1]
    left = curve.at_risk[:end] - curve.events[:end]
    step = np.divide(curve.events[:end], curve.at_risk[:end] * left, out=np.zeros(end), where=left > 0)
    mean = float(area_from[0])
    half = float(ndtri(0.5 + level / 2)) * float(np.sqrt((step * area_from**2).sum()))
    return Life(mean, max(0.0, mean - half), min(float(end), mean + half))


def _curve(curve: Any) -> None:
    if not isinstance(curve, Survival):
        raise TypeError(f"curve: a Survival from kaplan_meier is expected, not {type(curve).__name__}")


def _truths(name: str, value: Any, size: int) -> NDArray[np.bool_]:
    """Booleans, or zeros and ones, as booleans; as many as expected."""
    found = np.asarray(value)
    if found.dtype != np.bool_:
        found = whole_column(name, value, 0, 1) == 1
    if found.shape != (size,):
        raise ValueError(f"{name}: {found.size} values, but duration has {size}; all columns must be equally long")
    return found
