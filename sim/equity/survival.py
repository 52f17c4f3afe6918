"""Survival of durations, some cut off before the end (Kaplan and Meier 1958), mean and median life, and two models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.equity.checks import Floats, Ints, number, whole, whole_column
from sim.equity.sbg import SBG, fit_sbg_at_risk

LONGEST = 10_000_000  # ages are counted one by one up to the longest duration


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
    `duration`: age at the event or where watching ended, whole periods from 0 [n]; whoever is cut off at age t was at
    risk at t. `event`: whether it was the event [n], booleans, or 0 and 1. `confidence`: between 0 and 1. The curve has
    the ages 0, 1, …, the longest duration.

    Raises:
        TypeError, ValueError: not numbers of their range, nobody, or columns of different length.

    Source: Kaplan and Meier (1958), Journal of the American Statistical Association 53; Greenwood (1926).

    >>> kaplan_meier([1, 2, 2, 3], [True, True, False, True]).share.round(4).tolist()
    [1.0, 0.75, 0.5, 0.0]
    """
    lasted = whole_column("duration", duration, 0, LONGEST)
    ended_so = _truths("event", event, lasted.size)
    level = number("confidence", confidence, 0.0, 1.0, open_ends="both")
    ages = np.arange(int(lasted.max()) + 1)
    ended = np.bincount(lasted, minlength=ages.size)
    at_risk = lasted.size - np.r_[0, np.cumsum(ended)[:-1]]
    events = np.bincount(lasted[ended_so], minlength=ages.size)
    share = np.cumprod(1.0 - events / at_risk)
    half = float(ndtri(0.5 + level / 2)) * share * np.sqrt(np.cumsum(_greenwood(at_risk, events)))
    return Survival(ages, at_risk, events, share, np.maximum(share - half, 0.0), np.minimum(share + half, 1.0))


def median_life(curve: Survival) -> Life:
    """The age at which half, or less, is left, and where the curve's band crosses one half; NaN where it never does.

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

    A mean without such an end (`until`: 1 to the longest duration, which is the default) cannot be known as long as
    somebody is cut off. Variance: Σ d/(n·(n − d)) · A(t)², A(t) being the area between t and the end; normal interval,
    held in 0 … until.

    Raises:
        TypeError, ValueError: not a survival curve, or not a number of its range.

    Source: Irwin (1949), Journal of Hygiene 47(2); the variance: Klein and Moeschberger (2003), Survival Analysis.

    >>> restricted_mean_life(kaplan_meier([1, 2, 2, 3], [True, True, False, True])).value
    2.25
    """
    _curve(curve)
    longest = int(curve.age[-1])
    if until is None and longest < 1:
        raise ValueError("curve: everybody was watched for less than one period; at least one duration of 1 or more")
    end = longest if until is None else whole("until", until, 1, longest)
    level = number("confidence", confidence, 0.0, 1.0, open_ends="both")
    area_from = np.cumsum(curve.share[:end][::-1])[::-1]
    steps = _greenwood(curve.at_risk[:end], curve.events[:end])
    mean = float(area_from[0])
    half = float(ndtri(0.5 + level / 2)) * float(np.sqrt((steps * area_from**2).sum()))
    return Life(mean, max(0.0, mean - half), min(float(end), mean + half))


def _greenwood(at_risk: Ints, events: Ints) -> Floats:
    """d/(n·(n − d)) by age, 0 where nobody is left."""
    left = at_risk - events
    return np.divide(events, at_risk * left, out=np.zeros(left.size), where=left > 0)


def _curve(curve: Any) -> None:
    if not isinstance(curve, Survival):
        raise TypeError(f"curve: a Survival from kaplan_meier or of_cohort is expected, not {type(curve).__name__}")


def _truths(name: str, value: Any, size: int) -> NDArray[np.bool_]:
    found = np.asarray(value)
    if found.dtype != np.bool_:
        found = whole_column(name, value, 0, 1) == 1
    if found.shape != (size,):
        raise ValueError(f"{name}: {found.size} values, but duration has {size}; all columns must be equally long")
    return found


OBSERVED, SBG_FIT, CONSTANT = "observed", "sBG", "constant retention"


