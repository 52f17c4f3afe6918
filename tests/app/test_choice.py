"""The state of the page: what it makes of a scenario, what stands in the address bar, what it refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sim.app.choice import PageChoice, RefusedError, from_query, opened, pasted, read_seed, shipped_choices
from sim.scenario import ScenarioError, load
from sim.scenario.effective import scenario_hash

OWN = """
extends: first_look
question: Does a promise pay?
controls:
  - {path: firms.Root.promise, words: "What Root promises", range: [0.3, 0.9], step: 0.05}
"""


def test_a_slider_back_at_its_start_is_not_moved_any_more() -> None:
    one = PageChoice(load("leaky_bucket"), 7)
    there = one.with_slider("firms.Rush.promise", 0.5)
    assert there.changed.firms["Rush"].promise == 0.5
    assert there.with_slider("firms.Rush.promise", 0.75).moved == {}
    assert scenario_hash(one.changed) == scenario_hash(one.scenario)


def test_other_shares_of_a_full_budget_give_way() -> None:
    changed = PageChoice(load("leaky_bucket"), 7).with_slider("firms.Root.spending.advertising", 0.6).changed
    assert changed.firms["Root"].spending.advertising == 0.6
    assert changed.firms["Root"].spending.relations == pytest.approx(0.4)


def test_the_scenario_names_its_sliders_and_others_get_the_usual_ones() -> None:
    assert [one.words for one in PageChoice(pasted(OWN), 1).sliders()] == ["What Root promises"]
    usual = PageChoice(load("placebo_identical_firms"), 1)
    bare = PageChoice(usual.scenario.model_copy(update={"controls": []}), 1)
    assert {one.path.split(".")[2] for one in bare.sliders()} == {"promise", "spending"}
    assert len(bare.sliders()) <= 8


def test_the_what_if_moves_the_start_of_the_sliders_and_mechanisms_go_off() -> None:
    one = PageChoice(load("leaky_bucket"), 7, what_if="fast_growth", off=("trust",))
    assert one.changed.market.growth.imitation_per_year == 3
    assert one.changed.mechanisms.trust == 0
    assert "trust" in [rung.mechanism for rung in one.rungs()]


@pytest.mark.parametrize("name", sorted(shipped_choices().values()))
def test_the_address_holds_the_state_and_gives_it_back(name: str) -> None:
    scenario = load(name)
    one = PageChoice(scenario, 2**53, next(iter(scenario.what_if), None))
    one = replace(one, off=tuple(rung.mechanism for rung in one.rungs()))
    for slider in one.sliders():
        one = one.with_slider(slider.path, slider.high if slider.value != slider.high else slider.low)
    query = one.query()
    assert len("&".join(f"{key}={value}" for key, value in query.items())) < 2000
    again, told = from_query(query, load("first_look"))
    assert told == []
    assert again.query() == query
    assert scenario_hash(again.changed) == scenario_hash(one.changed)


def test_an_address_that_asks_for_nonsense_gives_the_scenario_and_a_sentence() -> None:
    found, told = from_query({"scenario": "leaky_buckett", "seed": "1e9", "what_if": "no", "off": "x,,trust",
                              "firms.Root.promise": "7", "firms.Rush.promise": "nan"}, load("leaky_bucket"))
    assert (found.what_if, found.moved, found.off) == (None, {}, ("trust",))
    assert len(told) == 2
    assert "leaky_bucket" in told[0]


@pytest.mark.parametrize("text", ["", "-1", "1.5", "٣", "9007199254740993", "1" * 40, "seven"])
def test_a_bad_seed_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="2\\^53"):
        read_seed(text)


def test_what_is_pasted_is_data_and_names_no_file(tmp_path: Path) -> None:
    evil = tmp_path / "mine.py"
    evil.write_text("raise SystemExit('was run')", encoding="utf-8")
    for text in (f"extends: {tmp_path}/x.yaml\nquestion: '?'", "{question: '?', extends: ../x.yaml}",
                 "question: '?'\nfirms: {Root: {like: ../../x.yaml}}",
                 f"question: '?'\nextends: first_look\nfirms: {{Root: {{strategy: '{evil}:Mine'}}}}"):
        with pytest.raises((RefusedError, ScenarioError)):
            pasted(text)
    with pytest.raises(RefusedError, match="1 MB"):
        pasted(b"# " + b"x" * 10_000_000)
    with pytest.raises(RefusedError, match="UTF-8"):
        pasted("question: Кто?".encode("cp1251"))
    with pytest.raises(ScenarioError, match=r"own\.yaml:"):
        pasted("question: '?'\nfirms: [\n")
    with pytest.raises(RefusedError, match="no firm"):
        opened("base")


def test_aliases_are_counted_in_full() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    with pytest.raises(ScenarioError, match="aliases"):
        pasted(bomb)
