"""How to get the same numbers again: the command, the seeds, the hashes, the versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from sim.reports.stored import StoredStudy
from sim.runs.manifest import rules_hash, versions
from sim.scenario.effective import scenario_hash
from sim.studies.study import Study

if TYPE_CHECKING:
    from sim.reports.extras import Extra
    from sim.scenario.schema import Scenario


MOST_FAILED = 5


@dataclass(frozen=True)
class Again:
    """Everything that decides the numbers. `failed`: runs that went wrong, with their reasons."""

    name: str
    command: str
    seeds: str
    people: str
    scenario_hash: str
    rules_hash: str
    versions: str
    failed: tuple[str, ...]
    date: str = ""
    """When the first of the last runs was made, where a store says so."""


def again(study: Study, metric: str | None = None, extras: Sequence[Extra] = ()) -> Again:
    """How a study on a scenario is made once more."""
    scenario = study.scenario
    stored = study.manifest if isinstance(study, StoredStudy) else {}
    command = ["sim", "report", called(scenario), "-n", str(study.replications), "--seed", str(study.seed)]
    if isinstance(study, StoredStudy):
        command = ["sim", "report", study.path.name]
    for path, value in () if stored else scenario.source.overrides.items():
        command += ["--set", f"{path}={_plain(value)}"]
    command += ["--what-if", scenario.source.what_if] if scenario.source.what_if and not stored else []
    command += ["--metric", metric] if metric else []
    command += [f"--{extra.kind}" for extra in extras]
    first, last = study.seed, study.seed + study.replications - 1
    seeds = f"Seed {first}" if first == last else f"Seeds {first} to {last}, the same in every option"
    people = ("new people in every run, the same in every option" if scenario.runs.world_seed is None
              else f"the same people in every run (world_seed {scenario.runs.world_seed})")
    made = ", ".join(f"{name} {number}" for name, number in stored.get("versions", versions()).items())
    seeds += f"; the runs are kept in {study.path.name} (content {stored['content']})" if isinstance(
        study, StoredStudy) else ""
    failed = [f"{row.point}, run {row.replicate}, seed {row.seed}: {row.reason}" for row in study.rows
              if row.status == "failed"]
    return Again(scenario.source.name, " ".join(quote(word) for word in command), seeds, people,
                 scenario_hash(scenario), stored.get("rules_hash", rules_hash()), made, tuple(failed[:MOST_FAILED]),
                 stored.get("started", ""))


def called(scenario: Scenario) -> str:
    """What a scenario is called on the command line: a shipped name, else its file (`scenario.yaml` where none is)."""
    from sim.scenario.shipped import shipped_folder

    source = scenario.source
    if source.file and source.folder == str(shipped_folder()):
        return source.name
    return Path(source.file).name if source.file else "scenario.yaml"


def _plain(value: Any) -> str:
    """A value as it is written behind `--set`."""
    import json

    return value if isinstance(value, str) else json.dumps(value)