def of_cohort(survivors: Any) -> Survival:
    """The survival curve of one cohort, from the people left after 0, 1, 2, … renewals.

    Raises:
        TypeError, ValueError: not counts of at least 0, fewer than two, or a count above the one before it.

    Source: as `kaplan_meier`, with nobody cut off before the end.

    >>> of_cohort([10, 6, 3]).share.tolist()
    [1.0, 0.6, 0.3]
    """
    counts = whole_column("survivors", survivors, 0, least=2)
    left = -np.diff(counts)
    if (left < 0).any() or counts[0] == 0:
        raise ValueError("survivors: a cohort has people and only shrinks; counts that never grow are allowed")
    last = counts.size - 1
    duration = np.concatenate([np.repeat(np.arange(1, last + 1), left), np.full(counts[-1], last)])
    event = np.concatenate([np.ones(int(left.sum()), dtype=bool), np.zeros(int(counts[-1]), dtype=bool)])
    return kaplan_meier(duration, event)


def survival_fits(curve: Survival, fitted_to: int | None = None, until: int | None = None) -> pd.DataFrame:
    """The curve with both models, fitted to ages up to `fitted_to` and drawn on to `until` (both: to its end).

    Columns: kind (observed, sBG, constant retention), age, survival_share, low, high (of what was observed). Constant
    retention is the share of all renewals that were made. `attrs` hold `fitted_to`, `constant_retention`, the model's
    `advice`, and words for a picture (`note`, `finding`).

    Raises:
        TypeError: not a curve, or not whole numbers.
        ValueError: somebody left at age 0, or `fitted_to` lies beyond the curve.

    Source: Fader and Hardie (2007), Journal of Interactive Marketing 21(1), who hold both against later renewals.

    >>> table = survival_fits(of_cohort([1000, 631, 468, 382, 326, 289]), fitted_to=3)
    >>> table[table["age"] == 5].set_index("kind")["survival_share"].round(2).to_dict()
    {'observed': 0.29, 'sBG': 0.28, 'constant retention': 0.17}
    """
    _curve(curve)
    if curve.events[0] > 0:
        raise ValueError("curve: somebody left at age 0; durations of at least one period are expected")
    end = int(curve.age[-1])
    last = end if fitted_to is None else whole("fitted_to", fitted_to, 1, end)
    ahead = end if until is None else whole("until", until, last, 10**6)
    at_risk, leavers = (column[1: last + 1].astype(np.float64) for column in (curve.at_risk, curve.events))
    model = fit_sbg_at_risk(at_risk, leavers)
    kept = 1.0 - number("events", leavers.sum() / at_risk.sum(), 0.0, 1.0)
    ages = np.arange(ahead + 1)
    parts = [
        pd.DataFrame({"kind": OBSERVED, "age": curve.age, "survival_share": curve.share, "low": curve.low,
                      "high": curve.high}),
        pd.DataFrame({"kind": SBG_FIT, "age": ages, "survival_share": model.survival(ages)}),
        pd.DataFrame({"kind": CONSTANT, "age": ages, "survival_share": kept**ages}),
    ]
    table = pd.concat(parts, ignore_index=True)
    table.attrs.update(_words(curve, model, kept, (last, end)))
    return table


def _words(curve: Survival, model: SBG, kept: float, ends: tuple[int, int]) -> dict[str, Any]:
    last, end = ends

    def miss(model_share: Any) -> float:
        return 100.0 * float(np.abs(model_share - curve.share[last + 1:]).mean())

    note = (f"{curve.at_risk[0]:,} people, fitted up to age {last}. sBG: shifted-beta-geometric, "
            f"alpha {model.alpha:.3g}, beta {model.beta:.3g}. Band: 95 % interval.")
    words: dict[str, Any] = {"note": note, "advice": model.advice, "constant_retention": kept, "fitted_to": last}
    if end > last:
        later = curve.age[last + 1:]
        words["finding"] = (f"After age {last}, {SBG_FIT} is {miss(model.survival(later)):.1f} points off on average, "
                            f"{CONSTANT} {miss(kept**later):.1f}")
    return words
