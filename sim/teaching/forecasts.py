"""Forecasts that count: dated, kept beside the notebook, and still there when the runs have spoken."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from math import isfinite, nan
from numbers import Real
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.text.files import HIDDEN, write_text
from sim.text.language import tr
from sim.text.numbers import amount, day_in_words, percent
from sim.text.words import nearest

FILE = "forecasts.json"
"""Where forecasts are kept, in the folder of the notebook."""
TOO_CLOSE = "too close to call"
"""A winner that can be forecast, too: nobody."""
LONGEST, MOST_BYTES = 2000, 1_000_000
"""Letters of a text, and bytes of a file of forecasts that is read."""
Answer = float | str


class StoredData(BaseModel):
    """What is written into a file of forecasts; what else stands there is refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    def to_text(self) -> str:
        """As it stands in its file."""
        return self.model_dump_json(indent=1) + "\n"


class Said(StoredData):
    """What was forecast, and when (UTC)."""

    on: str = Field(max_length=40)
    said: dict[str, Answer]


class Revealed(StoredData):
    """What the runs showed: `winner` of the two in `pair` ("" where it is too close to call), and by how much.

    `low` and `high` are the 95 % interval of the second of the pair minus the first; `facts` holds an interval, a
    number or a word for each other part of a forecast.
    """

    on: str = Field(max_length=40)
    outcome: str = Field(default="", max_length=LONGEST)
    unit: str = Field(default="", max_length=40)
    currency: str = Field(default="", max_length=40)
    pair: list[str] = Field(default_factory=list, max_length=2)
    winner: str = Field(default="", max_length=LONGEST)
    less_wins: bool = False
    low: float | None = None
    high: float | None = None
    runs: int = 0
    facts: dict[str, Answer | tuple[float, float]] = Field(default_factory=dict)

    def nearest(self, name: str) -> str | None:
        """The one of the pair that a word names, or "too close to call"; None where it is neither."""
        folded = {one.casefold(): one for one in (*self.pair, TOO_CLOSE)}
        return folded.get(name.strip().casefold()) or (TOO_CLOSE if nearest(name, [TOO_CLOSE]) else None)

    def right_winner(self, said: Said) -> bool | None:
        """Whether the winner was named; None where the runs name none, or none was forecast."""
        if "winner" not in said.said or not self.pair:
            return None
        named = self.nearest(str(said.said["winner"]))
        if not self.winner:
            return True if named == TOO_CLOSE else None
        return named == self.winner

    def signed_difference(self, said: Said) -> float | None:
        """The difference that was forecast as the second minus the first; None where there is none."""
        difference = said.said.get("difference")
        if not isinstance(difference, float) or len(self.pair) != 2:
            return None
        named = self.nearest(str(said.said.get("winner", self.pair[1])))
        if named is None:
            return None
        return -difference if (named == self.pair[0]) != self.less_wins else difference


class Lesson(StoredData):
    """All that was forecast in a lesson, the oldest first, and what was revealed."""

    said: list[Said] = Field(min_length=1, max_length=1000)
    found: Revealed | None = None

    @property
    def counts(self) -> Said:
        """The forecast that counts: the last one before the reveal."""
        before = [one for one in self.said if self.found is None or one.on <= self.found.on]
        return (before or self.said[:1])[-1]


class ForecastBook(StoredData):
    """A file of forecasts. `key` is drawn when it is made: pseudonyms come from it, and from no name."""

    version: Literal[1] = 1
    key: str = Field(default_factory=lambda: secrets.token_hex(16), pattern="^[0-9a-f]{32}$")
    lessons: dict[str, Lesson] = Field(default_factory=dict)


class Told:
    """What came of a cell: print it. True where it went well: stored, right, revealed."""

    def __init__(self, text: str, good: bool) -> None:
        self.text, self.good = text, good

    def __repr__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return self.good


