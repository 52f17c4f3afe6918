"""`sim ladder`: mechanisms added one by one, and each left out."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.answers import Firm, InWhatIf, Manner, Outcome, Pair, options_of, telling, told
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


def ladder(
    name: Name,
    start: Annotated[str, typer.Option("--start", help="none, basic or heart: where the ladder begins.")] = "none",
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
    """Add the mechanisms of the market one by one, and leave each out: what makes the difference?

    Example: sim ladder first_look --start basic
    """
    from sim.cli.options import overrides_from, scenario_from
    from sim.experiments.ladder import ladder as conduct

    scenario = scenario_from(name, overrides_from(changes, market__customers=customers))
    options = options_of(
        outcome=outcome, pair=pair, firm=firm, what_if=what_if, year=year, replications=replications, seed=seed,
        store=store, workers=workers, scheduler=scheduler,
    )
    told(scenario.title or name, Manner(out, quiet, as_json),
         lambda tell: conduct(scenario, start, **telling(options, tell)))
