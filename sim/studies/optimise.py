"""Better levers under the same budget, checked with new seeds: the best of many noisy trials flatters itself.

Optuna's tree-structured Parzen estimator (TPE) searches: it is made for few and costly trials, takes two goals, and can
be asked for several points at once, so that a batch of runs is done side by side.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Unpack

import numpy as np

from sim.scenario.schema import Scenario
from sim.statistics.intervals import Floats
from sim.statistics.sobol import EXTRA
from sim.studies.asking import Asked, Order, StudyOptions, changed, order
from sim.studies.factors import Factor, Range
from sim.studies.keywords import checked_count
from sim.studies.model import FRESH, Changes
from sim.studies.optimum import (
    BEST_FRESH,
    CHECKED,
    FINALIST,
    FRONT,
    START_FRESH,
    STARTED,
    TRIED,
    Front,
    Optimum,
    Trial,
)
from sim.studies.sample import sobol_sequence
from sim.studies.settings import OptimiseSettings, default

__all__ = ["Optimum", "optimise"]

REPLICATIONS, LEAST_TRIALS, BATCH = 4, 8, 4
FINALISTS, FINAL_RUNS = 5, 3
"""Finalists of a search get three times the runs; their best meets fresh ones."""
CANDIDATES = 8
"""So many points of a search for a front are run afresh."""


def optimise(
    scenario: Asked, levers: Mapping[str, Range], goals: Sequence[str] = (), *, aim: str = "high",
    trials: int = default(OptimiseSettings, "trials"), checks: int = default(OptimiseSettings, "checks"),
    **options: Unpack[StudyOptions],
) -> Optimum:
    """Search for levers that do better under the firm's budget.

    `levers`: ranges by dotted name, e.g. {"firms.Root.spending.relations": (0, 0.8)}, all of one firm, whose outcome is
    asked for (customer equity, or what the first expectation speaks of). `goals`: two outcomes; then the front between
    them is looked for, both large. `aim`: "high" or "low" for one outcome.

    Budget: shares of spending that would sum to more than 1 are scaled down together; everything else that costs
    (price cuts, rewards, quality) counts against the same budget inside the market, so no lever is free.

    Of `trials` points (40), each with `replications` runs (4) and common random numbers, the five best are run three
    times as often; the best of them meets `checks` runs with new seeds (40) beside the start, and only those are
    reported as its gain.
    With two goals the eight best (the front of the search, then what only that beats, and so on) and the start meet the
    fresh runs; the front is reported from those alone.

    Raises:
        ValueError: a name is no lever of the firm, there are not one or two goals, or a number is out of range.
        ScenarioError: the scenario or a lever is wrong.
    """
    if aim not in ("high", "low"):
        raise ValueError(f"The aim is 'high' or 'low', not {aim!r}.")
    if isinstance(goals, str) or len(goals) == 1 or len(goals) > 2 or (goals and aim == "low"):
        raise ValueError("Name two goals, both to be high, or none: one outcome goes by `outcome`.")
    checks = checked_count(checks, 10, "A check needs at least {} fresh runs")
    trials = checked_count(trials, LEAST_TRIALS, "A search needs at least {} trials")
    asked = _order(scenario, levers, goals, options)
    chosen, runs, new_seeds = asked.factors(levers), asked.replications, range(FRESH, FRESH + checks)
    if goals:
        front = Front(asked, chosen, 1.0)
        asked.model.plan((trials + 1) * runs + (min(CANDIDATES, trials) + 1) * checks)
        _search(front, trials)
        _check_front(front, new_seeds)
        return front
    best = Optimum(asked, chosen, 1.0 if aim == "high" else -1.0)
    asked.model.plan((trials + 1) * runs + (FINALISTS + 1) * (FINAL_RUNS - 1) * runs + 2 * checks)
    _search(best, trials)
    _check_best(best, new_seeds)
    return best


def _order(scenario: Asked, levers: Mapping[str, Range], goals: Sequence[str], options: StudyOptions) -> Order:
    """The order of the firm whose levers these are."""
    if not isinstance(levers, Mapping):
        raise ValueError("Levers come with their ranges: {'firms.Root.quality': (0.6, 0.9)}.")
    if not levers:
        raise ValueError("Name at least one lever with its range, e.g. {'firms.Root.quality': (0.6, 0.9)}.")
    if callable(scenario):
        return order(scenario, options, REPLICATIONS, goals)
    firms = {path.split(".")[1] if path.startswith("firms.") and path.count(".") > 1 else "" for path in levers}
    if "" in firms:
        wrong = next(path for path in levers if not path.startswith("firms."))
        raise ValueError(f"{wrong} is no lever: nobody decides it. Levers are numbers under firms.NAME.")
    if len(firms) > 1:
        raise ValueError(f"Levers of one firm at a time, not of {', '.join(sorted(firms))}.")
    mine: StudyOptions = {**options, "firm": options.get("firm") or firms.pop()}
    return order(scenario, mine, REPLICATIONS, goals)


def _trials(found: Optimum, points: Sequence[Changes], replicates: range, role: str) -> list[Trial]:
    """Points with what they gave in every goal; the first is the start."""
    answers = found.order.model.answers(points, replicates)
    return [Trial(point, np.array([one.difference[k] for one in answers]), role if k else STARTED)
            for k, point in enumerate(points)]


def _search(found: Optimum, trials: int) -> None:
    """Try points: each once, in the order in which they were tried, the start first."""
    asked, seen = found.order, dict[str, Changes]()

    def tried(places: Floats) -> Floats:
        points = [_affordable(asked.scenario, found.levers, changed(found.levers, row)) for row in places]
        seen.update({repr(sorted(point.items())): point for point in points})
        answers = asked.model.answers(points, asked.replicates)
        return np.array([one.mean for one in answers]).T * found.aim

    start = [lever.start for lever in found.levers]
    searched(tried, start, trials, len(asked.model.questions), asked.model.seed)
    points = [{}, *(point for point in seen.values() if point)]
    found.trials = _trials(found, points, asked.replicates, TRIED)


def _check_best(found: Optimum, new_seeds: range) -> None:
    """The finalists once more, and the best of them beside the start with new seeds."""
    start = found.trials[0]
    ranked = [trial.changes for trial in found.ranked(found.trials) if trial is not start][:FINALISTS]
    found.finalists = _trials(found, [{}, *ranked], range(FINAL_RUNS * found.order.replications), FINALIST)
    best = next(trial.changes for trial in found.ranked(found.finalists) if trial.role == FINALIST)
    first, second = _trials(found, [{}, best], new_seeds, BEST_FRESH)
    found.checks = [replace(first, role=START_FRESH), second]


def _check_front(found: Optimum, new_seeds: range) -> None:
    """The best of the search with new seeds: what nothing beats there is the front."""
    points = [{}, *(found.trials[k].changes for k in _candidates(found))]
    checks = _trials(found, points, new_seeds, CHECKED)
    on_front = front_of(_gains(checks)).tolist()
    found.checks = [
        replace(trial, on_front=here, role=FRONT if here and trial.role == CHECKED else trial.role)
        for trial, here in zip(checks, on_front, strict=True)
    ]


def _gains(trials: Sequence[Trial]) -> Floats:
    """How much better each trial is than the first, in both goals [n, 2]."""
    return np.array([[trial.better_by(trials[0], goal) for goal in (0, 1)] for trial in trials])


def _candidates(found: Optimum) -> list[int]:
    """Places of the trials to be run afresh: layer by layer, what only earlier layers beat; a long layer is thinned."""
    gains = _gains(found.trials)
    left, chosen = list(range(1, len(gains))), list[int]()
    while left and len(chosen) < CANDIDATES:
        best = front_of(gains[left])
        layer = sorted((place for place, here in zip(left, best, strict=True) if here), key=lambda k: gains[k, 0])
        room = min(CANDIDATES - len(chosen), len(layer))
        chosen += [layer[round(place)] for place in np.linspace(0, len(layer) - 1, room).tolist()]
        left = [place for place in left if place not in layer]
    return chosen


def _affordable(scenario: Scenario | None, levers: Sequence[Factor], point: Changes) -> Changes:
    """The point with shares of spending that sum to at most 1: those that are searched are scaled down together."""
    mine = [lever for lever in levers if ".spending." in lever.path]
    if scenario is None or not mine:
        return point
    firm = scenario.firms[mine[0].path.split(".")[1]]
    shares = {lever.path: float(point.get(lever.path, lever.value or 0.0)) for lever in mine}
    named = {path.rpartition(".")[2] for path in shares}
    room = 1.0 - sum(float(value) for name, value in firm.spending.model_dump().items() if name not in named)
    total = sum(shares.values())
    if total <= room + 1e-12:
        return point
    scaled = {path: float(f"{share * max(room, 0.0) / total * (1 - 1e-12):.10g}") for path, share in shares.items()}
    return {**point, **scaled}


def searched(
    tried: Callable[[Floats], Floats], start: Sequence[float], trials: int, goals: int = 1, seed: int = 1
) -> Floats:
    """Search the unit cube from a start; gives every point that was tried [n, k], the start first.

    `tried`: points [n, k] in, goals [n, g] out, all to be made as large as possible. The first points are the start and
    a scrambled Sobol sequence, at least 8 and a third of all trials; the rest is chosen in batches where earlier trials
    did well. The same seed, the same points, whoever does the runs.

    Raises:
        ValueError: Optuna is not installed.
    """
    optuna = _optuna()
    n_first = max(LEAST_TRIALS, trials // 3)
    first = np.vstack([start, sobol_sequence(len(start), n_first, seed)[: n_first - 1]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # older versions call these options experimental
        sampler = optuna.samplers.TPESampler(
            seed=seed % 2**32, n_startup_trials=len(first), multivariate=True, constant_liar=True,
        )
        study = optuna.create_study(directions=["maximize"] * goals, sampler=sampler)
        points: list[Floats] = []
        for point in first:
            study.enqueue_trial({str(k): float(value) for k, value in enumerate(point)})
        while len(points) < trials:
            batch = [study.ask() for _ in range(min(BATCH, trials - len(points)) if points else len(first))]
            places = np.array([[one.suggest_float(str(k), 0.0, 1.0) for k in range(len(start))] for one in batch])
            for trial, values in zip(batch, tried(places), strict=True):
                known = np.isfinite(values).all()
                study.tell(trial, [float(value) for value in values] if known else None,
                           state=None if known else optuna.trial.TrialState.FAIL)
            points += list(places)
    return np.array(points)


def _optuna() -> Any:
    try:
        import optuna
    except ModuleNotFoundError as error:
        if error.name != "optuna":
            raise
        raise ValueError(f"Optimising needs Optuna: pip install '{EXTRA}'.") from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def front_of(goals: Floats) -> np.ndarray:
    """Which points no other point beats in every goal [n] (the Pareto front); all goals are better when larger."""
    better = (goals[:, None, :] >= goals[None, :, :]).all(axis=2) & (goals[:, None, :] > goals[None, :, :]).any(axis=2)
    kept: np.ndarray = np.logical_not(np.any(better, axis=0))
    return kept
