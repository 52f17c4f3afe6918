"""A market for each student, and what is handed in about it: read as data, run again, compared."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.scenario.effective import effective_yaml
from sim.teaching.hand_ins import FILE, HandIn, hand_in, handed_in, marks
from sim.teaching.markets import GRADED, code_of, market_of, my_market, sure_leader, values_of

ANSWER: dict[str, Any] = {"winner": "Root", "firm": "Root", "seed": 3, "number": 1234.5, "because": "people stay"}


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small markets, so that an answer takes a moment."""
    monkeypatch.setattr("sim.teaching.markets.CUSTOMERS", 80)


def test_the_same_id_gives_the_same_market_and_another_id_another() -> None:
    assert effective_yaml(my_market("a123")) == effective_yaml(my_market("  A123 "))
    assert my_market("a123") != my_market("a123", course="2027")
    made = [market_of(f"id{k}") for k in range(200)]
    assert len({json.dumps(one) for one in made}) == 200
    assert len({code_of(f"id{k}") for k in range(200)}) == 200
    costs = [one["product"]["information_cost"] for one in made]
    assert 60 < sum(cost < 5 for cost in costs) < 140, "about half of all students have cheap information"
    assert "a123" not in json.dumps(market_of("a123")), "the id cannot be read from the market"


def test_without_an_id_one_sees_an_example() -> None:
    assert my_market(...) == my_market("example")
    for nobody in ("", "  ", None):
        with pytest.raises(ValueError, match="Which id is yours"):
            my_market(nobody)


def test_a_market_is_a_scenario_like_any_other(quickly: None) -> None:
    mine = my_market("a123")
    assert mine.title == f"Market {code_of('a123')}"
    assert list(sim.run(mine, seed=1).periods["firm"].unique()) == ["Rush", "Root"]


@pytest.mark.slow
def test_for_200_ids_the_graded_sign_is_sure_in_at_least_95_percent() -> None:
    found = Counter(sure_leader(my_market(f"student{k:03d}"), GRADED) for k in range(200))
    assert found["Root"] + found["Rush"] >= 190, found
    assert min(found["Root"], found["Rush"]) >= 60, "neither answer is right for nearly all"


def test_what_is_missing_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    said = hand_in("01", ..., folder=tmp_path, **{**ANSWER, "number": ...})
    assert not said
    assert repr(said) == "Nothing is handed in yet: fill in student_id, number and run this cell again."
    assert list(tmp_path.iterdir()) == []


def test_an_answer_is_written_and_run_once(quickly: None, tmp_path: Path) -> None:
    true = values_of(my_market("a1"), 3, GRADED)["Root"]
    assert "It replays" in repr(hand_in("01", "a1", folder=tmp_path, **{**ANSWER, "number": true}))
    assert "It does not replay" in repr(hand_in("02", "a1", folder=tmp_path, **ANSWER))
    kept = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))["lessons"]
    assert sorted(kept) == ["01", "02"]
    assert kept["01"]["market"] == code_of("a1")


@pytest.mark.parametrize("wrong", [{"seed": -1}, {"seed": 1.5}, {"number": "many"}, {"because": "x" * 2001},
                                   {"overrides": {"firms.Root.strategy": "mine.py:Mine"}}, {"points": 100}])
def test_what_is_no_answer_is_refused(wrong: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        hand_in("01", "a1", folder=tmp_path, **{**ANSWER, **wrong})
    assert list(tmp_path.iterdir()) == []


def one(student: str, **changed: Any) -> HandIn:
    return HandIn(**{"on": "2026-02-02T10:00", "student": student, "market": code_of(student), **ANSWER} | changed)


def test_marks_say_what_replays_what_is_foreign_and_what_is_the_same(quickly: None) -> None:
    numbers = {student: values_of(my_market(student), 3, GRADED)["Root"] for student in ("a1", "a2", "a3")}
    found = {
        "right": {"01": one("a1", number=numbers["a1"])}, "wrong": {"01": one("a2", number=numbers["a2"] + 100)},
        "copied": {"01": one("a1", number=numbers["a1"])}, "foreign": {"01": one("a3", market=code_of("a1"))},
        "unlisted": {"01": one("a9")}, "larger": {"01": one("a2", overrides={"market.customers": 10.0})},
        "odd": {"01": one("a2", overrides={"firms.Nobody.price": 1.0})}, "metric": {"01": one("a2", metric="beauty")},
    }
    table = marks(found, ids=["A1", "a2 ", "a3"]).set_index("file")
    assert table["replays"].to_dict() == {"right": "yes", "wrong": "no", "copied": "yes", "foreign": "no",
                                          "unlisted": "no", "larger": "no", "odd": "no", "metric": "no"}
    assert table["id"].to_dict() == {**dict.fromkeys(found, "own"), "foreign": "wrong", "unlisted": "not on the list"}
    assert table.loc["right", "same_market_as"] == "copied, foreign"
    assert table.loc["wrong", "same_market_as"] == "larger, odd, metric"
    assert table.loc["unlisted", "same_market_as"] == ""


def test_the_winner_is_judged_by_ten_runs(quickly: None, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"root": {"01": one("a1", winner="root")}, "rush": {"01": one("a1", winner="Rush")}}
    monkeypatch.setattr("sim.teaching.hand_ins.sure_leader", lambda *_: "Rush")
    assert marks(found)["winner"].tolist() == ["no", "yes"]
    assert set(marks(found)["judged_by"]) == {"ten runs"}
    monkeypatch.setattr("sim.teaching.hand_ins.sure_leader", lambda *_: "")
    told = values_of(my_market("a1"), 3, GRADED)
    best = max(told, key=lambda firm: told[firm])
    assert marks(found)["winner"].tolist() == ["yes" if best == name else "no" for name in ("Root", "Rush")]
    assert set(marks(found)["judged_by"]) == {"own run"}


def test_answers_are_found_in_folders_and_zips_and_bad_ones_are_said(tmp_path: Path) -> None:
    text = json.dumps({"version": 1, "lessons": {"01": json.loads(one("a1").model_dump_json())}})
    (tmp_path / "anna").mkdir()
    (tmp_path / "anna" / FILE).write_text(text, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "boris.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("work/answers.json", text)
        packed.writestr("../answers.json", "0" * 5_000_000)
    (tmp_path / "broken.zip").write_bytes(b"PK no zip")
    (tmp_path / "link_answers.json").symlink_to(tmp_path / "anna" / FILE)
    found, unread = handed_in(tmp_path)
    assert sorted(found) == ["anna/answers.json", "boris.zip!work/answers.json"]
    assert len(unread) == 2
    assert "more than 1 MB" in " ".join(unread)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["anna", "boris.zip", "broken.zip", "link_answers.json"]
