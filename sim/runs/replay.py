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
from sim.text.foreign_code import in_words

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


def _replay_row(path: Path, number: int) -> RowReplay:
    with store_file.reading(path) as connection:
        row, before = _stored_row(connection, path, number)
        study, point = study_of(connection), stored_points(connection)[row.point]
    scenario, reason = point.scenario(base_scenario(study, path)), ""
    now: Outcomes = {}
    try:
        now = outcomes_of(run_market(scenario, row.seed, "auto"), study["outcomes"], study["year"])
    except Exception as error:
        if row.status != FAILED:
            raise
        reason = in_words(error)
    unequal = _unequal(before, now)
    if reason == row.reason and list(before) == list(now) and not unequal:
        sentence = f"It fails again in the same way: {reason}." if reason else "Every number is equal."
        return RowReplay(row, True, (), sentence, now)
    differences = []
    if reason != row.reason:
        differences.append(f"it {f'failed with {row.reason}' if row.reason else 'went well'}, "
                           f"and now {f'fails with {reason}' if reason else 'goes well'}")
    if variant_hash(scenario) != point.variant_hash:
        differences.append("the scenario, or a strategy's file, is not as it was")
    if study["rules"] != rules_version():
        differences.append(f"the rules were {study['rules']}, are {rules_version()}")
    if now:
        differences += unequal[:MOST_SHOWN]
        differences += [f"{len(unequal) - MOST_SHOWN} more numbers differ"] if len(unequal) > MOST_SHOWN else []
    here = ", ".join(f"{name} {one}" for name, one in versions().items())
    differences = differences or [f"the firms differ (here: {here})"]
    return RowReplay(row, False, tuple(differences), f"The run differs: {'; '.join(differences)}.", now)


def _stored_row(connection: sqlite3.Connection, path: Path, number: int) -> tuple[ResultRow, Outcomes]:
    names = "point, replicate, seed, status, reason, coalesce(seconds, 0.0), number, outcomes"
    found = connection.execute(f"SELECT {names} FROM runs WHERE number = ?", (number,)).fetchone()
    if found is None:
        first, last = connection.execute("SELECT min(number), max(number) FROM runs").fetchone()
        rows = "it has none" if first is None else f"its rows are {first} to {last}"
        raise LookupError(f"{path} has no row {number}: {rows}.")
    row = ResultRow(*found[:7])
    if row.status == PENDING:
        raise ValueError(f"Row {number} of {path} is still to be done: there is nothing to compare with.")
    return row, from_text(found[7])


def _unequal(before: Outcomes, now: Outcomes) -> list[str]:
    """Both numbers wherever they are not the same bits (NaN equals NaN)."""
    differences = []
    for firm, values in before.items():
        for name, value in values.items():
            again = now.get(firm, {}).get(name, float("nan"))
            same = np.float64(again).tobytes() == np.float64(value).tobytes() or (np.isnan(value) and np.isnan(again))
            if not same:
                differences.append(f"{name} of {firm} was {value!r}, is {again!r}")
    return differences
