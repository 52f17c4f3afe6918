"""What a run remembers: a ledger, counts, purchases, surveys, and everybody's state at the end.

`Records` are plain arrays: the market fills them through a `Recorder`, metrics read them, nobody changes them.
Recording never touches the market: a run is the same, bit for bit, whatever it remembers.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import ACCOUNTS, COSTS, COUNTS
from sim.records.surveys import Asked, SurveyWave, take_survey, without_answers
from sim.records.transactions import Keeper, Transactions
from sim.scenario.currency import minor_units
from sim.scenario.schema.root import Scenario

if TYPE_CHECKING:
    from sim.records.history import History

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Keep = Literal["auto", "all", "totals"]
Shared = TypeVar("Shared")

KEEP_UP_TO = 6_000_000
"""With `auto`, purchases and single survey answers are kept while customers × periods stay below this."""

TIES_AT_END = (
    "trust", "commitment", "satisfaction", "expectation", "habit", "grievance", "knowledge", "experiences", "idle",
    "paid", "served", "relation", "acquired", "aware",
)
ME_AT_END = ("valence", "arousal", "last_firm")
PEOPLE = ("number", "segment", "rate", "basket", "price_sensitivity", "proneness", "serving", "enters", "leaves")


@dataclass(frozen=True)
class Facts:
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


@dataclass(frozen=True)
class Records:
    """A finished run. T periods, F firms, N people; flows are of one period, stocks stand at its end.

    Money is in whole minor units (cents; yen has none): see `minor_units`. `transactions` is None when the run was
    too big to keep them; a run that is read for a few outcomes alone keeps those from period `kept_from` on. `people`,
    `ties` and `me` are columns by name: people [N], ties [F, N], me [N].
    """

    scenario: Scenario
    seed: int
    world_seed: int
    firms: tuple[str, ...]
    weeks_per_period: float
    periods_per_year: float
    warm_up: int
    ledger: Ints
    counts: Ints
    transactions: Transactions | None
    people: Mapping[str, NDArray[Any]]
    ties: Mapping[str, NDArray[Any]]
    me: Mapping[str, NDArray[Any]]
    surveys: tuple[SurveyWave, ...] = ()
    events: tuple[dict[str, Any], ...] = ()
    kept_from: int = 0

    @property
    def periods(self) -> int:
        """How many periods were run, the warm-up included."""
        return int(self.ledger.shape[0])

    @property
    def people_count(self) -> int:
        """How many people there are, those included who enter later."""
        return int(self.people["number"].shape[0])

    @property
    def year(self) -> int:
        """Periods in a year, as a whole number (52, 12 or 4)."""
        return max(1, round(self.periods_per_year))

    @property
    def minor_units(self) -> int:
        """Minor units in one unit of the currency: 100, for yen 1."""
        return minor_units(self.scenario.money.currency)

    @property
    def active_window(self) -> int:
        """Periods after a purchase in which a firm counts somebody as its customer."""
        return window_periods(self.scenario, self.weeks_per_period)

    @property
    def years(self) -> Floats:
        """Years from the end of the warm-up to the end of each period [T]; 1.0 is the end of the first year."""
        return (np.arange(self.periods) + 1 - self.warm_up) / self.periods_per_year

    def account(self, name: str) -> Ints:
        """One account of the ledger [T, F], minor units."""
        return self.ledger[:, ACCOUNTS.index(name)]

    def costs(self, *names: str) -> Ints:
        """Sum of the named accounts, of all costs when none is named [T, F], minor units."""
        found: Ints = self.ledger[:, [ACCOUNTS.index(name) for name in names or COSTS]].sum(axis=1)
        return found

    def count(self, name: str) -> Ints:
        """One count [T, F]."""
        return self.counts[:, COUNTS.index(name)]

    def present(self) -> Ints:
        """People in the market in each period [T]."""
        size = self.periods + 1
        enters = np.clip(self.people["enters"].astype(np.int64), 0, self.periods)
        leaves = np.maximum(np.clip(self.people["leaves"].astype(np.int64), 0, self.periods), enters)
        change = np.bincount(enters, minlength=size) - np.bincount(leaves, minlength=size)
        return np.cumsum(change)[:-1].astype(np.int64)

    @cached_property
    def purchases(self) -> Transactions:
        """The rows of `transactions` with a purchase; empty when the run kept none.

        Raises:
            ValueError: the run kept only those of its later periods.
        """
        every = self.transactions_between(0, self.periods)
        return every.rows(every.units > 0)

    def transactions_between(self, start: int, end: int) -> Transactions:
        """The rows of periods start..end−1, looked at in place; none when the run kept none.

        Raises:
            ValueError: the run kept only those of later periods.
        """
        if max(start, 0) < self.kept_from:
            raise ValueError(f"This run kept purchases from period {self.kept_from} on; they are asked for from period "
                             f"{max(start, 0)} on.")
        return Transactions.joined([]) if self.transactions is None else self.transactions.between(start, end)

    @cached_property
    def history(self) -> History | None:
        """Who was a customer when and spent how much where (see `sim.records.history`); None without transactions."""
        from sim.records.history import walk

        return None if self.transactions is None else walk(self)

    @cached_property
    def worked_out(self) -> dict[str, Any]:
        """What was worked out of this run and will be asked for again (see `once`): no part of the run itself."""
        return {}

    def discount(self, at: int | None = None) -> Floats:
        """Worth of one unit of money of each period at the start of period `at` [T].

        (1 + annual rate)^-k/year with k = t − at for `first_margin: at_start`, one more for `one_period_later`;
        `at` is the end of the warm-up unless given. NaN before `at`.
        """
        start = self.warm_up if at is None else at
        later = 1 if self.scenario.money.first_margin == "one_period_later" else 0
        wait = np.arange(self.periods) - start
        factor = (1.0 + self.scenario.money.discount_rate) ** (-(wait + later) / self.periods_per_year)
        return np.where(wait >= 0, factor, np.nan)

    def until(self, periods: int) -> Records:
        """The same run, as known after its first so many periods. Ties and moods stay those of the real end."""
        kept = self.transactions
        if kept is not None:
            kept = kept.between(0, periods)
        return replace(
            self, ledger=self.ledger[:periods], counts=self.counts[:periods], transactions=kept,
            surveys=tuple(wave for wave in self.surveys if wave.period < periods),
            events=tuple(event for event in self.events if event["period"] < periods),
        )


def once(function: Callable[[Records], Shared]) -> Callable[[Records], Shared]:
    """Have a pure function of a run worked out once for every run, so that several metrics share what it finds.

    What it finds stays as long as the run does and must not be changed: let it be small.

    >>> @once
    ... def shout(records):
    ...     print("worked out")
    ...     return records.periods
    >>> from types import SimpleNamespace
    >>> some = SimpleNamespace(periods=3, worked_out={})
    >>> shout(some) + shout(some)
    worked out
    6
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def shared(records: Records) -> Shared:
        if name not in records.worked_out:
            records.worked_out[name] = function(records)
        found: Shared = records.worked_out[name]
        return found

    return shared


