"""What people see on a terminal: plain words, aligned columns, progress with time left.

Results go to stdout, everything else to stderr. NO_COLOR, pipes and consoles that cannot show every letter are
respected: where a character cannot be encoded, a plain one stands in its place.
"""

from __future__ import annotations

import codecs
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from textwrap import wrap
from typing import Any, TextIO
from unicodedata import category

_PLAIN = {
    "…": "...", "–": "-", "—": "-", "−": "-", "×": "x", "·": "-", "→": "->", "≥": ">=", "≤": "<=", "±": "+-", "•": "-",
    "␛": "^[", "␤": "\\n", "␍": "\\r", "␇": "^G",
    "“": '"', "”": '"', "‘": "'", "’": "'", "½": "1/2", "\u00a0": " ", "\u202f": " ",
}


def visible(text: str, line: bool = False) -> str:
    r"""The text with nothing in it that acts on a terminal: as a `line`, without line breaks of its own, too.

    Control characters are shown as their pictures, marks that nobody sees (zero width, from right to left) by number.

    >>> visible("\x1b[31mred\x07 a\u202eb"), visible("one\ntwo", line=True)
    ('␛[31mred␇ a\\u202eb', 'one␤two')
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or (letter in "\n\t\u00a0\u202f" and not (line and letter == "\n"))
                   else _picture(letter) for letter in text)


def _picture(letter: str) -> str:
    """How a letter is shown that cannot be printed."""
    number = ord(letter)
    if letter == "\n":
        return "␤"
    if number < 0x20 or number == 0x7F:
        return "␡" if number == 0x7F else chr(0x2400 + number)
    if category(letter) in ("Zs", "Co", "Cn"):
        return letter  # a blank of another width; letters of one's own or newer than this Python
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def encodable(text: str, encoding: str | None) -> str:
    """The text in letters that the encoding has, and nothing else that a terminal would act on.

    >>> encodable("3 × 4 → 12 …", "ascii")
    '3 x 4 -> 12 ...'
    >>> encodable("Анна", "ascii"), encodable("Анна", "utf-8")
    ('????', 'Анна')
    """
    try:
        name = codecs.lookup(encoding or "ascii").name
    except LookupError:
        name = "ascii"
    text = visible(text)
    try:
        text.encode(name)
    except UnicodeEncodeError:
        for fancy, plain in _PLAIN.items():
            text = text.replace(fancy, plain)
        return text.encode(name, errors="replace").decode(name)
    return text


def say(text: str = "", style: str = "", stream: TextIO | None = None) -> None:
    """Print a line (or several); `style` (bold, red, dim, …) shows only where the stream is a terminal in colour."""
    target = sys.stdout if stream is None else stream
    line = encodable(text, getattr(target, "encoding", None))
    if style and target.isatty():
        from rich.console import Console
        from rich.text import Text

        Console(file=target, highlight=False).print(Text(line, style=style), soft_wrap=True)
    else:
        print(line, file=target)


def tell(text: str, style: str = "") -> None:
    """Print beside the result: to stderr."""
    say(text, style, sys.stderr)


def say_json(value: Any, indent: int | None = 2) -> None:
    """Print one JSON document to stdout: keys in the order given, no NaN, plain ASCII; `indent=None`: on one line."""
    print(json.dumps(_plain(value), indent=indent, allow_nan=False), flush=True)


def _plain(value: Any) -> Any:
    """As JSON knows it: NaN and infinity as null, arrays as lists, what is no number or text as its text."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float) and not isfinite(value):
        return None
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


WIDTH = 80
"""Letters in a line of a terminal of usual size."""
INDENT = 2
LEAST_LABEL = 14


def columns(
    rows: Sequence[Sequence[str]], left: Sequence[int] = (0,), gap: str = "  ", width: int | None = None
) -> list[str]:
    """Rows of words as aligned lines: the columns named in `left` to the left, the others to the right.

    Where lines are longer than `width`, words of the first row are set below each other; where that is not enough,
    those of the first column, too.

    >>> for line in columns([["", "Rush", "Root"], ["profit", "EUR 9", "EUR 11"]]): print(line)
              Rush    Root
    profit   EUR 9  EUR 11
    >>> for line in columns([["", "runs won by Root"], ["profit", "9 of 9"]], width=18): print(line)
            runs won
             by Root
    profit    9 of 9
    """
    if not rows:
        return []
    rows = rows if width is None else _fitted(rows, width, len(gap))
    widths = [max(len(row[place]) for row in rows if place < len(row)) for place in range(max(map(len, rows)))]
    return [
        gap.join(
            word.ljust(widths[place]) if place in left else word.rjust(widths[place]) for place, word in enumerate(row)
        ).rstrip()
        for row in rows
    ]


