"""What a search for better levers found: trials, finalists, and the check of the best with new seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.statistics.intervals import PairedDifference, mean_interval, share_ahead
from sim.studies.answer import Answer
from sim.studies.answer_table import DIFFERENCE, HIGH, LABEL, LOW, Field
from sim.studies.asking import Order
from sim.studies.differences import verdict_of
from sim.studies.factors import Factor, range_caveats, short_name
from sim.studies.model import FRESH, Changes
from sim.studies.search import BEST_FRESH, CHECKED, FINALIST, FRONT, STARTED, TRIED, Trial
from sim.text.findings import Finding
from sim.text.words import counted

if TYPE_CHECKING:
    import pandas as pd

BETTER, UNSURE, WORSE = "better", "not better beyond sampling error", "worse"
VERDICTS = {
    BETTER: "The search found better levers.",
    UNSURE: "Nothing that was tried beats the levers as written beyond sampling error.",
    WORSE: "Nothing that was tried beats the levers as written: even the best is worse.",
}
GAIN = ("The best of {trials:count trial}, {subject}, changes {outcome} by {value:signed} (95 % interval "
        "{interval:span}, {n:count paired run} with new seeds) and is better in {ahead:percent} of them.")
SEARCHED = "In the {n:count run} of the search, which picked it, the change was {value:signed}."
NO_FRONT = "Nothing that was tried beats the levers as written in {goals:and} ({n:count paired run} with new seeds)."
FRONT_SIZE = ("{value:count option} on the front between {goals:and}, of {checked} that were run with {n} new seeds "
              "(the best of {trials:count trial}).")
START_ON_FRONT = "No option beats the levers as written in both goals."
NO_TRADE = "One option is best in both goals: nothing has to be traded."
WRITTEN = "As written, {outcome} is {value:amount}."
END = "With {subject}, {outcome} changes by {value:signed} (95 % interval {interval:span})."


class Optimum(Answer):
    """The best levers found, beside those as written; with two goals, the front between them.

    `trials`: the search; `finalists` (one goal): its best with three times the runs; `checks`: the best (or the
    candidates for the front) with new seeds. In each the start comes first. `aim` is 1 where the first goal shall be
    large, −1 where it shall be small.
    """

    kind = "optimum"
    columns = (LABEL, DIFFERENCE, LOW, HIGH, Field("n", "runs"), Field("role"), *(
        Field(f"goal_{k + 1}", f"{{goal_words[{k}]}}", "signed", f"{{goal_units[{k}]}}") for k in range(2)))

    def __init__(self, asked: Order, levers: tuple[Factor, ...], aim: float) -> None:
        self.order, self.levers, self.aim = asked, levers, aim
        self.two = len(asked.model.questions) > 1
        self.picture = "front" if self.two else "difference_forest"
        self.trials: list[Trial] = []
        self.finalists: list[Trial] = []
        self.checks: list[Trial] = []

    def __repr__(self) -> str:
        """A few words about it."""
        return (f"<Optimum of {self.order.name}: {counted(self.n_trials, 'trial')} of "
                f"{counted(len(self.levers), 'lever')}>")

    @property
    def n_trials(self) -> int:
        """How many other levers than those as written were tried."""
        return len(self.trials) - 1

    @property
    def best(self) -> Changes:
        """The levers that did best in the first goal with new seeds; nothing where they did not beat the start."""
        return self.ranked(self.checks)[0].changes

    @property
    def gain(self) -> PairedDifference:
        """What the best of the search brings against the start with new seeds, in the first goal."""
        return self.checks[1].against(self.checks[0])

    @property
    def is_sure(self) -> bool:
        """Whether the best is better than the start with new seeds, beyond chance."""
        return bool(self.aim * self.gain.mean.value > 0 and self.gain.mean.excludes_zero)

    @property
    def is_worse(self) -> bool:
        """Whether even the best is worse than the start with new seeds, beyond chance."""
        return bool(self.aim * self.gain.mean.value < 0 and self.gain.mean.excludes_zero)

    @property
    def flattery(self) -> float:
        """How much better the gain looked in the runs of the search, which picked it, than it is with new seeds."""
        return float(self.aim * (self.searched(self.checks[1].changes) - self.gain.mean.value))

    def ranked(self, stage: Sequence[Trial]) -> list[Trial]:
        """A stage (its start first) with the best first, by the paired difference from the start in the first goal."""
        return sorted(stage, key=lambda trial: -trial.better_by(stage[0], aim=self.aim))

    @property
    def front(self) -> list[Trial]:
        """New levers on the front with new seeds, best in the first goal first; empty with one goal."""
        return [trial for trial in self.ranked(self.checks) if trial.role == FRONT]

    def searched(self, changes: Changes) -> float:
        """The difference from the start in the runs of the search, in the first goal."""
        return next(trial for trial in self.trials if trial.changes == changes).against(self.trials[0]).mean.value

    def table(self) -> pd.DataFrame:
        """What was tried: one column per lever (its value), label, then

        with one goal: difference (trial − start, paired), low, high (95 % t interval), n (pairs), share_b, share_low,
        share_high (share of pairs in which it lies above the start), verdict, mean, searched (the difference in the
        runs of the search), role. New seeds first ("best with new seeds", "start with new seeds"), then finalists, then
        what else was "tried" and the "start" in the search, each best first by their difference;
        with two goals: goal_1, goal_1_low, goal_1_high, goal_2, goal_2_low, goal_2_high (trial − start, paired, with 95
        % t intervals; 0 for the start), level_1, level_2 (means), n, on_front, role: "start", "front" and "beaten
        with new seeds" by the same new runs, then what was only "tried", by the fewer runs of the search.
        `attrs`: goals, goal_words, goal_units, firm, and the words of the question.
        """
        import pandas as pd

        table = pd.DataFrame(_front_rows(self) if self.two else _rows(self))
        questions = self.order.model.questions
        table.attrs.update(
            self.order.question.attrs(), n=self.checks[0].n, seed=self.order.model.seed, finding=self.finding,
            goals=[one.outcome for one in questions],
            goal_words=[f"{self.asked(goal)}, against as written" for goal in range(len(questions))],
            goal_units=[one.unit for one in questions], firm=self.order.question.b.firm, option_a="as written",
            option_b="new levers",
        )
        return table

    def picture_table(self) -> pd.DataFrame:
        """The best with new seeds and the finalists; with two goals what met the same new seeds, shares in points."""
        table = self.table()
        if self.two:
            return _in_points(table[table["role"] != TRIED].reset_index(drop=True), table.attrs, self._has_names)
        shown = table[table["role"].isin([BEST_FRESH, FINALIST])].reset_index(drop=True)
        fresh = shown["role"] == BEST_FRESH
        shown["label"] = [f"{label} ({'new seeds' if one else 'finalist'})"
                          for label, one in zip(shown["label"], fresh, strict=True)]
        shown.attrs = {**table.attrs, "note": f"New seeds (these count): {self.checks[0].n} paired runs; finalists: "
                                              f"{self.finalists[0].n} each."}
        return shown

    @property
    def _has_names(self) -> bool:
        """Whether levers are a firm's, so that a picture can name them itself."""
        return all(lever.is_lever for lever in self.levers)

    def asked(self, goal: int = 0) -> str:
        """What a goal is, in words; a function has no options to tell apart."""
        question = self.order.model.questions[goal]
        return question.outcome_words if self.order.scenario is None else question.words

    def words(self, changes: Changes) -> str:
        """Levers in words."""
        if not changes:
            return "as written"
        return ", ".join(f"{one.path} {changes.get(one.path, one.value or 0.0):.3g}" for one in self.levers)

    def short(self, changes: Changes) -> str:
        """Levers in words for a narrow place: only the ends of their names."""
        if not changes:
            return "as written"
        return ", ".join(f"{short_name(one)} {changes.get(one.path, one.value or 0.0):.3g}" for one in self.levers)

    @property
    def finding(self) -> str:
        """The result as a title."""
        return _title(self)

    def findings(self) -> list[Finding]:
        """The best levers and their gain with new seeds, or the front and its ends; ends of ranges as caveats."""
        found = _front_findings(self) if self.two else _best_findings(self)
        told = self.front if self.two else self.checks[1:]
        found[-1] = found[-1].with_caveats(*range_caveats(self.levers, [trial.changes for trial in told]))
        return found

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        goals = range(len(self.order.model.questions))
        return {
            **self.order.settings(self.kind), "goals": [self.asked(goal) for goal in goals],
            "trials": self.n_trials, "first_fresh_seed": self.order.model.seed + FRESH, "checks": self.checks[0].n,
            "best": dict(self.best), "aim": "high" if self.aim > 0 else "low",
            "levers": {lever.path: [lever.low, lever.high] for lever in self.levers},
        }


