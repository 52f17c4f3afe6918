"""Saved runs on disk: their folders, and the short ids by which they are called again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.errors import CannotDoError

if TYPE_CHECKING:
    from sim.runs.run import Run
    from sim.studies.study import Study

HOME = Path("runs")
ID_LENGTH = 4


def folder_for(run: Run) -> Path:
    """Where a run is saved unless asked otherwise: `runs/NAME-ID`, the id made of the run's fingerprint."""
    source = run.scenario.source
    parts = [Path(source.name).stem, source.what_if, run.manifest["fingerprint"][:ID_LENGTH]]
    return HOME / "-".join(part for part in parts if part)


def save(run: Run, study: Study, out: Path | None) -> Path:
    """Save one run whole and the end results of every run of the study (`runs.csv`); gives the folder back."""
    from sim.text.files import write_csv

    folder = run.save(out or folder_for(run))
    write_csv(folder / "runs.csv", study.runs)
    return folder


def failed_and_kept(study: Study, store: Path | None) -> list[str]:
    """Which runs failed and why, and where all of them are kept."""
    from sim.cli.point_words import failures

    lines = [] if study.results is None else [f"  {line}" for line in failures(study.results, store)]
    if store is not None:
        lines.append(f"Kept: {store} (`sim results {store} --csv runs.csv`, `sim report {store}`).")
    return lines


def ended(study: Study, store: Path | None) -> None:
    """The end of a command that did many runs: exit code 130 where Ctrl-C came, 1 where a run failed.

    Raises:
        StoppedError: Ctrl-C came before all runs were done.
        Exit: a run failed.
    """
    import typer

    from sim.cli.errors import StoppedError
    from sim.cli.point_words import kept_in
    from sim.cli.wording import stopped

    if stopped(study):
        done = f"{study.n} of {study.replications} replicates {kept_in(store)}." if study.n else ""
        raise StoppedError(done or f"No replicate is complete; the runs that were done {kept_in(store)}.")
    if any(row.status == "failed" for row in study.rows):
        raise typer.Exit(1)


def find(run: str) -> Path:
    """The folder of a saved run: a path, or the id or name of a run in `runs`.

    Raises:
        CannotDoError: there is none, or the id fits several.
    """
    from sim.runs.run import is_run
    from sim.text.words import suggestion

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
