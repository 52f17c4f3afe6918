"""What a search for better levers found: trials, finalists, and the check of the best on fresh luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.statistics.intervals import Floats, PairedDifference, mean_interval, paired_difference
from sim.studies.answer import Answer
from sim.studies.asking import Order
from sim.studies.differences import verdict_of
from sim.studies.factors import Factor, short_name
from sim.studies.model import FRESH, Changes
from sim.studies.optimum_words import explained, title
from sim.text.words import counted

if TYPE_CHECKING:
    import pandas as pd

STARTED, TRIED, FINALIST, FRONT, CHECKED = "start", "tried", "finalist", "front", "beaten on fresh luck"
BEST_FRESH, START_FRESH = "best on fresh luck", "start on fresh luck"


@dataclass(frozen=True)
class Trial:
    """Levers that were tried: what they change, and what they gave [goals, runs].

    Within a stage (search, finalists, check) run k has the same luck in all. `on_front`: nothing that was checked with
    it is better in both goals.
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


class Optimum(Answer):
    """The best levers found, beside those as written; with two goals, the front between them.

    `trials`: the search; `finalists` (one goal): its best with three times the runs; `checks`: fresh luck, the best (or
    the candidates for the front). In each the start comes first. `aim` is 1 where the first goal shall be large, −1
    where it shall be small.
    """

    kind = "optimum"

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
        """The levers that did best in the first goal on fresh luck; nothing where they did not beat the start."""
        return self.ranked(self.checks)[0].changes

    @property
    def gain(self) -> PairedDifference:
        """What the best of the search brings against the start on fresh luck, in the first goal."""
        return self.checks[1].against(self.checks[0])

    @property
    def is_sure(self) -> bool:
        """Whether the best is better than the start on fresh luck, beyond chance."""
        return bool(self.aim * self.gain.mean.value > 0 and self.gain.mean.excludes_zero)

    @property
    def is_worse(self) -> bool:
        """Whether even the best is worse than the start on fresh luck, beyond chance."""
        return bool(self.aim * self.gain.mean.value < 0 and self.gain.mean.excludes_zero)

    @property
    def flattery(self) -> float:
        """How much better the gain looked in the runs of the search, which picked it, than it is on fresh luck."""
        return float(self.aim * (self._searched(self.checks[1].changes) - self.gain.mean.value))

    def ranked(self, stage: Sequence[Trial]) -> list[Trial]:
        """A stage (its start first) with the best first, by the paired difference from the start in the first goal."""
        return sorted(stage, key=lambda trial: -trial.better_by(stage[0], aim=self.aim))

    @property
    def front(self) -> list[Trial]:
        """New levers on the front on fresh luck, best in the first goal first; empty with one goal."""
        return [trial for trial in self.ranked(self.checks) if trial.role == FRONT]

    def _searched(self, changes: Changes) -> float:
        """The difference from the start in the runs of the search."""
        return next(trial for trial in self.trials if trial.changes == changes).against(self.trials[0]).mean.value

    def table(self) -> pd.DataFrame:
        """What was tried: one column per lever (its value), label, then

        with one goal: difference (trial − start, paired), low, high (95 % t interval), n (pairs), share_b, share_low,
        share_high (share of pairs in which it lies above the start), verdict, mean, searched (the difference in the
        runs of the search), role. Fresh luck first ("best on fresh luck", "start on fresh luck"), then finalists, then
        what else was "tried" and the "start" in the search, each best first by their difference;
        with two goals: goal_1, goal_1_low, goal_1_high, goal_2, goal_2_low, goal_2_high (trial − start, paired, with 95
        % t intervals; 0 for the start), level_1, level_2 (means), n, on_front, role: "start", "front" and "beaten on
        fresh luck" by the same fresh runs, then what was only "tried", by the fewer runs of the search.
        `attrs`: goals, goal_words, goal_units, firm, and the words of the question.
        """
        import pandas as pd

        table = pd.DataFrame(self._front_rows() if self.two else self._rows())
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
        """The best on fresh luck and the finalists; with two goals what met the same fresh luck, shares in points."""
        table = self.table()
        if self.two:
            return _in_points(table[table["role"] != TRIED].reset_index(drop=True), table.attrs, self._has_names)
        shown = table[table["role"].isin([BEST_FRESH, FINALIST])].reset_index(drop=True)
        fresh = shown["role"] == BEST_FRESH
        shown["label"] = [f"{label} ({'fresh luck' if one else 'finalist'})"
                          for label, one in zip(shown["label"], fresh, strict=True)]
        shown.attrs = {**table.attrs, "note": f"Fresh luck (it counts): {self.checks[0].n} paired runs; finalists: "
                                              f"{self.finalists[0].n} each."}
        return shown

    @property
    def _has_names(self) -> bool:
        """Whether levers are a firm's, so that a picture can name them itself."""
        return all(lever.is_lever for lever in self.levers)

    def _levers(self, trial: Trial) -> dict[str, Any]:
        return {"label": self.short(trial.changes),
                **{lever.path: trial.changes.get(lever.path, lever.value) for lever in self.levers}}

    def _rows(self) -> list[dict[str, Any]]:
        final = [trial.changes for trial in self.finalists[1:]]
        rows = [(trial, self.checks[0]) for trial in self.checks[::-1]]
        rows += [(trial, self.finalists[0]) for trial in self.ranked(self.finalists) if trial.role == FINALIST]
        rows += [(trial, self.trials[0]) for trial in self.ranked(self.trials) if trial.changes not in final]
        return [self._row(trial, start) for trial, start in rows]

    def _row(self, trial: Trial, start: Trial) -> dict[str, Any]:
        found = trial.against(start)
        return {
            **self._levers(trial), "difference": found.mean.value, "low": found.mean.low, "high": found.mean.high,
            "n": found.n, "share_b": found.ahead.value, "share_low": found.ahead.low, "share_high": found.ahead.high,
            "verdict": verdict_of(found.differences, found.mean), "mean": mean_interval(trial.values[0]).value,
            "searched": self._searched(trial.changes), "role": trial.role,
        }

    def _front_rows(self) -> list[dict[str, Any]]:
        checked = [trial.changes for trial in self.checks]
        rows = [(trial, self.checks[0]) for role in (STARTED, FRONT, CHECKED) for trial in self.ranked(self.checks)
                if trial.role == role]
        rows += [(trial, self.trials[0]) for trial in self.ranked(self.trials) if trial.changes not in checked]
        return [self._front_row(trial, start) for trial, start in rows]

    def _front_row(self, trial: Trial, start: Trial) -> dict[str, Any]:
        row = self._levers(trial)
        for goal in (0, 1):
            found, name = trial.against(start, goal).mean, f"goal_{goal + 1}"
            row |= {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high,
                    f"level_{goal + 1}": mean_interval(trial.values[goal]).value}
        return {**row, "n": trial.n, "on_front": trial.on_front, "role": trial.role}

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
        return title(self)

    def explain(self) -> str:
        """Plain sentences: the best levers, their gain on fresh luck, how much the search flattered, ends of ranges."""
        return explained(self)

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


def stacked(answers: Any, place: int) -> Floats:
    """What a point gave in every question [goals, runs]."""
    return np.array([one.difference[place] for one in answers])
