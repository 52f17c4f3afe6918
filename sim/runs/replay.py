"""A saved run, or a run out of a store, run again: whether every number is equal, and what differs."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import numpy as np

from sim.runs import store_file
from sim.runs.execute import run_market
from sim.runs.manifest import rules_version, variant_hash, versions
from sim.runs.outcomes import Outcomes, from_text, outcomes_of
from sim.runs.results import ResultRow
from sim.runs.run import Run, read_manifest
from sim.runs.stored_plan import base_scenario, stored_points, study_of
from sim.runs.task import FAILED, PENDING
from sim.scenario.schema import Scenario

MOST_SHOWN = 3


@dataclass(frozen=True)
class Replay:
    """A saved run, run again: whether every number is equal, what differs, and in words."""

    run: Run
    equal: bool
    differences: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class RowReplay:
    """A run of a store, run again: its row, whether every number is equal, what differs, and in words."""

    row: ResultRow
    equal: bool
    differences: tuple[str, ...]
    sentence: str
    outcomes: Outcomes


@overload
def replay(folder: str | Path) -> Replay: ...


@overload
def replay(folder: str | Path, row: int) -> RowReplay: ...


def replay(folder: str | Path, row: int | None = None) -> Replay | RowReplay:
    """Run a saved run again from its effective scenario and seed, and compare every number.

    With a `row`, `folder` is a store of runs (see `sim.sweep`), and the run with this number is run again; a run that
    failed is equal where it fails again in the same way.

    Raises:
        FileNotFoundError: there is no saved run in the folder, or no such store.
        LookupError: there is no such row.
        ValueError: the manifest or the store cannot be read, or the row is still to be done.
        ScenarioError: the stored scenario no longer fits this version.
    """
    if row is not None:
        return _replay_row(Path(folder), row)
    manifest, again = read_manifest(folder), Run.load(folder)
    if again.manifest["fingerprint"] == manifest["fingerprint"]:
        return Replay(again, True, (), "Every number is equal.")
    differences = tuple(_differences(again, manifest, Path(folder)))
    return Replay(again, False, differences, f"The numbers differ: {'; '.join(differences)}.")


def _differences(again: Run, manifest: dict[str, Any], folder: Path) -> list[str]:
    """What is not as it was: rules, versions, and the first number of the ledger that differs."""
    pairs = [(name.replace("_", " "), manifest.get(name), again.manifest[name])
             for name in ("scenario_hash", "rules_hash")]
    pairs += [(name, manifest.get("versions", {}).get(name), now) for name, now in versions().items()]
    return [*(f"{name} was {before}, is {now}" for name, before, now in pairs if before != now),
            *_ledger_difference(again, folder / "ledger.csv")]


def _ledger_difference(again: Run, path: Path) -> list[str]:
    import pandas as pd

    if not path.is_file():
        return []
    before, now = pd.read_csv(path, keep_default_na=False), again.ledger
    if len(before) != len(now):
        return [f"the ledger had {len(before)} rows, has {len(now)}"]
    places = (before["amount"].to_numpy() != now["amount"].to_numpy()).nonzero()[0]
    if not places.size:
        return ["the ledger is equal; purchases, people or surveys differ"]
    old, new = before.iloc[places[0]], now.iloc[places[0]]
    return [f"{places.size} numbers of the ledger differ, first {new['account']} of {new['firm']} in period "
            f"{new['period']}: was {old['amount']}, is {new['amount']}"]


@dataclass(frozen=True)
class _StoredRun:
    """What a store says about one run."""

    row: ResultRow
    outcomes: Outcomes
    study: dict[str, Any]
    variant_hash: str
    scenario: Scenario


def _replay_row(path: Path, number: int) -> RowReplay:
    stored, reason = _read(path, number), ""
    outcomes: Outcomes = {}
    try:
        records = run_market(stored.scenario, stored.row.seed, "auto")
        outcomes = outcomes_of(records, stored.study["outcomes"], stored.study["year"])
    except Exception as error:
        if stored.row.status != FAILED:
            raise
        reason = f"{type(error).__name__}: {error}"
    same_firms = list(stored.outcomes) == list(outcomes)
    if reason == stored.row.reason and same_firms and not _unequal(stored.outcomes, outcomes):
        sentence = f"It fails again in the same way: {reason}." if reason else "Every number is equal."
        return RowReplay(stored.row, True, (), sentence, outcomes)
    differences = tuple(_row_differences(stored, outcomes, reason))
    return RowReplay(stored.row, False, differences, f"The run differs: {'; '.join(differences)}.", outcomes)


def _read(path: Path, number: int) -> _StoredRun:
    with store_file.reading(path) as connection:
        names = "point, replicate, seed, status, reason, coalesce(seconds, 0.0), number, outcomes"
        found = connection.execute(f"SELECT {names} FROM runs WHERE number = ?", (number,)).fetchone()
        if found is None:
            raise LookupError(f"{path} has no row {number}: {_rows_in_words(connection)}.")
        row = ResultRow(*found[:7])
        if row.status == PENDING:
            raise ValueError(f"Row {number} of {path} is still to be done: there is nothing to compare with.")
        study, point = study_of(connection), stored_points(connection)[row.point]
        (hashed,) = connection.execute("SELECT variant_hash FROM points WHERE name = ?", (row.point,)).fetchone()
    return _StoredRun(row, from_text(found[7]), study, hashed, point.scenario(base_scenario(study)))


def _rows_in_words(connection: sqlite3.Connection) -> str:
    first, last = connection.execute("SELECT min(number), max(number) FROM runs").fetchone()
    return "it has none" if first is None else f"its rows are {first} to {last}"


def _unequal(before: Outcomes, now: Outcomes) -> list[tuple[str, str, float, float]]:
    """Firm, outcome, and both numbers wherever they are not the same bits (NaN equals NaN)."""
    return [
        (firm, name, value, again)
        for firm, values in before.items() for name, value in values.items()
        if np.float64(again := now.get(firm, {}).get(name, float("nan"))).tobytes() != np.float64(value).tobytes()
        and not (np.isnan(value) and np.isnan(again))
    ]


def _row_differences(stored: _StoredRun, now: Outcomes, reason: str) -> list[str]:
    """What is not as it was: why it failed, scenario, rules, versions, and the first numbers that differ."""
    found = []
    if reason != stored.row.reason:
        found.append(f"it {f'failed with {stored.row.reason}' if stored.row.reason else 'went well'}, "
                     f"and now {f'fails with {reason}' if reason else 'goes well'}")
    if variant_hash(stored.scenario) != stored.variant_hash:
        found.append("the scenario, or a strategy's file, is not as it was")
    if stored.study["rules"] != rules_version():
        found.append(f"the rules were {stored.study['rules']}, are {rules_version()}")
    unequal = _unequal(stored.outcomes, now) if now else []
    found += [f"{name} of {firm} was {value!r}, is {again!r}" for firm, name, value, again in unequal[:MOST_SHOWN]]
    if len(unequal) > MOST_SHOWN:
        found.append(f"{len(unequal) - MOST_SHOWN} more numbers differ")
    return found or [f"the firms differ (here: {', '.join(f'{name} {one}' for name, one in versions().items())})"]
