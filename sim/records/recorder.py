"""Taking down a run as it happens."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import ACCOUNTS, COUNTS, Strain
from sim.records.records import Keep, Records, window_periods
from sim.records.surveys import Surveyed, SurveyWave, take_survey
from sim.records.transactions import Ints, Keeper
from sim.scenario.schema import Scenario

KEEP_UP_TO = 6_000_000
"""With `auto`, purchases and single survey answers are kept while customers × periods stay below this."""

TIES_AT_END = (
    "trust", "commitment", "satisfaction", "expectation", "habit", "grievance", "knowledge", "experiences", "idle",
    "paid", "served", "relation", "acquired", "aware",
)
ME_AT_END = ("valence", "arousal", "last_firm")
PEOPLE = ("number", "segment", "rate", "basket", "price_sensitivity", "proneness", "serving", "enters", "leaves")


@dataclass(frozen=True)
class RunFacts:
    """What is fixed about a run before its first period."""

    scenario: Scenario
    seed: int
    world_seed: int
    firms: tuple[str, ...]
    periods: int
    weeks_per_period: float
    periods_per_year: float
    warm_up: int
    keeps_from: int = 0  # first period of which purchases are kept


class Recorder:
    """Looks at a market and never changes it: `period` ends every period, `event` is what happens, `finish` the end.

    Raises:
        ValueError: `keep="all"` was asked for a run beyond `KEEP_UP_TO` customer-periods times ten.
    """

    def __init__(self, facts: RunFacts, people: Mapping[str, NDArray[Any]], keep: Keep = "auto") -> None:
        self.facts = facts
        self.people = people
        size = int(np.asarray(people["number"]).shape[0]) * facts.periods
        if keep == "all" and size > 10 * KEEP_UP_TO:
            raise ValueError(
                f'records="all" would keep the purchases of {size:,} customer-periods; at most {10 * KEEP_UP_TO:,} '
                'are kept. Use records="totals", fewer customers or fewer years.'
            )
        self.keeps_transactions = keep == "all" or (keep == "auto" and size <= KEEP_UP_TO)
        firms = len(facts.firms)
        self.ledger = np.zeros((facts.periods, len(ACCOUNTS), firms), dtype=np.int64)
        self.counts = np.zeros((facts.periods, len(COUNTS), firms), dtype=np.int64)
        self.strain = Strain.none(firms, (facts.periods,))
        self._kept = Keeper()
        self._surveys: list[SurveyWave] = []
        self._events: list[dict[str, Any]] = []
        self._done = 0

    def period(self, period: int, ledger: Ints, counts: Ints, tie: Any) -> None:
        """Remember a period: its ledger [accounts, F], its counts [counts, F] and its ties.

        `tie` is anything with columns `units`, `amount`, `given`, `margin`, `idle`, `commitment`, `satisfaction`
        and `habit`, each [F, N].
        """
        self.ledger[period] = ledger
        self.counts[period] = counts
        self._done = period + 1
        if self.keeps_transactions and period >= self.facts.keeps_from:
            self._kept.period(period, tie)
        if self.survey_is_due(period):
            self._surveys.append(self._ask(period, tie))

    def strained(self, period: int, strain: Strain) -> None:
        """Remember whose money was short in a period."""
        for kept, now in zip(self.strain, strain, strict=True):
            kept[period] = now

    def survey_is_due(self, period: int) -> bool:
        """Whether a survey is taken at the end of this period: whenever another `every_weeks` have passed."""
        weeks, every = self.facts.weeks_per_period, self.facts.scenario.survey.every_weeks
        return int((period + 1) * weeks / every + 1e-9) > int(period * weeks / every + 1e-9)

    def event(self, period: int, kind: str, firm: str, what: str) -> None:
        """Remember that something happened: its kind, the firm it struck (or "") and what it was, in words."""
        year = (period - self.facts.warm_up) / self.facts.periods_per_year
        self._events.append({"period": period, "year": year, "kind": kind, "firm": firm, "what": what})

    def finish(self, tie: Any, me: Any) -> Records:
        """The records, with everybody's state at the end. A run that was broken off gives the periods it has."""
        facts, done = self.facts, self._done
        return Records(
            scenario=facts.scenario, seed=facts.seed, world_seed=facts.world_seed, firms=facts.firms,
            weeks_per_period=facts.weeks_per_period, periods_per_year=facts.periods_per_year, warm_up=facts.warm_up,
            ledger=self.ledger[:done].copy(), counts=self.counts[:done].copy(),
            strain=Strain(*(part[:done].copy() for part in self.strain)),
            transactions=self._kept.joined(len(self.people["number"])) if self.keeps_transactions else None,
            people={name: np.array(self.people[name]) for name in PEOPLE},
            ties={name: np.array(getattr(tie, name)) for name in TIES_AT_END},
            me={name: np.array(getattr(me, name)) for name in ME_AT_END},
            surveys=tuple(self._surveys), events=tuple(self._events), kept_from=facts.keeps_from,
        )

    def fork(self) -> Recorder:
        """A recorder with the same past, to be continued on its own."""
        twin = copy.copy(self)
        twin.ledger, twin.counts = self.ledger.copy(), self.counts.copy()
        twin.strain = Strain(*(part.copy() for part in self.strain))
        twin._kept, twin._surveys, twin._events = self._kept.fork(), list(self._surveys), list(self._events)
        return twin

    def _ask(self, period: int, tie: Any) -> SurveyWave:
        facts, people = self.facts, self.people
        active = np.asarray(tie.idle) < window_periods(facts.scenario, facts.weeks_per_period)
        in_market = (people["enters"] <= period) & (period < people["leaves"])
        surveyed = Surveyed(people["number"], active & in_market, tie.commitment, tie.satisfaction, tie.habit,
                            facts.scenario.psychology.stages.committed)
        wave = take_survey(period, facts.firms, surveyed, facts.scenario.survey, facts.seed)
        return wave if self.keeps_transactions else replace(wave, answers=None)
