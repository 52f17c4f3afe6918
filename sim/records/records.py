"""What a run remembers: a ledger, counts, purchases, surveys, and everybody's state at the end.

Plain arrays: `sim.records.recorder` fills them, metrics read them, nobody changes them. Recording never touches the
market: a run is the same, bit for bit, whatever it remembers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import ACCOUNTS, COSTS, COUNTS, Strain
from sim.records.history import History, walk
from sim.records.surveys import SurveyWave
from sim.records.transactions import Transactions
from sim.scenario.schema import Scenario

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Keep = Literal["auto", "all", "totals"]


@dataclass(frozen=True)
class Records:
    """A finished run. T periods, F firms, N people; flows are of one period, stocks stand at its end.

    Money is in whole minor units (cents; yen has none): see `minor_units`. `transactions` is None when the run was
    too big to keep them; a run that is read for a few outcomes alone keeps those from period `kept_from` on. `people`,
    `ties` and `me` are columns by name: people [N], ties [F, N], me [N]. `strain` says in which periods a firm's money
    was short, what was left undone for it, and what was planned and could not be spent.
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
    strain: Strain
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
        return self.scenario.money.minor_units

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
        """The rows of `transactions` with a purchase; empty when the run kept none."""
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
        later = self.scenario.money.margin_delay
        wait = np.arange(self.periods) - start
        factor = (1.0 + self.scenario.money.discount_rate) ** (-(wait + later) / self.periods_per_year)
        return np.where(wait >= 0, factor, np.nan)

    def until(self, periods: int) -> Records:
        """The same run, as known after its first so many periods. Ties and moods stay those of the real end."""
        return replace(
            self, ledger=self.ledger[:periods], counts=self.counts[:periods],
            strain=Strain(*(part[:periods] for part in self.strain)),
            transactions=None if self.transactions is None else self.transactions.between(0, periods),
            surveys=tuple(wave for wave in self.surveys if wave.period < periods),
            events=tuple(event for event in self.events if event["period"] < periods),
        )


def window_periods(scenario: Scenario, weeks_per_period: float) -> int:
    """The active window in whole periods, at least one (26 weeks are 6 months)."""
    return max(1, round(scenario.market.active_window_weeks / weeks_per_period))
