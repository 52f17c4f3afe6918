"""When to stop: every interval that matters is narrow enough, or the largest number of replications is reached."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from sim.metrics.registry import metric_in_words
from sim.runs.outcomes import known_outcomes
from sim.runs.summary import EQUITY
from sim.statistics.intervals import mean_interval
from sim.studies.study import Study

LEAST = 10
"""Replications before the first look: intervals from fewer vary too much to stop at (assumption)."""
MOST = 500


@dataclass(frozen=True)
class Precision:
    """How narrow intervals of paired differences shall be: their half-width as a share of the base's mean.

    Every one of `outcomes` counts, for every firm in every variant. No look is taken before `least` replications, and
    with `most` of them the study ends as it is. (Looking after every replication makes intervals a little too narrow:
    Law 2015, Simulation Modeling and Analysis, section 9.4.1.)

    Raises:
        ValueError: the share is not above 0, there is no such outcome, or fewer than two replications are allowed.
    """

    share: float
    outcomes: tuple[str, ...] = (EQUITY,)
    most: int = MOST
    least: int = LEAST

    def __post_init__(self) -> None:
        object.__setattr__(self, "outcomes", known_outcomes(self.outcomes))
        if not 0 < self.share < float("inf"):
            raise ValueError(f"A precision is a share above 0, e.g. 0.01 for 1 %, not {self.share:g}.")
        if self.most < 2:
            raise ValueError(f"At least two replicates are needed for an interval, not {self.most}.")

    def widest(self, study: Study) -> tuple[float, str]:
        """The widest half-width as a share of the base's mean, and whose it is; infinite where the mean is 0.

        Numbers that are known in no run do not count; (nan, "") where there are none at all.
        """
        widest = (float("nan"), "")
        for outcome, firm in product(self.outcomes, study.firms):
            base = study.values(study.base, outcome, firm)
            for variant in study.worlds:
                interval = mean_interval(study.values(variant, outcome, firm) - base)
                if variant == study.base or interval.n < 2:
                    continue
                half, mean = interval.high - interval.value, abs(mean_interval(base).value)
                share = 0.0 if half == 0 else half / mean if mean > 0 else float("inf")
                if not widest[0] >= share:
                    widest = (share, f"{metric_in_words(outcome)} of {firm}, {variant!r}")
        return widest

    def reached(self, study: Study) -> bool:
        """Whether every interval is narrow enough."""
        return study.n >= min(self.least, self.most) and self.widest(study)[0] <= self.share

    def sentence(self, study: Study) -> str:
        """How it ended, in words."""
        share, whose = self.widest(study)
        goal = f"half-width at most {100 * self.share:g} % of the mean"
        if not whose:
            return f"Nobody can say how precise this is after {study.n} replicates: none has these outcomes."
        word = "Precise enough" if self.reached(study) else "Not precise enough"
        reach = f"{100 * share:,.{0 if share >= 0.1 else 2}f} %"
        early = " Intervals that decide when to stop are a little too narrow." if self.reached(study) else ""
        return f"{word} after {study.n} replicates ({goal}): the widest interval reaches {reach} ({whose}).{early}"
