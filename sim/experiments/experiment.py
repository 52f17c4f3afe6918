"""A study in one object: points × replicates with common luck, and the one way in which its runs are done."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.differences import HEADLINES
from sim.experiments.engine import checked_seed
from sim.experiments.outcomes import Outcomes, known_outcomes, run_for_outcomes
from sim.experiments.statistics import Floats
from sim.experiments.study import AS_WRITTEN, Progress
from sim.scenario.effective import to_mapping
from sim.scenario.load import load, require_firms, with_what_if
from sim.scenario.schema import Scenario
from sim.scenario.words import suggestion

if TYPE_CHECKING:
    import pandas as pd

DONE, FAILED, PENDING = "done", "failed", "pending"


@dataclass(frozen=True)
class Point:
    """One option of a study: the base scenario, a what-if of it, or values by dotted name laid over either.

    >>> Point("dear", {"firms.Root.price": 12.0}).name
    'dear'
    """

    name: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    what_if: str | None = None

    def scenario(self, base: Scenario) -> Scenario:
        """The scenario of this point: first the what-if, then the changes, with the checks of `--set`.

        Raises:
            ScenarioError: there is no such what-if, or a change is wrong.
        """
        world = base if self.what_if is None else with_what_if(base, self.what_if)
        return require_firms(load(world, dict(self.changes), overrides_from=self.name))


@dataclass(frozen=True)
class Experiment:
    """Points × replicates in replication-major order: all points with replicate 0, then all with replicate 1, …

    Replicate k has the seed `seed + k` in every point, so that differences between points are paired. `outcomes` are
    names of metrics, read at the end of year `year` (left out: the end of the shortest point).

    Raises:
        ValueError: no point, two of the same name, no such outcome, or a number out of range.
        ScenarioError: a point is wrong.
    """

    scenario: Scenario
    points: tuple[Point, ...] = (Point(AS_WRITTEN),)
    replications: int = 20
    seed: int = 1
    outcomes: tuple[str, ...] = HEADLINES
    year: float | None = None

    def __post_init__(self) -> None:
        checked_seed(self.seed)
        object.__setattr__(self, "points", tuple(self.points))
        object.__setattr__(self, "outcomes", known_outcomes(self.outcomes))
        if self.replications < 1:
            raise ValueError(f"At least one replication is needed, not {self.replications}.")
        names = [point.name for point in self.points]
        if not names:
            raise ValueError("An experiment needs at least one point.")
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"Two points are called {twice!r}; every point needs a name of its own.")
        longest = min(world.clock.years for world in self.worlds.values())
        if self.year is not None and not 0 < self.year <= longest:
            raise ValueError(f"`year` must be above 0 and at most {longest:g} years, not {self.year:g}.")

    @cached_property
    def worlds(self) -> dict[str, Scenario]:
        """The effective scenario of every point, by its name."""
        return {point.name: point.scenario(self.scenario) for point in self.points}

    @property
    def end(self) -> float:
        """The date at which outcomes are read."""
        ends = [world.clock.years for world in self.worlds.values()]
        return float(min(ends)) if self.year is None else float(self.year)

    @property
    def firms(self) -> tuple[str, ...]:
        """Names of all firms of all points, in order of appearance."""
        return tuple(dict.fromkeys(firm for world in self.worlds.values() for firm in world.firms))

    @property
    def factors(self) -> tuple[str, ...]:
        """Dotted names that some point changes, in order of appearance."""
        return tuple(dict.fromkeys(path for point in self.points for path in point.changes))

    @cached_property
    def settings(self) -> dict[str, dict[str, Any]]:
        """By point: the value of every factor in its scenario, changed there or not; None where it says nothing."""
        return {
            name: {path: _value_at(to_mapping(world), path) for path in self.factors}
            for name, world in self.worlds.items()
        }

    @property
    def base(self) -> str:
        """The first point: what the others are compared with."""
        return self.points[0].name


def _value_at(mapping: Any, path: str) -> Any:
    for step in path.split("."):
        mapping = mapping.get(step) if isinstance(mapping, dict) else None
    return mapping


@dataclass(frozen=True)
class Row:
    """What became of one run: done, failed (and why), or pending."""

    point: str
    replicate: int
    seed: int
    status: str
    reason: str
    seconds: float


class Results:
    """What the runs of an experiment gave, run by run."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.rows: list[Row] = []
        self.note = ""
        self._numbers: dict[tuple[str, int], Outcomes] = {}

    def __repr__(self) -> str:
        """A few words about the results."""
        points, asked = len(self.experiment.points), self.experiment.replications
        return f"<Results of {points} point{'s' if points > 1 else ''}: {self.n} of {asked} replicates complete>"

    @property
    def complete(self) -> list[int]:
        """Replicates that are done in every point."""
        names = [point.name for point in self.experiment.points]
        found = sorted({replicate for _, replicate in self._numbers})
        return [k for k in found if all((name, k) in self._numbers for name in names)]

    @property
    def n(self) -> int:
        """How many replicates are done in every point."""
        return len(self.complete)

    @property
    def failed(self) -> list[Row]:
        """The runs that failed."""
        return [row for row in self.rows if row.status == FAILED]

    def values(self, point: str, outcome: str, firm: str) -> Floats:
        """An outcome of a firm in a point: one number per replicate that is done in every point, in their order.

        NaN where the firm is not in that point.

        Raises:
            ValueError: there is no such point, outcome or firm.
        """
        asked = self.experiment
        for what, name, there in (("point", point, list(asked.worlds)), ("outcome", outcome, list(asked.outcomes)),
                                  ("firm", firm, list(asked.firms))):
            if name not in there:
                raise ValueError(f"There is no {what} {name!r} in this experiment; {suggestion(name, there)}")
        missing = {outcome: float("nan")}
        return np.array([self._numbers[(point, k)].get(firm, missing)[outcome] for k in self.complete])

    def table(self) -> pd.DataFrame:
        """One row per run and firm: point, replicate, seed, status, reason, seconds, firm, factors, outcomes.

        Every factor path is a column with the value in that point's scenario; a run without numbers has one row
        with no firm.
        """
        import pandas as pd

        asked = self.experiment
        rows: list[dict[str, Any]] = []
        for row in self.rows:
            numbers = self._numbers.get((row.point, row.replicate), {})
            for firm, values in numbers.items() or [(None, {})]:
                outcomes = {name: values.get(name, float("nan")) for name in asked.outcomes}
                rows.append({**vars(row), "firm": firm, **asked.settings[row.point], **outcomes})
        names = ["point", "replicate", "seed", "status", "reason", "seconds", "firm", *asked.factors, *asked.outcomes]
        return pd.DataFrame(rows, columns=names)


