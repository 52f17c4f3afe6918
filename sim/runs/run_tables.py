"""The tables of one run."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from sim.metrics import frames
from sim.records.records import Records

if TYPE_CHECKING:
    import pandas as pd


class RunTables:
    """Tables of a finished run, made when first asked for; changing a table changes nothing in the run."""

    def __init__(self, records: Records) -> None:
        self.records = records

    @cached_property
    def periods(self) -> pd.DataFrame:
        """One row per period and firm with every metric (see `sim.metrics.frames.periods_frame`)."""
        return frames.periods_frame(self.records)

    @cached_property
    def customers(self) -> pd.DataFrame:
        """One row per person."""
        return frames.customers_frame(self.records)

    @cached_property
    def ties(self) -> pd.DataFrame:
        """One row per person and firm at the end."""
        return frames.ties_frame(self.records)

    @cached_property
    def transactions(self) -> pd.DataFrame:
        """One row per period, firm and customer with a purchase; empty when the run was too big to keep them."""
        return frames.transactions_frame(self.records)

    @cached_property
    def ledger(self) -> pd.DataFrame:
        """One row per period, firm and account."""
        return frames.ledger_frame(self.records)

    @cached_property
    def events(self) -> pd.DataFrame:
        """What happened when."""
        return frames.events_frame(self.records)

    @cached_property
    def surveys(self) -> pd.DataFrame:
        """One row per survey and firm."""
        return frames.surveys_frame(self.records)

    @cached_property
    def quadrants(self) -> pd.DataFrame:
        """Loyalty quadrants of every survey, beside the inner truth."""
        return frames.quadrants_frame(self.records)

    @cached_property
    def flows(self) -> pd.DataFrame:
        """Moves between loyalty quadrants from survey to survey."""
        return frames.flows_frame(self.records)

    @cached_property
    def cohorts(self) -> pd.DataFrame:
        """Retention by the quarter in which customers were won."""
        from sim.metrics.survival import cohort_table

        return cohort_table(self.records)

    @cached_property
    def survival(self) -> pd.DataFrame:
        """Kaplan-Meier survival of customers by firm."""
        from sim.metrics.survival import survival_table

        return survival_table(self.records)

    @cached_property
    def equity(self) -> pd.DataFrame:
        """Customer equity by firm at the end, with its parts."""
        from sim.valuation.person import equity_table

        return equity_table(self.records)

    @cached_property
    def person_equity(self) -> pd.DataFrame:
        """Value to date, residual and total per person and firm."""
        from sim.valuation.person import person_equity

        return person_equity(self.records)

    @cached_property
    def whales(self) -> pd.DataFrame:
        """The whale curve by firm."""
        from sim.metrics.money import whale_curve

        return whale_curve(self.records)
