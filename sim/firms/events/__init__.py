"""Dated events: one file per kind, found by scanning this folder. A user's own kind is a subclass of `Happening`."""

from sim.firms.events.base import Circumstances, Effect, Happening, in_force

__all__ = ["Circumstances", "Effect", "Happening", "in_force"]
