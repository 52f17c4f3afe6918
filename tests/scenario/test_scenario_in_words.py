"""What `explain`, `diff` and the table of parameters say."""

from __future__ import annotations

import pytest

from sim.scenario import load, load_text, shipped_names, with_what_if
from sim.scenario.diff import diff, diff_text
from sim.scenario.explain import explain
from sim.scenario.fields import guesses_in_use, parameter_table, parameter_text

PAIR = """\
title: Deals or relations
question: Who is worth more after five years?
claims: [C36]
market: {customers: 500, growth: {kind: bass}}
mechanisms: {level: heart, needs: 0.5}
firms:
  Rush: {spending: {advertising: 0.8}, price_cut: {depth: 0.2}}
  Root: {spending: {relations: 1}, price: 12}
events: [{kind: outage, year: 1, lasts_weeks: 3, firms: [Root]}]
what_if:
  better: {firms.Root.quality: 0.95}
  same: {}
expect: [{metric: customer_equity_money, firm: Root, above: Rush, why: "C36: promises"}]
"""


def test_explain_tells_the_whole_scenario() -> None:
    said = explain(load_text(PAIR))
    assert said.startswith("Deals or relations\nWho is worth more after five years?\nTextbook claims: C36.\n")
    for sentence in (
        "500 people may buy. They are watched for 5 years in 60 periods of a month, after 0 years of warm-up.",
        "3 % are there at the start",
        "Each may spend EUR 1,200 a year (2.4 for each person of the market); price cuts count as spending.",
        "Left unspent (price cuts and recovery are paid from it): Rush 20 % of the budget.",
        "Level heart.",
        "Its own strengths: needs 0.5 instead of 0.",
        "Year 1, for 3 weeks: outage (Root): severity",
        "better: firms.Root.quality from 0.7 to 0.95.",
        "same: nothing changes.",
        "customer_equity_money of Root is above Rush at the end, in at least 80 % of runs: C36: promises",
    ):
        assert sentence in said
    assert "Root 0 %" not in said


def test_firms_stand_side_by_side_with_what_differs_only() -> None:
    rows = [line.split() for line in explain(load_text(PAIR)).splitlines()]
    assert ["what", "differs", "Rush", "Root"] in rows
    assert ["price_cut.depth", "0.2", "0"] in rows
    assert ["price", "10", "12"] in rows
    assert not any(row[:1] == ["quality"] for row in rows)


def test_identical_firms_are_called_identical() -> None:
    assert "The 2 firms are identical: A, B." in explain(load_text("question: Who?\nfirms: {A: {}, B: {}}\n"))


def test_a_scenario_without_firms_is_explained_too() -> None:
    assert "None: this file is for others to extend." in explain(load("base"))


def test_numbers_that_differ_from_the_extended_file_carry_a_star() -> None:
    said = explain(load_text("extends: first_look\nmarket: {customers: 777}\nfirms: {Root: {quality: 0.83}}\n"))
    assert "Built on first_look; differs from it in 2 places (marked *)." in said
    starred = [line for line in said.splitlines() if "*" in line][1:]
    assert len(starred) == 2
    assert "777 people" in starred[0]
    assert "0.83*" in starred[1]


def test_guesses_are_counted_and_listed_with_value_and_range() -> None:
    scenario = load_text(PAIR)
    found, total = guesses_in_use(scenario)
    assert f"{len(found)} of the {total} numbers in use are guesses" in explain(scenario)
    listed = explain(scenario, guesses=True)
    assert "  psychology.appraisal.tolerance = 0.06  (quality, 0 to 0.5): half-width of the zone" in listed
    assert "loss_aversion" not in listed


def test_numbers_of_absent_mechanisms_are_not_in_use() -> None:
    basic = load_text(PAIR, overrides={"mechanisms": {"level": "basic", "needs": 0}, "market.growth.kind": "none"})
    names = {guess.name for guess in guesses_in_use(basic)[0]}
    assert not any(name.startswith(("psychology.mood", "psychology.needs", "market.growth")) for name in names)
    full = {guess.name for guess in guesses_in_use(load_text(PAIR, overrides={"mechanisms.level": "full"}))[0]}
    assert names < full


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_scenario_can_be_explained(name: str) -> None:
    scenario = load(name)
    assert scenario.question.split()[0] in explain(scenario)
    for overlay in scenario.what_if:
        assert f"With the what-if {overlay} applied." in explain(with_what_if(scenario, overlay))


def test_a_scenario_differs_from_itself_in_nothing() -> None:
    one = load_text(PAIR)
    assert diff(one, one) == []
    assert diff_text(one, one) == "text and text give the same market: no assumption differs.\n"


def test_diff_names_each_value_with_unit_and_says_which_are_guesses() -> None:
    one = load_text(PAIR)
    other = load(one, {"market.customers": 90, "title": "New", "psychology.appraisal.tolerance": 0.1})
    found = {each.path: (each.a, each.b, each.unit, each.is_guess) for each in diff(one, other)}
    assert found == {
        "market.customers": (500, 90, "people", True),
        "psychology.appraisal.tolerance": (0.06, 0.1, "quality", True),
    }
    assert diff_text(one, other, "before", "after").splitlines()[-1] == (
        "2 assumptions differ; the source of 2 is a guess."
    )


def test_diff_shows_each_strength_that_another_level_changes() -> None:
    one = load_text(PAIR)
    paths = [each.path for each in diff(one, load(one, {"mechanisms.level": "full"}))]
    assert "mechanisms.level" in paths
    assert "mechanisms.reviews" in paths
    assert "mechanisms.trust" not in paths


def test_a_firm_or_event_that_only_one_has_is_one_difference() -> None:
    one = load_text(PAIR)
    more = load(one, {"firms.Third": {"price": 3}, "events": []})
    assert [(each.path, each.a, each.b) for each in diff(one, more)] == [
        ("events[0]", "there", None), ("firms.Third", None, "there")
    ]


def test_the_table_is_filtered_by_words_of_name_and_label() -> None:
    assert [one.name for one in parameter_table("how deep cut")] == [
        "past.price_cut.depth", "firms.NAME.price_cut.depth"]
    assert len(parameter_table()) > 250
    assert all(one.is_guess for one in parameter_table("trust", guesses=True))
    assert "psychology.appraisal.loss_aversion = 1.9  (ratio, 1 to 4)" in parameter_text("loss_aversion")


def test_a_filter_that_fits_nothing_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"no number has 'qualty' in its name or label; nearest: quality"):
        parameter_table("qualty")
