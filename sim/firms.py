"""A firm as a Mesa agent: a window on its books. It decides through its strategy, at the first moment of a period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from sim.engine.state import ACCOUNTS, COUNTS

if TYPE_CHECKING:
    from sim.firm_book import FirmBook, FirmState
    from sim.plans import Plan, Seen
    from sim.scenario.schema.firm import Levers


class Firm(mesa.Agent):  # type: ignore[misc]
    """One firm of a market. Reading changes nothing; the numbers are those of the last period that ended."""

    def __init__(self, model: Any, book: FirmBook, place: int) -> None:
        """A window on the firm at this place of the books."""
        super().__init__(model)
        self._book = book
        self.place = place

    @property
    def name(self) -> str:
        """Its name in the scenario, the identity of its luck."""
        return self._book.names[self.place]

    @property
    def strategy(self) -> str:
        """Who decides: this period's strategy, or the one of the file between periods."""
        opening = self._book.opening
        return opening.strategies[self.place] if opening else self._book.strategies[self.place].name

    @property
    def levers(self) -> Levers:
        """The levers in force."""
        plan = self.plan
        return plan.levers if plan else self._state.levers

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
    def cash(self) -> int:
        """Profit from the start, minor units."""
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

    def __repr__(self) -> str:
        return f"Firm({self.name!r}, strategy={self.strategy!r})"
