"""Somebody else decides from a date on."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from sim.firms.events.base import Effect, Happening
from sim.firms.strategies import build


class StrategyEvent(Happening):
    """A firm changes its strategy, for good or for a while (a turn to relations: profit falls first, then rises)."""

    kind: Literal["strategy"] = "strategy"
    strategy: str = Field(description="name of the new strategy")
    settings: dict[str, Any] = Field(default={}, description="its settings")

    @model_validator(mode="after")
    def _known_strategy(self) -> StrategyEvent:
        if ".py" not in self.strategy:
            build(self.strategy, self.settings)
        return self

    def effect(self, part: float) -> Effect:  # noqa: ARG002
        """The new strategy, from the period in which the date lies."""
        return Effect(strategy=self.strategy, settings=self.settings)

    def in_words(self) -> str:
        """Name and settings."""
        settings = ", ".join(f"{name} = {value}" for name, value in self.settings.items())
        return f"strategy: {self.strategy}" + (f" ({settings})" if settings else "")
