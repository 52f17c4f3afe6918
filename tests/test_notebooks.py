"""Lessons have one frame, run from top to bottom in a fresh kernel, and are kept without outputs and answers."""

from __future__ import annotations

import ast
import base64
import json
import struct
import time
from pathlib import Path
from typing import Any

import pytest
from lesson_frame import DRAWS, cells_of, faults_of

from sim.teaching.lessons import self_study, translated
from sim.text.language import speaking

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MOST_CODE_CELLS = 22
PUBLIC = "sim.equity"
"""Beside `sim` itself: the calculators, which stand alone."""
LONGEST_SECONDS = 60
WIDEST, HIGHEST = 1100, 600
"""Dots of a picture that a screen of 1366 x 768 shows whole beside menus and margins."""
FIRST_TWO = NOTEBOOKS[:2]


def test_the_first_lesson_is_there() -> None:
    assert "01_first_look.ipynb" in [path.name for path in NOTEBOOKS]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_outputs_are_stripped_and_ids_are_stable(path: Path) -> None:
    cells = cells_of(path, "code")
    assert [cell["outputs"] for cell in cells] == [[]] * len(cells)
    assert [cell["execution_count"] for cell in cells] == [None] * len(cells)
    ids = [cell["id"] for cell in cells_of(path)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_has_everything_that_a_lesson_has(path: Path) -> None:
    assert faults_of(path) == []


def test_what_a_lesson_lacks_is_found(tmp_path: Path) -> None:
    """Each change of a lesson that is whole gives its fault."""
    whole = NOTEBOOKS[0].read_text(encoding="utf-8")
    for before, after, fault in (
        ("## Key points", "## Points", "its sections"), ("**Master:**", "**Know more:**", "no outcome **Master:**"),
        ("winner=...", 'winner=\\"Rush\\"', "a forecast is filled in"),
        ("# HIDDEN\\n", "# hidden\\n", "no hidden test"), ("sim.meet(", "sim.met(", "meets nobody"),
        ("### Exercise 2", "### Exercise 4", "exercise 2 has no heading"), ("# SOLUTION", "", "has no answer"),
        ("https://doi.org/10.", "https://example.org/10.", "no DOI"),
    ):
        assert before in whole, before
        path = tmp_path / "lesson.ipynb"
        path.write_text(whole.replace(before, after), encoding="utf-8")
        assert [one for one in faults_of(path) if fault in one], fault


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_is_short_and_uses_the_public_api_only(path: Path) -> None:
    cells = cells_of(path, "code")
    assert len(cells) <= MOST_CODE_CELLS
    imported: set[str] = set()
    for cell in cells:
        for node in ast.walk(ast.parse(cell["source"])):
            if isinstance(node, ast.Import):
                imported |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
    assert "sim" in imported
    inner = [name for name in imported if name.startswith("sim.") and not f"{name}.".startswith(f"{PUBLIC}.")]
    assert inner == [], "a lesson needs only `import sim` and the calculators of `sim.equity`"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_students_get_no_answers_and_folded_solutions(path: Path) -> None:
    cells = self_study(json.loads(path.read_text(encoding="utf-8")))["cells"]
    texts = ["".join(cell["source"]) for cell in cells]
    assert not [text for text in texts if "# SOLUTION" in text or "# HIDDEN" in text]
    assert {cell["cell_type"] for cell in cells} == {"code", "markdown"}
    folded = [text for text in texts if text.startswith("<details><summary>A solution</summary>")]
    assert len(folded) == 3
    assert len({cell["id"] for cell in cells}) == len(cells)


def executed(notebook: dict[str, Any], folder: Path) -> tuple[list[Any], float]:
    """The cells of code of a notebook after running all in a fresh kernel, and the seconds it took."""
    nbformat = pytest.importorskip("nbformat", reason="the extra `notebooks` is not installed")
    client = pytest.importorskip("nbclient", reason="the extra `notebooks` is not installed")
    made = nbformat.reads(json.dumps(notebook), as_version=4)
    began = time.perf_counter()
    client.NotebookClient(
        made, timeout=LONGEST_SECONDS, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()
    return [cell for cell in made.cells if cell.cell_type == "code"], time.perf_counter() - began


def check_pictures(cells: list[Any]) -> None:
    """Every cell that draws shows a picture that fits a screen, and nothing warns."""
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output["text"] for output in outputs if output.get("name") == "stderr"], "a lesson gives no warnings"
    drawn = [cell for cell in cells if DRAWS.search(cell.source)]
    assert drawn, "a lesson shows a picture"
    for cell in drawn:
        pictures = [output["data"]["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})]
        assert pictures, f"no picture of {cell.source}"
        for picture in pictures:
            width, height = struct.unpack(">II", base64.b64decode(picture)[16:24])
            assert width <= WIDEST
            assert height <= HIGHEST


def run_unanswered(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run All on the lesson as students get it, at the quick size: no error, and a word for each missing answer."""
    monkeypatch.setenv("SIM_QUICK", "1")
    cells, seconds = executed(self_study(json.loads(path.read_text(encoding="utf-8"))), folder)
    assert seconds < LONGEST_SECONDS
    check_pictures(cells)
    said = "\n".join(output["data"]["text/plain"] for cell in cells for output in cell.outputs if "data" in output)
    assert "No forecast yet" in said
    assert said.count("No answer yet") + said.count("Nothing is handed in yet") == 3
    assert list(folder.glob("*.json")) == [], "nothing is stored without an answer"


@pytest.mark.system
@pytest.mark.parametrize("path", FIRST_TWO, ids=lambda path: path.name)
def test_run_all_of_an_unanswered_lesson(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_unanswered(path, tmp_path, monkeypatch)


@pytest.mark.system
def test_the_first_lesson_speaks_russian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_QUICK", "1")
    with speaking("ru"):
        lesson = self_study(translated(json.loads(NOTEBOOKS[0].read_text(encoding="utf-8"))))
    cells, _ = executed(lesson, tmp_path)
    check_pictures(cells)
    outputs = [output for cell in cells for output in cell.outputs]
    said = "\n".join(output["data"]["text/plain"] if "data" in output else output["text"] for output in outputs)
    assert "Прогноза ещё нет" in said
    assert said.count("Ответа ещё нет") + said.count("Ещё ничего не сдано") == 3
    assert "Вариант «dear_information»: клиентский капитал, Root:" in said
    assert "Жизни расходятся" in said


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS[2:], ids=lambda path: path.name)
def test_run_all_of_every_other_lesson(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_unanswered(path, tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_master_runs_in_full_and_its_hidden_tests_pass(path: Path, tmp_path: Path) -> None:
    """Solutions and hidden tests at the full size, in under a minute."""
    cells, seconds = executed(json.loads(path.read_text(encoding="utf-8")), tmp_path)
    assert seconds < LONGEST_SECONDS
    check_pictures(cells)
