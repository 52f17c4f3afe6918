"""Commands that look things up."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sim.scenario.parameters import declared
from sim.scenario.schema import Scenario

Sim = Callable[..., Any]


def test_parameters_without_a_filter_prints_every_number(sim: Sim) -> None:
    done = sim("parameters", "--json")
    assert [entry["name"] for entry in json.loads(done.out)] == [number.name for number in declared(Scenario)]


def test_parameters_with_a_filter_prints_unit_range_and_source(sim: Sim) -> None:
    done = sim("parameters", "loss_aversion")
    assert done.code == 0
    assert "psychology.appraisal.loss_aversion = 1.9  (ratio, 1 to 4)" in done.out
    assert "Source: " in done.out


def test_guesses_are_those_whose_source_is_an_assumption(sim: Sim) -> None:
    entries = json.loads(sim("parameters", "--guesses", "--json").out)
    assert entries
    assert all(entry["source"].startswith("assumption") for entry in entries)


def test_a_filter_without_a_hit_is_answered_with_the_nearest_word(sim: Sim) -> None:
    done = sim("parameters", "los_aversion")
    assert (done.code, done.out) == (2, "")
    assert "loss_aversion" in done.err
