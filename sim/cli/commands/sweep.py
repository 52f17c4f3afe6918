"""`sim sweep`: every combination of a few factors' values, in paired runs, kept in a store."""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.errors import StoppedError
from sim.cli.options import (
    ExecutionGroup,
    Out,
    Outcomes,
    Quiet,
    Replications,
    ScenarioGroup,
    WhatIf,
    factors_from,
    outcomes_from,
    spelled_out,
)
from sim.cli.runs import counts_in_words, failed_and_kept, kept_in
from sim.cli.tables import MOST_OUTCOMES, after, point_tables
from sim.cli.waiting import Yes, working
from sim.cli.wording import careful, indented, title, wrapped
from sim.text.console import json_lines, say, say_json
from sim.text.words import counted

if TYPE_CHECKING:
    from pathlib import Path

    from sim.studies.sweep import Sweep

PANEL = "Run a market"


@spelled_out
def sweep(
    *,
    market: ScenarioGroup,
    factor: Annotated[
        list[str], typer.Option("--factor", metavar="PATH=V1,V2,…", help="A factor and its values. May be repeated.")
    ],
    what_if: WhatIf = None,
    replications: Replications = None,
    outcomes: Outcomes = None,
    year: Annotated[
        float | None, typer.Option("--year", help="Year at which outcomes are read; left out: the end.")
    ] = None,
    execution: ExecutionGroup,
    out: Out = None,
    quiet: Quiet = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document per line: progress, then the result.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Run every combination of the factors' values, each compared with the first, with common random numbers.

    With --store, no run is ever done twice: stopped or killed, the same command goes on. Exit code 1: a run failed.

    Example: sim sweep first_look --factor firms.Root.price=4,4.5,5 -n 30 --store price.sqlite --workers 2
    """
    from sim.studies.sweep import sweep as grid

    scenario = market.scenario(what_if)
    began = time.perf_counter()
    with (working(scenario.title or market.name, quiet or as_json, yes) as bar,
          json_lines() if as_json else nullcontext(bar) as tell):
        found = grid(scenario, factors_from(factor), replications, seed=market.seed, outcomes=outcomes_from(outcomes),
                     year=year, **execution.keywords(tell))
    if out is not None and found.results.n:
        found.save(out)
    if as_json:
        say_json(_as_data(found, execution.store), indent=None)
    else:
        every = found.results.layout.outcomes
        shown = every if outcomes is not None else every[:MOST_OUTCOMES]
        for line in _lines(found, execution.store, shown, time.perf_counter() - began):
            say(line)
    _ended(found, execution.store)


def _lines(found: Sweep, store: Path | None, outcomes: Any, seconds: float) -> list[str]:
    from sim.studies.sweep import in_name

    results, plan = found.results, found.results.plan
    before = f"{results.found_done:,} of them from the store, " if results.found_done else ""
    table = point_tables(found.table(outcomes), plan.scenario.money.currency, after(plan.end))
    return [*title(plan.scenario), *indented([
        f"{counted(len(plan.points), 'point')} with common random numbers, {counted(plan.replications, 'replicate')} "
        f"each: {counts_in_words(results.counts)} ({before}{seconds:.1f} s).",
        *(f"{path}: {', '.join(map(in_name, values))}" for path, values in found.factors.items()),
        "", *table]), *wrapped(found.explain(outcomes[0]), found.note, careful(plan.scenario)),
        *failed_and_kept(results, store, f"sim replay {store} 1")]


def _as_data(found: Sweep, store: Path | None) -> dict[str, Any]:
    results, plan = found.results, found.results.plan
    return {
        "event": "result", "scenario": plan.scenario.source.name, "factors": found.factors,
        "replications": plan.replications, "complete": results.n, "first_seed": plan.seed, "year": plan.end,
        "runs": results.counts, "failed": [vars(row) for row in results.failed],
        "rows": found.table().to_dict("records"), "note": found.note, "store": None if store is None else str(store),
    }


def _ended(found: Sweep, store: Path | None) -> None:
    """The exit code: 130 where Ctrl-C came, 1 where a run failed."""
    counts = found.results.counts
    if counts["pending"]:
        raise StoppedError(f"{counts['done']} of {sum(counts.values())} runs {kept_in(store)}.")
    if counts["failed"]:
        raise typer.Exit(1)
