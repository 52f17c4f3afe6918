"""What a search for better levers found: trials, finalists, and the check of the best with new seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.statistics.intervals import Floats, Interval, PairedDifference, mean_interval, paired_difference, share_ahead
from sim.studies.answer import DesignAnswer
from sim.studies.answer_table import DIFFERENCE, HIGH, LABEL, LOW, Field
from sim.studies.asking import Order
from sim.studies.differences import interval_cells, judged_cells
from sim.studies.factors import Factor, range_caveats, short_name, spans
from sim.studies.model import FRESH, Changes
from sim.text.findings import Finding
from sim.text.words import counted

if TYPE_CHECKING:
    import pandas as pd

STARTED, TRIED, FINALIST, FRONT, CHECKED = "start", "tried", "finalist", "front", "beaten with new seeds"
BEST_FRESH, START_FRESH = "best with new seeds", "start with new seeds"
ROLES = (BEST_FRESH, START_FRESH, STARTED, FRONT, CHECKED)
"""What was checked with new seeds, in the order of the table."""
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



@dataclass(frozen=True)
class Trial:
    """Levers that were tried: what they change, and what they gave [goals, runs].

    Within a stage (search, finalists, check) run k has common random numbers in all. `on_front`: nothing that was
    checked with it is better in both goals.
    """

    changes: Changes
    values: Floats
    role: str = TRIED
    on_front: bool = False

    @property
    def n(self) -> int:
        """How many runs there are."""
        return int(self.values.shape[1])

    def against(self, other: Trial, goal: int = 0) -> PairedDifference:
        """A goal here minus there, over the runs that both have."""
        n = min(self.n, other.n)
        return paired_difference(other.values[goal][:n], self.values[goal][:n])

    def better_by(self, other: Trial, goal: int = 0, aim: float = 1.0) -> float:
        """How much better the goal is here in the mean; −∞ where no pair is complete, so that it is never the best."""
        mean = mean_interval(self.values[goal] - other.values[goal]).value
        return aim * mean if np.isfinite(mean) else -np.inf


class Optimum(DesignAnswer):
    """The best levers found, beside those as written.

    `trials`: the search; `finalists`: its best with three times the runs; `checks`: the best with new seeds. In each
    the start comes first. `aim` is 1 where the goal shall be large, −1 where it shall be small.

    `table()` shows what was tried: label, one column per lever (its value), difference (trial − start, paired), low,
    high (95 % t interval), n (pairs), share_b, share_low, share_high (share of pairs in which it lies above the start),
    verdict, mean, searched (the difference in the runs of the search), role. New seeds first ("best with new seeds",
    "start with new seeds"), then finalists, then what else was "tried" and the "start" in the search, each best first
    by their difference. `attrs`: goals, goal_words, goal_units, firm, and the words of the question.
    """

    kind = "optimum"
    picture = "difference_forest"
    columns = (LABEL, DIFFERENCE, LOW, HIGH, Field("n", "runs"), Field("role"), *(
        Field(f"goal_{k + 1}", f"{{goal_words[{k}]}}", "signed", f"{{goal_units[{k}]}}") for k in range(2)))

    def __init__(self, asked: Order, levers: tuple[Factor, ...], aim: float) -> None:
        super().__init__(asked)
        self.levers, self.aim = levers, aim
        self.trials: list[Trial] = []
        self.finalists: list[Trial] = []
        self.checks: list[Trial] = []

    def __repr__(self) -> str:
        return (f"<Optimum of {self.order.name}: {counted(self.n_trials, 'trial')} of "
                f"{counted(len(self.levers), 'lever')}>")

    @property
    def n_trials(self) -> int:
        """How many other levers than those as written were tried."""
        return len(self.trials) - 1

    def ranked(self, stage: Sequence[Trial]) -> list[Trial]:
        """A stage (its start first) with the best first, by the paired difference from the start in the first goal."""
        return sorted(stage, key=lambda trial: -trial.better_by(stage[0], aim=self.aim))

    def searched(self, changes: Changes) -> float:
        """The difference from the start in the runs of the search, in the first goal."""
        return next(trial for trial in self.trials if trial.changes == changes).against(self.trials[0]).mean.value

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
        """Whether the best is better than the start with new seeds, beyond sampling error."""
        return bool(self.aim * self.gain.mean.value > 0 and self.gain.mean.excludes_zero)

    @property
    def is_worse(self) -> bool:
        """Whether even the best is worse than the start with new seeds, beyond sampling error."""
        return bool(self.aim * self.gain.mean.value < 0 and self.gain.mean.excludes_zero)

    @property
    def flattery(self) -> float:
        """How much better the gain looked in the runs of the search, which picked it, than it is with new seeds."""
        return float(self.aim * (self.searched(self.checks[1].changes) - self.gain.mean.value))

    def _rows(self) -> list[dict[str, Any]]:
        """Each trial of a stage against the start of that stage; what met more runs is not shown again."""
        checks = sorted(self.ranked(self.checks), key=lambda trial: ROLES.index(trial.role))
        finalists = [trial for trial in self.ranked(self.finalists) if trial.role == FINALIST]
        above = [trial.changes for trial in finalists or self.checks]
        tried = [trial for trial in self.ranked(self.trials) if trial.changes not in above]
        rows = []
        for stage, shown in ((self.checks, checks), (self.finalists, finalists), (self.trials, tried)):
            for trial in shown:
                levers = {lever.path: trial.changes.get(lever.path, lever.value) for lever in self.levers}
                rows.append({"label": self.words(trial.changes, short=True), **levers, **self._cells(trial, stage[0]),
                             "role": trial.role})
        return rows

    def _cells(self, trial: Trial, start: Trial) -> dict[str, Any]:
        return {**judged_cells(trial.against(start)), "mean": mean_interval(trial.values[0]).value,
                "searched": self.searched(trial.changes)}

    def _words(self) -> dict[str, Any]:
        goals = self.order.model.questions
        return {
            "n": self.checks[0].n, "goals": [one.outcome for one in goals],
            "goal_words": [f"{self.goal_words(goal)}, against as written" for goal in range(len(goals))],
            "goal_units": [one.unit for one in goals], "firm": self.question.b.firm, "option_a": "as written",
            "option_b": "new levers",
        }

    def picture_table(self) -> pd.DataFrame:
        """The best with new seeds and the finalists."""
        table = self.table()
        shown = table[table["role"].isin([BEST_FRESH, FINALIST])].reset_index(drop=True)
        seeds = shown["role"].map({BEST_FRESH: "new seeds", FINALIST: "finalist"})
        shown["label"] = shown["label"] + " (" + seeds + ")"
        note = f"New seeds (these count): {self.checks[0].n} paired runs; finalists: {self.finalists[0].n} each."
        shown.attrs = {**table.attrs, "note": note}
        return shown

    def goal_words(self, goal: int = 0) -> str:
        """What a goal is, in words; a function has no options to tell apart."""
        question = self.order.model.questions[goal]
        return question.outcome_words if self.order.scenario is None else question.words

    def words(self, changes: Changes, short: bool = False) -> str:
        """Levers in words; `short`: only the ends of their names."""
        parts = [f"{short_name(one) if short else one.path} {changes.get(one.path, one.value or 0.0):.3g}"
                 for one in self.levers]
        return ", ".join(parts) if changes else "as written"

    def _finding(self, goal: int, subject: str, found: Interval, message: str, **details: Any) -> Finding:
        question = self.order.model.questions[goal]
        return replace(question.finding(subject, found, message, **details), outcome=self.goal_words(goal))

    def _title(self) -> str:
        worse = "Nothing that was tried beats the levers as written"
        unsure = "Nothing better than as written beyond sampling error"
        return "Better levers, with new seeds too" if self.is_sure else worse if self.is_worse else unsure

    def findings(self) -> list[Finding]:
        """Whether levers are better, the gain with new seeds, what the search promised; ends of ranges as caveats."""
        gain, best = self.gain, self.checks[1].changes
        verdict = BETTER if self.is_sure else WORSE if self.is_worse else UNSURE
        ahead = share_ahead(self.aim * gain.differences).value
        change = self._finding(0, self.words(best), gain.mean, GAIN, trials=self.n_trials, ahead=ahead)
        change = replace(change, verdict=verdict)
        promised = replace(change, value=self.searched(best), interval=None, n=self.trials[0].n, message=SEARCHED)
        return [replace(change, message=VERDICTS[verdict]), change,
                promised.with_caveats(*range_caveats(self.levers, [best]))]

    def _settings(self) -> dict[str, Any]:
        return {
            "goals": [self.goal_words(goal) for goal in range(len(self.order.model.questions))],
            "trials": self.n_trials, "first_fresh_seed": self.order.model.seed + FRESH, "checks": self.checks[0].n,
            "best": dict(self.best), "aim": "high" if self.aim > 0 else "low", "levers": spans(self.levers),
        }


class Front(Optimum):
    """The front between two goals; `checks`: the candidates for it with new seeds.

    `table()` shows what was tried: label, one column per lever (its value), goal_1, goal_1_low, goal_1_high, goal_2,
    goal_2_low, goal_2_high (trial − start, paired, with 95 % t intervals; 0 for the start), level_1, level_2 (means),
    n, on_front, role: "start", "front" and "beaten with new seeds" by the same new runs, then what was only "tried", by
    the fewer runs of the search.
    """

    picture = "front"

    @property
    def front(self) -> list[Trial]:
        """New levers on the front with new seeds, best in the first goal first."""
        return [trial for trial in self.ranked(self.checks) if trial.role == FRONT]

    def _cells(self, trial: Trial, start: Trial) -> dict[str, Any]:
        cells: dict[str, Any] = {}
        for goal in (0, 1):
            cells |= interval_cells(f"goal_{goal + 1}", trial.against(start, goal).mean)
            cells[f"level_{goal + 1}"] = mean_interval(trial.values[goal]).value
        return {**cells, "n": trial.n, "on_front": trial.on_front}

    def picture_table(self) -> pd.DataFrame:
        """What met the same new seeds; shares in points, so that a picture does not take them for levels."""
        table = self.table()
        shown = table[table["role"] != TRIED].reset_index(drop=True)
        if all(lever.is_lever for lever in self.levers):  # the picture names levers of a firm itself
            shown = shown.drop(columns="label")
        units = list(table.attrs["goal_units"])
        for place, unit in enumerate(units):
            if unit == "share":
                names = [f"goal_{place + 1}{end}" for end in ("", "_low", "_high")]
                shown[names] = 100.0 * shown[names]
                units[place] = "points"
        shown.attrs = {**table.attrs, "goal_units": units}
        return shown

    def _title(self) -> str:
        n = len(self.front)
        if n == 0:
            return "Nothing beats the levers as written"
        if self.checks[0].on_front:
            return f"{counted(n, 'option')} beside the levers as written, none better in both goals"
        return "One option is best in both goals" if n == 1 else f"{n} options on the front between two goals"

    def findings(self) -> list[Finding]:
        """How many options are on the front, where the levers as written stand, and the ends of the front."""
        start, front = self.checks[0], self.front
        found = [Finding("front", value=len(front), n=start.n, message=FRONT_SIZE if front else NO_FRONT, details={
            "goals": [self.goal_words(goal) for goal in (0, 1)], "trials": self.n_trials,
            "checked": len(self.checks) - 1})]
        if front and start.on_front:
            found.append(Finding("as written", message=START_ON_FRONT))
        elif len(front) == 1:
            found.append(Finding("front", message=NO_TRADE))
        found += [self._finding(goal, "as written", mean_interval(start.values[goal]), WRITTEN) for goal in (0, 1)]
        found += [self._finding(goal, self.words(trial.changes), trial.against(start, goal).mean, END)
                  for trial in front[:1] + front[1:][-1:] for goal in (0, 1)]
        found[-1] = found[-1].with_caveats(*range_caveats(self.levers, [trial.changes for trial in front]))
        return found
