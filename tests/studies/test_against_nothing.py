"""Every firm against itself spending nothing: signs that are known, and the same numbers as by hand."""

import numpy as np
import pytest

import sim
from sim.studies.against_nothing import OUTCOME, point_name
from sim.text.findings import HIGHER, IDENTICAL, LOWER

SHOPS = {
    "question": "Who pays for nothing?", "clock": {"years": 2}, "market": {"customers": 200},
    "budget": {"per_person_per_year": 20},
    "firms": {"Waste": {"spending": {"capacity": 1.0}}, "Quiet": {"strategy": "do_nothing"}},
}


@pytest.fixture(scope="module")
def study():
    return sim.against_nothing(SHOPS, 4, seed=3)


def test_money_thrown_away_is_a_loss_of_that_money_and_who_spends_nothing_is_identical(study):
    waste, quiet = study.findings()
    assert (waste.verdict, quiet.verdict) == (LOWER, IDENTICAL)
    spent = 2 * 20 * 200  # two years; capacity without a limit serves nobody
    assert waste.value == pytest.approx(-spent, rel=0.1)
    assert "less than if it spent nothing" in study.explain()
    assert study.table()["won"].tolist() == ["0 of 4 runs", "0 of 4 runs"]


def test_the_difference_is_that_of_two_runs_by_hand(study):
    written = sim.replicate(SHOPS, 4, seed=3).values("as written", OUTCOME, "Waste")
    idle = sim.replicate(SHOPS, 4, seed=3, overrides={"firms.Waste.strategy": "do_nothing"})
    np.testing.assert_array_equal(
        study.difference("Waste").differences, written - idle.values("as written", OUTCOME, "Waste"))


def test_a_firm_that_must_be_seen_gains_by_advertising():
    """Nobody knows either firm and nobody looks around: without advertising there are no customers."""
    text = {**SHOPS, "budget": {"per_person_per_year": 2}, "market": {"customers": 300, "aware_at_start": 0.0},
            "psychology": {"attention": {"search": 0.0}},
            "firms": {"Loud": {"spending": {"advertising": 1.0}}, "Mute": {"strategy": "do_nothing"}}}
    (loud, mute) = sim.against_nothing(text, 4).findings()
    assert (loud.verdict, mute.verdict) == (HIGHER, IDENTICAL)


def test_each_point_changes_one_firm(study):
    assert study.results.layout.points == ("as written", point_name("Waste"), point_name("Quiet"))
    assert study.settings()["runs"] == 12
