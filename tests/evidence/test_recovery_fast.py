"""Ten seeds of the study of recovery: `python tests/evidence/recovery.py` runs a hundred."""

from __future__ import annotations

import numpy as np
import pytest
from recovery import DESIGNS, FIRST_SEED, TARGET, Design, Recovery, recover, told

SEEDS = range(FIRST_SEED, FIRST_SEED + 10)


@pytest.mark.parametrize("name", DESIGNS)
def test_known_parameters_come_back(name: str) -> None:
    found = recover(name, SEEDS)
    assert found.held.sum() >= 9, told(name, found, SEEDS)


@pytest.mark.slow
@pytest.mark.parametrize("name", DESIGNS)
def test_known_parameters_come_back_in_95_of_100_seeds(name: str) -> None:
    seeds = range(FIRST_SEED, FIRST_SEED + 100)
    found = recover(name, seeds)
    assert found.held.mean() >= TARGET, told(name, found, seeds)


def test_the_study_can_fail_and_says_where() -> None:
    design = Design(DESIGNS["sBG"].truth, "made up", DESIGNS["sBG"].fitted)
    made = Recovery(design, np.ones((2, 2)), np.array([[0.1, -2.9], [0.1, -3.1]]), np.array([True, True]))
    assert made.held.tolist() == [True, False]
    lines = told("sBG", made, [1, 2])
    assert "held: 1 of 2 seeds, target 95%: NOT reached" in lines[1]
    assert lines[-1] == "  missed: seed 2, deviations in standard errors +0.1, -3.1"
