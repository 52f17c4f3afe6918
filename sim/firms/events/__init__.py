"""Dated events: one file per kind, found by scanning this folder. A user's own kind is a subclass of `Happening`."""

from sim.firms.events.base import Effect, Happening, event_kinds, read_event
from sim.firms.events.schedule import Circumstances, in_force

__all__ = ["Circumstances", "Effect", "Happening", "event_kinds", "in_force", "read_event"]
