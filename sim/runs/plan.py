"""What is run: points × replications with common random numbers, and what is read off each run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sim.market.need import periods_of
from sim.metrics.headlines import STANDARD
from sim.metrics.registry import own_metrics
from sim.runs.execute import checked_seed
from sim.runs.manifest import hash_of, rules_version, variant_hash
from sim.runs.outcomes import known_outcomes
from sim.runs.own_code import identity_or_new
from sim.runs.task import RunReading, WatchedReading
from sim.scenario.calendar import PERIODS_PER_YEAR
from sim.scenario.dotted import value_at
from sim.scenario.effective import scenario_hash, to_mapping
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.fields import full_name
from sim.scenario.load import load, ready_to_run, with_what_if
from sim.scenario.schema import Scenario
from sim.scenario.shares import with_room

AS_WRITTEN = "as written"
"""Name of the point that is the scenario itself."""

FIRST_PROOF = 1_000_003
"""The first replicate of proofs, far behind a study's own: seeds that the search before has not seen."""

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

        Where a share of a full budget is changed, the shares that are not give way (`with_room`).
        """
        variant = base if self.what_if is None else with_what_if(base, self.what_if)
        return ready_to_run(load(variant, with_room(variant, self.changes), overrides_from=self.name))


@dataclass(frozen=True)
class FixedPoint(Point):
    """A point whose scenario is given as it is, whatever the base says."""

    fixed: Scenario | None = None

    def scenario(self, base: Scenario) -> Scenario:
        """The scenario that is given, or the base."""
        return base if self.fixed is None else self.fixed


@dataclass(frozen=True)
class PointFacts:
    """What is known about a point without its scenario at hand; `people` is the seed of the people, if fixed.

    `size` counts people times periods of a run.
    """

    variant_hash: str
    years: float
    people: int | None
    firms: tuple[str, ...]
    settings: Mapping[str, Any]
    size: int


class Variants(Mapping[str, Scenario]):
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
class Layout:
    """What an experiment asks for, in words: its points in order, its outcomes, its firms, what its points change.

    `settings` holds for each point the value of every factor; `replications` is how many were asked for, `seeds` the
    first seed of them and the first beyond them.
    """

    points: tuple[str, ...]
    outcomes: tuple[str, ...]
    firms: tuple[str, ...]
    factors: tuple[str, ...]
    settings: Mapping[str, Mapping[str, Any]]
    replications: int
    seeds: tuple[int, int]

    def first(self, replications: int) -> Layout:
        """The same, of the first so many replicates."""
        return replace(self, replications=replications, seeds=(self.seeds[0], self.seeds[0] + replications))


@dataclass(frozen=True)
class RunPlan:
    """Points × replicates in replication-major order: all points with replicate 0, then all with replicate 1, …

    Replicate k has the seed `seed + k` in every point, so that differences between points are paired. `outcomes` are
    names of metrics, read at the end of the period that is nearest to `year` (left out: the end of the shortest point).
    With a `reading`, more is kept of every run than its outcomes (see `Results.kept`), or instead of them.

    Raises:
        ValueError: no point, two of the same name, no such outcome, or a number out of range.
        ScenarioError: a point is wrong; everything that is wrong with all of them, at once.
    """

    scenario: Scenario
    points: tuple[Point, ...] = (Point(AS_WRITTEN),)
    replications: int = 20
    seed: int = 1
    outcomes: tuple[str, ...] = STANDARD
    year: float | None = None
    reading: RunReading | None = None

    def __post_init__(self) -> None:
        checked_seed(self.seed)
        object.__setattr__(self, "points", tuple(self.points))
        object.__setattr__(self, "outcomes", known_outcomes(self.outcomes))
        if self.replications < 1:
            raise ValueError(f"At least one replication is needed, not {self.replications}.")
        names = [point.name for point in self.points]
        if not names:
            raise ValueError("A plan needs at least one point.")
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"Two points are called {twice!r}; every point needs a name of its own.")
        longest = min(fact.years for fact in self.facts.values())
        if self.year is not None:
            if not 0 < self.year <= longest:
                raise ValueError(f"`year` must be above 0 and at most {longest:g} years, not {self.year:g}.")
            object.__setattr__(self, "year", self._end_of_a_period(float(self.year)))

    def _end_of_a_period(self, year: float) -> float:
        """The end of the month or quarter nearest to a date: outcomes are read there. Weeks do not add up to a year."""
        each = PERIODS_PER_YEAR[self.scenario.clock.period]
        return float(max(1, round(year * float(each))) / each) if each.denominator == 1 else year

    @cached_property
    def variants(self) -> Variants:
        """The effective scenario of every point, by its name."""
        return Variants(self.scenario, self.points)

    @cached_property
    def facts(self) -> dict[str, PointFacts]:
        """What is known about every point, by its name; every scenario is made and checked for it."""
        facts: dict[str, PointFacts] = {}
        problems: list[Problem] = []
        for point in self.points:
            try:
                variant = self.variants[point.name]
            except ScenarioError as error:
                problems.extend(error.problems)
                continue
            facts[point.name] = PointFacts(variant_hash(variant), variant.clock.years, variant.runs.world_seed,
                                           tuple(variant.firms), settings_of(to_mapping(variant), self.factors),
                                           variant.market.customers * periods_of(variant))
        if problems:
            raise ScenarioError(dict.fromkeys(problems))
        return facts

    @cached_property
    def base_hash(self) -> str:
        """Identity of the base scenario."""
        return scenario_hash(self.scenario)

    def key(self, point: str, replicate: int) -> str:
        """Identity of one run: scenario, seeds, what is read off, and the rules. Equal keys, equal runs."""
        facts, seed = self.facts[point], self.seed + replicate
        people = seed if facts.people is None else facts.people
        reading = [] if self.reading is None else [self.reading.name]
        reading += self.own_metrics
        reading += [point] if isinstance(self.reading, WatchedReading) else []
        return hash_of([facts.variant_hash, seed, people, list(self.outcomes), self.end, *reading, rules_version()])

    @cached_property
    def own_metrics(self) -> list[str]:
        """The metrics of one's own with the identity of their code: a summary holds them all."""
        return [f"{one.name} {identity_or_new(one.function)}" for one in own_metrics()]

    @property
    def end(self) -> float:
        """The date at which outcomes are read."""
        return float(min(fact.years for fact in self.facts.values()) if self.year is None else self.year)

    @cached_property
    def factors(self) -> tuple[str, ...]:
        """Dotted names that some point changes, in order of appearance."""
        return tuple(dict.fromkeys(path for point in self.points for path in point.changes))

    @property
    def layout(self) -> Layout:
        """Points, outcomes, firms and factors, as results need them."""
        firms = tuple(dict.fromkeys(firm for fact in self.facts.values() for firm in fact.firms))
        settings = {name: fact.settings for name, fact in self.facts.items()}
        seeds = (self.seed, self.seed + self.replications)
        return Layout(tuple(self.facts), self.outcomes, firms, self.factors, settings, self.replications, seeds)


def settings_of(scenario: Mapping[str, Any], factors: Iterable[str]) -> dict[str, Any]:
    """The value of every factor in a scenario, changed there or not; None where it says nothing."""
    return {path: value_at(scenario, full_name(path)) for path in factors}
