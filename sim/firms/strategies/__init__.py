"""Strategies: one file each, found by scanning this folder. A student's own is a subclass, or a file of their own."""

from sim.firms.strategies.base import Strategy, build, planned

__all__ = ["Strategy", "build", "planned"]
