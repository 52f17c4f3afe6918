"""What a search for better levers found: trials, and the check of the best on fresh luck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.answer import Answer
from sim.experiments.asking import Order
from sim.experiments.differences import verdict_of
from sim.experiments.factors import Factor
from sim.experiments.model import FRESH, Changes
from sim.experiments.statistics import Floats, PairedDifference, mean_interval, paired_difference, share_ahead

if TYPE_CHECKING:
    import pandas as pd

STARTED, TRIED, FRONT = "start", "tried", "front"
MOST_SHOWN = 9
BEST_FRESH, START_FRESH = "best on fresh luck", "start on fresh luck"


@dataclass(frozen=True)
class Trial:
    """Levers that were tried: what they change, and what they gave [goals, runs]; run k has the same luck in all."""

    changes: Changes
    values: Floats
    role: str = TRIED

    @property
    def means(self) -> Floats:
        """Mean of every goal."""
        found: Floats = self.values.mean(axis=1)
        return found

    def against(self, other: Trial) -> PairedDifference:
        """The first goal here minus there, over the runs that both have."""
        n = min(self.values.shape[1], other.values.shape[1])
        return paired_difference(other.values[0][:n], self.values[0][:n])


class Optimum(Answer):
    """The best levers found, beside those as written; with two goals, the front between them.

    `trials`: the search, the start first. `checks`: fresh luck, the start first, then the best (or the front).
    `aim` is 1 where the first goal shall be large, −1 where it shall be small.
    """

    kind = "optimum"

    def __init__(self, asked: Order, levers: tuple[Factor, ...], aim: float) -> None:
        self.order, self.levers, self.aim = asked, levers, aim
        self.two = len(asked.model.questions) > 1
        self.picture = "front" if self.two else "difference_forest"
        self.trials: list[Trial] = []
        self.checks: list[Trial] = []

    def __repr__(self) -> str:
        """A few words about it."""
        return f"<Optimum of {self.order.name}: {len(self.trials)} trials of {len(self.levers)} levers>"

    @property
    def best(self) -> Changes:
        """The levers that did best in the first goal on fresh luck; nothing where they did not beat the start."""
        return max(self.checks, key=lambda trial: self.aim * float(trial.means[0])).changes

    @property
    def gain(self) -> PairedDifference:
        """What the best of the search brings against the start on fresh luck, in the first goal."""
        return self.checks[1].against(self.checks[0])

    @property
    def is_sure(self) -> bool:
        """Whether the best is surely better than the start on fresh luck."""
        return bool(self.aim * self.gain.mean.value > 0 and self.gain.mean.excludes_zero)

    @property
    def flattery(self) -> float:
        """How much better the gain looked in the search than it is on fresh luck."""
        seen = next(trial for trial in self.trials if trial.changes == self.checks[1].changes)
        return float(self.aim * (seen.against(self.trials[0]).mean.value - self.gain.mean.value))

    def table(self) -> pd.DataFrame:
        """What was tried: one column per lever (its value), then

        with one goal, fresh luck first, then the search with the best first: label, difference (trial − start, paired),
        low, high (95 % t interval), n, share_b, share_low, share_high (share of pairs in which it lies above the
        start), verdict, mean, role ("best on fresh luck", "start on fresh luck", "tried", "start");
        with two goals: goal_1, goal_1_low, goal_1_high, goal_2, goal_2_low, goal_2_high (means with 95 % t intervals),
        n, on_front, role ("start", "tried", "front"); the start and the front are given on fresh luck.
        `attrs`: goals, goal_words, goal_units, firm, and the words of the question.
        """
        import pandas as pd

        table = pd.DataFrame(self._front_rows() if self.two else self._rows())
        questions = self.order.model.questions
        table.attrs.update(
            self.order.question.attrs(), n=self.checks[0].values.shape[1], seed=self.order.model.seed,
            finding=self.finding, goals=[one.outcome for one in questions], goal_words=[one.words for one in questions],
            goal_units=[one.unit for one in questions], firm=self.order.question.b.firm, option_a="as written",
            option_b="new levers",
        )
        return table

    def picture_table(self) -> pd.DataFrame:
        """What was checked on fresh luck, and the best of the search."""
        table = self.table()
        if self.two:
            return table
        shown = table[table["role"] != START_FRESH].head(MOST_SHOWN).reset_index(drop=True)
        shown["label"] = [f"{row['label']} ({row['role']})" if row["role"] == BEST_FRESH else row["label"]
                          for row in shown.to_dict("records")]
        shown.attrs = table.attrs
        return shown

    def _levers(self, trial: Trial) -> dict[str, Any]:
        return {lever.path: trial.changes.get(lever.path, lever.value) for lever in self.levers}

    def _rows(self) -> list[dict[str, Any]]:
        searched = sorted(self.trials, key=lambda trial: -self.aim * float(trial.means[0]))
        pairs = [(trial, self.checks[0]) for trial in self.checks[::-1]]
        pairs += [(trial, self.trials[0]) for trial in searched]
        rows = []
        for trial, start in pairs:
            found = trial.against(start)
            rows.append({
                **self._levers(trial), "label": self.short(trial.changes), "difference": found.mean.value,
                "low": found.mean.low, "high": found.mean.high, "n": found.n, "share_b": found.ahead.value,
                "share_low": found.ahead.low, "share_high": found.ahead.high,
                "verdict": verdict_of(found.differences, found.mean), "mean": float(trial.means[0]), "role": trial.role,
            })
        return rows

    def _front_rows(self) -> list[dict[str, Any]]:
        rest = [trial for trial in self.trials if all(trial.changes != one.changes for one in self.checks)]
        rows = []
        for trial in [*self.checks, *rest]:
            row = self._levers(trial)
            for place in (0, 1):
                mean = mean_interval(trial.values[place])
                name = f"goal_{place + 1}"
                row |= {name: mean.value, f"{name}_low": mean.low, f"{name}_high": mean.high}
            rows.append({**row, "n": trial.values.shape[1], "on_front": trial.role == FRONT, "role": trial.role})
        return rows

    def words(self, changes: Changes) -> str:
        """Levers in words."""
        if not changes:
            return "as written"
        return ", ".join(f"{one.path} {changes.get(one.path, one.value or 0.0):.3g}" for one in self.levers)

    def short(self, changes: Changes) -> str:
        """Levers in words for a narrow place: only the ends of their names."""
        if not changes:
            return "as written"
        return ", ".join(f"{one.short} {changes.get(one.path, one.value or 0.0):.3g}" for one in self.levers)

    @property
    def front(self) -> list[Trial]:
        """The points of the front on fresh luck; empty with one goal."""
        return [trial for trial in self.checks if trial.role == FRONT]

    @property
    def finding(self) -> str:
        """The result as a title."""
        if self.two:
            few = {0: "Nothing beats the levers as written", 1: "One way is best in both goals"}
            return few.get(len(self.front), f"{len(self.front)} ways between two goals")
        return "Better levers, on fresh luck too" if self.is_sure else "Nothing surely better than as written"

    def explain(self) -> str:
        """Two plain sentences: the best levers and what they gain on fresh luck, and how much the search flattered."""
        return self._front_words() if self.two else self._best_words()

    def _best_words(self) -> str:
        question, gain = self.order.question, self.gain.mean
        share = share_ahead(self.aim * self.gain.differences)
        sure = "" if self.is_sure else " (not surely better than as written)"
        flattered = "more" if self.flattery > 0 else "less"
        return (
            f"The best of {len(self.trials)} trials is {self.words(self.checks[1].changes)}: on {gain.n} fresh paired "
            f"runs {question.words} changes by {question.amount(gain.value, True)} (95 % interval "
            f"{question.amount(gain.low, True)} to {question.amount(gain.high, True)}), better in "
            f"{100 * share.value:.0f} % of them{sure}. In the search the gain looked "
            f"{question.amount(abs(self.flattery))} {flattered} than that."
        )

    def _front_words(self) -> str:
        one, two = self.order.model.questions
        start = f"{one.amount(self.checks[0].means[0])} and {two.amount(self.checks[0].means[1])}"
        between = f"{one.words} and {two.words}, on {self.checks[0].values.shape[1]} fresh runs"
        if not self.front:
            return f"Of {len(self.trials)} trials none beats the levers as written ({start}) in {between}."
        front = sorted(self.front, key=lambda trial: float(trial.means[0]))
        told = [f"{self.words(trial.changes)} ({one.amount(trial.means[0])} and {two.amount(trial.means[1])})"
                for trial in (front[-1], front[0])]
        if len(front) == 1:
            return (f"Of {len(self.trials)} trials one is best in both {between}: {told[0]}, against {start} as "
                    "written. There is nothing to trade.")
        return (f"Of {len(self.trials)} trials {len(front)} lie on the front between {between}. Its ends are {told[0]} "
                f"and {told[1]}, against {start} as written.")

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        model = self.order.model
        return {
            "design": self.kind, "scenario": self.order.name, "goals": [one.words for one in model.questions],
            "trials": len(self.trials), "replications": self.order.replications, "seed": model.seed, "runs": model.runs,
            "first_fresh_seed": model.seed + FRESH, "best": dict(self.best), "aim": "high" if self.aim > 0 else "low",
            "levers": {lever.path: [lever.low, lever.high] for lever in self.levers},
        }


def stacked(answers: Any, place: int) -> Floats:
    """What a point gave in every question [goals, runs]."""
    return np.array([one.difference[place] for one in answers])
