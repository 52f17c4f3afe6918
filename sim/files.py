"""Files that appear whole or not at all, and tables as every machine writes them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@contextmanager
def in_one_piece(path: Path) -> Iterator[Path]:
    """A place beside `path` to write to; it is renamed to `path` once all is written, and gone where that fails.

    Folders above are made. A reader sees the old file or the new one, never a half of it.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "new" / "words.txt"
    ...     with in_one_piece(path) as aside:
    ...         _ = aside.write_text("all of it", encoding="utf-8")
    ...     path.read_text(encoding="utf-8"), [file.name for file in path.parent.iterdir()]
    ('all of it', ['words.txt'])
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield aside
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def write_csv(table: pd.DataFrame, path: Path) -> Path:
    """A table as CSV without its index: UTF-8 and the same line ends on every machine. Gives the path back."""
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
    return path
