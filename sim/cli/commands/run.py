"""`sim run`: run a scenario many times and say who wins, by how much, and how surely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.cli.options import (
    Customers,
    ExecutionGroup,
    Json,
    Name,
    Out,
    Quiet,
    Replications,
    Seed,
    Set,
    WhatIf,
    overrides_from,
    scenario_from,
    spelled_out,
)

if TYPE_CHECKING:
    from pathlib import Path

    from sim.studies.replicate import Replication

PANEL = "Run a market"


@spelled_out
def run(
    name: Name,
    seed: Seed = None,
    changes: Set = None,
    out: Out = None,
    replications: Replications = None,
    customers: Customers = None,
    what_if: WhatIf = None,
    quiet: Quiet = False,
    as_json: Json = False,
    *,
    where: ExecutionGroup,
) -> None:
    """Run a scenario, print the result with intervals, and save the last run for replay.

    With --store, every run is kept and none is ever done twice: stopped or killed, the same command goes on. Exit code
    1: a run failed.

    Examples: sim run first_look · sim run leaky_bucket -n 5 --set market.leave_per_year=0.1
    """
    import time

    from sim.cli.runs import ended, failed_and_kept, save
    from sim.studies.replicate import replicate
    from sim.text.console import bar, say, say_json

    scenario = scenario_from(name, overrides_from(changes, market__customers=customers), what_if)
    began = time.perf_counter()
    with bar(scenario.title or name, quiet) as tell:
        study = replicate(scenario, replications, seed=seed, **where.keywords(tell))
    seconds = time.perf_counter() - began
    last = study.last_run
    if last is None:
        ended(study, where.store)
        return
    folder = save(last, study, out)
    if as_json:
        say_json(_as_data(study, folder))
    else:
        for line in (*told(study, seconds), *failed_and_kept(study, where.store)):
            say(line)
        say(_next(study, folder))
    ended(study, where.store)


def told(study: Replication, seconds: float) -> list[str]:
    """The result in about twenty lines."""
    from sim.cli.wording import after, careful, expected, headline, overtaking_in_words, rows_of, stopped, title
    from sim.text.difference_table import Heads, rendered

    currency, heads = study.scenario.money.currency, Heads.of_firms(after(study.end), study.firms)
    lines = [title(study.scenario), f"  {study.scenario.question}", f"  {headline(study, seconds)}", ""]
    lines += [f"  {line}" for line in rendered(heads, rows_of(study), currency)]
    lines += [f"  {line}" for line in overtaking_in_words(study)]
    lines += ["", *(f"  {line}" for line in (*expected(study.verdicts), careful(study.scenario)))]
    return [*lines, *([f"  {study.note}"] if study.note and not stopped(study) else [])]


def _next(study: Replication, folder: Path) -> str:
    """Where the run is, and what one may do with it."""
    from sim.cli.runs import HOME

    call = folder.name.rpartition("-")[2] if folder.parent == HOME else str(folder)
    name = study.scenario.source.name
    ways = [f"`sim explain {name}`", f"`sim levers {name}`"]
    if study.scenario.what_if and not study.scenario.source.what_if:
        ways.insert(0, f"`sim compare {name}`")
    return f"Saved: {folder} (replay: `sim replay {call}`).  Next: {', '.join(ways)}."


def _as_data(study: Replication, folder: Path) -> dict[str, Any]:
    """Everything that is printed, as plain data."""
    from dataclasses import asdict

    from sim.cli.wording import claims_as_data, rows_of, stopped
    from sim.studies.figure_tables import overtaking

    last = study.last_run
    found = overtaking(study)
    return {
        "scenario": study.scenario.source.name, "title": study.scenario.title, "question": study.scenario.question,
        "firms": list(study.firms), "runs": study.n, "first_seed": study.seed,
        "currency": study.scenario.money.currency, "year": study.end,
        "rows": [asdict(row) for row in rows_of(study)],
        "overtaking": None if found is None else asdict(found),
        "expectations": claims_as_data(study.verdicts),
        "stopped": stopped(study), "note": study.note, "folder": str(folder),
        "manifest": None if last is None else last.manifest,
    }
