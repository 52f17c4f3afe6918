"""What designs vary, over which range, and what is asked of a run."""

import numpy as np
import pytest

from sim.scenario import ScenarioError, load
from sim.studies.asking import changed, order
from sim.studies.factors import Factor, plausible_range
from sim.studies.question import Wanted, question_of
from sim.studies.sample import latin_hypercube, sobol_sequence
from sim.studies.scenario_factors import factors_of, value_of, what_if_numbers

SMALL = {
    "question": "Who?", "firms": {"Rush": {"spending": {"advertising": 0.6}}, "Root": {"quality": 0.8}},
    "what_if": {"dear": {"product": {"price": 40}}, "better": {"firms": {"Root": {"quality": 0.9}}}},
}


@pytest.fixture(scope="module")
def scenario():
    return load(SMALL)


def test_a_plausible_range_is_half_to_twice():
    assert plausible_range(8.0, (0.01, 1e6)) == (4.0, 16.0)
    assert plausible_range(1.5, (1, 4)) == (1.0, 3.0)  # held inside what is declared


def test_the_range_of_a_share_is_half_to_twice_its_odds():
    low, high = plausible_range(0.2, (0, 1))  # odds 1/4: from 1/8 to 1/2
    assert low / (1 - low) == pytest.approx(0.125)
    assert high / (1 - high) == pytest.approx(0.5)
    assert plausible_range(1.0, (0, 1)) == (0.5, 1.0)


def test_a_number_whose_sign_may_turn_reaches_down_to_nothing():
    assert plausible_range(1.8, (-5, 5)) == (0.0, 3.6)
    assert plausible_range(-3.2, (-20, 20)) == pytest.approx((-4.8, -1.6))


def test_what_is_absent_has_no_plausible_range(scenario):
    assert plausible_range(0.0, (0, 1)) is None
    assert "market.switching_cost" not in {factor.path for factor in factors_of(scenario, "all")}
    with pytest.raises(ValueError, match="give it a range"):
        factors_of(scenario, ["market.switching_cost"])


def test_a_range_holds_what_the_what_ifs_say(scenario):
    assert what_if_numbers(scenario)["product.price"] == [40.0]
    (price,) = factors_of(scenario, ["product.price"])
    assert (price.low, price.value, price.high) == (5.0, 10.0, 40.0)
    assert price.scale == "log"


def test_groups_hold_no_levers_and_no_size_of_the_run(scenario):
    for group in ("world", "guesses", "all"):
        found = {factor.path: factor for factor in factors_of(scenario, group)}
        assert not any(factor.is_lever for factor in found.values())
        assert "market.customers" not in found
        assert "product.margin" in found
    assert all(factor.is_guess for factor in factors_of(scenario, "guesses"))
    assert "psychology.choice.noise" in {factor.path for factor in factors_of(scenario, "guesses")}
    assert "psychology.choice.noise" not in {factor.path for factor in factors_of(scenario, "world")}


def test_given_ranges_pass_the_checks_of_set(scenario):
    with pytest.raises(ScenarioError, match="did you mean margin"):
        factors_of(scenario, {"product.margn": (0.1, 0.5)})
    with pytest.raises(ScenarioError, match=r"above 0\.99"):
        factors_of(scenario, {"product.margin": (0.1, 1.5)})
    with pytest.raises(ValueError, match="two numbers"):
        factors_of(scenario, {"product.margin": (0.1,)})
    with pytest.raises(ValueError, match="low end below"):
        factors_of(scenario, {"product.margin": (0.3, 0.3)})


def test_a_share_of_spending_is_checked_by_itself(scenario):
    (share,) = factors_of(scenario, {"firms.Rush.spending.relations": (0, 1)})
    assert share.is_lever
    assert share.high == 1.0


def test_places_and_values_agree():
    for factor in (Factor("a", 2.0, 8.0), Factor("b", 2.0, 8.0, scale="log")):
        for place in (0.0, 0.25, 0.5, 1.0):
            assert factor.place(factor.at(place)) == pytest.approx(place)
        assert factor.at(1e-18) == 2.0  # so near an end is the end
    assert Factor("c", 1, 9, 2.0, whole=True).at(0.3) == 3.0
    with pytest.raises(ValueError, match="above 0"):
        Factor("d", 0.0, 1.0, scale="log")


