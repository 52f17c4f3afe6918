"""Files and folders that appear whole or not at all: written aside, then renamed into place.

What is written aside stands in a hidden folder beside the place, which only its maker can write into. Where a process
is killed such a folder is left; the next one that writes there takes it away, and puts back what it had moved aside.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

HIDDEN = ".clientele-"
"""How the names of hidden folders begin."""
ALIVE, BEFORE = "alive", "before"
"""In such a folder: a file that its maker holds locked while it lives, and what was in the place before."""
YOUNG = 60.0
"""Seconds in which a hidden folder without a lock may still get one."""


def write_file(path: Path, write: Callable[[Path], object]) -> Path:
    """Let `write` fill a file aside, then rename it into place; its folder is made. Gives the path back.

    Where the place is a link, what it leads to is written; a device or pipe is written into directly.

    Raises:
        OSError: it cannot be written; what was there before is untouched.
    """
    with _told_of(path):
        place = path.resolve()
        if path.exists() and not (path.is_file() or path.is_dir()):
            write(path)
            return path
        place.parent.mkdir(parents=True, exist_ok=True)
        with _aside(place.parent) as hidden:
            write(hidden / path.name)
            (hidden / path.name).replace(place)
    return path


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """An error of the system inside is told of the place that was asked for, not of one beside it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    except RuntimeError as error:  # links that lead to one another
        if "loop" not in str(error):
            raise
        raise OSError(None, "links that lead to one another", str(path)) from error


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """A hidden folder in a folder, for what is not whole yet; gone at the end."""
    _tidy(folder)
    hidden = Path(tempfile.mkdtemp(prefix=HIDDEN, dir=folder))
    try:
        with (hidden / ALIVE).open("w", encoding="utf-8") as file:
            _locked(file)
            yield hidden
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def _locked(file: IO[str]) -> bool:
    """Lock a file for as long as it is open; False where somebody else has, or nobody can."""
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True


def _tidy(folder: Path) -> None:
    """Take away the hidden folders of those who were killed; what they had moved aside comes back to its place."""
    for hidden in folder.glob(f"{HIDDEN}*"):
        with suppress(OSError):
            if hidden.is_symlink() or not hidden.is_dir() or not _is_left(hidden):
                continue
            for before in (hidden / BEFORE).glob("*"):
                if not (folder / before.name).exists():
                    before.rename(folder / before.name)
            shutil.rmtree(hidden)


def _is_left(hidden: Path) -> bool:
    """Whether nobody lives who made a hidden folder."""
    try:
        with (hidden / ALIVE).open("r+", encoding="utf-8") as file:
            return _locked(file)
    except FileNotFoundError:
        return time.time() - hidden.stat().st_mtime > YOUNG


def write_text(path: Path, text: str) -> Path:
    """A text, whole or not at all."""
    return write_file(path, lambda aside: aside.write_text(text, encoding="utf-8", newline="\n"))


def write_csv(path: Path, table: pd.DataFrame) -> Path:
    """A table as CSV, whole or not at all."""
    return write_file(path, lambda aside: table.to_csv(aside, index=False, lineterminator="\n", encoding="utf-8"))


def write_parquet(path: Path, table: pd.DataFrame) -> Path:
    """A table as Parquet, whole or not at all.

    Raises:
        ImportError: there is no package that writes it.
    """
    return write_file(path, lambda aside: table.to_parquet(aside, index=False))


def write_whole(folder: Path, write: Callable[[Path], None], is_ours: Callable[[Path], bool], what: str) -> Path:
    """Let `write` fill a folder aside, then rename it into place; an older one of the same kind is replaced.

    `is_ours` tells whether a folder is of that kind, `what` names the kind ("a saved run"). Where the place is a link,
    what it leads to is written.

    Raises:
        FileExistsError: the folder is there and holds something else.
        OSError: it cannot be written; what was there before is untouched.
    """
    with _told_of(folder):
        place = folder.resolve()
        holds_else = place.exists() and not is_ours(place) and (not place.is_dir() or any(place.iterdir()))
    if holds_else:
        raise FileExistsError(f"{folder} is there and is not {what}: choose another folder.")
    with _told_of(folder):
        place.parent.mkdir(parents=True, exist_ok=True)
        with _aside(place.parent) as hidden:
            (hidden / "new").mkdir()
            write(hidden / "new")
            _put_in_place(hidden, place)
    return folder


def _put_in_place(hidden: Path, place: Path) -> None:
    """Rename the new folder into its place; what was there before goes only once that is done."""
    before = hidden / BEFORE / place.name
    if place.exists():
        before.parent.mkdir()
        place.rename(before)
    try:
        (hidden / "new").rename(place)
    except OSError:
        if before.exists():
            before.rename(place)
        raise


def between(text: str, marks: tuple[str, str], inside: str) -> str:
    """A text with something else between its two marks, each on a line of its own.

    Raises:
        ValueError: the marks are not there.

    >>> between("<a>\\nold\\n</a>", ("<a>", "</a>"), "new")
    '<a>\\nnew\\n</a>'
    """
    before, begin, rest = text.partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not begin or not end:
        raise ValueError(f"There is no place for the table: put the lines {marks[0]} and {marks[1]} into the file.")
    return f"{before}{begin}\n{inside}\n{end}{after}"
