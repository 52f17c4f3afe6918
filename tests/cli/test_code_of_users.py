"""A strategy in a file is code: commands that read never run it, and its errors are told as those of its author."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NUMBERS = iter(range(100))
"""Each test has a class of its own: two of one name are refused."""
Sim = Callable[..., Any]
CODE = """
from pathlib import Path
from sim import Plan, Strategy
Path("planted").touch()

class NAME(Strategy):
    '''As written, or not.'''
    wrong: bool = False

    def plan(self, seen):
        if self.wrong:
            return seen.budget / 0
        return Plan.from_shares(seen.written, seen.allowance)
"""
MARKET = """
question: Who stays?
clock: {years: 1}
market: {customers: 30}
firms: {A: {}, Root: {strategy: "mine.py", settings: {SETTINGS}}}
"""


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(CODE.replace("NAME", f"MineOfCommands{next(NUMBERS)}"), encoding="utf-8")
    for name, settings in (("mine", ""), ("wrong", "wrong: true"), ("misspelt", "wrogn: true")):
        Path(f"{name}.yaml").write_text(MARKET.replace("SETTINGS", settings), encoding="utf-8")


@pytest.mark.parametrize("command", ["validate", "explain", "diff"])
def test_commands_that_read_a_scenario_run_nothing_of_it(sim: Sim, command: str) -> None:
    done = sim(command, "mine.yaml", *(["first_look"] if command == "diff" else []))
    assert done.code == 0, done.err
    assert not Path("planted").exists()


def test_commands_that_read_a_store_run_nothing_of_it(sim: Sim) -> None:
    assert sim("sweep", "mine.yaml", "--factor", "firms.A.price=9", "-n", "1", "--store", "a.sqlite").code == 0
    Path("planted").unlink()
    assert sim("results", "a.sqlite", "--csv", "a.csv").code == 0
    assert not Path("planted").exists()
    assert sim("replay", "a.sqlite", "1").code == 0


def test_validate_says_what_it_did_not_look_at_and_looks_when_it_may(sim: Sim) -> None:
    done = sim("validate", "misspelt.yaml")
    assert (done.code, "Not looked at, because it is code: mine.py." in done.out) == (0, True)
    done = sim("validate", "misspelt.yaml", "--allow-code")
    assert (done.code, "firms.Root.settings.wrogn" in done.err) == (2, True)
    assert sim("run", "misspelt.yaml", "-n", "1").err == done.err.partition("1 problem in")[0]
    assert sim("validate", "mine.yaml", "--allow-code").out.startswith("mine.yaml: fine (A, Root).\n")


def test_an_error_in_a_plan_is_told_as_one_of_its_file(sim: Sim) -> None:
    done = sim("run", "wrong.yaml", "-n", "2")
    assert done.code == 2
    assert done.err.startswith("The strategy 'mine_of_commands")
    assert "fails: ZeroDivisionError: division by zero (mine.py, line 12: return seen.budget / 0).\n" in done.err
    assert "fault of the program" not in done.err
