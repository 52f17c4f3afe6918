"""`sim run`: run a scenario many times and say who wins, by how much, and how surely."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

from sim.cli.errors import StoppedError
from sim.cli.options import (
    Idle,
    Outcomes,
    Output,
    Pictures,
    Replications,
    ScenarioGroup,
    WhatIf,
    outcomes_from,
    show,
    spelled_out,
)
from sim.cli.runs import HOME, draw_all, ended, failed_and_kept, save
from sim.cli.tables import after, best_other_tables, firms_compared, rows_of, table_of
from sim.cli.waiting import working
from sim.cli.wording import (
    careful,
    claims_as_data,
    done_without,
    expected,
    how_it_was_run,
    indented,
    short_of_money,
    title,
    window_in_words,
    wrapped,
)
from sim.text.console import bar, say
from sim.text.language import tr
from sim.text.words import counted

if TYPE_CHECKING:
    from pathlib import Path

    from sim.runs.execution import ExecutionOptions
    from sim.scenario.schema import Scenario
    from sim.studies.against_nothing import AgainstNothing
    from sim.studies.by_chance import ByChance
    from sim.studies.replicate import Replication

PANEL = "Run a market"


@spelled_out
def run(
    *, market: ScenarioGroup, what_if: WhatIf = None, replications: Replications = None, outcomes: Outcomes = None,
    idle: Idle = True, pictures: Pictures = False, output: Output,
) -> None:
    """Run a scenario, print the result with intervals, and save the last run for replay.

    With --store, every run is kept and none is ever done twice: stopped or killed, the same command goes on. Exit code
    1: a run failed.

    Examples: sim run first_look · sim run leaky_bucket -n 5 --set market.leave_per_year=0.1
    """
    from sim.studies.replicate import replicate

    scenario, metrics = market.scenario(what_if), outcomes_from(outcomes)
    began = time.perf_counter()
    runs = scenario.runs.replications if replications is None else replications
    more = times_beside(runs, len(scenario.firms)) if idle else 1.0
    with working(tr(scenario.title) or market.name, output.quiet, output.yes, more) as tell:
        study = replicate(scenario, replications, seed=market.seed, **output.keywords(tell))
        beside = beside_it(study, workers=output.workers, scheduler=output.scheduler, progress=tell) if idle else None
    seconds = time.perf_counter() - began
    if study.last_run is not None:
        with bar(tr("saving"), output.quiet):
            folder = save(study.last_run, study, output.out)
            drawn = draw_all(study, folder) if pictures else []
        show(output.as_json, lambda: [
            *lines(study, seconds, metrics, beside),
            *failed_and_kept(study.results, output.store, f"sim report {output.store}"),
        ], lambda: _as_data(study, folder, metrics, beside))
        if not output.as_json:
            say("\n".join([*_next(study, folder), *drawn]))
    ended(study, output.store)
    if beside is not None and beside.stopped:
        raise StoppedError("What stands beside the result was not run to the end.")


@dataclass(frozen=True)
class Beside:
    """What stands beside the result of a scenario: the floor by chance alone, every firm against spending nothing."""

    floor: ByChance
    resting: AgainstNothing

    @property
    def stopped(self) -> bool:
        """Whether Ctrl-C came."""
        return self.floor.results.stopped or self.resting.stopped

    @property
    def note(self) -> str:
        """What "by chance alone" means; empty where no such run was done."""
        runs = self.floor.results.n
        if not runs:
            return ""
        note = tr("By chance alone: the same market with all mechanisms off ({runs}).", runs=counted(runs, "run"))
        return f" {note}"


def beside_it(study: Replication, **execution: Unpack[ExecutionOptions]) -> Beside | None:
    """What stands beside a result, in as many runs as it has, but few; None beside a single run or a stopped one."""
    from sim.runs.execution import Execution
    from sim.studies.against_nothing import RUNS, against_nothing_beside
    from sim.studies.by_chance import by_chance

    if study.n < 2 or study.stopped:
        return None
    return Beside(by_chance(study.scenario, min(study.n, RUNS), seed=study.seed, **execution),
                  against_nothing_beside(study, execution=Execution.of(execution)))


def times_beside(runs: int, firms: int) -> float:
    """What a result takes with what stands beside it (see `beside_it`), as a multiple of its own runs.

    >>> times_beside(20, 2), times_beside(1, 2)
    (2.2, 1.0)
    """
    from sim.studies.against_nothing import RUNS

    return 1 + (1 + firms) * min(runs, RUNS) / runs if runs > 1 else 1.0


def lines(
    study: Replication, seconds: float, metrics: Sequence[str] | None = None, beside: Beside | None = None
) -> list[str]:
    """The result in about twenty lines; `metrics` instead of the headline and the usual ones."""
    from sim.studies.best_other import best_others_of_the_page
    from sim.studies.figure_tables import overtaking
    from sim.studies.strain import strained

    table = table_of(after(study.end), study.firms, rows_of(study, metrics, beside.floor if beside else None),
                     study.scenario.money.currency, firms_compared(study.firms))
    table += best_other_tables(study, best_others_of_the_page(study))
    clock = overtaking(study)
    sentences = [] if clock is None else [tr("In profit to date: {finding}", finding=clock.sentence)]
    words = window_in_words(study.scenario) + (beside.note if beside else "")
    nothing = beside.resting.lines() if beside is not None else []
    note = [study.note] if study.note and not study.stopped else []
    return [*title(study.scenario),
            *indented([*how_it_was_run(study, seconds), "", *table]), *wrapped(words, *sentences),
            "", *indented([*nothing, *([""] if nothing else [])]),
            *indented(short_of_money(study, strained(study))),
            *indented(expected(study.verdicts, study.scenario)),
            *wrapped(*done_without(study), careful(study.scenario), *note)]


def _next(study: Replication, folder: Path) -> list[str]:
    """Where the run is, and what one may do with it, one command a line."""
    from sim.scenario.calling import command, quoted

    scenario, call = study.scenario, folder.name.rpartition("-")[2] if folder.parent == HOME else str(folder)
    commands = [command([name], scenario) for name in _follow(scenario)]
    head = tr("Next:")
    return [tr("Saved: {folder} (replay: `{command}`).", folder=folder, command=quoted(["sim", "replay", call])),
            *(f"{'' if place else head:<{len(head) + 1}} {one}" for place, one in enumerate(commands))]


def _follow(scenario: Scenario) -> list[str]:
    """The commands that know the scenario's changes: those that compare and move levers know no what-if."""
    if scenario.source.what_if:
        return ["explain"]
    return [*(["compare"] if scenario.what_if else []), "explain", "levers"]


