"""A saved run on the disk: its manifest, its scenario, and whether its tables are still those of the run."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.runs.execute import checked_seed
from sim.runs.manifest import LENGTH, files_named, own_code_of
from sim.scenario.errors import ScenarioError
from sim.scenario.load import load_again, ready_to_run
from sim.scenario.schema import Scenario
from sim.text.words import shown

if TYPE_CHECKING:
    import pandas as pd

SCENARIO, MANIFEST = "scenario.yaml", "manifest.json"
_KINDS: dict[str, tuple[type, str]] = {
    "fingerprint": (str, "a text"), "purchases_kept": (bool, "true or false"), "versions": (dict, "a mapping"),
    "own_code": (dict, "a mapping"), "files": (dict, "a mapping"), "folder": (str, "a text"),
}
"""What must be of a kind in a manifest, where it is there."""
_COPY = "take it from a copy of the run, or save the run anew"


def is_run(folder: Path) -> bool:
    """Whether a folder holds a saved run."""
    return not _missing(folder)


def _missing(folder: Path) -> list[str]:
    return [name for name in (SCENARIO, MANIFEST) if not (folder / name).is_file()]


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """The manifest of a saved run, with a seed and a fingerprint.

    Raises:
        FileNotFoundError: there is no saved run in the folder.
        ValueError: the manifest cannot be read; the sentence says why.
    """
    place = Path(folder)
    if missing := _missing(place):
        raise FileNotFoundError(f"There is no saved run in {place}: {' and '.join(missing)} "
                                f"{'are' if len(missing) > 1 else 'is'} missing.")
    file = place / MANIFEST
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise ValueError(f"{file} cannot be read ({why}): {_COPY}.") from None
    wrong = _wrong(manifest)
    if wrong:
        raise ValueError(f"{file} is not a manifest of a run: {wrong}; {_COPY}.")
    found: dict[str, Any] = manifest
    return found


def _wrong(manifest: Any) -> str:
    """What is wrong with a manifest; empty where it is in order."""
    if not isinstance(manifest, dict):
        return f"{shown(manifest)} stands there"
    missing = [name for name in ("seed", "fingerprint") if name not in manifest]
    if missing:
        return f"{' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing"
    try:
        checked_seed(manifest["seed"])
    except ValueError:
        return f"its seed is {shown(manifest['seed'])}, not a whole number from 0 to 2^53"
    for name, (kind, words) in _KINDS.items():
        if name in manifest and not isinstance(manifest[name], kind):
            return f"its {name} is {shown(manifest[name])}, not {words}"
    return ""


def digest(content: bytes) -> str:
    """Sixteen hexadecimal digits over the content of a file."""
    return hashlib.sha256(content).hexdigest()[:LENGTH]


def digests(folder: Path) -> dict[str, str]:
    """Of every file in a folder, by its name."""
    return {path.name: digest(path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file()}


def saved_scenario(folder: Path, manifest: Mapping[str, Any]) -> Scenario:
    """The scenario of a saved run, and where its own code is: beside it, where it was, or where one stands.

    Raises:
        ScenarioError: it was changed, or no longer fits this version; the first thing that is wrong.
        ValueError: a file with code of one's own is nowhere.
    """
    file = folder / SCENARIO
    try:
        scenario = load_again(file)
        if not scenario.firms:
            ready_to_run(scenario)
    except ScenarioError as error:
        first, *more = error.problems
        others = f" (and {len(more)} more)" if more else ""
        why = _why(file, manifest)
        raise ScenarioError([replace(first, message=f"{first.message}{others}; {why}")]) from None
    return with_code(scenario, [folder, folder / manifest.get("folder", "")], str(folder))


def _why(file: Path, manifest: Mapping[str, Any]) -> str:
    """Why a saved scenario may no longer be read, and what to do."""
    if file.is_file() and manifest.get("files", {}).get(SCENARIO, "") not in ("", digest(file.read_bytes())):
        return f"the file is not as it was saved: {_COPY}"
    classes = [name for name in manifest.get("own_code", {}) if not name.endswith(".py")]
    if classes:
        return f"the run was made with a class of one's own ({', '.join(classes)}): define it, then call sim.replay"
    version = manifest.get("versions", {}).get("clientele")
    return f"the run was saved by version {version}: replay it there" if version else _COPY


def with_code(scenario: Scenario, places: list[Path], what: str) -> Scenario:
    """The scenario with the folder in which the files with code are that it names: the first of these, or here.

    Raises:
        ValueError: a file is in none of them.
    """
    names = files_named(scenario)
    found = [place for place in (*places, Path()) if all(os.path.isfile(place / name) for name in names)]
    if names and not found:
        gone = next(name for name in names if not any(os.path.isfile(place / name) for place in places))
        raise ValueError(f"{what} was run with the file {gone}, and it is not there: copy it to {places[0].resolve()} "
                         f"or to the folder you are in ({Path().resolve()}).")
    return scenario.from_source(replace(scenario.source, folder=str(found[0].resolve()))) if names else scenario


def code_changed(scenario: Scenario, before: Mapping[str, str]) -> list[str]:
    """The files and classes of one's own that are not as they were, by name."""
    now = own_code_of(scenario)
    return [name for name, code in before.items() if now.get(name) != code]


def files_changed(folder: Path, manifest: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Which files of a saved run are not those of the run any more, each with the first place that differs.

    Tables of the run are compared cell by cell; other files that were saved, by what the manifest says of them.
    """
    changed = []
    known = manifest.get("files", {})
    for name in dict.fromkeys([*(f"{table}.csv" for table in tables), *known]):
        path, table = folder / name, tables.get(name.removesuffix(".csv"))
        if not path.is_file():
            changed.append(f"{name} is missing")
            continue
        content = path.read_bytes()
        since = known.get(name) not in (None, digest(content))
        if not content:
            changed.append(f"{name} is empty")
        elif table is None:
            changed += [f"{name} was changed after the run was saved"] if since else []
        else:
            differs = _first_difference(content, table.to_csv(index=False, lineterminator="\n").encode())
            if differs:
                changed.append(f"{name}{' was changed after the run was saved' if since else ''}: {differs}")
    return changed


def _first_difference(before: bytes, now: bytes) -> str:
    """Where a saved table and that of the run first differ: line, column and both cells; empty where nowhere."""
    if before == now:
        return ""
    try:
        old, new = (csv.reader(text.decode().splitlines()) for text in (before, now))
        names: list[str] = []
        for line, (there, here) in enumerate(zip_longest(old, new), start=1):
            if there is None or here is None:
                return f"it {'ends before' if there is None else 'goes on at'} line {line}"
            names = names or here
            for column, (a, b) in enumerate(zip_longest(there, here)):
                if a is None or b is None or not _same(a, b):
                    row = f" ({', '.join(here[:min(column, 4)])})" if column and line > 1 else ""
                    name = names[column] if column < len(names) else column + 1
                    return f"line {line}{row}, column {name} is {shown(a)}, the run gives {shown(b)}"
    except (UnicodeDecodeError, csv.Error) as error:
        return f"it cannot be read ({error})"
    return ""


def _same(a: str, b: str) -> bool:
    """Whether two cells say the same, however they write a number."""
    try:
        return a == b or float(a) == float(b)
    except ValueError:
        return False