def _in_points(table: pd.DataFrame, attrs: dict[Any, Any], named: bool) -> pd.DataFrame:
    """Differences of shares as points, so that a picture does not take them for levels."""
    units = list(attrs["goal_units"])
    shown = table.drop(columns="label") if named else table.copy()
    for place, unit in enumerate(units):
        if unit == "share":
            names = [f"goal_{place + 1}{end}" for end in ("", "_low", "_high")]
            shown[names] = 100.0 * shown[names]
            units[place] = "points"
    shown.attrs = {**attrs, "goal_units": units}
    return shown


def _levers(found: Optimum, trial: Trial) -> dict[str, Any]:
    return {"label": found.short(trial.changes),
            **{lever.path: trial.changes.get(lever.path, lever.value) for lever in found.levers}}


def _rows(found: Optimum) -> list[dict[str, Any]]:
    final = [trial.changes for trial in found.finalists[1:]]
    rows = [(trial, found.checks[0]) for trial in found.checks[::-1]]
    rows += [(trial, found.finalists[0]) for trial in found.ranked(found.finalists) if trial.role == FINALIST]
    rows += [(trial, found.trials[0]) for trial in found.ranked(found.trials) if trial.changes not in final]
    return [_row(found, trial, start) for trial, start in rows]


def _row(found: Optimum, trial: Trial, start: Trial) -> dict[str, Any]:
    gain = trial.against(start)
    return {
        **_levers(found, trial), "difference": gain.mean.value, "low": gain.mean.low, "high": gain.mean.high,
        "n": gain.n, "share_b": gain.ahead.value, "share_low": gain.ahead.low, "share_high": gain.ahead.high,
        "verdict": verdict_of(gain.differences, gain.mean), "mean": mean_interval(trial.values[0]).value,
        "searched": found.searched(trial.changes), "role": trial.role,
    }