def _as_data(
    study: Replication, folder: Path, metrics: Sequence[str] | None, beside: Beside | None
) -> dict[str, Any]:
    """Everything that is printed, as plain data."""
    from dataclasses import asdict

    from sim.scenario.changes import changes_of
    from sim.studies.best_other import best_others_of_the_page
    from sim.studies.figure_tables import overtaking
    from sim.studies.strain import strained

    scenario, last, clock = study.scenario, study.last_run, overtaking(study)
    return {
        "scenario": scenario.source.name, "title": scenario.title, "question": scenario.question,
        "firms": list(study.firms), "runs": study.n, "first_seed": study.seed,
        "currency": scenario.money.currency, "year": study.end,
        "rows": [asdict(row) for row in rows_of(study, metrics)],
        "changed": [{"path": one.path, "value": one.b, "was": one.a} for one in changes_of(scenario)],
        "against_best_other": best_others_of_the_page(study),
        "by_chance": {} if beside is None else {"runs": beside.floor.results.n, "means": beside.floor.levels()},
        "against_nothing": [] if beside is None else beside.resting.table().to_dict("records"),
        "strain": [one.as_data() for one in strained(study)],
        "overtaking": None if clock is None else asdict(clock),
        "expectations": claims_as_data(study.verdicts), "done_without": done_without(study),
        "stopped": study.stopped, "note": study.note, "folder": str(folder),
        "manifest": None if last is None else last.manifest,
    }