def _fitted(rows: Sequence[Sequence[str]], width: int, gap: int) -> Sequence[Sequence[str]]:
    """Rows whose heads, and labels if need be, are broken into lines so that they are at most so wide, if they can."""
    heads, *body = [[word.replace(" %", "\u00a0%") for word in rows[0]], *rows[1:]]
    most = [max((len(row[place]) for row in body if place < len(row)), default=0) for place in range(len(heads))]
    least = [max(cells, *map(len, head.split() or [""])) for cells, head in zip(most, heads, strict=True)]
    room = width - gap * (len(heads) - 1)
    if sum(max(cells, len(head)) for cells, head in zip(most, heads, strict=True)) <= room:
        return rows
    if sum(least) > room:
        least[0] = max(LEAST_LABEL, least[0] - sum(least) + room)
    while sum(least) < room:
        lines = [len(wrap(head, limit)) if limit < len(head) else 0 for head, limit in zip(heads, least, strict=True)]
        if max(lines) < 2:
            break
        least[lines.index(max(lines))] += 1
    return [line for number, row in enumerate([heads, *body])
            for line in _broken([wrap(word, limit, subsequent_indent="  " if number and not place else "") or [""]
                                 if place == 0 or not number else [word]
                                 for place, (word, limit) in enumerate(zip(row, least, strict=False))], number == 0)]


def _broken(cells: Sequence[Sequence[str]], low: bool) -> list[list[str]]:
    """Cells of several lines as rows; short ones stand in the last line where `low`, else in the first."""
    height = max(map(len, cells))
    padded = [[*[""] * (height - len(cell)), *cell] if low else [*cell, *[""] * (height - len(cell))] for cell in cells]
    return [[word.replace("\u00a0%", " %") for word in row] for row in zip(*padded, strict=True)]


Progress = Callable[[int, int, str], None]
"""Called with (steps done, steps in all, what is being done)."""


class Pace:
    """How long the rest takes, if it goes on as it has since the first step was done: loading does not count.

    Where steps are alike that is right soon; a mean over the last half minute would follow every pause.
    """

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._found: int | None = None  # done before, in a store
        self._first: tuple[int, float] | None = None

    @property
    def seconds(self) -> float:
        """Seconds since the work began."""
        return time.monotonic() - self._began

    def left(self, done: int, total: int) -> float | None:
        """Seconds left; None where nobody can know."""
        now = time.monotonic()
        self._found = done if self._found is None else self._found
        if done >= total:
            return 0.0
        if self._first is None:
            self._first = (done, now) if done > self._found else None
            return None
        before, since = self._first
        return (now - since) * (total - done) / (done - before) if done > before else None


@contextmanager
def json_lines(every: float = 0.5) -> Iterator[Progress]:
    """Progress as JSON lines on stdout, at most one in so many seconds: done, total, seconds, seconds_left, what."""
    pace, last = Pace(), 0.0

    def told(done: int, total: int, what: str) -> None:
        nonlocal last
        left, first = pace.left(done, total), last == 0.0
        if not first and done < total and pace.seconds - last < every:
            return
        last = pace.seconds or 1e-9
        say_json({"event": "progress", "done": done, "total": total, "seconds": round(pace.seconds, 1),
                  "seconds_left": None if left is None else round(left, 1), "what": what}, indent=None)

    yield told


@contextmanager
def bar(title: str, quiet: bool = False) -> Iterator[Progress]:
    """A bar with the time left on stderr, for as long as the work takes; nothing when quiet.

    Not on a terminal there is a line after half a minute, one, two, and then every four minutes. Gives the function
    that experiments call with their progress.
    """
    if quiet:
        yield lambda _done, _total, _what: None
        return
    if not sys.stderr.isatty():
        yield _lines_now_and_then(title)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as ProgressBar

    words, left = TextColumn("{task.description}", markup=False), TextColumn("{task.fields[left]}")
    parts = (words, BarColumn(), MofNCompleteColumn(), left)
    with ProgressBar(*parts, console=Console(stderr=True), transient=True) as shown:
        yield _Bar(shown, shown.add_task(encodable(title, sys.stderr.encoding), total=None, left="preparing"))


FIRST_LINE, MOST_APART = 30.0, 240.0
"""Seconds before the first line of progress that is not on a terminal, and between two of them at most."""


def _lines_now_and_then(title: str) -> Progress:
    pace, due = Pace(), FIRST_LINE

    def told(done: int, total: int, _what: str) -> None:
        nonlocal due
        left = pace.left(done, total)
        if pace.seconds >= due and done < total:
            due = pace.seconds + min(MOST_APART, pace.seconds)
            tell(f"{title}: {done:,} of {total:,}{'' if left is None else f', {duration(left)} left'}", "dim")

    return told


def duration(seconds: float) -> str:
    """A time in words: seconds by ten, minutes, hours.

    >>> duration(33), duration(200), duration(20_000)
    ('about 30 s', 'about 3 min', 'about 5.6 h')
    """
    if seconds < 100:
        return f"about {10 * max(1, round(seconds / 10))} s"
    return f"about {round(seconds / 60)} min" if seconds < 7200 else f"about {seconds / 3600:.1f} h"


class _Bar:
    """Progress shown as a bar that can be taken away for a question."""

    def __init__(self, shown: Any, task: Any) -> None:
        self._shown, self._task, self._pace = shown, task, Pace()

    def __call__(self, done: int, total: int, what: str) -> None:
        left = self._pace.left(done, total)
        words = (what if done == 0 else "") if left is None else f"{duration(left)} left"
        self._shown.update(self._task, completed=done, total=total or None, left=encodable(words, sys.stderr.encoding))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing is drawn for so long."""
        self._shown.stop()
        yield
        self._shown.start()
