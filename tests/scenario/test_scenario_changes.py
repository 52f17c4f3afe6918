"""What options changed is told, commands work as printed, and what follows from an error is not an error."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from sim.scenario.calling import base_called, called, command, options_of
from sim.scenario.changes import (
    builds_on_nothing,
    changes_in_words,
    changes_of,
    difference_in_words,
)
from sim.scenario.diff import inherits_expectations
from sim.scenario.errors import ScenarioError
from sim.scenario.load import load, load_text, with_what_if
from sim.scenario.shipped import shipped_names

MINE = "question: Who stays?\nextends: leaky_bucket\n"
TWO = "question: Who stays?\nfirms: {Rush: {}, Root: {}}\n"
CLAIM = "expect:\n  - {metric: market_share, firm: Root, above: Rush, year: 9, why: C1}\n"


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "my files"
    folder.mkdir()
    file = folder / "it's mine.yaml"
    file.write_text(MINE, encoding="utf-8")
    return file


def test_nothing_is_changed_unless_options_change_it() -> None:
    scenario = load("leaky_bucket")
    assert changes_of(scenario) == []
    assert changes_in_words(scenario) == ""
    same = load(scenario, {"market.customers": scenario.market.customers})
    assert changes_in_words(same) == ""


def test_changes_of_options_come_first_and_those_of_a_what_if_are_told_too() -> None:
    scenario = with_what_if(load("leaky_bucket", {"market.leave_per_year": 0.3}), "fast_growth")
    words = changes_in_words(scenario)
    assert words.startswith("changed: market.leave_per_year = 0.3 (was 0); ")
    assert "market.growth.imitation_per_year = 3 (was 1.6)" in words
    assert options_of(scenario) == ["--set", "market.leave_per_year=0.3", "--what-if", "fast_growth"]


def test_an_abbreviated_name_and_a_change_on_top_of_a_change_are_told_against_the_file() -> None:
    first = load("leaky_bucket", {"firms.Root.promise": 0.6})
    second = load(first, {"firms.Root.promise": 0.9, "market.amplitude": 0.2})
    now = {each.path: (each.a, each.b) for each in changes_of(second)}
    assert now == {"firms.Root.promise": (load("leaky_bucket").firms["Root"].promise, 0.9),
                   "market.season.amplitude": (0.0, 0.2)}


def test_a_firm_taken_out_and_many_changes_are_told_in_short() -> None:
    assert "without firm Rush" in changes_in_words(load(
        {"question": "Who?", "firms": {"Rush": {}, "Root": {}}}, {"firms.Rush": None}))
    words = changes_in_words(load("leaky_bucket", {"mechanisms.level": "basic"}))
    assert words.startswith("changed: mechanisms.level = basic (was full); ")
    assert words.endswith(" more")
    assert difference_in_words(load("leaky_bucket"), load("leaky_bucket")) == "nothing is changed"


def test_commands_name_a_file_as_it_is_found_from_where_one_stands(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load(str(mine), {"market.customers": 300, "firms.Root.strategy": "as_written"})
    words = shlex.split(command(["explain"], scenario, "--guesses"))
    assert words[:4] == ["sim", "explain", str(Path("my files") / "it's mine.yaml"), "--guesses"]
    again = load(words[2], {"market.customers": 300})
    assert again.market.customers == 300
    assert base_called(scenario) == "leaky_bucket"
    monkeypatch.chdir(mine.parent)
    assert called(scenario) == mine.name
    other = mine.parent.parent / "elsewhere"
    other.mkdir()
    monkeypatch.chdir(other)
    assert load(called(scenario)).question == scenario.question
    assert called(load("coffee_shop")) == "coffee_shop"


def test_a_value_in_a_command_is_read_back_as_the_same_value() -> None:
    changes = {"firms.Root.price_cut": {"depth": 0.1, "to": "lapsed"}, "title": "no: 3", "events": []}
    words = options_of(load("leaky_bucket", changes))
    from sim.cli.options import overrides_from

    assert overrides_from(words[1::2]) == changes


def test_a_forgotten_extends_is_said_with_the_scenario_that_was_probably_meant(tmp_path: Path) -> None:
    for name, meant in (("leaky_bucket_2.yaml", "leaky_bucket"),
                        ("homework.yaml", "to build on: bank, base, coffee_shop")):
        file = tmp_path / name
        file.write_text(TWO, encoding="utf-8")
        said = builds_on_nothing(load(str(file)))
        assert said.startswith("Extends nothing: every number that it does not give is a default; ")
        assert meant in said
    mine = tmp_path / "mine.yaml"
    mine.write_text(MINE, encoding="utf-8")
    assert builds_on_nothing(load(str(mine))) == ""
    assert not any(builds_on_nothing(load(name)) for name in shipped_names()[:5])


def test_expectations_are_inherited_only_where_a_file_has_none_of_its_own() -> None:
    assert inherits_expectations(load_text(MINE)) == "leaky_bucket"
    assert inherits_expectations(load("leaky_bucket")) == ""
    assert inherits_expectations(load_text(MINE + CLAIM.replace("year: 9, ", ""))) == ""


@pytest.mark.parametrize(("text", "paths"), [
    (MINE + "firms:\n  - Rush\n  - Root\n", ["firms"]),
    (MINE + "clock: 3\n", ["clock"]),
    (MINE + "firms: Rush\nproduct: [1]\n", ["firms", "product"]),
    ("question: Who?\nfrims: {Rush: {}, Root: {}}\n" + CLAIM.replace("year: 9, ", ""), ["frims"]),
    ("“question”: Who?\nfirms: {Rush: {}}\n", ["“question”"]),
    (TWO + "clock: {yeers: 3}\n" + CLAIM, ["clock.yeers", "expect[0].year"]),
    (TWO + "what_if: [a]\npeople: {segments: {a: {share: 0.5}, b: {share: 0.7}}}\n", ["people.segments", "what_if"]),
    (TWO + CLAIM.replace("Root", "Rot"), ["expect[0].firm", "expect[0].year"]),
])
def test_what_follows_from_an_error_is_not_reported_and_everything_else_is(text: str, paths: list[str]) -> None:
    with pytest.raises(ScenarioError) as refused:
        load_text(text)
    assert sorted(problem.path for problem in refused.value.problems) == paths


def test_letters_that_only_look_right_are_named() -> None:
    for text, said in (
        (TWO.replace("Rush", "R\N{CYRILLIC SMALL LETTER U}sh") + CLAIM.replace("year: 9, ", ""), ""),
        (TWO + "m\N{CYRILLIC SMALL LETTER A}rket: {}\n", "Letter 2 is Cyrillic (а): write the Latin a."),
        (TWO + "mechanisms: {level: fu\N{CYRILLIC CAPITAL LETTER BYELORUSSIAN-UKRAINIAN I}l}\n",
         "Letter 3 is Cyrillic (І): write the Latin l."),
        (TWO + "market: {leave_per_year: “0.3”}\n", "Letters 1 and 5 are typographic quotes (“ ”): leave them out."),
    ):
        with pytest.raises(ScenarioError) as refused:
            load_text(text)
        assert said in str(refused.value)