def forecast(lesson: str, /, *, folder: str | Path = ".", **said: Any) -> Told:
    """Store a dated forecast in `forecasts.json` of the folder, before anything is revealed.

    `winner` is a firm or a variant (or "too close to call"), `difference` by how much it will be ahead in the unit of
    the outcome, `sure` how sure one is of the winner, from 0 to 1, `because` the reason; any other name takes a number
    or a word. What is left as `...` is missing: nothing is stored, and a sentence says what to fill in. A changed
    forecast is kept beside the first; once revealed, what was said before counts.

    Raises:
        ValueError: a number is out of range, a text is too long, or the file holds no forecasts.
        OSError: the file cannot be written.

    >>> print(forecast("03", winner=..., sure=0.8))
    No forecast yet: fill in winner and run this cell again.
    """
    missing = [name for name, value in said.items() if is_missing(value)]
    if missing or not said:
        what = ", ".join(missing or ["winner"])
        return Told(tr("No forecast yet: fill in {what} and run this cell again.", what=what), False)
    checked = {name: _checked(name, value) for name, value in said.items()}
    if "winner" in checked and isinstance(checked.get("difference"), float) and float(checked["difference"]) < 0:
        raise ValueError(tr("difference is by how much the winner is ahead: write it without a minus."))
    path = Path(folder) / FILE
    book = read_book(path) if path.exists() else ForecastBook()
    now = Said(on=datetime.now(UTC).isoformat(timespec="microseconds"), said=checked)
    before = book.lessons.get(lesson)
    if before is None:
        book.lessons[lesson] = Lesson(said=[now])
    elif before.said[-1].said != checked:
        before.said.append(now)
    write_text(path, book.to_text())
    return Told(_told(lesson, book.lessons[lesson]), True)


def is_missing(value: Any) -> bool:
    """Whether an answer still stands as `...`.

    >>> [is_missing(value) for value in (..., None, "…", " ", 0, "Root")]
    [True, True, True, True, False, False]
    """
    return value is ... or value is None or (isinstance(value, str) and value.strip(" .…") == "")


def as_cell(text: str) -> str:
    """A text of somebody else as a cell of a table, which no spreadsheet takes for a formula.

    >>> as_cell("=1+1"), as_cell("Root")
    ("'=1+1", 'Root')
    """
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def files_below(folder: Path, *patterns: str) -> Iterator[tuple[str, Path]]:
    """The files of a class below a folder, by their path in it. Links are not followed.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    if not folder.is_dir():
        raise FileNotFoundError(tr("There is no folder {folder}.", folder=folder))
    for path in sorted(path for pattern in patterns for path in folder.rglob(pattern)):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not path.is_symlink() and HIDDEN not in name:
            yield name, path


def read_book(path: Path) -> ForecastBook:
    """The forecasts of a file. It is read as data: nothing in it is run.

    Raises:
        ValueError: it is too large, or holds something else.
    """
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(tr("{path} holds more than 1 MB: it is no file of forecasts.", path=path))
    try:
        return ForecastBook.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "JSON"
        raise ValueError(tr("{path} is no file of forecasts ({where}: {why}). Move it away, or repair it.",
                            path=path, where=where, why=first["msg"])) from None


def _checked(name: str, value: Any) -> Answer:
    """A number or a word, or an error that says what is allowed."""
    if isinstance(value, str):
        if len(value) > LONGEST:
            raise ValueError(tr("{name} is too long: at most {most} letters.", name=name, most=LONGEST))
        if name in ("difference", "sure"):
            raise ValueError(tr("{name} is a number, without quotes.", name=name))
        return value.strip()
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else nan
    if not isfinite(number):
        raise ValueError(tr("{name} is a number or a word in quotes, not {value}.", name=name, value=repr(value)[:40]))
    if name == "sure" and not 0 <= number <= 1:
        raise ValueError(tr("sure goes from 0 to 1: 80 per cent is 0.8."))
    return number


def in_words(said: dict[str, Answer], unit: str = "", currency: str = "") -> str:
    """A forecast on one line.

    >>> in_words({"winner": "Root", "difference": 5000.0, "sure": 0.8}, "money", "EUR")
    'winner: Root; difference: EUR 5,000; sure: 80 %'
    """
    parts = {name: value if isinstance(value, str) else percent(value) if name == "sure" else
             amount(value, *(unit, currency) if name == "difference" else ("", "")) for name, value in said.items()}
    return "; ".join(f"{name}: {value}" for name, value in parts.items())


def _told(lesson: str, kept: Lesson) -> str:
    """What is stored, and which one counts."""
    counts, day = kept.counts, day_in_words(kept.counts.on[:16])
    text = tr("Forecast {lesson}, stored on {day} (UTC) in {file}. {said}.", lesson=lesson, day=day, file=FILE,
              said=in_words({name: value for name, value in counts.said.items() if name != "because"}))
    if kept.said[-1] is not counts:
        text += "\n" + tr("It was revealed since: this one counts. What you say now is kept beside it.")
    elif len(kept.said) > 1:
        text += "\n" + tr("It is not your first: the earlier ones are kept, too.")
    return text
