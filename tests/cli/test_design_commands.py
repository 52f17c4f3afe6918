"""The verbs that defend an answer: words, JSON, files, refusals, time."""

import json
import re
from pathlib import Path

import pytest

TINY = """\
title: Two shops
question: Who?
clock: {years: 1}
market: {customers: 300}
firms: {Rush: {quality: 0.5}, Root: {quality: 0.9}}
"""


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(TINY, encoding="utf-8")
    return "tiny.yaml"


COMMANDS = {
    "sensitivity": ("--factor", "product.margin=0.3,0.6", "-n", "2"),
    "winner-map": ("--factor", "product.margin=0.3,0.6", "--factor", "product.price=5,20", "--cells", "2", "--depth",
                   "0", "-n", "2"),
    "flip": ("--factor", "product.margin=0.5,0.9", "-n", "2", "--proofs", "20"),
    "ladder": ("--start", "heart", "-n", "2"),
    "stress": ("--stresses", "recession,crisis", "-n", "2"),
    "optimise": ("--lever", "firms.Root.price=8,12", "--trials", "8", "-n", "2"),
    "calibrate": ("--target", "Root.market_share=0.6,0.1", "--parameter", "product.price=5,20", "-n", "2"),
}


@pytest.mark.parametrize("verb", COMMANDS)
def test_every_verb_tells_two_sentences_and_a_table(sim, tiny, verb):
    done = sim(verb, tiny, *COMMANDS[verb], "--outcome", "market_share") if verb != "calibrate" else sim(
        verb, tiny, *COMMANDS[verb])
    assert done.code == 0, done.err
    assert not [line for line in done.err.splitlines() if not line.startswith("About ")], "but for a forecast"
    lines = done.out.splitlines()
    assert lines[0] == "Two shops"
    assert len(lines[1]) > 60
    assert "runs (" in lines[-1]
    assert len(lines) > 4


@pytest.mark.parametrize("verb", ["sensitivity", "stress", "flip"])
def test_a_verb_gives_json(sim, tiny, verb):
    done = sim(verb, tiny, *COMMANDS[verb], "--json", "--quiet")
    assert done.code == 0, done.err
    data = json.loads(done.out)
    assert {"asked", "changed", "design", "explain", "settings", "tables", "words"} == set(data)
    assert data["settings"]["runs"] > 0
    assert all(rows for rows in data["tables"].values())


def test_an_answer_is_saved_and_the_store_holds_its_runs(sim, tiny):
    command = ("stress", tiny, "--stresses", "crisis", "-n", "2", "--store", "runs.sqlite", "--out", "my answer")
    done = sim(*command)
    assert done.code == 0, done.err
    assert "Saved: my answer." in done.out
    assert {"stress.csv", "stress.txt", "stress.json"} <= {file.name for file in Path("my answer").iterdir()}
    assert "crisis" in Path("my answer/stress.txt").read_text(encoding="utf-8")
    again = sim(*command)
    assert again.out.splitlines()[1] == done.out.splitlines()[1]
    assert sim("results", "runs.sqlite").code == 0


def test_the_options_change_what_is_asked(sim, tiny):
    done = sim("stress", tiny, "--stresses", "crisis", "-n", "2", "--pair", "Root,Rush", "--outcome", "market_share",
               "--seed", "5", "--set", "clock.years=0.75", "--customers", "60", "--json")
    data = json.loads(done.out)
    assert data["settings"]["question"] == "market share, Rush minus Root"
    assert data["settings"]["seed"] == 5
    assert data["words"]["option_b"] == "Rush"


@pytest.mark.parametrize(("arguments", "words"), [
    (("flip", "--factor", "product.margn"), "did you mean margin"),
    (("flip", "--factor", "firms.Root.quality=0.4,0.9"), "is a lever"),
    (("flip", "--factor", "world", "--factor", "product.margin"), "stands alone"),
    (("winner-map", "--factor", "product.margin"), "two factors, not 1"),
    (("winner-map", "--firm", "Root"), "two options"),
    (("sensitivity", "--method", "sobl"), "did you mean sobol"),
    (("stress", "--stresses", "crises"), "did you mean crisis"),
    (("stress", "--pair", "Rush,Rot"), "Rot"),
    (("ladder", "--start", "hart"), "did you mean heart"),
    (("optimise", "--lever", "product.margin=0.3,0.6"), "is no lever"),
    (("optimise", "--lever", "firms.Root.price"), "is not a lever"),
    (("calibrate", "--target", "Rot.market_share=0.5", "--parameter", "product.price=5,20"), "did you mean Root"),
    (("stress", "--outcome", "markt_share"), "did you mean market_share"),
    (("stress", "-n", "1"), "two replications"),
])
def test_what_cannot_be_done_is_a_sentence_and_code_2(sim, tiny, arguments, words):
    verb, *options = arguments
    done = sim(verb, tiny, *options)
    assert done.code == 2
    assert words in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


def test_a_study_file_is_conducted_checked_and_listed(sim, tiny):
    Path("study.yaml").write_text("design: stress\nscenario: tiny.yaml\ntitle: Hard times\nstresses: [crisis]\n"
                                  "replications: 2\n", encoding="utf-8")
    done = sim("study", "study.yaml", "--out", "out")
    assert done.code == 0, done.err
    assert done.out.startswith("Hard times\n")
    assert Path("out/stress.csv").is_file()
    assert sim("study", "study.yaml", "--check").out == "study.yaml: fine (stress of tiny.yaml).\n"
    listed = sim("study")
    assert "price_border" in listed.out
    names = {entry["name"] for entry in json.loads(sim("study", "--json").out)}
    assert names >= {"price_border", "what_would_flip_first_look"}
    assert not names & {entry["name"] for entry in json.loads(sim("scenarios", "--json").out)}


def test_a_wrong_study_file_is_told_with_its_places(sim, tiny):
    Path("study.yaml").write_text("design: strss\nscenario: tiny.yml\nstresses: crisis\n", encoding="utf-8")
    done = sim("study", "study.yaml")
    assert done.code == 2
    assert "study.yaml:1:9: design: " in done.err
    assert "did you mean stress?" in done.err
    assert "study.yaml:2:11: scenario: " in done.err
    assert "study.yaml:3:11: stresses: " in done.err
    assert "3 problems" in done.err


def test_the_border_is_drawn_in_letters(sim, tiny):
    done = sim("winner-map", tiny, *COMMANDS["winner-map"], "--outcome", "market_share")
    assert "a: Rush, b: Root, point: too close to call" in done.out
    rows = re.findall(r"^ +[\d.]+ to [\d.]+((?: [ab.])+)$", done.out, re.MULTILINE)
    assert 2 <= len(rows) <= 15, "no finer than the cells, and no longer than a screen"
    assert all(len(row.split()) <= 15 for row in rows)
