"""What made a run: versions, seeds, hashes, machine and time. With the effective scenario it is enough to replay it."""

from __future__ import annotations

import hashlib
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from sim.records.records import Records
from sim.scenario.effective import scenario_hash

FORMAT = 1
PACKAGES = {"clientele": "clientele-lab", "mesa": "mesa", "numpy": "numpy", "numba": "numba", "pandas": "pandas",
            "scipy": "scipy"}


@dataclass(frozen=True)
class Timing:
    """When a run began and how long it took."""

    started: datetime
    seconds: float

    @classmethod
    def now(cls) -> Timing:
        """A run that begins now."""
        return cls(datetime.now(UTC), 0.0)


def manifest_of(records: Records, timing: Timing) -> dict[str, Any]:
    """The manifest of a run, ready for JSON."""
    source = records.scenario.source
    return {
        "format": FORMAT, "scenario": source.name, "what_if": source.what_if, "title": records.scenario.title,
        "scenario_hash": scenario_hash(records.scenario), "overrides": dict(source.overrides),
        "seed": records.seed, "world_seed": records.world_seed, "people": records.people_count,
        "periods": records.periods, "firms": list(records.firms), "purchases_kept": records.transactions is not None,
        "fingerprint": fingerprint(records), "rules_hash": rules_hash(), "versions": versions(),
        "git_commit": git_commit(), "platform": platform.platform(),
        "started": timing.started.isoformat(timespec="seconds"), "seconds": round(timing.seconds, 3),
    }


def fingerprint(records: Records) -> str:
    """Sixteen hexadecimal digits over every number of a run: ledger, counts, purchases, surveys, everybody's end."""
    found = hashlib.sha256()

    def take(name: str, array: Any) -> None:
        column = np.ascontiguousarray(array)
        found.update(f"{name}{column.dtype.str}{column.shape}".encode())
        found.update(column.tobytes())

    take("ledger", records.ledger)
    take("counts", records.counts)
    for part in ("people", "ties", "me"):
        for name, column in sorted(getattr(records, part).items()):
            take(f"{part}.{name}", column)
    for name, column in vars(records.transactions).items() if records.transactions is not None else ():
        take(name, column)
    for wave in records.surveys:
        for name, column in vars(wave).items():
            if name != "answers":
                take(f"{wave.period}.{name}", column)
    return found.hexdigest()[:16]


@cache
def versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide a result."""
    found = {"python": platform.python_version()}
    for name, package in PACKAGES.items():
        try:
            found[name] = version(package)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def rules_hash() -> str:
    """Identity of the rules that made the run."""
    from sim.engine.compiled import rules_hash as of_engine

    return of_engine()


@cache
def git_commit() -> str | None:
    """Commit of the checkout this package runs from, with "+changes" where files differ; None outside of git."""
    room = Path(__file__).resolve().parent.parent
    if _git(room, "ls-files", "--error-unmatch", "__init__.py") is None:
        return None
    commit = _git(room, "rev-parse", "HEAD")
    return commit and commit + ("+changes" if _git(room, "status", "--porcelain", "--", ".") else "")


def _git(room: Path, *words: str) -> str | None:
    try:
        command = ["git", "-C", str(room), *words]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