def window_periods(scenario: Scenario, weeks_per_period: float) -> int:
    """The active window in whole periods, at least one (26 weeks are 6 months)."""
    return max(1, round(scenario.market.active_window_weeks / weeks_per_period))


class Recorder:
    """Takes down a run as it happens; looks at the market and never changes it.

    The market calls `period` at the end of every period, `event` when something happens, `finish` at the end.

    Raises:
        ValueError: `keep="all"` was asked for a run beyond `KEEP_UP_TO` customer-periods times ten.
    """

    def __init__(self, facts: Facts, people: Mapping[str, NDArray[Any]], keep: Keep = "auto") -> None:
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
        twin._kept, twin._surveys, twin._events = self._kept.fork(), list(self._surveys), list(self._events)
        return twin

    def _ask(self, period: int, tie: Any) -> SurveyWave:
        facts = self.facts
        active = np.asarray(tie.idle) < window_periods(facts.scenario, facts.weeks_per_period)
        in_market = (self.people["enters"] <= period) & (period < self.people["leaves"])
        committed = facts.scenario.psychology.stages.committed
        asked = Asked(self.people["number"], active & in_market, tie.commitment, tie.satisfaction, tie.habit, committed)
        wave = take_survey(period, facts.firms, asked, facts.scenario.survey, facts.seed)
        return wave if self.keeps_transactions else without_answers(wave)
