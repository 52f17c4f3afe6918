"""Notebooks run from top to bottom in a fresh kernel, with the public API only, and are kept without outputs."""

from __future__ import annotations

import ast
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MOST_CODE_CELLS = {
    "01_first_look.ipynb": 10, "02_lifetime_value_by_hand.ipynb": 10, "03_customer_equity.ipynb": 10,
    "04_truth_laboratory.ipynb": 10,
}
PUBLIC = "sim.equity"
"""Beside `sim` itself: the calculators, which stand alone."""
LONGEST_SECONDS = 60
DRAWS = re.compile(r"\bax = ")


def code_cells(path: Path) -> list[dict[str, Any]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def test_the_first_lesson_is_there() -> None:
    assert "01_first_look.ipynb" in [path.name for path in NOTEBOOKS]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_outputs_are_stripped(path: Path) -> None:
    cells = code_cells(path)
    assert [cell["outputs"] for cell in cells] == [[]] * len(cells)
    assert [cell["execution_count"] for cell in cells] == [None] * len(cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_is_short_and_uses_the_public_api_only(path: Path) -> None:
    cells = code_cells(path)
    assert len(cells) <= MOST_CODE_CELLS.get(path.name, 40)
    imported: set[str] = set()
    for cell in cells:
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if isinstance(node, ast.Import):
                imported |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
    assert "sim" in imported
    inner = [name for name in imported if name.startswith("sim.") and not f"{name}.".startswith(f"{PUBLIC}.")]
    assert inner == [], "a lesson needs only `import sim` and the calculators of `sim.equity`"


@pytest.mark.system
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_runs_from_top_to_bottom_in_under_a_minute(path: Path, tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat", reason="the extra `notebooks` is not installed")
    client = pytest.importorskip("nbclient", reason="the extra `notebooks` is not installed")
    notebook = nbformat.read(path, as_version=4)
    began = time.perf_counter()
    client.NotebookClient(
        notebook, timeout=LONGEST_SECONDS, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    seconds = time.perf_counter() - began
    assert seconds < LONGEST_SECONDS
    said = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in said if output.get("name") == "stderr"], "a lesson gives no warnings"
    drawn = [cell for cell in notebook.cells if cell.cell_type == "code" and DRAWS.search(cell.source)]
    assert drawn, "a lesson shows a picture"
    shown = [any("image/png" in output.get("data", {}) for output in cell.outputs) for cell in drawn]
    assert all(shown), "every picture is shown"
