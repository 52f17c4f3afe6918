"""What the guide says must be true: its Python runs, its commands are understood word by word, its study is fine."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from sim.cli.app import build
from sim.scenario.shipped import shipped_names
from sim.studies.study_file import check_study, load_study

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs" / "answers.md").read_text(encoding="utf-8")
OTHERS = [(ROOT / page).read_text(encoding="utf-8") for page in (
    "README.md", "docs/tour.md", "docs/clusters.md", "docs/course.md")]
COURSE = (ROOT / "docs" / "course.md").read_text(encoding="utf-8")
SAID = re.findall(r"(?:`|^)(sim [a-z-]+ [^`\n]+)", "\n".join([GUIDE, *OTHERS]), re.MULTILINE)
WHOLE = sorted({line.split("  #")[0].strip() for line in SAID})
NOT_WORDS = re.compile(r"FILE|NAME|…|\$\(|ROW")


@pytest.mark.parametrize("line", [line for line in WHOLE if not NOT_WORDS.search(line)])
def test_every_command_of_the_pages_is_understood(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name, *words = shlex.split(line)[1:]
    command = typer.main.get_command(build()).commands[name]  # type: ignore[attr-defined]
    assert command.make_context(name, words).command is command


def test_the_guide_has_commands_and_python() -> None:
    assert sum(line in GUIDE for line in WHOLE) > 10
    assert len(re.findall(r"```python\n", GUIDE)) == 2


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL))
def test_the_python_of_the_guide_runs_and_explains(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(code, "answers.md", "exec"), {"__name__": "guide"})
    assert len(capsys.readouterr().out.split()) > 15


def test_the_study_file_of_the_guide_is_fine(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    check_study(load_study(tmp_path / "study.yaml"))


def test_a_word_that_no_command_has_would_be_found() -> None:
    done = CliRunner().invoke(build(), ["sweep", "first_look", "--factr", "a=1"])
    assert done.exit_code == 2


def test_the_course_names_every_lesson_with_its_minutes() -> None:
    rows = {row[0]: row[1:] for row in re.findall(r"\| (\d\d) [^|]+ \| (\d+) \+ (\d+) \|", COURSE)}
    lessons = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert len(lessons) > 4
    for lesson in lessons:
        said = re.search(r"\*Teaching (\d+) minutes, exercises (\d+) minutes", lesson.read_text(encoding="utf-8"))
        assert said is not None
        assert rows[lesson.name[:2]] == said.groups(), lesson.name


def test_the_course_names_scenarios_that_are_there() -> None:
    table = COURSE.partition("## Three plans")[0]
    cells = re.findall(r"^\|[^|]+\|[^|]+\|([^|]+)\|", table, re.MULTILINE)
    named = re.findall(r"`(\w+)`", "\n".join(cells))
    assert len(named) > 12
    assert set(named) <= set(shipped_names())
