"""A study through the one runner: its worlds are points of an experiment that keeps all a study needs of each run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypedDict

from sim.records.records import Records
from sim.runs.plan import Experiment, WholePoint
from sim.runs.readings import WholeReading
from sim.runs.results import Results
from sim.runs.runner import How, do_all
from sim.runs.summary import metric_units
from sim.runs.task import FAILED, PENDING, Job
from sim.studies.study import Study


class Where(TypedDict, total=False):
    """Where runs are kept and who does them; all may be left out, and none of it changes a number.

    `store`: an SQLite file that keeps every run, so that the same call goes on where it was stopped (failed runs are
    done again only with `retry_failed`); `workers`: so many processes on this machine; `scheduler`: the address of a
    Dask scheduler. Both need the extra `distributed`.
    """

    store: Path | str | None
    workers: int | None
    scheduler: str | None
    retry_failed: bool


def experiment_of(study: Study) -> Experiment:
    """The experiment behind a study: a point for every world, every metric an outcome, summaries kept.

    Raises:
        ValueError: a number is out of range.
    """
    points = tuple(WholePoint(name, {}, world.source.what_if, world) for name, world in study.worlds.items())
    design = study.design
    return Experiment(study.scenario, points, design.replications, design.seed, tuple(metric_units()), study.end,
                      WholeReading(study.dates, design.observe))


def conduct_study(study: Study, where: Where | None = None) -> Study:
    """Do the runs that are not in the store yet: replicate 0 in every world, then replicate 1, and so on.

    A run that fails becomes a row with its reason. Ctrl-C ends the study with what is done, and `note` says so.

    Raises:
        ValueError: the store holds another study, or somebody is writing into it; or `workers` is out of range.
        OSError: the store cannot be written, or the scheduler cannot be reached.
        ImportError: workers are asked for and the extra `distributed` is not installed.
        Exception: the first failure, when not a single run went well.
    """
    errors: list[Exception] = []
    last = study.last

    def look(job: Job, found: Records | Exception) -> None:
        if isinstance(found, Exception):
            errors.append(found)
        last.look(job, found)

    def enough(so_far: Results) -> bool:
        study.take(so_far.kept(so_far.layout.replications - 1))
        return study.design.enough is not None and study.design.enough(study)

    given = where or {}
    store = given.get("store")
    how = How(None if store is None else Path(store), given.get("workers"), given.get("scheduler"),
              given.get("retry_failed", False), look)
    until = None if study.design.enough is None else enough
    results = do_all(experiment_of(study), how, study.design.progress, until)
    _taken(study, results)
    failed = [row for row in study.rows if row.status == FAILED]
    if failed and len(failed) == len(study.rows):
        raise errors[0] if errors else RuntimeError(f"no run went well; the first failed with {failed[0].reason}")
    return study


def _taken(study: Study, results: Results) -> None:
    """Everything that the runs gave, as a study has it."""
    if study.design.enough is None:
        study.take(results.kept())
    else:
        study.design = replace(study.design, replications=results.layout.replications)
        for key in [key for key in study.summaries if key[1] >= study.design.replications]:
            del study.summaries[key], study.observed[key]
    study.rows = [row for row in results.rows if row.status != PENDING]
    study.results = results
    study.note, study.stopped = results.note, results.stopped
