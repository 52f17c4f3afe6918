"""`sim grade`: what a class handed in: does it replay, is it the student's own market."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.errors import CannotDoError
from sim.cli.options import Json, a_file, show
from sim.text.console import columns
from sim.text.language import marked, tr, trn

PANEL = "Teach"
SHOWN = {"student": marked("student"), "lesson": marked("lesson"), "id": marked("id"), "replays": marked("replays"),
         "winner": marked("winner"), "judged_by": marked("judged by"), "same_market_as": marked("same market as")}
JUDGED = ("id", "replays", "winner", "judged_by")


def grade(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the files of answers are, also in zips.")],
    course: Annotated[
        str | None, typer.Option("--course", help="The course that students gave to my_market and hand_in.")
    ] = None,
    ids: Annotated[
        Path | None, typer.Option("--ids", metavar="FILE", help="The ids of the class, one a line.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", callback=a_file,
                                  help="Also as a table, with the reasons that were given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Look at what students handed in about their own markets (sim.teaching.hand_in): does it replay?

    Answers are read as data: no notebook and no code of a student is run. For each answer its market is made from the
    id and run with the told seed; who is ahead is judged by ten runs, or by the student's own where those are too
    close. It takes some seconds an answer.

    Example: sim grade submissions --csv marks.csv
    """
    from sim.teaching.hand_ins import handed_in, marks
    from sim.text.files import write_csv

    found, unread = handed_in(folder)
    if not any(found.values()):
        none = tr("There are no answers in {folder}: files named answers.json are looked for, also in zips.",
                  folder=folder)
        raise CannotDoError(" ".join([none, *unread]))
    listed = None if ids is None else ids.read_text(encoding="utf-8").splitlines()
    table = marks(found, course=course or "", ids=listed)
    if csv is not None:
        write_csv(csv, table)

    def lines() -> list[str]:
        rows = [list(map(tr, SHOWN.values())),
                *([tr(row[name]) if name in JUDGED else str(row[name]) for name in SHOWN]
                  for row in table.to_dict("records"))]
        said = trn("{count} answer; markets were run from id and seed, no notebook was.",
                   "{count} answers; markets were run from id and seed, no notebook was.", len(table))
        written = [tr("Written: {file}", file=csv)] if csv else []
        return [said, *columns(rows, left=range(len(SHOWN))), *unread, *written]

    show(as_json, lines, lambda: {"answers": table.to_dict("records"), "unread": unread})
