"""`extends`, presets, overrides and what-ifs: what lies on top wins, and the rest stays."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from sim.scenario import ScenarioError, load, load_text, parse_override, scenario_hash, with_what_if

BASE = """\
question: Who stays?
notes: about the base
claims: [C36]
market: {customers: 300, friends: {each: 4}}
firms:
  Root: {quality: 0.8, spending: {service: 0.3}}
  Rush: {promise: 0.9}
people: {segments: {busy: {share: 0.5}, calm: {share: 0.5}}}
expect:
  - {metric: m, firm: Root, above: Rush, why: C36}
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "loud.yaml").write_text(
        "title: Loud\nnotes: talks\npromise: 0.95\nprice: 12\nspending: {advertising: 0.6}\n"
    )


def child(text: str, name: str = "child.yaml") -> Path:
    """A file with that text."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def refusal(path: Path) -> str:
    """What is said about a file."""
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return str(caught.value)


def test_mappings_merge_and_single_values_replace() -> None:
    scenario = load(child("extends: base.yaml\nmarket: {friends: {each: 2}}\nfirms: {Root: {price: 9}, Third: {}}\n"))
    assert (scenario.market.customers, scenario.market.friends.each) == (300, 2)
    assert list(scenario.firms) == ["Root", "Rush", "Third"]
    assert (scenario.firms["Root"].quality, scenario.firms["Root"].price) == (0.8, 9)
    assert scenario.question == "Who stays?"


def test_lists_replace() -> None:
    assert load(child("extends: base.yaml\nexpect: []\n")).expect == []


def test_notes_and_claims_are_not_inherited() -> None:
    scenario = load(child("extends: base.yaml\n"))
    assert (scenario.notes, scenario.claims) == ("", [])


def test_a_firm_set_to_null_is_taken_out() -> None:
    scenario = load(child("extends: base.yaml\nfirms: {Rush: null}\nexpect: []\n"))
    assert list(scenario.firms) == ["Root"]


def test_a_segment_set_to_null_is_taken_out() -> None:
    scenario = load(child("extends: base.yaml\npeople: {segments: {busy: null, calm: {share: 1}}}\n"))
    assert list(scenario.people.segments) == ["calm"]


def test_an_expectation_of_a_removed_firm_is_refused_where_it_stands() -> None:
    said = refusal(child("extends: base.yaml\nfirms: {Rush: null}\n"))
    assert said == "base.yaml:10:36: expect[0].above: there is no firm Rush; allowed: Root"


def test_a_wrong_value_of_the_extended_file_is_said_with_that_file() -> None:
    Path("base.yaml").write_text(BASE.replace("300", "0"))
    assert refusal(child("extends: base.yaml\n")).startswith("base.yaml:4:21: market.customers: 0 is below 1")


def test_a_wrong_value_that_the_child_replaces_is_not_said() -> None:
    Path("base.yaml").write_text(BASE.replace("300", "0"))
    assert load(child("extends: base.yaml\nmarket: {customers: 40}\n")).market.customers == 40


def test_extending_is_relative_to_the_file_not_to_the_working_directory() -> None:
    assert load(child("extends: ../base.yaml\n", "deep/er.yaml")).market.customers == 300


def test_extending_in_a_circle_is_refused_with_the_way() -> None:
    child("extends: b.yaml\n", "a.yaml")
    child("extends: a.yaml\n", "b.yaml")
    said = refusal(Path("a.yaml"))
    assert said == "b.yaml:1:10: extends: goes round in a circle: a.yaml extends b.yaml extends a.yaml"


def test_extending_itself_is_refused() -> None:
    said = refusal(child("extends: child.yaml\n"))
    assert said == "child.yaml:1:10: extends: goes round in a circle: child.yaml extends child.yaml"


def test_too_long_a_chain_is_refused() -> None:
    for number in range(25):
        child(f"extends: f{number + 1}.yaml\n", f"f{number}.yaml")
    assert "extends: more than 20 files extend one another" in refusal(Path("f0.yaml"))


def test_a_missing_extended_file_is_answered_with_the_nearest() -> None:
    said = refusal(child("extends: bas.yaml\n"))
    assert said == "child.yaml:1:10: extends: there is no file bas.yaml; did you mean base.yaml?"


def test_a_preset_lies_under_the_firms_own_keys() -> None:
    text = "question: Who?\nfirms: {Root: {like: presets/loud.yaml, price: 8, spending: {people: 0.1}}}\n"
    root = load(child(text)).firms["Root"]
    assert (root.promise, root.price) == (0.95, 8)
    assert (root.spending.advertising, root.spending.people) == (0.6, 0.1)


def test_a_preset_is_found_again_after_the_working_directory_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "extends: base.yaml\nfirms: {New: {like: presets/loud.yaml}}\nwhat_if: {a: {firms.New.lock: 1}}\n"
    scenario = load(child(text))
    monkeypatch.chdir("/")
    assert with_what_if(scenario, "a").firms["New"].promise == 0.95


def test_own_keys_of_the_extended_file_beat_the_preset_of_the_child() -> None:
    rush = load(child("extends: base.yaml\nfirms: {Rush: {like: presets/loud.yaml}}\n")).firms["Rush"]
    assert (rush.promise, rush.price) == (0.9, 12)


def test_a_wrong_value_of_a_preset_is_said_with_its_file() -> None:
    Path("presets/loud.yaml").write_text("promise: 3\n")
    said = refusal(child("question: Who?\nfirms: {Root: {like: presets/loud.yaml}}\n"))
    assert said.startswith("presets/loud.yaml:1:10: firms.Root.promise: 3 is above 1")


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("share: 2", "firms.Root.share: a preset holds levers, strategy and settings; this belongs to the firm"),
        ("like: other", "firms.Root.like: a preset holds levers, strategy and settings; this belongs to the firm"),
        ("promse: 0.5", "firms.Root.promse: unknown key in a preset; did you mean promise?"),
    ],
)
def test_a_preset_holds_levers_only(key: str, message: str) -> None:
    Path("presets/loud.yaml").write_text(key + "\n")
    said = refusal(child("question: Who?\nfirms: {Root: {like: presets/loud.yaml}}\n"))
    assert said.startswith(f"presets/loud.yaml:1:1: {message}")


def test_overrides_reach_every_number_and_add_or_remove_firms() -> None:
    overrides = {"market.customers": 1e3, "firms.Root.spending.service": 0.25, "firms.Rush": None, "firms.New": {},
                 "expect": [], "clock": {"years": 3}}
    scenario = load("base.yaml", overrides)
    assert (scenario.market.customers, scenario.clock.years) == (1000, 3)
    assert list(scenario.firms) == ["Root", "New"]
    assert scenario.firms["Root"].spending.service == 0.25
    assert scenario.source.overrides == overrides


def test_numbers_of_numpy_are_numbers() -> None:
    scenario = load("base.yaml", {"market.customers": np.int64(70), "clock.years": np.float32(2.5)})
    assert (scenario.market.customers, scenario.clock.years) == (70, 2.5)


def test_overrides_of_the_command_line_are_read_like_a_file() -> None:
    pairs = [parse_override(text) for text in ("market.customers=1e2", "firms.Rush=null", "expect=[]", "title=no")]
    scenario = load("base.yaml", dict(pairs))
    assert (scenario.market.customers, list(scenario.firms), scenario.title) == (100, ["Root"], "no")


def test_overriding_in_two_steps_is_overriding_in_one() -> None:
    first, second = {"market.customers": 50}, {"clock.years": 2}
    assert load(load("base.yaml", first), second) == load("base.yaml", {**first, **second})


WHAT_IFS = BASE + """\
what_if:
  nothing: {}
  nested: {firms: {Root: {quality: 0.5}}, market: {customers: 100}}
  dotted: {firms.Root.quality: 0.5, market.customers: 100}
  loud: {firms.Root.like: presets/loud.yaml}
  alone: {firms.Rush: null}
  calm: {events: [], clock.years: 2}