def _front_rows(found: Optimum) -> list[dict[str, Any]]:
    checked = [trial.changes for trial in found.checks]
    rows = [(trial, found.checks[0]) for role in (STARTED, FRONT, CHECKED) for trial in found.ranked(found.checks)
            if trial.role == role]
    rows += [(trial, found.trials[0]) for trial in found.ranked(found.trials) if trial.changes not in checked]
    return [_front_row(found, trial, start) for trial, start in rows]


def _front_row(found: Optimum, trial: Trial, start: Trial) -> dict[str, Any]:
    row = _levers(found, trial)
    for goal in (0, 1):
        gain, name = trial.against(start, goal).mean, f"goal_{goal + 1}"
        row |= {name: gain.value, f"{name}_low": gain.low, f"{name}_high": gain.high,
                f"level_{goal + 1}": mean_interval(trial.values[goal]).value}
    return {**row, "n": trial.n, "on_front": trial.on_front, "role": trial.role}


def _title(found: Optimum) -> str:
    if not found.two:
        worse = "Nothing that was tried beats the levers as written"
        unsure = "Nothing better than as written beyond sampling error"
        return "Better levers, with new seeds too" if found.is_sure else worse if found.is_worse else unsure
    n = len(found.front)
    if n == 0:
        return "Nothing beats the levers as written"
    if found.checks[0].on_front:
        return f"{counted(n, 'option')} beside the levers as written, none better in both goals"
    return "One option is best in both goals" if n == 1 else f"{n} options on the front between two goals"


def _best_findings(found: Optimum) -> list[Finding]:
    """One goal: whether levers are better, the gain with new seeds, and what the search promised."""
    question, gain, best = found.order.question, found.gain, found.checks[1]
    verdict = BETTER if found.is_sure else WORSE if found.is_worse else UNSURE
    ahead = share_ahead(found.aim * gain.differences).value
    change = Finding(
        found.words(best.changes), found.asked(), gain.mean.value, (gain.mean.low, gain.mean.high), gain.n, verdict,
        question.unit, question.currency, GAIN, {"trials": found.n_trials, "ahead": ahead})
    return [
        replace(change, message=VERDICTS[verdict]), change,
        replace(change, value=found.searched(best.changes), interval=None, n=found.trials[0].n, message=SEARCHED),
    ]


def _front_findings(found: Optimum) -> list[Finding]:
    """Two goals: how many options are on the front, where the levers as written stand, and the ends of the front."""
    start, front = found.checks[0], found.front
    goals = list(enumerate(found.order.model.questions))
    size = Finding("front", value=len(front), n=start.n, message=FRONT_SIZE if front else NO_FRONT, details={
        "goals": [found.asked(goal) for goal, _ in goals], "trials": found.n_trials, "checked": len(found.checks) - 1})
    told = [size]
    if front and start.on_front:
        told.append(Finding("as written", message=START_ON_FRONT))
    elif len(front) == 1:
        told.append(Finding("front", message=NO_TRADE))
    for goal, question in goals:
        told.append(Finding("as written", found.asked(goal), mean_interval(start.values[goal]).value, n=start.n,
                            unit=question.unit, currency=question.currency, message=WRITTEN))
    for trial in front[:1] + front[1:][-1:]:
        for goal, question in goals:
            gain = trial.against(start, goal).mean
            told.append(Finding(found.words(trial.changes), found.asked(goal), gain.value, (gain.low, gain.high),
                                gain.n, unit=question.unit, currency=question.currency, message=END))
    return told
