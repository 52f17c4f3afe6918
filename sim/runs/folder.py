"""Runs on disk: a folder that appears whole or not at all, and a replay that says whether every number is equal."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, overload

from sim.runs.execute import run_market
from sim.runs.manifest import Timing, versions
from sim.runs.replay_row import RowReplay, replay_row
from sim.runs.run import Run
from sim.runs.run_files import read_manifest, saved_run


@dataclass(frozen=True)
class Replay:
    """A saved run, run again: whether every number is equal, what differs, and in words."""

    run: Run
    equal: bool
    differences: tuple[str, ...]
    sentence: str


@overload
def replay(folder: str | Path) -> Replay: ...


@overload
def replay(folder: str | Path, row: int) -> RowReplay: ...


def replay(folder: str | Path, row: int | None = None) -> Replay | RowReplay:
    """Run a saved run again from its effective scenario and seed, and compare every number.

    With a `row`, `folder` is a store of runs (see `sim.sweep`), and the run with this number is run again.

    Raises:
        FileNotFoundError: there is no saved run in the folder, or no such store.
        LookupError: there is no such row.
        ValueError: the manifest or the store cannot be read.
        ScenarioError: the stored scenario no longer fits this version.
    """
    if row is not None:
        return replay_row(folder, row)
    manifest = read_manifest(folder)
    scenario, seed, keep = saved_run(folder)
    timing, began = Timing.now(), time.perf_counter()
    records = run_market(scenario, seed, keep)
    again = Run(records, replace(timing, seconds=time.perf_counter() - began))
    equal = again.manifest["fingerprint"] == manifest["fingerprint"]
    differences = () if equal else tuple(_differences(again, manifest, Path(folder)))
    return Replay(again, equal, differences, _sentence(equal, differences))


def _differences(again: Run, manifest: dict[str, Any], folder: Path) -> list[str]:
    """What is not as it was: rules, versions, and the first number of the ledger that differs."""
    found = []
    for name in ("scenario_hash", "rules_hash"):
        if manifest.get(name) != again.manifest[name]:
            found.append(f"{name.replace('_', ' ')} was {manifest.get(name)}, is {again.manifest[name]}")
    for name, now in versions().items():
        before = manifest.get("versions", {}).get(name)
        if before != now:
            found.append(f"{name} was {before}, is {now}")
    return [*found, *_ledger_difference(again, folder)]


def _ledger_difference(again: Run, folder: Path) -> list[str]:
    import pandas as pd

    path = folder / "ledger.csv"
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


def _sentence(equal: bool, differences: tuple[str, ...]) -> str:
    if equal:
        return "Every number is equal."
    return "The numbers differ: " + "; ".join(differences) + "."
