"""What README and tour say must be true: their Python runs, their commands exist, their folders are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from sim.cli.app import build

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = README + (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
TWO_SCREENS = 100
PYTHON = re.findall(r"```python\n(.*?)```", PAGES, re.S)
COMMANDS = sorted(set(re.findall(r"`sim ([a-z][a-z-]*)", PAGES)))


def test_the_readme_keeps_to_two_screens() -> None:
    assert len(README.splitlines()) <= TWO_SCREENS


def test_there_is_something_to_check() -> None:
    assert len(PYTHON) >= 2
    assert len(COMMANDS) >= 8


@pytest.mark.parametrize("code", PYTHON, ids=[block.strip().splitlines()[-1][:40] for block in PYTHON])
def test_python_blocks_run(code: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
                           tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
    assert "print(" not in code or capsys.readouterr().out.strip()


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_exist(name: str) -> None:
    assert name in typer.main.get_command(build()).commands, f"`sim {name}` is no command"  # type: ignore[attr-defined]


def test_folders_in_the_map_exist() -> None:
    folders = [path for row in re.findall(r"^\| (`.*?) \|", PAGES, re.M) for path in re.findall(r"`([^`]+)`", row)]
    paths = [path for path in folders if "/" in path and not path.startswith("sim ")]
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_pictures_are_there() -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)
    assert pictures
    assert [path for path in pictures if not (ROOT / path).exists()] == []


def test_names_of_scenarios_in_commands_are_shipped() -> None:
    from sim.scenario.shipped import shipped_names

    named = re.findall(r"`sim (?:run|compare|explain|levers) (\w+)", PAGES)
    assert named
    assert [name for name in named if name not in shipped_names() and name != "NAME"] == []


def test_the_table_of_the_period_is_the_engines_own() -> None:
    from sim.cli.commands.period import inserted, steps

    page = (ROOT / "docs" / "period.md").read_text(encoding="utf-8")
    assert len(steps()) > 20
    assert inserted(page) == page, "renew it: sim period --into docs/period.md"
