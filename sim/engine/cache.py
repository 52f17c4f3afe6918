"""Where compiled loops are kept: a folder that is private, and a seal over what numba has written there.

The folder belongs to the user and only the user can write into it; another one is passed over, for whatever lies in
it would be run. A file that is damaged, missing, or not as sealed is taken away, and the loops are compiled anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sim.text.files import write_text

NUMBAS = "__pycache__"
"""The folder beside a file in which numba keeps what it has compiled."""


def cache_folder() -> Path | None:
    """The first folder that is private: in CLIENTELE_CACHE, the user's cache folder, a temporary folder of the user.

    None where there is no such folder: then nothing is kept.
    """
    return next((folder for folder in _folders() if is_private(folder) and is_private(folder / NUMBAS)), None)


def _folders() -> Iterator[Path]:
    for base in (os.environ.get("CLIENTELE_CACHE"), os.environ.get("XDG_CACHE_HOME"), "~/.cache"):
        if base:
            with suppress(RuntimeError):  # nobody's home: HOME is unset, and the user is not known by name
                yield Path(base).expanduser() / "clientele"
    with suppress(OSError):
        yield Path(tempfile.gettempdir()) / (f"clientele-{os.getuid()}" if hasattr(os, "getuid") else "clientele")


def is_private(folder: Path) -> bool:
    """Whether a folder (made where there is none) is the user's own and nobody else can write into it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = folder.stat()
        if hasattr(os, "getuid"):
            if {about.st_uid, folder.lstat().st_uid} != {os.getuid()} or about.st_mode & 0o022:
                return False
            if about.st_mode & 0o077:
                folder.chmod(0o700)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def file_of(name: str, text: str) -> Path | None:
    """The file of that name, holding exactly this text; None where it cannot be written."""
    folder = cache_folder()
    if folder is None:
        return None
    path = folder / f"{name}.py"
    with suppress(OSError):
        if _content(path) != text.encode():
            _remove(path)
            write_text(path, text)
        return path
    return None


def seal(name: str, place: Path) -> None:
    """Write down what numba's files of that name in a place are now; where it cannot be written, they count as none."""
    folder = cache_folder()
    with suppress(OSError):
        if folder is not None:
            sealed = {str(path): _digest(path) for path in _compiled(name, place)}
            _remove(folder / f"{name}.seal")
            write_text(folder / f"{name}.seal", json.dumps(sealed, indent=0))


def is_whole(name: str) -> bool:
    """Whether loops of that name have been compiled and all their files are as they were then."""
    sealed = _sealed(name)
    return bool(sealed) and all(_digest(Path(path)) == digest for path, digest in sealed.items())


def cleared(name: str, place: Path) -> bool:
    """Take numba's files of that name away where one of them is not as sealed; says whether none such is left."""
    sealed, there = _sealed(name), _compiled(name, place)
    if all(sealed.get(str(path)) == _digest(path) for path in there):
        return True
    for path in there:
        _remove(path)
    return not _compiled(name, place)


def _compiled(name: str, place: Path) -> list[Path]:
    """Numba's index and data files; not those that somebody is writing just now."""
    return sorted(path for path in place.glob(f"{name}.*") if path.suffix in (".nbi", ".nbc"))


def _sealed(name: str) -> dict[str, str]:
    """The files under a seal with their digests; none where there is no seal that can be read."""
    folder = cache_folder()
    content = None if folder is None else _content(folder / f"{name}.seal")
    with suppress(ValueError, RecursionError):
        found = json.loads(content or b"{}")
        if isinstance(found, dict):
            return found
    return {}


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (OSError, ValueError):
        return None


def _digest(path: Path) -> str:
    content = _content(path)
    return "" if content is None else hashlib.sha256(content).hexdigest()


def _remove(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
