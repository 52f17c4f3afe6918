"""Better levers under the same budget, checked with new seeds: the best of many noisy trials flatters itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Unpack

import numpy as np

from sim.scenario.schema import Scenario
from sim.statistics.intervals import Floats
from sim.studies.asking import Asked, Options, Order, changed, order
from sim.studies.counts import checked_count
from sim.studies.factors import Factor, Range
from sim.studies.model import FRESH, Changes
from sim.studies.optimum import Optimum
from sim.studies.search import (
    BEST_FRESH,
    CHECKED,
    FINALIST,
    FRONT,
    LEAST_TRIALS,
    START_FRESH,
    STARTED,
    TRIED,
    Trial,
    front_of,
    searched,
    stacked,
)

__all__ = ["Optimum", "optimise"]

REPLICATIONS, TRIALS, BATCH = 4, 40, 4
FINALISTS, FINAL_RUNS, CHECKS = 5, 3, 40
"""Finalists of a search get three times the runs; their best meets 40 fresh ones."""
CANDIDATES = 8
"""So many points of a search for a front are run afresh."""


def optimise(
    scenario: Asked, levers: Mapping[str, Range], goals: Sequence[str] = (), *, aim: str = "high",
    trials: int = TRIALS, checks: int = CHECKS, **options: Unpack[Options],
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
    chosen = asked.factors(levers)
    found = Optimum(asked, chosen, 1.0 if aim == "high" else -1.0)
    asked.model.plan(_most_runs(found, trials, checks))
    _search(found, trials)
    fresh = range(FRESH, FRESH + checks)
    if found.two:
        _check_front(found, fresh)
    else:
        _check_best(found, fresh)
    return found


def _most_runs(found: Optimum, trials: int, checks: int) -> int:
    """How many runs there can be: the start and every trial, finalists beside the start, the check."""
    runs = found.order.replications
    search = (trials + 1) * runs
    if found.two:
        return search + (min(CANDIDATES, trials) + 1) * checks
    return search + (FINALISTS + 1) * (FINAL_RUNS - 1) * runs + 2 * checks


def _order(scenario: Asked, levers: Mapping[str, Range], goals: Sequence[str], options: Options) -> Order:
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
    firm = options.get("firm") or firms.pop()
    mine: Options = {**options, "firm": firm}
    return order(scenario, mine, REPLICATIONS, goals)


def _search(found: Optimum, trials: int) -> None:
    """Try points: each once, in the order in which they were tried, the start first."""
    asked, seen = found.order, dict[str, Changes]()

    def tried(places: Floats) -> Floats:
        points = [_affordable(asked.scenario, found.levers, changed(found.levers, row)) for row in places]
        seen.update({repr(sorted(point.items())): point for point in points})
        answers = asked.model.answers(points, asked.replicates)
        return np.array([one.mean for one in answers]).T * found.aim

    start = [lever.start for lever in found.levers]
    searched(tried, start, trials, len(asked.model.questions), asked.model.seed, BATCH)
    points = [{}, *(point for point in seen.values() if point)]
    answers = asked.model.answers(points, asked.replicates)
    found.trials = [Trial(point, stacked(answers, k), TRIED if k else STARTED) for k, point in enumerate(points)]


def _check_best(found: Optimum, fresh: range) -> None:
    """The finalists once more, and the best of them beside the start with new seeds."""
    asked, start = found.order, found.trials[0]
    ranked = [trial for trial in found.ranked(found.trials) if trial is not start][:FINALISTS]
    points = [start.changes, *(trial.changes for trial in ranked)]
    answers = asked.model.answers(points, range(FINAL_RUNS * asked.replications))
    found.finalists = [Trial(point, stacked(answers, k), FINALIST if k else STARTED) for k, point in enumerate(points)]
    best = next(trial.changes for trial in found.ranked(found.finalists) if trial.role == FINALIST)
    answers = asked.model.answers([{}, best], fresh)
    found.checks = [Trial({}, stacked(answers, 0), START_FRESH), Trial(best, stacked(answers, 1), BEST_FRESH)]


def _check_front(found: Optimum, fresh: range) -> None:
    """The best of the search with new seeds: what nothing beats there is the front."""
    points = [found.trials[0].changes, *(found.trials[k].changes for k in _candidates(found))]
    answers = found.order.model.answers(points, fresh)
    checks = [Trial(point, stacked(answers, k)) for k, point in enumerate(points)]
    kept = front_of(np.array([[trial.better_by(checks[0], goal) for goal in (0, 1)] for trial in checks]))
    roles = [STARTED, *(FRONT if here else CHECKED for here in kept[1:])]
    found.checks = [replace(trial, role=role, on_front=bool(here))
                    for trial, role, here in zip(checks, roles, kept, strict=True)]


def _candidates(found: Optimum) -> list[int]:
    """Places of the trials to be run afresh: layer by layer, what only earlier layers beat; a long layer is thinned."""
    gains = np.array([[trial.better_by(found.trials[0], goal) for goal in (0, 1)] for trial in found.trials])
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
    if scenario is None:
        return point
    mine = [lever for lever in levers if ".spending." in lever.path]
    if not mine:
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
