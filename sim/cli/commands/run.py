"""`sim run`: run a scenario many times and say who wins, by how much, and how surely."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.cli.errors import StoppedError
from sim.cli.options import (
    Idle,
    Outcomes,
    Output,
    Replications,
    ScenarioGroup,
    WhatIf,
    outcomes_from,
    show,
    spelled_out,
)
from sim.cli.runs import HOME, ended, failed_and_kept, save
from sim.cli.tables import after, firms_compared, rows_of, table_of
from sim.cli.wording import careful, claims_as_data, done_without, expected, headline, indented, title
from sim.text.console import bar, say

if TYPE_CHECKING:
    from pathlib import Path

    from sim.studies.against_nothing import AgainstNothing
    from sim.studies.replicate import Replication

PANEL = "Run a market"


@spelled_out
def run(
    *, market: ScenarioGroup, what_if: WhatIf = None, replications: Replications = None, outcomes: Outcomes = None,
    idle: Idle = True, output: Output,
) -> None:
    """Run a scenario, print the result with intervals, and save the last run for replay.

    With --store, every run is kept and none is ever done twice: stopped or killed, the same command goes on. Exit code
    1: a run failed.

    Examples: sim run first_look · sim run leaky_bucket -n 5 --set market.leave_per_year=0.1
    """
    from sim.studies.against_nothing import RUNS, against_nothing
    from sim.studies.replicate import replicate

    scenario, metrics = market.scenario(what_if), outcomes_from(outcomes)
    began = time.perf_counter()
    with bar(scenario.title or market.name, output.quiet) as tell:
        study = replicate(scenario, replications, seed=market.seed, **output.keywords(tell))
        resting = against_nothing(scenario, min(study.n, RUNS), seed=market.seed, workers=output.workers,
                                  scheduler=output.scheduler, progress=tell) if idle and study.n > 1 else None
    seconds = time.perf_counter() - began
    if study.last_run is not None:
        folder = save(study.last_run, study, output.out)
        show(output.as_json, lambda: [
            *lines(study, seconds, metrics, resting),
            *failed_and_kept(study.results, output.store, f"sim report {output.store}"),
        ], lambda: _as_data(study, folder, metrics, resting))
        if not output.as_json:
            say(_next(study, folder))
    ended(study, output.store)
    if resting is not None and resting.results.stopped:
        raise StoppedError("Firms that spend nothing were not run to the end.")


def lines(
    study: Replication, seconds: float, metrics: Sequence[str] | None = None, resting: AgainstNothing | None = None
) -> list[str]:
    """The result in about twenty lines; `metrics` instead of the headline ones, `resting`: against spending nothing."""
    from sim.studies.figure_tables import overtaking

    table = table_of(after(study.end), study.firms, rows_of(study, metrics), study.scenario.money.currency,
                     firms_compared(study.firms))
    clock = overtaking(study)
    sentences = [] if clock is None else [f"In profit to date: {clock.sentence}"]
    nothing = resting.lines() if resting is not None else []
    note = [study.note] if study.note and not study.stopped else []
    return [*title(study.scenario), *indented([headline(study, seconds), "", *table, *sentences, "",
                       *nothing, *([""] if nothing else [])]),
            *indented([*expected(study.verdicts), *done_without(study), careful(study.scenario), *note])]


def _next(study: Replication, folder: Path) -> str:
    """Where the run is, and what one may do with it."""
    call = folder.name.rpartition("-")[2] if folder.parent == HOME else str(folder)
    name = study.scenario.source.name
    commands = [f"`sim explain {name}`", f"`sim levers {name}`"]
    if study.scenario.what_if and not study.scenario.source.what_if:
        commands.insert(0, f"`sim compare {name}`")
    return f"Saved: {folder} (replay: `sim replay {call}`).  Next: {', '.join(commands)}."


def _as_data(
    study: Replication, folder: Path, metrics: Sequence[str] | None, resting: AgainstNothing | None
) -> dict[str, Any]:
    """Everything that is printed, as plain data."""
    from dataclasses import asdict

    from sim.studies.figure_tables import overtaking

    scenario, last, clock = study.scenario, study.last_run, overtaking(study)
    return {
        "scenario": scenario.source.name, "title": scenario.title, "question": scenario.question,
        "firms": list(study.firms), "runs": study.n, "first_seed": study.seed,
        "currency": scenario.money.currency, "year": study.end,
        "rows": [asdict(row) for row in rows_of(study, metrics)],
        "against_nothing": [] if resting is None else resting.table().to_dict("records"),
        "overtaking": None if clock is None else asdict(clock),
        "expectations": claims_as_data(study.verdicts), "done_without": done_without(study),
        "stopped": study.stopped, "note": study.note, "folder": str(folder),
        "manifest": None if last is None else last.manifest,
    }
