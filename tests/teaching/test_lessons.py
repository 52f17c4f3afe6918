"""The copy of a lesson for self-study: dots for answers, folded solutions, no tests, and a master that is damaged."""

from __future__ import annotations

from typing import Any

import pytest

from sim.teaching.lessons import self_study, text_of


def notebook(*cells: tuple[str, str]) -> dict[str, Any]:
    made = [{"cell_type": kind, "id": f"c{place}", "metadata": {}, "source": text.splitlines(True)}
            for place, (kind, text) in enumerate(cells)]
    return {"nbformat": 4, "cells": made}


EXERCISE = (
    ("raw", "# BEGIN QUESTION\nname: e1"), ("markdown", "### Exercise 1"), ("raw", "# BEGIN SOLUTION"),
    ("code", "first = 2  # SOLUTION\n# BEGIN SOLUTION\ndef rule(x):\n    return x\n# END SOLUTION\n"
             "y, z = 3, 4 # SOLUTION"),
    ("raw", "# END SOLUTION"), ("code", "check(first)"), ("raw", "# BEGIN TESTS"),
    ("code", "# HIDDEN\nassert first == 2"), ("raw", "# END TESTS"), ("raw", "# END QUESTION"),
)


def test_answers_are_dots_solutions_are_folded_and_tests_are_gone() -> None:
    made = self_study(notebook(("raw", "# ASSIGNMENT CONFIG\nname: x"), ("markdown", "# 1 · One"), *EXERCISE))
    texts = [text_of(cell) for cell in made["cells"]]
    assert texts[:4] == ["# 1 · One", "### Exercise 1", "first = ...\n...\ny, z = ...", "check(first)"]
    assert texts[4] == ("<details><summary>A solution</summary>\n\n```python\nfirst = 2\ndef rule(x):\n    return x\n"
                        "y, z = 3, 4\n```\n\n</details>")
    assert len(texts) == 5
    assert made["nbformat"] == 4


def test_a_lesson_without_exercises_stays_as_it_is() -> None:
    plain = notebook(("markdown", "# 1"), ("code", "x = 1  # the SOLUTION of nothing"), ("raw", "as it stands"))
    assert self_study(plain) == plain


@pytest.mark.parametrize(("cells", "words"), [
    (EXERCISE[:-1], "# BEGIN QUESTION has no end"),
    (EXERCISE[1:2] + EXERCISE[-1:], "# END QUESTION ends what was not begun"),
    (EXERCISE[:4] + EXERCISE[-1:], "# END QUESTION ends what was not begun"),
])
def test_a_damaged_master_is_refused(cells: tuple[tuple[str, str], ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        self_study(notebook(*cells))
