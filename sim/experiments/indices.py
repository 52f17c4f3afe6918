"""Morris and Sobol indices, by SALib: points of the unit cube out, answers in, indices with half-widths back."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.experiments.statistics import Floats

LEVELS = 4
"""Levels of a Morris walk (Morris 1991 recommends an even number; 4 is the usual one)."""
RESAMPLES = 1000
CONFIDENCE = 0.95
EXTRA = "clientele-lab[experiments]"


@dataclass(frozen=True)
class Indices:
    """Indices by name [k], and half the width of the 95 % bootstrap interval where there is one."""

    values: dict[str, Floats]
    halves: dict[str, Floats]


def salib(module: str) -> Any:
    """A module of SALib.

    Raises:
        ValueError: it is not installed; the message says how to.
    """
    from importlib import import_module

    try:
        return import_module(f"SALib.{module}")
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.split(".")[0] != "SALib":
            raise
        raise ValueError(f"Morris and Sobol indices need SALib: pip install '{EXTRA}'.") from None


def _problem(count: int) -> dict[str, Any]:
    return {"num_vars": count, "names": [f"x{k}" for k in range(count)], "bounds": [[0.0, 1.0]] * count}


def morris_points(count: int, walks: int, seed: int) -> Floats:
    """Points of Morris walks [walks·(k + 1), k].

    Raises:
        ValueError: fewer than two walks, or SALib is not installed.
    """
    if walks < 2:
        raise ValueError(f"A Morris analysis needs at least 2 walks, not {walks}.")
    sampler = salib("sample.morris")
    points: Floats = sampler.sample(_problem(count), walks, num_levels=LEVELS, seed=seed % 2**32)
    return points


def morris_indices(points: Floats, values: Floats, seed: int) -> Indices:
    """μ* (mean_absolute), μ (mean) and σ (spread) of the effect of a whole range, in units of the outcome."""
    found = salib("analyze.morris").analyze(
        _problem(points.shape[1]), points, values, num_levels=LEVELS, conf_level=CONFIDENCE, seed=seed % 2**32,
        num_resamples=RESAMPLES, print_to_console=False,
    )
    names = {"mean_absolute": "mu_star", "mean": "mu", "spread": "sigma"}
    values_of = {name: np.asarray(found[theirs], dtype=np.float64) for name, theirs in names.items()}
    return Indices(values_of, {"mean_absolute": np.asarray(found["mu_star_conf"], dtype=np.float64)})


def sobol_points(count: int, samples: int, seed: int) -> Floats:
    """Points of Saltelli's scheme [samples·(k + 2), k].

    Raises:
        ValueError: the number of samples is no power of two, or SALib is not installed.
    """
    if samples < 2 or samples & (samples - 1):
        raise ValueError(f"A Sobol analysis needs a power of two of samples (32, 64, …), not {samples}.")
    sampler = salib("sample.sobol")
    points: Floats = sampler.sample(_problem(count), samples, calc_second_order=False, seed=seed % 2**32)
    return points


def sobol_indices(count: int, values: Floats, seed: int) -> Indices:
    """First-order and total indices with bootstrap half-widths; 0 for all when nothing varies."""
    if not np.ptp(values):
        nothing = np.zeros(count)
        return Indices({"first": nothing, "total": nothing}, {"first": nothing, "total": nothing})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a resample without any spread
        found = salib("analyze.sobol").analyze(
            _problem(count), values, calc_second_order=False, conf_level=CONFIDENCE, num_resamples=RESAMPLES,
            seed=seed % 2**32, print_to_console=False,
        )
    names = {"first": "S1", "total": "ST"}
    return Indices(
        {name: np.asarray(found[theirs], dtype=np.float64) for name, theirs in names.items()},
        {name: np.asarray(found[f"{theirs}_conf"], dtype=np.float64) for name, theirs in names.items()},
    )
