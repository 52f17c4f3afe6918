"""`sim lessons`: the lessons, copied to where one works."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.cli.errors import CannotDoError
from sim.cli.options import a_folder
from sim.cli.speech import Lang
from sim.text.console import columns, say
from sim.text.language import SOURCE, language, tr
from sim.text.words import counted, joined

PANEL = "Teach"
INSTALL = 'pip install "clientele-lab[notebooks]" (in a copy of the repository: pip install ".[notebooks]")'
OTTER = 'pip install "clientele-lab[teach]" (in a copy of the repository: pip install ".[teach]")'


def lessons(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where they are copied to.", callback=a_folder)]
    = Path("lessons"),
    marked: Annotated[
        str | None, typer.Option("--graded", metavar="LESSON|all",
                                 help="Build what is marked instead (with Otter-Grader): what students get, and the "
                                      "autograder with its hidden tests.")
    ] = None,
    lang: Lang = None,
) -> None:
    """Copy the lessons (Jupyter notebooks) into a folder of yours; what is there already is left alone.

    They come for self-study: solutions are folded below the exercises. --lang ru: those that are translated.

    Examples: sim lessons my_lessons · sim lessons uroki --lang ru · sim lessons graded --graded 01
    """
    from sim.scenario.calling import quoted
    from sim.teaching.lessons import self_study, translated

    del lang
    if marked is not None:
        _build_graded(folder, marked)
        return
    rows, kept, english = [], 0, []
    for lesson in lesson_files():
        own, master = folder / lesson.name, json.loads(lesson.read_text(encoding="utf-8"))
        made = translated(master)
        english += [lesson.name[:2]] if made is master else []
        if own.exists():
            kept += 1
        else:
            folder.mkdir(parents=True, exist_ok=True)
            with own.open("x", encoding="utf-8") as file:
                file.write(json.dumps(self_study(made), indent=1, ensure_ascii=False) + "\n")
        rows.append([f"  {lesson.name}", _title(made)])
    say(tr("{lessons} in {folder}, {kept} of them left as they were:", lessons=counted(len(rows), "lesson"),
           folder=folder, kept=kept) if kept else
        tr("{lessons} in {folder}:", lessons=counted(len(rows), "lesson"), folder=folder))
    for line in columns(rows, left=(0, 1)):
        say(line)
    if english and language() != SOURCE:
        say(tr("Still in English: {lessons}.", lessons=", ".join(english)))
    first = quoted(["jupyter", "lab", str(folder / rows[0][0].strip())])
    say(tr("Open the first: {command}", command=first) if has_jupyter()
        else tr("They need JupyterLab: {install}", install=INSTALL))


def _build_graded(folder: Path, marked: str) -> None:
    """What is marked, of the lessons whose names begin so; a lesson is run to see that its solutions pass.

    Raises:
        CannotDoError: there is no such lesson, or Otter-Grader is not installed.
    """
    from importlib.util import find_spec

    from sim.teaching.lessons import graded

    chosen = [one for one in lesson_files() if marked == "all" or one.name.startswith(marked)]
    if not chosen:
        known = joined([one.name[:2] for one in lesson_files()], "or")
        raise CannotDoError(tr("--graded {lesson}: there is no such lesson; write {known} or all.", lesson=marked,
                               known=known))
    if find_spec("otter") is None:
        raise CannotDoError(tr("This needs Otter-Grader: {install}", install=OTTER))
    for lesson in chosen:
        place = graded(lesson, folder)
        say(tr("{place}: `student` is what students get, `autograder` marks it (otter run, otter grade).", place=place))


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


def _title(lesson: dict[str, Any]) -> str:
    """The head of a lesson."""
    from sim.teaching.lessons import text_of

    texts = (text_of(cell) for cell in lesson["cells"] if cell["cell_type"] == "markdown")
    return next(texts).splitlines()[0].lstrip("# ")
