"""What fills in behind a pair: intervals over more seeds, and every firm against itself spending nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from sim.app.choice import PageChoice
from sim.app.courses import Courses, Pair
from sim.scenario.effective import scenario_hash
from sim.scenario.schema import Scenario
from sim.statistics.intervals import Floats, paired_difference, student
from sim.studies.against_nothing import IDLE, OUTCOME, AgainstNothing
from sim.text.language import tr, trn

FEWEST, MOST = 8, 20
"""Runs from which an interval is shown, and runs at which it is good enough for a class."""
Side = tuple[str, str]
CHANGED = "changed"


@dataclass(frozen=True)
class SpreadOverTime:
    """The paired difference over time of a firm in a metric [T]: its mean and 95 % t interval over `n` seeds."""

    mean: Floats
    low: Floats
    high: Floats
    n: int

    @classmethod
    def of(cls, runs: Floats) -> SpreadOverTime:
        """Of the differences of every seed [n, T]: mean ± t · s / √n, period by period (Student 1908).

        >>> found = SpreadOverTime.of(np.array([[1.0], [2.0], [3.0]]))
        >>> float(found.mean[0]), round(float(found.high[0]), 2), found.n
        (2.0, 4.48, 3)
        """
        n = len(runs)
        mean, half = runs.mean(axis=0), student(0.95, n - 1) * runs.std(axis=0, ddof=1) / np.sqrt(n)
        return cls(mean, mean - half, mean + half, n)


@dataclass(frozen=True)
class Behind:
    """What is known so far: spreads by metric and firm (none below eight seeds), and spending against nothing."""

    n: int
    spreads: dict[Side, SpreadOverTime]
    nothing: AgainstNothing | None = None

    def in_words(self) -> str:
        """How many runs there are, and what spending brings."""
        lines = [trn("{count} paired run so far; an interval is shown from {fewest} on.",
                     "{count} paired runs so far; an interval is shown from {fewest} on.", self.n, fewest=FEWEST)
                 if not self.spreads else
                 trn("{count} paired run, 95 % intervals.", "{count} paired runs, 95 % intervals.", self.n)]
        firms = () if self.nothing is None else self.nothing.in_short().values()
        return "\n".join([*lines, *(tr("Against spending nothing, in the changed variant: {firms}", firms=words)
                                    for words in firms)])


def filled_in(courses: Courses, pair: Pair, wanted: Callable[[], bool]) -> Iterator[Behind]:
    """Run more seeds of both variants and say after each what is known; then what spending brings, then more seeds.

    Seed k is the seed of the page + k in both variants, so that all differences are paired; the numbers are those of
    `sim compare` with the same seeds.

    Raises:
        SupersededError: the pair is not wanted any more.
    """
    choice, runs = pair.choice, dict[Side, list[Floats]]()
    nothing: AgainstNothing | None = None
    for k in range(MOST):
        for side, difference in _differences(courses, pair, choice.seed + k, wanted).items():
            runs.setdefault(side, []).append(difference)
        n = k + 1
        spreads = {side: SpreadOverTime.of(np.stack(every)) for side, every in runs.items()} if n >= FEWEST else {}
        yield Behind(n, spreads, nothing)
        if n == FEWEST:
            nothing = _against_nothing(courses, choice, wanted)
            yield Behind(n, spreads, nothing)


def _differences(
    courses: Courses, pair: Pair, seed: int, wanted: Callable[[], bool]
) -> dict[Side, Floats]:
    """Changed minus as written over time, by metric and firm, of one seed."""
    choice = pair.choice
    here = courses.lines(choice.scenario, seed, wanted)
    there = courses.lines(choice.changed, seed, wanted) if choice.differs else here
    firms = [list(one.run.firms) for one in (pair.here, pair.there)]
    both, length = [name for name in firms[0] if name in firms[1]], len(pair.years)
    return {(metric, firm): there[metric][:length, firms[1].index(firm)] - line[:length, firms[0].index(firm)]
            for metric, line in here.items() for firm in both}


def _against_nothing(courses: Courses, choice: PageChoice, wanted: Callable[[], bool]) -> AgainstNothing:
    """Discounted profit of every firm of the changed variant minus that of the same firm spending nothing."""
    changed, seeds = choice.changed, range(choice.seed, choice.seed + FEWEST)
    profit = {seed: courses.lines(changed, seed, wanted)[OUTCOME][-1] for seed in seeds}
    pairs = {}
    for place, (name, firm) in enumerate(changed.firms.items()):
        idle = firm.model_copy(update=IDLE)
        if idle != firm:
            resting = _with_firm(changed, name, idle)
            idle_profit = [courses.lines(resting, seed, wanted)[OUTCOME][-1, place] for seed in seeds]
            pairs[CHANGED, name] = paired_difference(idle_profit, [profit[seed][place] for seed in seeds])
    return AgainstNothing(changed, pairs, {"replications": FEWEST, "seed": choice.seed}, False)


def _with_firm(scenario: Scenario, name: str, firm: object) -> Scenario:
    """The scenario with another firm in the place of one; with a hash of its own, by which its runs are kept."""
    other = scenario.model_copy(update={"firms": {**scenario.firms, name: firm}})
    return other.from_source(replace(scenario.source, hash=scenario_hash(other)))
