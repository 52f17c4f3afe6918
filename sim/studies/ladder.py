"""Mechanism ladder: mechanisms added one by one, and each left out alone; what each contributes to a difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

from sim.runs.execute import ScenarioLike
from sim.scenario.fields import extra_of, field_at
from sim.scenario.levels import MECHANISMS, level_strengths, strengths
from sim.scenario.schema import Scenario
from sim.statistics.intervals import Floats, Interval, by_chance, mean_interval
from sim.studies.answer import Answer
from sim.studies.asking import Options, Order, order
from sim.studies.model import Changes
from sim.text.findings import TOO_CLOSE
from sim.text.words import counted

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
        return f"<Ladder of {self.order.name}: {counted(len(self.rungs), 'mechanism')}>"

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
            comparisons=self.comparisons,
        )
        return table

    def added(self, k: int) -> Interval:
        """What rung k adds when it comes after those before it."""
        return mean_interval(self.climbed[k + 1] - self.climbed[k])

    def missed(self, k: int) -> Interval:
        """What is lost when mechanism k alone is missing."""
        return mean_interval(self.climbed[-1] - self.alone[k])

    @property
    def comparisons(self) -> int:
        """How many intervals are judged side by side: a step up and a missing one for every mechanism."""
        return 2 * len(self.rungs)

    @property
    def finding(self) -> str:
        """The result as a title: the largest step that luck cannot have made."""
        sure = _largest([self.added(k) for k in range(len(self.rungs))], sure=True)
        if sure is None:
            return "No single step is beyond luck"
        most = "takes most away" if self.added(sure).value < 0 else "adds most"
        if len(self.rungs) == 1:
            most = "takes away" if self.added(sure).value < 0 else "adds to it"
        wider = abs(self.added(self._widest).value) > abs(self.added(sure).value)
        return f"{self._name(sure).capitalize()} {most}{' that is sure' if wider else ''}"

    @property
    def _widest(self) -> int:
        return max(range(len(self.rungs)), key=lambda k: abs(self.added(k).value))

    def _name(self, k: int) -> str:
        return self.rungs[k].mechanism.replace("_", " ")

    def explain(self) -> str:
        """Plain sentences: from where to where, and which mechanisms surely make the most of it."""
        question = self.order.question
        start, full = (mean_interval(self.climbed[place]) for place in (0, -1))
        many = f"all {len(self.rungs)} mechanisms" if len(self.rungs) > 1 else f"{self._name(0)}, the only mechanism"
        climbed = (f"{question.words[:1].upper()}{question.words[1:]} goes from {question.told(start.value)} at the "
                   f"start to {question.told(full.value)} with {many} ({full.n} paired runs)")
        steps, missed = ([of(k) for k in range(len(self.rungs))] for of in (self.added, self.missed))
        if len(self.rungs) == 1:
            return f"{climbed}: a step of {self._step(steps[0])}."
        return (f"{climbed}; {self._most(steps, 'step')}. Left out alone: {self._most(missed, 'contribution')}. "
                f"{by_chance(self.comparisons)}")

    def _most(self, found: Sequence[Interval], what: str) -> str:
        """The largest of some steps that is sure, and a larger one that is not."""
        sure, widest = _largest(found, sure=True), _largest(found)
        if widest is None:
            return f"no {what} at all"
        if sure is None:
            return f"no {what} is beyond luck, the largest, {self._name(widest)}, is {self._step(found[widest])}"
        told = f"the largest {what} is {self._name(sure)} with {self._step(found[sure])}"
        if sure == widest:
            return told
        return (f"{told.replace('largest', 'largest sure', 1)}; {self._name(widest)} comes to "
                f"{self._step(found[widest])}")

    def _step(self, one: Interval) -> str:
        """A change with its interval; whether luck can have made it."""
        question = self.order.question
        amounts = [question.amount(value, signed=True) for value in (one.value, one.low, one.high)]
        close = "" if one.excludes_zero else f", {TOO_CLOSE}"
        return f"{amounts[0]} (95 % interval {amounts[1]} to {amounts[2]}{close})"

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
        from sim.text.words import suggestion

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


def _largest(found: Sequence[Interval], sure: bool = False) -> int | None:
    """The place of the largest step, or of the largest whose interval leaves out 0."""
    places = [k for k, one in enumerate(found) if one.value and (one.excludes_zero or not sure)]
    return max(places, key=lambda k: abs(found[k].value), default=None)


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
