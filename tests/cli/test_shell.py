"""The shell around the commands: help, errors in plain words, exit codes, plain consoles."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from sim.cli.app import FIRST, PANELS, build
from sim.cli.errors import CannotDoError, explained, guarded
from sim.cli.study_commands import HELP_OF_STUDIES
from sim.registry import COMMANDS
from sim.text.console import Pace, bar, columns, encodable, say, say_json

Sim = Callable[..., Any]
NAMES = sorted(name.replace("_", "-") for name in (*COMMANDS.names(), *HELP_OF_STUDIES))


def test_every_file_in_the_folder_and_every_study_is_a_command(sim: Sim) -> None:
    listed = sim("--all").out
    assert [name for name in NAMES if name not in listed] == []
    assert all(panel in listed for panel in PANELS)


def test_the_first_screen_shows_ten_commands_in_groups_and_the_way_to_the_rest(sim: Sim) -> None:
    listed = sim("--help").out
    shown = re.findall(r"^│ ([a-z]\S*) ", listed, re.MULTILINE)
    assert len(FIRST) == 10
    assert sorted(shown) == sorted(set(FIRST) & set(NAMES))
    assert "Teach" in re.findall(r"─ ([A-Z][a-z ]+) ─", listed)
    assert "sim --all" in listed
    assert listed.strip() == sim().out.strip()
    assert len(re.findall(r"^│ ([a-z]\S*) ", sim("--all").out, re.MULTILINE)) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself(sim: Sim, name: str) -> None:
    done = sim(name, "--help")
    assert done.code == 0
    assert f"sim {name}" in done.out
    assert done.err == ""


def test_an_unknown_command_is_refused_with_the_nearest_one(sim: Sim) -> None:
    done = sim("validte")
    assert done.code == 2
    assert "validate" in done.err
    assert "Traceback" not in done.err


def test_an_unknown_option_is_refused(sim: Sim) -> None:
    done = sim("parameters", "--gueses")
    assert (done.code, done.out) == (2, "")
    assert "--guesses" in done.err


@pytest.mark.parametrize("row", ["0", str(2**63)])
def test_a_row_that_no_store_can_have_is_refused(sim: Sim, row: str) -> None:
    done = sim("replay", "study.sqlite", row)
    assert (done.code, done.out) == (2, "")
    assert "Invalid value for 'ROW'" in done.err


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (CannotDoError("There is no run 'x'."), 2, "There is no run 'x'."),
        (FileNotFoundError(2, "No such file or directory", "a b.yaml"), 2, "a b.yaml: No such file or directory."),
        (LookupError("No such picture."), 2, "No such picture."),
        (MemoryError(), 2, "fewer"),
        (KeyboardInterrupt(), 130, "Stopped."),
        (ZeroDivisionError("division by zero"), 1, "fault of the program"),
        (KeyError("trust"), 1, "KeyError"),
    ],
)
def test_every_error_becomes_words_and_a_code(error: BaseException, code: int, words: str) -> None:
    got, lines = explained(error)
    assert got == code
    assert words in " ".join(lines)


def test_a_fault_shows_no_traceback_unless_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def command() -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.delenv("SIM_DEBUG", raising=False)
    with pytest.raises(typer.Exit) as ended:
        guarded(command)()
    assert ended.value.exit_code == 1
    assert "Traceback" not in capsys.readouterr().err
    monkeypatch.setenv("SIM_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        guarded(command)()


def test_building_twice_gives_two_independent_commands() -> None:
    assert build() is not build()


def test_letters_that_a_console_cannot_show_are_replaced() -> None:
    assert encodable("a → b …", "ascii") == "a -> b ..."
    assert encodable("a → b", "utf-8") == "a → b"
    assert encodable("Шкала × 2", "cp1251") == "Шкала x 2"
    assert encodable("x", None) == encodable("x", "no-such-encoding") == "x"


@pytest.mark.parametrize("arguments", [("--help",), ("scenarios",), ("parameters", "price"), ("validate", "nope")])
def test_ascii_consoles_get_ascii_only(arguments: tuple[str, ...]) -> None:
    plain = {**os.environ, "PYTHONIOENCODING": "ascii", "NO_COLOR": "1", "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-m", "sim", *arguments], capture_output=True, env=plain, check=False)
    assert done.returncode in (0, 2)
    assert (done.stdout + done.stderr).isascii()
    assert b"\x1b[" not in done.stdout + done.stderr, "NO_COLOR and a pipe: no escape sequences"
    assert b"Traceback" not in done.stderr


def test_say_json_is_json_whatever_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    import numpy as np

    say_json({"a": float("nan"), "b": np.float64(0.5), "c": [np.int64(3)], "e": Path("x"), 1: "é"})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": 0.5, "c": [3], "e": "x", "1": "é"}


def test_columns_are_aligned() -> None:
    assert columns([["name", "n"], ["a", "100"]]) == ["name    n", "a     100"]
    assert columns([]) == []


def test_say_without_a_terminal_writes_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    say("bold words", "bold")
    assert capsys.readouterr().out == "bold words\n"


def test_without_a_terminal_progress_is_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    for quiet in (False, True):
        with bar("runs", quiet) as tell:
            for done in range(1001):
                now[0] += 1.0
                tell(done, 1000, "run")
        assert capsys.readouterr().out == ""
    now[0] = 0.0
    with bar("runs") as tell:
        for done in range(1001):
            now[0] += 1.0
            tell(done, 1000, "run")
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "runs: 29 of 1,000, about 16 min left"
    assert [int(line.split()[1]) for line in said] == [29, 59, 119, 239, 479, 719, 959]


def test_time_left_is_right_after_the_first_tenth_whatever_was_loaded_before(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    pace = Pace()
    assert pace.left(40, 140) is None  # found in a store
    now[0] += 45.0  # the engine is compiled
    for done in range(41, 51):
        now[0] += 1.0 if done % 3 else 1.3  # runs are alike, not equal
        left = pace.left(done, 140)
    assert left == pytest.approx(90 * 1.1, rel=0.1)
    assert pace.left(140, 140) == 0.0


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    script = f"{sys.executable} -m sim parameters | head -n 1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {script}"], capture_output=True, text=True, check=False)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


@pytest.mark.system
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_with_130_and_no_traceback() -> None:
    code = "import time\nfrom sim.cli.errors import guarded\nimport typer\napp = typer.Typer()\n" \
           "@app.command()\n@guarded\ndef wait() -> None:\n    print('ready', flush=True)\n    time.sleep(30)\napp()"
    running = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
    time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=20)
    assert running.returncode == 130
    assert err == "Stopped.\n"
