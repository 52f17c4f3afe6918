"""What a student hands in beside the notebook: an answer about one's own market that can be run again.

Of a whole class: does each answer replay, is it about the student's own market, was it handed in twice. Only files of
answers are read. No notebook and no code of a student is run; the markets are, from id and seed.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError

from sim.teaching.check import replays
from sim.teaching.forecasts import LONGEST, MOST_BYTES, StoredData, Told, as_cell, files_below, is_missing
from sim.teaching.markets import GRADED, code_of, leading, my_market, same_number, sure_leader, values_of
from sim.text.files import write_text
from sim.text.language import marked, tr

if TYPE_CHECKING:
    import pandas as pd

FILE = "answers.json"
"""Where answers are kept, in the folder of the notebook."""
YES, NO = marked("yes"), marked("no")
KEPT = ("market.", "clock.", "runs.")
"""Numbers that no hand-in may change: how large a market is, how long it runs, and its seed."""
COLUMNS = ("file", "student", "lesson", "on", "id", "market", "replays", "winner", "judged_by", "same_market_as",
           "because")


class HandIn(StoredData):
    """One answer: who is ahead in the market of a student, and the number of a firm that one run gives.

    `overrides` are numbers of the market that the student changed, by dotted name.
    """

    on: str = Field(max_length=40)
    student: str = Field(min_length=1, max_length=200)
    market: str = Field(max_length=40)
    winner: str = Field(max_length=200)
    metric: str = Field(default=GRADED, max_length=200)
    firm: str = Field(max_length=200)
    number: float
    seed: int = Field(ge=0, le=2**53)
    because: str = Field(max_length=LONGEST)
    overrides: dict[str, float] = Field(default_factory=dict, max_length=8)


class AnswerBook(StoredData):
    """A file of answers, by lesson."""

    version: Literal[1] = 1
    lessons: dict[str, HandIn] = Field(default_factory=dict, max_length=100)


def hand_in(
    lesson: str, student_id: Any, /, *, course: str = "", folder: str | Path = ".", **answer: Any,
) -> Told:
    """Write an answer about one's own market into `answers.json` of the folder; a new one takes the place of the old.

    `winner` is who is ahead over many runs, `firm`, `seed` and `number` one run that shows it (of `metric`, profit to
    date unless named), `because` the reason; `overrides` are numbers of the market that were changed. What is left as
    `...` is missing: nothing is written, and a sentence says what to fill in. It is run once to see that it replays.

    Raises:
        ValueError: an answer is no answer of that kind, or the file holds no answers.
        OSError: the file cannot be written.

    >>> print(hand_in("08", ..., winner="Root", firm="Root", seed=1, number=..., because="it keeps people"))
    Nothing is handed in yet: fill in student_id, number and run this cell again.
    """
    asked = {"student_id": student_id, **{name: answer.get(name) for name in ("winner", "firm", "seed", "number",
                                                                              "because")}}
    missing = [name for name, value in asked.items() if is_missing(value)]
    if missing:
        return Told(tr("Nothing is handed in yet: fill in {what} and run this cell again.", what=", ".join(missing)),
                    False)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        kept = HandIn(on=now, student=student_id, market=code_of(student_id, course), **answer)
    except ValidationError as error:
        raise ValueError(_why(error)) from None
    path = Path(folder) / FILE
    book = read_answers(path.read_bytes(), str(path)) if path.exists() else AnswerBook()
    book.lessons[lesson] = kept
    write_text(path, book.to_text())
    again = replays(kept.number, my_market(student_id, course), kept.seed, metric=kept.metric, firm=kept.firm,
                    overrides=kept.overrides)
    written = tr("Written into {file} (market {code}).", file=FILE, code=kept.market)
    return Told(f"{written}\n{again}", True)


def read_answers(data: bytes, name: str) -> AnswerBook:
    """The answers of a file. They are read as data: nothing in them is run.

    Raises:
        ValueError: it is too large, or holds something else.
    """
    if len(data) > MOST_BYTES:
        raise ValueError(tr("{path} holds more than 1 MB: it is no file of answers.", path=name))
    try:
        return AnswerBook.model_validate_json(data)
    except ValidationError as error:
        raise ValueError(tr("{path} is no file of answers: {why}.", path=name, why=_why(error))) from None


def _why(error: ValidationError) -> str:
    """The first thing that is wrong, and where."""
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'JSON'}: {first['msg']}"


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
    own = marked("own") if one.market == code_of(one.student, course) else marked("wrong")
    if listed is not None and one.student.strip().casefold() not in listed:
        own = marked("not on the list")
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
            "judged_by": marked("ten runs") if leader else marked("own run")}
