"""What a class handed in, looked at: does it replay, is it the student's own market, was it handed in twice.

Only files of answers are read. No notebook and no code of a student is run; the markets are, from id and seed.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.teaching.forecasts import MOST_BYTES, as_cell, files_below
from sim.teaching.hand_ins import HandIn, read_answers
from sim.teaching.markets import code_of, leading, my_market, same_number, sure_leader, values_of
from sim.text.language import tr

if TYPE_CHECKING:
    import pandas as pd

YES, NO = "yes", "no"
KEPT = ("market.", "clock.", "runs.")
"""Numbers that no hand-in may change: how large a market is, how long it runs, and its seed."""
COLUMNS = ("file", "student", "lesson", "on", "id", "market", "replays", "winner", "judged_by", "same_market_as",
           "because")


def handed_in(folder: Path) -> tuple[dict[str, dict[str, HandIn]], list[str]]:
    """The answers below a folder by file and lesson, also those in zip files, and what cannot be read, in words.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    found: dict[str, dict[str, HandIn]] = {}
    unread: list[str] = []
    for name, path in files_below(folder, "*answers*.json", "*.zip"):
        try:
            for inner, data in _files_in(path):
                found[name + inner] = read_answers(data, name + inner).lessons
        except (ValueError, OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            unread.append(tr("{path}: {why}", path=name, why=error))
    return found, unread


def _files_in(path: Path) -> Iterator[tuple[str, bytes]]:
    """The files of answers in a place: itself, or those in a zip file. No more is read than such a file may hold."""
    if path.suffix != ".zip":
        with path.open("rb") as file:
            yield "", file.read(MOST_BYTES + 1)
        return
    with zipfile.ZipFile(path) as packed:
        for name in [name for name in packed.namelist() if name.rpartition("/")[2].endswith("answers.json")][:8]:
            with packed.open(name) as file:
                yield f"!{name}", file.read(MOST_BYTES + 1)


def marks(
    found: Mapping[str, Mapping[str, HandIn]], *, course: str = "", ids: Collection[str] | None = None
) -> pd.DataFrame:
    """One row per answer. Columns: file, student, lesson, on, id, market, replays, winner, judged_by, same_market_as,
    because.

    `id`: "own", "wrong" (the market is not that of the id) or "not on the list" (of `ids`); `replays`: whether the run
    with the told seed gives the told number; `winner`: whether the named firm is ahead over ten runs, `judged_by`
    "ten runs", or "own run" where those are too close to call; `same_market_as`: other files with the same market.
    """
    import pandas as pd

    listed = None if ids is None else {one.strip().casefold() for one in ids}
    rows = [_row(file, lesson, one, course, listed) for file, lessons in found.items()
            for lesson, one in lessons.items()]
    for row in rows:
        others = [other["file"] for other in rows if other is not row and other["lesson"] == row["lesson"]
                  and other["market"] == row["market"] and other["file"] != row["file"]]
        row["same_market_as"] = ", ".join(others)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(file: str, lesson: str, one: HandIn, course: str, listed: Collection[str] | None) -> dict[str, Any]:
    own = "own" if one.market == code_of(one.student, course) else "wrong"
    if listed is not None and one.student.strip().casefold() not in listed:
        own = "not on the list"
    row = {"file": file, "student": as_cell(one.student), "lesson": as_cell(lesson), "on": one.on[:16], "id": own,
           "market": as_cell(one.market), "because": as_cell(one.because)}
    return row | _judged(one, course)


def _judged(one: HandIn, course: str) -> dict[str, str]:
    """Whether an answer replays, and whether it names the firm that is ahead; a faulty one does neither."""
    if any(path.startswith(KEPT) for path in one.overrides):
        return {"replays": NO, "winner": NO, "judged_by": ""}
    mine = my_market(one.student, course)
    try:
        told = values_of(mine, one.seed, one.metric, one.overrides)
        leader = sure_leader(mine, one.metric)
    except ValueError:  # a scenario error is one, too
        return {"replays": NO, "winner": NO, "judged_by": ""}
    again = one.firm in told and same_number(one.number, told[one.firm])
    ahead = leader or leading(told)
    return {"replays": YES if again else NO, "winner": YES if one.winner.strip().casefold() == ahead.casefold() else NO,
            "judged_by": "ten runs" if leader else "own run"}
