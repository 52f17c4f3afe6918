"""Every point of a grid of sliders, run beforehand with common random numbers.

Run k has the same seed at every point, so each point is paired with the scenario as written, which is one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import floor, log10, prod

import pandas as pd

from sim.market.need import periods_of
from sim.scenario.load import load, ready_to_run
from sim.scenario.schema import Scenario
from sim.scenario.shares import with_room
from sim.scenario.sliders import Slider, sliders
from sim.statistics.intervals import Floats
from sim.studies.expectations import UNCHECKED, Verdict, check_expectations
from sim.studies.factors import Range
from sim.studies.figure_tables import over_time
from sim.studies.replicate import Replication, replicate
from sim.studies.scenario_factors import factors_of
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
    """What the runs of one point gave: values by metric and firm, one per run (NaN where a run went wrong), customers
    over time, and what became of the scenario's expectations.
    """

    places: tuple[int, ...]
    scenario: Scenario
    n: int
    values: Mapping[tuple[str, str], Floats]
    customers: pd.DataFrame
    claims: tuple[Verdict, ...]


@dataclass(frozen=True)
class Grid:
    """All points of the sliders, the last slider changing fastest; `asked` is the size of the market as written."""

    scenario: Scenario
    sliders: tuple[GridSlider, ...]
    points: tuple[GridPoint, ...]
    metrics: tuple[str, ...]
    runs: int
    seed: int
    asked: int

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
        found.append(GridSlider(slider, tuple(dict.fromkeys(map(round, values))) if slider.whole else values))
    return tuple(found)


def _plausible(scenario: Scenario, path: str, span: Range | None) -> Slider:
    """A slider for a number that the scenario names none for."""
    (factor,) = factors_of(scenario, {path: span})
    if factor.value is None:
        raise ValueError(f"{path} has no number in this scenario, so there is nowhere to begin; "
                         f"{suggestion(path, [one.path for one in factors_of(scenario)])}")
    low, high = min(factor.low, factor.value), max(factor.high, factor.value)
    step = 1.0 if factor.whole else 10.0 ** floor(log10((high - low) / 10))
    return Slider(path, factor.label, factor.unit, low, high, step, factor.value, factor.whole)


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
    count = prod(len(slider.values) for slider in wanted)
    asked, people = scenario.market.customers, people_for(scenario, count, runs)
    market = scenario if people == asked else load(scenario, {"market.customers": people})
    every = [point_of(market, wanted, places) for places in product(*(range(len(one.values)) for one in wanted))]
    points = []
    for number, (places, variant) in enumerate(every):
        points.append(_run(places, variant, metrics, seed, runs, _part(progress, number, count)))
    return Grid(market, tuple(wanted), tuple(points), tuple(metrics), runs, seed, asked)


def point_of(
    scenario: Scenario, wanted: Sequence[GridSlider], places: tuple[int, ...]
) -> tuple[tuple[int, ...], Scenario]:
    """The places, and the scenario of that point: only what is not as written is changed."""
    changes = {one.path: one.values[place] for one, place in zip(wanted, places, strict=True) if place != one.base}
    return places, ready_to_run(load(scenario, with_room(scenario, changes), overrides_from="--slider"))


def _run(
    places: tuple[int, ...], scenario: Scenario, metrics: Sequence[str], seed: int, runs: int, progress: Progress | None
) -> GridPoint:
    study = replicate(scenario, runs, seed=seed, progress=progress)
    if study.stopped or not study.n:
        raise KeyboardInterrupt
    values = {(metric, firm): _in_place(study, metric, firm) for metric in metrics for firm in study.firms}
    claims = tuple(claim for claim in check_expectations(study) if claim.word != UNCHECKED)
    return GridPoint(places, scenario, study.n, values, over_time(study, CUSTOMERS), claims)


def _in_place(study: Replication, metric: str, firm: str) -> Floats:
    """One number per run asked for, so that runs of two points stand beside each other."""
    found = pd.Series(study.values(study.base, metric, firm), index=study.complete)
    return found.reindex(range(study.replications)).to_numpy(dtype=float)


def _part(progress: Progress | None, number: int, count: int) -> Progress | None:
    """Progress of one point as that of all of them."""
    if progress is None:
        return None
    return lambda done, total, what: progress(number * total + done, count * total, what)
