"""The graded build of a lesson, made and marked by Otter-Grader: a right, a wrong and a copied submission."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sim.cli.commands.lessons import lesson_files
from sim.teaching.markets import my_market

pytestmark = pytest.mark.slow
LESSON = lesson_files()[0]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graded build of lesson 1 at the quick size; making it runs the solutions against the hidden tests."""
    pytest.importorskip("otter", reason="the extra `teach` is not installed")
    folder = tmp_path_factory.mktemp("graded")
    ask("sim", "lessons", str(folder), "--graded", LESSON.name[:2])
    return folder / LESSON.stem


def ask(module: str, *arguments: str, cwd: Path | None = None) -> str:
    """What a command prints, run in a process of its own at the quick size."""
    surroundings = {**os.environ, "SIM_QUICK": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True, timeout=600,
                          check=False, env=surroundings, cwd=cwd)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def student_notebook(build: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((build / "student" / LESSON.name).read_text(encoding="utf-8"))
    return made


def handed_in(build: Path, folder: Path, answers: dict[str, str]) -> dict[str, float]:
    """The points of a submission: the notebook that students get, with these right sides instead of dots."""
    notebook, left = student_notebook(build), dict(answers)
    for cell in notebook["cells"]:
        lines = "".join(cell["source"]).split("\n")
        names = [line.removesuffix(" = ...") for line in lines]
        cell["source"] = "\n".join(f"{name} = {left.pop(name)}" if name in left and name != line else line
                                   for name, line in zip(names, lines, strict=True))
    assert left == {}, "every answer has its place"
    (folder / LESSON.name).write_text(json.dumps(notebook), encoding="utf-8")
    (autograder,) = (build / "autograder").glob("*.zip")
    ask("otter", "run", str(folder / LESSON.name), "-a", str(autograder), "-o", str(folder), "--no-logo", cwd=folder)
    tests = json.loads((folder / "results.json").read_text(encoding="utf-8"))["tests"]
    return {test["name"]: test["score"] for test in tests if "score" in test}


def solutions() -> dict[str, str]:
    """The right sides of the master."""
    cells = json.loads(LESSON.read_text(encoding="utf-8"))["cells"]
    lines = "".join("".join(cell["source"]) + "\n" for cell in cells if cell["cell_type"] == "code").splitlines()
    found = (re.fullmatch(r"(\w+) = (.+?)  # SOLUTION", line) for line in lines)
    return {one[1]: one[2] for one in found if one}


def test_students_get_neither_answers_nor_hidden_tests(build: Path) -> None:
    text = json.dumps(student_notebook(build))
    assert "# HIDDEN" not in text
    assert "SOLUTION" not in text
    assert text.count("sim.teaching.check") + text.count("sim.teaching.hand_in") == 3


def test_a_right_submission_gets_all_points(build: Path, tmp_path: Path) -> None:
    assert handed_in(build, tmp_path, solutions()) == {"e1": 2.0, "e2": 3.0, "e3": 5.0}


def test_a_wrong_submission_gets_none(build: Path, tmp_path: Path) -> None:
    other = '"Rush" if profit.idxmax() == "Root" else "Root"'
    wrong = {"kept_more": "-0.9", "direction": '"higher"', "winner": other, "number": "profit.max() + 50"}
    assert handed_in(build, tmp_path, {**solutions(), **wrong}) == {"e1": 0, "e2": 0, "e3": 0}


def test_a_copied_submission_does_not_fit_the_market_of_another_id(build: Path, tmp_path: Path) -> None:
    """All answers are those of somebody else; what they say of their own market is not true of another one."""
    def dear(name: str) -> bool:
        return bool(my_market(name).product.information_cost > 5)

    own = next(f"student{k}" for k in range(50) if dear(f"student{k}") != dear("sample"))
    profit = 'sim.run(sim.teaching.my_market("sample"), seed=11).periods.groupby("firm")' \
             '["cumulative_discounted_profit_money"].last()'
    copied = {"my_id": repr(own), "winner": f"{profit}.idxmax()", "number": f"{profit}.max()"}
    assert handed_in(build, tmp_path, {**solutions(), **copied}) == {"e1": 2.0, "e2": 3.0, "e3": 0}
