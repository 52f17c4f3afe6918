"""Two builds of a lesson out of one master: for self-study (also in another language), and to be marked.

A master is a notebook in the Assign format of Otter-Grader: raw cells `# BEGIN QUESTION`, `# BEGIN SOLUTION`,
`# BEGIN TESTS` and their ends. Answers stand on lines that end with `# SOLUTION`, or between `# BEGIN SOLUTION` and its
end; tests are hidden.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

from sim.text.language import SOURCE, language, tr

Cell = dict[str, Any]

MARK = re.compile(r"# (BEGIN|END) (QUESTION|SOLUTION|TESTS)\b|# ASSIGNMENT CONFIG\b")
BLOCK = re.compile(r"^( *)# BEGIN SOLUTION\n.*?^ *# END SOLUTION$", re.MULTILINE | re.DOTALL)
SIGN = re.compile(r" +# ?SOLUTION$|^ *# (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)
ANSWER = re.compile(r"^(\s*\w+(?:, *\w+)* *=).*# ?SOLUTION$")
LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"')
"""A text in the code of a lesson; it stands in the catalogue with its quotation marks."""
IMPORT = re.compile(r"^import sim$", re.MULTILINE)


def translated(master: dict[str, Any]) -> dict[str, Any]:
    """The lesson in the language that is spoken, its texts and what its code shows; what has no translation, as it is.

    A lesson whose head has no translation has none; then the master itself is returned.

    >>> master = {"cells": [{"cell_type": "markdown", "source": ["# 13 · A lesson of my own"]}]}
    >>> translated(master) is master
    True
    """
    heads = [text_of(cell) for cell in master["cells"] if cell["cell_type"] == "markdown"]
    if language() == SOURCE or not heads or tr(heads[0]) == heads[0]:
        return master
    cells = [{**cell, "source": lines_of(_spoken(cell["cell_type"], text_of(cell)))} for cell in master["cells"]]
    return {**master, "cells": cells}


def _spoken(kind: str, text: str) -> str:
    """The text of a cell in the language that is spoken; code says that it is."""
    if kind != "code":
        return tr(text) if kind == "markdown" else text
    return IMPORT.sub(f'import sim\n\nsim.language("{language()}")', LITERAL.sub(lambda found: tr(found[0]), text))


def self_study(master: dict[str, Any]) -> dict[str, Any]:
    """The lesson as one learns with it alone: answers are dots, solutions are folded below each exercise, no tests.

    Raises:
        ValueError: a block of the master has no end, or none was begun.

    >>> master = {"cells": [
    ...     {"cell_type": "raw", "id": "a", "metadata": {}, "source": ["# BEGIN QUESTION\\n", "name: e1"]},
    ...     {"cell_type": "raw", "id": "b", "metadata": {}, "source": ["# BEGIN SOLUTION"]},
    ...     {"cell_type": "code", "id": "c", "metadata": {}, "source": ["gain = 2  # SOLUTION"], "outputs": []},
    ...     {"cell_type": "raw", "id": "d", "metadata": {}, "source": ["# END SOLUTION"]},
    ...     {"cell_type": "raw", "id": "e", "metadata": {}, "source": ["# END QUESTION"]}]}
    >>> [cell["source"][0] for cell in self_study(master)["cells"]]
    ['gain = ...', '<details><summary>A solution</summary>\\n']
    """
    cells: list[Cell] = []
    blocks: list[str] = []
    solution: list[Cell] = []
    for cell in master["cells"]:
        text = text_of(cell)
        mark = MARK.match(text) if cell["cell_type"] == "raw" else None
        if mark is None:
            if blocks[-1:] == ["SOLUTION"]:
                solution.append(cell)
                cells.append({**cell, "source": lines_of(_asked(text))})
            elif blocks[-1:] != ["TESTS"]:
                cells.append(cell)
        elif mark[1] == "BEGIN":
            blocks.append(mark[2])
        elif mark[1] == "END":
            if not blocks or blocks.pop() != mark[2]:
                raise ValueError(tr("{mark} ends what was not begun.", mark=text.splitlines()[0]))
            if mark[2] == "QUESTION" and solution:
                cells.append(_folded(solution))
                solution = []
    if blocks:
        raise ValueError(tr("{mark} has no end.", mark=f"# BEGIN {blocks[-1]}"))
    return {**master, "cells": cells}


def graded(master: Path, folder: Path) -> Path:
    """The lesson to be marked, by `otter assign`: what students get, and the autograder with its hidden tests.

    The master is run once to see that its solutions pass.

    Raises:
        ImportError: the extra `teach` is not installed.
        OSError: it cannot be written.
    """
    from otter.assign import main as assign

    place = folder / master.stem
    assign(str(master), str(place), no_pdfs=True)
    return place


def text_of(cell: Cell) -> str:
    """What stands in a cell."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def lines_of(text: str) -> list[str]:
    """A text as notebooks keep it: lines with their ends."""
    return text.splitlines(keepends=True)


def _asked(text: str) -> str:
    """A solution without its answers: dots in their place."""
    return "\n".join(ANSWER.sub(r"\1 ...", line) for line in BLOCK.sub(r"\1...", text).split("\n"))


def _folded(solution: list[Cell]) -> Cell:
    """The solutions of an exercise below a head that one clicks on; nothing in it is run."""
    code = "\n\n".join(SIGN.sub("", text_of(cell)).strip("\n") for cell in solution)
    head = escape(tr("A solution"), quote=False)
    text = f"<details><summary>{head}</summary>\n\n```python\n{code}\n```\n\n</details>"
    return {"cell_type": "markdown", "id": f"{solution[0].get('id', 'cell')}-solution", "metadata": {},
            "source": lines_of(text)}
