"""Where results shall go is tried before the first run: nobody waits for an answer that cannot be kept."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

Sim = Callable[..., Any]
SMALL = ("--customers", "60", "--set", "clock.years=1", "-n", "2")
LONG = "x" * 300
OPTIONS = (
    ("run", "first_look", *SMALL, "--out"), ("compare", "leaky_bucket", *SMALL, "--store"),
    ("report", "first_look", "-o"), ("equity", "first_look", "--out"), ("demo", "--out"), ("schema", "--out"),
    ("fit", "nothing.csv", "--out"), ("results", "nothing.sqlite", "--csv"),
)


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a_file").write_text("mine", encoding="utf-8")
    Path("a_folder").mkdir()
    Path("loop").symlink_to("loop")


@pytest.fixture
def no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.runs.task.whole_run", None)  # a run would now fail


@pytest.mark.usefixtures("no_run")
@pytest.mark.parametrize(("command", "words"), [
    (("run", "first_look", *SMALL, "--out", "a_file"), "a_file is a file"),
    (("compare", "leaky_bucket", *SMALL, "--out", "a_file/inside"), "a_file/inside cannot be written"),
    (("sweep", "first_look", *SMALL, "--factor", "firms.Root.price=4,5", "--out", "a_file"), "a_file is a file"),
    (("sweep", "first_look", *SMALL, "--factor", "firms.Root.price=4,5", "--store", "a_folder"), "is a folder"),
    (("flip", "first_look", *SMALL, "--out", "a_file"), "a_file is a file"),
    (("report", "first_look", *SMALL, "-o", "a_file/r.html"), "a_file/r.html cannot be written"),
    (("demo", "--out", "a_file"), "a_file is a file"),
    (("results", "nothing.sqlite", "--csv", "a_folder"), "a_folder is a folder"),
    *[((*command, f"{long}"), "File name too long")
      for long in (LONG, f"{LONG}/inside", f"inside/{LONG}") for command in OPTIONS],
    *[((*command, "loop/inside"), "loop/inside cannot be written") for command in OPTIONS],
])
def test_a_place_that_cannot_be_written_is_refused_before_the_first_run(sim: Sim, command: Any, words: str) -> None:
    before = sorted(path.as_posix() for path in Path().rglob("*"))
    done = sim(*command)
    assert done.code == 2
    assert words in " ".join(done.err.replace("│", " ").split()), done.err
    assert done.out == ""
    assert sorted(path.as_posix() for path in Path().rglob("*")) == before, "nothing is left behind"


def test_a_new_folder_is_made_with_its_parents(sim: Sim) -> None:
    done = sim("sweep", "first_look", *SMALL, "--factor", "firms.Root.price=4,5", "--out", "new/and/deep", "--quiet")
    assert done.code == 0, done.err
    assert Path("new/and/deep/sweep.csv").is_file()


@pytest.mark.usefixtures("no_run")
@pytest.mark.parametrize("command", OPTIONS)
def test_a_place_for_which_one_has_no_permission_is_refused_in_a_sentence(sim: Sim, monkeypatch, command: Any) -> None:
    """The system's refusal is acted out: whoever runs the tests may be allowed everything."""
    looked = os.stat

    def refused(path: Any, **how: Any) -> os.stat_result:
        if "closed" in str(path):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return looked(path, **how)

    monkeypatch.setattr(os, "stat", refused)
    done = sim(*command, "closed/in/here")
    assert done.code == 2
    assert "closed/in/here cannot be written (Permission denied)" in " ".join(done.err.replace("│", " ").split())


def test_an_error_while_options_are_read_is_answered_too(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Path) -> Path:
        raise OSError(5, "Input/output error", "disk")

    monkeypatch.setattr("sim.cli.options._writable", broken)
    monkeypatch.setattr("sim.cli.options._refused", lambda _: nullcontext())
    done = sim("schema", "--out", "new.json")
    assert (done.code, done.err) == (2, "disk: Input/output error.\n")
