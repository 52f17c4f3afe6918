"""A firm's levers change at a date."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from sim.firms.events.base import Effect, Happening
from sim.firms.plans import changed
from sim.scenario.dotted import flattened
from sim.scenario.schema.firm import Levers


class LeversEvent(Happening):
    """New values of levers, e.g. `set: {lock: 0}` when hostages are freed (M13), for good or for a while.

    They hold whatever the firm's strategy decides; shares of spending reach the strategy as what is written.
    """

    kind: Literal["levers"] = "levers"
    set: dict[str, Any] = Field(description="new values by lever, nested or dotted: price_cut.depth")

    @field_validator("set")
    @classmethod
    def _known_levers_in_range(cls, value: dict[str, Any]) -> dict[str, Any]:
        if not value:
            raise ValueError("say which levers change, e.g. set: {lock: 0}")
        changed(Levers(), value)
        return value

    def effect(self, part: float) -> Effect:  # noqa: ARG002
        """The new values, from the period in which the date lies."""
        return Effect(levers=self.set)

    def in_words(self) -> str:
        """Lever by lever."""
        return "levers: " + ", ".join(f"{name} = {value}" for name, value in flattened(self.set))