def test_what_stands_as_written_is_not_changed(scenario):
    factors = factors_of(scenario, {"product.price": (5, 40), "product.margin": (0.6, 0.9)})
    start = [factor.start for factor in factors]
    assert changed(factors, start) == {}
    assert changed(factors, [1.0, start[1]]) == {"product.price": 40.0}


def test_values_of_strengths_and_prices_come_from_where_they_are_decided(scenario):
    assert value_of(scenario, "mechanisms.trust") == 1.0
    assert value_of(scenario, "firms.Root.price") == 10.0  # left out: the reference price
    assert value_of(scenario, "firms.Root.nonsense") is None


def test_a_question_asks_for_two_firms_two_worlds_or_one_firm(scenario):
    plain = question_of(scenario, Wanted())
    assert (plain.option_a, plain.option_b, plain.outcome) == ("Rush", "Root", "customer_equity_money")
    worlds = question_of(scenario, Wanted(pair=["as written", "dear"], firm="Root", outcome="market_share"))
    assert (worlds.option_a, worlds.option_b) == ("as written", "dear")
    assert worlds.words == "market share of Root, 'dear' minus 'as written'"
    level = question_of(scenario, Wanted(firm="Root", what_if="dear"))
    assert level.a is None
    assert level.words == "customer equity of Root in 'dear'"


def test_the_first_expectation_about_two_firms_is_the_default_question():
    claim = {"metric": "market_share", "firm": "Root", "above": "Rush", "why": "C1"}
    other = {"metric": "trust_0_1", "firm": "Root", "above": "dear", "against": "what_if", "why": "C1"}
    found = question_of(load({**SMALL, "expect": [other, claim]}), Wanted())
    assert (found.outcome, found.option_a, found.option_b) == ("market_share", "Rush", "Root")


@pytest.mark.parametrize(("wanted", "words"), [
    (Wanted(firm="Rot"), "did you mean Root"),
    (Wanted(pair=["Rush", "Rush"]), "two different"),
    (Wanted(pair=["Rush", "dear"]), "two firms or two worlds"),
    (Wanted(pair=["dear", "better"]), "Say whose"),
    (Wanted(pair=["Rush", "Root"], firm="Root"), "not both"),
    (Wanted(outcome="markt_share"), "did you mean market_share"),
    (Wanted(what_if="deer"), "did you mean dear"),
])
def test_questions_that_make_no_sense_are_refused(scenario, wanted, words):
    with pytest.raises(ValueError, match=words):
        question_of(scenario, wanted)


def test_a_factor_that_a_world_of_the_question_sets_is_refused_by_name_and_left_out_of_a_group():
    asked = order(SMALL, {"pair": ["as written", "dear"], "firm": "Root"}, 2)
    with pytest.raises(ValueError, match="'dear' changes"):
        asked.factors({"product.price": (5, 20)})
    assert "product.price" not in {factor.path for factor in asked.factors("world")}


def test_one_run_is_too_few_for_an_interval():
    with pytest.raises(ValueError, match="two replications"):
        order(SMALL, {"replications": 1}, 4)


def test_a_latin_hypercube_has_one_point_in_every_slice_of_every_factor():
    places = latin_hypercube(3, 20, seed=4)
    assert (np.sort((20 * places).astype(int), axis=0) == np.arange(20)[:, None]).all()
    assert (latin_hypercube(3, 20, seed=4) == places).all()
    assert not (latin_hypercube(3, 20, seed=5) == places).all()


def test_a_sobol_sequence_fills_a_square_more_evenly_than_chance():
    from scipy.stats import qmc

    places = sobol_sequence(2, 60, seed=1)
    assert len(places) == 64
    chance = np.random.default_rng(1).random((64, 2))
    assert qmc.discrepancy(places) < 0.3 * qmc.discrepancy(chance)
