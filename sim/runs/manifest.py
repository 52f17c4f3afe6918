"""What made a run (with the effective scenario it is enough to replay it), and what makes two runs the same run."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine.compiled import rules_hash
from sim.records.records import Records
from sim.registry import user_file
from sim.runs.own_code import imported_files, own_classes
from sim.scenario.changes import changes_in_words
from sim.scenario.effective import scenario_hash, to_mapping
from sim.scenario.schema import Scenario
from sim.text.language import in_english

FORMAT = 1
PACKAGES = {"clientele": "clientele-lab", "mesa": "mesa", "numpy": "numpy", "numba": "numba", "pandas": "pandas",
            "scipy": "scipy"}
LENGTH = 16
HOUSE = Path(__file__).resolve().parent.parent
_DECIDING_ROOMS = ("numerics", "equity", "scenario", "rules", "engine", "period", "firms", "records", "metrics",
                   "valuation", "market")
"""Rooms whose code decides a number of a run."""
_DECIDING_FILES = ("runs/outcomes.py", "runs/summary.py", "runs/task.py")
"""The files beside them that turn records into outcomes."""


def manifest_of(records: Records, started: datetime, seconds: float) -> dict[str, Any]:
    """The manifest of a run, ready for JSON."""
    source = records.scenario.source
    return {
        "format": FORMAT, "scenario": source.name, "what_if": source.what_if, "title": records.scenario.title,
        "scenario_hash": scenario_hash(records.scenario), "overrides": dict(source.overrides),
        "changed": in_english(changes_in_words, records.scenario),
        "seed": records.seed, "world_seed": records.world_seed, "people": records.people_count,
        "periods": records.periods, "firms": list(records.firms), "purchases_kept": records.transactions is not None,
        "fingerprint": fingerprint(records), "own_code": own_code_of(records.scenario), **made_by(),
        "started": started.isoformat(timespec="seconds"), "seconds": round(seconds, 3),
    }


def made_by() -> dict[str, Any]:
    """What makes runs here: rules, versions, commit, machine."""
    return {"rules_hash": rules_hash(), "versions": versions(), "git_commit": git_commit(),
            "platform": platform.platform()}


def fingerprint(records: Records) -> str:
    """Sixteen hexadecimal digits over every number of a run: ledger, counts, purchases, surveys, everybody's end."""
    arrays: list[tuple[str, Any]] = [("ledger", records.ledger), ("counts", records.counts)]
    for part in ("people", "ties", "me"):
        arrays += [(f"{part}.{name}", column) for name, column in sorted(getattr(records, part).items())]
    if records.transactions is not None:
        arrays += vars(records.transactions).items()
    for wave in records.surveys:
        arrays += [(f"{wave.period}.{name}", column) for name, column in vars(wave).items() if name != "answers"]
    content = hashlib.sha256()
    for name, array in arrays:
        column = np.ascontiguousarray(array)
        content.update(f"{name}{column.dtype.str}{column.shape}".encode() + column.tobytes())
    return content.hexdigest()[:LENGTH]


@cache
def versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide a result."""
    numbers = {"python": platform.python_version()}
    for name, package in PACKAGES.items():
        try:
            numbers[name] = version(package)
        except PackageNotFoundError:
            numbers[name] = "not installed"
    return numbers


@cache
def git_commit() -> str | None:
    """Commit of the checkout this package runs from, with "+changes" where files differ; None outside of git."""
    if _git("ls-files", "--error-unmatch", "__init__.py") is None:
        return None
    commit = _git("rev-parse", "HEAD")
    return commit and commit + ("+changes" if _git("status", "--porcelain", "--", ".") else "")


def _git(*words: str) -> str | None:
    try:
        command = ["git", "-C", str(HOUSE), *words]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


@cache
def rules_version() -> str:
    """Sixteen hexadecimal digits over everything that decides a number: rules, engine, books, strategies, metrics.

    Text of the files as they lie on the disk when first asked for, and the hash of the rules as imported.
    """
    files = [path for room in _DECIDING_ROOMS for path in (HOUSE / room).rglob("*.py")]
    files += [HOUSE / name for name in _DECIDING_FILES]
    content = hashlib.sha256(rules_hash().encode())
    for path in sorted(files):
        content.update(path.relative_to(HOUSE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return content.hexdigest()[:LENGTH]


def variant_hash(scenario: Scenario) -> str:
    """Like `scenario_hash`, with one's own code that it names: files and classes of notebooks, and what they use."""
    own = [f"{name} {code}" for name, code in own_code_of(scenario).items()]
    return hash_of([scenario_hash(scenario), *sorted(own)]) if own else scenario_hash(scenario)


def own_code_of(scenario: Scenario) -> dict[str, str]:
    """The files and the classes of notebooks that a scenario names, each with the identity of its code."""
    folder, words = Path(scenario.source.folder), words_of(scenario)
    files = {name: user_file(name, folder) for name in files_named(scenario)}
    return {**{name: _text_of(path) for name, path in files.items() if path is not None}, **own_classes(words)}


def files_named(scenario: Scenario) -> list[str]:
    """The files with code of one's own that a scenario names, as it names them."""
    words = {word for word in words_of(scenario) if ".py" in word}
    names = {word if word.endswith(".py") else word.rpartition(":")[0] for word in words}
    return sorted(name for name in names if name.endswith(".py"))


def way_to(folder: str, start: Path) -> str:
    """The way from one folder to another, so that no place of this machine is named; empty where there is none."""
    with suppress(ValueError):  # on another drive
        return Path(os.path.relpath(folder, start.resolve())).as_posix() if folder else ""
    return ""


def _text_of(path: Path) -> str:
    """A hash of the text of a file, and of the files that it imports."""
    texts = [hashlib.sha256(one.read_bytes()).hexdigest() for one in (path, *imported_files(path.resolve()))]
    return texts[0] if len(texts) == 1 else hash_of(list(texts))


def _texts(value: Any) -> Iterator[str]:
    """Every text inside a mapping."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def words_of(scenario: Scenario) -> set[str]:
    """Every text of a scenario: whatever it names is among them."""
    return set(_texts([to_mapping(scenario, ("what_if",)), scenario.what_if]))


def hash_of(parts: list[Any]) -> str:
    """Sixteen hexadecimal digits over values that JSON knows.

    >>> hash_of(["a", 7, 3.0])
    '467b8a62e685470f'
    """
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True, allow_nan=False).encode()).hexdigest()[:LENGTH]
