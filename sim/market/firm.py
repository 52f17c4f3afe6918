"""A firm as a Mesa agent: a window on its books. It decides through its strategy, at the first moment of a period."""

from __future__ import annotations

import math
from typing import Any

import mesa
from mesa.agent import AgentSet

from sim.engine.state import ACCOUNTS, COSTS, COUNTS, FIXED_POINT
from sim.firms.book import FirmBook
from sim.firms.one_firm import FirmState
from sim.firms.plans import Plan, Seen
from sim.scenario.schema.firm import Levers


class Firm(mesa.Agent):  # type: ignore[misc]
    """One firm of a market. Reading changes nothing; the numbers are those of the last period that ended."""

    def __init__(self, model: Any, book: FirmBook, place: int) -> None:
        self._book = book  # first: Mesa asks for the hash of whom it registers
        self.place = place
        super().__init__(model)

    def __eq__(self, other: object) -> bool:
        """A firm is itself, and equal to its name: customers tell of firms by their names."""
        return self.name == other if isinstance(other, str) else self is other

    def __hash__(self) -> int:
        """That of its name."""
        return hash(self.name)

    @property
    def name(self) -> str:
        """Its name in the scenario, which keys its random draws."""
        return self._book.names[self.place]

    @property
    def strategy(self) -> str:
        """Who decides: this period's strategy, or the one of the file between periods."""
        opening = self._book.opening
        return opening.strategies[self.place] if opening else self._book.strategies[self.place].name

    @property
    def levers(self) -> Levers:
        """The levers in force."""
        return self.plan.levers if self.plan else self._state.levers

    @property
    def plan(self) -> Plan | None:
        """This period's plan; None between periods."""
        opening = self._book.opening
        return opening.plans[self.place] if opening else None

    @property
    def seen(self) -> Seen | None:
        """What its strategy was shown this period; None between periods."""
        opening = self._book.opening
        return opening.seen[self.place] if opening else None

    @property
    def ledger(self) -> dict[str, int]:
        """Its books of last period, minor units by account."""
        return dict(zip(ACCOUNTS, self._state.ledger, strict=True))

    @property
    def cumulative_ledger(self) -> dict[str, int]:
        """Its books from the start, minor units by account."""
        return dict(zip(ACCOUNTS, self._state.cumulative, strict=True))

    @property
    def counts(self) -> dict[str, int]:
        """Its counts of last period, hidden ones included: for the observer, not for a strategy."""
        return dict(zip(COUNTS, self._state.counts, strict=True))

    @property
    def customers(self) -> int:
        """Active customers: people who bought within the active window (see `clientele` for who they are)."""
        return self.counts["active_customers"]

    @property
    def new_customers(self) -> int:
        """People who bought for the first time."""
        return self.counts["new_customers"]

    @property
    def lapsed_customers(self) -> int:
        """People whose active window ended without a purchase."""
        return self.counts["lapsed_customers"]

    @property
    def revenue_money(self) -> float:
        """Revenue of last period, in units of the currency."""
        return self.ledger["revenue"] / self._book.minor_units

    @property
    def profit_money(self) -> float:
        """Revenue less all costs of last period, in units of the currency."""
        return self._profit(self.ledger)

    @property
    def cumulative_profit_money(self) -> float:
        """Profit from the start, in units of the currency, not discounted."""
        return self._profit(self.cumulative_ledger)

    @property
    def satisfaction(self) -> float:
        """Mean satisfaction of active customers, 0 to 1; NaN where there are none."""
        return self._mean("satisfaction_total")

    @property
    def trust(self) -> float:
        """Mean trust of active customers, 0 to 1; NaN where there are none."""
        return self._mean("trust_total")

    @property
    def commitment(self) -> float:
        """Mean commitment of active customers, 0 to 1; NaN where there are none."""
        return self._mean("commitment_total")

    @property
    def clientele(self) -> AgentSet:
        """The active customers themselves: an AgentSet of views."""
        people = self.model.customers
        active = people.column("idle", self) < self.model.course.parameters.active_window
        return people.where(active & people.column("present"))

    @property
    def cash(self) -> int:
        """Profit from the start, or from the end of the warm-up, minor units."""
        return self._state.account.cash

    @property
    def balance(self) -> int:
        """Budget granted less what counted so far, minor units; below 0 everything that counts is paused."""
        return self._state.account.balance

    @property
    def paused(self) -> bool:
        """Whether price cuts and all that counts were paused last period."""
        return self._state.paused

    @property
    def _state(self) -> FirmState:
        return self._book.states[self.place]

    def _mean(self, total: str) -> float:
        counts = self.counts
        customers = counts["active_customers"]
        return counts[total] / customers / FIXED_POINT if customers else math.nan

    def _profit(self, ledger: dict[str, int]) -> float:
        return (ledger["revenue"] - sum(ledger[name] for name in COSTS)) / self._book.minor_units

    def __repr__(self) -> str:
        return f"Firm({self.name!r}, strategy={self.strategy!r})"
