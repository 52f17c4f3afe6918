"""A breakdown: deliveries fail for a while."""

from __future__ import annotations

from typing import Literal

from sim.firms.events.base import Effect, Happening
from sim.scenario.parameters import number


class Outage(Happening):
    """A share of the firm's contacts fails with a given severity. Whose customers forgive (C72)?

    An outage shorter than a period strikes the same share of the year's contacts whatever the length of the period.
    """

    kind: Literal["outage"] = "outage"
    severity: float = number(0.5, "quality", (0, 1), "quality that the failure takes away")
    reach: float = number(1.0, "share of contacts", (0, 1), "contacts struck while it lasts")
    lasts_weeks: float | None = number(2.0, "weeks", (0, 3200), "how long")

    def effect(self, part: float) -> Effect:
        """The share of this period's contacts that fail."""
        return Effect(struck=self.reach * part, severity=self.severity)

    def in_words(self) -> str:
        """Reach and severity."""
        return f"outage: {self.reach * 100:g} % of contacts, severity {self.severity:g}"
