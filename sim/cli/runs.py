"""What becomes of runs: where they are saved, how they are found again, and how a command of many runs ends."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sim.cli.errors import CannotDoError, StoppedError
from sim.text.words import counted

if TYPE_CHECKING:
    from sim.runs.results import Results
    from sim.runs.run import Run
    from sim.studies.study import Study, StudyAnswer

HOME = Path("runs")
ID_LENGTH = 4
MOST_REASONS = 3


def save(run: Run, study: StudyAnswer, out: Path | None) -> Path:
    """Save one run whole and the end results of every run of the study (`runs.csv`); gives the folder back.

    How long they took stands in the manifest: two runs of one seed give the same bytes in every table.

    Unless asked otherwise that is `runs/NAME-ID`, the id made of the run's fingerprint.
    """
    source = run.scenario.source
    parts = [Path(source.name).stem, source.what_if, run.manifest["fingerprint"][:ID_LENGTH]]
    run.manifest.update(study.times())
    folder = out or HOME / re.sub(r"[/\\]", "_", "-".join(part for part in parts if part))
    return run.save(folder, {"runs": study.runs})


def draw_all(study: StudyAnswer, folder: Path) -> list[str]:
    """Save all pictures of a study in the folder `pictures` of another one; gives what to say of them.

    Lines over time show all variants of a comparison, for each firm a picture.
    """
    from sim import figures
    from sim.studies.figure_tables import OVER_TIME, save_pictures, table_for

    home, several = folder / "pictures", len(study.variants) > 1
    if not several:
        count = len(save_pictures(study, home))
    else:
        lines = [name for name in figures.names_from_runs() if figures.table_function(name)[0] in OVER_TIME]
        drawn = {f"{name}_{firm}": (name, table_for(name, study, firm=firm)) for name in lines for firm in study.firms
                 if all(firm in variant.firms for variant in study.variants.values())}
        drawn |= {f"differences_{variant}_{firm}": (study.picture, study.picture_table(firm=firm, world=variant))
                  for variant in list(study.variants)[1:] for firm in study.firms}
        count = len([figures.save(picture, table, home / f"{name}.png")
                     for name, (picture, table) in drawn.items() if not table.empty])
    return [f"Pictures: {count} in {home}."]


def find(run: str) -> Path:
    """The folder of a saved run: a path, or the id or name of a run in `runs`.

    Raises:
        CannotDoError: there is none, or the id fits several.
    """
    from sim.runs.saved import is_run
    from sim.text.words import suggestion

    if is_run(Path(run)):
        return Path(run)
    saved = sorted(entry for entry in HOME.iterdir() if is_run(entry)) if HOME.is_dir() else []
    fitting = [entry for entry in saved if run in (entry.name, entry.name.rpartition("-")[2])]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise CannotDoError(f"Several runs are called {run}: {', '.join(entry.name for entry in fitting)}.")
    if Path(run).is_dir():
        return Path(run)  # whoever reads it says what is missing
    if not saved:
        raise CannotDoError(f"There is no saved run {run!r}, and none in the folder {HOME}: `sim run NAME` makes one.")
    raise CannotDoError(f"There is no saved run {run!r}; {suggestion(run, [entry.name for entry in saved])}")


def counts_in_words(counts: dict[str, int]) -> str:
    """How many runs are done, failed and pending.

    >>> counts_in_words({"done": 89, "failed": 1, "pending": 0})
    '89 runs done, 1 failed'
    """
    more = [f"{counts[status]} {status}" for status in ("failed", "pending") if counts[status]]
    return ", ".join([f"{counted(counts['done'], 'run')} done", *more])


def failures(results: Results, store: Path | None) -> list[str]:
    """What failed and why: every reason once, with an example; and how to try again."""
    reasons: dict[str, list[Any]] = {}
    for row in results.failed:
        reasons.setdefault(row.reason, []).append(row)
    if not reasons:
        return []
    count, total = len(results.failed), sum(results.counts.values())
    lines = [f"{count} of {total} runs failed; the others count." if count < total else f"All {total} runs failed."]
    for reason, rows in list(reasons.items())[:MOST_REASONS]:
        where = f"{rows[0].point}, seed {rows[0].seed}" + (f", row {rows[0].number}" if store is not None else "")
        lines.append(f"  {len(rows)} x {reason} (first: {where})")
    if len(reasons) > MOST_REASONS:
        lines.append(f"  {len(reasons) - MOST_REASONS} more reasons: `sim results {store or 'FILE'} --csv runs.csv`")
    return [*lines, *(["  --retry-failed tries them again."] if store is not None else [])]


def failed_and_kept(results: Results, store: Path | None, other: str) -> list[str]:
    """Which runs failed and why, where all of them are kept, and what else reads the store than `sim results`."""
    lines = [f"  {line}" for line in failures(results, store)]
    if store is not None:
        lines.append(f"Kept: {store} (`sim results {store} --csv runs.csv`, `{other}`).")
    return lines


def kept_in(store: Path | None) -> str:
    """What becomes of the runs that were done when Ctrl-C came."""
    return "are kept; the same command goes on from there" if store is not None else "are printed, but not kept"


def ended(study: Study, store: Path | None) -> None:
    """The end of a command that did many runs: exit code 130 where Ctrl-C came, 1 where a run failed.

    Raises:
        StoppedError: Ctrl-C came before all runs were done.
        Exit: a run failed.
    """
    if study.stopped:
        done = f"{study.n} of {study.replications} replicates {kept_in(store)}." if study.n else ""
        raise StoppedError(done or f"No replicate is complete; the runs that were done {kept_in(store)}.")
    if any(row.status == "failed" for row in study.rows):
        raise typer.Exit(1)