def conduct(
    experiment: Experiment,
    *,
    store: Path | str | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    until: Callable[[Results], bool] | None = None,
) -> Results:
    """Do the runs of an experiment. A run that fails is a row with its reason; the others go on.

    `until` is asked after every replicate and ends the study when it says so. Ctrl-C gives what is done.
    """
    if store is not None or workers is not None or scheduler is not None:
        raise NotImplementedError("stores and workers follow in the next commits")
    results = Results(experiment)
    worlds, total = experiment.worlds, experiment.replications * len(experiment.points)
    try:
        for replicate in range(experiment.replications):
            for name, world in worlds.items():
                if progress is not None:
                    progress(len(results.rows), total, f"{name}, run {replicate + 1} of {experiment.replications}")
                _one(results, name, world, replicate)
            if until is not None and until(results):
                break
        if progress is not None:
            progress(total, total, "done")
    except KeyboardInterrupt:
        results.note = f"Stopped after {len(results.rows)} of {total} runs; {results.n} replicates are complete."
    return results


def _one(results: Results, name: str, world: Scenario, replicate: int) -> None:
    asked, began = results.experiment, time.perf_counter()
    seed, status, reason = asked.seed + replicate, DONE, ""
    try:
        results._numbers[(name, replicate)] = run_for_outcomes(world, seed, asked.outcomes, asked.end)
    except Exception as error:  # one failing run must not lose the rest
        status, reason = FAILED, f"{type(error).__name__}: {error}"
    results.rows.append(Row(name, replicate, seed, status, reason, time.perf_counter() - began))
