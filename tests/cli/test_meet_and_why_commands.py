"""`sim meet` and `sim why`: whom one meets and how that is said, pictures, two files, errors in plain words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Sim = Callable[..., Any]
SMALL = ("--customers", "60", "--set", "clock.years=1")
MARKET = """
question: Who earns more?
market: {customers: 60}
clock: {years: 1}
firms: {A: {quality: 0.7, spending: {advertising: 1.0}}, B: {quality: 0.75, promise: 0.6}}
"""


def met(sim: Sim, *said: str) -> dict[str, Any]:
    done = sim("meet", "first_look", *said, *SMALL, "--json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_a_number_may_stand_alone_or_behind_who(sim: Sim) -> None:
    assert met(sim, "5") == met(sim, "--who", "5")
    assert met(sim, "5")["person"] == 5


def test_somebody_by_chance_is_met_where_nobody_is_named(sim: Sim) -> None:
    assert met(sim)["person"] == met(sim, "--random")["person"] == met(sim, "random")["person"]


@pytest.mark.parametrize("said", [("--most-changed",), ("--who", "most-changed"), ("most_changed",)])
def test_who_changed_most_is_met_in_both_variants(sim: Sim, said: tuple[str, ...]) -> None:
    done = sim("meet", "silent_exit", *said, *SMALL, "--what-if", "easy_to_complain", "--json")
    assert done.code == 0, done.err
    assert len(json.loads(done.out)["lives"]) == 2


@pytest.mark.parametrize(("said", "words"), [
    (("5", "--who", "left"), "Say once whom to meet, not 5 and left."),
    (("--random", "--most-changed"), "Say once whom to meet"),
    (("60",), "numbered 0 to 59"),
    (("lft",), "did you mean left?"),
    (("--most-changed",), "name a what-if"),
    (("5", "--picture", "life.gif"), "'life.gif' ends in '.gif'"),
    (("5", "--choice", "99"), "there is no period 99"),
])
def test_what_cannot_be_met_is_said_in_a_sentence(sim: Sim, said: tuple[str, ...], words: str) -> None:
    done = sim("meet", "first_look", *said, *SMALL)
    assert done.code == 2
    assert words in " ".join(done.err.split())


def test_a_life_and_a_choice_are_drawn_into_files(sim: Sim, tmp_path: Path) -> None:
    story = met(sim, "left")["lives"][0]["facts"]
    chosen = next(fact for fact in story if fact["kind"] == "chooses" and fact["date"].startswith("month"))
    month = chosen["date"].removeprefix("month ")
    for name, more in (("life.svg", ()), ("choice.svg", ("--choice", month))):
        assert sim("meet", "first_look", "left", *SMALL, "--picture", str(tmp_path / name), *more).code == 0
        assert (tmp_path / name).read_text(encoding="utf-8").lstrip().startswith("<?xml")


def test_two_files_are_compared(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(MARKET)
    (tmp_path / "b.yaml").write_text(MARKET.replace("promise: 0.6", "promise: 0.9"))
    done = sim("why", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"), "-n", "2", "--json", "--out", str(tmp_path))
    assert done.code == 0, done.err
    found = json.loads(done.out)
    rows, path = found["tables"]["why"], found["tables"]["why_path"]
    assert [row["decision"] for row in rows] == ["promise", "difference"]
    assert rows[0]["part"] == rows[1]["part"] == path[-1]["part"] != 0.0
    assert (tmp_path / "why_path.png").is_file()
    assert (tmp_path / "why.png").is_file()


def test_files_with_other_firms_cannot_be_compared(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(MARKET)
    (tmp_path / "b.yaml").write_text(MARKET.replace("B: {", "C: {"))
    done = sim("why", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"), "-n", "2")
    assert done.code == 2
    assert "in one of the two scenarios only" in done.err
