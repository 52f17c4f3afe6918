"""The live page in a cell of JupyterLab, without internet: a slider moves, the numbers answer."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from browser import MISSING, chromium
from driven import driven
from nbformat.v4 import new_code_cell, new_notebook
from served import Reader
from test_lessons_in_browser import laboratory

pytestmark = pytest.mark.skipif(chromium() is None, reason=MISSING)
for package in ("jupyterlab", "ipykernel", "websocket", "panel_material_ui"):
    pytest.importorskip(package, reason="the extras `notebooks` and `app` are not installed")

__all__ = ["laboratory"]
CELL = """import sim
sim.lab(sim.load("first_look", {"market.customers": 100, "clock.years": 1, "clock.warm_up_years": 0}))"""


def test_a_cell_shows_the_page_and_it_answers(laboratory: str, tmp_path: Path) -> None:
    nbformat.write(new_notebook(cells=[new_code_cell(CELL)]), tmp_path / "lab.ipynb")
    with driven(tmp_path, (1366, 2400)) as page:
        reader = Reader(page)
        page.ask("Page.navigate", url=f"{laboratory}/lab/tree/lab.ipynb")
        page.wait("!!window.jupyterapp", 60)
        page.wait("document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'", 60)
        page.ask("Runtime.evaluate", expression="window.jupyterapp.commands.execute('notebook:run-all-cells')")
        reader.reads("Nothing is changed yet")
        slider = reader.until(lambda: next((one for one in reader.nodes() if one["role"] == "slider"
                                            and one["name"].startswith("How deep Rush")), None), "a slider")
        page.ask("DOM.focus", backendNodeId=slider["node"])
        reader.press("ArrowRight")
        reader.reads("instead of")
        assert page.hosts - {""} == {"127.0.0.1"}
