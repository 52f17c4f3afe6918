"""Study files are read like scenario files: every error at once, with its place and what would be right."""

import pytest

from sim.scenario import ScenarioError, shipped_names
from sim.scenario.shipped import shipped_folder, study_names
from sim.studies.study_file import load_study, load_study_text

GOOD = """\
title: Where does knowing pay?
design: winner_map
scenario: penny_goods
set: {market.customers: 300, clock.years: 2}
factors:
  product.price: [0.8, 80]
  product.margin: [0.3, 0.6]
pair: [Mass, Intimate]
replications: 3
seed: 5
cells: 3
"""


def problems(text):
    with pytest.raises(ScenarioError) as caught:
        load_study_text(text, "my_study.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_study_says_what_is_run_on_what():
    written = load_study_text(GOOD, "my_study.yaml")
    assert written.study.design == "winner_map"
    assert written.study.cells == 3
    assert written.scenario.market.customers == 300
    assert list(written.scenario.firms) == ["Mass", "Intimate"]


def test_shipped_studies_are_fine_and_are_no_scenarios():
    assert {"price_border", "what_would_flip_first_look"} <= set(study_names())
    assert not set(study_names()) & set(shipped_names())
    for name in study_names():
        written = load_study(name)
        assert written.study.title
        assert written.study.question.endswith("?")
        assert load_study(shipped_folder() / "studies" / f"{name}.yaml").study == written.study


@pytest.mark.parametrize(("line", "wrong", "place", "words"), [
    ("design: winner_map", "design: winner_mop", "2:9", "did you mean winner_map?"),
    ("scenario: penny_goods", "scenario: penny_good", "3:11", "did you mean penny_goods?"),
    ("set: {market.customers: 300,", "set: {market.custmers: 300,", "4:7", "did you mean customers?"),
    ("set: {market.customers: 300,", "set: {market.customers: -3,", "4:25", "-3 is below 1"),
    ("[0.8, 80]", "[0.8]", "6:18", "is no range; allowed: two numbers, [low, high]"),
    ("[0.8, 80]", "[80, 0.8]", "6:18", "the low end 80 is not below the high end 0.8"),
    ("[0.3, 0.6]", "[0.3, 1.6]", "7:19", "1.6 is above 0.99"),
    ("  product.margin", "  product.margn", "7:3", "did you mean margin?"),
    ("replications: 3", "replications: 0", "9:15", "0 is below 1"),
    ("replications: 3", "replikations: 3", "9:1", "did you mean replications?"),
    ("cells: 3", "cells: many", "11:8", "many is not a number"),
    ("cells: 3", "cels: 3", "11:1", "did you mean cells?"),
    ("cells: 3", "proofs: 40", "11:1", "winner_map does not take this; it is for flip"),
    ("seed: 5", "seed: 0,5", "10:7", "use a point: 0.5"),
])
def test_every_error_has_its_place_and_says_what_is_right(line, wrong, place, words):
    assert line in GOOD
    found = problems(GOOD.replace(line, wrong))
    assert len(found) == 1
    assert found[0].startswith(f"my_study.yaml:{place}: ")
    assert words in found[0]


def test_all_errors_come_at_once():
    found = problems(GOOD.replace("0.6]", "1.6]").replace("cells: 3", "cels: 3").replace("300", "-1"))
    assert len(found) == 3


def test_an_empty_file_and_a_list_are_told_as_studies():
    assert "the smallest study has a design and a scenario" in problems("")[0]
    assert "a study is a mapping" in problems("- winner_map")[0]


@pytest.mark.parametrize(("text", "words"), [
    ("{design: optimise, scenario: first_look}", "levers: is missing: optimise needs it"),
    ("{design: sweep, scenario: first_look}", "factors: is missing: sweep needs it"),
    ("{design: calibrate, scenario: first_look, targets: {Root.market_share: 0.5}}", "parameters: is missing"),
    ("{scenario: first_look}", "design: is missing"),
    ("{design: stress}", "scenario: is missing"),
    ("{design: stress, scenario: base}", "there is no firm in this file"),
    ("{design: sweep, scenario: first_look, factors: {product.price: 3}}", "allowed: a list of values"),
    ("{design: flip, scenario: first_look, factors: word}", "did you mean world?"),
    ("{design: flip, scenario: first_look, factors: [1]}", "1 is not a dotted name"),
    ("{design: flip, scenario: first_look, factors: 3}", "allowed: ranges by dotted name"),
])
def test_what_is_missing_or_of_the_wrong_form_is_said(text, words):
    assert any(words in problem for problem in problems(text)), problems(text)


def test_a_scenario_beside_the_study_is_found(tmp_path):
    (tmp_path / "mine.yaml").write_text("question: Who?\nfirms: {Rush: {}, Root: {}}\n", encoding="utf-8")
    file = tmp_path / "study.yaml"
    file.write_text("design: stress\nscenario: mine.yaml\n", encoding="utf-8")
    assert list(load_study(file).scenario.firms) == ["Rush", "Root"]
    (tmp_path / "mine.yaml").write_text("question: Who?\nfirms: {Rush: {qality: 0.4}}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"mine.yaml:2:16: firms.Rush.qality: .*did you mean quality"):
        load_study(file)
