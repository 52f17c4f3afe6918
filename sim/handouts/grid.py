"""Every point of a grid of sliders, run beforehand with common random numbers.

Run k has the same seed at every point, so each point is paired with the scenario as written, which is one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import floor, log10

import numpy as np

from sim.market.need import periods_of
from sim.records.records import Records
from sim.runs.execution import Execution
from sim.runs.results import Results
from sim.runs.runner import conduct
from sim.runs.summary import Summary
from sim.runs.task import Task
from sim.scenario.load import load, ready_to_run
from sim.scenario.schema import Scenario
from sim.scenario.shares import with_room
from sim.scenario.sliders import Slider, sliders
from sim.statistics.intervals import Floats
from sim.studies.differences import means
from sim.studies.expectations import UNCHECKED, Verdict, check_expectations
from sim.studies.factors import Range
from sim.studies.scenario_factors import factors_of
from sim.studies.study import Study, plan_of
from sim.text.console import Progress
from sim.text.words import suggestion

RUNS = 10
POINTS = {1: 7, 2: 7, 3: 5}
"""Points of each slider, by how many sliders there are."""
USUAL = 2
"""So many of the scenario's sliders are taken where none are named."""
SECONDS, CORES = 180.0, 2
RUN_SECONDS, PERSON_SECONDS = 0.08, 0.6e-6
"""What a run takes beside its people, and a person in a period: measured on a slow machine. It decides how many people
there are, and must be the same everywhere."""
FEWEST = 200
CUSTOMERS = "active_customers_people"


@dataclass(frozen=True)
class GridSlider:
    """A slider with the values that are run; `base` is the place of the scenario's own value among them."""

    slider: Slider
    values: tuple[float, ...]

    @property
    def path(self) -> str:
        """Dotted name of the number."""
        return self.slider.path

    @property
    def base(self) -> int:
        """The place of the value as written."""
        return min(range(len(self.values)), key=lambda place: abs(self.values[place] - self.slider.value))

    @property
    def farthest(self) -> int:
        """The place of the end that is farther from the value as written."""
        ends = (0, len(self.values) - 1)
        return max(ends, key=lambda place: abs(self.values[place] - self.slider.value))


@dataclass(frozen=True)
class GridPoint:
    """What the runs of one point gave: values by metric and firm, one per run (NaN where a run went wrong).

    `lines` holds customers over time [T, F]: mean, low and high (left out for a single run) at the dates `years`.
    """

    places: tuple[int, ...]
    scenario: Scenario
    n: int
    values: Mapping[tuple[str, str], Floats]
    years: Floats
    lines: Mapping[str, Floats]


@dataclass(frozen=True)
class Grid:
    """All points of the sliders, the last slider changing fastest.

    `asked` is the size of the market as written, `claims` what became of what the scenario expects of it (not of its
    what-ifs).
    """

    scenario: Scenario
    sliders: tuple[GridSlider, ...]
    points: tuple[GridPoint, ...]
    metrics: tuple[str, ...]
    runs: int
    seed: int
    asked: int
    claims: tuple[Verdict, ...] = ()

    @property
    def firms(self) -> tuple[str, ...]:
        """The firms of the market, in the order of the file."""
        return tuple(self.scenario.firms)

    @cached_property
    def base(self) -> int:
        """The number of the point that is the scenario as written."""
        return self.number([slider.base for slider in self.sliders])

    @cached_property
    def far(self) -> int:
        """The number of the point at which the first slider stands farthest from its value as written."""
        first, *others = self.sliders
        return self.number([first.farthest, *(slider.base for slider in others)])

    def number(self, places: Sequence[int]) -> int:
        """The number of the point at these places of the sliders."""
        number = 0
        for slider, place in zip(self.sliders, places, strict=True):
            number = number * len(slider.values) + place
        return number


def chosen_sliders(scenario: Scenario, wanted: Mapping[str, Range | None] | None = None) -> tuple[GridSlider, ...]:
    """The sliders of a handout: those wanted, by dotted name, else the first two that the scenario names.

    A range that is not given is that of the scenario's own slider, else one that is plausible.

    Raises:
        ValueError: none is there or wanted, more than three are, or one is no number.
        ScenarioError: an end of a range is not allowed.
    """
    own = {one.path: one for one in sliders(scenario)}
    names = dict(wanted) if wanted else dict.fromkeys(list(own)[:USUAL])
    if not names:
        raise ValueError(f"{scenario.source.name} names no sliders (`controls:` of a scenario): say which numbers the "
                         "handout may move, e.g. --slider product.price.")
    if len(names) > max(POINTS):
        raise ValueError(f"A handout has at most {max(POINTS)} sliders, not {len(names)}: its points are all run "
                         "beforehand.")
    found = []
    for path, span in names.items():
        slider = own[path] if path in own and span is None else _plausible(scenario, path, span)
        values = slider.points(POINTS[len(names)])
        values = tuple(dict.fromkeys(map(round, values))) if slider.whole else values
        if len(values) < 2:
            raise ValueError(f"{path}: with steps of {slider.step:g} there is nothing between {slider.low:g} and "
                             f"{slider.high:g} to move to.")
        found.append(GridSlider(slider, values))
    return tuple(found)


