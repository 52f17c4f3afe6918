"""`sim lessons` copies the lessons and never overwrites a student's work; `sim doctor` says what is missing."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.cli.commands import doctor, lessons
from sim.teaching.lessons import self_study

Sim = Callable[..., Any]


def test_lessons_are_copied_and_what_is_there_is_left_alone(sim: Sim, tmp_path: Path) -> None:
    folder = tmp_path / "my lessons"
    done = sim("lessons", str(folder))
    assert done.code == 0, done.err
    copied = {path.name: path.read_bytes() for path in folder.glob("*.ipynb")}
    masters = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in lessons.lesson_files()}
    assert {name: json.loads(text) for name, text in copied.items()} == {
        name: self_study(master) for name, master in masters.items()}
    assert len(copied) >= 4
    assert b"# SOLUTION" not in b"".join(copied.values())
    first = folder / min(copied)
    first.write_text("my own work", encoding="utf-8")
    (folder / max(copied)).unlink()
    done = sim("lessons", str(folder))
    assert done.code == 0
    assert f"{len(copied) - 1} of them left as they were" in done.out
    assert first.read_text(encoding="utf-8") == "my own work"
    assert (folder / max(copied)).read_bytes() == copied[max(copied)]


def test_a_file_in_the_place_of_the_folder_is_refused(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    assert sim("lessons", str(tmp_path / "taken")).code == 2


def test_a_lesson_to_be_marked_that_is_not_there_is_named(sim: Sim, tmp_path: Path) -> None:
    done = sim("lessons", str(tmp_path / "marked"), "--graded", "77")
    assert done.code == 2
    assert "01, 02, 03" in done.err
    assert not (tmp_path / "marked").exists()


def test_without_jupyter_one_reads_how_to_install_it(sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lessons, "has_jupyter", lambda: False)
    monkeypatch.setattr(doctor, "has_jupyter", lambda: False)
    assert 'pip install ".[notebooks]"' in sim("lessons", str(tmp_path / "a")).out
    found = {one["what"]: one for one in json.loads(sim("doctor", "--json").out)}
    assert found["Jupyter"]["verdict"] == "note"
    assert 'pip install "clientele-lab[notebooks]"' in found["Jupyter"]["text"]
    assert found["lessons"]["verdict"] == "ok"


def test_a_port_that_is_taken_is_named_with_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(doctor, "JUPYTER_PORT", port)
        verdict, text = doctor._port()
    assert verdict == "note"
    assert f"`jupyter lab --port {port + 1}`" in text


def test_doctor_keeps_to_eighty_letters(sim: Sim) -> None:
    lines = sim("doctor").out.splitlines()
    assert max(len(line) for line in lines if " " in line.strip()) <= 80
