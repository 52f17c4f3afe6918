"""`sim sweep`: every combination of a few factors' values, in paired runs, kept in a store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import (
    Customers,
    ExecutionGroup,
    JsonLines,
    Name,
    Out,
    Outcomes,
    Quiet,
    Replications,
    Seed,
    Set,
    WhatIf,
    Year,
    factors_from,
    outcomes_from,
    overrides_from,
    scenario_from,
    spelled_out,
)

if TYPE_CHECKING:
    from sim.studies.sweep import Sweep

PANEL = "Run a market"


@spelled_out
def sweep(
    name: Name,
    factor: Annotated[
        list[str], typer.Option("--factor", metavar="PATH=V1,V2,…", help="A factor and its values. May be repeated.")
    ],
    changes: Set = None,
    replications: Replications = None,
    seed: Seed = None,
    customers: Customers = None,
    what_if: WhatIf = None,
    outcomes: Outcomes = None,
    year: Year = None,
    out: Out = None,
    quiet: Quiet = False,
    as_json: JsonLines = False,
    *,
    where: ExecutionGroup,
) -> None:
    """Run every combination of the factors' values, each compared with the first, with common random numbers.

    With --store, no run is ever done twice: stopped or killed, the same command goes on. Exit code 1: a run failed.

    Example: sim sweep first_look --factor firms.Root.price=4,4.5,5 -n 30 --store price.sqlite --workers 2
    """
    import time

    from sim.studies.sweep import sweep as grid
    from sim.text.console import bar, json_lines

    scenario = scenario_from(name, overrides_from(changes, market__customers=customers), what_if)
    began = time.perf_counter()
    with json_lines() if as_json else bar(scenario.title or name, quiet) as tell:
        found = grid(
            scenario, factors_from(factor), replications, seed=seed, outcomes=outcomes_from(outcomes), year=year,
            **where.keywords(tell),
        )
    if out is not None and found.results.n:
        found.save(out)
    seconds = time.perf_counter() - began
    _told(found, where.store, outcomes is not None, None if as_json else seconds)
    _ended(found, where.store)


def _told(found: Sweep, store: Path | None, asked: bool, seconds: float | None) -> None:
    """The result: in words, or as one line of JSON where `seconds` is None."""
    from sim.cli.point_words import shown_outcomes
    from sim.text.console import say, say_json_line

    if seconds is None:
        say_json_line(_as_data(found, store))
        return
    for line in _lines(found, store, shown_outcomes(found.results.layout.outcomes, asked), seconds):
        say(line)


def _lines(found: Sweep, store: Path | None, outcomes: Any, seconds: float) -> list[str]:
    from sim.cli.point_words import done_in, failures, in_words, point_lines
    from sim.cli.wording import after, careful, title
    from sim.studies.sweep import in_name

    results, asked = found.results, found.results.plan
    lines = [title(asked.scenario), f"  {asked.scenario.question}"]
    points, times = len(asked.points), asked.replications
    lines.append(f"  {points} point{'s' if points > 1 else ''} with common random numbers, {times} "
                 f"replicate{'s' if times > 1 else ''} each: {in_words(results.counts)} ({done_in(results, seconds)}).")
    lines += [f"  {path}: {', '.join(map(in_name, values))}" for path, values in found.factors.items()]
    table = found.table(outcomes)
    told = point_lines(table, asked.scenario.money.currency, after(asked.end))
    lines += ["", *(f"  {line}".rstrip() for line in told)]
    lines += [f"  {found.explain(outcomes[0])}", f"  {careful(asked.scenario)}"]
    lines += [f"  {line}" for line in failures(results, store)]
    if store is not None:
        lines.append(f"Kept: {store} (`sim results {store} --csv runs.csv`, `sim replay {store} 1`).")
    return lines


def _as_data(found: Sweep, store: Path | None) -> dict[str, Any]:
    results, asked = found.results, found.results.plan
    return {
        "event": "result", "scenario": asked.scenario.source.name, "factors": found.factors,
        "replications": asked.replications, "complete": results.n, "first_seed": asked.seed, "year": asked.end,
        "runs": results.counts, "failed": [vars(row) for row in results.failed],
        "rows": found.table().to_dict("records"), "note": found.note, "store": None if store is None else str(store),
    }


def _ended(found: Sweep, store: Path | None) -> None:
    """The exit code: 130 where Ctrl-C came, 1 where a run failed."""
    from sim.cli.errors import StoppedError
    from sim.cli.point_words import kept_in

    rows = found.results.counts
    if rows["pending"]:
        raise StoppedError(f"{rows['done']} of {sum(rows.values())} runs {kept_in(store)}.")
    if rows["failed"]:
        raise typer.Exit(1)
