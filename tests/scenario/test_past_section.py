"""What a scenario says about its past: read, refused, printed, compared."""

from __future__ import annotations

import pytest

from sim.scenario import ScenarioError, load, load_text
from sim.scenario.diff import diff
from sim.scenario.effective import effective_yaml
from sim.scenario.explain import explain
from sim.scenario.fields import full_name, numbers_in_use, parameter_table

TWO = "question: Who stays?\nfirms: {Rush: {}, Root: {quality: 0.8}}\n"
OLD = TWO + "clock: {warm_up_years: 2}\npast: {quality: 0.6, spending: {relations: 0.1}}\n"


def test_left_out_the_past_is_a_typical_firm() -> None:
    past = load_text(TWO).past
    assert past.spending.model_dump() == {
        "advertising": 0.4, "service": 0.2, "people": 0.0, "capacity": 0.0, "relations": 0.4}
    assert past.information == "identity"


def test_a_share_that_is_changed_leaves_the_others_as_they_are() -> None:
    assert load_text(OLD).past.spending.advertising == 0.4
    assert load(load_text(OLD), {"past.spending.advertising": 0.5}).past.spending.relations == 0.1


@pytest.mark.parametrize(("said", "message"), [
    ("past: {spending: {advertising: 1}}\n",
     "3:8: past.spending: the shares sum to 1.6 (advertising 1, service 0.2, relations 0.4); at most 1"),
    ("past: {strategy: mixed}\n", "3:8: past.strategy: unknown key"),
    ("past: {budget_factor: 2}\n", "3:8: past.budget_factor: unknown key"),
    ("past: {price_cut: {phase_weeks: -1}}\n", "3:33: past.price_cut.phase_weeks: -1 is below 0; allowed: 0 to 520"),
])
def test_what_a_past_cannot_be_is_refused_with_its_place(said: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_text(TWO + said)
    assert message in str(caught.value)


def test_a_number_that_overspends_the_past_is_refused_however_it_is_given() -> None:
    scenario = load_text(OLD)
    with pytest.raises(ScenarioError, match=r"past\.spending: the shares sum to 1\.2"):
        load(scenario, {"past.spending.advertising": 0.9})


def test_the_effective_scenario_gives_the_same_past_again() -> None:
    scenario = load_text(OLD)
    again = load_text(effective_yaml(scenario))
    assert again.past == scenario.past
    assert again.source.hash == scenario.source.hash


def test_explain_tells_the_past_where_there_is_one() -> None:
    said = " ".join(explain(load_text(OLD)).split())
    assert ("For 2 years before money is counted every firm does the same, on the common budget: quality 0.6, "
            "spending.advertising 0.4, spending.service 0.2, spending.relations 0.1; all else at the defaults.") in said
    assert "The past" not in explain(load_text(TWO))


def test_diff_names_what_differs_in_the_past() -> None:
    one = load_text(OLD)
    (found,) = diff(one, load(one, {"past.price_cut.phase_weeks": 3}))
    assert (found.path, found.a, found.b, found.unit, found.is_guess) == (
        "past.price_cut.phase_weeks", None, 3.0, "weeks", True)


def test_parameters_list_the_past_with_its_own_defaults() -> None:
    table = {one.name: one for one in parameter_table("past.spending")}
    assert {name: one.default for name, one in table.items()} == {
        "past.spending.advertising": 0.4, "past.spending.service": 0.2, "past.spending.people": 0.0,
        "past.spending.capacity": 0.0, "past.spending.relations": 0.4}
    assert all(one.is_guess for one in table.values())


def test_levers_of_the_past_take_no_short_name_and_no_hint_from_the_others() -> None:
    assert full_name("past.service") == "past.spending.service"
    assert full_name("service") == "service"
    with pytest.raises(ScenarioError, match=r"did you mean firms\.<name>\.recovery\.delay_weeks"):
        load_text(TWO + "delay_weeks: 3\n")


def test_the_past_is_a_decision_like_the_levers_of_firms() -> None:
    assert not any(one.name.startswith(("past.", "firms.")) for one in numbers_in_use(load_text(OLD)))
