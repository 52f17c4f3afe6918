"""A file that appears whole or not at all: written aside, then renamed into place."""

from __future__ import annotations

import os
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
