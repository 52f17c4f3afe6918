"""One run out of a store, run again: whether every number is equal."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.runs import store_file
from sim.runs.execute import run_market
from sim.runs.identity import rules_version, variant_hash
from sim.runs.manifest import versions
from sim.runs.outcomes import Outcomes, from_text, outcomes_of
from sim.runs.results import ResultRow
from sim.runs.stored_plan import StoredPoint, base_scenario
from sim.runs.task import FAILED, PENDING
from sim.scenario.schema import Scenario

MOST_TOLD = 3


@dataclass(frozen=True)
class RowReplay:
    """A run of a store, run again: its row, whether every number is equal, what differs, and in words."""

    row: ResultRow
    equal: bool
    differences: tuple[str, ...]
    sentence: str
    outcomes: Outcomes


@dataclass(frozen=True)
class _StoredRun:
    """What a store says about one run."""

    row: ResultRow
    outcomes: Outcomes
    study: dict[str, Any]
    variant_hash: str
    scenario: Scenario


def replay_row(path: Path | str, number: int) -> RowReplay:
    """Run one run of a store again, from the scenario and the seed that are written there, and compare every number.

    A run that failed is equal where it fails again in the same way.

    Raises:
        FileNotFoundError: there is no such file.
        LookupError: there is no such row.
        ValueError: it is not a store of runs, or the row is still to be done.
        ScenarioError: the stored scenario no longer fits this version.
    """
    kept = _read(Path(path), number)
    outcomes: Outcomes = {}
    try:
        records = run_market(kept.scenario, kept.row.seed, "auto")
        outcomes, reason = outcomes_of(records, kept.study["outcomes"], kept.study["year"]), ""
    except Exception as error:
        if kept.row.status != FAILED:
            raise
        reason = f"{type(error).__name__}: {error}"
    equal = reason == kept.row.reason and _same(kept.outcomes, outcomes)
    differences = () if equal else tuple(_differences(kept, outcomes, reason))
    return RowReplay(kept.row, equal, differences, _sentence(equal, reason, differences), outcomes)


def _read(path: Path, number: int) -> _StoredRun:
    with store_file.reading(path) as connection:
        study = {name: json.loads(value) for name, value in connection.execute("SELECT name, value FROM study")}
        names = "point, replicate, seed, status, reason, coalesce(seconds, 0.0), number, outcomes"
        found = connection.execute(f"SELECT {names} FROM runs WHERE number = ?", (number,)).fetchone()
        if found is None:
            raise LookupError(f"{path} has no row {number}: {_rows_in_words(connection)}.")
        row = ResultRow(*found[:7])
        if row.status == PENDING:
            raise ValueError(f"Row {number} of {path} is still to be done: there is nothing to compare with.")
        query = "SELECT name, changes, what_if, patch, variant_hash FROM points WHERE name = ?"
        name, changes, what_if, patch, hashed = connection.execute(query, (row.point,)).fetchone()
    point = StoredPoint(name, json.loads(changes), what_if, json.loads(patch))
    return _StoredRun(row, from_text(found[7]), study, hashed, point.scenario(base_scenario(study)))


def _rows_in_words(connection: sqlite3.Connection) -> str:
    first, last = connection.execute("SELECT min(number), max(number) FROM runs").fetchone()
    return "it has none" if first is None else f"its rows are {first} to {last}"


def _same(before: Outcomes, now: Outcomes) -> bool:
    return list(before) == list(now) and not list(_unequal(before, now))


def _unequal(before: Outcomes, now: Outcomes) -> list[tuple[str, str, float, float]]:
    """Firm, outcome, and both numbers wherever they are not the same bits (NaN equals NaN)."""
    return [
        (firm, name, value, again)
        for firm, values in before.items() for name, value in values.items()
        if np.float64(again := now.get(firm, {}).get(name, float("nan"))).tobytes() != np.float64(value).tobytes()
        and not (np.isnan(value) and np.isnan(again))
    ]


def _differences(kept: _StoredRun, now: Outcomes, reason: str) -> list[str]:
    """What is not as it was: why it failed, scenario, rules, versions, and the first numbers that differ."""
    found = []
    if reason != kept.row.reason:
        found.append(f"it {f'failed with {kept.row.reason}' if kept.row.reason else 'went well'}, "
                     f"and now {f'fails with {reason}' if reason else 'goes well'}")
    if variant_hash(kept.scenario) != kept.variant_hash:
        found.append("the scenario, or a strategy's file, is not as it was")
    if kept.study["rules"] != rules_version():
        found.append(f"the rules were {kept.study['rules']}, are {rules_version()}")
    unequal = _unequal(kept.outcomes, now) if now else []
    found += [f"{name} of {firm} was {value!r}, is {again!r}" for firm, name, value, again in unequal[:MOST_TOLD]]
    if len(unequal) > MOST_TOLD:
        found.append(f"{len(unequal) - MOST_TOLD} more numbers differ")
    return found or [f"the firms differ (here: {', '.join(f'{name} {one}' for name, one in versions().items())})"]


def _sentence(equal: bool, reason: str, differences: tuple[str, ...]) -> str:
    if equal:
        return f"It fails again in the same way: {reason}." if reason else "Every number is equal."
    return f"The run differs: {'; '.join(differences)}."
