"""A study in one object: points × replicates with common luck, and the one way in which its runs are done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.metrics.registry import headlines
from sim.runs.execute import checked_seed
from sim.runs.identity import world_hash
from sim.runs.outcomes import known_outcomes
from sim.runs.readings import Reading
from sim.runs.results import Layout, Results, Row, value_at
from sim.scenario.calendar import PERIODS_PER_YEAR
from sim.scenario.effective import scenario_hash, to_mapping
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.load import load, require_firms, with_what_if
from sim.scenario.schema import Scenario
from sim.scenario.short_names import full_name
from sim.studies.study import AS_WRITTEN, Progress

__all__ = ["Experiment", "Facts", "Point", "Results", "Row", "WholePoint", "conduct"]

REMEMBERED = 64
"""Scenarios of points that are kept at hand; others are made again when they are needed (a few milliseconds)."""


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
class WholePoint(Point):
    """A point whose scenario is given as it is, whatever the base says."""

    world: Scenario | None = None

    def scenario(self, base: Scenario) -> Scenario:
        """The scenario of this point."""
        return base if self.world is None else self.world


@dataclass(frozen=True)
class Facts:
    """What is known about a point without its scenario at hand; `people` is the seed of the people, if fixed."""

    world_hash: str
    years: float
    people: int | None
    firms: tuple[str, ...]
    settings: Mapping[str, Any]


class Worlds(Mapping[str, Scenario]):
    """The effective scenario of every point, by its name; made when asked for, a few kept at hand."""

    def __init__(self, base: Scenario, points: tuple[Point, ...]) -> None:
        self._base = base
        self._points = {point.name: point for point in points}
        self._at_hand: dict[str, Scenario] = {}

    def __getitem__(self, name: str) -> Scenario:
        if name not in self._at_hand:
            while len(self._at_hand) >= REMEMBERED:
                self._at_hand.pop(next(iter(self._at_hand)))
            self._at_hand[name] = self._points[name].scenario(self._base)
        return self._at_hand[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._points)

    def __len__(self) -> int:
        return len(self._points)


@dataclass(frozen=True)
class Experiment:
    """Points × replicates in replication-major order: all points with replicate 0, then all with replicate 1, …

    Replicate k has the seed `seed + k` in every point, so that differences between points are paired. `outcomes` are
    names of metrics, read at the end of the period that is nearest to `year` (left out: the end of the shortest point).
    With a `reading`, more is kept of every run than its outcomes (see `Results.kept`).

    Raises:
        ValueError: no point, two of the same name, no such outcome, or a number out of range.
        ScenarioError: a point is wrong; everything that is wrong with all of them, at once.
    """

    scenario: Scenario
    points: tuple[Point, ...] = (Point(AS_WRITTEN),)
    replications: int = 20
    seed: int = 1
    outcomes: tuple[str, ...] = field(default_factory=headlines)
    year: float | None = None
    reading: Reading | None = None

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
        longest = min(fact.years for fact in self.facts.values())
        if self.year is not None and not 0 < self.year <= longest:
            raise ValueError(f"`year` must be above 0 and at most {longest:g} years, not {self.year:g}.")
        if self.year is not None:
            object.__setattr__(self, "year", self._end_of_a_period(float(self.year)))

    def _end_of_a_period(self, year: float) -> float:
        """The end of the month or quarter nearest to a date: outcomes are read there. Weeks do not add up to a year."""
        each = PERIODS_PER_YEAR[self.scenario.clock.period]
        return float(max(1, round(year * float(each))) / each) if each.denominator == 1 else year

    @cached_property
    def worlds(self) -> Worlds:
        """The effective scenario of every point, by its name."""
        return Worlds(self.scenario, self.points)

    @cached_property
    def facts(self) -> dict[str, Facts]:
        """What is known about every point, by its name; every scenario is made and checked for it."""
        found: dict[str, Facts] = {}
        problems: list[Problem] = []
        for point in self.points:
            try:
                found[point.name] = self._facts_of(self.worlds[point.name])
            except ScenarioError as error:
                problems.extend(error.problems)
        if problems:
            raise ScenarioError(dict.fromkeys(problems))
        return found

    def _facts_of(self, world: Scenario) -> Facts:
        mapping = to_mapping(world)
        settings = {path: value_at(mapping, full_name(path)) for path in self.factors}
        return Facts(world_hash(world), world.clock.years, world.runs.world_seed, tuple(world.firms), settings)

    @cached_property
    def base_hash(self) -> str:
        """Identity of the base scenario."""
        return scenario_hash(self.scenario)

    @property
    def end(self) -> float:
        """The date at which outcomes are read."""
        return float(min(fact.years for fact in self.facts.values()) if self.year is None else self.year)

    @property
    def firms(self) -> tuple[str, ...]:
        """Names of all firms of all points, in order of appearance."""
        return tuple(dict.fromkeys(firm for fact in self.facts.values() for firm in fact.firms))

    @cached_property
    def factors(self) -> tuple[str, ...]:
        """Dotted names that some point changes, in order of appearance."""
        return tuple(dict.fromkeys(path for point in self.points for path in point.changes))

    @property
    def settings(self) -> dict[str, Mapping[str, Any]]:
        """By point: the value of every factor in its scenario, changed there or not; None where it says nothing."""
        return {name: fact.settings for name, fact in self.facts.items()}

    @property
    def base(self) -> str:
        """The first point: what the others are compared with."""
        return self.points[0].name

    @property
    def layout(self) -> Layout:
        """Points, outcomes, firms and factors, as results need them."""
        names = tuple(point.name for point in self.points)
        seeds = (self.seed, self.seed + self.replications)
        return Layout(names, self.outcomes, self.firms, self.factors, self.settings, self.replications, seeds)


def conduct(
    experiment: Experiment,
    *,
    store: Path | str | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    until: Callable[[Results], bool] | None = None,
    retry_failed: bool = False,
) -> Results:
    """Do the runs of an experiment. A run that fails is a row with its reason; the others go on.

    `store`: an SQLite file that keeps every run; runs that are in it are never done again (failed ones only with
    `retry_failed`), so the same call goes on where it was stopped. `workers`: so many processes on this machine;
    `scheduler`: the address of a Dask scheduler. Both need the extra `distributed`; left out, the runs are done here,
    one after the other. The numbers are the same bits whatever is chosen. `until` is asked after every replicate with
    the results up to it, and ends the study when it says so. Ctrl-C gives what is done.

    Raises:
        ValueError: the store holds another study, or something else, or somebody is writing into it; `workers` is
            below 1, or both `workers` and `scheduler` are given.
        OSError: the store cannot be written, or the scheduler cannot be reached.
        ImportError: workers are asked for and the extra `distributed` is not installed.
    """
    from sim.runs.runner import How, do_all

    how = How(None if store is None else Path(store), workers, scheduler, retry_failed)
    return do_all(experiment, how, progress, until)
