"""Stress test: does the advice survive a recession, a price war, a crisis, if they strike every option alike?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

from sim.runs.execute import ScenarioLike
from sim.runs.plan import AS_WRITTEN
from sim.scenario.schema import Scenario
from sim.statistics.intervals import Interval, PairedDifference, mean_interval, paired_difference
from sim.studies.answer import Answer
from sim.studies.answer_table import DIFFERENCE, HIGH, LABEL, LOW, SHARE_B, Field
from sim.studies.asking import Options, Order, order
from sim.studies.differences import verdict_of
from sim.studies.model import Answers, Changes
from sim.studies.stresses import STRESSES, Stress
from sim.text.findings import Finding

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS = 20
SURVIVES, CLOSE, REVERSED, NO_ADVICE = "survives", "too close to call", "reversed", "no advice to survive"

AHEAD = ("As written {subject} is ahead by {value:gap} ({outcome}: 95 % interval {interval:span}, "
         "{n:count paired run}).")
NOBODY_AHEAD = ("As written it is too close to call who is ahead ({outcome}: 95 % interval {interval:span}, "
                "{n:count paired run}), so there is no advice to test.")
FATES = {
    SURVIVES: "The advice survives {stresses:and}.", CLOSE: "Too close to call under {stresses:and}.",
    REVERSED: "The advice is reversed by {stresses:and}.", NO_ADVICE: "",
}
NO_CHANGE = "No stress changes the difference."
CHANGE = "Largest change of the difference: {value:signed} under “{subject}” (interval {interval:span})."
CHANGE_CLOSE = CHANGE[:-1] + ", too close to call."


class StressTest(Answer):
    """The difference between two options as written and in hard times."""

    kind = "stress"
    columns = (LABEL, DIFFERENCE, LOW, HIGH, SHARE_B, Field("fate"))
    picture = "difference_forest"

    def __init__(self, asked: Order, stresses: tuple[Stress, ...], answers: Answers) -> None:
        self.order, self.stresses, self.answers = asked, stresses, answers

    def __repr__(self) -> str:
        """A few words about it."""
        return f"<Stress test of {self.order.name}: {', '.join(one.name for one in self.stresses)}>"

    def difference(self, place: int) -> PairedDifference:
        """The difference as written (0) or in a stress (1, 2, …).

        As written it is judged as everywhere else, by its own 95 % interval. Stresses are looked at side by side, so
        theirs are wider: all of them hold together at 95 % (Bonferroni).
        """
        return paired_difference(
            self.answers.a[place], self.answers.b[place], comparisons=len(self.stresses) if place else 1
        )

    def change(self, place: int) -> Interval:
        """What a stress (1, 2, …) makes of the difference, replication by replication; all hold jointly at 95 %."""
        plain = self.answers.difference
        return mean_interval(plain[place] - plain[0], 1 - 0.05 / len(self.stresses))

    @property
    def method(self) -> str:
        """How the intervals are made, in words."""
        more = len(self.stresses)
        return "95 % interval" + (f"; in stresses wider: all {more} hold together (Bonferroni)" if more > 1 else "")

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

        label, words (what happens), source, difference (b − a), low, high (t interval: as written 95 % by itself, of
        the stresses so wide that all of them hold together at 95 %, Bonferroni), n, share_b, share_low, share_high
        (share of pairs in which b is ahead, at the same level), verdict, winner, fate ("survives", "too close to call",
        "reversed"), change (paired, against as written), change_low, change_high (held together as well), correlation
        (of the pair).
        """
        import pandas as pd

        rows = []
        names = [(AS_WRITTEN, "", ""), *((one.name, one.words, one.source) for one in self.stresses)]
        for place, (label, words, source) in enumerate(names):
            found, change = self.difference(place), self.change(place)
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
            method=self.method, comparisons=len(self.stresses),
        )
        return table

    @property
    def finding(self) -> str:
        """The result as a title."""
        fates = [self.fate(place + 1) for place in range(len(self.stresses))]
        if NO_ADVICE in fates:
            return "Too close to call as written"
        held = fates.count(SURVIVES)
        if len(fates) == 1:
            return f"In {self.stresses[0].name} the advice {'survives' if held else f'is {fates[0]}'}"
        close = f", {fates.count(CLOSE)} too close to call" if CLOSE in fates else ""
        return f"The advice survives {held} of {len(fates)} stresses{close}"

    def findings(self) -> list[Finding]:
        """The advice as written, what becomes of it in each stress, and which stress changes the difference most."""
        question, base = self.order.question, self.difference(0).mean
        sure = base.excludes_zero
        found = [Finding(
            question.winner(base.value) if sure else "", question.words, base.value, (base.low, base.high), base.n,
            "ahead" if sure else NO_ADVICE, question.unit, question.currency, AHEAD if sure else NOBODY_AHEAD)]
        fates: dict[str, list[str]] = {}
        for place, stress in enumerate(self.stresses):
            fates.setdefault(self.fate(place + 1), []).append(stress.name)
        found += [Finding(AS_WRITTEN, question.words, verdict=fate, message=message, details={"stresses": fates[fate]})
                  for fate, message in FATES.items() if message and fate in fates]
        more = len(self.stresses)
        together = f"intervals of the {more} stresses are wider, so that all hold together at 95 %" if more > 1 else ""
        return [*found, self._hardest().with_caveats(together)]

    def _hardest(self) -> Finding:
        """The stress that changes the difference most."""
        question = self.order.question
        changes = [self.change(place + 1) for place in range(len(self.stresses))]
        place = max(range(len(changes)), key=lambda k: abs(changes[k].value) if changes[k].n else 0.0)
        change = changes[place]
        message = CHANGE if change.excludes_zero else CHANGE_CLOSE if change.value else NO_CHANGE
        return Finding(self.stresses[place].name, question.words, change.value, (change.low, change.high), change.n,
                       "" if change.excludes_zero else CLOSE, question.unit, question.currency, message)

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

    `stresses`: names from `sim.studies.stresses.STRESSES` ("recession", "price war", "crisis", "all at once"; all
    of them unless named). Options that are variants of the scenario are stressed within their variants.

    Raises:
        ValueError: there is no pair of options, no such stress, or a variant compared changes what a stress does.
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
            from sim.text.words import suggestion

            raise ValueError(f"There is no stress {name!r}; {suggestion(name, known)}")
    if not names:
        raise ValueError("Name at least one stress.")
    return tuple(known[name] for name in dict.fromkeys(names))


def _check_worlds(asked: Order, scenario: Scenario, points: list[Changes]) -> None:
    """Refuse variants that change what a stress changes: one would overwrite the other."""
    from sim.studies.scenario_factors import numbers_in

    for side in asked.question.sides:
        if side.what_if is not None:
            overlay = scenario.what_if[side.what_if]
            taken = set(numbers_in(overlay)) | {key.split(".")[0] for key in overlay if key.startswith("events")}
            for path in {path for point in points for path in point} & taken:
                raise ValueError(f"The what-if {side.what_if!r} changes {path}, and so does a stress: put the what-if "
                                 "into a scenario of its own and stress that.")
