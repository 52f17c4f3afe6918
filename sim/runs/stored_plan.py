"""Scenarios out of a store: the base as it was written down, and each point as a patch of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sim.runs.identity import patched
from sim.runs.plan import Point
from sim.scenario.effective import to_mapping
from sim.scenario.load import load_again
from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class StoredPoint(Point):
    """A point whose scenario is the stored base with a patch, whatever what-ifs and presets say by now."""

    patch: Mapping[str, Any] = field(default_factory=dict)

    def scenario(self, base: Scenario) -> Scenario:
        """The scenario of this point.

        Raises:
            ScenarioError: it no longer fits this version.
        """
        if not self.patch:
            return base
        made = load_again(patched(to_mapping(base), dict(self.patch)), folder=base.source.folder)
        return made.from_source(replace(made.source, name=base.source.name, what_if=self.what_if))


def base_scenario(study: Mapping[str, Any]) -> Scenario:
    """The base scenario of a stored study.

    Raises:
        ScenarioError: it no longer fits this version.
    """
    made = load_again(study["scenario"], folder=study.get("folder", ""))
    return made.from_source(replace(made.source, name=study.get("name", "scenario"), what_if=study.get("what_if")))

