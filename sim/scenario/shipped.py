"""The scenarios and presets that travel with the package, found from any working directory."""

from __future__ import annotations

import os
from pathlib import Path
from types import MappingProxyType

from sim.scenario.errors import Place, Problem, ScenarioError
from sim.scenario.yaml_reader import MOST_BYTES, Document, place_in, read_text
from sim.text.words import nearest, suggestion

SUFFIXES = (".yaml", ".yml")
KINDS = MappingProxyType({"scenario": "", "preset": "firms", "study": "studies"})
"""Kinds of shipped files and the folder of each, below the folder of scenarios."""


def shipped_folder() -> Path:
    """The folder of the shipped scenarios: inside an installed package, else beside a checkout's package."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "shipped"
    return inside if inside.is_dir() else package.parent / "scenarios"


def shipped_names() -> tuple[str, ...]:
    """Names of the shipped scenarios, in alphabetical order."""
    return _names_in(shipped_folder())


def study_names() -> tuple[str, ...]:
    """Names of the shipped studies, for `sim study`."""
    return _names_in(shipped_folder() / KINDS["study"])


def _names_in(folder: Path) -> tuple[str, ...]:
    if not folder.is_dir():
        return ()
    return tuple(sorted(entry.stem for entry in folder.iterdir() if entry.suffix in SUFFIXES and entry.is_file()))


def is_path(name: str) -> bool:
    """True where a name is meant as a file: it ends in .yaml or .yml, or holds a slash."""
    return name.lower().endswith(SUFFIXES) or "/" in name or "\\" in name


def find(name: str, folder: Path | None, place: Place, path: str = "", kind: str = "scenario") -> Path:
    """The file behind a name: a shipped name, or a path (relative to `folder`, else to where we are).

    Raises ScenarioError at `place` when there is no such file, with the nearest name.
    """
    home = shipped_folder() / KINDS[kind]
    names = _names_in(home)
    if not is_path(name):
        for suffix in SUFFIXES:
            if name in names and (home / f"{name}{suffix}").is_file():
                return home / f"{name}{suffix}"
        beside = (folder or Path()) / f"{name}.yaml"
        hint = f"for the file beside you write {name}.yaml" if os.path.isfile(beside) else suggestion(name, names)
        thing = "preset of a firm" if kind == "preset" else kind
        raise ScenarioError.at(place, path, f"there is no shipped {thing} {name!r}; {hint}")
    wanted = (folder or Path()) / os.path.expanduser(name)
    for file in (wanted, home / name) if wanted.name == name else (wanted,):
        if os.path.isfile(file):  # unlike the method of a path, it takes any text for a name
            return file
    raise ScenarioError.at(place, path, _missing(wanted, name, names))


def _missing(wanted: Path, name: str, names: tuple[str, ...]) -> str:
    is_folder = os.path.isdir(wanted)
    missing = f"{name} is a folder, not a file" if is_folder else f"there is no file {name}"
    try:
        folder = wanted if is_folder else wanted.parent
        beside = [entry.name for entry in folder.iterdir() if entry.suffix in SUFFIXES]
    except (OSError, ValueError):
        beside = []
    near = nearest(wanted.name, beside) if beside else nearest(wanted.stem, names)
    return f"{missing}; did you mean {near}?" if near else f"{missing}; shipped: {', '.join(names) or 'none'}"


def display_name(path: Path) -> str:
    """A file as messages show it: relative to the working directory where it is inside, else in full."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (OSError, ValueError):
        return str(path)


def read_file(path: Path, called: str = "") -> Document:
    """Read a file of at most one megabyte of UTF-8; every refusal is a ScenarioError.

    A byte-order mark at the start is fine. It is `called` so in messages; left out: as `display_name` says.
    """
    file = called or display_name(path)
    start = Place(file, 1, 1)
    try:
        with open(path, "rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except IsADirectoryError:
        raise ScenarioError.at(start, "", "this is a folder, not a file") from None
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)
        raise ScenarioError.at(start, "", f"cannot be read: {reason}") from None
    if len(raw) > MOST_BYTES:
        raise ScenarioError.at(start, "", "larger than 1 MB; a scenario is a page of text")
    return read_text(_decoded(raw, file), file, str(path.resolve().parent))


def _decoded(raw: bytes, file: str) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = "saved as UTF-16; in your editor choose: save with encoding UTF-8"
        raise ScenarioError([Problem(file, 1, 1, "", message)])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8-sig")
        message = (
            f"not saved as UTF-8 (byte {raw[error.start]:#04x}, perhaps cp1251 or latin-1); "
            "in your editor choose: save with encoding UTF-8"
        )
        raise ScenarioError.at(place_in(good, len(good), file), "", message) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
