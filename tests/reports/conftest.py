"""Studies of a small market with everything that a report must show."""

from __future__ import annotations

import pytest
from board_market import SCENARIO

import sim
from sim.studies.compare import Comparison


@pytest.fixture(scope="session")
def study() -> Comparison:
    return sim.compare(SCENARIO, 4, seed=3)


@pytest.fixture(scope="session")
def options() -> Comparison:
    """A market in which one firm has two options."""
    deeper = {"firms": {"Root": {"spending": {"relations": 0.4}}}}
    none = {"firms": {"Root": {"spending": {"relations": 0, "advertising": 0}}}}
    return sim.compare({**SCENARIO, "what_if": {"less_care": deeper, "no_spending": none}, "expect": []}, 4, seed=3)
