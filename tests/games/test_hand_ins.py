"""Hand-ins are untrusted: whatever is in them, the round closes, the team keeps its decision and is told why."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path

import pytest
from small_games import TEAMS, closed

from sim.games import hand_in
from sim.games.game import Game, new_game, write_forms
from sim.games.hand_ins import hand_ins
from sim.games.rounds import said_of
from sim.scenario.errors import ScenarioError
from sim.scenario.load import load

HEAD = "team: Red\nround: 1\n"
BOMB = "".join(f"{b}: &{b} [{','.join(['*' + a] * 10)}]\n" for a, b in pairwise("abcdefgh"))
BROKEN = {
    "a word for a number": (HEAD + "price: cheap\n", ":3:8: price: cheap is not a number; allowed: 2.25 to 9"),
    "a decimal comma": (HEAD + "price: 4,2\n", ":3:8: price: 4,2 is not a number; use a point: 4.2"),
    "out of its range": (HEAD + "price: 99\n", ":3:8: price: 99 is above 9"),
    "below its range": (HEAD + "quality: -1\n", ":3:10: quality: -1 is below 0"),
    "not a number": (HEAD + "quality: .nan\n", ":3:10: quality: .nan is not a number"),
    "a misspelt lever": (HEAD + "advertsing: 0.5\n",
                         ":3:1: advertsing: this is none of the eight decisions; did you mean advertising?"),
    "a strategy": (HEAD + "strategy: mine.py:Mine\n", ":3:1: strategy: this is none of the eight decisions"),
    "a lever beyond the eight": (HEAD + "budget_factor: 9\n", ":3:1: budget_factor: this is none"),
    "an unknown word": (HEAD + "information: all\n", ":3:14: information: all is not among the words; allowed: sales"),
    "more than the budget": (HEAD + "advertising: 0.7\nrelations: 0.5\n",
                             ":3:14: advertising: advertising, service and relations sum to 1.4; at most 1"),
    "given twice": (HEAD + "price: 4\nprice: 5\n", ":4:1: price: given twice; the first time in line 3"),
    "no YAML": (HEAD + "price: [4\n", "1_Red.yaml:"),
    "a tab": (HEAD + "price:\n\tx: 4\n", ":4:1: this line is indented with a tab"),
    "a tag that would be code": (HEAD + "price: !!python/object/apply:os.getcwd []\n", ":3:8: price: the tag"),
    "a bomb of aliases": (f"{HEAD}a: &a [1,1,1,1,1,1,1,1,1,1]\n{BOMB}", "more than 20000 values"),
    "larger than a form": (HEAD + "# " + "x" * 1_100_000, ":1:1: larger than 1 MB; a form is a page of text"),
    "empty": ("", ":1:1: the file is empty"),
    "a list": ("- 1\n", ":1:1: a form is a mapping"),
    "no round": ("team: Red\nprice: 5\n", ":1:1: round: is missing"),
    "a round to come": ("team: Red\nround: 3\n", ":2:8: round: round 3 is not open yet; open is round 1"),
}
"""What stands in the form of Red, and what is said of it."""


def form(folder: Path, team: str = "Red") -> Path:
    return Game.opened(folder).form_path(team)


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_hand_in_keeps_the_last_decision_and_says_where_and_why(folder: Path, what: str) -> None:
    text, words = BROKEN[what]
    form(folder).write_text(text, encoding="utf-8")
    game = Game.opened(folder)
    found = hand_ins(game)[0]["Red"]
    assert found["status"] == "refused"
    assert found["values"] == game.start
    assert any(words in reason for reason in found["reasons"]), found["reasons"]
    assert all(reason.startswith("decisions/1_Red.yaml:") for reason in found["reasons"])


def test_the_round_closes_all_the_same_and_the_others_are_taken(folder: Path) -> None:
    closed(folder, Red={"price": 5.0})
    form(folder).write_text("team: Red\nround: 2\nprice: cheap\n", encoding="utf-8")
    record = closed(folder, Blue={"price": 4.0})
    assert record["decisions"]["Red"]["price"] == 5.0
    assert record["decisions"]["Blue"]["price"] == 4.0
    said = said_of(record)
    assert said[0] == "Red: cannot be used, so the last decision holds."
    assert said[1].startswith("  decisions/1_Red.yaml:3:8: price: cheap is not a number")
    assert said[2:] == ["Blue: handed in.", "Green: nothing handed in, so the last decision holds."]


def test_a_late_hand_in_keeps_the_last_decision(folder: Path) -> None:
    closed(folder, Red={"price": 5.0})
    form(folder).write_text("team: Red\nround: 1\nprice: 7\n", encoding="utf-8")
    record = closed(folder)
    assert record["decisions"]["Red"]["price"] == 5.0
    assert record["hand_ins"]["Red"]["reasons"] == [
        "decisions/1_Red.yaml:2:8: round: this is for round 1; open is round 2"]
    assert said_of(record)[0] == "Red: too late, so the last decision holds."


def test_two_files_of_one_team_are_not_guessed_between(folder: Path) -> None:
    for name, price in (("1_Red.yaml", 5), ("Red (1).yml", 6)):
        (folder / "decisions" / name).write_text(f"{HEAD}price: {price}\n", encoding="utf-8")
    game = Game.opened(folder)
    found = hand_ins(game)[0]["Red"]
    assert (found["status"], found["values"]) == ("refused", game.start)
    assert found["reasons"] == [
        "decisions/1_Red.yaml:1:1: Red handed in twice, see also decisions/Red (1).yml: keep one of the files"]


def test_a_file_of_an_earlier_round_does_not_disturb_one_of_this_round(folder: Path) -> None:
    closed(folder)
    (folder / "decisions" / "0 old.yaml").write_text(f"{HEAD}price: 7\n", encoding="utf-8")
    hand_in(folder, "Red", {"price": 6.0})
    found = hand_ins(Game.opened(folder))[0]["Red"]
    assert (found["status"], found["values"]["price"]) == ("handed in", 6.0)


@pytest.mark.parametrize("team", ["../../Red", "Rde", "", "/etc/passwd", "[Red]", "7"])
def test_a_file_of_no_team_is_said_and_leads_nowhere(folder: Path, team: str) -> None:
    before = sorted(folder.parent.rglob("*"))
    (folder / "decisions" / "x.yaml").write_text(f"team: {team}\nround: 1\nprice: 7\n", encoding="utf-8")
    record = closed(folder)
    assert len(record["notes"]) == 1
    assert record["notes"][0].startswith("decisions/x.yaml:1:")
    assert said_of(record)[-2:] == ["Files that belong to no team:", f"  {record['notes'][0]}"]
    assert all(one["status"] == "nothing" for one in record["hand_ins"].values())
    new = {path.name for path in folder.parent.rglob("*")} - {path.name for path in before}
    assert new == {"x.yaml", "history", "round_1.json", "round_1.yaml"}


def test_links_folders_and_files_that_are_none_are_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text(f"{HEAD}price: 7\n", encoding="utf-8")
    form(folder).unlink()
    form(folder).symlink_to(secret)
    (folder / "decisions" / "2_Blue.yaml").unlink()
    (folder / "decisions" / "2_Blue.yaml").mkdir()
    found, notes = hand_ins(Game.opened(folder))
    assert found["Red"]["reasons"] == ["decisions/1_Red.yaml:1:1: this is no file of its own"]
    assert found["Blue"]["reasons"] == ["decisions/2_Blue.yaml:1:1: this is no file of its own"]
    assert "text" not in found["Red"]
    assert notes == []


def test_a_file_in_another_encoding_is_said_to_be_so(folder: Path) -> None:
    form(folder).write_bytes("team: Red\nround: 1\n# цена\nprice: 5\n".encode("cp1251"))
    found = hand_ins(Game.opened(folder))[0]["Red"]
    assert "1_Red.yaml:3:3: not saved as UTF-8" in found["reasons"][0]


def test_what_is_left_out_stays_as_it_was_and_what_was_handed_in_is_kept(folder: Path) -> None:
    closed(folder, Red={"price": 5.0, "information": "reasons"})
    text = "team: Red\nround: 2\nquality: 0.8\nservice:\n"
    form(folder).write_text(text, encoding="utf-8")
    record = closed(folder)
    start = Game.opened(folder).start
    assert record["decisions"]["Red"] == {**start, "price": 5.0, "information": "reasons", "quality": 0.8}
    kept = record["hand_ins"]["Red"]
    assert kept["text"] == text
    assert kept["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert kept["saved"].endswith("+00:00")


def test_the_form_that_is_written_is_a_hand_in_that_changes_nothing(folder: Path) -> None:
    game = Game.opened(folder)
    text = form(folder).read_text(encoding="utf-8")
    form(folder).write_text(text + "# looked at, no change\n", encoding="utf-8")
    found = hand_ins(game)[0]["Red"]
    assert (found["status"], found["values"]) == ("handed in", game.start)
    assert all(f"{one.name}: " in text and one.words in text and one.allowed in text for one in game.levers)


def test_a_form_of_the_app_is_checked_like_a_file_and_the_last_one_counts(folder: Path) -> None:
    with pytest.raises(ScenarioError) as wrong:
        hand_in(folder, "Red", {"price": 99, "colour": "red", "information": "all"})
    assert [problem.path for problem in wrong.value.problems] == ["colour", "information", "price"]
    with pytest.raises(ValueError, match=r"There is no team red; did you mean Red\?"):
        hand_in(folder, "red", {})
    with pytest.raises(ScenarioError, match="price"):
        hand_in(folder, "Red", {"price": float("nan")})
    hand_in(folder, "Red", {"price": 5})
    hand_in(folder, "Red", {"price": 6})
    assert hand_ins(Game.opened(folder))[0]["Red"]["values"]["price"] == 6.0


def test_names_of_teams_never_become_places(tmp_path: Path) -> None:
    small = load("first_look", {"market.customers": 60})
    for name in ("../up", "a{b}", "x: y", "a\nb", "", " "):
        with pytest.raises(ValueError, match=r"a name cannot hold|at least two teams|a name has 1 to 40"):
            new_game(tmp_path / "game", small, [name, *(["Blue"] if name.strip() else [])])
    names = ["Команда 1", "<script>", "CON", "a & b"]
    game = new_game(tmp_path / "game", small, names)
    forms = sorted(path.name for path in (game.folder / "decisions").iterdir())
    assert forms == ["1_Команда_1.yaml", "2__script_.yaml", "3_CON.yaml", "4_a_b.yaml"]
    hand_in(game.folder, "<script>", {"price": 5.0})
    found = hand_ins(Game.opened(game.folder))[0]
    assert [found[name]["status"] for name in names] == ["nothing", "handed in", "nothing", "nothing"]


def test_new_forms_are_written_for_every_team(folder: Path) -> None:
    for path in (folder / "decisions").iterdir():
        path.unlink()
    write_forms(Game.opened(folder))
    assert len(list((folder / "decisions").iterdir())) == len(TEAMS)
