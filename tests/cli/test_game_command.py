"""`sim game`: a lecturer's way through a game, word for word in the demo."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_games import closed, small_game

Sim = Callable[..., Any]
TEXT = Path(__file__).parents[1] / "golden" / "texts" / "game_demo.txt"
NEW = ("game", "new", "class", "--teams", "Red,Blue", "--rounds", "1", "--months", "3", "--no-trial",
       "--customers", "60", "--set", "market.occasions_at_most=2", "--set", "clock.warm_up_years=0.25")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_demo_plays_three_rounds_word_for_word(sim: Sim) -> None:
    """`RENEW_TEXTS=1` writes the text anew: read it aloud."""
    done = sim("game", "demo", "--customers", "100", "-q")
    assert done.code == 0, done.err
    if os.environ.get("RENEW_TEXTS"):
        TEXT.write_text(done.out, encoding="utf-8")
    assert done.out == TEXT.read_text(encoding="utf-8")


def test_a_game_from_its_folder_to_its_debrief(sim: Sim) -> None:
    made = sim(*NEW)
    assert made.code == 0, made.err
    assert "class/decisions/1_Red.yaml" in made.out
    path = Path("class/decisions/2_Blue.yaml")
    path.write_text(path.read_text(encoding="utf-8").replace("price: 4.5", "price: 5.5"), encoding="utf-8")
    played = sim("game", "round", "class/decisions", "-q")
    assert played.code == 0, played.err
    assert played.out.startswith("Round 1 of 1, up to year 0.25\nRed: nothing handed in")
    assert "Blue: handed in." in played.out
    assert "The same decisions in 8 other markets" in played.out
    for picture in ("board_1", "course_1"):
        assert (Path("class/pictures") / f"{picture}.png").read_bytes().startswith(b"\x89PNG")
    again = sim("game", "board", "class")
    assert again.out == played.out.partition("Picture:")[0]
    replayed = sim("game", "replay", "class", "-q")
    assert (replayed.code, replayed.out) == (0, "Round 1: every number is the same.\n")
    run = sim("run", "class/history/round_1.yaml", "-n", "1", "--no-idle", "-q")
    assert run.code == 0, run.err
    os.chdir("class")
    why = sim("game", "why", "Red", "-q")
    assert why.code == 0, why.err
    assert "price 5.5 from year 0" in why.out
    assert "difference" in why.out


def test_an_edited_history_is_told_and_is_no_success(sim: Sim, tmp_path: Path) -> None:
    folder = small_game(tmp_path / "class").folder
    closed(folder, Red={"price": 5.0})
    file = folder / "history" / "round_1.json"
    file.write_text(file.read_text(encoding="utf-8").replace('"price": 5.0', '"price": 6.0'), encoding="utf-8")
    done = sim("game", "replay", "class", "-q")
    assert done.code == 1
    assert done.out.startswith("Round 1 differs from what is stored: rows[0].")


def test_the_last_round_is_opened_again_by_its_option_only(sim: Sim, tmp_path: Path) -> None:
    folder = small_game(tmp_path / "class").folder
    closed(folder, Red={"price": 5.0})
    refused = sim("game", "round", "class", "-q")
    assert (refused.code, refused.out) == (2, "")
    assert "Nobody has handed in anything for round 2" in refused.err
    assert sim("game", "round", "class", "--again").out.startswith("Round 1 is open again")
    assert sim("game", "round", "class", "-q", "--no-pictures").code == 0
    assert not (folder / "pictures").exists()


@pytest.mark.parametrize(("words", "said"), [
    (("round", "nowhere"), "There is no game in this folder: nowhere"),
    (("board",), "There is no game in this folder: ."),
    (("board", "class"), "That round is not closed; closed are: none"),
    (("replay", "class"), "No round of this game is closed yet."),
    (("round", "class", "--again"), "No round of this game is closed yet."),
    (("why", "Red", "--game", "class"), "No round that counts is closed yet."),
    (("new", "class"), "There is something in this folder: class"),
    (("new", "other", "--teams", "Red"), "A game needs at least two teams."),
    (("new", "other", "--teams", "Red,Re.d"), "firms.Re.d: a name cannot hold '.'"),
    (("new", "other", "--scenario", "firstlook"), "did you mean first_look?"),
    (("new", "other", "--lang", "fr"), "there is no language 'fr'"),
    (("rond",), "No such command 'rond'"),
])
def test_what_cannot_be_done_is_said_in_one_sentence(sim: Sim, tmp_path: Path, words: Any, said: str) -> None:
    small_game(tmp_path / "class")
    done = sim("game", *words)
    assert done.code == 2
    assert said in " ".join(done.err.replace("│", " ").split())
    assert not Path("other").exists()


def test_a_debrief_of_no_team_names_those_there_are(sim: Sim, tmp_path: Path) -> None:
    folder = small_game(tmp_path / "class").folder
    closed(folder, Red={"price": 5.0})
    done = sim("game", "why", "Rde", "--game", "class", "-q")
    assert done.code == 2
    assert "Red, Blue, Green" in done.err


def test_help_names_the_six_commands(sim: Sim) -> None:
    done = sim("game", "--help")
    assert done.code == 0
    assert [verb in done.out for verb in ("new", "round", "board", "why", "replay", "demo")] == [True] * 6
    assert "game" in sim("--help").out
