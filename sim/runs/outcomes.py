"""What is read off a run at one date (see `sim.valuation.outcomes`), and the outcomes that are read by default."""

from __future__ import annotations

from sim.valuation.outcomes import EQUITY, Outcomes, known_outcomes, outcomes_of

__all__ = ["HEADLINES", "Outcomes", "known_outcomes", "outcomes_of"]

HEADLINES = (
    EQUITY, "cumulative_profit_money", "cumulative_discounted_profit_money", "kept_one_year_share",
    "truly_loyal_survey_share", "new_customers_last_year_people", "active_customers_people", "market_share",
    "satisfaction_0_1", "commitment_0_1", "complaints_per_purchase",
)
