"""The documentation is built as a site, without a network, and a warning is an error."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sim

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("myst_nb", reason="the extra `docs` is not installed")
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "docs", str(target)]
    offline = {**os.environ, "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    done = subprocess.run(command, cwd=ROOT, env=offline, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return target


def test_every_lesson_is_a_page(site: Path) -> None:
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        assert (site / "_lessons" / f"{notebook.stem}.html").is_file()


def test_no_page_loads_anything_from_outside(site: Path) -> None:
    loads = re.compile(r"""<(?:script|img|iframe)[^>]+src=["'](?:https?:)?//|<link[^>]+stylesheet[^>]+(?:https?:)?//""")
    assert [page.name for page in site.rglob("*.html") if loads.search(page.read_text(encoding="utf-8"))] == []
    assert any("mathjax" in page.read_text(encoding="utf-8").lower() for page in (site / "_lessons").glob("*.html"))


def test_every_public_name_and_every_command_is_in_the_reference(site: Path) -> None:
    python = (site / "_reference" / "python.html").read_text(encoding="utf-8")
    assert [name for name in sim.__all__ if f"sim.{name}" not in python] == []
    commands = (site / "_reference" / "commands.html").read_text(encoding="utf-8")
    names = [file.stem.replace("_", "-") for file in (ROOT / "sim" / "cli" / "commands").glob("[a-z]*.py")]
    assert [name for name in names if f"sim {name}" not in commands] == []


def test_every_parameter_is_in_the_reference(site: Path) -> None:
    from sim.scenario.parameters import declared
    from sim.scenario.schema import Scenario

    page = (site / "_reference" / "parameters.html").read_text(encoding="utf-8")
    assert [one.name for one in declared(Scenario) if one.name not in page] == []
