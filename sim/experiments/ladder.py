"""Mechanism ladder: mechanisms added one by one, and each left out alone; what each contributes to a difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

from sim.experiments.answer import Answer
from sim.experiments.asking import Options, Order, order
from sim.experiments.engine import ScenarioLike
from sim.experiments.model import Changes
from sim.experiments.statistics import Floats, Interval, mean_interval
from sim.scenario.fields import extra_of, field_at
from sim.scenario.levels import MECHANISMS, level_strengths, strengths
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS = 6
START, NOTHING = "start", "none"
LEVELS = ("basic", "heart", "full")


@dataclass(frozen=True)
class Rung:
    """A mechanism that is added: the level that brings it, and how strong the scenario has it."""

    mechanism: str
    level: str
    strength: float

    @property
    def label(self) -> str:
        """What it does, in words."""
        field = field_at(("mechanisms", self.mechanism))
        return extra_of(field, "label") if field is not None else self.mechanism


class Ladder(Answer):
    """A waterfall from a market without mechanisms to the scenario as written.

    `climbed` [rungs + 1, replicates]: the difference at the start and after every rung; `alone` [rungs, replicates]:
    the difference with everything but one mechanism.
    """

    kind = "ladder"
    picture = "ladder_waterfall"

    def __init__(self, asked: Order, rungs: tuple[Rung, ...], numbers: tuple[Floats, Floats]) -> None:
        self.order, self.rungs = asked, rungs
        self.climbed, self.alone = numbers

    def __repr__(self) -> str:
        """A few words about it."""
        return f"<Ladder of {self.order.name}: {len(self.rungs)} mechanisms>"

    def table(self) -> pd.DataFrame:
        """One row per rung in the order in which mechanisms are added; the first is the start.

        rung (0: start), mechanism, label, level (that brings it), strength, added (change of the difference when it is
        added), added_low, added_high, total (difference after it), total_low, total_high, left_out (what is lost when
        this mechanism alone is missing: full difference minus difference without it), left_out_low, left_out_high, n.
        Intervals are 95 % t intervals of paired differences, each by itself (`attrs["comparisons"]` of them). What is
        added sums to the full difference exactly; what is left out need not, because mechanisms work together.
        """
        import pandas as pd

        start = mean_interval(self.climbed[0])
        rows: list[dict[str, Any]] = [{
            "rung": 0, "mechanism": START, "label": "before the first mechanism", "level": "", "strength": float("nan"),
            **_cells("added", start), **_cells("total", start), **_cells("left_out", mean_interval([])), "n": start.n,
        }]
        for k, rung in enumerate(self.rungs):
            total = mean_interval(self.climbed[k + 1])
            rows.append({
                "rung": k + 1, "mechanism": rung.mechanism, "label": rung.label, "level": rung.level,
                "strength": rung.strength, **_cells("added", self.added(k)), **_cells("total", total),
                **_cells("left_out", self.missed(k)), "n": total.n,
            })
        table = pd.DataFrame(rows)
        table.attrs.update(
            self.order.question.attrs(), n=self.order.replications, seed=self.order.model.seed, finding=self.finding,
            comparisons=2 * len(self.rungs),
        )
        return table

    def added(self, k: int) -> Interval:
        """What rung k adds when it comes after those before it."""
        return mean_interval(self.climbed[k + 1] - self.climbed[k])

    def missed(self, k: int) -> Interval:
        """What is lost when mechanism k alone is missing."""
        return mean_interval(self.climbed[-1] - self.alone[k])

    @property
    def _largest(self) -> int:
        return max(range(len(self.rungs)), key=lambda k: abs(self.added(k).value))

    @property
    def finding(self) -> str:
        """The result as a title."""
        return f"{self.rungs[self._largest].mechanism.replace('_', ' ').capitalize()} adds most"

    def explain(self) -> str:
        """Two plain sentences: from where to where, and which mechanisms make the most of it."""
        question, k = self.order.question, self._largest
        start, full = (mean_interval(self.climbed[place]) for place in (0, -1))
        added = self.added(k)
        most = max(range(len(self.rungs)), key=lambda place: abs(self.missed(place).value))
        missed = self.missed(most)

        def between(one: Interval) -> str:
            return f"95 % interval {question.amount(one.low, True)} to {question.amount(one.high, True)}"

        return (
            f"{question.words[:1].upper()}{question.words[1:]} goes from {question.amount(start.value, True)} at the "
            f"start to {question.amount(full.value, True)} with all {len(self.rungs)} mechanisms; the largest step is "
            f"{self.rungs[k].mechanism} with {question.amount(added.value, True)} ({between(added)}; {added.n} paired "
            f"runs). Left out alone, {self.rungs[most].mechanism} is missed most: it makes "
            f"{question.amount(missed.value, True)} of the full difference ({between(missed)})."
        )

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        return {
            **self.order.settings(self.kind),
            "mechanisms": [rung.mechanism for rung in self.rungs],
        }


def ladder(scenario: ScenarioLike, start: str = NOTHING, **options: Unpack[Options]) -> Ladder:
    """Add the scenario's mechanisms one by one in the order of the levels, and leave each out alone.

    The ladder begins with no mechanism at all (`start="none"`), or with a whole level ("basic", "heart"), and ends with
    the scenario as written; mechanisms that it has switched off are no rungs. The order is that of the levels, and
    inside a level that of its file; contributions depend on the order, so read them beside what each is missed by.

    Raises:
        ValueError: there is no such start, or no mechanism beyond it.
        ScenarioError: the scenario is wrong.
    """
    if start not in (NOTHING, *LEVELS[:-1]):
        from sim.scenario.words import suggestion

        raise ValueError(f"A ladder cannot start with {start!r}; {suggestion(start, (NOTHING, *LEVELS[:-1]))}")
    asked = order(scenario, options, REPLICATIONS)
    assert asked.scenario is not None
    rungs = rungs_of(asked.scenario, start)
    if not rungs:
        raise ValueError(f"{asked.name} has no mechanism beyond {start!r}: there is nothing to climb.")
    points: list[Changes] = [_without(rungs[k:]) for k in range(len(rungs) + 1)]
    points += [_without((rung,)) for rung in rungs]
    asked.model.plan(len(points) * asked.replications)
    found = asked.answers(points).difference
    return Ladder(asked, rungs, (found[: len(rungs) + 1], found[len(rungs) + 1 :]))


def rungs_of(scenario: Scenario, start: str = NOTHING) -> tuple[Rung, ...]:
    """The scenario's mechanisms beyond a start, in the order of the levels."""
    mine = strengths(scenario)
    there = set() if start == NOTHING else {name for name, value in level_strengths(start).items() if value}
    found = []
    for level in LEVELS:
        on = level_strengths(level)
        found += [Rung(name, level, mine[name]) for name in MECHANISMS if on[name] and name not in there]
        there |= {name for name in MECHANISMS if on[name]}
    return tuple(rung for rung in found if rung.strength)


def _without(rungs: tuple[Rung, ...]) -> Changes:
    return {f"mechanisms.{rung.mechanism}": 0.0 for rung in rungs}


def _cells(name: str, interval: Interval) -> dict[str, float]:
    return {name: interval.value, f"{name}_low": interval.low, f"{name}_high": interval.high}
