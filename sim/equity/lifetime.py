"""How long customers stay; the functions live in `sim.equity.clv`."""

from sim.equity.clv import mean_lifetime, median_lifetime, survival_share

__all__ = ["mean_lifetime", "median_lifetime", "survival_share"]
