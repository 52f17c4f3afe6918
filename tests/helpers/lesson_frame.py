"""What every lesson has, read off its cells."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

FRAME = ("## The question", "## The formulas", "## Forecast", "## Run", "## Explain", "## Meet a customer",
         "## Exercises", "## Key points", "## What the model cannot tell", "## For the lecturer")
"""Headings, in this order; others may stand between them."""
OUTCOMES = ("**Know:**", "**Be able to:**", "**Master:**")
MINUTES = re.compile(r"^\*Teaching \d+ minutes, exercises \d+ minutes\.\*$", re.MULTILINE)
DRAWS = re.compile(r"\bax = ")
CHECKS = re.compile(r"\bsim\.teaching\.(?:check\.\w+|hand_in)\(")


def cells_of(path: Path, kind: str = "") -> list[dict[str, Any]]:
    """The cells of a lesson, their text in one piece; of one kind where it is named."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [{**cell, "source": "".join(cell["source"])} for cell in cells if kind in ("", cell["cell_type"])]


def faults_of(path: Path) -> list[str]:
    """What the frame asks for and the lesson has not, in words."""
    cells = cells_of(path)
    config = any(cell["source"].startswith("# ASSIGNMENT CONFIG\n") for cell in cells if cell["cell_type"] == "raw")
    return [*([] if config else ["it has no cell # ASSIGNMENT CONFIG"]),
            *_of_texts([cell["source"] for cell in cells if cell["cell_type"] == "markdown"]),
            *_of_code([cell["source"] for cell in cells if cell["cell_type"] == "code"]), *_of_exercises(cells)]


def _of_texts(texts: list[str]) -> list[str]:
    lines = [line for text in texts for line in text.splitlines()]
    headings = [line for line in lines if line in FRAME]
    faults = [] if headings == list(FRAME) else [f"its sections are {headings}, not {list(FRAME)}"]
    faults += [f"it has no outcome {outcome}" for outcome in OUTCOMES if outcome not in texts[0]]
    faults += [] if MINUTES.search(texts[0]) else ["it does not say how many minutes it takes"]
    formulas = "\n".join(text for text in texts if text.startswith("## The formulas"))
    faults += [] if "$$" in formulas else ["its formulas are not in LaTeX"]
    faults += [] if re.search(r"Source: .+\d{4}", formulas, re.DOTALL) else ["its formulas have no source"]
    faults += [f"an address is no DOI: {link}" for link in re.findall(r"https?://[^)\s]+", formulas)
               if not link.startswith("https://doi.org/10.")]
    return faults


def _of_code(sources: list[str]) -> list[str]:
    whole = "\n".join(sources)
    calls = [node for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    asked = [call for call in calls if ast.unparse(call.func) == "sim.teaching.forecast"]
    faults = [] if asked else ["it asks for no forecast"]
    faults += [f"a forecast is filled in: {ast.unparse(call)}" for call in asked
               if not all(ast.unparse(word.value) == "..." for word in call.keywords)]
    for what, found in (("reveals nothing", "sim.teaching.reveal("), ("has no quick size", "sim.teaching.size("),
                        ("meets nobody", "sim.meet("), ("shows no picture", "ax = ")):
        faults += [] if found in whole else [f"it {what}"]
    return faults


def _of_exercises(cells: list[dict[str, Any]]) -> list[str]:
    """Three questions of the Assign format: a heading, an answer, a self-check, a hidden test."""
    faults, inside = [], {"QUESTION": 0, "SOLUTION": 0, "TESTS": 0}
    done: list[dict[str, bool]] = []
    for cell in cells:
        text, kind = cell["source"], cell["cell_type"]
        mark = re.match(r"# (BEGIN|END) (QUESTION|SOLUTION|TESTS)\b", text) if kind == "raw" else None
        if mark:
            inside[mark[2]] += 1 if mark[1] == "BEGIN" else -1
            if mark.group() == "# BEGIN QUESTION":
                done.append({"points": "\npoints: " in text, "check_cell: false": "\ncheck_cell: false" in text})
        elif inside["TESTS"]:
            done[-1]["hidden test"] = text.startswith("# HIDDEN\n")
        elif inside["SOLUTION"]:
            done[-1]["answer"] = "# SOLUTION" in text
        elif inside["QUESTION"] and kind == "code":
            done[-1]["self-check"] = bool(CHECKS.search(text))
        elif inside["QUESTION"]:
            done[-1]["heading"] = text.startswith(f"### Exercise {len(done)} · ")
    faults += [] if len(done) == 3 else [f"it has {len(done)} exercises, not three"]
    for number, found in enumerate(done, 1):
        wanted = ("points", "check_cell: false", "heading", "answer", "self-check", "hidden test")
        faults += [f"exercise {number} has no {what}" for what in wanted if not found.get(what)]
    return faults
