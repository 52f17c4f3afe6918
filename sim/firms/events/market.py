"""The market itself changes at a date."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from sim.firms.events.base import Effect, Happening
from sim.scenario.parameters import Section, number, part


class MarketChange(Section):
    """What can change while the market runs. Left out: as before."""

    switching_cost: float | None = number(None, "utility", (0, 30), "what changing the firm costs")
    demand: float | None = number(None, "ratio", (0, 10), "purchases wanted, 1: as usual (a recession is below 1)")


class MarketEvent(Happening):
    """A change that strikes everybody: locks abolished by law, a recession and its end."""

    kind: Literal["market"] = "market"
    set: MarketChange = part(MarketChange, "new values")
    firms: list[str] = Field(default=[], max_length=0, description="none: the market changes for every firm")

    @model_validator(mode="after")
    def _something_changes(self) -> MarketEvent:
        if not self.set.model_dump(exclude_none=True):
            raise ValueError(f"say what changes: set: {{{', '.join(MarketChange.model_fields)}}}")
        return self

    @property
    def strikes_firms(self) -> bool:
        """False: it is the market that changes."""
        return False

    def effect(self, part: float) -> Effect:  # noqa: ARG002
        """The new values, from the period in which the date lies."""
        return Effect(market=self.set.model_dump(exclude_none=True))

    def in_words(self) -> str:
        """Value by value."""
        changes = self.set.model_dump(exclude_none=True).items()
        return "market: " + ", ".join(f"{name} = {value:g}" for name, value in changes)
