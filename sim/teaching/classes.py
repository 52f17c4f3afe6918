"""Many forecasts beside each other: a class's table, without names, and how well it knew what it knew."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.teaching.forecasts import ForecastBook, as_cell, files_below, read_book
from sim.text.language import tr

if TYPE_CHECKING:
    import pandas as pd

LEAST = 20
"""Forecasts from which on calibration is told: of fewer it is chance."""
MOST_FILES = 10_000


class ClassCalibration(NamedTuple):
    """How well a class knew what it knew: Brier's score of so many forecasts, and that of always saying one half."""

    brier: float
    sure: float
    right: float
    forecasts: int


def pseudonym(book: ForecastBook) -> str:
    """A name that is always the same for a file and from which nobody can be found: a digest of its random key.

    >>> pseudonym(ForecastBook(key="0" * 32)) == pseudonym(ForecastBook(key="0" * 32)), len(pseudonym(ForecastBook()))
    (True, 8)
    """
    return f"p-{sha256(f'clientele forecasts {book.key}'.encode()).hexdigest()[:6]}"


def books_of(folder: Path) -> tuple[dict[str, ForecastBook], list[str]]:
    """The files of forecasts below a folder, by their path in it, and what cannot be read, in words.

    Links are not followed, and a copy of a file that is there already is left out, in words too.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    books: dict[str, ForecastBook] = {}
    unread: list[str] = []
    first: dict[str, str] = {}
    for name, path in islice(files_below(folder, "*forecasts*.json"), MOST_FILES):
        try:
            book = read_book(path)
        except (ValueError, OSError) as error:
            unread.append(str(error))
            continue
        if book.key in first:
            unread.append(tr("{path} is a copy of {first}: it counts once.", path=name, first=first[book.key]))
        else:
            first[book.key], books[name] = name, book
    return books, unread


def class_table(
    books: Mapping[str, ForecastBook], lesson: str | None = None, *, names: bool = False, because: bool = False
) -> pd.DataFrame:
    """One row per forecast that counts: who (a pseudonym, or with `names` the file), lesson, winner, sure, right, ….

    Columns: who, lesson, on, winner, difference (the second minus the first, as `low` and `high`, the interval of the
    runs), sure (0 to 1), right (True, False; None where the runs name nobody), low, high; with `because` the reasons.
    `attrs` hold what a picture says: `option_a`, `option_b`, `outcome_words`, `unit`, `currency`, `runs`, `finding`.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    attrs: dict[str, Any] = {}
    for file, book in books.items():
        for name, kept in book.lessons.items():
            if lesson not in (None, name):
                continue
            said, found = kept.counts, kept.found
            if found is not None and found.pair:
                attrs = {"option_a": found.pair[0], "option_b": found.pair[1], "outcome_words": found.outcome,
                         "unit": found.unit, "currency": found.currency, "runs": found.runs}
            rows.append({
                "who": file if names else pseudonym(book), "lesson": as_cell(name), "on": said.on[:16],
                "winner": as_cell(str(said.said.get("winner", ""))), "sure": said.said.get("sure"),
                "difference": None if found is None else found.signed_difference(said),
                "right": None if found is None else found.right_winner(said),
                "low": found.low if found else None, "high": found.high if found else None,
                **({"because": as_cell(str(said.said.get("because", "")))} if because else {}),
            })
    columns = ["who", "lesson", "on", "winner", "sure", "difference", "right", "low", "high"]
    table = pd.DataFrame(rows, columns=[*columns, *(["because"] if because else [])])
    known = table[table["right"].notna()]
    if len(known):
        attrs["finding"] = tr("{right} of {every} forecasts name the right winner", every=len(known),
                              right=int(known["right"].astype(bool).sum()))
    table.attrs |= attrs
    return table


def calibration(table: pd.DataFrame) -> ClassCalibration | None:
    """Brier's score: the mean of (sure − right)², right being 1 or 0; None below twenty such forecasts.

    0 is perfect, 0.25 is that of always saying one half (Brier 1950).
    """
    told = table[table["right"].notna() & table["sure"].notna()]
    if len(told) < LEAST:
        return None
    sure, right = told["sure"].astype(float), told["right"].astype(float)
    return ClassCalibration(float(((sure - right) ** 2).mean()), float(sure.mean()), float(right.mean()), len(told))
