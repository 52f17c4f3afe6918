"""What a student hands in beside the notebook: an answer about one's own market that can be run again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from sim.teaching.check import replays
from sim.teaching.forecasts import LONGEST, MOST_BYTES, StoredData, Told, is_missing
from sim.teaching.markets import GRADED, code_of, my_market
from sim.text.files import write_text
from sim.text.language import tr

FILE = "answers.json"
"""Where answers are kept, in the folder of the notebook."""


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
