"""Morris and Sobol indices, by SALib: points of the unit cube out, answers in, indices with half-widths back."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.statistics.intervals import Floats, Interval, student

LEVELS = 4  # of a Morris walk (Morris 1991 recommends an even number; 4 is the usual one)
RESAMPLES = 1000
CONFIDENCE = 0.95
EXTRA = "clientele-lab[experiments]"


@dataclass(frozen=True)
class Indices:
    """Indices by name [k], and half the width of the 95 % bootstrap interval where there is one.

    `alone`: of Sobol indices, the sum of the first-order ones with an interval of its own: what the factors account for
    one by one, the rest being interaction. None where there is no such thing, or nothing varies.
    """

    values: dict[str, Floats]
    halves: dict[str, Floats]
    alone: Interval | None = None


def salib(module: str) -> Any:
    """A module of SALib, or a ValueError that says how to install it."""
    from importlib import import_module

    try:
        return import_module(f"SALib.{module}")
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.split(".")[0] != "SALib":
            raise
        raise ValueError(f"Morris and Sobol indices need SALib: pip install '{EXTRA}'.") from None


def _problem(count: int) -> dict[str, Any]:
    return {"num_vars": count, "names": [f"x{k}" for k in range(count)], "bounds": [[0.0, 1.0]] * count}


def _not_zero(seed: int) -> int:
    """A seed that SALib takes for one: a zero would let the clock decide."""
    return seed % 2**32 or 2**32


def morris_points(count: int, walks: int, seed: int) -> Floats:
    """Points of Morris walks [walks·(k + 1), k], two walks or more."""
    if walks < 2:
        raise ValueError(f"A Morris analysis needs at least 2 walks, not {walks}.")
    sampler = salib("sample.morris")
    return np.asarray(sampler.sample(_problem(count), walks, num_levels=LEVELS, seed=seed % 2**32))


def morris_indices(points: Floats, values: Floats, seed: int) -> Indices:
    """μ* (mean_absolute), μ (mean) and σ (spread) of the effect of a whole range, in units of the outcome.

    What differs from 0 only by the rounding of the numbers is 0.
    """
    found = salib("analyze.morris").analyze(
        _problem(points.shape[1]), points, values, num_levels=LEVELS, conf_level=CONFIDENCE, seed=_not_zero(seed),
        num_resamples=RESAMPLES, print_to_console=False,
    )
    rounding = 1e-12 * float(np.abs(values).max(initial=0.0))

    def of(theirs: str) -> Floats:
        numbers = np.asarray(found[theirs], dtype=np.float64)
        return np.where(np.abs(numbers) > rounding, numbers, 0.0)

    names = {"mean_absolute": "mu_star", "mean": "mu", "spread": "sigma"}
    return Indices({name: of(theirs) for name, theirs in names.items()}, {"mean_absolute": of("mu_star_conf")})


def sobol_points(count: int, samples: int, seed: int) -> Floats:
    """Points of Saltelli's scheme [samples·(k + 2), k], the samples a power of two."""
    if samples < 2 or samples & (samples - 1):
        raise ValueError(f"A Sobol analysis needs a power of two of samples (32, 64, …), not {samples}.")
    sampler = salib("sample.sobol")
    return np.asarray(sampler.sample(_problem(count), samples, calc_second_order=False, seed=seed % 2**32))


def sobol_indices(count: int, values: Floats, seed: int) -> Indices:
    """First-order and total indices as they are estimated, their half-widths, and their sum; 0 when nothing varies.

    Half a width is the standard deviation over bootstrap resamples of the base samples, all factors resampled
    together, times √(n / (n − 1)) and Student's quantile, because few samples know their own spread badly. Even so an
    interval from fewer than about 64 samples is too narrow (`tests/studies/test_sobol_shares.py` measures it).
    """
    if not np.ptp(values) > 1e-12 * float(np.abs(values).max(initial=0.0)):
        nothing = np.zeros(count)
        return Indices({"first": nothing, "total": nothing}, {"first": nothing, "total": nothing})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a resample without any spread
        found = salib("analyze.sobol").analyze(
            _problem(count), values, calc_second_order=False, conf_level=CONFIDENCE, num_resamples=RESAMPLES,
            keep_resamples=True, seed=_not_zero(seed), print_to_console=False,
        )
    names, samples = {"first": "S1", "total": "ST"}, values.size // (count + 2)
    wider = student(CONFIDENCE, samples - 1) * float(np.sqrt(samples / (samples - 1)))
    again = {name: np.asarray(found[f"{theirs}_conf_all"], dtype=np.float64) for name, theirs in names.items()}
    estimates = {name: np.asarray(found[theirs], dtype=np.float64) for name, theirs in names.items()}
    alone, half = float(estimates["first"].sum()), wider * float(again["first"].sum(axis=1).std(ddof=1))
    return Indices(
        estimates, {name: wider * numbers.std(axis=0, ddof=1) for name, numbers in again.items()},
        Interval(alone, alone - half, alone + half, samples),
    )
