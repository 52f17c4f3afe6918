"""`sim forecasts`: what a class forecast, without names, and how well it knew what it knew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.errors import CannotDoError
from sim.cli.options import Json, a_file, show
from sim.text.console import columns
from sim.text.language import marked, tr, trn
from sim.text.numbers import MISSING, percent, signed, written

if TYPE_CHECKING:
    import pandas as pd

PANEL = "Teach"
SHOWN = (marked("who"), marked("lesson"), marked("winner"), marked("sure"), marked("difference"), marked("right"),
         marked("because"))


def forecasts(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the files forecasts.json of a class are.")],
    lesson: Annotated[str | None, typer.Option("--lesson", help="One lesson, e.g. 03; left out: all.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", callback=a_file,
                                  help="Picture of a lesson (.png, .svg, .pdf), or the table (.csv).")
    ] = None,
    names: Annotated[bool, typer.Option("--names", help="The names of the files instead of pseudonyms.")] = False,
    because: Annotated[
        bool, typer.Option("--because", help="Also the reasons, which else stay where they are.")
    ] = False,
    as_json: Json = False,
) -> None:
    """The forecasts of a class (sim.teaching.forecast) beside what the runs show; calibration from twenty forecasts on.

    Pseudonyms are the same every time and come from a random key in each file: no name can be found from them.

    Examples: sim forecasts class · sim forecasts class --lesson 01 -o class.png
    """
    from sim.teaching.classes import LEAST, books_of, calibration, class_table

    books, unread = books_of(folder)
    table = class_table(books, lesson, names=names, because=because)
    if table.empty:
        known = sorted({name for book in books.values() for name in book.lessons})
        raise CannotDoError(tr("There are no forecasts of this lesson in {folder}; there are: {known}.", folder=folder,
                               known=", ".join(known)) if known else
                            tr("There are no forecasts in {folder}: files named forecasts.json are looked for.",
                               folder=folder))
    if out is not None:
        _write(out, table)
    knew = calibration(table)

    def lines() -> list[str]:
        told = tr("Sure: {sure}; right: {right}. Brier's score: {brier} (0: perfect, 0.25: always one half).",
                  sure=percent(knew.sure), right=percent(knew.right), brier=written(f"{knew.brier:.3f}")) if knew else \
            tr("Calibration is told from {least} forecasts on whose winner the runs show: of fewer it is chance.",
               least=LEAST)
        return [trn("{count} forecast that counts:", "{count} forecasts that count:", len(table)),
                *columns(_rows(table), left=(0, 1, 2)), told, *unread,
                *([tr("Written: {file}", file=out)] if out else [])]

    show(as_json, lines, lambda: {"forecasts": table.astype(object).where(table.notna(), None).to_dict("records"),
                                  "calibration": knew._asdict() if knew else None, "unread": unread})


def _rows(table: pd.DataFrame) -> list[list[str]]:
    """The table in words, who forecast what."""
    def word(value: Any) -> str:
        if value is None or value != value:
            return MISSING
        return value if isinstance(value, str) else signed(value, "")

    named = [name for name in SHOWN if name in table]
    right = table["right"].map({True: tr("yes"), False: tr("no")})
    sure = table["sure"].map(percent, na_action="ignore")
    shown = table.assign(right=right, sure=sure)[named].astype(object).to_numpy().tolist()
    return [list(map(tr, named)), *([word(cell) for cell in row] for row in shown)]


def _write(out: Path, table: pd.DataFrame) -> None:
    """The table as CSV, or the picture of its one lesson.

    Raises:
        CannotDoError: there are several lessons, no number to draw, or no such kind of file.
    """
    from sim.figures import KINDS, save
    from sim.text.files import write_csv

    if out.suffix == ".csv":
        write_csv(out, table)
        return
    lessons = list(dict.fromkeys(table["lesson"]))
    if out.suffix not in KINDS:
        raise CannotDoError(tr("--out {file}: write a name that ends in .png, .svg, .pdf or .csv.", file=out))
    if len(lessons) > 1:
        raise CannotDoError(tr("A picture shows one lesson: add --lesson, e.g. --lesson {lesson}.", lesson=lessons[0]))
    if table[["difference", "sure", "low"]].dropna().empty:
        raise CannotDoError(tr("There is nothing to draw: no forecast has a difference, how sure, and a reveal."))
    save("class_forecasts", table, out)
