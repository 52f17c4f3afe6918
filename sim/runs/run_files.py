"""What a folder of a saved run holds: the effective scenario, the manifest, the tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

from sim.records.records import Keep
from sim.scenario.effective import effective_yaml
from sim.scenario.load import load_again
from sim.scenario.schema import Scenario
from sim.text.files import write_csv, write_whole

SCENARIO, MANIFEST = "scenario.yaml", "manifest.json"
TABLES = ("periods", "customers", "transactions", "ledger", "events", "surveys", "cohorts", "equity")


class Savable(Protocol):
    """A run as it is saved; its tables are attributes named in `TABLES`."""

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""

    @property
    def manifest(self) -> dict[str, Any]:
        """What made the run."""


def is_run(folder: Path) -> bool:
    """Whether a folder holds a saved run."""
    return (folder / MANIFEST).is_file() and (folder / SCENARIO).is_file()


def save_run(run: Savable, folder: Path) -> Path:
    """Write a run aside, then rename it into place; an older run of the same name is replaced.

    Raises:
        FileExistsError: the folder is there and is not a saved run.
    """
    return write_whole(folder, lambda aside: _write(run, aside), is_run, "a saved run")


def _write(run: Savable, aside: Path) -> None:
    (aside / SCENARIO).write_text(effective_yaml(run.scenario), encoding="utf-8")
    for name in TABLES:
        write_csv(aside / f"{name}.csv", getattr(run, name))
    text = json.dumps(run.manifest, indent=2, ensure_ascii=False, default=str)
    (aside / MANIFEST).write_text(text + "\n", encoding="utf-8")


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


def saved_run(folder: str | Path) -> tuple[Scenario, int, Keep]:
    """The scenario and the seed of a saved run, and which purchases it kept: enough to run it again.

    Raises:
        FileNotFoundError: there is no saved run in the folder.
        ValueError: the manifest cannot be read.
        ScenarioError: the stored scenario no longer fits this version.
    """
    manifest = read_manifest(folder)
    keep: Keep = "all" if manifest.get("purchases_kept", True) else "totals"
    return load_again(Path(folder) / SCENARIO), manifest["seed"], keep
