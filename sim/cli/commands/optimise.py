"""`sim optimise`: better levers under the same budget."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.answers import Firm, InWhatIf, Manner, Outcome, options_of, said, telling, told
from sim.cli.options import (
    Customers,
    Json,
    Name,
    Out,
    Quiet,
    Replications,
    Scheduler,
    Seed,
    Set,
    Store,
    Workers,
    Year,
)

PANEL = "Defend an answer"


def optimise(
    name: Name,
    lever: Annotated[
        list[str], typer.Option("--lever", metavar="PATH=LOW,HIGH", help="A lever and its range. May be repeated.")
    ],
    goals: Annotated[
        str | None, typer.Option("--goals", metavar="A,B", help="Two outcomes: the front between them.")
    ] = None,
    aim: Annotated[str, typer.Option("--aim", help="high or low.")] = "high",
    trials: Annotated[int, typer.Option("--trials", help="Points that are tried.", min=8)] = 40,
    outcome: Outcome = None,
    firm: Firm = None,
    what_if: InWhatIf = None,
    year: Year = None,
    replications: Replications = None,
    seed: Seed = None,
    changes: Set = None,
    customers: Customers = None,
    store: Store = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    out: Out = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Search for better levers of a firm under its budget; what is found is checked on fresh luck beside the start.

    Example: sim optimise first_look --lever firms.Root.price=4,6 --lever firms.Root.spending.relations=0,0.8
    """
    from sim.cli.options import factors_from, overrides_from, scenario_from
    from sim.experiments.optimise import optimise as conduct

    scenario = scenario_from(name, overrides_from(changes, market__customers=customers))
    options = options_of(
        outcome=outcome, firm=firm, what_if=what_if, year=year, replications=replications, seed=seed, store=store,
        workers=workers, scheduler=scheduler,
    )
    levers = factors_from(lever)
    told(scenario.title or name, Manner(out, quiet, as_json), lambda tell: conduct(
        scenario, levers, said(goals) or (), aim=aim, trials=trials, **telling(options, tell)))
