"""What is read off a run at one date (see `sim.valuation.outcomes`)."""

from __future__ import annotations

from sim.valuation.outcomes import Outcomes, known_outcomes, outcomes_of

__all__ = ["Outcomes", "known_outcomes", "outcomes_of"]
