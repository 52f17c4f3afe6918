"""`sim lessons`: the lessons, copied to where one works."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.errors import CannotDoError
from sim.cli.options import a_folder
from sim.text.console import columns, say
from sim.text.words import counted

PANEL = "Teach"
INSTALL = 'pip install "clientele-lab[notebooks]" (in a copy of the repository: pip install ".[notebooks]")'


def lessons(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where they are copied to.", callback=a_folder)]
    = Path("lessons"),
) -> None:
    """Copy the lessons (Jupyter notebooks) into a folder of yours; what is there already is left alone.

    Example: sim lessons my_lessons
    """
    from sim.scenario.calling import quoted

    rows, kept = [], 0
    for lesson in lesson_files():
        own = folder / lesson.name
        if own.exists():
            kept += 1
        else:
            folder.mkdir(parents=True, exist_ok=True)
            with own.open("xb") as file:
                file.write(lesson.read_bytes())
        rows.append([f"  {lesson.name}", _title(lesson)])
    there = f", {kept} of them left as they were" if kept else ""
    say(f"{counted(len(rows), 'lesson')} in {folder}{there}:")
    for line in columns(rows, left=(0, 1)):
        say(line)
    say(f"Open the first: {quoted(['jupyter', 'lab', str(folder / rows[0][0].strip())])}" if has_jupyter()
        else f"They need JupyterLab: {INSTALL}")


def lesson_files() -> list[Path]:
    """The lessons that travel with the package: inside it, else beside a checkout's package.

    Raises:
        CannotDoError: there are none.
    """
    package = Path(__file__).resolve().parents[2]
    inside = package / "lessons"
    found = sorted((inside if inside.is_dir() else package.parent / "notebooks").glob("*.ipynb"))
    if not found:
        raise CannotDoError("The lessons are not here; they are in the folder `notebooks` of the repository.")
    return found


def has_jupyter() -> bool:
    """Whether JupyterLab and a kernel are installed; nothing is imported."""
    from importlib.util import find_spec

    return find_spec("jupyterlab") is not None and find_spec("ipykernel") is not None


def _title(lesson: Path) -> str:
    """The head of a lesson."""
    cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    return "".join(cells[0]["source"]).splitlines()[0].lstrip("# ")
