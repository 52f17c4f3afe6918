"""`sim stress`: does the advice survive hard times?"""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.answers import Firm, InWhatIf, Manner, Outcome, Pair, options_of, said, telling, told
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


def stress(
    name: Name,
    stresses: Annotated[
        str | None, typer.Option("--stresses", metavar="NAME,…", help="Only these, e.g. recession,crisis.")
    ] = None,
    outcome: Outcome = None,
    pair: Pair = None,
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
    """Put every option through a recession, a price war, a crisis: does the advice survive?

    Example: sim stress first_look
    """
    from sim.cli.options import overrides_from, scenario_from
    from sim.experiments.stress import stress as conduct

    scenario = scenario_from(name, overrides_from(changes, market__customers=customers))
    options = options_of(
        outcome=outcome, pair=pair, firm=firm, what_if=what_if, year=year, replications=replications, seed=seed,
        store=store, workers=workers, scheduler=scheduler,
    )
    told(scenario.title or name, Manner(out, quiet, as_json),
         lambda tell: conduct(scenario, said(stresses), **telling(options, tell)))
