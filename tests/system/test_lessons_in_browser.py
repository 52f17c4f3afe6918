"""Lesson 1 as a student has it: JupyterLab in a browser without internet, all cells run, every picture on the page."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest
from browser import MISSING, chromium
from driven import OWN, driven
from nbformat.v4 import new_code_cell, new_notebook
from served import Reader

from sim.cli.commands.lessons import lesson_files
from sim.teaching.lessons import self_study

pytestmark = pytest.mark.skipif(chromium() is None, reason=MISSING)
for package in ("jupyterlab", "ipykernel", "websocket"):
    pytest.importorskip(package, reason="the extra `notebooks` is not installed")

TALL = 16_000
"""High enough for every cell: JupyterLab keeps only those in sight in the page."""
LONGEST_SECONDS = 120
DRAWS = re.compile(r"\bax = ")
CELLS = """[...document.querySelectorAll('.jp-Notebook .jp-CodeCell')].map(cell => ({
  text: cell.querySelector('.cm-content')?.innerText ?? '',
  done: /\\[\\d+\\]/.test(cell.querySelector('.jp-InputPrompt')?.innerText ?? ''),
  wrong: !!cell.querySelector('[data-mime-type="application/vnd.jupyter.stderr"]'),
  widths: [...cell.querySelectorAll('.jp-OutputArea img')].map(image => image.naturalWidth)}))"""


def lesson_1() -> dict[str, Any]:
    """Lesson 1 as students get it."""
    return self_study(json.loads(lesson_files()[0].read_text(encoding="utf-8")))


@pytest.fixture
def laboratory(tmp_path: Path) -> Iterator[str]:
    """The address of a JupyterLab that serves a folder with lesson 1 and cannot reach the internet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / lesson_files()[0].name).write_text(json.dumps(lesson_1()), encoding="utf-8")
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    own = {f"JUPYTER_{name}_DIR": str(tmp_path / f".{name}") for name in ("CONFIG", "DATA", "RUNTIME")}
    python = str(Path(__file__).resolve().parents[2])
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--ip=127.0.0.1", "--allow-root",
         "--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={tmp_path}"],
        env={**os.environ, **nowhere, **own, "no_proxy": ",".join(OWN), "PYTHONPATH": python}, cwd=tmp_path,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                urlopen(f"http://127.0.0.1:{port}/api").close()
                break
            except URLError:
                assert time.monotonic() < until, "JupyterLab does not answer"
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGKILL)  # with its kernels
        server.wait(20)


def test_lesson_1_shows_every_picture_and_asks_nobody(laboratory: str, tmp_path: Path) -> None:
    lesson = lesson_files()[0]
    sources = ["".join(cell["source"]) for cell in lesson_1()["cells"] if cell["cell_type"] == "code"]
    with driven(tmp_path, (1366, TALL)) as page:
        page.ask("Page.navigate", url=f"{laboratory}/lab/tree/{lesson.name}")
        page.wait(f"!!window.jupyterapp && {CELLS}.length === {len(sources)}", 60)
        page.wait("document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'", 60)
        page.ask("Runtime.evaluate", expression="window.jupyterapp.commands.execute('notebook:run-all-cells')")
        page.wait(f"{CELLS}.every(cell => cell.done)", LONGEST_SECONDS)
        cells = page.value(CELLS)
    drawn = [bool(DRAWS.search(source)) for source in sources]
    assert len(cells) == len(sources)
    assert sum(drawn) >= 3
    assert [bool(cell["widths"]) and min(cell["widths"]) > 500 for cell in cells] == drawn
    assert not [cell["text"] for cell in cells if cell["wrong"]]
    assert page.hosts - {""} == {"127.0.0.1"}


LIVE = """import sim
sim.lab(sim.load("first_look", {"market.customers": 100, "clock.years": 1, "clock.warm_up_years": 0}))"""


def test_a_cell_shows_the_live_page_and_it_answers(laboratory: str, tmp_path: Path) -> None:
    pytest.importorskip("panel_material_ui", reason="the extra `app` is not installed")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=[new_code_cell(LIVE)], metadata=kernel), tmp_path / "live.ipynb")
    with driven(tmp_path, (1366, 2400)) as page:
        reader = Reader(page)
        page.ask("Page.navigate", url=f"{laboratory}/lab/tree/live.ipynb")
        page.wait("!!window.jupyterapp", 60)
        page.wait("window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'", 60)
        page.ask("Runtime.evaluate", expression="window.jupyterapp.commands.execute('notebook:run-all-cells')")
        page.wait(f"{CELLS}.every(cell => cell.done)", LONGEST_SECONDS)
        reader.reads("Nothing is changed yet")
        reader.focus("slider", "How deep Rush")
        reader.press("ArrowRight")
        reader.reads("instead of")
        assert page.hosts - {"", "cdn.holoviz.org"} == {"127.0.0.1"}  # Panel asks there, in vain, for style sheets