def _plausible(scenario: Scenario, path: str, span: Range | None) -> Slider:
    """A slider for a number that the scenario names none for."""
    (factor,) = factors_of(scenario, {path: span})
    if factor.value is None:
        raise ValueError(f"{path} has no number in this scenario, so there is nowhere to begin; "
                         f"{suggestion(path, [one.path for one in factors_of(scenario)])}")
    low, high = min(factor.low, factor.value), max(factor.high, factor.value)
    step = 1.0 if factor.whole else 10.0 ** floor(log10((high - low) / 10))
    return Slider(path, factor.label or path, factor.unit, low, high, step, factor.value, factor.whole)


def people_for(scenario: Scenario, points: int, runs: int = RUNS) -> int:
    """How many people there may be so that all points are run in at most three minutes on two cores.

    The time of a run is taken as 0.08 s and 0.6 microseconds a person and period (assumption, from measurements), so
    that the number is the same on every machine.

    >>> people_for(load("leaky_bucket"), 49), people_for(load("leaky_bucket", {"market.customers": 90_000}), 49)
    (4000, 15100)
    """
    room = (SECONDS * CORES / (points * runs) - RUN_SECONDS) / PERSON_SECONDS / periods_of(scenario)
    return min(scenario.market.customers, max(FEWEST, floor(room / 100) * 100))


def run_grid(
    scenario: Scenario, wanted: Sequence[GridSlider], metrics: Sequence[str], seed: int, runs: int = RUNS,
    progress: Progress | None = None,
) -> Grid:
    """Run every point of the sliders `runs` times; where that is too much, in a market of fewer people.

    Raises:
        ScenarioError: a point is no market that can be run.
        ValueError: a number is out of range.
        KeyboardInterrupt: Ctrl-C.
    """
    every = list(product(*(range(len(one.values)) for one in wanted)))
    asked, people = scenario.market.customers, people_for(scenario, len(every), runs)
    market = scenario if people == asked else load(scenario, {"market.customers": people})
    variants = {str(number): point_of(market, wanted, places) for number, places in enumerate(every)}
    plan, errors = plan_of(variants, runs, seed), list[Exception]()

    def observer(_task: Task, found: Records | Exception) -> None:
        if isinstance(found, Exception):
            errors.append(found)

    results = conduct(plan, Execution(progress=progress), observer=observer)
    if results.stopped:
        raise KeyboardInterrupt
    if not all(results.done_by_point.values()):
        raise errors[0]
    summaries = Study(plan, results).summaries
    points = [_point(results, name, places, summaries, metrics)
              for (name, places) in zip(variants, every, strict=True)]
    base = str(every.index(tuple(slider.base for slider in wanted)))
    written = Study(replace(plan, points=(plan.points[int(base)],)), results.only([base]))
    claims = tuple(claim for claim in check_expectations(written) if claim.word != UNCHECKED)
    return Grid(market, tuple(wanted), tuple(points), tuple(metrics), runs, seed, asked, claims)


def point_of(scenario: Scenario, wanted: Sequence[GridSlider], places: Sequence[int]) -> Scenario:
    """The scenario of a point: only what is not as written is changed."""
    changes = {one.path: one.values[place] for one, place in zip(wanted, places, strict=True) if place != one.base}
    return ready_to_run(load(scenario, with_room(scenario, changes), overrides_from="--slider"))


def _point(
    results: Results, name: str, places: tuple[int, ...], summaries: Mapping[tuple[str, int], Summary],
    metrics: Sequence[str],
) -> GridPoint:
    scenario, replicates = results.plan.variants[name], range(results.layout.replications)
    values = {(metric, firm): results.column(name, metric, firm, replicates)
              for metric in metrics for firm in scenario.firms}
    done = [summaries[name, k] for k in replicates if (name, k) in summaries]
    counted = done[0].dates > 1e-9
    lines = means(np.stack([one.series[CUSTOMERS][counted] for one in done]))
    return GridPoint(places, scenario, len(done), values, done[0].dates[counted], lines)
