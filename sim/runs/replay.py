"""A saved run, or a run out of a store, run again: whether every number is equal, and what differs."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import numpy as np

from sim.runs.execute import run_market
from sim.runs.manifest import rules_version, variant_hash, versions
from sim.runs.outcomes import Outcomes, from_text, outcomes_of
from sim.runs.results import ResultRow
from sim.runs.run import Run, run_again, tables_of
from sim.runs.saved import MANIFEST, code_changed, files_changed, read_manifest, with_code
from sim.runs.store import whole
from sim.runs.stored_plan import base_scenario, stored_points, study_of
from sim.runs.task import FAILED, PENDING
from sim.text.foreign_code import in_words
from sim.text.words import shown

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
    """Run a saved run again from its effective scenario and seed, and compare every number, also those in its tables.

    With a `row`, `folder` is a store of runs (see `sim.sweep`), and the run with this number is run again; a run that
    failed is equal where it fails again in the same way.

    Raises:
        FileNotFoundError: there is no saved run in the folder, or no such store.
        LookupError: there is no such row.
        ValueError: the manifest or the store cannot be read, the row is damaged or still to be done, or code of one's
            own is not found.
        ScenarioError: the stored scenario no longer fits this version.
    """
    if row is not None:
        return _replay_row(Path(folder), row)
    place = Path(folder)
    manifest = read_manifest(place)
    again = run_again(place, manifest)
    equal = again.manifest["fingerprint"] == manifest["fingerprint"]
    code = [f"{name} is not as it was" for name in code_changed(again.scenario, manifest.get("own_code", {}))]
    files = _shortened([*_facts_changed(again, manifest), *files_changed(place, manifest, tables_of(again))])
    if equal and not files:
        return Replay(again, True, (), f"Every number is equal{''.join(f', though {one}' for one in code)}.")
    if equal:
        text = f"The run is as it was, but what was saved is not: {'; '.join(files)}."
        return Replay(again, False, tuple(files), text)
    other = [f"{name} was {before}, is {now}" for name, before, now in _made_by(again, manifest) if before != now]
    nothing = [] if files else ["no table differs: people or ties do, or the fingerprint in the manifest was changed"]
    differences = (*code, *other, *files, *nothing)
    return Replay(again, False, differences, f"The numbers differ: {'; '.join(differences)}.")


def _made_by(again: Run, manifest: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """What decides the numbers: its name, as it was, and as it is."""
    pairs = [(name.replace("_", " "), manifest.get(name), again.manifest[name])
             for name in ("scenario_hash", "rules_hash")]
    return pairs + [(name, manifest.get("versions", {}).get(name), now) for name, now in versions().items()]


def _facts_changed(again: Run, manifest: dict[str, Any]) -> list[str]:
    """What the manifest says of the run and is not so."""
    return [f"{MANIFEST}: {name} is {shown(manifest[name])}, the run gives {shown(again.manifest[name])}"
            for name in ("world_seed", "people", "periods", "firms")
            if name in manifest and manifest[name] != again.manifest[name]]


def _shortened(differences: list[str]) -> list[str]:
    more = len(differences) - MOST_SHOWN
    return [*differences[:MOST_SHOWN], *([f"{more} more"] if more > 0 else [])]


def _replay_row(path: Path, number: int) -> RowReplay:
    with whole(path) as (connection, damage):
        if number in damage.runs:
            raise ValueError(f"Row {number} of {path} is damaged: the study that made it runs it again.")
        row, before = _stored_row(connection, path, number)
        study, point = study_of(connection, path), stored_points(connection)[row.point]
    base = base_scenario(study, path)
    scenario = point.scenario(with_code(base, [path.parent, Path(base.source.folder)], str(path)))
    reason = ""
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
        differences += _shortened(unequal)
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
