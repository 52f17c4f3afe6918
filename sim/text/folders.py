"""Folders that appear whole or not at all: written aside, then renamed into place."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


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
