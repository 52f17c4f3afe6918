"""Better levers under the same budget, checked on fresh luck: the best of many noisy trials flatters itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Unpack

import numpy as np

from sim.experiments.asking import Asked, Options, Order, changed, order
from sim.experiments.factors import Factor, Range
from sim.experiments.model import FRESH, Changes
from sim.experiments.optimum import BEST_FRESH, FRONT, START_FRESH, STARTED, TRIED, Optimum, Trial, stacked
from sim.experiments.search import front_of, searched
from sim.experiments.statistics import Floats
from sim.scenario.schema import Scenario

__all__ = ["Optimum", "optimise"]

REPLICATIONS, TRIALS, BATCH = 4, 40, 4
FINALISTS, FINAL_RUNS, CHECKS = 5, 3, 40
"""Finalists of a search get three times the runs; their best meets 40 fresh ones."""
MOST_ON_FRONT = 6


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

    Of `trials` points (40), each with `replications` runs (4) and the same luck, the five best are run three times as
    often; the best of them meets `checks` fresh runs (40) beside the start, and only those are told as its gain.
    With two goals every point of the front (at most six) and the start are run afresh.

    Raises:
        ValueError: a name is no lever of the firm, there are not one or two goals, or a number is out of range.
        ScenarioError: the scenario or a lever is wrong.
    """
    if aim not in ("high", "low"):
        raise ValueError(f"The aim is 'high' or 'low', not {aim!r}.")
    if len(goals) == 1 or len(goals) > 2 or (goals and aim == "low"):
        raise ValueError("Name two goals, both to be high, or none: one outcome goes by `outcome`.")
    if checks < 10:
        raise ValueError(f"A check needs at least 10 fresh runs, not {checks}.")
    asked = _order(scenario, levers, goals, options)
    chosen = asked.factors(levers)
    found = Optimum(asked, chosen, 1.0 if aim == "high" else -1.0)
    asked.model.plan((trials + FINALISTS * FINAL_RUNS) * asked.replications + (MOST_ON_FRONT + 1) * checks)
    points = _search(found, trials)
    fresh = range(FRESH, FRESH + checks)
    if found.two:
        _check_front(found, points, fresh)
    else:
        _check_best(found, points, fresh)
    return found


def _order(scenario: Asked, levers: Mapping[str, Range], goals: Sequence[str], options: Options) -> Order:
    """The order of the firm whose levers these are."""
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


def _search(found: Optimum, trials: int) -> list[Changes]:
    """Try points; gives what they change, in the order in which they were tried, each once, the start first."""
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
    return points


def _check_best(found: Optimum, points: list[Changes], fresh: range) -> None:
    """The finalists once more, and the best of them beside the start on fresh luck."""
    asked = found.order
    ranked = sorted(found.trials[1:], key=lambda trial: -found.aim * float(trial.means[0]))[:FINALISTS]
    finalists = [trial.changes for trial in ranked]
    answers = asked.model.answers([{}, *finalists], range(FINAL_RUNS * asked.replications))
    for k, point in enumerate([points[0], *finalists]):
        place = next(i for i, trial in enumerate(found.trials) if trial.changes == point)
        found.trials[place] = replace(found.trials[place], values=stacked(answers, k))
    best = finalists[int(np.argmax(found.aim * answers[0].mean[1:]))]
    answers = asked.model.answers([{}, best], fresh)
    found.checks = [Trial({}, stacked(answers, 0), START_FRESH), Trial(best, stacked(answers, 1), BEST_FRESH)]


def _check_front(found: Optimum, points: list[Changes], fresh: range) -> None:
    """The front of the search on fresh luck: what is still not beaten there is the front."""
    means = np.array([trial.means for trial in found.trials])
    front = [k for k in np.flatnonzero(front_of(means)) if k > 0]
    front.sort(key=lambda k: float(means[k, 0]))
    spread = sorted({round(place) for place in np.linspace(0, len(front) - 1, MOST_ON_FRONT).tolist()} if front else [])
    chosen = [points[front[place]] for place in spread]
    answers = found.order.model.answers([{}, *chosen], fresh)
    values = [stacked(answers, k) for k in range(len(chosen) + 1)]
    kept = front_of(np.array([one.mean(axis=1) for one in values]))
    roles = [FRONT if kept[k] and k else TRIED if k else STARTED for k in range(len(values))]
    found.checks = [Trial(point, one, role) for point, one, role in zip([{}, *chosen], values, roles, strict=True)]


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
