"""What a scenario may say: sections of declared numbers, one file per subject."""

from sim.scenario.schema.firm import Budget, FirmSection, Levers
from sim.scenario.schema.root import Event, Expectation, Scenario

__all__ = ["Budget", "Event", "Expectation", "FirmSection", "Levers", "Scenario"]
