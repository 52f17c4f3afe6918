"""Commands about scenario files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Sim = Callable[..., Any]


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_scenarios_lists_each_with_its_question(sim: Sim) -> None:
    listed = sim("scenarios")
    assert listed.code == 0
    for entry in json.loads(sim("scenarios", "--json").out):
        assert entry["name"] in listed.out
        assert entry["question"]
        assert not entry["firms"] or entry["question"] in listed.out


def test_validate_says_that_a_file_is_fine(sim: Sim, tmp_path: Path) -> None:
    file = write(tmp_path / "my market.yaml", "question: Who stays?\nfirms: {Rush: {}, Root: {}}\n")
    done = sim("validate", file)
    assert (done.code, done.out.splitlines()[0], done.err) == (0, f"{file}: fine (Rush, Root).", "")
    assert "Extends nothing: every number that it does not give is a default" in done.out


def test_what_a_firm_does_without_is_said_once(sim: Sim, tmp_path: Path) -> None:
    firms = "{Rush: {}, Root: {care: {proactive: 0.5}}}"
    file = write(tmp_path / "market.yaml", f"question: Who stays?\nmarket: {{customers: 60}}\nfirms: {firms}\n")
    notice = "Root: care.proactive needs information: surveys or more; it records identity, so it is done without."
    for command in (("validate",), ("explain",), ("run", "-n", "2", "--no-idle")):
        told = sim(command[0], file, *command[1:])
        assert told.code == 0
        words = " ".join(told.out.split())
        assert words.count(notice) == 1
        assert words.count("it does not give is a default; markets to build on: bank") == 1
    (answer,) = json.loads(sim("validate", file, "--json").out)
    assert answer["notices"][0] == notice
    assert answer["notices"][1].startswith("Extends nothing: ")


def test_validate_shows_all_errors_of_all_files_at_once(sim: Sim, tmp_path: Path) -> None:
    one = write(tmp_path / "one.yaml", "question: Who?\nmarkt: {}\nfirms: {A: {qualty: 0.5}}\n")
    two = write(tmp_path / "two.yaml", "question: Who?\nfirms: {A: {quality: 0,5}}\n")
    done = sim("validate", one, two, "first_look")
    assert done.code == 2
    assert "first_look: fine" in done.out
    lines = done.err.splitlines()
    assert any(":2:1:" in line and "market" in line for line in lines)
    assert any(":3:13:" in line and "quality" in line for line in lines)
    assert any("0.5" in line and "point" in line for line in lines)
    assert lines[-1] == "3 problems in 2 files."


def test_validate_answers_a_machine(sim: Sim, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.yaml", "question: Who?\nfirms: {A: {quality: 7}}\n")
    done = sim("validate", bad, "--json")
    assert done.code == 2
    (answer,) = json.loads(done.out)
    (problem,) = answer["problems"]
    assert (problem["line"], problem["path"]) == (2, "firms.A.quality")


@pytest.mark.parametrize("name", ["nope", "frist_look", "no/such/file.yaml", ""])
def test_a_name_that_is_nothing_is_refused_in_words(sim: Sim, name: str) -> None:
    done = sim("validate", name)
    assert done.code == 2
    assert "Traceback" not in done.err
    if name == "frist_look":
        assert "did you mean first_look" in done.err