"""


def test_a_what_if_is_the_scenario_with_its_changes() -> None:
    scenario = load(child(WHAT_IFS))
    nested = with_what_if(scenario, "nested")
    assert nested == load(scenario, {"firms.Root.quality": 0.5, "market.customers": 100})
    assert nested == with_what_if(scenario, "dotted")
    assert nested.source.what_if == "nested"
    assert (scenario.market.customers, scenario.source.what_if) == (300, None)


def test_a_what_if_of_nothing_changes_nothing() -> None:
    scenario = load(child(WHAT_IFS))
    assert with_what_if(scenario, "nothing") == scenario
    assert scenario_hash(with_what_if(scenario, "nothing")) == scenario_hash(scenario)


def test_a_what_if_may_name_a_preset_or_take_a_firm_out() -> None:
    scenario = load(child(WHAT_IFS))
    loud = with_what_if(scenario, "loud").firms["Root"]
    assert (loud.price, loud.quality) == (12, 0.8)
    assert list(with_what_if(scenario, "alone").firms) == ["Root"]


def test_overrides_stay_in_the_what_if() -> None:
    scenario = load(child(WHAT_IFS), {"clock.years": 4})
    assert with_what_if(scenario, "nested").clock.years == 4
    assert with_what_if(scenario, "calm").clock.years == 2


def test_a_scenario_changed_in_python_keeps_its_change_in_the_what_if() -> None:
    scenario = load(child(WHAT_IFS))
    changed = scenario.model_copy(update={"clock": scenario.clock.model_copy(update={"years": 7.0})})
    assert with_what_if(changed, "nested").clock.years == 7
    assert load(changed, {"market.customers": 20}).clock.years == 7


def test_an_unknown_what_if_is_answered_with_the_nearest() -> None:
    with pytest.raises(ScenarioError, match="there is no what-if 'nestd'; did you mean nested"):
        with_what_if(load(child(WHAT_IFS)), "nestd")


def test_a_scenario_is_frozen_and_pickles_with_its_source() -> None:
    scenario = load("base.yaml")
    with pytest.raises(ValueError, match="frozen"):
        scenario.title = "x"
    again = pickle.loads(pickle.dumps(scenario))
    assert again == scenario
    assert again.source.name == "base"
    assert again.source.places[("market", "customers")].line == 4


def test_equal_numbers_are_equal_scenarios_wherever_they_came_from() -> None:
    assert load("base.yaml") == load_text(BASE)
