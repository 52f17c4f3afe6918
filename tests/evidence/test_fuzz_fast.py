"""Some hundred cases of the study of damage: `python tests/evidence/fuzz.py` tries 101,200."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import fuzz
import pytest
import typer
from calling import called, commands, contents, faults_of, lost

SEED = 2
"""Of its own: the study begins with 1."""
FAST = {"files": 400, "options": 40, "stores": 20, "runs": 6, "loops": 6, "lines": 8}


@pytest.fixture(autouse=True, scope="module")
def nothing_is_left() -> Iterator[None]:
    """The folder of the cases goes."""
    yield
    shutil.rmtree(fuzz.place().folder)


@pytest.fixture(autouse=True)
def where_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Cases change the folder and the environment; both are put back."""
    monkeypatch.chdir(Path.cwd())
    with patch.dict(os.environ):
        os.environ.pop("SIM_DEBUG", None)
        yield


@pytest.mark.parametrize("kind", FAST)
def test_cases_are_held(kind: str) -> None:
    codes, wrong = fuzz.chunk(kind, range(FAST[kind]), SEED)
    assert [f"--seed {SEED} --case {kind}:{number}: {faults}" for number, faults in wrong] == []
    assert codes.total() == FAST[kind]


def test_a_case_follows_from_seed_and_number() -> None:
    def drawn() -> tuple[list[str], bytes]:
        arguments, _ = fuzz.arguments_of("files", random.Random("1 files 17"))
        return arguments, Path("case.yaml").read_bytes()

    assert drawn() == drawn()


def test_most_kinds_of_commands_are_drawn() -> None:
    drawn = {fuzz.whole_line(random.Random(f"1 lines {number}"))[0] for number in range(fuzz.COUNTS["lines"])}
    assert len(drawn & set(commands())) > 0.9 * len(commands())


def ended(code: int) -> None:
    raise typer.Exit(code)


FINE = {"file": "first_look", "firms": [], "problems": [], "notices": []}
PLANTED: dict[str, Callable[[], object]] = {
    "a fault of the program": lambda: 1 // 0, r"raw '\x1b'": lambda: print("\x1b[31mred"),
    "a traceback": lambda: print("Traceback (most recent call last):"), "not done": lambda: exec("while True: pass"),
    "exit code 7": lambda: ended(7), "exit code 2 without a word": lambda: ended(2),
    "mine is changed": lambda: Path("mine").write_text("x", encoding="utf-8"),
    "mine is gone": lambda: Path("mine").unlink(),
}


@pytest.mark.parametrize("words", PLANTED)
def test_the_study_can_fail(words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine").write_text("years of work", encoding="utf-8")
    before = contents(tmp_path)
    monkeypatch.setattr("sim.cli.commands.validate._answer", lambda *_: (PLANTED[words](), FINE)[1])
    _, found = faults_of(["validate", "first_look"], 0.3)
    assert any(words in one for one in [*found, *lost(before, tmp_path)])


def test_what_a_command_prints_is_caught_as_a_pipe_gets_it() -> None:
    done = called("validate", "first_look")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("first_look: fine (")
