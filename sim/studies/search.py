"""A seeded search for good points of the unit cube: a spread of first points, then where the good ones were (TPE).

Optuna's tree-structured Parzen estimator does it: it is made for few and costly trials, takes two goals, and can be
asked for several points at once, so that a batch of runs is done side by side. Trials live in memory; stores keep runs.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.statistics.intervals import Floats, PairedDifference, mean_interval, paired_difference
from sim.statistics.sobol import EXTRA
from sim.studies.counts import checked_count
from sim.studies.model import Changes

Batch = Callable[[Floats], Floats]
"""Points [n, k] in, goals [n, g] out, all to be made as large as possible."""
LEAST_TRIALS = 8
STARTED, TRIED, FINALIST, FRONT, CHECKED = "start", "tried", "finalist", "front", "beaten with new seeds"
BEST_FRESH, START_FRESH = "best with new seeds", "start with new seeds"


@dataclass(frozen=True)
class Trial:
    """Levers that were tried: what they change, and what they gave [goals, runs].

    Within a stage (search, finalists, check) run k has common random numbers in all. `on_front`: nothing that was
    checked with it is better in both goals.
    """

    changes: Changes
    values: Floats
    role: str = TRIED
    on_front: bool = False

    @property
    def n(self) -> int:
        """How many runs there are."""
        return int(self.values.shape[1])

    def against(self, other: Trial, goal: int = 0) -> PairedDifference:
        """A goal here minus there, over the runs that both have."""
        n = min(self.n, other.n)
        return paired_difference(other.values[goal][:n], self.values[goal][:n])

    def better_by(self, other: Trial, goal: int = 0, aim: float = 1.0) -> float:
        """How much better the goal is here in the mean; −∞ where no pair is complete, so that it is never the best."""
        mean = mean_interval(self.values[goal] - other.values[goal]).value
        return aim * mean if np.isfinite(mean) else -np.inf


def stacked(answers: Any, place: int) -> Floats:
    """What a point gave in every question [goals, runs]."""
    return np.array([one.difference[place] for one in answers])


def _optuna() -> Any:
    try:
        import optuna
    except ModuleNotFoundError as error:
        if error.name != "optuna":
            raise
        raise ValueError(f"Optimising needs Optuna: pip install '{EXTRA}'.") from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def searched(
    tried: Batch, start: Sequence[float], trials: int, goals: int = 1, seed: int = 1, batch: int = 4
) -> Floats:
    """Search the unit cube from a start; gives every point that was tried [n, k], the start first.

    The first points are the start and a scrambled Sobol sequence, at least 8 and a third of all trials; the rest is
    chosen in batches where earlier trials did well. The same seed, the same points, whoever does the runs.

    Raises:
        ValueError: fewer than eight trials, or Optuna is not installed.

    >>> points = searched(lambda x: -((x - 0.3) ** 2).sum(axis=1, keepdims=True), [0.9, 0.9], 40)
    >>> bool(np.abs(points - 0.3).max(axis=1).min() < 0.1)
    True
    """
    trials = checked_count(trials, LEAST_TRIALS, "A search needs at least {} trials")
    optuna = _optuna()
    first = _first_points(start, max(LEAST_TRIALS, trials // 3), seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # older versions call these options experimental
        sampler = optuna.samplers.TPESampler(
            seed=seed % 2**32, n_startup_trials=len(first), multivariate=True, constant_liar=True,
        )
        study = optuna.create_study(directions=["maximize"] * goals, sampler=sampler)
        asked: list[Floats] = []
        for point in first:
            study.enqueue_trial({str(k): float(value) for k, value in enumerate(point)})
        while len(asked) < trials:
            size = len(first) if not asked else min(batch, trials - len(asked))
            fresh = [study.ask() for _ in range(size)]
            points = np.array([[one.suggest_float(str(k), 0.0, 1.0) for k in range(len(start))] for one in fresh])
            for trial, values in zip(fresh, tried(points), strict=True):
                known = np.isfinite(values).all()
                study.tell(trial, [float(value) for value in values] if known else None,
                           state=None if known else optuna.trial.TrialState.FAIL)
            asked += list(points)
    return np.array(asked)


def _first_points(start: Sequence[float], count: int, seed: int) -> Floats:
    from scipy.stats import qmc

    sampler = qmc.Sobol(len(start), scramble=True, seed=np.random.default_rng(seed))
    power = int(np.ceil(np.log2(count)))
    spread = sampler.random_base2(power)[: count - 1]
    return np.vstack([np.asarray(start, dtype=np.float64), spread])


def front_of(goals: Floats) -> np.ndarray:
    """Which points no other point beats in every goal [n] (the Pareto front); all goals are better when larger.

    >>> front_of(np.array([[1.0, 3.0], [2.0, 2.0], [1.0, 2.0]])).tolist()
    [True, True, False]
    """
    better = (goals[:, None, :] >= goals[None, :, :]).all(axis=2) & (goals[:, None, :] > goals[None, :, :]).any(axis=2)
    kept: np.ndarray = np.logical_not(np.any(better, axis=0))
    return kept
