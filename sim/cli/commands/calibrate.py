"""`sim calibrate`: a few parameters fitted to a few aggregates of a real market."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.answers import InWhatIf, Manner, options_of, telling, told
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


def calibrate(
    name: Name,
    target: Annotated[
        list[str],
        typer.Option("--target", metavar="FIRM.METRIC=VALUE[,TOLERANCE]", help="An aggregate. May be repeated."),
    ],
    parameter: Annotated[
        list[str],
        typer.Option("--parameter", metavar="PATH[=LOW,HIGH]", help="A parameter, with its range. May be repeated."),
    ],
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
    """Fit a few parameters to what is known of a market, and say what the targets cannot tell.

    Example: sim calibrate first_look --target Root.stayed_one_year_share=0.7,0.02 --target Root.market_share=0.6
    --parameter market.leave_per_year=0,0.4 --parameter people.purchases_per_year.mean=4,20
    """
    from sim.cli.answers import factors_of
    from sim.cli.options import factors_from, overrides_from, scenario_from
    from sim.experiments.calibrate import calibrate as conduct

    scenario = scenario_from(name, overrides_from(changes, market__customers=customers))
    options = options_of(
        what_if=what_if, year=year, replications=replications, seed=seed, store=store, workers=workers,
        scheduler=scheduler,
    )
    targets = factors_from(target)
    told(scenario.title or name, Manner(out, quiet, as_json), lambda tell: conduct(
        scenario, targets, factors_of(parameter), **telling(options, tell)))
