"""`sim flip`: the smallest change of assumptions that reverses the advice."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.answers import Factor, Firm, InWhatIf, Manner, Outcome, Pair, factors_of, options_of, telling, told
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


def flip(
    name: Name,
    factor: Factor = None,
    proofs: Annotated[int, typer.Option("--proofs", help="Fresh runs that prove it.", min=20)] = 40,
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
    """Find the smallest change of assumptions that reverses the advice, and prove it on fresh luck.

    Without --factor: the numbers of market, product and people. Says so when there is none within the ranges.

    Example: sim flip leaky_bucket
    """
    from sim.cli.options import overrides_from, scenario_from
    from sim.experiments.flip import flip as conduct

    scenario = scenario_from(name, overrides_from(changes, market__customers=customers))
    options = options_of(
        outcome=outcome, pair=pair, firm=firm, what_if=what_if, year=year, replications=replications, seed=seed,
        store=store, workers=workers, scheduler=scheduler,
    )
    told(scenario.title or name, Manner(out, quiet, as_json),
         lambda tell: conduct(scenario, factors_of(factor), proofs=proofs, **telling(options, tell)))
