"""Runs on disk: a folder that appears whole or not at all, and a replay that says whether every number is equal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from sim.runs.execute import run_market
from sim.runs.manifest import versions
from sim.scenario.effective import effective_yaml
from sim.scenario.load import load_again
from sim.text.files import write_csv
from sim.text.folders import write_whole

if TYPE_CHECKING:
    from sim.runs.replay_row import RowReplay
    from sim.runs.run import Run

SCENARIO, MANIFEST = "scenario.yaml", "manifest.json"
TABLES = ("periods", "customers", "transactions", "ledger", "events", "surveys", "cohorts", "equity")


def is_run(folder: Path) -> bool:
    """Whether a folder holds a saved run."""
    return (folder / MANIFEST).is_file() and (folder / SCENARIO).is_file()


def save_run(run: Run, folder: Path) -> Path:
    """Write a run aside, then rename it into place; an older run of the same name is replaced.

    Raises:
        FileExistsError: the folder is there and is not a saved run.
    """
    return write_whole(folder, lambda aside: _write(run, aside), is_run, "a saved run")


def _write(run: Run, aside: Path) -> None:
    (aside / SCENARIO).write_text(effective_yaml(run.scenario), encoding="utf-8")
    for name in TABLES:
        write_csv(aside / f"{name}.csv", getattr(run, name))
    text = json.dumps(run.manifest, indent=2, ensure_ascii=False, default=str)
    (aside / MANIFEST).write_text(text + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Replay:
    """A saved run, run again: whether every number is equal, what differs, and in words."""

    run: Run
    equal: bool
    differences: tuple[str, ...]
    sentence: str


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """The manifest of a saved run.

    Raises:
        FileNotFoundError: there is no saved run in the folder.
        ValueError: the manifest cannot be read.
    """
    place = Path(folder)
    if not is_run(place):
        raise FileNotFoundError(f"There is no saved run in {place}: a run has {SCENARIO} and {MANIFEST}.")
    try:
        manifest: dict[str, Any] = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{place / MANIFEST} cannot be read ({error}).") from None
    missing = {"seed", "fingerprint"} - set(manifest) if isinstance(manifest, dict) else {"seed"}
    if missing:
        raise ValueError(f"{place / MANIFEST} is not a manifest of a run: {', '.join(sorted(missing))} is missing.")
    return manifest


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
        from sim.runs.replay_row import replay_row

        return replay_row(folder, row)
    import time
    from dataclasses import replace

    from sim.runs.manifest import Timing
    from sim.runs.run import Run

    manifest = read_manifest(folder)
    scenario = load_again(Path(folder) / SCENARIO)
    timing, began = Timing.now(), time.perf_counter()
    records = run_market(scenario, manifest["seed"], "all" if manifest.get("purchases_kept", True) else "totals")
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
