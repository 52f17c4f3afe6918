"""Every firm against itself spending nothing: signs that are known, and the same numbers as by hand."""

import numpy as np
import pytest

import sim
from sim.studies.against_nothing import OUTCOME, against_nothing_beside
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
    assert list(study.pairs) == [("as written", "Waste"), ("as written", "Quiet")]
    assert study.settings()["runs"] == 8, "Waste as written and without spending; Quiet is as it is"


@pytest.fixture(scope="module")
def compared():
    what_if = {"small": {"market": {"customers": 100}},
               "all_quiet": {"firms": {"Waste": {"strategy": "do_nothing"}}}}
    return sim.compare({**SHOPS, "what_if": what_if}, 4, seed=3)


def test_beside_a_comparison_only_idle_firms_are_run_and_the_numbers_are_those_of_a_study_of_its_own(compared, study):
    beside = against_nothing_beside(compared)
    assert beside.settings()["runs"] == 2 * 3, "Waste in two variants; where all are quiet there is nothing to compare"
    assert list(beside.pairs) == [(variant, firm) for variant in ("as written", "small") for firm in ("Waste", "Quiet")]
    own = {"as written": study, "small": sim.against_nothing({**SHOPS, "market": {"customers": 100}}, 3, seed=3)}
    for (variant, firm), pair in beside.pairs.items():
        np.testing.assert_array_equal(pair.differences, own[variant].difference(firm).differences[:3])
    assert beside.table()["variant"].tolist() == ["as written", "as written", "small", "small"]
    assert sum("small" in line.split() for line in beside.lines()) == 2
    assert beside.in_short()["small"].startswith("Waste -EUR ")
    assert "better in 0 of 3 runs" in beside.in_short()["small"]


def test_beside_a_replication_there_are_as_many_runs_as_it_has_up_to_eight():
    for asked, had in ((2, 2), (9, 8)):
        ten = sim.replicate(SHOPS, asked, seed=3, overrides={"market.customers": 30, "clock.years": 0.5})
        assert against_nothing_beside(ten).table()["n"].tolist() == [had, had]
    assert "variant" not in against_nothing_beside(ten, firms=["Waste"]).lines()[0]


def test_where_every_firm_spends_nothing_there_is_nothing_to_say(compared):
    quiet = against_nothing_beside(compared, ["all_quiet"])
    assert quiet.pairs == {}
    assert quiet.lines() == []
    assert quiet.table().empty


def test_a_comparison_of_many_firms_looks_at_its_first_variant_alone():
    firms = {f"Firm {place}": {"spending": {"advertising": 0.5}} for place in range(9)}
    text = {**SHOPS, "firms": firms, "clock": {"years": 0.5}, "market": {"customers": 30}, "what_if": {"same": {}}}
    beside = against_nothing_beside(sim.compare(text, 4, seed=3))
    assert beside.variants == ("as written",)
    assert beside.left_out == 1
