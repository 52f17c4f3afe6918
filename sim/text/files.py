"""Files and folders that appear whole or not at all: written aside, then renamed into place."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def write_file(path: Path, write: Callable[[Path], object]) -> Path:
    """Let `write` fill a file beside the place, then rename it; its folder is made. Gives the path back.

    Raises:
        OSError: it cannot be written; what was there before is untouched.
    """
    aside = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(aside)
        aside.replace(path)
    except OSError as error:  # told of the file that was asked for, not of the one beside it
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
    return path


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

    `is_ours` tells whether a folder is of that kind, `what` names the kind ("a saved run").

    Raises:
        FileExistsError: the folder is there and holds something else.
    """
    if folder.exists() and not is_ours(folder) and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is there and is not {what}: choose another folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write(aside)
        os.chmod(aside, 0o755)  # mkdtemp makes it private
        _put_in_place(aside, folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return folder


def _put_in_place(aside: Path, folder: Path) -> None:
    """Rename a folder into its place; what was there before goes only once that is done."""
    if not folder.exists():
        aside.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    folder.rename(old / "before")
    try:
        aside.rename(folder)
    except OSError:
        (old / "before").rename(folder)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


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
