"""Scenario files: the only place that reads YAML. From a name or a file to a checked, frozen scenario."""

from sim.scenario.effective import effective_yaml, scenario_hash, strengths, to_mapping
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.layers import parse_override
from sim.scenario.load import load, load_text, ready_to_run, with_what_if
from sim.scenario.schema import Scenario
from sim.scenario.shipped import shipped_names

__all__ = [
    "Problem",
    "Scenario",
    "ScenarioError",
    "effective_yaml",
    "load",
    "load_text",
    "parse_override",
    "ready_to_run",
    "scenario_hash",
    "shipped_names",
    "strengths",
    "to_mapping",
    "with_what_if",
]
