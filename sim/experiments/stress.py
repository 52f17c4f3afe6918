"""Stress test: does the advice survive a recession, a price war, a crisis, if they strike every option alike?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

from sim.experiments.answer import Answer, and_list
from sim.experiments.asking import Options, Order, order
from sim.experiments.differences import verdict_of
from sim.experiments.engine import ScenarioLike
from sim.experiments.model import Answers, Changes
from sim.experiments.statistics import PairedDifference, mean_interval, paired_difference
from sim.experiments.stresses import STRESSES, Stress
from sim.experiments.study import AS_WRITTEN
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS = 20
SURVIVES, CLOSE, REVERSED, NO_ADVICE = "survives", "too close to call", "reversed", "no advice to survive"


class StressTest(Answer):
    """The difference between two options as written and in hard times."""

    kind = "stress"
    picture = "difference_forest"

    def __init__(self, asked: Order, stresses: tuple[Stress, ...], answers: Answers) -> None:
        self.order, self.stresses, self.answers = asked, stresses, answers

    def __repr__(self) -> str:
        """A few words about it."""
        return f"<Stress test of {self.order.name}: {', '.join(one.name for one in self.stresses)}>"

    def difference(self, place: int) -> PairedDifference:
        """The difference as written (0) or in a stress (1, 2, …); all of them are held together at 95 %."""
        return paired_difference(self.answers.a[place], self.answers.b[place], comparisons=len(self.stresses) + 1)

    def fate(self, place: int) -> str:
        """What becomes of the advice in a stress (1, 2, …)."""
        before, after = self.difference(0).mean, self.difference(place).mean
        if not before.excludes_zero:
            return NO_ADVICE
        if not after.excludes_zero:
            return CLOSE
        return SURVIVES if (before.value > 0) == (after.value > 0) else REVERSED

    def table(self) -> pd.DataFrame:
        """The scenario as written, then one row per stress.

        label, words (what happens), source, difference (b − a), low, high (t interval; all rows hold together at 95 %,
        Bonferroni), n, share_b, share_low, share_high (share of pairs in which b is ahead), verdict, winner, fate
        ("survives", "too close to call", "reversed"), change (paired, against as written), change_low, change_high,
        correlation (of the pair).
        """
        import pandas as pd

        rows = []
        names = [(AS_WRITTEN, "", ""), *((one.name, one.words, one.source) for one in self.stresses)]
        plain = self.answers.difference
        for place, (label, words, source) in enumerate(names):
            found, change = self.difference(place), mean_interval(plain[place] - plain[0])
            sure = found.mean.excludes_zero
            rows.append({
                "label": label, "words": words, "source": source, "difference": found.mean.value,
                "low": found.mean.low, "high": found.mean.high, "n": found.n, "share_b": found.ahead.value,
                "share_low": found.ahead.low, "share_high": found.ahead.high,
                "verdict": verdict_of(found.differences, found.mean),
                "winner": self.order.question.winner(found.mean.value) if sure else CLOSE,
                "fate": "" if place == 0 else self.fate(place), "change": change.value, "change_low": change.low,
                "change_high": change.high, "correlation": found.correlation,
            })
        table = pd.DataFrame(rows)
        table.attrs.update(
            self.order.question.attrs(), n=self.order.replications, seed=self.order.model.seed, finding=self.finding,
            method=self.difference(0).method, comparisons=len(rows),
        )
        return table

    @property
    def finding(self) -> str:
        """The result as a title."""
        fates = [self.fate(place + 1) for place in range(len(self.stresses))]
        if NO_ADVICE in fates:
            return "Too close to call as written"
        held = fates.count(SURVIVES)
        return f"The advice survives {held} of {len(fates)} stresses"

    def explain(self) -> str:
        """Two plain sentences: the advice, and what becomes of it in each stress."""
        question, base = self.order.question, self.difference(0).mean
        interval = f"{question.amount(base.low, True)} to {question.amount(base.high, True)}"
        if not base.excludes_zero:
            return (f"As written it is too close to call who is ahead in {question.words} ({interval}, {base.n} paired "
                    f"runs): there is no advice to survive. {self._hardest()}")
        told: dict[str, list[str]] = {}
        for place, stress in enumerate(self.stresses):
            told.setdefault(self.fate(place + 1), []).append(stress.name)
        parts = [f"{word} in {and_list(told[fate])}" for fate, word in (
            (SURVIVES, "stays so"), (CLOSE, "becomes too close to call"), (REVERSED, "is reversed")) if fate in told]
        return (f"As written {question.winner(base.value)} is ahead in {question.words} by "
                f"{question.amount(abs(base.value))} ({interval}, {base.n} paired runs). This {', '.join(parts)}; "
                f"{self._hardest()[:1].lower()}{self._hardest()[1:]}")

    def _hardest(self) -> str:
        question, plain = self.order.question, self.answers.difference
        changes = [mean_interval(plain[place + 1] - plain[0]) for place in range(len(self.stresses))]
        place = max(range(len(changes)), key=lambda k: abs(changes[k].value))
        return (f"The difference changes most in {self.stresses[place].name}, by "
                f"{question.amount(changes[place].value, True)}.")

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        return {
            **self.order.settings(self.kind),
            "stresses": {one.name: {"what": one.words, "source": one.source} for one in self.stresses},
        }


def stress(
    scenario: ScenarioLike, stresses: Sequence[str] | None = None, **options: Unpack[Options]
) -> StressTest:
    """Put both options through hard times and see whether the advice survives.

    `stresses`: names from `sim.experiments.stresses.STRESSES` ("recession", "price war", "crisis", "all at once"; all
    of them unless named). Options of the question that are worlds of their own are stressed in their worlds.

    Raises:
        ValueError: there is no pair of options, no such stress, or a world of the question changes what a stress does.
        ScenarioError: the scenario is wrong.
    """
    asked = order(scenario, options, REPLICATIONS)
    if asked.question.a is None:
        raise ValueError("A stress test needs two options: a pair of firms, or a firm and two of its worlds.")
    assert asked.scenario is not None
    chosen = _chosen(stresses)
    years = asked.question.year or asked.scenario.clock.years
    points: list[Changes] = [{}, *(one.changes(asked.scenario, years) for one in chosen)]
    _check_worlds(asked, asked.scenario, points)
    asked.model.plan(len(points) * asked.replications)
    return StressTest(asked, chosen, asked.answers(points))


def _chosen(names: Sequence[str] | None) -> tuple[Stress, ...]:
    known = {one.name: one for one in STRESSES}
    if names is None:
        return STRESSES
    for name in names:
        if name not in known:
            from sim.scenario.words import suggestion

            raise ValueError(f"There is no stress {name!r}; {suggestion(name, known)}")
    if not names:
        raise ValueError("Name at least one stress.")
    return tuple(known[name] for name in dict.fromkeys(names))


def _check_worlds(asked: Order, scenario: Scenario, points: list[Changes]) -> None:
    """Refuse worlds that change what a stress changes: one would wipe out the other."""
    from sim.experiments.factors import numbers_in

    for side in asked.question.sides:
        if side.what_if is not None:
            overlay = scenario.what_if[side.what_if]
            taken = set(numbers_in(overlay)) | {key.split(".")[0] for key in overlay if key.startswith("events")}
            for path in {path for point in points for path in point} & taken:
                raise ValueError(f"The what-if {side.what_if!r} changes {path}, and so does a stress: put the what-if "
                                 "into a scenario of its own and stress that.")
