"""`sim forecasts` and `sim grade`: a class's files in, a table, a picture, a CSV out; what is wrong is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.teaching.forecasts import forecast
from sim.teaching.hand_ins import hand_in
from sim.teaching.reveals import reveal

Sim = Callable[..., Any]
ROW: dict[str, Any] = {"metric": "customer_equity_money", "unit": "money", "firm_a": "Rush", "firm_b": "Root",
                       "low": 2000.0, "high": 8000.0, "n": 10}


@pytest.fixture
def class_folder(tmp_path: Path) -> Path:
    """Twenty-two students with a forecast each; three of them are wrong."""
    for k in range(22):
        folder = tmp_path / "class" / f"anna{k}"
        folder.mkdir(parents=True)
        forecast("01", winner="Rush" if k < 3 else "Root", difference=1000 + 300 * k, sure=0.8, because="my secret",
                 folder=folder)
        reveal("01", ROW, folder=folder)
    return tmp_path / "class"


def test_the_forecasts_of_a_class(sim: Sim, class_folder: Path, tmp_path: Path) -> None:
    done = sim("forecasts", str(class_folder), "-o", str(tmp_path / "class.png"))
    assert done.code == 0, done.err
    assert "22 forecasts that count:" in done.out
    assert "Sure: 80 %; right: 86 %. Brier's score: 0.122" in done.out
    assert "anna" not in done.out
    assert "secret" not in done.out
    assert (tmp_path / "class.png").read_bytes().startswith(b"\x89PNG")
    assert "anna21" in sim("forecasts", str(class_folder), "--names").out


def test_reasons_leave_only_where_they_are_asked_for(sim: Sim, class_folder: Path, tmp_path: Path) -> None:
    sim("forecasts", str(class_folder), "-o", str(tmp_path / "a.csv"))
    sim("forecasts", str(class_folder), "-o", str(tmp_path / "b.csv"), "--because")
    without, with_them = (pd.read_csv(tmp_path / f"{name}.csv") for name in "ab")
    assert set(with_them.columns) - set(without.columns) == {"because"}
    assert "secret" not in sim("forecasts", str(class_folder), "--json").out
    assert json.loads(sim("forecasts", str(class_folder), "--json").out)["calibration"]["forecasts"] == 22


def test_few_forecasts_have_no_calibration(sim: Sim, class_folder: Path) -> None:
    for k in range(3):
        (class_folder / f"anna{k}" / "forecasts.json").unlink()
    assert "Calibration is told from 20 forecasts on" in sim("forecasts", str(class_folder)).out


@pytest.mark.parametrize(("arguments", "words"), [
    (("--lesson", "09"), "there are: 01"), (("-o", "picture.bmp"), "ends in .png"),
    (("-o", "x.png", "--lesson", "1"), "01"),
])
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], words: str, sim: Sim, class_folder: Path,
                                     tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = sim("forecasts", str(class_folder), *arguments)
    assert done.code == 2
    assert words in done.err
    assert "Traceback" not in done.err


def test_a_picture_shows_one_lesson(sim: Sim, class_folder: Path, tmp_path: Path) -> None:
    forecast("02", winner="Root", sure=0.5, folder=class_folder / "anna1")
    done = sim("forecasts", str(class_folder), "-o", str(tmp_path / "x.svg"))
    assert done.code == 2
    assert "add --lesson" in done.err
    done = sim("forecasts", str(class_folder), "-o", str(tmp_path / "x.svg"), "--lesson", "02")
    assert "nothing to draw" in done.err


@pytest.mark.parametrize("command", ["forecasts", "grade"])
def test_an_empty_folder_and_one_that_is_not_there(command: str, sim: Sim, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        done = sim(command, str(folder))
        assert done.code == 2
        assert "There " in done.err


def test_grades_of_a_class(sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.teaching.markets.CUSTOMERS", 60)
    answer: dict[str, Any] = {"winner": "Root", "firm": "Root", "seed": 3, "number": 1.0, "because": "they stay"}
    for name in ("anna", "boris"):
        (tmp_path / "class" / name).mkdir(parents=True)
        hand_in("01", "a1" if name == "anna" else "a2", folder=tmp_path / "class" / name, **answer)
    (tmp_path / "ids.txt").write_text("a1\n", encoding="utf-8")
    done = sim("grade", str(tmp_path / "class"), "--csv", str(tmp_path / "marks.csv"), "--ids",
               str(tmp_path / "ids.txt"))
    assert done.code == 0, done.err
    assert "2 answers; markets were run from id and seed, no notebook was." in done.out
    table = pd.read_csv(tmp_path / "marks.csv", dtype=str)
    assert table["replays"].tolist() == ["no", "no"]
    assert table["id"].tolist() == ["own", "not on the list"]
    assert table["because"].tolist() == ["they stay"] * 2
    assert "they stay" not in done.out
    assert set(json.loads(sim("grade", str(tmp_path / "class"), "--course", "other", "--json").out)["answers"][0]) >= {
        "replays", "same_market_as"}
