"""Where results shall go: tried before the first run, so that nobody waits for an answer that cannot be kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

import typer


def a_folder(path: Path | None) -> Path | None:
    """The folder itself, where one can write into it or make it. Nothing is left behind.

    Raises:
        BadParameter: it is a file, or nothing can be written there.
    """
    if path is not None:
        if path.exists() and not path.is_dir():
            raise typer.BadParameter(f"{path} is a file; name a folder.")
        _try_writing(path, path)
    return path


def a_file(path: Path | None) -> Path | None:
    """The file itself, where it can be written. Nothing is left behind.

    Raises:
        BadParameter: it is a folder, or nothing can be written there.
    """
    if path is not None:
        if path.is_dir():
            raise typer.BadParameter(f"{path} is a folder; name a file in it, e.g. {path / 'result'}.")
        _try_writing(path.parent, path)
    return path


def _try_writing(folder: Path, wanted: Path) -> None:
    """Make something in the nearest folder that exists, and take it away again."""
    there = next((one for one in (folder, *folder.absolute().parents) if one.exists()), Path())
    if not there.is_dir():
        raise typer.BadParameter(f"{wanted} cannot be written: {there} is a file.")
    try:
        with tempfile.TemporaryDirectory(prefix=".clientele-", dir=there):
            pass
    except OSError as error:
        text = f"{wanted} cannot be written ({error.strerror or error}): choose another place."
        raise typer.BadParameter(text) from None
