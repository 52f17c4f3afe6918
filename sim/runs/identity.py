"""What makes two runs the same run: scenario, seeds, rules, and what was asked of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import sim
from sim.runs.manifest import rules_hash
from sim.scenario.effective import scenario_hash, to_mapping
from sim.scenario.schema import Scenario

LENGTH = 16
_DECIDING_ROOMS = ("numerics", "equity", "scenario", "rules", "engine", "period", "firms", "records", "metrics",
                   "valuation", "market")
"""Rooms whose code decides a number of a run."""
_DECIDING_FILES = ("runs/outcomes.py", "runs/readings.py", "runs/summary.py")
"""The files beside them that turn records into outcomes."""


@cache
def rules_version() -> str:
    """Sixteen hexadecimal digits over everything that decides a number: rules, engine, books, strategies, metrics.

    Text of the files as they lie on the disk when first asked for, and the hash of the rules as imported.
    """
    house = Path(sim.__file__).parent
    files = [path for room in _DECIDING_ROOMS for path in (house / room).rglob("*.py")]
    files += [house / name for name in _DECIDING_FILES]
    found = hashlib.sha256(rules_hash().encode())
    for path in sorted(files):
        found.update(path.relative_to(house).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:LENGTH]


def variant_hash(scenario: Scenario) -> str:
    """Like `scenario_hash`, with the text of strategies that stand in files of their own."""
    texts = sorted(_strategy_files(scenario))
    if not texts:
        return scenario_hash(scenario)
    return _hash_of([scenario_hash(scenario), *texts])


def _strategy_files(scenario: Scenario) -> Iterator[str]:
    """Hash of the content of every file that a scenario names as a strategy."""
    folder = Path(scenario.source.folder)
    named = {word.rpartition(":")[0] if not word.endswith(".py") else word for word in _words(to_mapping(scenario))}
    for name in named:
        path = folder / name
        if name.endswith(".py") and path.is_file():
            yield f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def _words(value: Any) -> Iterator[str]:
    """Every text inside a mapping that may name a Python file."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _words(inner)
    elif isinstance(value, str) and ".py" in value:
        yield value


def run_key(
    variant: str, seeds: tuple[int, int], outcomes: tuple[str, ...], year: float, reading: str | None = None
) -> str:
    """Identity of one run: its scenario (see `variant_hash`), seeds, what is read off, and the rules.

    >>> one = run_key("a", (7, 7), ("market_share",), 3.0)
    >>> len(one), one == run_key("a", (8, 8), ("market_share",), 3.0)
    (16, False)
    """
    more = [] if reading is None else [reading]
    return _hash_of([variant, *seeds, list(outcomes), float(year), *more, rules_version()])


def _hash_of(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True, allow_nan=False).encode()).hexdigest()[:LENGTH]


def patch_between(base: Any, other: Any) -> Any:
    """What turns one mapping into another: the changed keys, and nothing (`null`) for those that are gone (RFC 7396).

    >>> patch_between({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"c": 2, "d": 4}})
    {'b': {'d': 4}, 'a': None}
    """
    if not isinstance(base, dict) or not isinstance(other, dict):
        return other
    changed = {
        key: patch_between(base[key], value) if key in base else value
        for key, value in other.items() if key not in base or base[key] != value
    }
    return {**changed, **{key: None for key in base if key not in other}}


def patched(base: Any, patch: Any) -> Any:
    """The mapping with a patch applied (RFC 7396).

    >>> patched({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 4}, "a": None})
    {'b': {'c': 2, 'd': 4}}
    """
    if not isinstance(patch, dict):
        return patch
    result = dict(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = patched(result.get(key), value)
    return result
