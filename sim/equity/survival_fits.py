"""Fitted survival curves; the functions live in `sim.equity.survival`."""

from sim.equity.survival import of_cohort, survival_fits

__all__ = ["of_cohort", "survival_fits"]
