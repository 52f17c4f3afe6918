"""What a lesson says of its numbers is what the scenario's own words say."""

from __future__ import annotations

import re

import sim
from sim.scenario.explain import explain


def test_counts_what_explain_counts() -> None:
    told = re.match(r"(\d+) of the (\d+) numbers in use", sim.teaching.assumptions("silent_exit"))
    assert told is not None
    assert f"{told[1]} of the {told[2]} numbers in use are guesses" in explain(sim.load("silent_exit"))


def test_what_is_switched_off_does_not_count() -> None:
    off = {"extends": "first_look", "question": "?", "mechanisms": {"mood": 0}}
    whole, less = (int(sim.teaching.assumptions(market).split()[3]) for market in ("first_look", off))
    assert less < whole
