"""Saved runs on disk: their folders, and the short ids by which they are called again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.guard import CannotDoError
from sim.files import in_one_piece, write_csv

if TYPE_CHECKING:
    from sim.experiments.run import Run
    from sim.experiments.study import Study

HOME = Path("runs")
ID_LENGTH = 4


def folder_for(run: Run) -> Path:
    """Where a run is saved unless asked otherwise: `runs/NAME-ID`, the id made of the run's fingerprint."""
    source = run.scenario.source
    parts = [Path(source.name).stem, source.what_if, run.manifest["fingerprint"][:ID_LENGTH]]
    return HOME / "-".join(part for part in parts if part)


def save(run: Run, study: Study, out: Path | None) -> Path:
    """Save one run whole and the end results of every run of the study (`runs.csv`); gives the folder back."""
    folder = run.save(out or folder_for(run))
    with in_one_piece(folder / "runs.csv") as aside:
        write_csv(study.runs, aside)
    return folder


def find(run: str) -> Path:
    """The folder of a saved run: a path, or the id or name of a run in `runs`.

    Raises:
        CannotDoError: there is none, or the id fits several.
    """
    from sim.experiments.store import is_run
    from sim.scenario.words import suggestion

    if is_run(Path(run)):
        return Path(run)
    saved = sorted(entry for entry in HOME.iterdir() if is_run(entry)) if HOME.is_dir() else []
    fitting = [entry for entry in saved if run in (entry.name, entry.name.rpartition("-")[2])]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise CannotDoError(f"Several runs are called {run}: {', '.join(entry.name for entry in fitting)}.")
    if not saved:
        raise CannotDoError(f"There is no saved run {run!r}, and none in the folder {HOME}: `sim run NAME` makes one.")
    raise CannotDoError(f"There is no saved run {run!r}; {suggestion(run, [entry.name for entry in saved])}")
